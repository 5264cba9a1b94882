"""Motions as poses of a tree."""

from __future__ import annotations

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.kinematics.forward import forward_kinematics
from kinebench.kinematics.tree import Tree

JOINT_CENTRES = {
    "hip": "femur", "knee": "tibia", "ankle": "talus",
    "shoulder": "humerus", "elbow": "ulna", "wrist": "hand",
}  # fmt: skip
"""Bodies of OpenSim's models whose origin is the centre of a joint, both without their side."""


def poses_of(tree: Tree, motion: Motion) -> FloatArray:
    """A motion in all coordinates (n_frames, n_coordinates) rad or m of a tree.

    Coordinates that the motion lacks are at their defaults; those that the tree lacks are left out.
    """
    q = np.tile(tree.defaults, (motion.n_frames, 1))
    for name in set(motion.names) & set(tree.coordinate_names):
        q[:, tree.coordinate_index(name)] = motion.value(name)
    return q


def body_origins(tree: Tree, motion: Motion) -> Markers:
    """Origins of all bodies over time, by the bodies' names: see `JOINT_CENTRES`."""
    _, origins = forward_kinematics(tree, poses_of(tree, motion))
    return Markers(tree.bodies, motion.times, origins)
