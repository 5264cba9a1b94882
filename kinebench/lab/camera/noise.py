"""Noise: white, coloured, and with heavy tails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.limits import Limit, require_within
from kinebench.core.markers import Markers
from kinebench.core.notation import Syntax
from kinebench.core.parameters import Parameter
from kinebench.lab.camera.chain import SHARE, SPREAD
from kinebench.lab.seeds import generator

Axes = tuple[float, float, float]

_CORNER = Limit(0, 1_000, "Hz", "noise that is faster than any camera is white")


@dataclass(frozen=True, slots=True)
class WhiteNoise:
    """Independent normal noise of every keypoint, frame and axis.

    Parameters
    ----------
    sd_mm : (float, float, float)
        Standard deviation along the room's x (the cameras' depth, when the person faces them), y
        and z.
    """

    title: ClassVar[str] = "white noise"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("white", "white noise, per axis", usage="SD_MM"),
    )

    limits: ClassVar[Mapping[str, Limit]] = {"sd_mm": SPREAD}

    sd_mm: Axes = (2.0, 2.0, 2.0)

    def __post_init__(self) -> None:
        require_within(self)

    @classmethod
    def from_text(cls, text: str) -> WhiteNoise:
        """The same spread along all axes."""
        sd_mm = Parameter("spread", "number", limit=SPREAD).read(text)
        return cls((sd_mm, sd_mm, sd_mm))

    def options_text(self) -> str:
        """The spread along x, in mm."""
        return str(self.sd_mm[0])

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        sd = np.array(self.sd_mm) / 1000
        noise = [
            generator("white noise", *names, keypoint).standard_normal((keypoints.n_frames, 3)) * sd
            for keypoint in keypoints.names
        ]
        return keypoints.with_positions(keypoints.positions + np.stack(noise, axis=1))


@dataclass(frozen=True, slots=True)
class ColouredNoise:
    """Slow, smooth wandering of a keypoint about its place: a Matérn process of order 3/2.

    Its spectrum is flat up to the corner and falls with the fourth power of the frequency above it;
    its autocorrelation is (1 + ωτ) exp(−ωτ) with ω = 2π corner.

    Parameters
    ----------
    sd_mm : (float, float, float)
        Standard deviation over long times, per axis of the room.
    corner_hz : float
    """

    limits: ClassVar[Mapping[str, Limit]] = {"sd_mm": SPREAD, "corner_hz": _CORNER}

    sd_mm: Axes = (6.0, 6.0, 6.0)
    corner_hz: float = 1.0

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        sd = np.array(self.sd_mm) / 1000
        noise = [
            sd * coloured(keypoints.times, self.corner_hz, "coloured noise", *names, keypoint)
            for keypoint in keypoints.names
        ]
        return keypoints.with_positions(keypoints.positions + np.stack(noise, axis=1))


def coloured(times: FloatArray, corner_hz: float, *names: object) -> FloatArray:
    """Three independent processes (n_frames, 3) of standard deviation 1, exact at any times."""
    return matern(times, corner_hz, generator(*names).standard_normal((len(times), 2, 3)))


def matern(times: FloatArray, corner_hz: float, numbers: FloatArray) -> FloatArray:
    """As many processes (n_frames, n) as there are standard normal numbers (n_frames, 2, n)."""
    rate = 2 * np.pi * corner_hz
    F, spread = _transitions(np.diff(times), rate)
    state = np.array([[1.0], [rate]]) * numbers[0]
    course = np.empty((len(times), numbers.shape[2]))
    course[0] = state[0]
    for frame in range(1, len(times)):
        state = F[frame - 1] @ state + spread[frame - 1] @ numbers[frame]
        course[frame] = state[0]
    return course


def _transitions(steps: FloatArray, rate: float) -> tuple[FloatArray, FloatArray]:
    """Of value and rate over each step: matrix, and Cholesky factor of what is new (n, 2, 2)."""
    fade = np.exp(-rate * steps)
    F = np.empty((len(steps), 2, 2))
    F[:, 0, 0], F[:, 0, 1] = fade * (1 + rate * steps), fade * steps
    F[:, 1, 0], F[:, 1, 1] = -fade * rate**2 * steps, fade * (1 - rate * steps)
    lasting = np.diag([1.0, rate**2])
    fresh = lasting - F @ lasting @ np.swapaxes(F, 1, 2)
    # written out: the general routine fails where a step is short and nothing is new
    spread = np.zeros_like(fresh)
    spread[:, 0, 0] = np.sqrt(np.maximum(fresh[:, 0, 0], 0.0))
    spread[:, 1, 0] = fresh[:, 1, 0] / np.where(spread[:, 0, 0] > 0, spread[:, 0, 0], np.inf)
    spread[:, 1, 1] = np.sqrt(np.maximum(fresh[:, 1, 1] - spread[:, 1, 0] ** 2, 0.0))
    return F, spread


@dataclass(frozen=True, slots=True)
class HeavyTails:
    """Single frames in which a keypoint jumps far: Student's t with three degrees of freedom.

    Parameters
    ----------
    probability : float
        Per keypoint and frame.
    scale_mm : float
        Of the jump, per axis.
    """

    title: ClassVar[str] = "rare large errors"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("tails", "rare large errors", ("probability", "scale_mm"), least=2),
    )

    limits: ClassVar[Mapping[str, Limit]] = {"probability": SHARE, "scale_mm": SPREAD}

    probability: float = 0.002
    scale_mm: float = 15.0

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        positions = np.array(keypoints.positions)
        for column, keypoint in enumerate(keypoints.names):
            numbers = generator("heavy tails", *names, keypoint)
            hit = numbers.uniform(size=keypoints.n_frames) < self.probability
            jumps = self.scale_mm / 1000 * numbers.standard_t(3, (keypoints.n_frames, 3))
            positions[hit, column] += jumps[hit]
        return keypoints.with_positions(positions)
