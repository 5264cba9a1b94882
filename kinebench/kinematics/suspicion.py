"""Which frames of a tracked recording may have a better pose than the one found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.kinematics.mechanism import Mechanism

_N_INTERVALS = 2  # frames that are asked whatever they look like, and the first is solved cold
# weighted RMS beyond which minima lie close together: good recordings have 7 to 20 mm
_POOR_M = 0.03
_JUMP_RAD = np.deg2rad(20.0)  # angle from frame to frame: 1,200 to 2,000°/s at the usual rates
_MAX_PEAKS = 2  # of a limb; when they turn out to be fine, so are lower ones
_BLOCK = 4096  # frames that are looked at at once: memory
_OUTLIER_RATIO = 4.0  # squared misses of a limb, relative to what is usual in the recording


def suspicious(
    mechanism: Mechanism, x: FloatArray, errors: FloatArray, known: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Frames and limbs (n_frames, n_limbs) to ask for a better pose.

    The column of the root stands for the whole body: frames at intervals, both sides of a jump,
    frames that fit poorly. A limb is asked where it stands out most, or fits poorly itself, as
    one that is wrong in all frames does not stand out; and in frames that fit poorly.

    Parameters
    ----------
    mechanism : Mechanism
    x : (n_frames, n_variables)
    errors : (n_frames, n_markers) m
        NaN where a marker is missing.
    known : (n_frames,)
        Frames whose markers determine a pose, at least one; others are not asked.
    """
    n_limbs, weights = len(mechanism.limbs), mechanism.flat.markers["weight"].copy()
    limbs = mechanism.marked.T.astype(np.float64)
    turning = np.zeros(x.shape[1], np.bool_)
    turning[sorted(mechanism.turning)] = True
    wanted, totals = np.zeros((len(x), n_limbs), np.bool_), np.empty((n_limbs, len(x)))
    jumped = np.zeros(len(x), np.bool_)
    for start in range(0, len(x), _BLOCK):
        rows = slice(start, start + _BLOCK)
        squares = errors[rows] * errors[rows]
        squares *= weights
        missing = np.isnan(squares)
        squares[missing] = 0.0
        totals[:, rows] = (squares @ limbs).T
        poor = squares @ np.ones(len(weights)) > _POOR_M**2 * (weights.sum() - missing @ weights)
        wanted[rows] = poor[:, None]
        beside = x[start : start + _BLOCK + 1]
        far = np.abs(beside[1:] - beside[:-1]) > _JUMP_RAD
        jumps = start + np.flatnonzero(far @ turning)
        jumped[jumps] = jumped[jumps + 1] = True
    there = np.flatnonzero(known)
    wanted[jumped, 0] = wanted[at_intervals(there), 0] = True
    limits = _OUTLIER_RATIO * np.median(totals[:, there], axis=1)
    limits = np.minimum(limits, _POOR_M**2 * (weights @ limbs))
    for number in range(1, n_limbs):
        wanted[_peaks(totals[number], float(limits[number])), number] = True
    return wanted & known[:, None]


def at_intervals(known: NDArray[np.intp]) -> list[int]:
    """Those of the frames that are asked whatever they look like."""
    if not len(known):
        return []
    places = np.linspace(0, len(known) - 1, _N_INTERVALS + 1)[1:].astype(int)
    chosen: list[int] = known[places].tolist()
    return chosen


def _peaks(values: FloatArray, limit: float) -> NDArray[np.intp]:
    """The highest place of each run above a limit, of the highest runs."""
    above = np.flatnonzero(values > limit)
    if not above.size:
        return above
    begins = np.flatnonzero(np.diff(above, prepend=-2) > 1)
    highest = np.argsort(-np.maximum.reduceat(values[above], begins), kind="stable")[:_MAX_PEAKS]
    ends = [*begins[1:].tolist(), len(above)]
    runs = [above[begins[run] : ends[run]] for run in highest.tolist()]
    return np.array([run[np.argmax(values[run])] for run in runs])
