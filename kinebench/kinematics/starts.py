"""Poses to start from: of frames whose neighbours say nothing, and of limbs that fit badly."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray, read_only
from kinebench.kinematics.descents import TIE, Descents, IntArray
from kinebench.kinematics.gimbals import equivalents

_MIN_GAIN = 1e-2  # gain per iteration at which a trial start is given up
_N_RANDOM_STARTS = 12  # random starts of a limb
_ON_A_LINE = 1e-12  # second singular value, relative to all squares: markers on one line
# How much E must grow when a limb is placed, and be at least in m², for how many other starts of
# the limb. The first floor is E of fourteen micrometres; the second is E of ten millimetres: of
# 1,200 random poses of the laboratory's body, many with markers missing, sixty more starts found
# better ones, by 0.2 mm at most, in two where the first twelve had left less.
_RESTARTS = (4.0, 1e-10, _N_RANDOM_STARTS), (100.0, 5e-5, 5 * _N_RANDOM_STARTS)

_Limb = tuple[int, ...]


def cold_starts(descents: Descents, frames: IntArray) -> FloatArray:
    """Poses (n_frames, n_variables), each without knowledge of the frame's neighbours.

    First the root alone from a grid of orientations, then limb after limb, each with the
    markers of what is placed already and its own: from the default pose, and from others when
    the limb fits its markers much worse than the root does.
    """
    limbs = descents.mechanism.limbs
    marked = descents.mechanism.marked[0]
    start = np.tile(descents.defaults, (len(frames), 1, 1))
    x, misfit = descents.best(frames, start, limbs[0], marked, _MIN_GAIN)
    rigid = _rigid_misfits(descents, frames, marked)
    poor = misfit > rigid * (1 + TIE) + 1e-12
    if poor.any():
        grid = np.tile(_root_starts(descents, limbs[0]), (int(poor.sum()), 1, 1))
        x[poor], misfit[poor] = descents.best(frames[poor], grid, limbs[0], marked, _MIN_GAIN)
    for number, limb in enumerate(limbs[1:], 2):
        marked = np.asarray(descents.mechanism.marked[:number].any(axis=0))
        x, misfit = _with_limb_placed(descents, frames, x, limb, marked, misfit)
    everything = np.ones(len(descents.columns), np.bool_)
    every = tuple(range(x.shape[1]))
    return descents.best(frames, x[:, None], every, everything, -1.0)[0]


def with_limb_anew(
    descents: Descents, frames: IntArray, x: FloatArray, limb: _Limb, elsewhere: FloatArray
) -> FloatArray:
    """Poses x (n_frames, n_variables), the limb put where it fits best.

    Starts: where it is, its default, poses drawn from its ranges, and those that it has in the
    poses `elsewhere` (n, n_variables).
    """
    everything = np.ones(len(descents.columns), np.bool_)
    other = np.repeat(x[:, None], len(elsewhere), axis=1)
    other[..., list(limb)] = elsewhere[:, list(limb)]
    drawn = _limb_starts(descents, x, limb, _N_RANDOM_STARTS)
    starts = np.concatenate([x[:, None], other, drawn], axis=1)
    return descents.best(frames, starts, limb, everything, _MIN_GAIN)[0]


def relieved(descents: Descents, x: FloatArray) -> tuple[IntArray, FloatArray]:
    """Equivalent poses for those of x (n_frames, n_variables) in which a joint is at a limit.

    The angles of three-axis joints that rest on a limit are replaced by others that say the
    same. Returns the frame of each, and the poses.
    """
    low, high = descents.limits
    rows = [np.empty(0, np.int64)]
    poses = [np.empty((0, x.shape[1]))]
    for gimbal in descents.mechanism.ambiguous:
        chosen = list(gimbal.variables)
        angles = x[:, chosen]
        at = np.flatnonzero(((angles <= low[chosen]) | (angles >= high[chosen])).any(axis=1))
        for kind in equivalents(gimbal, angles[at], low[chosen], high[chosen]) if at.size else ():
            there = ~np.isnan(kind).any(axis=1)
            pose = x[at[there]]
            pose[:, chosen] = kind[there]
            rows.append(at[there])
            poses.append(pose)
    return np.concatenate(rows), np.concatenate(poses)


def _with_limb_placed(
    descents: Descents,
    frames: IntArray,
    x: FloatArray,
    limb: _Limb,
    marked: NDArray[np.bool_],
    before: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """x with one limb placed from its default, or better, and the misfit."""
    default = _limb_starts(descents, x, limb, 0)
    placed, misfit = descents.best(frames, default, limb, marked, _MIN_GAIN)
    for limit, floor, n in _RESTARTS:
        poor = misfit > np.maximum(limit * before, floor)
        if poor.any():
            drawn = _limb_starts(descents, x[poor], limb, n)
            starts = np.concatenate([placed[poor][:, None], drawn], axis=1)
            found = descents.best(frames[poor], starts, limb, marked, _MIN_GAIN)
            placed[poor], misfit[poor] = found
    return placed, misfit


def _rigid_misfits(descents: Descents, frames: IntArray, marked: NDArray[np.bool_]) -> FloatArray:
    """Least E (n_frames,) that the root's own markers allow a body that may move freely.

    −1 where they do not determine a pose, or sit on several nodes. Kabsch's (1978) rotation leaves
    Σ w |a|² + Σ w |b|² − 2 (s₁ + s₂ ± s₃) with the singular values of Σ w a bᵀ.
    """
    records = descents.mechanism.flat.markers[marked]
    measured = descents.measured[frames][:, descents.columns[marked]]
    if len(set(records["node"].tolist())) != 1:
        return np.full(len(frames), -1.0)
    present = ~np.isnan(measured[..., 0])
    w = present * records["weight"]
    w = w / np.maximum(w.sum(axis=1, keepdims=True), 1e-300)
    measured = np.where(present[..., None], measured, 0.0)
    a = records["location"] - (w @ records["location"])[:, None]
    b = measured - np.einsum("fm,fmi->fi", w, measured)[:, None]
    U, s, Vt = np.linalg.svd(np.einsum("fm,fmi,fmj->fij", w, a, b))
    s[:, 2] *= np.sign(np.linalg.det(U) * np.linalg.det(Vt))
    squares = np.einsum("fm,fmi->f", w, a**2) + np.einsum("fm,fmi->f", w, b**2)
    determined = s[:, 1] > _ON_A_LINE * squares
    return np.where(determined, 0.5 * np.maximum(squares - 2.0 * s.sum(axis=1), 0.0), -1.0)


def _root_starts(descents: Descents, root: _Limb) -> FloatArray:
    """Orientations of the root: quarters of a turn, or parts of a limited range."""
    low, high = descents.limits
    starts = [descents.defaults.copy()]
    for variable in root:
        if variable in descents.mechanism.turning:
            values = _spread(low[variable], high[variable], descents.defaults[variable])
            starts = [_changed(start, variable, value) for start in starts for value in values]
    return np.array(starts)


def _limb_starts(descents: Descents, x: FloatArray, limb: _Limb, n: int) -> FloatArray:
    """x (n_frames, n_variables) with the limb's defaults, and with n poses from its ranges.

    (n_frames, n + 1, n_variables), always the same poses.
    """
    low, high = descents.limits
    chosen = list(limb)
    middle = descents.defaults[chosen]
    lowest = np.maximum(low[chosen], middle - np.pi)
    highest = np.maximum(np.minimum(high[chosen], middle + np.pi), lowest)
    starts = np.repeat(x[:, None], n + 1, axis=1)
    starts[:, 0, chosen] = middle
    starts[:, 1:, chosen] = lowest + (highest - lowest) * _drawn(n, len(chosen))
    return starts


@lru_cache(maxsize=64)
def _drawn(n: int, n_variables: int) -> FloatArray:
    """Always the same numbers (n, n_variables) from 0 to 1."""
    return read_only(np.random.default_rng(n).random((n, n_variables)), (None, None), "draws")


def _spread(low: float, high: float, default: float) -> list[float]:
    if high - low >= 2 * np.pi:
        return [default + quarter * np.pi / 2 for quarter in (0, 1, 2, -1)]
    return [low + share * (high - low) for share in (0.5, 0.2, 0.8)]


def _changed(x: FloatArray, variable: int, value: float) -> FloatArray:
    x = x.copy()
    x[variable] = value
    return x
