"""Stages and trials that need neither OpenSim nor data."""

from __future__ import annotations

import os
import signal
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kinebench.augmentation.augmenter import NoAugmentation
from kinebench.core import (
    Coordinate,
    IKSolution,
    Markers,
    Model,
    Motion,
    ScalingResult,
    Subject,
    Trial,
)
from kinebench.errors import KinebenchWarning, NotApplicableError, ScalingError
from kinebench.lab.seeds import generator
from kinebench.pipeline.pipeline import Pipeline
from kinebench.studies.design import Factor, Level, Study
from kinebench.studies.evidence import EvidenceKind

MODEL = Model(
    "made_up", b"<?xml version='1.0'?><OpenSimDocument Version='40000'><Model/></OpenSimDocument>"
)
COORDINATES = (Coordinate("knee_angle_r"), Coordinate("pelvis_ty", "translational"))


@dataclass(frozen=True, slots=True)
class Shift:
    """A cleaner: moves everything up, and leaves a line in a file when it does."""

    height_m: float
    log: str = ""

    def __call__(self, markers: Markers) -> Markers:
        if self.log:
            with Path(self.log).open("a") as file:
                file.write(f"{self.height_m}\n")
        return markers.with_positions(markers.positions + np.array([0.0, self.height_m, 0.0]))


@dataclass(frozen=True, slots=True)
class MadeUpScaler:
    fails: bool = False

    def __call__(self, generic: Model, static: Markers, subject: Subject) -> ScalingResult:
        if self.fails:
            warnings.warn("the subject sways", KinebenchWarning, stacklevel=1)
            raise ScalingError("no static window")
        pose = Motion(COORDINATES, np.array([0.0]), np.array([[0.0, 0.9]]))
        return ScalingResult(
            generic, {"pelvis": (1.0, 1.0, 1.0)}, (0.0, 1.0), pose, (), np.array([])
        )


@dataclass(frozen=True, slots=True)
class MadeUpIK:
    gain: float = 1.0

    def __call__(self, model: Model, markers: Markers) -> IKSolution:
        heights = markers.positions[:, 0, 1]
        values = np.stack([self.gain * heights, heights], axis=1)
        motion = Motion(COORDINATES, markers.times, values)
        errors = np.full((markers.n_frames, 1), 0.01)
        n = markers.n_frames
        return IKSolution(motion, ("a",), errors, np.ones(n, bool), np.ones(n, int))


@dataclass(frozen=True, slots=True)
class PlainIK:
    """A solver without parameters."""

    def __call__(self, model: Model, markers: Markers) -> IKSolution:
        return MadeUpIK()(model, markers)


@dataclass(frozen=True, slots=True)
class MadeUpSource:
    name: str
    subject: str = "s1"
    activity: str = "squat"
    fails: bool = False
    pause_s: float = 0.0
    evidence: EvidenceKind = EvidenceKind.EXACT_TRUTH
    mass_kg: float = 70.0

    def __call__(self, choices: Mapping[str, Any]) -> Trial:
        if choices.get("noise_m") == -1.0:
            raise NotApplicableError("no such noise here")
        time.sleep(self.pause_s)
        rng = generator(self.subject, self.name)
        times = np.arange(50) / 60
        truth = np.sin(times)
        noise = choices.get("noise_m", 0.0) * rng.standard_normal(50)
        positions = np.zeros((50, 1, 3))
        positions[:, 0, 1] = truth + noise
        reference = Motion(COORDINATES, times, np.stack([truth, truth], axis=1))
        static = None
        if "static_m" in choices:
            heights = np.full((20, 1, 3), choices["static_m"])
            static = Markers(("a",), times[:20], heights)
        return Trial(
            self.name,
            Subject(self.mass_kg, 1.75),
            Markers(("a",), times, positions),
            static=static,
            reference_motion=reference,
        )


def study(log: str = "", heights: tuple[float, ...] = (0.0, 0.01), **changes: Any) -> Study:
    """Two trials × noise × cleaner × solver."""
    base = Pipeline(MODEL, NoAugmentation(), MadeUpScaler(), MadeUpIK(), (), None)
    factors = (
        Factor("noise", "data.noise_m", (Level("none", 0.0), Level("5 mm", 0.005))),
        Factor("shift", "clean", tuple(Level(f"{h:g} m", (Shift(h, log),)) for h in heights)),
        Factor("gain", "solve.gain", (Level("1", 1.0), Level("2", 2.0))),
    )
    options: dict[str, Any] = {"factors": factors}
    options |= {"sources": (MadeUpSource("t1"), MadeUpSource("t2", "s2"))} | changes
    return Study("made-up", "does it work?", base, **options)


def die(batch: object, shared: object, store: object) -> None:
    """A batch that kills its process, as the system does when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)
