"""Segments between points: their lengths over time, and points brought to constant lengths."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

# steps converge quadratically: five for lengths that are off by a tenth, ten for half
_MOST_STEPS = 50
# of the longest segment; far below what any file format keeps
_TOLERANCE = 1e-13


def distances(positions: ArrayLike, ends: ArrayLike) -> FloatArray:
    """Distance of two points, per frame.

    Parameters
    ----------
    positions : (n_frames, n_points, 3) m
        NaN where missing.
    ends : (n_segments, 2) int
        Indices of both points of each segment.

    Returns
    -------
    (n_frames, n_segments) m
        NaN where an end is missing.
    """
    points, pairs = np.asarray(positions, np.float64), np.asarray(ends, np.intp).reshape(-1, 2)
    return np.asarray(np.linalg.norm(points[:, pairs[:, 0]] - points[:, pairs[:, 1]], axis=2))


def hold_lengths(
    positions: ArrayLike, ends: ArrayLike, lengths: ArrayLike
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Points moved by as little as possible until the segments between them have these lengths.

    Gauss–Newton: each step is the smallest shift of all points, by least squares, that brings the
    lengths right as far as they change linearly with it. Points that have the lengths stay exactly.

    Parameters
    ----------
    positions : (n_frames, n_points, 3) m
        NaN where missing; missing points stay missing and hold nothing.
    ends : (n_segments, 2) int
        Indices of both points of each segment; segments must form no loop.
    lengths : (n_segments,) m
        Above 0.

    Returns
    -------
    positions : (n_frames, n_points, 3) m
    held : (n_frames,) bool
        False where there is no solution, as when both ends of a segment coincide: such frames are
        returned as they were.
    """
    points, pairs = np.asarray(positions, np.float64), np.asarray(ends, np.intp).reshape(-1, 2)
    wanted = np.asarray(lengths, np.float64)
    incidence = np.zeros((len(pairs), points.shape[1]))
    np.put_along_axis(incidence, pairs[:, :1], 1.0, axis=1)
    np.put_along_axis(incidence, pairs[:, 1:], -1.0, axis=1)
    vectors = points[:, pairs[:, 0]] - points[:, pairs[:, 1]]
    pulls, held = _pulls(vectors, wanted, incidence @ incidence.T)
    shift = np.einsum("sp,fsi->fpi", incidence, pulls, optimize=True)
    return points + np.where(held[:, None, None], shift, 0.0), held


def _pulls(
    vectors: FloatArray, lengths: FloatArray, coupling: FloatArray
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """What each segment (n_frames, n_segments, 3) adds to its first end and takes from its other.

    With directions u and ``coupling = S Sᵀ`` of the incidence matrix S, the multipliers of a step
    solve ``(S Sᵀ ∘ u uᵀ) λ = wanted − current length``. Frames that are done take no more steps.
    """
    present = np.isfinite(vectors[..., 0])
    current = np.where(present[..., None], vectors, 0.0)
    pulls = np.zeros_like(current)
    held = np.zeros(len(vectors), dtype=bool)
    moving = np.arange(len(vectors))
    idle = np.eye(len(lengths))
    for _ in range(_MOST_STEPS):
        here = present[moving]
        size = np.linalg.norm(current[moving], axis=2)
        lacking = np.where(here, lengths - size, 0.0)
        done = np.abs(lacking).max(axis=1, initial=0.0) <= _TOLERANCE * lengths.max(initial=1.0)
        held[moving[done]] = True
        # both ends in one place have no direction
        going = ~done & (size > 0).all(axis=1, where=here)
        moving, here, size, lacking = moving[going], here[going], size[going], lacking[going]
        if not len(moving):
            break
        directions = current[moving] * (here / np.where(here, size, 1.0))[..., None]
        matrix = coupling * (directions @ np.swapaxes(directions, 1, 2))
        matrix += idle * ~here[:, None, :]
        step = np.linalg.solve(matrix, lacking[..., None]) * directions
        pulls[moving] += step
        current[moving] += coupling @ step
    return pulls, held
