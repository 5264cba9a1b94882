"""Rising from a chair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinebench.core.motion import Motion
from kinebench.lab.body import Body
from kinebench.lab.motions.motion_model import require_numbers
from kinebench.lab.paths import bump, smooth_step
from kinebench.lab.posture import SIDES, Figure, Stance, frame_times

__all__ = ["SitToStand"]

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
    """

    seat_height_m: float = 0.54
    rise_s: float = 1.6
    sit_s: float = 1.8
    pause_s: float = 0.7
    repetitions: int = 2
    lean_deg: float = 40.0
    feet_back_deg: float = 12.0
    stance: Stance = _STANCE

    def __post_init__(self) -> None:
        require_numbers(self, positive=("seat_height_m", "rise_s", "sit_s", "repetitions"))

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion:
        figure = Figure.of(body)
        cycle = self.rise_s + self.sit_s + 2 * self.pause_s
        times = frame_times(self.repetitions * cycle, rate_hz)
        # the hips come forward before they go up, and sitting down runs the other way
        ahead, up, lean = np.zeros((3, len(times)))
        for repetition in range(self.repetitions):
            rise = repetition * cycle + self.pause_s
            stand = rise + self.rise_s
            sit = stand + self.pause_s
            seated = sit + self.sit_s
            ahead += smooth_step(times, rise + 0.1 * self.rise_s, stand)
            ahead -= smooth_step(times, sit, seated - 0.1 * self.sit_s)
            up += smooth_step(times, rise + 0.3 * self.rise_s, stand)
            up -= smooth_step(times, sit, seated - 0.15 * self.sit_s)
            lean += bump(times, rise - 0.3 * self.pause_s, stand - 0.1 * self.rise_s)
            lean += bump(times, sit + 0.1 * self.sit_s, seated + 0.3 * self.pause_s)
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
        q = figure.upright(len(times))
        tilt = np.radians(12.0) * (1 - up) - np.radians(0.6 * self.lean_deg) * lean
        figure.set_pelvis(q, hips, tilt, list_[0] * up)
        trunk = -np.radians(12.0) * (1 - up) - np.radians(0.4 * self.lean_deg) * lean
        figure.set(q, "lumbar_extension", trunk)
        for side, _ in SIDES:
            figure.set(q, f"arm_flex_{side}", np.radians(25.0) * lean)
        feet = figure.planted(self.stance, len(times))
        return figure.finish(times, q, feet, "this sit-to-stand")
