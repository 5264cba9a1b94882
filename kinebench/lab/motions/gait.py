"""Walking on level ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.kinematics.rotation import axis_rotation
from kinebench.lab.body import Body
from kinebench.lab.feet import FootPath
from kinebench.lab.motions.motion_model import require_numbers
from kinebench.lab.paths import bump, smooth_step
from kinebench.lab.posture import SIDES, Figure, Stance, Y, Z, frame_times

__all__ = ["Gait"]

# shares of a stride, counted from the strike of the heel
_FLAT, _HEEL_OFF, _TOE_OFF, _HIP_OVER_ANKLE = 0.13, 0.30, 0.58, 0.24
_STRAIGHTEST_KNEE = np.radians(4.0)


@dataclass(frozen=True, slots=True)
class Gait:
    """Steady walking forwards; the recording starts and ends in the middle of it.

    The foot lands on the heel, rolls flat, rises over the inner ball, and swings.

    Parameters
    ----------
    speed_m_s : float
    cadence_per_min : float
        Steps per minute.
    strides : int
    step_width_m : float
        Between the ankles.
    heel_rise_deg, toe_up_deg : float
        Bend of the toes when they leave the ground; pitch of the foot when the heel strikes.
    clearance_m : float
        By which a swinging foot is lifted.
    bounce_m, sway_m : float
        Amplitude of the pelvis up and down, and sideways.
    pelvis_turn_deg, pelvis_drop_deg : float
        Amplitude about the vertical, and of the swinging side's drop.
    lean_deg : float
        Of the trunk.
    arm_swing_deg : float
    toe_out_deg : float
    """

    speed_m_s: float = 1.2
    cadence_per_min: float = 112.0
    strides: int = 3
    step_width_m: float = 0.11
    heel_rise_deg: float = 40.0
    toe_up_deg: float = 18.0
    clearance_m: float = 0.05
    bounce_m: float = 0.03
    sway_m: float = 0.02
    pelvis_turn_deg: float = 5.0
    pelvis_drop_deg: float = 3.0
    lean_deg: float = 4.0
    arm_swing_deg: float = 16.0
    toe_out_deg: float = 6.0

    def __post_init__(self) -> None:
        require_numbers(self, positive=("speed_m_s", "cadence_per_min", "strides", "step_width_m"))

    @property
    def stride_s(self) -> float:
        """Duration of two steps."""
        return 120.0 / self.cadence_per_min

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion:
        figure = Figure.of(body)
        times = frame_times(self.strides * self.stride_s, rate_hz)
        feet = {side: self._foot(figure, side, times) for side, _ in SIDES}
        q = figure.upright(len(times))
        # phase 0: the right heel strikes
        phase = 2 * np.pi * times / self.stride_s
        middle = np.pi * _TOE_OFF
        turn = np.radians(self.pelvis_turn_deg) * np.cos(phase)
        drop = -np.radians(self.pelvis_drop_deg) * np.cos(phase - middle)
        tilt = np.full(len(times), -np.radians(6.0))
        hips = np.zeros((len(times), 3))
        hips[:, 0] = self.speed_m_s * times
        hips[:, 2] = self.sway_m * np.cos(phase - middle)
        figure.set_pelvis(q, hips, tilt, drop, turn)
        hips[:, 1] = self._height(figure, q, feet, hips, 2 * (phase - middle))
        figure.set_pelvis(q, hips, tilt, drop, turn)
        figure.set(q, "lumbar_extension", -np.radians(self.lean_deg) - tilt)
        figure.set(q, "lumbar_bending", -drop)
        figure.set(q, "lumbar_rotation", -2 * turn)
        for side, sign in SIDES:
            swing = -sign * np.radians(self.arm_swing_deg) * np.cos(phase)
            figure.set(q, f"arm_flex_{side}", swing)
            figure.set(q, f"elbow_flex_{side}", np.radians(20.0) + 0.4 * swing)
        return figure.finish(times, q, feet, "this gait")

    def _foot(self, figure: Figure, side: str, times: FloatArray) -> FootPath:
        foot, sign = figure.feet[side], dict(SIDES)[side]
        stride, length = self.stride_s, self.speed_m_s * self.stride_s
        heading = -sign * np.radians(self.toe_out_deg)
        half = 0.0 if side == "r" else stride / 2
        # the stance that a time belongs to begins with this strike
        number = np.floor((times - half) / stride)
        since = times - half - number * stride
        ankle_z = figure.ankle_z(Stance(self.step_width_m), side)
        over = half + _HIP_OVER_ANKLE * stride
        first = figure.ball_place(side, self.speed_m_s * over, ankle_z, heading)
        ball = first + np.outer(number * length, [1.0, 0.0, 0.0])
        up = np.radians(self.toe_up_deg)
        swing = smooth_step(since, _TOE_OFF * stride, stride)
        tip = up * (1 - smooth_step(since, 0.0, _FLAT * stride) + swing)
        rise = np.radians(self.heel_rise_deg) * (
            smooth_step(since, _HEEL_OFF * stride, _TOE_OFF * stride)
            - smooth_step(since, _TOE_OFF * stride, 0.95 * stride)
        )
        turned = axis_rotation(Y, heading)
        # while the heel bears, the foot turns about it
        on_heel = foot.heel - axis_rotation(Z, tip * (since < _FLAT * stride)) @ foot.heel
        landing = foot.heel - axis_rotation(Z, up) @ foot.heel
        # mostly early, but never at rest on the ground before the strike
        lift = 0.6 * bump(since, _TOE_OFF * stride, 0.9 * stride)
        lift += 0.4 * bump(since, _TOE_OFF * stride, stride)
        place = ball + on_heel @ turned.T
        place += np.outer(swing, turned @ landing + [length, 0.0, 0.0])
        place[:, 1] += self.clearance_m * lift
        return FootPath(place, np.full(len(times), heading), rise, tip)

    def _height(
        self,
        figure: Figure,
        q: FloatArray,
        feet: dict[str, FootPath],
        hips: FloatArray,
        phase: FloatArray,
    ) -> FloatArray:
        """Highest course of the hips that both legs reach: a mean and one wave per step."""
        tree = figure.tree
        R = axis_rotation(Z, q[:, tree.coordinate_index("pelvis_tilt")])
        R = R @ axis_rotation(np.eye(3)[0], q[:, tree.coordinate_index("pelvis_list")])
        R = R @ axis_rotation(Y, q[:, tree.coordinate_index("pelvis_rotation")])
        middle = np.mean([leg.hip for leg in figure.legs.values()], axis=0)
        limits = []
        for side, _ in SIDES:
            leg, path = figure.legs[side], feet[side]
            hip = hips + R @ (np.array(leg.hip) - middle)
            foot = figure.feet[side]
            ankle = path.balls(foot) - path.rotations(foot) @ np.array(leg.ankle_to_ball)
            across = hip - ankle
            reach = leg.reach(float(_STRAIGHTEST_KNEE))
            square = reach**2 - across[:, 0] ** 2 - across[:, 2] ** 2
            limits.append(ankle[:, 1] + np.sqrt(np.maximum(square, 0.0)) - (hip - hips)[:, 1])
        limit = np.min(limits, axis=0)
        waves = self.bounce_m * np.cos(phase[None] - np.linspace(-1.5, 1.5, 31)[:, None])
        means = (limit - waves).min(axis=1)
        best = int(np.argmax(means))
        return np.asarray(means[best] + waves[best])
