"""Rotations about a fixed axis, for many angles at once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray


def axis_rotation(axis: FloatArray, angle: ArrayLike) -> FloatArray:
    """Rotations (..., 3, 3) by angles (...) rad about a unit axis (Rodrigues' formula)."""
    K, KK = _crossing(*axis.tolist())
    angles = np.asarray(angle, dtype=np.float64)[..., None, None]
    return np.asarray(_IDENTITY + np.sin(angles) * K + (1 - np.cos(angles)) * KK)


_IDENTITY = np.eye(3)


@lru_cache(maxsize=256)  # a model has a few dozen axes
def _crossing(x: float, y: float, z: float) -> tuple[FloatArray, FloatArray]:
    """The matrix of the cross product with an axis, and its square."""
    K = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return K, K @ K


def cross(a: FloatArray, b: FloatArray) -> FloatArray:
    """Cross products (..., 3) of vectors (..., 3), bit by bit those of `numpy.cross`.

    Which takes four times as long for few vectors.
    """
    x, y, z = (a[..., i] * b[..., j] - a[..., j] * b[..., i] for i, j in ((1, 2), (2, 0), (0, 1)))
    return np.stack([x, y, z], axis=-1)


def body_fixed_xyz(a: float, b: float, c: float) -> FloatArray:
    """Rotation (3, 3) about x, then the new y, then the new z; angles in rad."""
    X, Y, Z = np.eye(3)
    return np.asarray(axis_rotation(X, a) @ axis_rotation(Y, b) @ axis_rotation(Z, c))
