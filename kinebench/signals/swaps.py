"""Pairs of points that change places from one frame to the next."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kinebench.signals.runs import FloatArray

__all__ = ["exchanged_frames", "exchanges"]


def exchanges(
    right: FloatArray, left: FloatArray, ratio: float = 0.5, smallest: float = 0.1
) -> NDArray[np.bool_]:
    """(n_frames − 1,) True where right and left points changed places between two frames.

    A step counts when, summed over the points, it is at least `smallest`, and when the way to the
    other side's last positions is less than `ratio` of the way to the own ones.

    Parameters
    ----------
    right, left : (n_frames, n_points, 3)
        NaN where missing; points that are missing in either frame are left out.
    ratio : float
    smallest : float
        Per point, for both sides together, in the unit of the positions.
    """

    def way(one: FloatArray, other: FloatArray) -> FloatArray:
        return np.asarray(np.linalg.norm(one - other, axis=2))

    own = way(right[1:], right[:-1]) + way(left[1:], left[:-1])
    other = way(right[1:], left[:-1]) + way(left[1:], right[:-1])
    known = np.isfinite(own) & np.isfinite(other)
    count = known.sum(axis=1)
    own, other = (np.where(known, part, 0.0).sum(axis=1) for part in (own, other))
    return np.asarray((count > 0) & (own > smallest * count) & (other < ratio * own))


def exchanged_frames(steps: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(n_frames,) True in the frames between two exchanges; the lesser part of the recording."""
    parity = np.concatenate([[0], np.cumsum(steps)]) % 2 == 1
    return np.asarray(parity if parity.mean() <= 0.5 else ~parity)
