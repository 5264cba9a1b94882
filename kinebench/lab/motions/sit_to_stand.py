"""Rising from a chair."""

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
from kinebench.lab.paths import bump, smooth_step
from kinebench.lab.posture import SIDES, Figure, Stance, frame_times

_STANCE = Stance()


@dataclass(frozen=True, slots=True)
class SitToStand:
    """Rising from a chair and sitting down again, feet flat.

    Parameters
    ----------
    seat_height_m : float
        Of the hip centres while seated.
    rise_s, sit_s : float
        Duration of rising and of sitting down.
    pause_s : float
        Seated before and after, standing in between.
    repetitions : int
    lean_deg : float
        Largest forward lean of the trunk.
    feet_back_deg : float
        Forward lean of the shanks while seated.
    stance : Stance
    shift_m, drop_deg, twist_deg : float
        Of the pelvis while rising and sitting down, as of `Squat`.
    arms_deg : float
        Forward raise of the arms with the lean.
    each : tuple of ((str, float), ...)
        Numbers of every repetition, where they differ; empty when all are alike.
    """

    per_repetition: ClassVar[tuple[str, ...]] = (
        "rise_s", "sit_s", "lean_deg", "shift_m", "drop_deg", "twist_deg", "arms_deg",
    )  # fmt: skip

    seat_height_m: float = 0.54
    rise_s: float = 1.6
    sit_s: float = 1.8
    pause_s: float = 0.7
    repetitions: int = 2
    lean_deg: float = 40.0
    feet_back_deg: float = 12.0
    stance: Stance = _STANCE
    shift_m: float = field(default=0.0, metadata=ADDED)
    drop_deg: float = field(default=0.0, metadata=ADDED)
    twist_deg: float = field(default=0.0, metadata=ADDED)
    arms_deg: float = field(default=25.0, metadata=ADDED)
    each: tuple[Numbers, ...] = field(default=(), metadata=ADDED)

    def __post_init__(self) -> None:
        require_numbers(self, positive=("seat_height_m", "rise_s", "sit_s", "repetitions"))
        repetitions_of(self)

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion:
        figure = Figure.of(body)
        risings = repetitions_of(self)
        starts = onsets(0.0, [one.rise_s + one.sit_s + 2 * self.pause_s for one in risings])
        times = frame_times(starts[-1], rate_hz)
        # the hips come forward before they go up, and sitting down runs the other way
        ahead, up, tilted, bent, arms, shift, drop, twist = np.zeros((8, len(times)))
        for one, start in zip(risings, starts, strict=False):
            rise = start + self.pause_s
            stand = rise + one.rise_s
            sit = stand + self.pause_s
            seated = sit + one.sit_s
            ahead += smooth_step(times, rise + 0.1 * one.rise_s, stand)
            ahead -= smooth_step(times, sit, seated - 0.1 * one.sit_s)
            up += smooth_step(times, rise + 0.3 * one.rise_s, stand)
            up -= smooth_step(times, sit, seated - 0.15 * one.sit_s)
            lean = bump(times, rise - 0.3 * self.pause_s, stand - 0.1 * one.rise_s)
            lean += bump(times, sit + 0.1 * one.sit_s, seated + 0.3 * self.pause_s)
            tilted += np.radians(0.6 * one.lean_deg) * lean
            bent += np.radians(0.4 * one.lean_deg) * lean
            arms += np.radians(one.arms_deg) * lean
            shift += one.shift_m * lean
            drop += np.radians(one.drop_deg) * lean
            twist += np.radians(one.twist_deg) * lean
        knee = np.radians(self.stance.knee_deg)
        standing, list_ = figure.hips_over_feet(knee, 0.0, self.stance)
        shank = np.radians(self.feet_back_deg)
        # seated: the thigh spans what the shank leaves to the seat's height
        knee_height = figure.legs["r"].ankle_height + figure.shank * np.cos(shank)
        fall = np.clip((knee_height - self.seat_height_m) / figure.thigh, -0.9, 0.9)
        back = figure.shank * np.sin(shank) - figure.thigh * np.sqrt(1 - fall**2)
        hips = np.zeros((len(times), 3))
        hips[:, 0] = back * (1 - ahead)
        hips[:, 1] = self.seat_height_m + up * (standing[0, 1] - self.seat_height_m)
        hips[:, 2] = shift
        q = figure.upright(len(times))
        tilt = np.radians(12.0) * (1 - up) - tilted
        figure.set_pelvis(q, hips, tilt, list_[0] * up + drop, twist)
        figure.set(q, "lumbar_extension", -np.radians(12.0) * (1 - up) - bent)
        for side, _ in SIDES:
            figure.set(q, f"arm_flex_{side}", arms)
        feet = figure.planted(self.stance, len(times))
        return figure.finish(times, q, feet, "this sit-to-stand")
