"""Squats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from kinebench.core.motion import Motion
from kinebench.core.provenance import ADDED
from kinebench.lab.body import Body
from kinebench.lab.motions.motion_model import (
    Numbers,
    onsets,
    repetitions_of,
    require_numbers,
)
from kinebench.lab.paths import smooth_step
from kinebench.lab.posture import SIDES, Figure, Stance, frame_times

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
    shank_share : float
        The shanks lean forward by this share of the knees' flexion.
    each : tuple of ((str, float), ...)
        Numbers of every repetition, where they differ; empty when all are alike.
    """

    per_repetition: ClassVar[tuple[str, ...]] = (
        "depth_deg", "tempo_s", "shift_m", "drop_deg", "twist_deg", "butt_wink_deg",
        "lean_deg", "arms_deg",
    )  # fmt: skip

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
    shank_share: float = field(default=0.36, metadata=ADDED)
    each: tuple[Numbers, ...] = field(default=(), metadata=ADDED)

    def __post_init__(self) -> None:
        require_numbers(self, positive=("depth_deg", "tempo_s", "repetitions"))
        repetitions_of(self)

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion:
        figure = Figure.of(body)
        squats = repetitions_of(self)
        starts = onsets(self.pause_s, [squat.tempo_s + self.pause_s for squat in squats])
        times = frame_times(starts[-1], rate_hz)
        q = figure.upright(len(times))
        standing = self.stance.knee_deg
        bend, shift, tilt, drop, twist, trunk, arms = np.zeros((7, len(times)))
        for squat, start in zip(squats, starts, strict=False):
            # 0 standing, 1 at the bottom
            middle, end = start + squat.tempo_s / 2, start + squat.tempo_s
            depth = smooth_step(times, start, middle) - smooth_step(times, middle, end)
            # within the last fifth of the way down
            wink = np.radians(squat.butt_wink_deg) * smooth_step(depth, 0.75, 1.0)
            bend += depth * (squat.depth_deg - standing)
            shift += squat.shift_m * depth
            tilt += -np.radians(0.65 * squat.lean_deg) * depth + wink
            trunk += -np.radians(0.35 * squat.lean_deg) * depth - wink
            drop += np.radians(squat.drop_deg) * depth
            twist += np.radians(squat.twist_deg) * depth
            arms += np.radians(squat.arms_deg) * depth
        knee = np.radians(standing + bend)
        shank = self.shank_share * knee
        forward = figure.shank * np.sin(shank) - figure.thigh * np.sin(knee - shank)
        hips, list_ = figure.hips_over_feet(knee, forward, self.stance)
        hips[:, 2] += shift
        figure.set_pelvis(q, hips, tilt, list_ + drop, twist)
        figure.set(q, "lumbar_extension", trunk)
        for side, _ in SIDES:
            figure.set(q, f"arm_flex_{side}", arms)
        feet = figure.planted(self.stance, len(times))
        return figure.finish(times, q, feet, "this squat")
