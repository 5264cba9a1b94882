"""Pinhole cameras: projection into images, and triangulation out of them.

A camera is a matrix P (3, 4): a point x of the room is seen at (u, v) = (a / c, b / c) with
(a, b, c) = P (x, 1). Camera axes: x to the right of the image, y down, z into the scene.

Sources
-------
[1] Hartley R, Zisserman A (2004) Multiple View Geometry in Computer Vision, 2nd ed, sections 6.1
    (finite cameras) and 12.2 (linear triangulation). OpenCap weights its rows by the detector's
    confidence, as here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kinebench.errors import ValueRangeError
from kinebench.geometry.rotations import unit

FloatArray = NDArray[np.float64]


def looking_at(place: FloatArray, target: FloatArray) -> FloatArray:
    """Rotation from room to camera (3, 3) of an upright camera; the room's y points up.

    Raises
    ------
    ValueRangeError
        When the camera would look straight up or down.
    """
    forwards = unit(np.asarray(target, dtype=np.float64) - place)
    right = unit(np.cross(forwards, [0.0, 1.0, 0.0]))
    if not np.isfinite(right).all():
        raise ValueRangeError("a camera that looks straight up or down has no upright image")
    return np.stack([right, np.cross(forwards, right), forwards])


def camera_matrix(
    focal_px: float, centre_px: tuple[float, float], R: FloatArray, shift: FloatArray
) -> FloatArray:
    """P (3, 4) of a camera that has a point x of the room at R x + shift."""
    K = np.array([[focal_px, 0, centre_px[0]], [0, focal_px, centre_px[1]], [0, 0, 1]])
    return np.asarray(K @ np.column_stack([R, shift]))


def project(P: FloatArray, points: FloatArray) -> FloatArray:
    """Where points (..., 3) are seen, px (..., 2); NaN for what is not in front of the camera."""
    seen = points @ P[:, :3].T + P[:, 3]
    depth = seen[..., 2:]
    return np.asarray(seen[..., :2] / np.where(depth > 0, depth, np.nan))


def depths(P: FloatArray, points: FloatArray) -> FloatArray:
    """Distance of points (..., 3) along the camera's axis, m; negative behind it."""
    return np.asarray((points @ P[2, :3] + P[2, 3]) / np.linalg.norm(P[2, :3]))


def triangulate(P: FloatArray, pixels: FloatArray, weights: FloatArray) -> FloatArray:
    """Points that cameras see: weighted direct linear transformation [1].

    Parameters
    ----------
    P : (n_cameras, 3, 4)
    pixels : (n_cameras, n_points, 2)
    weights : (n_cameras, n_points)
        0 or more; a camera of weight 0, or with pixels that are NaN, does not see the point.

    Returns
    -------
    (n_points, 3)
        NaN for points that fewer than two cameras see.
    """
    sees = (weights > 0) & np.isfinite(pixels).all(axis=2)
    enough = sees.sum(axis=0) >= 2
    w = np.where(sees, weights, 0.0)[:, enough, None]
    at = np.where(sees[..., None], pixels, 0.0)[:, enough]
    rows = [w * (at[..., axis, None] * P[:, None, 2] - P[:, None, axis]) for axis in (0, 1)]
    D = np.concatenate(rows).transpose(1, 0, 2)  # (n_points, 2 n_cameras, 4)
    nearest = np.linalg.eigh(D.transpose(0, 2, 1) @ D)[1][..., 0]
    points = np.full((len(enough), 3), np.nan)
    points[enough] = nearest[:, :3] / nearest[:, 3:]
    return points
