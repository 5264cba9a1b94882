"""One trial or session: `run`, `why` and `audit`, as the commands of these names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from kinebench.api.options import (
    Given,
    PathLike,
    PipelineOptions,
    explaining,
    given,
    places_of,
    tell_doubts,
)
from kinebench.core.trial import Trial
from kinebench.errors import ValueRangeError
from kinebench.remarks import Remark, carried_by_errors, unheard

if TYPE_CHECKING:
    from kinebench.api.results import AuditResult, WhyResult
    from kinebench.pipeline.plan import Plan
    from kinebench.pipeline.run_result import RunResult

_OF_FILES = (
    "variant", "keypoints", "static", "unit", "rate", "keypoint_set", "axes", "mass", "height",
)  # fmt: skip
"""Options that say what is read; a `Trial` is there already."""


def run(
    recording: PathLike | Trial | None = None,
    trial: str | None = None,
    *,
    out: PathLike | None = None,
    overwrite: bool = False,
    **options: Unpack[PipelineOptions],
) -> RunResult:
    """Keypoints in, motion out: the pipeline on one trial, as ``kinebench run``.

    Parameters
    ----------
    recording : path or Trial
        An OpenCap session (folder, .zip or data set's name), or a trial that is there already;
        files are named by the options `keypoints` and `static`.
    trial : str
        Of the session; needed where several move.
    out : path, optional
        Folder for what `kinebench run` writes.
    overwrite : bool
        Replace results that are there.
    **options
        As of ``kinebench run``: `engine`, `augmenter`, `mass`, …; see `PipelineOptions`.

    Returns
    -------
    RunResult
        With `motion`, `standard_error`, `model`, `markers`, `light` and `findings`.

    Warns
    -----
    KinebenchWarning
        What is doubtful of recording and result.

    Examples
    --------
    >>> import kinebench as kb
    >>> trial = kb.virtual_trial("one squat")
    >>> result = kb.run(trial, body="lab", augmenter="lab-1", warm_up=1.0, engine="fast")
    >>> result.motion
    <Motion: 33 coordinates, 229 frames, 60 Hz, 3.8 s>
    >>> bool(result.motion.to_dataframe(degrees=True)["knee_angle_r"].max() > 80)
    True
    """
    from kinebench.pipeline.outputs import require_room
    from kinebench.pipeline.run_result import judged_run

    plan, inputs, remarks, _ = _planned("run", recording, trial, options)
    with carried_by_errors(remarks):
        if out is not None:
            require_room(Path(out), inputs.values(), overwrite)
        done = plan.pipeline(plan.trial)
    result = judged_run(plan, inputs, done, remarks)
    if out is not None:
        result.write(Path(out))
    tell_doubts((*result.remarks, *result.findings))
    return result


def why(
    recording: PathLike | Trial | None = None,
    trial: str | None = None,
    **options: Unpack[PipelineOptions],
) -> WhyResult:
    """Why does one side sink: every cause swapped on one trial, as ``kinebench why``.

    Parameters
    ----------
    recording, trial, **options
        As of `run`.

    Returns
    -------
    WhyResult
        With `verdict`, `to_dataframe()` and `report(path)`.
    """
    from kinebench.api.results import WhyResult
    from kinebench.diagnosis.why import diagnose
    from kinebench.remarks import each_once

    plan, inputs, remarks, command = _planned("why", recording, trial, options)
    with carried_by_errors(remarks):
        found = diagnose(plan.pipeline, plan.trial)
    told = each_once((*remarks, *found.remarks))
    tell_doubts(told)
    return WhyResult(found, plan, inputs, told, command)


def audit(
    recording: PathLike | Trial | None = None,
    trial: str | None = None,
    *,
    motion: PathLike | None = None,
    **options: Unpack[PipelineOptions],
) -> AuditResult:
    """Is a recording, and what comes of it, to be trusted: as ``kinebench audit``.

    Parameters
    ----------
    recording, trial, **options
        As of `run`; without `trial` every trial of a session. The engine is the fast one.
    motion : path, optional
        A .mot made of the same files elsewhere.

    Returns
    -------
    AuditResult
        With `light`, `to_dataframe()` and `report(path)`.

    Examples
    --------
    >>> import kinebench as kb
    >>> kb.audit(kb.virtual_trial("one squat"), body="lab", augmenter="lab-1", warm_up=1.0).light
    'green'
    """
    from kinebench.api.results import AuditResult
    from kinebench.cli.audit import audited
    from kinebench.pipeline.audit import audit_trial

    if isinstance(recording, Trial):
        if motion is not None:
            raise ValueRangeError("motion goes with files, not with a Trial")
        plan, _, remarks, command = _planned("audit", recording, trial, options)
        with unheard():
            audits = [audit_trial(plan, remarks)]
        return AuditResult(tuple(audits), recording.name, command)
    asked = given("audit", places_of(recording), {"trial": trial, "motion": motion, **options})
    with explaining(asked):
        audits = audited(asked.arguments, lambda text: None)
    source = asked.arguments.session or asked.arguments.keypoints
    return AuditResult(tuple(audits), source.name, asked.command)


def _planned(
    command: str,
    recording: PathLike | Trial | None,
    trial: str | None,
    options: Mapping[str, Any],
) -> tuple[Plan, Mapping[str, Path], tuple[Remark, ...], str]:
    """The plan, its files, what was told on the way, and the command line that says the same."""
    from kinebench.cli.planning import planned, require_one_input

    # `run` takes many sessions on the command line; `why` has the same options and takes one
    parser = "why" if command == "run" else command
    if isinstance(recording, Trial):
        foreign = [name for name in _OF_FILES if options.get(name) is not None]
        if trial is not None or foreign:
            names = ", ".join(foreign or ["trial"])
            raise ValueRangeError(f"{names}: only with a session or files, not with a Trial")
        plan, remarks = _planned_trial(recording, given(parser, (), options))
        return plan, {}, remarks, f"kb.{command}({recording.name!r})"
    asked = given(parser, places_of(recording), {"trial": trial, **options})
    with explaining(asked):
        require_one_input(asked.arguments)
        plan, inputs, remarks = planned(asked.arguments)
    return plan, inputs, remarks, asked.command


def _planned_trial(trial: Trial, asked: Given) -> tuple[Plan, tuple[Remark, ...]]:
    from kinebench.cli.planning import spec_of
    from kinebench.io.models import read_model
    from kinebench.pipeline.plan import plan_from_markers
    from kinebench.remarks import collected_remarks

    path = asked.arguments.scaled_model
    model = None if path is None else read_model(path)
    with collected_remarks() as remarks:
        spec = spec_of(asked.arguments)
        recorded = (trial.keypoints, trial.static, trial.subject)
        plan = plan_from_markers(trial.name, *recorded, spec, model)
    return plan, tuple(remarks)
