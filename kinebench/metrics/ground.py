"""Feet and floor: ground height per stance, penetration, floating, fragility of the offset.

Conventions
-----------
- Heights are Y of the ground frame, m; the ground is at 0 unless said otherwise.
- A foot is given by its points (heel, toe, metatarsal): positions (n_frames, n_points, 3) m, NaN
  where missing.
- A foot is "at rest" while all its points that are present are slower than a limit for some time.
  That does not ask *where* it rests: a foot on a box rests too, so look at the stances one by one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.metrics.undefined import nan_where
from kinebench.posture.rests import require_foot
from kinebench.signals.runs import runs

BoolArray = NDArray[np.bool_]

CLEARANCE_M = 0.01  # OpenCap puts the lowest marker of the trial this far above the ground


def ground_height(heights: ArrayLike, at_rest: ArrayLike) -> FloatArray:
    """5th percentile of a foot's point heights while it is at rest, m.

    Not the minimum, which is one frame of one marker.

    Parameters
    ----------
    heights : (n_frames, n_points) m
    at_rest : (n_frames,) bool
    """
    h, rest = np.asarray(heights, dtype=np.float64), np.asarray(at_rest, dtype=bool)
    if h.ndim != 2 or rest.shape != h.shape[:1]:
        raise ValueRangeError(
            "heights (n_frames, n_points) and at_rest (n_frames,) do not fit:"
            f" {h.shape} and {rest.shape}"
        )
    values = h[rest]
    values = values[~np.isnan(values)]
    height = np.percentile(values, 5.0) if len(values) else np.nan
    return nan_where(height, len(values) == 0, "ground_height", "the foot is never at rest")


class Stance(NamedTuple):
    """One rest of one foot."""

    start_s: float
    end_s: float
    height_m: float


def stances(positions: ArrayLike, times: ArrayLike, at_rest: ArrayLike) -> tuple[Stance, ...]:
    """Each rest of a foot, with its ground height.

    Parameters
    ----------
    positions : (n_frames, n_points, 3) m
    times : (n_frames,) s
    at_rest : (n_frames,) bool
    """
    p, t = require_foot(positions, times)
    found = []
    for first, stop in runs(np.asarray(at_rest, dtype=bool)):
        frames = np.zeros(len(t), dtype=bool)
        frames[first:stop] = True
        height = float(ground_height(p[..., 1], frames))
        found.append(Stance(float(t[first]), float(t[stop - 1]), height))
    return tuple(found)


class FloorContact(NamedTuple):
    """How a foot's lowest point lies against the ground while in stance.

    Parameters
    ----------
    penetration_m, floating_m : float
        Largest depth below, and largest gap above, the ground; 0 when there is none.
    penetration_s, floating_s : float
        Time spent beyond the tolerance.
    """

    penetration_m: float
    penetration_s: float
    floating_m: float
    floating_s: float


def floor_contact(
    heights: ArrayLike,
    times: ArrayLike,
    in_stance: ArrayLike,
    ground: float = 0.0,
    tolerance: float = 0.005,
) -> FloorContact:
    """Penetration and floating of a foot during stance.

    Parameters
    ----------
    heights : (n_frames, n_points) m
        Of points on the sole, or of markers minus their height above it.
    times : (n_frames,) s
    in_stance : (n_frames,) bool
    ground, tolerance : float
        m. The tolerance decides what counts as duration; depths are measured from the ground.
    """
    h, t = np.asarray(heights, dtype=np.float64), np.asarray(times, dtype=np.float64)
    stance = np.asarray(in_stance, dtype=bool)
    if h.ndim != 2 or t.shape != h.shape[:1] or stance.shape != t.shape:
        raise ValueRangeError(
            "heights (n_frames, n_points), times and in_stance (n_frames,) do not fit:"
            f" {h.shape}, {t.shape}, {stance.shape}"
        )
    lowest = np.fmin.reduce(h, axis=1) - ground if h.shape[1] else np.full(len(t), np.nan)
    used = stance & ~np.isnan(lowest)
    if not used.any():
        nothing = nan_where(np.nan, True, "floor_contact", "the foot is never in stance")
        return FloorContact(*[float(nothing)] * 4)
    share = _frame_durations(t)
    below, above = np.maximum(-lowest, 0.0), np.maximum(lowest, 0.0)
    return FloorContact(
        float(below[used].max()),
        float(share[used & (below > tolerance)].sum()),
        float(above[used].max()),
        float(share[used & (above > tolerance)].sum()),
    )


def vertical_offset(heights: ArrayLike, clearance: float = CLEARANCE_M) -> float:
    """What OpenCap adds to all heights of a trial, m: clearance − lowest marker of any frame.

    Parameters
    ----------
    heights : (n_frames, n_markers) m
    """
    return clearance - float(np.nanmin(_trial_heights(heights)))


class OffsetFragility(NamedTuple):
    """How far the trial's vertical offset moves, m, when something is left out.

    Parameters
    ----------
    frame, marker : int
        The frame and the marker (from 0) whose absence moves it most.
    without_frame_m, without_marker_m : float
        By how much the offset becomes smaller.
    """

    frame: int
    without_frame_m: float
    marker: int
    without_marker_m: float


def offset_fragility(heights: ArrayLike) -> OffsetFragility:
    """Leave the worst frame, and the worst marker, out of the trial's vertical offset.

    The offset hangs on the lowest height of the trial, which belongs to one frame and one marker;
    no other frame or marker moves it.

    Parameters
    ----------
    heights : (n_frames, n_markers) m

    Raises
    ------
    ValueRangeError
        Fewer than two frames or two markers are present.
    """
    h = _trial_heights(heights)
    per_frame, per_marker = np.fmin.reduce(h, axis=1), np.fmin.reduce(h, axis=0)
    moved, indices = [], []
    for lowest, what in ((per_frame, "frames"), (per_marker, "markers")):
        if (~np.isnan(lowest)).sum() < 2:
            raise ValueRangeError(f"leaving one out needs two or more {what} with markers present")
        index = int(np.nanargmin(lowest))
        indices.append(index)
        moved.append(float(np.nanmin(np.delete(lowest, index)) - lowest[index]))
    return OffsetFragility(indices[0], moved[0], indices[1], moved[1])


def _trial_heights(heights: ArrayLike) -> FloatArray:
    h = np.asarray(heights, dtype=np.float64)
    if h.ndim != 2 or np.isnan(h).all():
        raise ValueRangeError(
            f"heights must have shape (n_frames, n_markers) with a marker present, found {h.shape}"
        )
    return h


def _frame_durations(times: FloatArray) -> FloatArray:
    """Time (n_frames,) s that each frame stands for: half-way to its neighbours."""
    if len(times) < 2:
        return np.zeros(len(times))
    steps = np.diff(times)
    edges = np.concatenate([steps[:1], steps, steps[-1:]])
    return np.asarray((edges[:-1] + edges[1:]) / 2)
