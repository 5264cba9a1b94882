"""Cycles and repetitions on a common scale of 0 to 100 %."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.core.wrapping import can_wrap, unwrapped
from kinebench.errors import ValueRangeError
from kinebench.signals.resampling import resample

__all__ = ["N_POINTS", "normalised", "normalised_cycles"]

N_POINTS = 101


def normalised(
    values: ArrayLike,
    times: ArrayLike,
    start_s: float,
    end_s: float,
    n_points: int = N_POINTS,
) -> FloatArray:
    """Values at evenly spaced times from start to end, both included.

    Parameters
    ----------
    values : (n_frames, ...)
    times : (n_frames,) s
    start_s, end_s : float
        Within the times.
    n_points : int

    Returns
    -------
    (n_points, ...)
        By cubic spline over the whole recording; gaps stay gaps.

    Raises
    ------
    ValueRangeError
        The interval is empty or reaches beyond the recording; fewer than two points.
    """
    t = np.asarray(times, dtype=np.float64)
    if n_points < 2:
        raise ValueRangeError(f"time-normalisation needs two points or more, found {n_points}")
    slack = 0.01 * float(np.median(np.diff(t))) if len(t) > 1 else 0.0
    if not (len(t) and t[0] - slack <= start_s < end_s <= t[-1] + slack):
        raise ValueRangeError(
            f"the interval from {start_s:g} to {end_s:g} s must lie within the recording,"
            f" {t[0] if len(t) else np.nan:g} to {t[-1] if len(t) else np.nan:g} s"
        )
    return resample(values, t, np.linspace(start_s, end_s, n_points))


def normalised_cycles(
    motion: Motion, intervals: Iterable[tuple[float, float]], n_points: int = N_POINTS
) -> FloatArray:
    """All coordinates over each interval.

    Parameters
    ----------
    motion : Motion
    intervals : iterable of (start_s, end_s)

    Returns
    -------
    (n_intervals, n_points, n_coordinates) rad or m
        Angles that can wrap are unwrapped first.
    """
    values = np.array(motion.values)
    for column, coordinate in enumerate(motion.coordinates):
        if can_wrap(coordinate):
            values[:, column] = unwrapped(values[:, column])
    cycles = [normalised(values, motion.times, *interval, n_points) for interval in intervals]
    return np.array(cycles).reshape(len(cycles), n_points, values.shape[1])
