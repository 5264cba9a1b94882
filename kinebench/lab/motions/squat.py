"""Squats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.lab.body import Body
from kinebench.lab.motions.motion_model import require_numbers
from kinebench.lab.paths import smooth_step
from kinebench.lab.posture import SIDES, Figure, Stance, frame_times

__all__ = ["Squat"]

# the shank leans forward by this share of the knee's flexion
_SHANK_SHARE = 0.36

_STANCE = Stance(toe_out_deg=12.0)


@dataclass(frozen=True, slots=True)
class Squat:
    """Squats on both legs, feet flat.

    Parameters
    ----------
    depth_deg : float
        Largest knee flexion.
    tempo_s : float
        From standing to standing.
    repetitions : int
    pause_s : float
        Standing before, between and after repetitions.
    shift_m : float
        Sideways shift of the pelvis in the depth, to the right.
    drop_deg : float
        Drop of the right side of the pelvis in the depth.
    twist_deg : float
        Turn of the pelvis to the left in the depth.
    butt_wink_deg : float
        Backward tilt of the pelvis, and flexion of the lumbar spine, at the very bottom.
    lean_deg : float
        Forward lean of the trunk in the depth.
    arms_deg : float
        Forward raise of the arms in the depth.
    stance : Stance
    """

    depth_deg: float = 95.0
    tempo_s: float = 2.6
    repetitions: int = 3
    pause_s: float = 0.6
    shift_m: float = 0.0
    drop_deg: float = 0.0
    twist_deg: float = 0.0
    butt_wink_deg: float = 8.0
    lean_deg: float = 38.0
    arms_deg: float = 75.0
    stance: Stance = _STANCE

    def __post_init__(self) -> None:
        require_numbers(self, positive=("depth_deg", "tempo_s", "repetitions"))

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion:
        figure = Figure.of(body)
        cycle = self.tempo_s + self.pause_s
        times = frame_times(self.pause_s + self.repetitions * cycle, rate_hz)
        depth = self._depth(times)
        knee = np.radians(self.stance.knee_deg + depth * (self.depth_deg - self.stance.knee_deg))
        shank = _SHANK_SHARE * knee
        forward = figure.shank * np.sin(shank) - figure.thigh * np.sin(knee - shank)
        hips, list_ = figure.hips_over_feet(knee, forward, self.stance)
        hips[:, 2] += self.shift_m * depth
        # within the last fifth of the way down
        wink = np.radians(self.butt_wink_deg) * smooth_step(depth, 0.75, 1.0)
        q = figure.upright(len(times))
        tilt = -np.radians(0.65 * self.lean_deg) * depth + wink
        figure.set_pelvis(
            q,
            hips,
            tilt,
            list_ + np.radians(self.drop_deg) * depth,
            np.radians(self.twist_deg) * depth,
        )
        figure.set(q, "lumbar_extension", -np.radians(0.35 * self.lean_deg) * depth - wink)
        for side, _ in SIDES:
            figure.set(q, f"arm_flex_{side}", np.radians(self.arms_deg) * depth)
        feet = figure.planted(self.stance, len(times))
        return figure.finish(times, q, feet, "this squat")

    def _depth(self, times: FloatArray) -> FloatArray:
        """0 standing, 1 at the bottom."""
        depth = np.zeros_like(times)
        for repetition in range(self.repetitions):
            start = self.pause_s + repetition * (self.tempo_s + self.pause_s)
            middle, end = start + self.tempo_s / 2, start + self.tempo_s
            depth += smooth_step(times, start, middle) - smooth_step(times, middle, end)
        return depth
