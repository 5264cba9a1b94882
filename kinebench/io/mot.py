"""MOT: joint coordinates over time, as OpenSim's tools write and read them; STO likewise."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray, frozen_mapping
from kinebench.core.motion import Coordinate, Kind, Motion
from kinebench.core.plausible import PLAUSIBLE
from kinebench.core.value import Value
from kinebench.errors import FileFormatError, ValueRangeError, listed
from kinebench.io.atomic import write_atomically
from kinebench.io.columns import (
    coordinate_of,
    kind_by_name,
    other_contents,
    reasons_left_out,
)
from kinebench.io.sentinels import motion_jumps, without_motion_sentinels
from kinebench.io.sto import IN_WORDS, Table, read_table, table_pieces, version_of
from kinebench.remarks import tell

_NOTE = """
Units are S.I. units (second, meters, Newtons, ...)
If the header above contains a line with 'inDegrees', this indicates whether rotational values \
are in degrees (yes) or radians (no).
"""


_DOUBLED = "two columns have this name"


@dataclass(frozen=True, slots=True, eq=False)
class MotionFile(Value):
    """The coordinates of a file, and what stands beside them.

    Parameters
    ----------
    motion : Motion
        In rad and m.
    left_out : mapping of str to str
        Column to the reason why it is not part of the motion.
    """

    motion: Motion
    left_out: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "left_out", frozen_mapping(self.left_out))


def read_motion(path: Path | str, kinds: Mapping[str, Kind] | None = None) -> Motion:
    """Read the coordinates of a MOT or STO file, as `read_motion_file` does.

    Returns
    -------
    Motion
        In rad and m.

    Warns
    -----
    KinebenchWarning
        As `read_motion_file`, and when columns are left out, with the reasons.
    """
    found = read_motion_file(path, kinds)
    _tell_left_out(found.left_out, Path(path).name)
    return found.motion


def _tell_left_out(left_out: Mapping[str, str], file: str) -> None:
    by_reason: dict[str, list[str]] = {}
    for name, reason in left_out.items():
        by_reason.setdefault(reason, []).append(name)
    if by_reason:
        reasons = "; ".join(f"{listed(names, 6)}: {reason}" for reason, names in by_reason.items())
        tell("columns left out", f"columns left out: {reasons}", file=file)


def read_motion_file(path: Path | str, kinds: Mapping[str, Kind] | None = None) -> MotionFile:
    """Read the coordinates of a MOT or STO file, and what stands beside them.

    Angles are converted when they are in degrees; translations never are. Whether they are is
    what the header says (``inDegrees``); where it says nothing, what OpenSim's Storage takes:
    degrees in a .mot without ``version``, radians in any other file.

    Columns of states, ``/jointset/<joint>/<coordinate>/value``, become coordinates. Speeds,
    forces, muscles and markers are left out, and so are coordinates that stand twice.

    Parameters
    ----------
    path : path
    kinds : mapping of str to {"rotational", "translational"}, optional
        Coordinates of the model; no other column is read. By default names tell, as public models
        use them.

    Raises
    ------
    FileFormatError
        As `read_table`, and when there are no coordinates, or no telling whether angles are in
        degrees.

    Warns
    -----
    KinebenchWarning
        When the header does not say whether angles are in degrees, a name does not say whether it
        is an angle or a length, numbers stand for missing values, or values are beyond a body's
        reach.
    """
    path = Path(path)
    table = read_table(path)
    contents = other_contents(table.name, table.columns)
    if contents:
        raise FileFormatError(
            f"{path.name} holds {contents}, as its first line '{table.name}' says; a motion is the"
            " table of coordinates"
        )
    kept, left_out = _coordinates_of(table.columns, kinds)
    if not kept:
        reasons = "; ".join(f"{name}: {why}" for name, why in list(left_out.items())[:10])
        raise FileFormatError(f"{path.name} has no coordinates; its columns are: {reasons}")
    in_degrees, assumed = _degrees(table.header, path)
    coordinates = tuple(
        Coordinate(name, (kinds or {}).get(name) or kind_by_name(name) or "rotational")
        for name in kept
    )
    values = table.values[:, list(kept.values())]
    angular = np.array([coordinate.kind == "rotational" for coordinate in coordinates], dtype=bool)
    jumps = motion_jumps(table.times, angular, in_degrees)
    values = without_motion_sentinels(values, tuple(kept), jumps, path.name)
    folded = Counter(name.casefold() for name in kept)
    alike = [name for name in kept if folded[name.casefold()] > 1]
    undecided = [name for name in kept if kinds is None and kind_by_name(name) is None]
    doubts = {
        "degrees assumed": assumed if angular.any() else "",
        "names alike": f"{listed(alike, 6)} differ in upper and lower case only" if alike else "",
        "kind assumed": _undecided(undecided, list(kept), values),
        "values beyond reach": _implausible(values[:, angular], values[:, ~angular], in_degrees),
    }
    for code, doubt in doubts.items():
        if doubt:
            tell(code, doubt, file=path.name)
    if in_degrees:
        values = np.where(angular, np.radians(values), values)
    try:
        return MotionFile(Motion(coordinates, table.times, values), left_out)
    except ValueRangeError as error:
        raise FileFormatError(f"{path.name}: {error}") from error


def write_motion(path: Path | str, motion: Motion) -> None:
    """Write coordinates as MOT, whole or not at all.

    Angles are in degrees, but those of coupled coordinates in radians: so OpenSim's tools write
    and read them.
    """
    write_atomically(path, motion_text(motion))


def motion(times: ArrayLike, columns: Mapping[str, ArrayLike], *, degrees: bool) -> Motion:
    """A motion of named columns, such as those of a table of one's own.

    Parameters
    ----------
    times : (n_frames,) s
    columns : mapping of str to (n_frames,)
        Coordinates by name. What the name says to be a length, as ``pelvis_tx``, is in m; the
        others are angles.
    degrees : bool
        Whether angles are in degrees; else they are in rad.

    Examples
    --------
    >>> motion([0.0, 0.1], {"knee_angle_r": [0.0, 90.0]}, degrees=True).value("knee_angle_r")
    array([0.        , 1.57079633])

    Raises
    ------
    ValueRangeError
        Columns that are no numbers or of another length than the times, no column that is a
        coordinate, or times that do not rise.

    Warns
    -----
    KinebenchWarning
        When columns are left out, such as forces, or values are beyond a body's reach.
    """
    kept, left_out = _coordinates_of(tuple(columns), None)
    _tell_left_out(left_out, "")
    kinds: dict[str, Kind] = {name: kind_by_name(name) or "rotational" for name in kept}
    if not kinds:
        raise ValueRangeError("a motion needs columns that are coordinates, found none")
    given = list(columns.values())
    found = {name: np.asarray(given[index]) for name, index in kept.items()}
    lengths = {name: len(column) if column.ndim else 0 for name, column in found.items()}
    if set(lengths.values()) - {len(np.asarray(times))}:
        raise ValueRangeError(
            f"{len(np.asarray(times))} times need as many values in every column; found {lengths}"
        )
    wrong = [name for name, column in found.items() if column.dtype.kind not in "iuf"]
    if wrong:
        raise ValueRangeError(f"{listed(wrong, 4)} must be numbers, found {found[wrong[0]].dtype}")
    coordinates = tuple(Coordinate(name, kind) for name, kind in kinds.items())
    values = np.stack([np.asarray(column, dtype=np.float64) for column in found.values()], axis=1)
    angular = np.array([kind == "rotational" for kind in kinds.values()])
    if values.ndim == 2:
        doubt = _implausible(values[:, angular], values[:, ~angular], degrees)
        if doubt:
            tell("values beyond reach", doubt)
        values = np.where(angular, np.radians(values), values) if degrees else values
    return Motion(coordinates, np.asarray(times), values)


def motion_text(motion: Motion) -> str:
    """Content of the file that `write_motion` writes."""
    return "".join(motion_pieces(motion))


def motion_pieces(motion: Motion) -> Iterator[str]:
    """The content of `motion_text` piece by piece."""
    angular = np.array([c.kind == "rotational" and not c.coupled for c in motion.coordinates])
    values = np.where(angular, np.degrees(motion.values), motion.values)
    header = {"inDegrees": "yes"}
    table = Table("Coordinates", motion.names, motion.times, values, header)
    return table_pieces(table, _NOTE)


def _degrees(header: Mapping[str, str], path: Path) -> tuple[bool, str]:
    """Whether angles are in degrees, and what a reader must know when the header left it open.

    The rules of OpenSim's Storage, measured with version 4.6: a .mot without ``version`` is in
    degrees whatever else it says, another file is in degrees when ``inDegrees`` is yes or y. What
    a header says is heeded here even where Storage does not.
    """
    stated = header.get("inDegrees")
    misspelt = next((key for key in header if key.lower() == "indegrees"), None)
    if stated is None and misspelt is not None:
        raise FileFormatError(
            f"{path.name}, header field '{misspelt}': OpenSim knows only the spelling 'inDegrees'"
        )
    if stated is not None and stated.lower() not in ("yes", "y", "no", "n"):
        raise FileFormatError(
            f"{path.name}, header field 'inDegrees': must be yes or no, found '{stated}'"
        )
    old = version_of(header) < 1
    storage = (old and path.suffix.lower() == ".mot") or (stated or "").lower() in ("yes", "y")
    units = {True: "degrees", False: "radians"}
    said = header.get(IN_WORDS) if stated is None else units[stated.lower().startswith("y")]
    if said is None:
        header_lacks = "neither version nor inDegrees" if old else "no inDegrees"
        return storage, (
            f"its header has {header_lacks}: angles are taken in {units[storage]}, as OpenSim does"
        )
    if (said == "degrees") != storage:
        return said == "degrees", (
            f"its header says that angles are in {said}, but OpenSim"
            + (", for want of a line 'version=1'," if old and stated else "")
            + f" takes them in {units[storage]}; they are taken in {said}"
        )
    return storage, ""


def _coordinates_of(
    columns: tuple[str, ...], kinds: Mapping[str, Kind] | None
) -> tuple[dict[str, int], dict[str, str]]:
    """Coordinate to its column, and what is left out with the reason."""
    others = reasons_left_out(columns, kinds)
    left_out = {columns[index]: reason for index, reason in others.items()}
    names = [(coordinate_of(c), i) for i, c in enumerate(columns) if i not in others]
    counts = Counter(name for name, _ in names)
    kept = {name: index for name, index in names if counts[name] == 1}
    left_out |= {name: _DOUBLED for name, count in counts.items() if count > 1}
    return kept, left_out


def _undecided(names: list[str], columns: list[str], values: FloatArray) -> str:
    if not names:
        return ""
    shown = []
    for name in names:
        column = values[:, columns.index(name)]
        known = column[np.isfinite(column)]
        span = f" ({known.min():.3g} to {known.max():.3g})" if len(known) else ""
        shown.append(f"{name}{span}")
    return (
        f"no telling by name whether {listed(shown, 6)} are angles or lengths: taken as"
        " angles; a model says which they are"
    )


def _implausible(angles: FloatArray, lengths: FloatArray, in_degrees: bool) -> str:
    """What speaks for another unit than the one that is taken."""
    furthest = float(np.nanmax(np.abs(lengths), initial=0.0)) if lengths.size else 0.0
    if furthest > PLAUSIBLE["translation"].high:
        return f"translations reach {furthest:.0f} m (are they in mm?)"
    largest = float(np.nanmax(np.abs(angles), initial=0.0)) if angles.size else 0.0
    if not in_degrees and largest > PLAUSIBLE["angle"].high:
        return f"angles reach {largest:.0f} rad (are they in degrees?)"
    # three angles and more: a file of one locked coordinate may well be still
    moves = angles.size > 0 and float(np.nanmax(np.nan_to_num(np.ptp(angles, axis=0)))) > 0
    if in_degrees and angles.shape[1] >= 3 and moves and largest < math.pi:
        return f"no angle reaches more than {largest:.2g}° (are they in radians?)"
    return ""
