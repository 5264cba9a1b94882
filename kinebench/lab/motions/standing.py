"""Standing still with sway, and raising the arms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from kinebench.core.arrays import FloatArray
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
from kinebench.lab.seeds import generator

_STANCE = Stance(knee_deg=8.0)


def sway(times: FloatArray, spread: float, *names: object) -> FloatArray:
    """A smooth random course (n_frames,) whose standard deviation over long times is `spread`.

    Twelve sinusoids of 0.05 to 1.2 Hz whose power falls with the square of the frequency, as the
    centre of mass does in quiet standing; phases come from the names.
    """
    numbers = generator("sway", *names)
    frequencies = np.geomspace(0.05, 1.2, 12) * numbers.uniform(0.9, 1.1, 12)
    phases = numbers.uniform(0, 2 * np.pi, 12)
    weights = 1 / frequencies
    weights *= spread * np.sqrt(2 / np.sum(weights**2))
    course = np.sin(2 * np.pi * np.outer(times, frequencies) + phases) @ weights
    return np.asarray(course)


@dataclass(frozen=True, slots=True)
class Standing:
    """Quiet standing.

    Parameters
    ----------
    duration_s : float
    sway_m : float
        Standard deviation of the pelvis, forwards; sideways half as much.
    lean_deg : float
        Forward lean of the trunk.
    name : str
        Of the sway.
    stance : Stance
        Its knees must be bent more than the sway needs.
    """

    duration_s: float = 4.0
    sway_m: float = 0.004
    lean_deg: float = 0.0
    name: str = "standing"
    stance: Stance = _STANCE

    def __post_init__(self) -> None:
        require_numbers(self, positive=("duration_s",))

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion:
        figure = Figure.of(body)
        times = frame_times(self.duration_s, rate_hz)
        q = figure.upright(len(times))
        hips, list_ = figure.hips_over_feet(
            np.full(len(times), np.radians(self.stance.knee_deg)), 0.0, self.stance
        )
        hips[:, 0] += sway(times, self.sway_m, self.name, "forwards")
        hips[:, 2] += sway(times, self.sway_m / 2, self.name, "sideways")
        tilt = -sway(times, 0.5 * self.sway_m, self.name, "tilt")
        figure.set_pelvis(q, hips, tilt, list_)
        figure.set(q, "lumbar_extension", -np.radians(self.lean_deg) - tilt)
        return figure.finish(times, q, figure.planted(self.stance, len(times)), "this standing")


@dataclass(frozen=True, slots=True)
class ArmRaise:
    """Both arms raised and lowered, the rest standing.

    Parameters
    ----------
    height_deg : float
        Largest angle of the arms to the trunk.
    plane : float
        0 raises forwards, 1 sideways, values between in between.
    tempo_s : float
        Up and down again.
    repetitions : int
    pause_s : float
    sway_m : float
        As of `Standing`.
    name : str
        Of the sway.
    each : tuple of ((str, float), ...)
        Numbers of every repetition, where they differ; empty when all are alike.
    """

    per_repetition: ClassVar[tuple[str, ...]] = (
        "height_deg", "plane", "tempo_s",
    )  # fmt: skip

    height_deg: float = 140.0
    plane: float = 0.0
    tempo_s: float = 2.4
    repetitions: int = 2
    pause_s: float = 0.5
    sway_m: float = 0.003
    stance: Stance = _STANCE
    name: str = field(default="arm raise", metadata=ADDED)
    each: tuple[Numbers, ...] = field(default=(), metadata=ADDED)

    def __post_init__(self) -> None:
        require_numbers(self, positive=("tempo_s", "repetitions"))
        repetitions_of(self)

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion:
        raises = repetitions_of(self)
        starts = onsets(self.pause_s, [one.tempo_s + self.pause_s for one in raises])
        still = Standing(starts[-1], self.sway_m, name=self.name, stance=self.stance)(body, rate_hz)
        q = np.array(still.values)
        for one, start in zip(raises, starts, strict=False):
            top, end = start + one.tempo_s / 2, start + one.tempo_s
            raised = smooth_step(still.times, start, top) - smooth_step(still.times, top, end)
            for side, _ in SIDES:
                for name, share in (("arm_flex", 1 - one.plane), ("arm_add", -one.plane)):
                    column = still.names.index(f"{name}_{side}")
                    q[:, column] += share * np.radians(one.height_deg) * raised
        return Motion(still.coordinates, still.times, q)
