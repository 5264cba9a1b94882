"""World tilt: is the estimate's vertical vertical?

Conventions
-----------
The estimate's vertical (0, 1, 0) is expressed in the true frame (X forward, Y up, Z right); its
angle with Y is the tilt, its lean within the X–Y plane the sagittal part, within the Z–Y plane the
frontal part, rad. Positive: it leans forward, and to the right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.geometry.registration import register_rigid
from kinebench.metrics.undefined import nan_where


class Tilt(NamedTuple):
    """Angles, rad; see the module's conventions."""

    total: float
    sagittal: float
    frontal: float


def world_tilt(reference: ArrayLike, estimate: ArrayLike) -> Tilt:
    """Tilt of the estimate's vertical against the reference's, from corresponding points.

    All frames are registered at once (Kabsch 1978), so that what is common to the trial counts.
    A body that bends differently in the estimate shows as tilt too: prefer markers all over the
    body, and frames of standing.

    Parameters
    ----------
    reference, estimate : (..., 3) m

    Raises
    ------
    ValueRangeError
        Shapes differ, or fewer than three points off one line are present in both.
    """
    vertical = register_rigid(estimate, reference).R[:, 1]
    return _split(vertical)


def floor_tilt(
    positions: ArrayLike,
    at_rest: ArrayLike,
    kinds: Sequence[str],
    smallest_spread: float = 0.08,
    same_height: bool = False,
) -> Tilt:
    """Tilt of the estimate's vertical against the normal of the plane on which the feet rest.

    Points of one kind (both heels, both toes) sit equally high above the sole, so with one
    constant per kind, y = a x + b z + c_kind is fitted by least squares to the resting points;
    (−a, 1, −b) is the floor's normal. Feet that never step leave one direction undetermined: side
    by side they tell the frontal part only.

    Parameters
    ----------
    positions : (n_frames, n_points, 3) m
    at_rest : (n_frames, n_points) bool
        Which points rest when.
    kinds : (n_points,)
        "heel", "toe", …: points that sit equally high above the sole.
    smallest_spread : float
        Standard deviation, m, that points of one kind need along a direction for its slope; by
        default that of two feet 0.16 m apart, on which 5 mm of height difference are 2° already.
    same_height : bool
        True when all kinds are equally high above the sole, as points on the sole itself are.

    Returns
    -------
    Tilt
        NaN, with a warning, for parts that the feet do not determine.
    """
    p, rest = np.asarray(positions, dtype=np.float64), np.asarray(at_rest, dtype=bool)
    if p.ndim != 3 or p.shape[2] != 3 or rest.shape != p.shape[:2] or len(kinds) != p.shape[1]:
        raise ValueRangeError(
            "positions (n_frames, n_points, 3), at_rest (n_frames, n_points) and kinds"
            f" (n_points,) do not fit: {p.shape}, {rest.shape}, {len(kinds)}"
        )
    used = rest & ~np.isnan(p[..., 0])
    labels = np.zeros(len(kinds), dtype=int)
    if not same_height:
        labels = np.unique(np.array(kinds, dtype=str), return_inverse=True)[1]
    centred = _about_kind_means(p, used, labels)
    slopes = _slopes(centred, smallest_spread)
    normal = np.array([-slopes[0], 1.0, -slopes[1]])
    parts = np.array([np.arctan(slopes[0]), np.arctan(slopes[1])])
    total = np.arccos(np.clip(1.0 / np.linalg.norm(normal), -1.0, 1.0))
    values = np.array([total, *parts])
    reason = "the resting feet do not spread far enough to tell the floor's slope that way"
    values = nan_where(values, np.isnan(values), "floor_tilt", reason)
    return Tilt(*values.tolist())


def _about_kind_means(
    p: FloatArray, used: NDArray[np.bool_], labels: NDArray[np.intp]
) -> FloatArray:
    """Resting points (n, 3) m, each kind about its own mean."""
    parts = [np.empty((0, 3))]
    for label in np.unique(labels):
        points = p[:, labels == label][used[:, labels == label]]
        if len(points):
            parts.append(points - points.mean(axis=0))
    return np.concatenate(parts)


def _slopes(centred: FloatArray, smallest_spread: float) -> FloatArray:
    """Slopes dy/dx and dy/dz of the floor; NaN where the points do not tell."""
    if len(centred) < 2:
        return np.full(2, np.nan)
    ground = centred[:, [0, 2]]
    spread, directions = np.linalg.eigh(ground.T @ ground / len(ground))
    told = np.sqrt(np.maximum(spread, 0.0)) >= smallest_spread
    along = np.where(told, 1.0, 0.0)
    slope = directions.T @ (ground.T @ centred[:, 1]) / len(ground)
    slope = np.where(told, slope / np.where(told, spread, 1.0), 0.0)
    if told.all():
        return np.asarray(directions @ slope)
    # one direction only: its slope is an axis's slope when it runs along that axis within 20°
    cosines = np.abs(directions @ along)
    alone = np.where(cosines > np.cos(np.deg2rad(20.0)), directions @ (along * slope), np.nan)
    return np.asarray(np.where(told.any(), alone, np.nan))


def _split(vertical: FloatArray) -> Tilt:
    x, y, z = vertical
    total = float(np.arctan2(np.hypot(x, z), y))
    return Tilt(total, float(np.arctan2(x, y)), float(np.arctan2(z, y)))
