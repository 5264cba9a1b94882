"""Noise: white, coloured, and with heavy tails."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.lab.camera.chain import require_sizes
from kinebench.lab.seeds import generator

__all__ = ["ColouredNoise", "HeavyTails", "WhiteNoise", "coloured"]

Axes = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class WhiteNoise:
    """Independent normal noise of every keypoint, frame and axis.

    Parameters
    ----------
    sd_mm : (float, float, float)
        Standard deviation along the room's x (the cameras' depth, when the person faces them), y
        and z.
    """

    sd_mm: Axes = (2.0, 2.0, 2.0)

    def __post_init__(self) -> None:
        require_sizes(self)

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        sd = np.array(self.sd_mm) / 1000
        noise = [
            generator("white noise", *names, keypoint).standard_normal((keypoints.n_frames, 3)) * sd
            for keypoint in keypoints.names
        ]
        return keypoints.with_positions(keypoints.positions + np.stack(noise, axis=1))


@dataclass(frozen=True, slots=True)
class ColouredNoise:
    """Slow wandering of a keypoint about its place: an Ornstein–Uhlenbeck process.

    Its spectrum is flat up to the corner and falls with the square of the frequency above it.

    Parameters
    ----------
    sd_mm : (float, float, float)
        Standard deviation over long times, per axis of the room.
    corner_hz : float
    """

    sd_mm: Axes = (6.0, 6.0, 6.0)
    corner_hz: float = 1.0

    def __post_init__(self) -> None:
        require_sizes(self)

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        sd = np.array(self.sd_mm) / 1000
        noise = [
            sd * coloured(keypoints.times, self.corner_hz, "coloured noise", *names, keypoint)
            for keypoint in keypoints.names
        ]
        return keypoints.with_positions(keypoints.positions + np.stack(noise, axis=1))


def coloured(times: FloatArray, corner_hz: float, *names: object) -> FloatArray:
    """Three independent processes (n_frames, 3) of standard deviation 1, exact at any times."""
    numbers = generator(*names).standard_normal((len(times), 3))
    keep = np.exp(-2 * np.pi * corner_hz * np.diff(times))
    fresh = np.sqrt(1 - keep**2)
    course = np.empty_like(numbers)
    course[0] = numbers[0]
    for frame, (k, f) in enumerate(zip(keep, fresh, strict=True), start=1):
        course[frame] = k * course[frame - 1] + f * numbers[frame]
    return course


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

    probability: float = 0.002
    scale_mm: float = 15.0

    def __post_init__(self) -> None:
        require_sizes(self)

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        positions = np.array(keypoints.positions)
        for column, keypoint in enumerate(keypoints.names):
            numbers = generator("heavy tails", *names, keypoint)
            hit = numbers.uniform(size=keypoints.n_frames) < self.probability
            jumps = self.scale_mm / 1000 * numbers.standard_t(3, (keypoints.n_frames, 3))
            positions[hit, column] += jumps[hit]
        return keypoints.with_positions(positions)
