"""Range of motion, peak and trough, and when they happen.

Conventions are those of `kinebench.metrics.pairs`. Extremes are taken over the frames that both
sides share, without smoothing: on noisy waveforms they are biased outwards, by design visible.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.core.arrays import FloatArray
from kinebench.metrics.pairs import paired
from kinebench.metrics.undefined import nan_where
from kinebench.metrics.waveform import NO_FRAME, frame_times, value_range

__all__ = [
    "peak_error",
    "peak_timing_error",
    "range_of_motion_error",
    "trough_error",
    "trough_timing_error",
]


def range_of_motion_error(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """ROM error: (max − min) of the estimate minus (max − min) of the reference."""
    pair = paired(reference, estimate)
    values = value_range(pair.estimate) - value_range(pair.reference)
    return nan_where(values, pair.n == 0, "rom_error", NO_FRAME)


def peak_error(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """max(estimate) − max(reference), wherever in time each lies."""
    pair = paired(reference, estimate)
    values = np.fmax.reduce(pair.estimate, axis=0) - np.fmax.reduce(pair.reference, axis=0)
    return nan_where(values, pair.n == 0, "peak_error", NO_FRAME)


def trough_error(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """min(estimate) − min(reference), wherever in time each lies."""
    pair = paired(reference, estimate)
    values = np.fmin.reduce(pair.estimate, axis=0) - np.fmin.reduce(pair.reference, axis=0)
    return nan_where(values, pair.n == 0, "trough_error", NO_FRAME)


def peak_timing_error(reference: ArrayLike, estimate: ArrayLike, times: ArrayLike) -> FloatArray:
    """Time of the estimate's maximum minus time of the reference's, s; positive when late.

    Parameters
    ----------
    reference, estimate : (n_frames,) or (n_frames, n_coordinates)
    times : (n_frames,) s
    """
    pair = paired(reference, estimate)
    stamps = frame_times(times, len(np.asarray(reference)))
    values = stamps[_argmax(pair.estimate)] - stamps[_argmax(pair.reference)]
    return nan_where(values, pair.n == 0, "peak_timing_error", NO_FRAME)


def trough_timing_error(reference: ArrayLike, estimate: ArrayLike, times: ArrayLike) -> FloatArray:
    """Time of the estimate's minimum minus time of the reference's, s; positive when late.

    Parameters
    ----------
    reference, estimate : (n_frames,) or (n_frames, n_coordinates)
    times : (n_frames,) s
    """
    pair = paired(reference, estimate)
    stamps = frame_times(times, len(np.asarray(reference)))
    values = stamps[_argmax(-pair.estimate)] - stamps[_argmax(-pair.reference)]
    return nan_where(values, pair.n == 0, "trough_timing_error", NO_FRAME)


def _argmax(values: FloatArray) -> NDArray[np.intp]:
    return np.asarray(np.where(np.isnan(values), -np.inf, values).argmax(axis=0))
