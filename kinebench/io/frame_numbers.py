"""Frame numbers of a recording: what they say about its times."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.errors import FileFormatError
from kinebench.remarks import tell


def frame_order(frames: FloatArray, file: str) -> NDArray[np.intp]:
    """Indices that put frame numbers (n_frames,) into order.

    Raises
    ------
    FileFormatError
        Numbers that are not whole, or that stand twice.

    Warns
    -----
    KinebenchWarning
        When they had to be sorted.
    """
    broken = np.flatnonzero(~np.isfinite(frames) | (frames != np.round(frames)))
    if broken.size:
        raise FileFormatError(
            f"{file}: frame numbers must be whole, row {broken[0] + 1} has {frames[broken[0]]:g}"
        )
    order = np.argsort(frames, kind="stable")
    steps = np.diff(frames[order])
    if (steps == 0).any():
        at = int(np.argmax(steps == 0))
        first, second = sorted((order[at] + 1, order[at + 1] + 1))
        raise FileFormatError(
            f"{file}: frame {frames[order[at]]:.0f} stands twice, in rows {first} and {second}"
        )
    if (np.diff(order) < 0).any():
        tell(
            "frame numbers",
            "the rows are not in the order of their frame numbers; they are sorted",
            file=file,
        )
    return order


def warn_if_frames_disagree(frames: FloatArray, times: FloatArray, file: str) -> None:
    """Warn when frame numbers (n_frames,) skip or turn back where times (n_frames,) s go on evenly.

    Frame numbers that say nothing, all equal or not whole, are left alone.
    """
    steps, intervals = np.diff(frames), np.diff(times)
    if len(steps) < 2 or not np.isfinite(frames).all() or (steps == 0).all():
        return
    usual, interval = np.median(steps), np.median(intervals)
    if not (usual and interval):
        return
    # half a frame absorbs the rounding of times
    even = np.abs(intervals / interval - 1) < 0.5
    odd = np.flatnonzero(even & (np.abs(steps / usual - intervals / interval) > 0.5))
    if odd.size:
        at = odd[0]
        tell(
            "frame numbers",
            f"frame {frames[at]:g} is followed by {frames[at + 1]:g} within"
            f" {intervals[at]:.3g} s; the times count, not the frame numbers",
            file=file,
        )
