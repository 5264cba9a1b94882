"""Content of run.json: what was run on which files, what was decided, and what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from kinebench.core.environment import environment
from kinebench.core.provenance import describe, file_sha256
from kinebench.core.results import PipelineRun
from kinebench.io.session_archive import named_in_archive
from kinebench.pipeline.choices import in_words
from kinebench.pipeline.error_bars import ErrorBars
from kinebench.pipeline.outputs import summary
from kinebench.pipeline.plan import Plan
from kinebench.quality import Assessment
from kinebench.remarks import Remark


def manifest_of(
    plan: Plan,
    inputs: Mapping[str, Path],
    result: PipelineRun,
    assessment: Assessment,
    remarks: Iterable[Remark],
    bars: ErrorBars,
    named: Callable[[Path], Path] = named_in_archive,
) -> dict[str, Any]:
    """What `write_run` writes as run.json, outputs' digests aside.

    Parameters
    ----------
    plan : Plan
    inputs : mapping of str to Path
        Files that were read, by role.
    result : PipelineRun
    assessment : Assessment
        Of the result.
    remarks : iterable of Remark
        Of planning and running.
    bars : ErrorBars
    named : callable
        The path that is told of an input.
    """
    return {
        "kinebench": _versions(),
        "trial": plan.trial.name,
        "subject": describe(plan.trial.subject),
        "inputs": {
            role: {"file": str(named(path)), "sha256": file_sha256(path)}
            for role, path in inputs.items()
        },
        "choices": in_words(plan.choices),
        "pipeline": {**plan.spec.to_table(), "digest": plan.spec.digest},
        "parameters": describe(plan.pipeline),
        "resolved": result.records,
        "results": summary(result),
        "remarks": [remark.as_dict() for remark in remarks],
        "durations_s": {name: round(time, 3) for name, time in result.durations_s.items()},
        "quality_light": assessment.severity,
        "quality": [finding.as_dict() for finding in assessment.findings],
        "quality_not_checked": dict(assessment.not_made),
        "error_bars": bars.as_dict(),
    }


def _versions() -> dict[str, str]:
    here = environment()
    return {"version": here.pop("kinebench"), **here}
