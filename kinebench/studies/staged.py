"""The pipeline with every stage's result looked up before it is computed."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from kinebench.augmentation.augmenter import tracked_markers
from kinebench.core.markers import Markers
from kinebench.core.provenance import digest
from kinebench.core.results import IKSolution, ScalingResult
from kinebench.core.stages import Cleaner
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.errors import KinebenchWarning
from kinebench.io import interrupts
from kinebench.pipeline.pipeline import Pipeline

__all__ = ["STAGE_VERSIONS", "Remembers", "StagedRun", "run_stages"]

Result = TypeVar("Result")

# To be raised when a stage's code changes what it gives for the same parameters.
STAGE_VERSIONS = {"clean": 1, "augment": 1, "scale": 2, "solve": 1}


@dataclass(frozen=True, slots=True)
class StagedRun:
    """What a study needs of a run."""

    augmented: Markers
    scaling: ScalingResult
    solution: IKSolution


class Remembers(Protocol):
    """Whatever keeps results by key: a `Store`, or the memory of one process."""

    def remember(self, key: str, make: Callable[[], Result]) -> Result: ...


def run_stages(pipeline: Pipeline, trial: Trial, store: Remembers) -> StagedRun:
    """Run a pipeline on a trial, stage by stage through the store.

    The recordings' content is what counts, wherever they come from: trials that differ in their
    static pose alone share what is made of the movement.

    Parameters
    ----------
    pipeline : Pipeline
    trial : Trial
    store : Store, or anything that remembers
    """
    stages = _Stages(pipeline, trial.subject, store)
    moving = stages.augmented(trial.keypoints, digest("keypoints", trial.keypoints))
    if trial.static_markers is not None:
        standing = _Keyed(trial.static_markers, digest("markers", trial.static_markers))
    elif trial.static is not None:
        standing = stages.augmented(trial.static, digest("keypoints", trial.static))
    else:
        standing = moving
    scaling = stages.scaled(standing)
    solution = stages.solved(scaling, moving)
    return StagedRun(moving.value, scaling.value, solution)


@dataclass(frozen=True, slots=True)
class _Keyed:
    """A value and the key that it is stored under."""

    value: Any
    key: str


@dataclass(frozen=True, slots=True)
class _Stages:
    pipeline: Pipeline
    subject: Subject
    store: Remembers

    def augmented(self, keypoints: Markers, key: str) -> _Keyed:
        """Cleaned, augmented and on the floor."""
        cleaned = _Keyed(keypoints, key)
        for cleaner in self.pipeline.clean:
            cleaned = self._clean(cleaner, cleaned)
        augment, floor = self.pipeline.augment, self.pipeline.floor

        def make() -> Markers:
            markers = augment(cleaned.value, self.subject)
            together = tracked_markers(cleaned.value, markers)
            return together if floor is None else floor.resolve(markers)(together)

        return self._stage("augment", (augment, floor, self.subject), cleaned.key, make)

    def _clean(self, cleaner: Cleaner, markers: _Keyed) -> _Keyed:
        return self._stage("clean", (cleaner,), markers.key, lambda: cleaner(markers.value))

    def scaled(self, standing: _Keyed) -> _Keyed:
        pipeline = self.pipeline
        return self._stage(
            "scale",
            (pipeline.scale, pipeline.generic, self.subject),
            standing.key,
            lambda: pipeline.scale(pipeline.generic, standing.value, self.subject),
        )

    def solved(self, scaling: _Keyed, moving: _Keyed) -> IKSolution:
        solve = self.pipeline.solve
        solution: IKSolution = self._stage(
            "solve",
            (solve, scaling.value.model.digest),
            moving.key,
            lambda: solve(scaling.value.model, moving.value),
        ).value
        return solution

    def _stage(
        self, name: str, parameters: tuple[Any, ...], key: str, make: Callable[[], Any]
    ) -> _Keyed:
        interrupts.check()
        own = digest(name, STAGE_VERSIONS[name], parameters, key)

        def quietly() -> Any:
            # thousands of cells would repeat the same remarks; a single run shows them
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", KinebenchWarning)
                return make()

        return _Keyed(self.store.remember(own, quietly), own)
