"""Functions of posture: what a detector gets wrong about a pose, it gets wrong again.

In recordings the legs' errors repeat with the pose: of what a straight line over knee flexion
leaves of the lengths of thigh and shank, flexion and its direction explain 20 to 70 % of the
variance (squats and sit-to-stand of two people). So errors are smooth random functions of the
joint angles, and only a part of them is one of time.
"""

from __future__ import annotations

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.geometry.rotations import angle_between
from kinebench.lab.seeds import generator

_JOINTS = ("Hip", "Knee", "Ankle", "Shoulder", "Elbow")
# Waves that make up a function: enough for no direction of posture to be left out.
_WAVES = 32
# A function has changed its value beyond recognition after about this much, rad.
_LENGTH_RAD = 1.5


def joint_flexions(keypoints: Markers, side: str) -> dict[str, FloatArray]:
    """Angles at the joints of a side, rad, by keypoint; about 0 in upright stance."""
    at = {name: keypoints.position(side + name) for name in (*_JOINTS, "Wrist", "BigToe")}
    down = keypoints.position("midHip") - keypoints.position("Neck")
    thigh, shank = at["Knee"] - at["Hip"], at["Ankle"] - at["Knee"]
    upper_arm, forearm = at["Elbow"] - at["Shoulder"], at["Wrist"] - at["Elbow"]
    return {
        "Hip": angle_between(down, thigh),
        "Knee": angle_between(thigh, shank),
        "Ankle": angle_between(shank, at["BigToe"] - at["Ankle"]) - np.pi / 2,
        "Shoulder": angle_between(down, upper_arm),
        "Elbow": angle_between(upper_arm, forearm),
    }


def posture(keypoints: Markers) -> dict[str, FloatArray]:
    """Angles of both sides and heading (n_frames, 11) rad, by side: its own angles come first."""
    right = keypoints.position("RHip") - keypoints.position("LHip")
    heading = np.unwrap(np.arctan2(right[:, 0], right[:, 2]))[:, None]
    own = {side: np.stack(list(joint_flexions(keypoints, side).values()), axis=1) for side in "RL"}
    return {
        "R": np.concatenate([own["R"], own["L"], heading], axis=1),
        "L": np.concatenate([own["L"], own["R"], -heading], axis=1),
    }


def posture_function(angles: FloatArray, count: int, *names: object) -> FloatArray:
    """Independent smooth random functions of posture (n_frames, count).

    Zero in upright stance; between postures far from each other and from it, their spread is 1.

    Parameters
    ----------
    angles : (n_frames, n_angles) rad
    count : int
    names : object
        Seeds.
    """
    numbers = generator("posture", *names)
    waves = numbers.standard_normal((angles.shape[1], _WAVES)) / _LENGTH_RAD
    phases = numbers.uniform(0, 2 * np.pi, _WAVES)
    sizes = numbers.standard_normal((_WAVES, count))
    # a wave's mean square is 1/2, and a difference of two such functions has twice that
    change = np.cos(angles @ waves + phases) - np.cos(phases)
    return np.asarray(change @ sizes / np.sqrt(_WAVES))
