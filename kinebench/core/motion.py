"""`Motion`: joint coordinates over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from kinebench.core.arrays import FloatArray, read_only, strictly_increasing
from kinebench.core.display import counted, recording_line, small_drawing
from kinebench.core.exports import motion_as_dataframe, motion_as_xarray
from kinebench.core.names import columns_of, require_printable
from kinebench.core.sampling import sampling_rate
from kinebench.core.value import Value
from kinebench.errors import ValueRangeError, require_names

if TYPE_CHECKING:
    import pandas as pd


Kind = Literal["rotational", "translational"]


@dataclass(frozen=True, slots=True)
class Coordinate:
    """A generalised coordinate of a model.

    Parameters
    ----------
    name : str
    kind : {"rotational", "translational"}
        Values in rad or m.
    range : (float, float), optional
        Smallest and largest value, rad or m, when the coordinate is clamped.
    coupled : bool
        OpenSim's motion type *coupled*: files hold it in radians, also those in degrees.
    """

    name: str
    kind: Kind = "rotational"
    range: tuple[float, float] | None = None
    coupled: bool = False

    @property
    def unit(self) -> str:
        """Of its values: "rad" or "m"."""
        return "rad" if self.kind == "rotational" else "m"

    def __post_init__(self) -> None:
        require_printable(self.name, "coordinate")
        if self.kind not in ("rotational", "translational"):
            raise ValueRangeError(
                f"kind of {self.name} must be rotational or translational, found {self.kind!r}"
            )
        if self.range is not None:
            low, high = self.range
            if not low <= high:
                raise ValueRangeError(
                    f"range of {self.name} must ascend, found {low:g} to {high:g}"
                )
            object.__setattr__(self, "range", (float(low), float(high)))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Motion(Value):
    """Coordinates over time.

    Parameters
    ----------
    coordinates : tuple of Coordinate
        Unique names.
    times : (n_frames,) s
        Strictly increasing.
    values : (n_frames, n_coordinates) rad or m
        NaN where not known.
    """

    coordinates: tuple[Coordinate, ...]
    times: FloatArray
    values: FloatArray

    def __post_init__(self) -> None:
        coordinates = tuple(self.coordinates)
        if any(not isinstance(one, Coordinate) for one in coordinates):
            raise ValueRangeError(
                "the coordinates of a motion are Coordinate values, not names; kinebench.motion"
                " makes a motion of named columns"
            )
        counts = Counter(coordinate.name for coordinate in coordinates)
        doubled = [name for name, count in counts.items() if count > 1]
        if doubled:
            raise ValueRangeError(
                f"coordinate names must be unique; found twice: {', '.join(doubled)}"
            )
        times = strictly_increasing(self.times, "times")
        values = read_only(self.values, (len(times), len(coordinates)), "values")
        if np.isinf(values).any():
            frame, column = np.argwhere(np.isinf(values))[0]
            raise ValueRangeError(f"{coordinates[column].name} is infinite in frame {frame + 1}")
        object.__setattr__(self, "coordinates", coordinates)
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "values", values)

    def __repr__(self) -> str:
        return f"<Motion: {self._in_words()}>"

    def _repr_html_(self) -> str:
        """For notebooks: the angles that move most, in degrees."""
        angles = [
            (coordinate.name, np.degrees(course))
            for coordinate, course in zip(self.coordinates, self.values.T, strict=True)
            if coordinate.kind == "rotational" and np.isfinite(course).any()
        ]
        angles.sort(key=lambda angle: -float(np.ptp(angle[1][np.isfinite(angle[1])])))
        return small_drawing(f"Motion: {self._in_words()}", self.times, angles, "°")

    def _in_words(self) -> str:
        return f"{counted(len(self.coordinates), 'coordinate')}, {recording_line(self.times)}"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coordinates, in the order of the columns of `values`."""
        return tuple(coordinate.name for coordinate in self.coordinates)

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return len(self.times)

    @property
    def rate_hz(self) -> float:
        """Mean sampling rate."""
        return sampling_rate(self.times)

    def value(self, name: str) -> FloatArray:
        """Course (n_frames,) of one coordinate, rad or m."""
        require_names([name], self.names, "coordinate", "the motion")
        return self.values[:, self.names.index(name)]

    def select(self, names: Iterable[str]) -> Motion:
        """The named coordinates, in the given order."""
        wanted = tuple(names)
        require_names(wanted, self.names, "coordinate", "the motion")
        columns = columns_of(wanted, self.names)
        return replace(
            self,
            coordinates=tuple(self.coordinates[column] for column in columns),
            values=self.values[:, columns],
        )

    def to_dataframe(self, degrees: bool = False) -> pd.DataFrame:
        """A `pandas.DataFrame` over ``time_s``, one column per coordinate.

        Parameters
        ----------
        degrees : bool
            Angles in degrees instead of rad; lengths stay in m. ``attrs["units"]`` has the unit
            of each column.
        """
        return motion_as_dataframe(self, degrees)

    def to_xarray(self, degrees: bool = False) -> Any:
        """A `xarray.DataArray` (time, coordinate) with the kind and unit of each coordinate.

        Parameters
        ----------
        degrees : bool
            Angles in degrees instead of rad.

        Raises
        ------
        KinebenchError
            When xarray is not installed: ``pip install 'kinebench[xarray]'``.
        """
        return motion_as_xarray(self, degrees)

    def at_frames(self, frames: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> Motion:
        """The frames with these indices."""
        return replace(self, times=self.times[frames], values=self.values[frames])
