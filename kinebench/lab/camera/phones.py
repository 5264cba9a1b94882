"""Where phones stand, and what they see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.limits import Limit, require_within
from kinebench.geometry.cameras import camera_matrix, looking_at, project

_AIM_M = 0.9
_UP = np.array([0.0, 1.0, 0.0])
# Steps in which somebody who sets up would move phones back, and where a room ends.
_STEP_M, _FARTHEST_M = 0.25, 12.0


@dataclass(frozen=True, slots=True)
class Phones:
    """Phones on tripods around the front of a person who faces +x.

    OpenCap's advice for two: 30 to 45° to both sides of straight ahead (opencap.ai/best-practices);
    its validation had ± 45°, ± 70° and 0°. Focal length and size: the intrinsics that OpenCap
    keeps of iPhones, 910 to 940 px at 720 × 1280.

    Parameters
    ----------
    count : int
    angle_deg : float
        Of the outermost to both sides; the others between them at equal steps.
    distance_m : float
        From the middle of the recording. Where the person would leave an image, all phones stand
        farther away, by steps of 0.25 m: one looks before one records.
    height_m : float
    focal_px : float
    width_px, height_px : int
    """

    limits: ClassVar[Mapping[str, Limit]] = {
        "count": Limit(2, 64, reason="a rig is computed camera by camera"),
        "angle_deg": Limit(0, 180, "degrees", positive=True),
        "distance_m": Limit(1, _FARTHEST_M, "m", "a person is small in such images"),
        "height_m": Limit(0, 5, "m", "tripods end there"),
        "focal_px": Limit(10, 100_000, "px"),
        "width_px": Limit(10, 100_000, "px"),
        "height_px": Limit(10, 100_000, "px"),
    }

    count: int = 2
    angle_deg: float = 40.0
    distance_m: float = 3.5
    height_m: float = 1.3
    focal_px: float = 920.0
    width_px: int = 720
    height_px: int = 1280

    def __post_init__(self) -> None:
        require_within(self)

    @property
    def centre_px(self) -> tuple[float, float]:
        """The optical axis: the image's middle."""
        return self.width_px / 2, self.height_px / 2

    def poses(self, middle: FloatArray, distance_m: float) -> list[tuple[FloatArray, FloatArray]]:
        """Rotation (3, 3) and place (3,) m of every phone, around a point of the floor."""
        angles = np.radians(np.linspace(-self.angle_deg, self.angle_deg, self.count))
        poses = []
        for angle in angles:
            away = distance_m * np.array([np.cos(angle), 0.0, np.sin(angle)])
            place = middle + away + self.height_m * _UP
            poses.append((looking_at(place, middle + _AIM_M * _UP), place))
        return poses

    def matrices(self, middle: FloatArray, distance_m: float) -> FloatArray:
        """P of every phone (count, 3, 4)."""
        return np.stack(
            [
                camera_matrix(self.focal_px, self.centre_px, R, -R @ place)
                for R, place in self.poses(middle, distance_m)
            ]
        )

    def distance_for(self, points: FloatArray, middle: FloatArray) -> float:
        """From where every image holds all points (..., 3), m; the farthest where none does."""
        steps = np.arange(0.0, _FARTHEST_M - self.distance_m + _STEP_M, _STEP_M)
        for distance in np.minimum(self.distance_m + steps, _FARTHEST_M):
            matrices = self.matrices(middle, float(distance))
            if all(self.inside(project(P, points)).all() for P in matrices):
                return float(distance)
        return _FARTHEST_M

    def inside(self, pixels: FloatArray) -> FloatArray:
        """Which pixels (..., 2) lie in the image."""
        return np.asarray(
            ((pixels >= 0) & (pixels <= [self.width_px, self.height_px])).all(axis=-1)
        )
