"""Positions on another grid of times."""

from __future__ import annotations

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.signals.resampling import require_frames

__all__ = ["interpolate", "uniform_times"]


def uniform_times(times: FloatArray, rate_hz: float) -> FloatArray:
    """Uniform times from the first to the last of `times`, both included.

    The number of intervals is whole, so the rate is met within 1/(2 n_intervals).
    """
    asked = (times[-1] - times[0]) * rate_hz
    require_frames(asked)
    n_intervals = max(1, round(asked))
    return np.linspace(times[0], times[-1], n_intervals + 1)


def interpolate(times: FloatArray, positions: FloatArray, at: FloatArray) -> FloatArray:
    """Positions (n_at, ...) at other times within the recording, by a cubic spline.

    Parameters
    ----------
    times : (n,) s
    positions : (n, ...)
        Without NaN.
    at : (n_at,) s
    """
    from scipy.interpolate import make_interp_spline

    spline = make_interp_spline(times, positions, k=min(3, len(times) - 1))
    return np.asarray(spline(at), dtype=np.float64)
