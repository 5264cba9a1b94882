"""Values at other times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.errors import ValueRangeError
from kinebench.signals.runs import FloatArray, as_columns, columns_by_pattern, require_rate, runs

# four and a half hours at 120 Hz; 1 GB of 20 keypoints
_MOST_FRAMES = 2_000_000

ResampleMethod = Literal["cubic", "pchip", "linear"]


def require_frames(frames: float) -> int:
    """A number of frames rounded down, or a `ValueRangeError` when it is beyond two million."""
    if not frames <= _MOST_FRAMES:
        raise ValueRangeError(
            f"this rate over the recording's time makes {frames:.3g} frames; {_MOST_FRAMES:,} are"
            " the most that is computed at once: take a lower rate, or look at the time stamps"
        )
    return int(np.floor(frames))


def even_times(times: ArrayLike, rate_hz: float) -> FloatArray:
    """Times (n_new,) s at a constant rate from the first of `times` (n_frames,) s to the last."""
    clock = np.asarray(times, dtype=np.float64)
    # time stamps of files are rounded: a last frame must not be lost to that
    count = require_frames((clock[-1] - clock[0]) * require_rate(rate_hz) + 1e-3) + 1
    return np.asarray(clock[0] + np.arange(count) / rate_hz)


def resample(
    values: ArrayLike, times: ArrayLike, new_times: ArrayLike, method: ResampleMethod = "cubic"
) -> FloatArray:
    """Interpolate to other times.

    Nothing is filtered: before going to a lower rate, remove what lies above half of it.

    Parameters
    ----------
    values : (n_frames, ...)
        Gaps stay gaps: a new time between two frames is NaN when either is. Runs are
        interpolated on their own.
    times : (n_frames,) s
        Strictly increasing.
    new_times : (n_new,) s
        NaN outside of `times`; up to a hundredth of a frame interval counts as inside.
    method : {"cubic", "pchip", "linear"}
        Not-a-knot cubic spline; shape-preserving cubic, which never overshoots; straight lines.
    """
    return interpolant(values, times, method)(new_times)


def interpolant(
    values: ArrayLike, times: ArrayLike, method: ResampleMethod = "cubic"
) -> Callable[[ArrayLike], FloatArray]:
    """What `resample` interpolates with, fitted once for many new times.

    Parameters
    ----------
    values, times, method
        As of `resample`.

    Returns
    -------
    callable
        Of new times (n_new,) s.
    """
    if method not in ("cubic", "pchip", "linear"):
        raise ValueRangeError(f"resampling knows 'cubic', 'pchip' and 'linear'; found {method!r}")
    columns = as_columns(values)
    clock = np.asarray(times, dtype=np.float64)
    if clock.shape != (len(columns),) or not (np.diff(clock) > 0).all():
        raise ValueRangeError(f"{len(columns)} frames need as many times, strictly increasing")
    slack = 0.01 * float(np.median(np.diff(clock))) if len(clock) > 1 else 1e-9
    missing = np.isnan(columns)
    pieces = [
        (
            group,
            clock[start],
            clock[stop - 1],
            _fitted(clock[start:stop], columns[start:stop, group], method),
        )
        for group in columns_by_pattern(missing)
        for start, stop in runs(~missing[:, group[0]])
    ]

    def at_times(new_times: ArrayLike) -> FloatArray:
        at = np.asarray(new_times, dtype=np.float64)
        resampled = np.full((len(at), columns.shape[1]), np.nan)
        for group, first, last, curve in pieces:
            inside = (at >= first - slack) & (at <= last + slack)
            found = curve(np.clip(at[inside], first, last))
            if found.shape == resampled.shape:
                resampled = found  # nothing is missing: the usual case, and half of the time
            else:
                resampled[np.ix_(np.flatnonzero(inside), group)] = found
        return resampled.reshape(len(at), *np.shape(values)[1:])

    return at_times


def _fitted(
    x: FloatArray, y: FloatArray, method: ResampleMethod
) -> Callable[[FloatArray], NDArray[np.float64]]:
    from scipy.interpolate import CubicSpline, PchipInterpolator, make_interp_spline

    if len(x) == 1:
        return lambda at: np.repeat(y, len(at), axis=0)
    if method == "cubic":
        return CubicSpline(x, y)
    if method == "pchip":
        return PchipInterpolator(x, y)
    return make_interp_spline(x, y, k=1)
