"""Keypoints at joint centres: what a detector is meant to find, on any body.

A body's own keypoints may have a detector's bias in them: OpenCap's marker set for OpenPose has the
hips 36 mm in front of the joints and 17 mm outside of them.
"""

from __future__ import annotations

import numpy as np

from kinebench.core.keypoints import MIDPOINTS
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.errors import require_names
from kinebench.kinematics import forward_kinematics
from kinebench.kinematics.poses import JOINT_CENTRES
from kinebench.kinematics.tree import Tree


def at_joint_centres(keypoints: Markers, tree: Tree, course: Motion) -> Markers:
    """Keypoints of joints moved to the joints' centres; those of the feet stay on the skin.

    Parameters
    ----------
    keypoints : Markers
        The body's own.
    tree : Tree
    course : Motion
        Of the same frames.

    Raises
    ------
    NameNotFoundError
        When a body of an arm or leg, or a keypoint, is called otherwise.
    """
    _, origins = forward_kinematics(tree, course.values)
    positions = np.array(keypoints.positions)
    for side in "RL":
        for joint, body in JOINT_CENTRES.items():
            name, keypoint = f"{body}_{side.lower()}", side + joint.capitalize()
            require_names([name], tree.bodies, "body", "the model")
            require_names([keypoint], keypoints.names, "keypoint", "the body")
            column = keypoints.names.index(keypoint)
            positions[:, column] = origins[:, tree.bodies.index(name)]
    for name, pair in MIDPOINTS.items():
        ends = [positions[:, keypoints.names.index(one)] for one in pair]
        positions[:, keypoints.names.index(name)] = (ends[0] + ends[1]) / 2
    return keypoints.with_positions(positions)
