"""Rotation matrices; vectors are columns, so a row of points is rotated by ``points @ R.T``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.errors import ValueRangeError

FloatArray = NDArray[np.float64]


def unit(vectors: ArrayLike) -> FloatArray:
    """Vectors (..., 3) divided by their length; NaN where the length is 0."""
    array = np.asarray(vectors, dtype=np.float64)
    length = np.linalg.norm(array, axis=-1, keepdims=True)
    return np.asarray(array / np.where(length > 0, length, np.nan))


def rotate(R: FloatArray, points: ArrayLike) -> FloatArray:
    """Rotate points (..., 3) by R (3, 3); NaN stays NaN."""
    return np.asarray(np.asarray(points, dtype=np.float64) @ R.T)


def angle_between(one: ArrayLike, other: ArrayLike) -> FloatArray:
    """Angle between vectors (..., 3), rad, 0 to π; NaN for a vector of length 0.

    Computed with atan2, which unlike arccos keeps its precision near 0 and π.
    """
    a, b = unit(one), unit(other)
    sine = np.linalg.norm(np.cross(a, b), axis=-1)
    cosine = np.sum(a * b, axis=-1)
    return np.asarray(np.arctan2(sine, cosine))


def rotation_angle(R: ArrayLike) -> float:
    """Angle, rad, 0 to π, of a rotation matrix (3, 3)."""
    from scipy.spatial.transform import Rotation

    return float(Rotation.from_matrix(np.asarray(R, dtype=np.float64)).magnitude())


def rotation_between(start: ArrayLike, end: ArrayLike) -> FloatArray:
    """Smallest rotation (3, 3) that takes the direction `start` (3,) to the direction `end` (3,).

    For opposite directions, where the axis is free, some axis across them is taken.

    Raises
    ------
    ValueRangeError
        When a vector has no length or is not finite.
    """
    a, b = unit(start), unit(end)
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueRangeError(f"a rotation between {start!r} and {end!r} needs finite directions")
    axis = np.cross(a, b)
    if np.linalg.norm(axis) < 1e-12:
        axis = np.cross(a, np.eye(3)[np.argmin(np.abs(a))])
    angle, (x, y, z) = float(angle_between(a, b)), unit(axis)
    # Rodrigues' formula: loading SciPy's rotations takes a tenth of a short run
    K = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(np.eye(3) + np.sin(angle) * K + (1.0 - np.cos(angle)) * (K @ K))


def rotation_about_vertical(angle: float) -> FloatArray:
    """Rotation (3, 3) by `angle` rad about Y, the vertical: it takes Z towards X."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def rotation_from_axis_angles(angles: Mapping[str, float | Sequence[float]]) -> FloatArray:
    """Rotation (3, 3) from axis angles in degrees, as OpenCap's TRC writer takes them.

    Entries are applied one after the other, in the order of the mapping, each about axes of the
    space: ``{"y": 90, "z": 180}`` turns about Y first, then about the fixed Z. One entry may name
    several axes with as many angles; lowercase axes are space-fixed and uppercase axes body-fixed:
    ``{"YZ": (-90, 180)}`` turns about Y, then about the Z that turned along.

    Raises
    ------
    ValueRangeError
        For an unknown axis, mixed case, or numbers of axes and angles that differ.
    """
    from scipy.spatial.transform import Rotation

    total = Rotation.identity()
    for axes, values in angles.items():
        degrees = np.atleast_1d(np.asarray(values, dtype=np.float64))
        known = set(axes) <= set("xyz") or set(axes) <= set("XYZ")
        if not axes or not known:
            raise ValueRangeError(
                f"rotation axes '{axes}' are not known: write x, y, z for space-fixed axes"
                " or X, Y, Z for body-fixed ones, not both in one entry"
            )
        if degrees.shape != (len(axes),) or not np.isfinite(degrees).all():
            raise ValueRangeError(
                f"rotation about '{axes}' needs {len(axes)} finite angle(s) in degrees,"
                f" found {values!r}"
            )
        total = Rotation.from_euler(axes, degrees, degrees=True) * total
    # scipy below 1.17 takes an array of one angle for a stack of one rotation
    return np.asarray(total.as_matrix()).reshape(3, 3)


def require_rotation(R: ArrayLike) -> FloatArray:
    """`R` as (3, 3) array if it is a proper rotation within 1e-6, or a `ValueRangeError`."""
    matrix = np.asarray(R, dtype=np.float64)
    if matrix.shape != (3, 3):
        raise ValueRangeError(f"R must be a rotation matrix (3, 3), found {matrix.shape}")
    defect = np.abs(matrix @ matrix.T - np.eye(3)).max()
    handedness = float(np.cross(matrix[0], matrix[1]) @ matrix[2])
    if not (defect <= 1e-6 and handedness > 0):
        raise ValueRangeError(
            "R must be a proper rotation (R Rᵀ = 1, det R = +1);"
            f" R Rᵀ departs by {defect:.3g} and det R is {handedness:.3g}"
        )
    return matrix
