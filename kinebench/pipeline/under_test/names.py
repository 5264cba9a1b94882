"""Names of another pipeline's coordinates, as ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kinebench.core.arrays import frozen_mapping
from kinebench.core.motion import Motion
from kinebench.core.value import Value
from kinebench.errors import ValueRangeError, require_names

__all__ = ["NameMap"]


@dataclass(frozen=True, slots=True, eq=False)
class NameMap(Value):
    """Renames coordinates.

    Parameters
    ----------
    coordinates : mapping of str to str
        Their name to ours; names that are not mentioned stay.
    """

    coordinates: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "coordinates", frozen_mapping(self.coordinates))
        ours = list(self.coordinates.values())
        doubled = sorted({name for name in ours if ours.count(name) > 1})
        if doubled:
            raise ValueRangeError(f"two coordinates are mapped to {', '.join(doubled)}")

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
