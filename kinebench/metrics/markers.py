"""Marker space: how far estimated points are from reference points.

Conventions
-----------
- ``(reference, estimate)``: arrays (n_frames, n_markers, 3), m, in one frame and on one clock.
- d = ‖estimate − reference‖, m, NaN where either is missing; such frames are left out.
- "Offset removed": the marker's own mean difference vector is taken away first, so that what is
  left is what moves. It forgives a marker that was placed elsewhere on the body.
- "Common offset removed": one mean difference vector of all markers and frames is taken away: a
  constant translation between the two frames.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.metrics.undefined import nan_where

NO_FRAME = "no frame in which both are present"


def marker_distances(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Distances (n_frames, n_markers) m; NaN where either side is missing.

    Raises
    ------
    ValueRangeError
        Shapes differ or are not (n_frames, n_markers, 3), or a position is infinite.
    """
    r, e = _positions(reference, estimate)
    return np.asarray(np.sqrt(np.sum(np.square(e - r), axis=-1)))


def offset_removed(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """The estimate, each marker moved by its own mean difference from the reference.

    Returns
    -------
    (n_frames, n_markers, 3) m
    """
    r, e = _positions(reference, estimate)
    return np.asarray(e - _mean(e - r, axis=0))


def distance_mean(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Mean distance per marker: Σd/n."""
    d = marker_distances(reference, estimate)
    return nan_where(_mean(d, axis=0), _absent(d), "distance_mean", NO_FRAME)


def distance_rms(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Root mean square distance per marker: √(Σd²/n)."""
    d = marker_distances(reference, estimate)
    return nan_where(np.sqrt(_mean(d**2, axis=0)), _absent(d), "distance_rms", NO_FRAME)


def distance_max(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Largest distance per marker."""
    d = _with_a_frame(marker_distances(reference, estimate))
    return nan_where(np.fmax.reduce(d, axis=0), _absent(d), "distance_max", NO_FRAME)


def distance_p95(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """95th percentile of the distance per marker (linear between order statistics)."""
    d = _with_a_frame(marker_distances(reference, estimate))
    return nan_where(percentile(d, 95.0), _absent(d), "distance_p95", NO_FRAME)


def offset_removed_distance_mean(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Mean distance per marker, its own constant offset removed."""
    return distance_mean(reference, offset_removed(reference, estimate))


def offset_removed_distance_rms(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Root mean square distance per marker, its own constant offset removed."""
    return distance_rms(reference, offset_removed(reference, estimate))


def offset_removed_distance_max(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Largest distance per marker, its own constant offset removed."""
    return distance_max(reference, offset_removed(reference, estimate))


def offset_removed_distance_p95(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """95th percentile of the distance per marker, its own constant offset removed."""
    return distance_p95(reference, offset_removed(reference, estimate))


def mpjpe(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Mean per-joint position error, m: mean over frames of the mean distance over markers.

    Frames count alike, however many markers are present in them.
    Ionescu et al. 2014, IEEE TPAMI 36:1325.
    """
    value = _mean(_mean(marker_distances(reference, estimate), axis=1), axis=0)
    return nan_where(value, np.isnan(value), "mpjpe", NO_FRAME)


def pa_mpjpe(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """MPJPE, m, after a similarity (rotation, translation, scale) per frame.

    Each frame of the estimate is laid onto the reference by Procrustes analysis first, so that
    only the shape of the pose counts. Frames with fewer than three markers in common, or with
    markers on one point, are left out.

    References
    ----------
    Umeyama 1991, IEEE TPAMI 13:376, equations 40 to 43; "protocol 2" on Human3.6M.
    """
    r, e = _positions(reference, estimate)
    present = ~(np.isnan(r[..., 0]) | np.isnan(e[..., 0]))
    w = present[..., None].astype(np.float64)
    n = np.maximum(w.sum(axis=1, keepdims=True), 1.0)
    r, e = np.where(w > 0, r, 0.0), np.where(w > 0, e, 0.0)
    A = (e - e.sum(axis=1, keepdims=True) / n) * w  # (n_frames, n_markers, 3)
    B = (r - r.sum(axis=1, keepdims=True) / n) * w
    U, S, Vt = np.linalg.svd(np.swapaxes(A, 1, 2) @ B)
    handed = np.ones_like(S)
    handed[:, 2] = np.sign(np.linalg.det(U @ Vt))  # eq. 43: a rotation, never a reflection
    size = np.sum(A**2, axis=(1, 2))
    usable = (present.sum(axis=1) >= 3) & (size > 0)
    scale = np.sum(S * handed, axis=1) / np.where(usable, size, np.nan)  # eq. 42
    fitted = scale[:, None, None] * (A @ (U * handed[:, None, :] @ Vt))
    d = np.where(present, np.linalg.norm(fitted - B, axis=2), np.nan)
    value = _mean(_mean(d, axis=1), axis=0)
    reason = "no frame has three markers in common"
    return nan_where(value, np.isnan(value), "pa_mpjpe", reason)


def percentile(values: FloatArray, q: float) -> FloatArray:
    """q-th percentile along the first axis, gaps left out; NaN for a column of gaps."""
    ordered = np.sort(values, axis=0)  # NaN last
    n = (~np.isnan(values)).sum(axis=0)
    rank = np.maximum(n - 1, 0) * q / 100.0
    low = np.floor(rank).astype(np.intp)
    high = np.minimum(low + 1, np.maximum(n - 1, 0))
    at_low = np.take_along_axis(ordered, low[None], axis=0)[0]
    at_high = np.take_along_axis(ordered, high[None], axis=0)[0]
    return np.asarray(at_low + (rank - low) * (at_high - at_low))


def _positions(reference: ArrayLike, estimate: ArrayLike) -> tuple[FloatArray, FloatArray]:
    r, e = np.asarray(reference, dtype=np.float64), np.asarray(estimate, dtype=np.float64)
    if r.shape != e.shape or r.ndim != 3 or r.shape[2] != 3:
        raise ValueRangeError(
            "reference and estimate must both have shape (n_frames, n_markers, 3),"
            f" found {r.shape} and {e.shape}"
        )
    if np.isinf(r).any() or np.isinf(e).any():
        raise ValueRangeError("a position is infinite; missing markers are NaN")
    return r, e


def _mean(values: FloatArray, axis: int) -> FloatArray:
    """Mean with gaps left out; NaN where nothing is left."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    return np.asarray(total / np.where(count > 0, count, np.nan))


def _absent(distances: FloatArray) -> NDArray[np.bool_]:
    return np.asarray(np.isnan(distances).all(axis=0))


def _with_a_frame(distances: FloatArray) -> FloatArray:
    """The distances; one frame of gaps when there is none, so that reductions work."""
    return distances if len(distances) else np.full((1, distances.shape[1]), np.nan)
