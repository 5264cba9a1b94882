"""The pipeline itself: four stages applied to a trial, with a record of what each did."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kinebench.augmentation.augmenter import START_UP_S, LSTMAugmenter, tracked_markers
from kinebench.augmentation.floor import FloorOffset
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.provenance import describe
from kinebench.core.results import PipelineRun, ScalingResult
from kinebench.core.stages import AdaptiveCleaner, Augmenter, Cleaner, InverseKinematics, Scaler
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.errors import KinebenchWarning
from kinebench.io import interrupts
from kinebench.pipeline.checks import scaling_warnings
from kinebench.scaling.standing import standing_quality

__all__ = ["STAGES", "Pipeline"]

STAGES = ("clean", "augment", "scale", "solve")
"""Names of the stages, in order, as progress and durations have them."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Keypoints in, motion out.

    The static trial goes through the same cleaning and augmentation as the movement; without one,
    the movement itself is what the model is scaled on.

    Parameters
    ----------
    generic : Model
    augment : Augmenter
    scale : Scaler
    solve : InverseKinematics
    clean : tuple of Cleaner
        Applied in order.
    floor : FloorOffset, optional
        OpenCap's vertical offset; None leaves heights as they are.
    """

    generic: Model
    augment: Augmenter
    scale: Scaler
    solve: InverseKinematics
    clean: tuple[Cleaner, ...] = ()
    floor: FloorOffset | None = field(default_factory=FloorOffset)

    def __call__(self, trial: Trial, on_stage: Callable[[str], None] | None = None) -> PipelineRun:
        """Run the pipeline on a trial.

        Parameters
        ----------
        trial : Trial
        on_stage : callable, optional
            Told the name of each stage, one of `STAGES`, as it begins.
        """
        journal = _Journal(on_stage)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", KinebenchWarning)
            with journal.stage("clean"):
                keypoints = self._cleaned(trial.keypoints, journal, "keypoints")
                static = None
                if trial.static is not None and trial.static_markers is None:
                    static = self._cleaned(trial.static, journal, "static")
            with journal.stage("augment"):
                augmented = self._augmented(keypoints, trial.subject, journal, "keypoints")
                standing = trial.static_markers or augmented
                if static is not None:
                    standing = self._augmented(static, trial.subject, journal, "static")
            with journal.stage("scale"):
                scaling = self.scale(self.generic, standing, trial.subject)
                self._judge(scaling, standing, trial, journal)
            with journal.stage("solve"):
                solution = self.solve(scaling.model, augmented)
        return PipelineRun(
            trial.subject,
            keypoints,
            augmented,
            scaling,
            solution,
            journal.records | {"augment": describe(self.augment)},
            _texts(caught),
            journal.durations_s,
        )

    def _cleaned(self, markers: Markers, journal: _Journal, which: str) -> Markers:
        record = []
        for cleaner in self.clean:
            fixed = cleaner.resolve(markers) if isinstance(cleaner, AdaptiveCleaner) else cleaner
            markers = fixed(markers)
            record.append(describe(fixed))
        journal.records.setdefault("clean", {})[which] = record
        return markers

    def _augmented(
        self, keypoints: Markers, subject: Subject, journal: _Journal, which: str
    ) -> Markers:
        """Keypoints and augmented markers, on the floor when that is asked for."""
        markers = self.augment(keypoints, subject)
        together = tracked_markers(keypoints, markers)
        if self.floor is None:
            return together
        shift = self.floor.resolve(markers)
        journal.records.setdefault("floor", {})[which] = describe(shift)
        return shift(together)

    def _judge(
        self, scaling: ScalingResult, standing: Markers, trial: Trial, journal: _Journal
    ) -> None:
        """Record how well the subject stood, and warn of what is doubtful about the scaling."""
        remarks = list(scaling_warnings(scaling, trial.subject))
        if np.isfinite(scaling.window_s).all():
            quality = standing_quality(standing, scaling.window_s)
            journal.records["standing"] = describe(quality)
            faults = quality.remarks() if quality is not None else ()
            if faults:
                remarks.insert(0, _no_standing(scaling.window_s, faults))
        start = scaling.window_s[0] - standing.times[0]
        warms_up = isinstance(self.augment, LSTMAugmenter) and self.augment.warm_up_s < START_UP_S
        if warms_up and start < START_UP_S:
            remarks.append(
                f"the static window starts {start:.2f} s after the beginning, while the augmenter"
                f" still warms up (its markers are biased for about {START_UP_S:g} s): a warm-up"
                " avoids that"
            )
        for remark in remarks:
            warnings.warn(remark, KinebenchWarning, stacklevel=2)


def _no_standing(window_s: tuple[float, float], faults: tuple[str, ...]) -> str:
    return (
        f"nobody stands still and upright in the static window {window_s[0]:.2f} to"
        f" {window_s[1]:.2f} s: {', '.join(faults)}"
    )


class _Journal:
    """Records, durations and progress of a run."""

    def __init__(self, on_stage: Callable[[str], None] | None) -> None:
        self.records: dict[str, Any] = {}
        self.durations_s: dict[str, float] = {}
        self._on_stage = on_stage

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        interrupts.check()
        if self._on_stage is not None:
            self._on_stage(name)
        start = time.perf_counter()
        yield
        self.durations_s[name] = time.perf_counter() - start


def _texts(caught: list[warnings.WarningMessage]) -> tuple[str, ...]:
    """Texts of our own warnings, each once; others are passed on."""
    texts = []
    for item in caught:
        if issubclass(item.category, KinebenchWarning):
            texts.append(str(item.message))
        else:
            warnings.warn_explicit(item.message, item.category, item.filename, item.lineno)
    return tuple(dict.fromkeys(texts))
