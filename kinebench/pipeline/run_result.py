"""`RunResult`: a run with its judgement, error bars and record, as `kinebench run` writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.results import PipelineRun
from kinebench.pipeline.assessment import assess_plan
from kinebench.pipeline.error_bars import ErrorBars, error_bars
from kinebench.pipeline.manifest import manifest_of
from kinebench.pipeline.outputs import write_run
from kinebench.pipeline.plan import Plan
from kinebench.quality import Assessment, Finding
from kinebench.remarks import Remark, carried_by_errors


@dataclass(frozen=True, eq=False, repr=False)
class RunResult:
    """What came of a plan.

    Parameters
    ----------
    plan : Plan
    inputs : mapping of str to Path
        Files that were read, by their part.
    run : PipelineRun
    assessment : Assessment
        What the checks of quality say.
    bars : ErrorBars
    remarks : tuple of Remark
        What no check says.
    """

    plan: Plan
    inputs: Mapping[str, Path]
    run: PipelineRun
    assessment: Assessment
    bars: ErrorBars
    remarks: tuple[Remark, ...]

    @property
    def motion(self) -> Motion:
        """Coordinates, rad and m."""
        return self.run.motion

    @property
    def standard_error(self) -> Motion | None:
        """Of every coordinate in every frame; ± 1.96 of it is the 95 % band. None where unknown."""
        return self.bars.standard_error

    @property
    def model(self) -> Model:
        """Scaled."""
        return self.run.scaling.model

    @property
    def keypoints(self) -> Markers:
        """Cleaned."""
        return self.run.keypoints

    @property
    def markers(self) -> Markers:
        """What was tracked: keypoints and augmented markers, m."""
        return self.run.augmented

    @property
    def light(self) -> str:
        """Severity: "green", "amber" (to be used with care) or "red" (not to be trusted)."""
        return self.assessment.severity

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What set the light, worst first."""
        return tuple(one for one in self.assessment.findings if one.severity != "green")

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Content of run.json, but for the digests of what is written with it."""
        judged = (self.run, self.assessment, self.remarks, self.bars)
        return manifest_of(self.plan, self.inputs, *judged)

    def write(self, folder: Path | str) -> None:
        """Write what `kinebench run` writes, whole or not at all; results there are replaced."""
        flags = self.assessment.flags(self.motion.times)
        with carried_by_errors(self.remarks):
            write_run(Path(folder), self.run, self.manifest, flags, self.standard_error)

    def __repr__(self) -> str:
        return f"<RunResult {self.plan.trial.name}: {self.light}; {self.run!r}>"

    def _repr_html_(self) -> str:
        return self.run._repr_html_()


def judged_run(
    plan: Plan, inputs: Mapping[str, Path], run: PipelineRun, remarks: Iterable[Remark]
) -> RunResult:
    """A finished run, judged.

    Parameters
    ----------
    plan, inputs, run
        As of `RunResult`.
    remarks : iterable of Remark
        Of the plan; those of the run are added.
    """
    assessment = assess_plan(plan, run)
    told = assessment.besides((*remarks, *run.remarks))
    return RunResult(plan, inputs, run, assessment, error_bars(plan, run), told)
