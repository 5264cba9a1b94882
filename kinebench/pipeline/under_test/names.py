"""Names of another pipeline's coordinates and keypoints, as ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kinebench.core.arrays import frozen_mapping
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.trial import Trial
from kinebench.core.value import Value
from kinebench.errors import ValueRangeError, require_names


@dataclass(frozen=True, slots=True, eq=False)
class NameMap(Value):
    """Renames the coordinates that a pipeline gives, and the keypoints that it gets.

    Parameters
    ----------
    coordinates, markers : mapping of str to str
        Their name to ours; names that are not mentioned stay.
    """

    coordinates: Mapping[str, str] = field(default_factory=dict)
    markers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for kind in ("coordinates", "markers"):
            names = frozen_mapping(getattr(self, kind))
            object.__setattr__(self, kind, names)
            ours = list(names.values())
            doubled = sorted({name for name in ours if ours.count(name) > 1})
            if doubled:
                raise ValueRangeError(f"two {kind} are mapped to {', '.join(doubled)}")

    def recordings(self, trial: Trial) -> Trial:
        """The trial with keypoints and static trial in their names.

        Raises
        ------
        NameNotFoundError
            For a mapped keypoint that a recording lacks.
        ValueRangeError
            When a renamed keypoint gets the name of another.
        """
        if not self.markers:
            return trial
        static = (
            None if trial.static is None else self._in_their_names(trial.static, "static trial")
        )
        return replace(
            trial, keypoints=self._in_their_names(trial.keypoints, "recording"), static=static
        )

    def _in_their_names(self, markers: Markers, where: str) -> Markers:
        require_names(self.markers.values(), markers.names, "keypoint", f"the {where}")
        theirs = {ours: name for name, ours in self.markers.items()}
        return replace(markers, names=tuple(theirs.get(name, name) for name in markers.names))

    def __call__(self, motion: Motion, known: tuple[str, ...] = ()) -> Motion:
        """The motion in our names.

        Parameters
        ----------
        motion : Motion
        known : tuple of str
            Coordinates of the reference, where there is one.

        Raises
        ------
        NameNotFoundError
            For a mapped name that the motion lacks, or that the reference does not know.
        """
        require_names(self.coordinates, motion.names, "coordinate", "the pipeline's motion")
        if known:
            require_names(self.coordinates.values(), known, "coordinate", "the reference motion")
        return replace(
            motion,
            coordinates=tuple(
                replace(coordinate, name=self.coordinates.get(coordinate.name, coordinate.name))
                for coordinate in motion.coordinates
            ),
        )
