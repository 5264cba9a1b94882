"""Rotations about a fixed axis, for many angles at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray


def axis_rotation(axis: FloatArray, angle: ArrayLike) -> FloatArray:
    """Rotations (..., 3, 3) by angles (...) rad about a unit axis (Rodrigues' formula)."""
    x, y, z = axis
    K = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    angles = np.asarray(angle, dtype=np.float64)[..., None, None]
    return np.asarray(np.eye(3) + np.sin(angles) * K + (1 - np.cos(angles)) * (K @ K))


def body_fixed_xyz(a: float, b: float, c: float) -> FloatArray:
    """Rotation (3, 3) about x, then the new y, then the new z; angles in rad."""
    X, Y, Z = np.eye(3)
    return np.asarray(axis_rotation(X, a) @ axis_rotation(Y, b) @ axis_rotation(Z, c))
