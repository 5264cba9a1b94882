"""Outliers: frames that do not fit to their neighbours.

Source
------
Hampel, F. R. (1974). The influence curve and its role in robust estimation. Journal of the
American Statistical Association 69, 383–393.
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from kinebench.errors import ValueRangeError
from kinebench.signals.runs import as_columns

# standard deviation of a normal distribution over its median absolute deviation
_MAD_TO_SIGMA = 1.4826
# numbers in windows that are worked on together, 32 MB
_AT_ONCE = 4_000_000


def hampel_outliers(
    values: ArrayLike, half_window: int, n_sigmas: float, smallest: float = 0.0
) -> NDArray[np.bool_]:
    """Mark values that lie far from the median of their window (Hampel identifier).

    A value is an outlier when it departs from the median of the `half_window` frames on either
    side of it, itself included, by more than `n_sigmas` × 1.4826 × the window's median absolute
    deviation, and by more than `smallest`. At the ends the window is cut.

    Parameters
    ----------
    values : (n_frames, ...)
        NaN is left out of the windows and never an outlier.
    half_window : int
        Frames, 1 or more.
    n_sigmas : float
        Above 0.
    smallest : float
        Deviation up to which a value always passes, in the unit of `values`: without it, one
        digit of rounding is an outlier where a signal stands still.

    Returns
    -------
    (n_frames, ...) bool
    """
    if half_window < 1 or not n_sigmas > 0 or not smallest >= 0:
        raise ValueRangeError(
            "outlier search needs half_window ≥ 1, n_sigmas > 0 and smallest ≥ 0; found"
            f" {half_window}, {n_sigmas:g} and {smallest:g}"
        )
    columns = as_columns(values)
    edge = np.full((half_window, columns.shape[1]), np.nan)
    windows = sliding_window_view(
        np.concatenate([edge, columns, edge]), 2 * half_window + 1, axis=0
    )
    median, spread = np.empty_like(columns), np.empty_like(columns)
    # some frames at a time: all windows at once are as many times the recording as they are long
    step = max(1, _AT_ONCE // (windows.shape[1] * windows.shape[2]))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN slice", RuntimeWarning)
        for start in range(0, len(columns), step):
            here = windows[start : start + step]
            middle = np.nanmedian(here, axis=-1)
            median[start : start + step] = middle
            spread[start : start + step] = np.nanmedian(np.abs(here - middle[..., None]), axis=-1)
    limit = np.maximum(n_sigmas * _MAD_TO_SIGMA * spread, smallest)
    # the tolerance keeps a constant signal clear of rounding in the median
    rounding = 1e-12 * np.abs(columns)
    return np.asarray(np.abs(columns - median) > limit + rounding).reshape(np.shape(values))
