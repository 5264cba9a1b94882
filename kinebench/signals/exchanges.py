"""Exchanges: frames from which on two trajectories of a pair carry each other's name."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.errors import ValueRangeError
from kinebench.signals.runs import FloatArray

# m: pairs that are closer than this carry little evidence; noise of keypoints, several times over
_CLOSE_M = 0.05


def exchange_frames(one: ArrayLike, other: ArrayLike, penalty: float = 0.7) -> NDArray[np.bool_]:
    """Frames at which pairs of points begin, or cease, to be exchanged, all pairs together.

    Taken is the sequence of exchanges after which the points' paths are smoothest: the sum over
    frames and pairs of the squared second difference of both paths, relative to the squared
    distance of the points and cut at 1, plus a penalty per exchange, is the least that there is
    (dynamic programming over two states). Because both points of a pair must continue each other's
    path, neither an outlier of one of them nor fast motion of both is an exchange; because the cost
    is cut, a jump that an exchange does not mend is no reason for one.

    Parameters
    ----------
    one, other : (n_frames, n_pairs, 3) m
        Evenly spaced frames; NaN where missing: such frames say nothing of their pair.
    penalty : float
        Of an exchange, per pair that is seen, in units of what a pair that jumps costs in one frame
        at most. Undone, an exchange saves two frames of that inside a recording and one at its
        ends: below 1, exchanges in the first and the last frame are found too; near 2, all pairs
        must agree; near 0, exchanges are found in noise.

    Returns
    -------
    (n_frames,) bool
        Never True in the first frame. Which of the stretches between are the exchanged ones, paths
        alone cannot tell.
    """
    left, right = np.asarray(one, np.float64), np.asarray(other, np.float64)
    if left.shape != right.shape or left.ndim != 3:
        raise ValueRangeError(
            f"pairs need two arrays (n_frames, n_pairs, 3) alike, found {left.shape} and"
            f" {right.shape}"
        )
    changes = np.zeros(len(left), dtype=bool)
    if len(left) >= 3 and left.shape[1]:
        difference = left - right
        known = np.isfinite(difference[..., 0])
        # pairs that are missing about a frame can neither ask for an exchange nor speak against it
        there = np.maximum((known[1:] & known[:-1]).sum(axis=1), 1)
        costs = _costs(difference, (left + right) / 2)
        # one exchange changes the costs of two frames: where paths are smooth, none pays
        if 2 * costs[:, 0, 0].max() > penalty * there.min():
            changes[1:] = _least(costs, penalty * there)
    return changes


def _costs(difference: FloatArray, middle: FloatArray) -> FloatArray:
    """Of frames 2 … by whether an exchange lies before the middle frame and before the last.

    (n_frames − 2, 2, 2): a pair's difference turns its sign with an exchange, its middle stays.
    """
    scale = (difference**2).sum(axis=2)
    scale = (scale[2:] + scale[1:-1] + scale[:-2]) * (2 / 3) + _CLOSE_M**2
    bend = 4 * ((middle[2:] - 2 * middle[1:-1] + middle[:-2]) ** 2).sum(axis=2)
    costs = np.empty((len(scale), 2, 2))
    for before, first in ((0, 1.0), (1, -1.0)):
        known = 2 * difference[1:-1] - first * difference[:-2]
        for after, last in ((0, 1.0), (1, -1.0)):
            ratio = (((last * difference[2:] - known) ** 2).sum(axis=2) + bend) / scale
            costs[:, before, after] = np.nansum(np.minimum(ratio, 1.0), axis=1)
    return costs


def _least(costs: FloatArray, penalties: FloatArray) -> NDArray[np.bool_]:
    """Exchanges (n_frames − 1,) of least cost, each costing its penalty too (Viterbi)."""
    came_from = []
    first, *others = penalties.tolist()
    total = (0.0, first)
    for ((same, to_new), (from_old, both)), penalty in zip(costs.tolist(), others, strict=True):
        stay = (total[0] + same, total[1] + from_old)
        turn = (total[0] + to_new, total[1] + both)
        came_from.append((stay[1] < stay[0], turn[1] < turn[0]))
        total = (min(stay), min(turn) + penalty)
    states = [total[1] < total[0]]
    for sources in reversed(came_from):
        states.append(sources[states[-1]])
    return np.array(states[::-1], dtype=bool)
