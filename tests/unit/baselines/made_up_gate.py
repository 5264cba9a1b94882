"""A small baseline and measurements beside it, without a pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kinebench.baselines.accepting import baseline_of
from kinebench.baselines.baseline import Baseline, Key, Origin
from kinebench.baselines.measurement import ALL, Measured, Measurement, _extremes
from kinebench.baselines.presets import tolerances_of
from kinebench.core.motion import Coordinate, Motion

TRIAL = "s1 squat"
ORIGIN = Origin(
    "kinebench check gate.toml",
    0,
    {"numpy": "2.1"},
    {"python": "toy:estimate"},
    {TRIAL: "0" * 64},
    "0123456789ab",
)
TIMES = np.arange(0, 6.0, 1 / 60)
KNEE = np.radians(60) * np.sin(TIMES) ** 2
HEIGHT = 0.9 + 0.1 * np.cos(TIMES)
ERROR = Key(ALL, "knee_angle_r", "rmse")
HIGHEST = Key(TRIAL, "knee_angle_r", "highest")


def motion(
    knee: np.ndarray = KNEE, height: np.ndarray = HEIGHT, times: np.ndarray = TIMES
) -> Motion:
    coordinates = (Coordinate("knee_angle_r"), Coordinate("pelvis_ty", "translational"))
    return Motion(coordinates, times, np.stack([knee, height], axis=1))


def measured(made: Motion | None = None, error_deg: float = 3.0, **more: Measured) -> Measurement:
    made = motion() if made is None else made
    figures: Mapping[Key, Measured] = {
        ERROR: Measured(np.radians(error_deg), "rad"),
        **_extremes(TRIAL, made),
        **{Key(ALL, "one trial", name): figure for name, figure in more.items()},
    }
    return Measurement({TRIAL: made}, figures)


def baseline(
    preset: str = "opencap", spread_deg: float = 0.0, first: Measurement | None = None
) -> Baseline:
    """With a spread of the error, by two draws that lie as far apart."""
    first = first or measured()
    apart = spread_deg * np.sqrt(2)
    others = (measured(error_deg=3.0 + apart),) if spread_deg else ()
    accepted = ("2026-11-28", "a person", "the first one")
    return baseline_of("toy", ORIGIN, (first,), others, tolerances_of(preset), accepted)


def elsewhere(seed: int = 0, machine: str = "ba9876543210", **changed: object) -> Origin:
    return replace(ORIGIN, seed=seed, machine=machine, **changed)  # type: ignore[arg-type]
