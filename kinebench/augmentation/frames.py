"""The frames that a network is run on: a uniform grid of times, and a lead-in that warms it up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.signals.resampling import require_frames

WARM_UP_KINDS = ("mirror", "repeat")


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


def lead_in_frames(n_frames: int, n_lead: int, kind: str) -> NDArray[np.intp]:
    """Indices (n_lead + n_frames,) of the frames to run.

    Parameters
    ----------
    n_frames : int
        Length of the trial, 1 or more.
    n_lead : int
        Length of the lead-in; longer than the trial is fine.
    kind : {"mirror", "repeat"}
        "mirror": …, 3, 2, 1, then 0, 1, 2, …, reflected again at the trial's end when it is
        shorter than the lead-in. "repeat": 0, 0, …, 0, then 0, 1, 2, ….
    """
    before = np.arange(-n_lead, 0)
    if kind == "repeat" or n_frames == 1:
        before = np.zeros_like(before)
    else:
        period = 2 * (n_frames - 1)
        phase = before % period
        before = np.minimum(phase, period - phase)
    return np.concatenate([before, np.arange(n_frames)]).astype(np.intp)
