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

_ALIKE = 0.2  # repetitions of one person differ by so much of their range


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

    NaN where either side has two peaks alike, as over several repetitions: which of them is the
    highest is chance.

    Parameters
    ----------
    reference, estimate : (n_frames,) or (n_frames, n_coordinates)
    times : (n_frames,) s
    """
    return _timing_error(reference, estimate, times, 1.0, "peak")


def trough_timing_error(reference: ArrayLike, estimate: ArrayLike, times: ArrayLike) -> FloatArray:
    """Time of the estimate's minimum minus time of the reference's, s; positive when late.

    NaN where either side has two troughs alike.

    Parameters
    ----------
    reference, estimate : (n_frames,) or (n_frames, n_coordinates)
    times : (n_frames,) s
    """
    return _timing_error(reference, estimate, times, -1.0, "trough")


def _timing_error(
    reference: ArrayLike, estimate: ArrayLike, times: ArrayLike, sign: float, what: str
) -> FloatArray:
    pair = paired(reference, estimate)
    stamps = frame_times(times, len(np.asarray(reference)))
    one, other = sign * pair.reference, sign * pair.estimate
    values = stamps[_argmax(other)] - stamps[_argmax(one)]
    name = f"{what}_timing_error"
    values = nan_where(values, pair.n == 0, name, NO_FRAME, stacklevel=4)
    several = (_peaks_alike(one) > 1) | (_peaks_alike(other) > 1)
    reason = f"two {what}s alike"
    return nan_where(values, several, name, reason, stacklevel=4)


def _peaks_alike(values: FloatArray) -> NDArray[np.intp]:
    """How often each column comes within a fifth of its range of its maximum.

    Between two such times it falls below half of the range.
    """
    low, high = np.fmin.reduce(values, axis=0), np.fmax.reduce(values, axis=0)
    # how often it had fallen when it came near to the maximum: new when that is more than before
    fallen = 1 + np.cumsum(values < (low + high) / 2, axis=0)
    near = np.where(values >= high - _ALIKE * (high - low), fallen, 0)
    highest = np.maximum.accumulate(near, axis=0)
    return np.asarray((np.diff(highest, axis=0, prepend=0) > 0).sum(axis=0))


def _argmax(values: FloatArray) -> NDArray[np.intp]:
    return np.asarray(np.where(np.isnan(values), -np.inf, values).argmax(axis=0))
