"""How far points move within windows of a recording."""

from __future__ import annotations

import numpy as np

from kinebench.core.arrays import FloatArray


def movement_of_windows(paths: FloatArray, n_frames: int) -> FloatArray:
    """Largest peak-to-peak movement (n_windows,) m in each window of n_frames.

    Parameters
    ----------
    paths : (n, ...) m
        The larger of its columns counts; NaN where one of them is missing within the window.
    n_frames : int
        Length of a window; a recording that is shorter has none.
    """
    columns = paths.reshape(len(paths), -1)
    if len(columns) < n_frames:
        return np.empty(0)
    windows = np.lib.stride_tricks.sliding_window_view(columns, n_frames, axis=0)
    return np.asarray((windows.max(axis=2) - windows.min(axis=2)).max(axis=1))


def mean_of_windows(values: FloatArray, n_frames: int) -> FloatArray:
    """Mean of values (n,) in each window of n_frames."""
    windows = np.lib.stride_tricks.sliding_window_view(values, n_frames)
    return np.asarray(windows.mean(axis=1))
