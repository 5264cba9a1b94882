"""Motions as poses of a tree."""

from __future__ import annotations

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.kinematics.tree import Tree

__all__ = ["poses_of"]


def poses_of(tree: Tree, motion: Motion) -> FloatArray:
    """A motion in all coordinates (n_frames, n_coordinates) rad or m of a tree.

    Coordinates that the motion lacks are at their defaults; those that the tree lacks are left out.
    """
    q = np.tile(tree.defaults, (motion.n_frames, 1))
    for name in set(motion.names) & set(tree.coordinate_names):
        q[:, tree.coordinate_index(name)] = motion.value(name)
    return q
