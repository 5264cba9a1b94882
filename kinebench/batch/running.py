"""Running the trials of a batch: what is there already from the same files is kept."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kinebench import __version__
from kinebench.batch.outcomes import SCALED, Distance, Outcome, OutcomeFile
from kinebench.batch.trials import BatchTrial
from kinebench.comparison import Procedure, compare_recordings
from kinebench.core.motion import Motion
from kinebench.core.provenance import changed_on, digest, file_sha256
from kinebench.core.results import PipelineRun
from kinebench.errors import FileFormatError, KinebenchError, ValueRangeError
from kinebench.io import interrupts
from kinebench.io.documents import parse_json, read_text
from kinebench.io.models import read_model
from kinebench.io.session import SessionFiles, read_session
from kinebench.pipeline.assessment import assess_plan
from kinebench.pipeline.error_bars import error_bars
from kinebench.pipeline.manifest import manifest_of
from kinebench.pipeline.offset_names import plain_model
from kinebench.pipeline.outputs import OUTPUT_FILES, require_room, write_run
from kinebench.pipeline.plan import Plan
from kinebench.pipeline.session.plan import inputs_of, plan_from_session
from kinebench.pipeline.spec import PipelineSpec
from kinebench.remarks import carried_by_errors, collected_remarks, reason_of
from kinebench.scaling.given import GivenModel
from kinebench.studies.execution.pool import run_in_processes

_METRICS = ("bias", "rmse", "max_error")


@dataclass(frozen=True, slots=True)
class BatchJob:
    """What all trials of a batch share.

    Parameters
    ----------
    spec : PipelineSpec
    own_model : bool
        Use each session's scaled model instead of scaling one.
    overwrite : bool
        Replace results of other files or another pipeline.
    """

    spec: PipelineSpec
    own_model: bool = False
    overwrite: bool = False


def run_trials(
    trials: Iterable[BatchTrial],
    job: BatchJob,
    out: Path,
    workers: int = 1,
    on_outcome: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Run trials, each into its folder below `out`; one that fails does not stop the others.

    Interrupted, it goes on where it stopped when the same is run again.

    Parameters
    ----------
    trials : iterable of BatchTrial
    job : BatchJob
    out : Path
    workers : int
        Processes; 1 runs in this one.
    on_outcome : callable, optional
        Called with each outcome as it comes.

    Returns
    -------
    outcomes : list of Outcome
        In the order of the trials.

    Raises
    ------
    KinebenchError
        When a process is ended from outside.
    """
    todo = list(trials)
    results = (
        (run_trial(trial, job, out) for trial in todo)
        if workers == 1 or len(todo) < 2
        else run_in_processes(run_trial, todo, job, out, min(workers, len(todo)))
    )
    found = {}
    for outcome in results:
        found[outcome.subject, outcome.session, outcome.trial, outcome.folder] = outcome
        if on_outcome is not None:
            on_outcome(outcome)
        interrupts.check()
    return [found[t.subject, t.session, t.trial, t.folder.as_posix()] for t in todo]


def run_trial(trial: BatchTrial, job: BatchJob, out: Path) -> Outcome:
    """Run one trial, or keep what is there; a failure is an outcome with its reason."""
    folder = out / trial.folder
    try:
        status, content = _content(trial, job, folder)
    except KinebenchError as error:
        return _failed(trial, reason_of(error))
    except Exception as error:  # whatever it is, the other trials are to be run
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        return _failed(trial, f"unforeseen {type(error).__name__} in {where}: {error}")
    return _outcome(trial, status, content, out)


def _content(trial: BatchTrial, job: BatchJob, folder: Path) -> tuple[str, Mapping[str, Any]]:
    """Status and content of run.json, from a run or from what is there."""
    session = read_session(trial.place)
    with collected_remarks() as remarks:
        files = session.files(trial.trial, trial.variant)
        if job.own_model:
            if files.scaled_model is None:
                raise ValueRangeError("the session has no scaled model of its own")
            files = files.with_model(files.scaled_model)
    inputs = inputs_of(files, job.spec)
    key = _key(trial, job, files, inputs)
    there = _there(folder)
    if there is not None and _is_whole(folder, there, key):
        return "kept", there
    if there is not None and not job.overwrite:
        raise ValueRangeError(
            f"{trial.folder} holds results of other files or another pipeline: --overwrite"
            " replaces them"
        )
    with carried_by_errors(remarks):
        require_room(folder, inputs.values(), job.overwrite)
        with collected_remarks() as planning:
            plan = plan_from_session(session, files, trial.person, job.spec)
        with carried_by_errors(planning):
            result = plan.pipeline(plan.trial)
    assessment = assess_plan(plan, result)
    said = assessment.besides((*remarks, *planning, *result.remarks))
    bars = error_bars(plan, result)
    manifest = manifest_of(
        plan, inputs, result, assessment, said, bars, lambda path: _named(trial, path)
    )
    distances, not_compared = _distances(plan, files, result)
    manifest |= {
        "session": trial.session,
        "subject_label": trial.subject,
        "batch_key": key,
        "from_own_motion": [one._asdict() for one in distances],
        "not_compared": not_compared,
    }
    flags = assessment.flags(result.motion.times)
    write_run(folder, result, manifest, flags, bars.standard_error)
    written = _there(folder)
    assert written is not None
    return "done", written


def _key(trial: BatchTrial, job: BatchJob, files: SessionFiles, inputs: Mapping[str, Path]) -> str:
    """Digest of all that results depend on: equal keys, equal results."""
    read = {"stored": files.stored, "static stored": files.static_stored, "motion": files.motion}
    every = {**inputs, **{role: path for role, path in read.items() if path is not None}}
    contents = {role: file_sha256(path) for role, path in every.items()}
    asked = (trial.person, job.spec, job.own_model, dict(files.settings))
    return digest(__version__, *asked, contents)


def _there(folder: Path) -> Mapping[str, Any] | None:
    """Content of a run.json; nothing that could be kept when it cannot be read."""
    path = folder / OUTPUT_FILES[-1]
    if not path.is_file():
        return None
    try:
        content = parse_json(read_text(path), path.name)
    except FileFormatError:
        return {}
    return content if isinstance(content, dict) else {}


def _is_whole(folder: Path, content: Mapping[str, Any], key: str) -> bool:
    """Whether results are those of this key, and no file of them was changed since."""
    outputs = content.get("outputs")
    return (
        content.get("batch_key") == key
        and isinstance(outputs, dict)
        and all(
            (folder / name).is_file() and file_sha256(folder / name) == outputs.get(name)
            for name in OUTPUT_FILES[:-1]
        )
    )


def _named(trial: BatchTrial, path: Path) -> Path:
    """A file of the session as people know it, also where it was unpacked from an archive."""
    try:
        return trial.named / path.relative_to(trial.place)
    except ValueError:
        return path


def _distances(plan: Plan, files: SessionFiles, result: PipelineRun) -> tuple[list[Distance], str]:
    """Distances from the session's own motion, with both scaled models; or why there are none."""
    if plan.motion is None:
        return [], "the session has no motion of its own"
    given = isinstance(plan.pipeline.scale, GivenModel)
    try:
        found = _distance(plan.motion, result.motion, SCALED[given])
        if not given and files.scaled_model is not None:
            model = plain_model(read_model(files.scaled_model))
            with collected_remarks():  # the run itself has told of the markers
                solved = plan.pipeline.solve(model, result.augmented)
            found += _distance(plan.motion, solved.motion, SCALED[True])
    except KinebenchError as error:
        return [], f"not held against the session's own motion: {error}"
    return found, ""


def _distance(own: Motion, ours: Motion, scaled: str) -> list[Distance]:
    with collected_remarks():  # figures that are undefined are NaN, which shows
        pair = compare_recordings(own, ours, Procedure(), other_policies=False)
    return [
        Distance(scaled, figure.item, figure.metric, figure.value, figure.unit, figure.n)
        for figure in pair.evaluation.figures
        if figure.metric in _METRICS
    ]


def _failed(trial: BatchTrial, reason: str) -> Outcome:
    names = trial.subject, trial.session, trial.trial
    return Outcome(*names, "failed", reason, trial.folder.as_posix())


def _outcome(trial: BatchTrial, status: Any, content: Mapping[str, Any], out: Path) -> Outcome:
    nan = float("nan")
    distances = tuple(
        Distance(**{**one, "value": nan if one["value"] is None else one["value"]})
        for one in content["from_own_motion"]
    )
    read = (
        _file(Path(one["file"]), trial.named.parent, one["sha256"])
        for one in content["inputs"].values()
    )
    written = (
        _file(out / trial.folder / name, out, sha256) for name, sha256 in content["outputs"].items()
    )
    return Outcome(
        trial.subject,
        trial.session,
        trial.trial,
        status,
        "",
        trial.folder.as_posix(),
        content["results"],
        content["quality_light"],
        distances,
        content["not_compared"],
        tuple(dict.fromkeys((*read, *written))),
    )


def _file(path: Path, root: Path, sha256: str) -> OutcomeFile:
    """A file by its name below a folder: a page should not tell where somebody keeps their data."""
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    there = next((each for each in (path, *path.parents) if each.is_file()), None)
    return OutcomeFile(name, "" if there is None else changed_on(there), sha256)
