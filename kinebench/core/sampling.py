"""Sampling rates of time stamps."""

from __future__ import annotations

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.remarks import tell


def sampling_rate(times: FloatArray) -> float:
    """Mean sampling rate, Hz, of strictly increasing times (n_frames,) s.

    Rounded to 1e-4 Hz: time stamps in files carry five to seven decimals.
    """
    if len(times) < 2:
        raise ValueRangeError(f"a sampling rate needs two frames or more, found {len(times)}")
    rate = (len(times) - 1) / float(times[-1] - times[0])
    return round(rate, 4) or rate


def is_uniform(times: FloatArray, tolerance: float = 0.05) -> bool:
    """True if no frame interval departs from the mean by more than `tolerance` (fraction)."""
    steps = np.diff(times)
    if len(steps) == 0:
        return True
    mean = (times[-1] - times[0]) / len(steps)
    return bool(np.abs(steps - mean).max() <= tolerance * mean)


def warn_if_not_uniform(times: FloatArray, what: str) -> None:
    """Warn when a step that assumes constant sampling meets irregular times."""
    if not is_uniform(times):
        steps = np.diff(times)
        tell(
            "uneven frames",
            f"{what} assumes a constant sampling rate, but the frame intervals range from"
            f" {steps.min():.4g} to {steps.max():.4g} s; resample first",
        )
