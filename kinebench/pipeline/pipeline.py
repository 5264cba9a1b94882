"""The pipeline itself: stages applied to a trial, with a record of what each did."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from kinebench.augmentation.floor import FloorOffset
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.provenance import describe, digest
from kinebench.core.results import PipelineRun, StageResult
from kinebench.core.stages import Augmenter, Cleaner, GroundOffset, InverseKinematics, Scaler
from kinebench.core.trial import Trial
from kinebench.io import interrupts
from kinebench.pipeline.memo import Memo
from kinebench.pipeline.steps import Step, recordings_of, steps_of
from kinebench.remarks import Remark, carried_by_errors, collected_remarks, each_once

STAGES = ("clean", "augment", "floor", "scale", "solve")
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
    floor : GroundOffset, optional
        OpenCap's vertical offset; None leaves heights as they are.
    """

    generic: Model
    augment: Augmenter
    scale: Scaler
    solve: InverseKinematics
    clean: tuple[Cleaner, ...] = ()
    floor: GroundOffset | None = field(default_factory=FloorOffset)

    def __call__(
        self,
        trial: Trial,
        on_stage: Callable[[str], None] | None = None,
        memo: Memo | None = None,
    ) -> PipelineRun:
        """Run the pipeline on a trial.

        Parameters
        ----------
        trial : Trial
        on_stage : callable, optional
            Called with the name of each stage, one of `STAGES`, as it begins.
        memo : Memo, optional
            Where results of steps are looked up before they are computed, and kept afterwards.
            The content of the recordings counts, wherever they come from: trials that differ in
            their static pose alone share what is made of the movement. A run with a memo equals
            one without, durations aside.
        """
        journal = _Journal(on_stage)
        results = {name: StageResult(value) for name, value in recordings_of(trial).items()}
        keys = {name: digest(name, result.value) for name, result in results.items() if memo}
        steps = steps_of(self, trial)
        remarks: list[Remark] = []
        for number, step in enumerate(steps):
            values = [results[name].value for name in step.inputs]
            # a warning often says why a later step fails
            with journal.stage(step.stage), carried_by_errors(remarks):
                if memo is None:
                    results[step.gives] = _made(step, values)
                else:
                    keys[step.gives] = step.key(keys)
                    results[step.gives] = memo.remember(
                        keys[step.gives], partial(_made, step, values)
                    )
            remarks += results[step.gives].remarks
            _let_go(results, steps, number)
        return PipelineRun(
            trial.subject,
            *_tracked(steps, results),
            results["scaling"].value,
            results["solution"].value,
            _records(self, steps, results),
            each_once(remarks),
            journal.durations_s,
        )


def _made(step: Step, values: list[Any]) -> StageResult:
    """The result of a step, with what was told as it was made."""
    with collected_remarks() as told:
        result = step.make(*values)
    return replace(result, remarks=(*told, *result.remarks))


def _let_go(results: dict[str, StageResult], steps: tuple[Step, ...], done: int) -> None:
    """Drop values that neither a later step nor the result needs: of an hour each is large."""
    grounding = next(s for s in steps if (s.stage, s.recording) == ("floor", "keypoints"))
    needed = {grounding.inputs[0], grounding.gives, "scaling", "solution"}
    needed |= {name for step in steps[done + 1 :] for name in step.inputs}
    for name in steps[done].inputs:
        if name not in needed:
            results[name] = replace(results[name], value=None)


def _tracked(steps: tuple[Step, ...], results: dict[str, StageResult]) -> tuple[Markers, Markers]:
    """Cleaned keypoints of the movement, and the markers that inverse kinematics follows."""
    grounding = next(s for s in steps if (s.stage, s.recording) == ("floor", "keypoints"))
    return results[grounding.inputs[0]].value, results[grounding.gives].value


def _records(
    pipeline: Pipeline, steps: tuple[Step, ...], results: dict[str, StageResult]
) -> dict[str, Any]:
    """Per stage: its parameters as resolved on this trial."""
    records: dict[str, Any] = {"augment": describe(pipeline.augment)}
    for name in ("clean", "filled"):
        records[name] = {step.recording: [] for step in steps if step.stage == "augment"}
    for step in steps:
        record = results[step.gives].record
        if step.stage == "clean":
            records["clean"][step.recording].append(record["stage"])
            records["filled"][step.recording] += record["filled"]
        elif step.stage == "floor" and record is not None:
            records.setdefault("floor", {})[step.recording] = record
        elif step.stage == "scale" and record is not None:
            records["standing"] = record
    return records


class _Journal:
    """Durations and progress of a run; a stage that several steps belong to begins once."""

    def __init__(self, on_stage: Callable[[str], None] | None) -> None:
        self.durations_s: dict[str, float] = {}
        self._on_stage = on_stage

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        interrupts.check()
        for begun in STAGES[: STAGES.index(name) + 1]:
            # a stage without steps, such as no cleaning, begins and ends at once
            if begun not in self.durations_s:
                self.durations_s[begun] = 0.0
                if self._on_stage is not None:
                    self._on_stage(begun)
        start = time.perf_counter()
        yield
        self.durations_s[name] += time.perf_counter() - start
