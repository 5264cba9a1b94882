"""Static poses of every quality, from the model's own default to what a hurried subject does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.errors import ValueRangeError
from kinebench.kinematics import Tree, forward_kinematics
from kinebench.lab.body import Body
from kinebench.lab.feet import sole_points
from kinebench.lab.legs import as_motion, leg_sizes, require_in_range
from kinebench.lab.motions.motion_model import MotionModel, require_numbers
from kinebench.lab.motions.standing import sway
from kinebench.lab.posture import frame_times


@dataclass(frozen=True, slots=True)
class StaticPose:
    """Standing for scaling. Without any argument it is the model's default pose, on the ground.

    A subject whose legs differ in length stands with a listed pelvis, both legs straight.

    Parameters
    ----------
    duration_s : float
    knee_deg : float
        Flexion of both knees, feet flat under the hips.
    right_knee_deg : float
        Flexion of the right knee more than the left: the right side of the pelvis sinks.
    hip_deg : float
        Forward tilt of the pelvis over straight legs, the trunk upright.
    lean_deg : float
        Forward lean of the trunk.
    apart_deg : float
        Abduction of each leg; the soles turn with it.
    arm_deg, elbow_deg, forearm_deg : float
        Sideways raise of the arms, flexion of the elbows, pronation.
    sway_m : float
        Standard deviation of the hips' sway about the ankles, forwards.
    name : str
        Of the sway.
    """

    duration_s: float = 1.5
    knee_deg: float = 0.0
    right_knee_deg: float = 0.0
    hip_deg: float = 0.0
    lean_deg: float = 0.0
    apart_deg: float = 0.0
    arm_deg: float = 0.0
    elbow_deg: float = 0.0
    forearm_deg: float = 0.0
    sway_m: float = 0.0
    name: str = "static"

    def __post_init__(self) -> None:
        require_numbers(self, positive=("duration_s",))

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion:
        tree = body.tree
        times = frame_times(self.duration_s, rate_hz)
        q = np.repeat(self._pose(tree)[None], len(times), axis=0)
        if self.sway_m > 0:
            self._sway(tree, times, q)
        require_in_range(tree, q, "this static pose")
        return as_motion(tree, times, q)

    def _pose(self, tree: Tree) -> FloatArray:
        q = tree.defaults.copy()
        angles = {
            "pelvis_tilt": -self.hip_deg,
            "lumbar_extension": self.hip_deg - self.lean_deg,
            **self._arms(),
        }
        tops = {}
        for side, more in (("r", self.right_knee_deg), ("l", 0.0)):
            leg = leg_sizes(tree, side)
            knee = np.radians(self.knee_deg + more)
            # the ankle stays under the hip: a sin f = b sin (k − f)
            hip = np.arctan2(leg.shank * np.sin(knee), leg.thigh + leg.shank * np.cos(knee))
            tops[side] = leg.ankle_height + leg.reach(float(knee)) * np.cos(
                np.radians(self.apart_deg)
            )
            angles[f"hip_flexion_{side}"] = float(np.degrees(hip)) + self.hip_deg
            angles[f"knee_angle_{side}"] = float(np.degrees(knee))
            angles[f"ankle_angle_{side}"] = float(np.degrees(knee - hip))
        right, left = (leg_sizes(tree, side).hip for side in "rl")
        lower = tops["l"] - tops["r"] + right[1] - left[1]
        listed = float(np.degrees(np.arctan2(lower, 2 * right[2])))
        angles["pelvis_list"] = listed
        angles["hip_adduction_r"] = -self.apart_deg - listed
        angles["hip_adduction_l"] = -self.apart_deg + listed
        angles["lumbar_bending"] = -listed
        for name, degrees in angles.items():
            q[tree.coordinate_index(name)] = np.radians(degrees)
        q[tree.coordinate_index("pelvis_ty")] -= _lowest(tree, q)
        return q

    def _arms(self) -> dict[str, float]:
        named = (
            ("arm_add", -self.arm_deg),
            ("elbow_flex", self.elbow_deg),
            ("pro_sup", self.forearm_deg),
        )
        return {f"{name}_{side}": degrees for name, degrees in named for side in "rl"}

    def _sway(self, tree: Tree, times: FloatArray, q: FloatArray) -> None:
        """Turn everything above the ankles about them, as one pendulum."""
        hips = float(np.mean([leg_sizes(tree, s).thigh + leg_sizes(tree, s).shank for s in "rl"]))
        angle = sway(times, self.sway_m / hips, self.name)
        for side in "rl":
            q[:, tree.coordinate_index(f"ankle_angle_{side}")] += angle
        foot = tree.body_index("calcn_r")
        q[:, tree.coordinate_index("pelvis_tilt")] -= angle
        _, p = forward_kinematics(tree, q)
        for axis, name in enumerate(("pelvis_tx", "pelvis_ty", "pelvis_tz")):
            q[:, tree.coordinate_index(name)] -= p[:, foot, axis] - p[0, foot, axis]


@dataclass(frozen=True, slots=True)
class TrialStart:
    """No static trial was recorded: the first second of the trial itself serves.

    Parameters
    ----------
    motion : MotionModel
        The trial.
    duration_s : float
    """

    motion: MotionModel
    duration_s: float = 1.0

    def __post_init__(self) -> None:
        if not self.duration_s > 0:
            raise ValueRangeError(f"duration_s must be above 0, found {self.duration_s!r}")

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion:
        whole = self.motion(body, rate_hz)
        since = whole.times - whole.times[0]
        return whole.at_frames(np.flatnonzero(since <= self.duration_s + 1e-9))


STATIC_POSES: Mapping[str, StaticPose] = MappingProxyType(
    {
        "ideal": StaticPose(),
        "knees 10°": StaticPose(knee_deg=10.0),
        "knees 20°": StaticPose(knee_deg=20.0),
        "right knee 8°": StaticPose(right_knee_deg=8.0),
        "right knee 15°": StaticPose(right_knee_deg=15.0),
        "hips 10°": StaticPose(hip_deg=10.0),
        "trunk 15° forward": StaticPose(lean_deg=15.0),
        "feet apart": StaticPose(apart_deg=12.0),
        "arms raised": StaticPose(arm_deg=60.0),
        "elbows bent": StaticPose(elbow_deg=20.0, forearm_deg=80.0),
        "swaying": StaticPose(sway_m=0.012),
        "short": StaticPose(duration_s=0.2),
    }
)
"""Levels for studies. A noisy one is any of them filmed through a chain of camera errors."""


def _lowest(tree: Tree, q: FloatArray) -> float:
    R, p = forward_kinematics(tree, q)
    return min(
        float((p[body] + R[body] @ location)[1])
        for side in "rl"
        for _, body, location in sole_points(tree, side)
    )
