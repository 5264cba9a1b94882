"""OpenCap's vertical offset: the lowest augmented marker of the trial sits just above the floor."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import frozen
from kinebench.core.markers import Markers
from kinebench.errors import AugmentationError, ValueRangeError


@dataclass(frozen=True, slots=True)
class VerticalShift:
    """Moves a whole trial by one vertical offset: what `FloorOffset` resolves to.

    Parameters
    ----------
    shift_m : float
        Added to every height.
    marker : str
        The marker that set it; empty when it was given.
    frame : int
        The frame, from 0, in which that marker was lowest; -1 when the shift was given.
    time_s : float
        Time of that frame; NaN when the shift was given.
    """

    shift_m: float
    marker: str = ""
    frame: int = -1
    time_s: float = math.nan

    def __call__(self, markers: Markers) -> Markers:
        """Shifted keypoints or augmented markers: both must move together."""
        shifted = markers.positions + np.array([0.0, self.shift_m, 0.0])
        return markers.with_positions(frozen(shifted))


@dataclass(frozen=True, slots=True)
class FloorOffset:
    """One offset for the trial, so that the lowest augmented marker clears the floor.

    One frame of one marker sets it: an outlier moves the whole trial. The result tells which.

    Parameters
    ----------
    clearance_m : float
        Height of the lowest marker afterwards.
    """

    clearance_m: float = 0.01

    def __post_init__(self) -> None:
        if not math.isfinite(self.clearance_m):
            raise ValueRangeError(f"clearance_m must be finite, found {self.clearance_m}")

    def resolve(self, augmented: Markers) -> VerticalShift:
        """The shift that response markers (without the keypoints) ask for.

        Raises
        ------
        AugmentationError
            No marker is there.
        """
        heights = augmented.positions[..., 1]
        if heights.size == 0 or np.isnan(heights).all():
            raise AugmentationError("the floor offset needs augmented markers, found none")
        frame, column = np.unravel_index(np.nanargmin(heights), heights.shape)
        return VerticalShift(
            shift_m=float(self.clearance_m - heights[frame, column]),
            marker=augmented.names[column],
            frame=int(frame),
            time_s=float(augmented.times[frame]),
        )
