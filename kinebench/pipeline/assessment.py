"""The quality gate of a run: what a plan and its result hand to the checks."""

from __future__ import annotations

from kinebench.core.results import PipelineRun
from kinebench.pipeline.plan import Plan
from kinebench.quality import Assessment, Evidence, assess
from kinebench.scaling.given import GivenModel


def evidence_of(plan: Plan, run: PipelineRun | None = None) -> Evidence:
    """What checks may look at, before a run or after it."""
    trial, pipeline = plan.trial, plan.pipeline
    given = isinstance(pipeline.scale, GivenModel) and pipeline.scale.model == pipeline.generic
    return Evidence(
        trial.subject,
        trial.keypoints,
        trial.static,
        run,
        plan.pipeline.clean,
        plan.origin,
        getattr(plan.pipeline.scale, "setup", None),
        plan.motion,
        None if given else pipeline.generic,
    )


def assess_plan(plan: Plan, run: PipelineRun | None = None) -> Assessment:
    """All checks that can be made on a planned trial, or on its result."""
    return assess(evidence_of(plan, run))
