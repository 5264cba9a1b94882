"""Walking on level ground."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.core.provenance import ADDED
from kinebench.kinematics.rotation import axis_rotation
from kinebench.lab.body import Body
from kinebench.lab.feet import Foot, FootPath
from kinebench.lab.motions.motion_model import (
    Numbers,
    repetitions_of,
    require_numbers,
)
from kinebench.lab.motions.pace import Pace, SteadyPace, VaryingPace
from kinebench.lab.paths import bump, hermite, smooth_step
from kinebench.lab.posture import SIDES, Figure, Stance, Y, Z, frame_times

# shares of a stride, counted from the strike of the heel; chosen once such that the knee follows
# Winter 1991 at 1.2 m/s
_FLAT, _HEEL_OFF, _HIP_OVER_ANKLE = 0.072, 0.301, 0.231
_TOE_OFF, _HIGHEST_HEEL, _HEEL_DOWN = 0.592, 0.671, 0.947
_TIPTOE, _STEEPEST, _TIPTOE_END = 0.526, 0.65, 0.76
_TOE_UP = 0.664
_HEEL_POWER = 1.621
# swinging foot: share of the stride, and share of its way with rate and second derivative
_FASTEST = (0.77, (0.532, 3.622, 0.0))
_BRAKES = (0.962, (0.957, 0.627, -47.3))
_GLIDE = 0.02
# of what inverted pendulums would bounce
_BOUNCE = 0.34


@dataclass(frozen=True, slots=True)
class Gait:
    """Steady walking forwards; the recording starts and ends in the middle of it.

    The foot lands on the heel, rolls flat, rises over the inner ball, then over the tip of the
    toes, and swings. With the defaults the knee lands at 9°, bends to 20° under the load and to 65°
    in swing (Winter 1991, The biomechanics and motor control of human gait: 4, 20 and 64°).

    Parameters
    ----------
    speed_m_s : float
    cadence_per_min : float
        Steps per minute.
    strides : int
    step_width_m : float
        Between the ankles.
    heel_rise_deg, push_off_deg, toe_up_deg : float
        Bend of the toes, and pitch of the toes when they leave the ground; pitch of the foot when
        the heel strikes.
    clearance_m : float
        By which a swinging foot is lifted.
    bounce_m : float, optional
        Amplitude of the pelvis up and down; by default it grows with the square of the step.
    sway_m : float
        Amplitude of the pelvis sideways.
    pelvis_turn_deg, pelvis_drop_deg : float
        Amplitude about the vertical, and of the swinging side's drop.
    lean_deg : float
        Of the trunk.
    arm_swing_deg : float
    toe_out_deg : float
    tilt_deg : float
        Forward tilt of the pelvis.
    straightest_knee_deg : float
        Flexion that the knees keep at least.
    step_difference_m : float
        By which the right foot's step is longer than the left's.
    right_heel_rise_deg : float
        By which the right heel rises more than the left.
    each : tuple of ((str, float), ...)
        Speed, cadence and step width of every stride (counted between strikes of the right heel),
        where they differ; empty when all are alike.
    """

    per_repetition: ClassVar[tuple[str, ...]] = (
        "speed_m_s", "cadence_per_min", "step_width_m",
    )  # fmt: skip
    counted_by: ClassVar[str] = "strides"

    speed_m_s: float = 1.2
    cadence_per_min: float = 112.0
    strides: int = 3
    step_width_m: float = 0.11
    heel_rise_deg: float = 42.0
    push_off_deg: float = 29.0
    toe_up_deg: float = 13.0
    clearance_m: float = 0.011
    bounce_m: float | None = None
    sway_m: float = 0.02
    pelvis_turn_deg: float = 5.0
    pelvis_drop_deg: float = 3.0
    lean_deg: float = 4.0
    arm_swing_deg: float = 16.0
    toe_out_deg: float = 6.0
    tilt_deg: float = field(default=6.0, metadata=ADDED)
    straightest_knee_deg: float = field(default=4.1, metadata=ADDED)
    step_difference_m: float = field(default=0.0, metadata=ADDED)
    right_heel_rise_deg: float = field(default=0.0, metadata=ADDED)
    each: tuple[Numbers, ...] = field(default=(), metadata=ADDED)

    def __post_init__(self) -> None:
        require_numbers(self, positive=("speed_m_s", "cadence_per_min", "strides", "step_width_m"))
        repetitions_of(self)

    @property
    def stride_s(self) -> float:
        """Duration of two steps."""
        return 120.0 / self.cadence_per_min

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion:
        figure = Figure.of(body)
        pace = self._pace()
        times = frame_times(pace.duration_s(self.strides), rate_hz)
        feet = {side: self._foot(figure, pace, side, times) for side, _ in SIDES}
        q = figure.upright(len(times))
        # phase 0: the right heel strikes
        phase = pace.phase(times)
        middle = np.pi * _TOE_OFF
        turn = np.radians(self.pelvis_turn_deg) * np.cos(phase)
        drop = -np.radians(self.pelvis_drop_deg) * np.cos(phase - middle)
        right, left = (figure.legs[side].reach(0.0) for side, _ in SIDES)
        uneven = figure.legs["r"].hip[1] - figure.legs["l"].hip[1]
        drop += np.arctan2(left - right + uneven, figure.hips_breadth)
        tilt = np.full(len(times), -np.radians(self.tilt_deg))
        hips = np.zeros((len(times), 3))
        hips[:, 0] = pace.way(times)
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

    def _pace(self) -> Pace:
        if not self.each:
            return SteadyPace(self.stride_s, self.speed_m_s, _HIP_OVER_ANKLE)
        strides = repetitions_of(self)
        wider = [one.step_width_m - self.step_width_m for one in strides]
        seconds = [one.stride_s for one in strides]
        lengths = [one.stride_s * one.speed_m_s for one in strides]
        return VaryingPace.of(seconds, lengths, wider, _HIP_OVER_ANKLE)

    def _foot(self, figure: Figure, pace: Pace, side: str, times: FloatArray) -> FootPath:
        foot, sign = figure.feet[side], dict(SIDES)[side]
        heading = -sign * np.radians(self.toe_out_deg)
        half = 0.0 if side == "r" else 0.5
        # the stance that a time belongs to begins with this strike
        number, share = pace.stances(times, half)
        ankle_z = figure.ankle_z(Stance(self.step_width_m), side)
        behind = sign * self.step_difference_m / 4
        first = figure.ball_place(side, pace.start(half) + behind, ankle_z, heading)
        ball = first + np.outer(pace.gone(number, half), [1.0, 0.0, 0.0])
        length = pace.length(number, half)
        outwards = sign * pace.outwards(number + half)
        ball[:, 2] += outwards
        way = hermite(
            share,
            (_TOE_OFF, _FASTEST[0], _BRAKES[0], 1.0),
            ((0.0, 0.0, 0.0), _FASTEST[1], _BRAKES[1], (1.0, 0.0, 0.0)),
        )
        up, tip, rise, push = self._pitches(share, sign * self.right_heel_rise_deg / 2)
        turned = axis_rotation(Y, heading)
        # while the heel bears, the foot turns about it
        on_heel = foot.heel - axis_rotation(Z, tip * (share < _FLAT)) @ foot.heel
        landing = foot.heel - axis_rotation(Z, up) @ foot.heel
        place = ball + (on_heel + _over_toes(foot, rise, push)) @ turned.T
        ahead = turned @ landing * [1.0, 0.0, 1.0] + np.outer(length, [1.0, 0.0, 0.0])
        ahead[:, 2] += sign * pace.outwards(number + half + 1) - outwards
        place += way[:, None] * ahead
        # the heel glides down to where it strikes, however the foot is pitched
        swings = share > _TOE_OFF
        place[:, 1] -= swings * (axis_rotation(Z, tip) @ foot.heel)[:, 1]
        place[:, 1] += self.clearance_m * bump(share, _TOE_OFF, 0.9)
        place[:, 1] += _GLIDE * length * (1 - way) * smooth_step(share, _TOE_OFF, _FASTEST[0])
        return FootPath(place, np.full(len(times), heading), rise, tip - push)

    def _pitches(
        self, share: FloatArray, more_deg: float
    ) -> tuple[float, FloatArray, FloatArray, FloatArray]:
        """Foot's pitch at the strike; toes up, heel over the ball, toes over their tip, rad."""
        up = float(np.radians(self.toe_up_deg))
        tip = up * (1 - smooth_step(share, 0.0, _FLAT) + smooth_step(share, _TOE_UP, 1.0))
        rise = np.radians(self.heel_rise_deg + more_deg) * (
            smooth_step(share, _HEEL_OFF, _HIGHEST_HEEL) ** _HEEL_POWER
            - smooth_step(share, _HIGHEST_HEEL, _HEEL_DOWN)
        )
        push = np.radians(self.push_off_deg) * (
            smooth_step(share, _TIPTOE, _STEEPEST) - smooth_step(share, _STEEPEST, _TIPTOE_END)
        )
        return up, tip, rise, push

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
            reach = leg.reach(float(np.radians(self.straightest_knee_deg)))
            square = reach**2 - across[:, 0] ** 2 - across[:, 2] ** 2
            limits.append(ankle[:, 1] + np.sqrt(np.maximum(square, 0.0)) - (hip - hips)[:, 1])
        limit = np.min(limits, axis=0)
        waves = self._bounce(figure) * np.cos(phase[None] - np.linspace(-1.5, 1.5, 31)[:, None])
        means = (limit - waves).min(axis=1)
        best = int(np.argmax(means))
        return np.asarray(means[best] + waves[best])

    def _bounce(self, figure: Figure) -> float:
        """Amplitude, m: a share of what stiff legs, as inverted pendulums, would give."""
        if self.bounce_m is not None:
            return self.bounce_m
        step = self.speed_m_s * self.stride_s / 2
        return _BOUNCE * step**2 / (16 * (figure.thigh + figure.shank))


def _over_toes(foot: Foot, rise: FloatArray, push: FloatArray) -> FloatArray:
    """How the ball moves (n_frames, 3) m when a foot with its heel up turns about its toes' tip."""
    inner = foot.inner_ball
    from_tip = inner - axis_rotation(Z, -rise) @ inner - foot.toe_tip
    return np.asarray(np.einsum("fij,fj->fi", axis_rotation(Z, -push), from_tip) - from_tip)
