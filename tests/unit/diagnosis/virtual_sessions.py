"""Sessions of the laboratory's own body, for tests: they need no public files."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from kinebench.core import Markers, Trial
from kinebench.lab import Population, StaticPose, generic_body, record
from kinebench.lab.camera import CameraError, Chain
from kinebench.lab.motions import MotionModel, Squat

SQUAT = Squat(repetitions=2)
STANDING = StaticPose(duration_s=2.0)
NOTHING = Chain()


@lru_cache(maxsize=16)
def _recorded(motion: MotionModel, rate_hz: float) -> Markers:
    person = Population("tests", leg_difference_m=0.0).subject(1)
    return record(person, motion, NOTHING, rate_hz, ("test",), generic_body()).keypoints


def session(
    motion: MotionModel = SQUAT,
    static: MotionModel | None = STANDING,
    moving: CameraError = NOTHING,
    both: CameraError = NOTHING,
    rate_hz: float = 60.0,
    seed: str = "",
) -> Trial:
    """Somebody, without any error but those that are asked for."""
    person = Population("tests", leg_difference_m=0.0).subject(1)
    errors = Chain((both, moving))
    standing = None if static is None else both(_recorded(static, rate_hz), "static", seed)
    keypoints = errors(_recorded(motion, rate_hz), "trial", seed)
    return Trial("squat", person.as_subject(), keypoints, static=standing)


def mirrored(recording: Markers) -> Markers:
    """Left and right exchanged, as in a mirror."""
    other = {"R": "L", "L": "R"}
    names = [other[n[0]] + n[1:] if n[0] in other else n for n in recording.names]
    columns = [recording.names.index(name) for name in names]
    positions = recording.positions[:, columns] * np.array([1.0, 1.0, -1.0])
    return recording.with_positions(positions)


def mirrored_trial(trial: Trial) -> Trial:
    static = None if trial.static is None else mirrored(trial.static)
    return replace(trial, keypoints=mirrored(trial.keypoints), static=static)
