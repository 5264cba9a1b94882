"""Gaps: frames in which a value is missing."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kinebench.errors import ValueRangeError
from kinebench.signals.runs import FloatArray, as_columns, runs

FillMethod = Literal["linear", "cubic"]


def longest_gap(values: ArrayLike) -> int:
    """Frames of the longest run of NaN in any column of values (n_frames, ...), ends included."""
    missing = np.isnan(as_columns(values))
    lengths = [stop - start for column in missing.T for start, stop in runs(column)]
    return max(lengths, default=0)


def fill_gaps(
    values: ArrayLike,
    method: FillMethod = "linear",
    longest: int | None = None,
    ends: bool = False,
    times: ArrayLike | None = None,
) -> FloatArray:
    """Interpolate across gaps, column by column.

    Parameters
    ----------
    values : (n_frames, ...)
        NaN where missing.
    method : {"linear", "cubic"}
        Straight line between the neighbours, or not-a-knot cubic spline through all values
        present.
    longest : int, optional
        Frames of the longest gap that is filled; longer ones stay whole.
    ends : bool
        Whether gaps at the ends hold the nearest value; otherwise they stay. Nothing is
        extrapolated.
    times : (n_frames,) s, optional
        Where frames are not evenly spaced.

    Returns
    -------
    (n_frames, ...)
        Values that were present are unchanged. A column without any value stays NaN.

    Raises
    ------
    ValueRangeError
        Unknown method, `longest` below 0, or times that do not fit.
    """
    if method not in ("linear", "cubic"):
        raise ValueRangeError(f"gaps can be filled 'linear' or 'cubic', found {method!r}")
    if longest is not None and longest < 0:
        raise ValueRangeError(f"the longest gap to fill must be 0 frames or more, found {longest}")
    columns = as_columns(values)
    n = len(columns)
    clock = np.arange(n, dtype=np.float64) if times is None else np.asarray(times, np.float64)
    if clock.shape != (n,):
        raise ValueRangeError(f"{n} frames need as many times, found {clock.shape}")
    limit = n if longest is None else longest
    for column in range(columns.shape[1]):
        _fill_column(columns[:, column], clock, method, limit, ends)
    return columns.reshape(np.shape(values))


def _fill_column(
    y: FloatArray, clock: FloatArray, method: FillMethod, limit: int, ends: bool
) -> None:
    """Fill the gaps of one column (n_frames,) in place."""
    missing = np.isnan(y)
    if not missing.any() or missing.all():
        return
    known = np.flatnonzero(~missing)
    gaps = [(a, b) for a, b in runs(missing) if b - a <= limit]
    inner = [np.arange(a, b) for a, b in gaps if known[0] < a and b <= known[-1]]
    if inner:
        frames = np.concatenate(inner)
        y[frames] = _interpolated(clock[known], y[known], clock[frames], method)
    for a, b in gaps if ends else []:
        if a == 0:
            y[a:b] = y[b]
        elif b == len(y):
            y[a:b] = y[a - 1]


def _interpolated(x: FloatArray, y: FloatArray, at: FloatArray, method: FillMethod) -> FloatArray:
    if method == "linear":
        return np.asarray(np.interp(at, x, y))
    from scipy.interpolate import CubicSpline

    return np.asarray(CubicSpline(x, y)(at))
