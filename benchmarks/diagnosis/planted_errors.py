"""Errors of keypoints that planted sessions have: camera presets, and faults of cameras."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from benchmarks.diagnosis.sessions import LEG
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.lab.camera import CameraError, Chain, ScaleError, WhiteNoise, WorldTilt
from kinebench.lab.camera.noise import ColouredNoise
from kinebench.lab.camera.presets import OPENPOSE_BIAS, two_phones
from kinebench.lab.camera.rig_presets import BEST_GUESS, plausible_preset
from kinebench.lab.paths import smooth_step
from kinebench.lab.seeds import generator

__all__ = [
    "LEARNING_PRESETS", "PRESETS", "LateLeg", "LowFrames", "PersonBias", "RoughCalibration",
    "Shift", "SlowNoise", "SomeRig", "Stretch", "WanderingLeg",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonBias:
    """Every keypoint of a person is off by a constant of its own, in the room, each side."""

    sd_mm: float

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        shifts = [
            generator("person bias", names[0], name).standard_normal(3) for name in keypoints.names
        ]
        return keypoints.with_positions(keypoints.positions + self.sd_mm / 1e3 * np.array(shifts))


@dataclass(frozen=True, slots=True)
class SlowNoise:
    """As `ColouredNoise`, all keypoints in one go: thousands of sessions are filmed here.

    Parameters
    ----------
    sd_mm : (float, float, float)
    corner_hz : float
    """

    sd_mm: tuple[float, float, float]
    corner_hz: float

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        step, rate = 1.0 / keypoints.rate_hz, 2 * np.pi * self.corner_hz
        fade = math.exp(-rate * step)
        F = fade * np.array([[1 + rate * step, step], [-(rate**2) * step, 1 - rate * step]])
        lasting = np.diag([1.0, rate**2])
        spread = np.linalg.cholesky(lasting - F @ lasting @ F.T)
        n, k = keypoints.n_frames, 3 * len(keypoints.names)
        numbers = generator("slow noise", *names).standard_normal((n, 2, k))
        state = np.array([[1.0], [rate]]) * numbers[0]
        course = np.empty((n, k))
        course[0] = state[0]
        for frame in range(1, n):
            state = F @ state + spread @ numbers[frame]
            course[frame] = state[0]
        noise = np.array(self.sd_mm) / 1e3 * course.reshape(n, -1, 3)
        return keypoints.with_positions(keypoints.positions + noise)


@dataclass(frozen=True, slots=True)
class RoughCalibration:
    """What no calibration avoids: a small tilt and a wrong scale, the same in both recordings."""

    tilt_deg: float = 0.4
    scale: float = 0.008

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        forward, sideways, size = generator("calibration", *names[:2]).standard_normal(3).tolist()
        tilt = WorldTilt(self.tilt_deg * forward, self.tilt_deg * sideways)
        return ScaleError(math.exp(self.scale * size))(tilt(keypoints))


@dataclass(frozen=True, slots=True)
class SomeRig:
    """Cameras that film joint centres: of so many plausible rigs, the one that the person meets.

    Parameters
    ----------
    first, count : int
        Numbers of `plausible_preset`; none for the best guess.
    """

    first: int = 0
    count: int = 0

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        if not self.count:
            return BEST_GUESS(keypoints, *names)
        which = self.first + int(generator("rig", names[0]).integers(self.count))
        return _plausible(which)(keypoints, *names)


_plausible = lru_cache(maxsize=128)(plausible_preset)


def _phones() -> CameraError:
    """The preset of two phones, its slow noise by `SlowNoise`."""
    errors = two_phones().errors
    faster = [SlowNoise(e.sd_mm, e.corner_hz) if isinstance(e, ColouredNoise) else e
              for e in errors]  # fmt: skip
    return Chain(tuple(faster))


@dataclass(frozen=True, slots=True)
class Shift:
    """Keypoints of one side are moved down, or along a segment.

    Parameters
    ----------
    side : {"R", "L"}
    joints : tuple of str
    down_m : float
    along : (str, str), optional
        Joints from which to which the shift points, instead of down.
    with_depth : bool
        In proportion to how deep the hips are.
    between_s : (float, float), optional
        In this stretch alone.
    """

    side: str
    joints: tuple[str, ...]
    down_m: float
    along: tuple[str, str] | None = None
    with_depth: bool = False
    between_s: tuple[float, float] | None = None

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        positions = np.array(keypoints.positions)
        direction = np.tile([0.0, -1.0, 0.0], (keypoints.n_frames, 1))
        if self.along is not None:
            start, end = (keypoints.position(self.side + joint) for joint in self.along)
            direction = (end - start) / np.linalg.norm(end - start, axis=1)[:, None]
        shift = self.down_m * self._share(keypoints)[:, None] * direction
        for joint in self.joints:
            positions[:, keypoints.names.index(self.side + joint)] += shift
        if "Hip" in self.joints and "midHip" in keypoints.names:
            positions[:, keypoints.names.index("midHip")] += shift / 2
        return keypoints.with_positions(positions)

    def _share(self, keypoints: Markers) -> FloatArray:
        share = np.ones(keypoints.n_frames)
        if self.with_depth:
            height = keypoints.position("LHip")[:, 1] + keypoints.position("RHip")[:, 1]
            high, low = np.percentile(height, (95, 2))
            if high - low > 0.2:
                share = np.clip((high - height) / (high - low), 0.0, 1.0)
            else:
                share = np.zeros(keypoints.n_frames)
        if self.between_s is not None:
            start, end = self.between_s
            times = keypoints.times
            share = share * (smooth_step(times, start, start + 0.15)
                             - smooth_step(times, end, end + 0.15))  # fmt: skip
        return share


@dataclass(frozen=True, slots=True)
class LateLeg:
    """The keypoints of one leg, but its hip, are late."""

    side: str
    late_s: float

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        positions = np.array(keypoints.positions)
        at = np.maximum(keypoints.times - self.late_s, keypoints.times[0])
        for joint in LEG[1:]:
            column = keypoints.names.index(self.side + joint)
            for axis in range(3):
                course = keypoints.positions[:, column, axis]
                positions[:, column, axis] = np.interp(at, keypoints.times, course)
        return keypoints.with_positions(positions)


@dataclass(frozen=True, slots=True)
class WanderingLeg:
    """Slow errors of one leg alone."""

    side: str
    sd_mm: float

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        noise = ColouredNoise((self.sd_mm,) * 3, corner_hz=0.3)
        moved = noise(keypoints, "wandering leg", *names)
        positions = np.array(keypoints.positions)
        for joint in LEG:
            column = keypoints.names.index(self.side + joint)
            positions[:, column] = moved.positions[:, column]
        return keypoints.with_positions(positions)


@dataclass(frozen=True, slots=True)
class LowFrames:
    """A foot's keypoint is far too low in a few frames."""

    name: str
    down_m: float
    share: float
    n_frames: int

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        positions = np.array(keypoints.positions)
        first = int(self.share * (keypoints.n_frames - self.n_frames))
        column = keypoints.names.index(self.name)
        positions[first : first + self.n_frames, column, 1] -= self.down_m
        return keypoints.with_positions(positions)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lengths along one axis of the room are wrong."""

    axis: int
    factor: float

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        factors = np.ones(3)
        factors[self.axis] = self.factor
        return keypoints.with_positions(keypoints.positions * factors)


PRESETS: Mapping[str, CameraError] = {
    "two phones": _phones(),
    "quiet": Chain((SlowNoise((5.0, 3.0, 3.0), 0.7), WhiteNoise((1.5, 1.0, 1.0)))),
    "no error": Chain(),
    "white noise": WhiteNoise((3.0, 3.0, 3.0)),
    "person's bias": Chain(
        (PersonBias(8.0), OPENPOSE_BIAS, SlowNoise((6.0, 6.0, 4.0), 0.7), WhiteNoise())
    ),
    "rough calibration": Chain(
        (PersonBias(5.0), SlowNoise((7.0, 8.0, 5.0), 0.5), WhiteNoise(), RoughCalibration())
    ),
    "rig": SomeRig(),
    "plausible rigs": SomeRig(0, 60),
    "other rigs": SomeRig(100, 20),
}
"""What every session of a preset has."""

LEARNING_PRESETS = tuple(
    name for name in PRESETS if name not in ("rough calibration", "other rigs")
)
"""The presets of learning sessions; those that are judged have others besides."""
