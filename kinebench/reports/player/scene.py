"""Where a viewer stands and what he may expect: heading, floor, height."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.reports.player.skeleton import Skeleton

# farther than this from zero the lowest point tells the floor, not the frame's origin
_FLOOR_NEAR_ZERO_M = 0.3


@dataclass(frozen=True, slots=True)
class View:
    """Parallel projection of a viewer who turns by `yaw` about the vertical and looks down.

    Parameters
    ----------
    yaw : float
        rad; at 0 he looks along −Z, so that X points to his right.
    pitch : float
        rad; his line of sight falls by it.
    """

    yaw: float
    pitch: float

    def project(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Right and up (..., 2) m, and nearness (...) m, of points (..., 3) m."""
        s, c = np.sin(self.yaw), np.cos(self.yaw)
        v, w = np.sin(self.pitch), np.cos(self.pitch)
        right = np.array([c, 0.0, -s])
        up = np.array([-s * v, w, -c * v])
        towards = np.array([s * w, v, c * w])
        return points @ np.stack([right, up], axis=1), points @ towards


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture of a trial needs to know.

    Parameters
    ----------
    side_yaw : float
        rad; with it the subject is seen from his right side, heading to the viewer's right.
    floor_m : float
        Height of the floor: 0, or the lowest point when that is far from it.
    top_m : float
        The highest point of what is drawn, above the floor.
    """

    side_yaw: float
    floor_m: float
    top_m: float


def scene_of(reference: Skeleton, estimate: Skeleton) -> Scene:
    """The scene of two skeletons: heading (X is forward) and floor are the reference's."""
    forward = reference.rotations[:, 0, :, 0]
    finite = np.isfinite(forward).all(axis=1)
    x, z = (float(forward[finite, axis].sum()) for axis in (0, 2))
    (low, high), (_, other_high) = _extent(reference), _extent(estimate)
    floor = 0.0 if abs(low) <= _FLOOR_NEAR_ZERO_M else low
    return Scene(float(np.arctan2(-z, x)), floor, max(high - floor, other_high - floor, 0.5))


def _extent(skeleton: Skeleton) -> tuple[float, float]:
    """Lowest and highest point of what is drawn, m."""
    radii = np.zeros(len(skeleton.anatomy.point_names))
    for bone in skeleton.anatomy.bones:
        for point in (bone.start, bone.end):
            radii[point] = max(radii[point], bone.radius_m)
    heights = skeleton.positions[..., 1]
    known = np.isfinite(heights)
    if not known.any():
        return 0.0, 0.0
    return float((heights - radii)[known].min()), float((heights + radii)[known].max())
