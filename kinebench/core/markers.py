"""`Markers`: points over time, be they video keypoints, augmented markers or mocap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kinebench.core.arrays import FloatArray, frozen, read_only, strictly_increasing
from kinebench.core.display import counted, recording_line, small_drawing
from kinebench.core.exports import markers_as_dataframe, markers_as_xarray
from kinebench.core.names import columns_of, require_printable
from kinebench.core.sampling import sampling_rate
from kinebench.core.value import Value
from kinebench.errors import ValueRangeError, require_names

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Markers(Value):
    """Named points over time.

    Parameters
    ----------
    names : tuple of str
        Unique, not empty.
    times : (n_frames,) s
        Strictly increasing.
    positions : (n_frames, n_markers, 3) m
        NaN where a marker is missing: all three components or none.
    confidence : (n_frames, n_markers), optional
        The detector's confidence, 0 or more (some detectors exceed 1); NaN where not known.
    frame : str
        Name of the frame in which positions are expressed. ``"ground"`` is OpenSim's: X forward,
        Y up, Z to the right.

    Raises
    ------
    ValueRangeError
        Shapes that disagree, doubled names, infinite or half-missing positions.
    """

    names: tuple[str, ...]
    times: FloatArray
    positions: FloatArray
    confidence: FloatArray | None = None
    frame: str = "ground"

    def __post_init__(self) -> None:
        names = tuple(self.names)
        doubled = [name for name, count in Counter(names).items() if count > 1]
        if doubled:
            raise ValueRangeError(f"marker names must be unique; found twice: {', '.join(doubled)}")
        for name in names:
            require_printable(name, "marker")
        times = strictly_increasing(self.times, "times")
        positions = read_only(self.positions, (len(times), len(names), 3), "positions")
        _check_missing(names, positions)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "positions", positions)
        if self.confidence is not None:
            confidence = read_only(self.confidence, positions.shape[:2], "confidence")
            if (confidence < 0).any() or np.isinf(confidence).any():
                raise ValueRangeError("confidence must be finite and 0 or more")
            object.__setattr__(self, "confidence", confidence)

    def __repr__(self) -> str:
        return f"<Markers: {self._in_words()}>"

    def _repr_html_(self) -> str:
        """For notebooks: heights (along y) of the markers that rise and sink most."""
        heights = [
            (name, course)
            for name, course in zip(self.names, self.positions[..., 1].T, strict=True)
            if np.isfinite(course).any()
        ]
        heights.sort(key=lambda height: -float(np.ptp(height[1][np.isfinite(height[1])])))
        return small_drawing(f"Markers: {self._in_words()}", self.times, heights, "m along y")

    def _in_words(self) -> str:
        missing = float(self.missing.mean()) if self.missing.size else 0.0
        gaps = f", {missing:.1%} missing" if missing else ""
        return f"{counted(len(self.names), 'marker')}, {recording_line(self.times)}{gaps}"

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return len(self.times)

    @property
    def rate_hz(self) -> float:
        """Mean sampling rate."""
        return sampling_rate(self.times)

    @property
    def missing(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """(n_frames, n_markers), True where a marker is missing."""
        return np.isnan(self.positions[..., 0])

    def position(self, name: str) -> FloatArray:
        """Trajectory (n_frames, 3) m of one marker."""
        require_names([name], self.names, "marker", "the recording")
        return self.positions[:, self.names.index(name)]

    def select(self, names: Iterable[str]) -> Markers:
        """The named markers, in the given order."""
        wanted = tuple(names)
        require_names(wanted, self.names, "marker", "the recording")
        columns = columns_of(wanted, self.names)
        confidence = None if self.confidence is None else self.confidence[:, columns]
        return replace(
            self,
            names=wanted,
            positions=frozen(np.take(self.positions, columns, axis=1)),
            confidence=confidence,
        )

    def rename(self, new_names: dict[str, str]) -> Markers:
        """Markers with some names replaced; names without an entry stay."""
        return replace(self, names=tuple(new_names.get(name, name) for name in self.names))

    def between(self, start_s: float, end_s: float) -> Markers:
        """Frames with start_s ≤ time ≤ end_s (within a tenth of a frame interval)."""
        step = np.diff(self.times).min() if self.n_frames > 1 else 0.0
        inside = (self.times >= start_s - 0.1 * step) & (self.times <= end_s + 0.1 * step)
        if not inside.any():
            extent = "has no frames"
            if self.n_frames:
                extent = f"spans {self.times[0]:g} to {self.times[-1]:g} s"
            raise ValueRangeError(
                f"no frame lies between {start_s:g} and {end_s:g} s; the recording {extent}"
            )
        return self.at_frames(np.flatnonzero(inside))

    def at_frames(self, frames: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> Markers:
        """The frames with these indices."""
        confidence = None if self.confidence is None else self.confidence[frames]
        return replace(
            self,
            times=self.times[frames],
            positions=self.positions[frames],
            confidence=confidence,
        )

    def to_dataframe(self) -> pd.DataFrame:
        """A `pandas.DataFrame` over ``time_s`` with columns (marker, component).

        Components are x, y and z in m, and confidence where it is known; a missing marker is NaN.
        """
        return markers_as_dataframe(self)

    def to_xarray(self) -> Any:
        """A `xarray.Dataset` with position (time, marker, axis) in m, and confidence if known.

        Raises
        ------
        KinebenchError
            When xarray is not installed: ``pip install 'kinebench[xarray]'``.
        """
        return markers_as_xarray(self)

    def with_positions(self, positions: FloatArray) -> Markers:
        """Same names and times, other positions."""
        return replace(self, positions=positions)

    def joined(self, other: Markers) -> Markers:
        """Markers of both recordings, which must share times and frame; confidence is dropped."""
        if not np.array_equal(self.times, other.times):
            raise ValueRangeError("markers can be joined only when their times are equal")
        if self.frame != other.frame:
            raise ValueRangeError(
                f"markers in frame '{self.frame}' cannot be joined with markers in '{other.frame}'"
            )
        return Markers(
            self.names + other.names,
            self.times,
            frozen(np.concatenate([self.positions, other.positions], axis=1)),
            frame=self.frame,
        )


def _check_missing(names: tuple[str, ...], positions: FloatArray) -> None:
    if np.isfinite(positions).all():
        return
    if np.isinf(positions).any():
        frame, marker, _ = np.argwhere(np.isinf(positions))[0]
        raise ValueRangeError(f"position of {names[marker]} in frame {frame + 1} is infinite")
    absent = np.isnan(positions)
    partly = absent.any(axis=2) & ~absent.all(axis=2)
    if partly.any():
        frame, marker = np.argwhere(partly)[0]
        raise ValueRangeError(
            f"position of {names[marker]} in frame {frame + 1} lacks some components:"
            " a missing marker must lack all three"
        )
