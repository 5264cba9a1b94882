"""Rotations and rigid registration of arrays."""

from kinebench.geometry.registration import RigidTransform, register_rigid, register_vertical
from kinebench.geometry.rotations import (
    angle_between,
    require_rotation,
    rotate,
    rotation_about_vertical,
    rotation_angle,
    rotation_between,
    rotation_from_axis_angles,
    unit,
)

__all__ = [
    "RigidTransform",
    "angle_between",
    "register_rigid",
    "register_vertical",
    "require_rotation",
    "rotate",
    "rotation_about_vertical",
    "rotation_angle",
    "rotation_between",
    "rotation_from_axis_angles",
    "unit",
]
