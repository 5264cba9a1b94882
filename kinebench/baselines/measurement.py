"""What a pipeline under test gives on the trials of a gate."""

from __future__ import annotations

import hashlib
import os
import platform
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from kinebench.alignment import align
from kinebench.baselines.baseline import Key
from kinebench.core.arrays import frozen_mapping
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.provenance import digest
from kinebench.core.trial import Trial
from kinebench.core.value import Value
from kinebench.errors import UnderTestError
from kinebench.io import interrupts
from kinebench.lab.camera.chain import CameraError, Chain
from kinebench.metrics import evaluate_motion
from kinebench.pipeline.under_test import UnderTest
from kinebench.remarks import unheard
from kinebench.studies.design import TrialSource
from kinebench.studies.sources.laboratory import LabSource

ALL = "all trials"
"""Stands for the trial in a figure that is a mean over trials."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with its unit: rad, m, s or 1."""

    value: float
    unit: str


Choices = tuple[tuple[str, Any], ...]
"""Values of a study's data factors, by path without ``data.``."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Another way to record and to estimate the trials of a gate: a level of a study.

    Parameters
    ----------
    label : str
    under_test : UnderTest
    choices : tuple of (str, object)
        How the trials are recorded.
    """

    label: str
    under_test: UnderTest
    choices: Choices = ()


@dataclass(frozen=True, slots=True, eq=False)
class Measurement(Value):
    """What came out.

    Parameters
    ----------
    motions : mapping of str to Motion
        By trial.
    figures : mapping of Key to Measured
    failures : mapping of str to str
        Trials without a motion, and why.
    inputs : mapping of str to str
        Trial to SHA-256 of what it is made from.
    """

    motions: Mapping[str, Motion]
    figures: Mapping[Key, Measured]
    failures: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("motions", "figures", "failures", "inputs"):
            object.__setattr__(self, name, frozen_mapping(getattr(self, name)))


def name_of(source: TrialSource) -> str:
    """How a gate calls a trial: subject and name."""
    return f"{source.subject} {source.name}"


def seeded_trial(source: TrialSource, seed: int, choices: Choices = ()) -> Trial:
    """The trial with one of many equally likely draws of the laboratory's noise.

    Recorded trials are what they are: the seed changes nothing.

    Parameters
    ----------
    source : TrialSource
    seed : int
        The same number gives the same recording; what was there, the truth, stays.
    choices : tuple of (str, object)
        How it is recorded.
    """
    chosen = dict(choices)
    if not isinstance(source, LabSource):
        return replace(source(chosen), name=name_of(source))
    errors: CameraError = chosen.get("errors", source.errors)
    names = (source.subject, source.activity, f"seed {seed}")
    clean = source({**chosen, "errors": Chain()})

    def filmed(keypoints: Markers, what: str) -> Markers:
        recorded: Markers = errors(keypoints, *names, what)
        return recorded

    standing = None if clean.static is None else filmed(clean.static, "static")
    moving = filmed(clean.keypoints, "movement")
    return replace(clean, name=name_of(source), keypoints=moving, static=standing)


def measure(
    under_test: Callable[[Trial], Motion],
    sources: tuple[TrialSource, ...],
    seed: int = 0,
    timed: bool = False,
    on_trial: Callable[[str], None] | None = None,
    choices: Choices = (),
    variants: Iterable[Variant] = (),
) -> Measurement:
    """Run a pipeline on every trial, and its variants too.

    A trial on which it gives no motion is a failure with a reason, and the others go on. Of a
    variant the error of every trial is measured, and no more: there may be many.

    Parameters
    ----------
    under_test : callable
        Trial -> Motion.
    sources : tuple of TrialSource
    seed : int
        Of the laboratory's noise.
    timed : bool
        With the time per trial, the median over trials: the first may compile.
    on_trial : callable, optional
        Called with the name of each trial as it begins.
    choices : tuple of (str, object)
        How the trials are recorded.
    variants : iterable of Variant
    """
    motions: dict[str, Motion] = {}
    failures: dict[str, str] = {}
    errors: dict[tuple[str, str], list[float]] = defaultdict(list)
    seconds: list[float] = []
    for source in sources:
        interrupts.check()
        name = name_of(source)
        if on_trial is not None:
            on_trial(name)
        trial = seeded_trial(source, seed, choices)
        start = time.perf_counter()
        try:
            motions[name] = under_test(trial)
        except UnderTestError as error:
            failures[name] = str(error)
            continue
        seconds.append(time.perf_counter() - start)
        for key, value in _errors(motions[name], trial).items():
            errors[key].append(value)
    figures = {
        Key(ALL, item, "rmse"): Measured(float(np.mean(values)), unit)
        for (item, unit), values in errors.items()
    }
    for name, motion in motions.items():
        figures |= _extremes(name, motion)
    if timed and seconds:
        figures[Key(ALL, "one trial", "time")] = Measured(float(np.median(seconds)), "s")
    for variant in variants:
        for source in sources:
            interrupts.check()
            name = f"{name_of(source)}, {variant.label}"
            if on_trial is not None:
                on_trial(name)
            trial = seeded_trial(source, seed, variant.choices)
            try:
                found = _errors(variant.under_test(trial), trial)
            except UnderTestError as error:
                failures[name] = str(error)
                continue
            for (item, unit), value in found.items():
                figures[Key(name, item, "rmse")] = Measured(value, unit)
    inputs = {name_of(source): _input_digest(source, seed, choices) for source in sources}
    return Measurement(motions, figures, failures, inputs)


def machine() -> str:
    """Twelve digits that tell this computer from others without naming it."""
    told = f"{platform.node()} {platform.machine()} {platform.processor()} {os.cpu_count()}"
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _errors(motion: Motion, trial: Trial) -> dict[tuple[str, str], float]:
    """Coordinate and unit to RMSE against the reference; empty without one."""
    if trial.reference_motion is None:
        return {}
    with unheard():
        # a coordinate without values has no error; its course tells
        aligned = align(trial.reference_motion, motion)
        found = evaluate_motion(aligned.reference, aligned.estimate, ("rmse",))
    return {
        (figure.item, figure.unit): figure.value
        for figure in found.figures
        if np.isfinite(figure.value)
    }


def _extremes(trial: str, motion: Motion) -> dict[Key, Measured]:
    """Lowest and highest value of every coordinate over all frames: a spike of one frame shows."""
    found = {}
    for coordinate in motion.coordinates:
        values = motion.value(coordinate.name)
        unit = coordinate.unit
        if np.isfinite(values).any():
            lowest, highest = float(np.nanmin(values)), float(np.nanmax(values))
            found[Key(trial, coordinate.name, "lowest")] = Measured(lowest, unit)
            found[Key(trial, coordinate.name, "highest")] = Measured(highest, unit)
    return found


def _input_digest(source: TrialSource, seed: int, choices: Choices) -> str:
    # of a laboratory trial what it is made from counts: its last digits depend on the processor
    if isinstance(source, LabSource):
        return digest(source, seed, choices) if choices else digest(source, seed)
    trial = seeded_trial(source, seed, choices)
    return digest(trial.keypoints, trial.static, trial.static_markers, trial.subject)
