"""Motions as poses of a tree."""

from __future__ import annotations

from collections.abc import Collection

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


def body_origins(tree: Tree, motion: Motion, names: Collection[str] | None = None) -> Markers:
    """Origins of bodies over time, by the bodies' names: see `JOINT_CENTRES`.

    Parameters
    ----------
    tree : Tree
    motion : Motion
    names : collection of str, optional
        Bodies that are wanted, those that the tree lacks aside; all without it.
    """
    wanted = [n for n, name in enumerate(tree.bodies) if names is None or name in names]
    _, origins = forward_kinematics(tree.reaching(wanted), poses_of(tree, motion))
    needed = sorted({above for body in wanted for above in tree.chain(body)})
    places = [needed.index(body) for body in wanted]
    return Markers(tuple(tree.bodies[body] for body in wanted), motion.times, origins[:, places])
