"""Rigid registration of point sets.

Sources
-------
Kabsch, W. (1978). A discussion of the solution for the best rotation to relate two sets of
vectors. Acta Crystallographica A34, 827–828.
Söderkvist, I., Wedin, P.-Å. (1993). Determining the movements of the skeleton using
well-configured markers. Journal of Biomechanics 26, 1473–1477.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.errors import ValueRangeError
from kinebench.geometry.rotations import rotation_about_vertical

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RigidTransform:
    """Rotation, then translation: ``target ≈ source @ R.T + t``.

    Parameters
    ----------
    R : (3, 3)
    t : (3,) m
    rms : float
        Weighted root mean square distance, m, that remained in the registration.
    """

    R: FloatArray
    t: FloatArray
    rms: float = 0.0

    def __post_init__(self) -> None:
        for name in ("R", "t"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    def __reduce__(self) -> tuple[type, tuple[FloatArray, FloatArray, float]]:
        return type(self), (self.R, self.t, self.rms)

    def apply(self, points: ArrayLike) -> FloatArray:
        """Points (..., 3) m of the source, expressed in the target's frame; NaN stays NaN."""
        return np.asarray(np.asarray(points, dtype=np.float64) @ self.R.T + self.t)

    def inverse(self) -> RigidTransform:
        """From target to source."""
        return RigidTransform(self.R.T, -self.R.T @ self.t, self.rms)


def register_rigid(
    source: ArrayLike, target: ArrayLike, weights: ArrayLike | None = None
) -> RigidTransform:
    """Least-squares rigid motion of `source` onto `target` (Kabsch 1978).

    Parameters
    ----------
    source, target : (..., 3) m
        Corresponding points; a pair with a NaN on either side is ignored.
    weights : (...), optional
        Not negative; 0 ignores a pair.

    Returns
    -------
    RigidTransform
        Always a rotation, never a reflection.

    Raises
    ------
    ValueRangeError
        Shapes that differ, weights that are illegal, or fewer than three points that are present
        in both and not on one line: their rotation is not determined.
    """
    a, b, w = _pairs(source, target, weights)
    centre_a, centre_b = w @ a, w @ b
    A, B = a - centre_a, b - centre_b
    _require_plane(A, w, "source")
    _require_plane(B, w, "target")
    U, _, Vt = np.linalg.svd((A * w[:, None]).T @ B)
    # the last singular direction turns round when the best orthogonal matrix is a reflection
    handed = np.diag([1.0, 1.0, np.sign(np.linalg.det(U @ Vt))])
    return _transform(Vt.T @ handed @ U.T, a, b, w)


def register_vertical(source: ArrayLike, target: ArrayLike) -> RigidTransform:
    """Least-squares turn about the vertical (Y) and translation of `source` onto `target`.

    For two frames that share their vertical. Points as in `register_rigid`.

    Raises
    ------
    ValueRangeError
        Shapes that differ, or fewer than two points that are present in both and not above one
        another.
    """
    a, b, w = _pairs(source, target, None)
    A, B = a - w @ a, b - w @ b
    spread = [float(np.sqrt(w @ (P[:, 0] ** 2 + P[:, 2] ** 2))) for P in (A, B)]
    if min(spread) < 1e-9 * max(1.0, float(np.abs(a).max()), float(np.abs(b).max())):
        raise ValueRangeError(
            "a turn about the vertical needs two or more points with horizontal distance,"
            f" present on both sides; found {len(a)} with horizontal spread {min(spread):.3g} m"
        )
    # maximise Σ w (B · Ry(θ) A) over θ: the derivative vanishes at atan2(sine, cosine)
    sine = float(w @ (B[:, 0] * A[:, 2] - B[:, 2] * A[:, 0]))
    cosine = float(w @ (B[:, 0] * A[:, 0] + B[:, 2] * A[:, 2]))
    return _transform(rotation_about_vertical(float(np.arctan2(sine, cosine))), a, b, w)


def _pairs(
    source: ArrayLike, target: ArrayLike, weights: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Points present on both sides as (n, 3) each, and weights (n,) that sum to 1."""
    a, b = np.asarray(source, dtype=np.float64), np.asarray(target, dtype=np.float64)
    if a.shape != b.shape or a.ndim < 1 or a.shape[-1] != 3:
        raise ValueRangeError(
            f"source and target must be equal in shape, (..., 3); found {a.shape} and {b.shape}"
        )
    w = np.ones(a.shape[:-1]) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != a.shape[:-1] or not (np.isfinite(w).all() and (w >= 0).all()):
        raise ValueRangeError(
            f"weights must be finite, not negative and of shape {a.shape[:-1]}; found {w.shape}"
        )
    present = np.isfinite(a).all(axis=-1) & np.isfinite(b).all(axis=-1) & (w > 0)
    if not present.any():
        raise ValueRangeError("registration found no point that is present on both sides")
    kept = w[present]
    return a[present], b[present], kept / kept.sum()


def _require_plane(centred: FloatArray, w: FloatArray, what: str) -> None:
    """Raise unless points span a plane: the second singular value is not negligible."""
    spread = np.linalg.svd(centred * np.sqrt(w)[:, None], compute_uv=False)
    if len(centred) < 3 or spread[0] == 0.0 or spread[1] < 1e-6 * spread[0]:
        raise ValueRangeError(
            f"rigid registration needs three or more points that are not on one line; {what}"
            f" has {len(centred)} present, with spread {spread[0]:.3g} m along and"
            f" {spread[1] if len(spread) > 1 else 0.0:.3g} m across"
        )


def _transform(R: FloatArray, a: FloatArray, b: FloatArray, w: FloatArray) -> RigidTransform:
    t = w @ b - R @ (w @ a)
    residuals = a @ R.T + t - b
    return RigidTransform(R, t, float(np.sqrt(w @ np.sum(residuals**2, axis=1))))
