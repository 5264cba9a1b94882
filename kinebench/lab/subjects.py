"""`VirtualSubject`: a person whose true sizes are known, as a value and as a file."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from kinebench.core.names import require_printable
from kinebench.core.provenance import ADDED
from kinebench.core.subject import Subject
from kinebench.errors import FileFormatError, ValueRangeError, require_names
from kinebench.io.atomic import write_atomically
from kinebench.io.documents import items_of, parse_json, read_text
from kinebench.lab.anatomy import Build
from kinebench.lab.anthropometry import Sex
from kinebench.lab.body import GENERIC_HEIGHT_M, Body, generic_body
from kinebench.lab.motions.motion_model import MotionModel
from kinebench.lab.movement import Movement, Performance
from kinebench.lab.scaling import scaled_body, with_shifted_markers
from kinebench.osim.edits import body_names

RATIOS = (
    "pelvis", "trunk", "thigh_r", "thigh_l", "shank_r", "shank_l", "foot", "upper_arm", "forearm",
)  # fmt: skip
"""Fields of a subject that say how a segment differs from the generic body at equal height."""

_SEGMENT_OF = {
    "pelvis": "pelvis", "torso": "trunk",
    "femur_r": "thigh_r", "femur_l": "thigh_l", "patella_r": "thigh_r", "patella_l": "thigh_l",
    "tibia_r": "shank_r", "tibia_l": "shank_l",
    **{f"{name}_{side}": "foot" for name in ("talus", "calcn", "toes") for side in "rl"},
    **{f"humerus_{side}": "upper_arm" for side in "rl"},
    **{f"{name}_{side}": "forearm" for name in ("ulna", "radius", "hand") for side in "rl"},
}  # fmt: skip

# wider than any person ever measured: what lies outside is a wrong unit or a slip
_RANGES = {"height_m": (0.3, 2.8), "mass_kg": (1.0, 700.0)}
_RATIO_RANGE = (0.1, 10.0)

_FORMAT = "kinebench virtual subjects 1"
MarkerShift = tuple[str, tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class VirtualSubject:
    """A person of the laboratory.

    Parameters
    ----------
    identifier : str
    sex : {"male", "female"}
    height_m, mass_kg : float
    pelvis, trunk, thigh_r, thigh_l, shank_r, shank_l, foot, upper_arm, forearm : float
        Size of the segment over that of the generic body scaled uniformly to the same height; each
        segment has one factor for all its axes.
    marker_shifts : tuple of (str, (float, float, float))
        How far an anatomical marker sits from its nominal place, m along the axes of its body.
    movement : Movement, optional
        How much this person moves as themselves; without, they play every motion as it is written.
    build : Build, optional
        How this person differs from a generic model that is scaled segment by segment.

    Raises
    ------
    ValueRangeError
        For an unknown sex, or sizes that are no positive numbers.
    """

    identifier: str
    sex: Sex
    height_m: float
    mass_kg: float
    pelvis: float = 1.0
    trunk: float = 1.0
    thigh_r: float = 1.0
    thigh_l: float = 1.0
    shank_r: float = 1.0
    shank_l: float = 1.0
    foot: float = 1.0
    upper_arm: float = 1.0
    forearm: float = 1.0
    marker_shifts: tuple[MarkerShift, ...] = ()
    movement: Movement | None = field(default=None, metadata=ADDED)
    build: Build | None = field(default=None, metadata=ADDED)

    def __post_init__(self) -> None:
        require_printable(self.identifier, "subject")
        if self.sex not in ("male", "female"):
            raise ValueRangeError(f"sex must be 'male' or 'female', found {self.sex!r}")
        for name in ("height_m", "mass_kg", *RATIOS):
            value = getattr(self, name)
            if not (isinstance(value, int | float) and math.isfinite(value) and value > 0):
                raise ValueRangeError(f"{name} must be a number above 0, found {value!r}")
            least, most = _RANGES.get(name, _RATIO_RANGE)
            if not least <= value <= most:
                raise ValueRangeError(f"{name} must be {least:g} to {most:g}, found {value:g}")
        shifts = tuple((str(name), _point(shift)) for name, shift in self.marker_shifts)
        object.__setattr__(self, "marker_shifts", shifts)

    def as_subject(self) -> Subject:
        """What a pipeline may know of this person."""
        return Subject(self.mass_kg, self.height_m, self.identifier, self.sex)

    def scale_factors(self, generic: Body | None = None) -> dict[str, tuple[float, float, float]]:
        """True scale factors per body of the generic model, which counts as 1.70 m tall.

        Those of height, ratios, and breadths of the build.
        """
        body = generic_body() if generic is None else generic
        names = body_names(body.model)
        require_names(names, _SEGMENT_OF, "segment", "a virtual subject")
        uniform = self.height_m / GENERIC_HEIGHT_M
        factors = {name: uniform * float(getattr(self, _SEGMENT_OF[name])) for name in names}
        breadths = {} if self.build is None else dict(self.build.breadths)
        return {
            name: _times(factor, breadths.get(name, (1.0, 1.0, 1.0)))
            for name, factor in factors.items()
        }

    def body(self, generic: Body | None = None) -> Body:
        """The person as a body: exactly scaled, markers where they sit on this person.

        Parameters
        ----------
        generic : Body, optional
            The laboratory's own, or `opencap_body()`.

        Raises
        ------
        NameNotFoundError
            For a body or marker that the generic model does not have.
        """
        start = generic_body() if generic is None else generic
        scaled = scaled_body(start, self.scale_factors(start), self.mass_kg)
        if self.build is not None:
            scaled = self.build.built(scaled)
        return Body(with_shifted_markers(scaled.model, dict(self.marker_shifts)), scaled.keypoints)

    def performs(self, motion: MotionModel, names: tuple[str, ...] = ()) -> MotionModel:
        """The motion as this person does it in the trial of these names.

        Parameters
        ----------
        motion : MotionModel
            What is already a `Performance`, or the start of one, stays.
        names : tuple of str
            Seeds of what differs from trial to trial.
        """
        if self.movement is None and self.build is None:
            return motion
        if isinstance(getattr(motion, "motion", motion), Performance):
            return motion
        # a template fits every scaled body, but not every build
        movement = self.movement or Movement(0.0, 0.0, 0.0)
        return Performance(motion, movement, self.identifier, names)


def write_subjects(path: Path | str, subjects: Iterable[VirtualSubject]) -> None:
    """Write subjects as JSON, whole or not at all; reading gives equal values back."""
    people = [_written(subject) for subject in subjects]
    content = {"format": _FORMAT, "subjects": people}
    write_atomically(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def read_subjects(path: Path | str) -> tuple[VirtualSubject, ...]:
    """Read what `write_subjects` wrote.

    Raises
    ------
    FileFormatError
        Naming file and subject, when something is missing, unknown or illegal.
    """
    path = Path(path)
    content = parse_json(read_text(path), path.name)
    if content.get("format") != _FORMAT:
        raise FileFormatError(f"{path.name} holds no virtual subjects: no format '{_FORMAT}'")
    if not isinstance(content.get("subjects"), list):
        raise FileFormatError(f"{path.name}: 'subjects' must be a list")
    return tuple(
        _subject(person, where) for person, where in items_of(content, "subjects", path.name)
    )


def _subject(person: Mapping[str, Any], where: str) -> VirtualSubject:
    known = [field.name for field in fields(VirtualSubject)]
    try:
        require_names(person, known, "field", where)
        shifts = tuple((name, tuple(shift)) for name, shift in person.get("marker_shifts", ()))
        parts: dict[str, Any] = {
            name: kind(**person[name])
            for name, kind in (("movement", Movement), ("build", Build))
            if person.get(name) is not None
        }
        return VirtualSubject(**{**person, "marker_shifts": shifts, **parts})
    except (LookupError, TypeError, ValueError) as error:
        raise FileFormatError(f"{where}: {error}") from error


def _written(subject: VirtualSubject) -> dict[str, Any]:
    """As a mapping; parts that the subject does without are left out."""
    return {name: value for name, value in asdict(subject).items() if value is not None}


def _times(factor: float, factors: tuple[float, float, float]) -> tuple[float, float, float]:
    x, y, z = factors
    return factor * x, factor * y, factor * z


def _point(values: Iterable[float]) -> tuple[float, float, float]:
    point = tuple(float(value) for value in values)
    if len(point) != 3 or not all(map(math.isfinite, point)):
        raise ValueRangeError(f"a marker's shift must be three numbers, found {point}")
    return point
