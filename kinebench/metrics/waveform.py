"""Size of the error of a waveform.

Conventions are those of `kinebench.metrics.pairs`: e = estimate − reference over the n frames in
which both are known; one figure per column; NaN with a warning where n = 0.

With ē the bias, RMSE² = ē² + (offset-removed RMSE)², and MAE ≤ RMSE.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.metrics.pairs import Pair, paired
from kinebench.metrics.undefined import nan_where

MINIMUM_RANGE_RAD = float(np.deg2rad(1.0))
MINIMUM_RANGE_M = 0.01  # about what 1° moves the end of a body segment

NO_FRAME = "no frame in which both are known"


def bias(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Mean error ē = Σ(e)/n; positive when the estimate is larger (Bland & Altman 1986)."""
    pair = paired(reference, estimate)
    return nan_where(pair.mean(pair.error), pair.n == 0, "bias", NO_FRAME)


def mean_absolute_error(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """MAE = Σ|e|/n (Willmott & Matsuura 2005, Clim Res 30:79)."""
    pair = paired(reference, estimate)
    return nan_where(pair.mean(np.abs(pair.error)), pair.n == 0, "mae", NO_FRAME)


def rmse(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Root mean squared error √(Σe²/n) (Willmott & Matsuura 2005, Clim Res 30:79)."""
    pair = paired(reference, estimate)
    return nan_where(_rms(pair, pair.error), pair.n == 0, "rmse", NO_FRAME)


def offset_removed_rmse(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """RMSE after the bias is taken away: √(Σ(e − ē)²/n).

    The population standard deviation of the error: what is left when a constant offset, as a
    wrong static pose leaves it, is forgiven.
    """
    pair = paired(reference, estimate)
    values = _rms(pair, pair.centred(pair.error))
    return nan_where(values, pair.n == 0, "offset_removed_rmse", NO_FRAME)


def max_absolute_error(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Largest |e| of any frame."""
    pair = paired(reference, estimate)
    values = np.fmax.reduce(np.abs(pair.error), axis=0)
    return nan_where(values, pair.n == 0, "max_error", NO_FRAME)


def time_of_max_error(reference: ArrayLike, estimate: ArrayLike, times: ArrayLike) -> FloatArray:
    """Time, s, of the frame with the largest |e|; the first when several share it.

    Parameters
    ----------
    reference, estimate : (n_frames,) or (n_frames, n_coordinates)
    times : (n_frames,) s
    """
    pair = paired(reference, estimate)
    stamps = frame_times(times, len(np.asarray(reference)))
    size = np.where(np.isnan(pair.error), -1.0, np.abs(pair.error))
    return nan_where(stamps[size.argmax(axis=0)], pair.n == 0, "max_error_time", NO_FRAME)


def nrmse(
    reference: ArrayLike, estimate: ArrayLike, minimum_range: ArrayLike = MINIMUM_RANGE_RAD
) -> FloatArray:
    """RMSE divided by the reference's range, max − min, as a fraction.

    Parameters
    ----------
    reference, estimate : (n_frames,) or (n_frames, n_coordinates)
    minimum_range : float or (n_coordinates,)
        Ranges below leave the figure NaN: dividing by almost nothing says nothing. 1° for angles;
        `MINIMUM_RANGE_M` suits translations.
    """
    pair = paired(reference, estimate)
    span = value_range(pair.reference)
    still = ~(span >= np.asarray(minimum_range)) | (span <= 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = nan_where(_rms(pair, pair.error) / span, pair.n == 0, "nrmse", NO_FRAME)
    reason = "the reference's range is too small to divide by (1° for angles, 10 mm for lengths)"
    return nan_where(values, still & (pair.n > 0), "nrmse", reason)


def value_range(values: FloatArray) -> FloatArray:
    """max − min over frames, gaps left out."""
    return np.asarray(np.fmax.reduce(values, axis=0) - np.fmin.reduce(values, axis=0))


def frame_times(times: ArrayLike, n_frames: int) -> FloatArray:
    """Times (n_frames,) s, checked against the number of frames; one NaN when there is none."""
    stamps = np.asarray(times, dtype=np.float64)
    if stamps.shape != (n_frames,):
        raise ValueRangeError(f"times must have shape ({n_frames},), found {stamps.shape}")
    return stamps if n_frames else np.array([np.nan])


def _rms(pair: Pair, values: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(pair.mean(np.square(values))))
