"""What a run says about left and right: the figures that `kinebench why` explains."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.errors import KinebenchError
from kinebench.events.repetitions import squat_repetitions
from kinebench.kinematics import read_tree
from kinebench.kinematics.poses import JOINT_CENTRES, body_origins
from kinebench.kinematics.tree import Tree
from kinebench.metrics.ground import ground_height
from kinebench.posture.rests import foot_at_rest
from kinebench.quality.model import leg_lengths
from kinebench.remarks import unheard
from kinebench.signals.butterworth import butterworth, shortest_run


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of one run.

    Parameters
    ----------
    name : str
    unit : str
        "m", "rad" or "1".
    meaning : str
        What a positive value says.
    notable : float
        Smaller changes are of no interest, however certain; `kinebench.diagnosis.spread` has what
        the noise of a recording changes.
    """

    name: str
    unit: str
    meaning: str
    notable: float


Frames = NDArray[np.intp]
"""Indices of frames."""

_DEG = math.pi / 180

FIGURES = (
    Figure("side_drop", "m", "right hip joint centre above the left, at the deepest points", 3e-3),
    Figure("knee_drop", "m", "right knee above the left, at the deepest points", 5e-3),
    Figure("ankle_drop", "m", "right ankle above the left, at the deepest points", 5e-3),
    Figure("pelvis_list", "rad", "right side of the pelvis down, at the deepest points", _DEG),
    Figure("leg_length", "1", "right leg of the model longer than the left, as a fraction", 0.01),
    Figure("floor_contact", "m", "right foot resting higher than the left", 5e-3),
    Figure("hip_flexion", "rad", "right hip more flexed than the left, at the deepest points",
           2 * _DEG),
    Figure("knee_flexion", "rad", "right knee more flexed than the left, at the deepest points",
           2 * _DEG),
    Figure("ankle_flexion", "rad", "right ankle more flexed than the left, at the deepest points",
           2 * _DEG),
    Figure("jitter", "rad", "right leg's angles jitter more than the left's: RMS above 6 Hz",
           0.1 * _DEG),
)  # fmt: skip
"""The figures, in the order of `figures_of`; the first is the headline. Right minus left."""

_LEG_JOINTS = ("hip", "knee", "ankle")
_FOOT_MARKERS = ("calc_study", "toe_study", "5meta_study")
_LEG_ANGLES = (
    "hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle", "subtalar_angle",
)  # fmt: skip
_RESTLESS_HZ = 6.0
# Cameras tilted by 5° raise one foot by 30 mm over the other; a box or a step is higher than this.
_ONE_FLOOR_M = 0.08
_FOOT_KEYPOINTS = ("Heel", "BigToe", "SmallToe")


def deepest_frames(markers: Markers) -> Frames:
    """Frames within 0.1 s of the deepest point of each repetition; all frames without one."""
    with unheard():
        try:
            found = squat_repetitions(markers)
        except KinebenchError:
            found = ()
    if not found:
        return np.arange(markers.n_frames)
    times = np.array([repetition.turn_s for repetition in found])
    near = np.abs(markers.times[:, None] - times).min(axis=1) <= 0.1
    return np.flatnonzero(near)


def figures_of(
    model: Model,
    motion: Motion,
    markers: Markers,
    frames: Frames,
) -> FloatArray:
    """Values of `FIGURES`, SI units; NaN where the model or the recording cannot tell.

    Parameters
    ----------
    model : Model
        Scaled.
    motion : Motion
    markers : Markers
        Tracked markers or keypoints, for the feet.
    frames : (n,) int
        Frames that count as deep.
    """
    centres = _joint_centres(model, motion.at_frames(frames), _LEG_JOINTS)
    drops = [_right_above_left(centres, joint).mean() for joint in _LEG_JOINTS]
    return np.array(
        [
            *drops,
            _mean(motion, "pelvis_list", frames),
            _leg_length(model) - 1.0,
            _floor_contact(markers),
            *(
                _mean(motion, f"{joint}_r", frames) - _mean(motion, f"{joint}_l", frames)
                for joint in ("hip_flexion", "knee_angle", "ankle_angle")
            ),
            _jitter(motion, "r") - _jitter(motion, "l"),
        ]
    )


COURSES = (
    "side_drop", "pelvis_tilt", "pelvis_list", "pelvis_rotation",
    *(
        f"{joint}_{side}"
        for joint in _LEG_ANGLES
        for side in "rl"
    ),
)  # fmt: skip
"""What is followed over time: the side drop, m, and the angles of pelvis and legs, rad."""


def courses_of(model: Model, motion: Motion) -> FloatArray:
    """`COURSES` over time (n_frames, n_courses); NaN where the model or the motion cannot tell."""
    courses = np.full((motion.n_frames, len(COURSES)), np.nan)
    courses[:, 0] = _right_above_left(_joint_centres(model, motion, ("hip",)), "hip")
    for column, name in enumerate(COURSES[1:], start=1):
        if name in motion.names:
            courses[:, column] = motion.value(name)
    return courses


def _joint_centres(model: Model, motion: Motion, joints: tuple[str, ...]) -> Markers:
    """Centres of joints over time, by the bodies that they are the origins of."""
    bodies = [f"{JOINT_CENTRES[joint]}_{side}" for joint in joints for side in "rl"]
    return body_origins(_tree(model), motion, bodies)


@lru_cache(maxsize=256)
def _tree(model: Model) -> Tree:
    return read_tree(model)


def _right_above_left(origins: Markers, joint: str) -> FloatArray:
    """Right minus left height of a joint's centre (n_frames,) m; NaN where the model has none."""
    sides = [f"{JOINT_CENTRES[joint]}_{side}" for side in "rl"]
    if not set(sides) <= set(origins.names):
        return np.full(origins.n_frames, np.nan)
    heights = origins.select(sides).positions[..., 1]
    return heights[:, 0] - heights[:, 1]


def _leg_length(model: Model) -> float:
    """Right over left length of thigh and shank, in the default pose."""
    lengths = leg_lengths(model)
    if not lengths:
        return np.nan
    right, left = (
        lengths[f"{side} thigh"] + lengths[f"{side} shank"] for side in ("right", "left")
    )
    return right / left


def _floor_contact(markers: Markers) -> float:
    """Right minus left height of the resting foot, m; NaN where they do not rest on one floor."""
    sides = []
    for side in "RL":
        augmented = [f"{'r' if side == 'R' else 'L'}_{stem}" for stem in _FOOT_MARKERS]
        names = augmented if set(augmented) <= set(markers.names) else None
        names = names or [side + stem for stem in _FOOT_KEYPOINTS]
        if not set(names) <= set(markers.names):
            return np.nan
        positions = markers.select(names).positions
        with unheard():
            rest = foot_at_rest(positions, markers.times)
            sides.append(np.mean(ground_height(positions[..., 1], rest)))
    apart = float(sides[0] - sides[1])
    return apart if abs(apart) <= _ONE_FLOOR_M else np.nan


def _mean(motion: Motion, name: str, frames: Frames) -> float:
    return float(np.nanmean(motion.value(name)[frames])) if name in motion.names else np.nan


def _jitter(motion: Motion, side: str) -> float:
    """RMS of what the angles of a leg do above 6 Hz, rad."""
    names = [f"{joint}_{side}" for joint in _LEG_ANGLES]
    known = [name for name in names if name in motion.names]
    if not known or motion.n_frames < 2:
        return np.nan
    values = np.stack([motion.value(name) for name in known], axis=1)
    rate = (motion.n_frames - 1) / float(motion.times[-1] - motion.times[0])
    if motion.n_frames < shortest_run(2) or rate <= 2 * _RESTLESS_HZ:
        return np.nan
    return float(np.sqrt(np.mean((values - butterworth(values, rate, _RESTLESS_HZ)) ** 2)))
