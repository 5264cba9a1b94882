"""Standing still and upright: how well a window shows it, and how far a pose is from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.core.body_groups import without_side
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.geometry.rotations import angle_between
from kinebench.posture.stillness import mean_of_windows, movement_of_windows

STANDING_KEYPOINTS = (
    *("Neck", "midHip"),
    *(side + joint for side in "RL" for joint in ("Hip", "Knee", "Ankle")),
)
"""The keypoints that tell whether a subject stands."""

SEGMENT_M = 0.4
"""Length of a thigh or shank, about: what moves a joint by this much turns it by one radian."""

# Noise of video keypoints moves those of somebody who stands still by up to 20 mm peak to peak.
_LARGEST_MOVEMENT_M = 0.04
_LARGEST_LEAN_DEG = 15.0

# Coordinates that an upright standing pose keeps small, deg. Generous: adults in a neutral pose
# stay well inside, a started squat does not.
_STANDING_LIMITS_DEG = {
    "knee_angle": 15.0,
    "hip_flexion": 20.0,
    "hip_adduction": 12.0,
    "ankle_angle": 20.0,
    "lumbar_extension": 20.0,
    "lumbar_bending": 10.0,
    "pelvis_list": 8.0,
}


# Looser limits do for frames that are averaged, in a recording that may still be tilted: knees bent
# by less than 20°, a trunk in line with the thighs within 30°.
_STRAIGHT_LEG = float(np.sin(np.radians(80.0)))
_UPRIGHT_TRUNK = float(np.radians(30.0))


@dataclass(frozen=True, slots=True)
class StandingQuality:
    """How well a window shows somebody standing still and upright.

    Parameters
    ----------
    start_s, end_s : float
    movement_m : float
        Largest peak-to-peak movement of a joint relative to midHip, per axis.
    knee_flexion_deg : (float, float)
        Right and left angle between thigh and shank of the keypoints, in the mean.
    trunk_lean_deg : float
        Angle of midHip–Neck to the vertical, in the mean.
    """

    start_s: float
    end_s: float
    movement_m: float
    knee_flexion_deg: tuple[float, float]
    trunk_lean_deg: float

    def faults(self) -> tuple[str, ...]:
        """What speaks against the window, in words; empty when somebody stands there."""
        found = []
        if self.movement_m > _LARGEST_MOVEMENT_M:
            found.append(f"a joint moves by {self.movement_m * 1e3:.0f} mm")
        for side, angle in zip(("right", "left"), self.knee_flexion_deg, strict=True):
            if angle > _STANDING_LIMITS_DEG["knee_angle"]:
                found.append(f"the {side} knee is bent by {angle:.0f}°")
        if self.trunk_lean_deg > _LARGEST_LEAN_DEG:
            found.append(f"the trunk leans by {self.trunk_lean_deg:.0f}°")
        return tuple(found)


def best_window(
    trial: Markers, n_frames: int, avoid_start_s: float
) -> tuple[float, StandingQuality] | None:
    """Smallest penalty, deg, among windows of n_frames, and its window; None when all have gaps.

    The penalty is flexion of the more bent knee + trunk lean + p / (0.4 m), where p is the largest
    peak-to-peak movement: about what that turns a thigh or shank by. The earlier one of equals
    wins. Windows in the first `avoid_start_s` are left out if any other is whole.
    """
    movement, knees, lean = _pose(trial, n_frames)
    penalty = knees.max(axis=1) + lean + np.degrees(movement / SEGMENT_M)
    usable = np.isfinite(penalty)
    late = trial.times[: len(penalty)] >= trial.times[0] + avoid_start_s
    if (usable & late).any():
        usable &= late
    if not usable.any():
        return None
    start = int(np.argmin(np.where(usable, penalty, np.inf)))
    return float(penalty[start]), StandingQuality(
        float(trial.times[start]),
        float(trial.times[start + n_frames - 1]),
        float(movement[start]),
        (float(knees[start, 0]), float(knees[start, 1])),
        float(lean[start]),
    )


def standing_quality(static: Markers, window_s: tuple[float, float]) -> StandingQuality | None:
    """How well a given window shows somebody standing.

    None when keypoints that tell are lacking, or missing in every frame of the window.
    """
    if not set(STANDING_KEYPOINTS) <= set(static.names):
        return None
    inside = static.select(STANDING_KEYPOINTS).between(*window_s)
    whole = inside.at_frames(np.flatnonzero(~inside.missing.any(axis=1)))
    if whole.n_frames == 0:
        return None
    movement, knees, lean = _pose(whole, whole.n_frames)
    flexion = (float(knees[0, 0]), float(knees[0, 1]))
    return StandingQuality(*window_s, float(movement[0]), flexion, float(lean[0]))


def far_from_standing(static_pose: Motion) -> dict[str, str]:
    """Coordinates of a static pose that are far from upright standing, each with it in words.

    The upright scaling set-up pulls hips, knees and trunk towards zero: what the subject really
    bends there ends up as a constant offset of the angles.
    """
    found = {}
    for name, values in zip(static_pose.names, static_pose.values.T, strict=True):
        limit = _STANDING_LIMITS_DEG.get(without_side(name))
        degrees = float(np.degrees(values[0]))
        if limit is not None and abs(degrees) > limit:
            found[name] = (
                f"{name} is {degrees:.1f}° in the static pose (standing: within {limit:g}°)"
            )
    return found


def standing_frames(markers: Markers) -> NDArray[np.bool_]:
    """(n_frames,) bool: both knees and the hips extended; the same in any orientation."""
    upright = np.ones(markers.n_frames, dtype=bool)
    for side in "LR":
        hip, knee, ankle = (markers.position(side + j) for j in ("Hip", "Knee", "Ankle"))
        bones = np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1)
        upright &= np.linalg.norm(hip - ankle, axis=1) > _STRAIGHT_LEG * bones
    hips = middle(markers, "Hip")
    trunk, thighs = middle(markers, "Shoulder") - hips, hips - middle(markers, "Knee")
    return np.asarray(upright & (angle_between(trunk, thighs) < _UPRIGHT_TRUNK))


def middle(markers: Markers, joint: str) -> FloatArray:
    """Middle (n_frames, 3) m between the left and the right keypoint of a joint."""
    return (markers.position("L" + joint) + markers.position("R" + joint)) / 2


def _pose(trial: Markers, n_frames: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Movement m, knee flexion (…, 2) deg and trunk lean deg of each window of n_frames."""
    joints = trial.select(STANDING_KEYPOINTS).positions
    movement = movement_of_windows(joints - joints[:, 1:2], n_frames)
    flexion = [mean_of_windows(_knee_flexion_deg(trial, side), n_frames) for side in "RL"]
    return movement, np.stack(flexion, axis=1), mean_of_windows(_trunk_lean_deg(trial), n_frames)


def _knee_flexion_deg(trial: Markers, side: str) -> FloatArray:
    hip, knee, ankle = (trial.position(side + joint) for joint in ("Hip", "Knee", "Ankle"))
    return _angle_deg(knee - hip, ankle - knee)


def _trunk_lean_deg(trial: Markers) -> FloatArray:
    trunk = trial.position("Neck") - trial.position("midHip")
    return _angle_deg(trunk, np.broadcast_to([0.0, 1.0, 0.0], trunk.shape))


def _angle_deg(one: FloatArray, other: FloatArray) -> FloatArray:
    cross = np.linalg.norm(np.cross(one, other), axis=-1)
    return np.asarray(np.degrees(np.arctan2(cross, (one * other).sum(axis=-1))))
