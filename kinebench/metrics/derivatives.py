"""Error of angular velocity and acceleration: what noise and filters do to a waveform.

A filter that hardly moves an angle can halve the noise of its acceleration. Derivatives are central
differences of the frames as they are, of reference and estimate alike, without any smoothing: a
filter that the estimate had is judged, none is added. First and last frame and frames beside a gap
have none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.metrics.pairs import Pair, paired
from kinebench.metrics.undefined import nan_where
from kinebench.metrics.waveform import frame_times

_NO_THREE = "no frame that is known with the one before and the one after it"

# A step this much longer than the usual one is a gap: frames were dropped in between.
_LONGEST_STEP = 1.5


def velocity_rmse(reference: ArrayLike, estimate: ArrayLike, times: ArrayLike) -> FloatArray:
    """RMSE of the first derivative, unit of the coordinate per s.

    Parameters
    ----------
    reference, estimate : (n_frames,) or (n_frames, n_coordinates)
    times : (n_frames,) s
    """
    before, error, after, first, second = _threes(reference, estimate, times)
    values = (after - before) / (first + second)
    return _rms(values, error, "velocity_rmse")


def acceleration_rmse(reference: ArrayLike, estimate: ArrayLike, times: ArrayLike) -> FloatArray:
    """RMSE of the second derivative, unit of the coordinate per s².

    Parameters
    ----------
    reference, estimate : (n_frames,) or (n_frames, n_coordinates)
    times : (n_frames,) s
    """
    before, error, after, first, second = _threes(reference, estimate, times)
    values = 2 * ((after - error) / second - (error - before) / first) / (first + second)
    return _rms(values, error, "acceleration_rmse")


def _threes(
    reference: ArrayLike, estimate: ArrayLike, times: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Error of the frame before, the frame and the frame after; steps between them, s.

    Differentiation is linear: the error of a derivative is the derivative of the error.
    """
    pair: Pair = paired(reference, estimate)
    error = pair.error
    stamps = frame_times(times, len(np.asarray(reference)))
    if len(error) < 3:
        none = np.full((1, *error.shape[1:]), np.nan)
        return none, none, none, none, none
    steps = np.diff(stamps)
    steps = np.where(steps > _LONGEST_STEP * np.median(steps), np.nan, steps)
    steps = steps.reshape(-1, *(1,) * (error.ndim - 1))
    return error[:-2], error[1:-1], error[2:], steps[:-1], steps[1:]


def _rms(values: FloatArray, error: FloatArray, name: str) -> FloatArray:
    """Over the frames whose neighbours and own value are known."""
    known = np.isfinite(values) & np.isfinite(error)
    n = known.sum(axis=0)
    total = np.square(np.where(known, values, 0.0)).sum(axis=0)
    return nan_where(np.sqrt(total / np.where(n > 0, n, 1)), n == 0, name, _NO_THREE)
