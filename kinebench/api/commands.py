"""The commands as functions: what ``kinebench run``, ``compare``, … do after reading options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike as PathLikeType
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal, Unpack

from kinebench.api.options import Given, PathLike, PipelineOptions, given
from kinebench.core.trial import Trial
from kinebench.errors import ValueRangeError
from kinebench.remarks import Remark, carried_by_errors, hand_on, unheard

if TYPE_CHECKING:
    from kinebench.api.results import (
        AuditResult,
        CheckResult,
        ComparisonResult,
        StudyResult,
        ValidationResult,
        WhyResult,
    )
    from kinebench.comparison import Procedure
    from kinebench.core.markers import Markers
    from kinebench.core.motion import Motion
    from kinebench.pipeline.plan import Plan
    from kinebench.pipeline.run_result import RunResult

_OF_FILES = (
    "variant", "keypoints", "static", "unit", "rate", "keypoint_set", "axes", "mass", "height",
)  # fmt: skip
"""Options that say what is read; a `Trial` is there already."""


_OF_PAIRS = ("pairs", "match", "event_markers", "margin", "recordings", "motions", "model")
"""Options of files, or of many of them; values are one pair that is read already."""


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
    _tell((*result.remarks, *result.findings))
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
    _tell(told)
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
    asked = given("audit", _places(recording), {"trial": trial, "motion": motion, **options})
    with _explained(asked):
        audits = audited(asked.arguments, lambda text: None)
    source = asked.arguments.session or asked.arguments.keypoints
    return AuditResult(tuple(audits), source.name, asked.command)


def compare(
    reference: PathLike | Motion | Markers | None = None,
    *estimates: PathLike | Motion | Markers,
    pairs: PathLike | None = None,
    preset: str = "default",
    align: str | float | None = None,
    space: Literal["rigid", "vertical"] | None = None,
    window: tuple[float, float] | None = None,
    coordinates: Sequence[str] | None = None,
    match: Mapping[str, str] | None = None,
    events: PathLike | None = None,
    walking_direction: tuple[float, float] | None = None,
    event_markers: PathLike | None = None,
    margin: float | None = None,
    group: str | None = None,
    recordings: PathLike | None = None,
    motions: PathLike | None = None,
    model: PathLike | None = None,
) -> ComparisonResult:
    """How far estimates are from a reference, as ``kinebench compare``; clocks count as one.

    Parameters
    ----------
    reference : path, Motion or Markers
        A file, a folder, or a value; a value goes with one estimate, a value or a file.
    *estimates : the same kind
        Several are several methods, or pipelines (.toml), which are run on `recordings`.
    pairs : path
        A CSV instead of both.
    preset : str
        A published procedure.
    align : str or float
        ``"none"``, seconds that the estimate is late, ``"signal"`` or ``"minimise"``.
    space : {"rigid", "vertical"}
        For markers.
    window : (float, float)
        Part that counts, s.
    coordinates : sequence of str
        Score these only.
    match : mapping of str to str
        The estimate's name of a marker by the reference's, where they differ.
    events : str or path
        ``"squat"``, ``"sts"``, ``"gait"``, ``"jump"``, or a CSV: repetitions one by one.
    walking_direction : (float, float)
        Forward along X and Z, for gait of markers.
    event_markers : path
        TRC for events that a motion does not show.
    margin : float
        For a test of equivalence, °.
    group : str
        Part of the body whose mean `align` minimises, and by which several methods are ranked.
    recordings, motions : path
        Of pipelines: what they are run on, and where to keep what they give.
    model : path
        The scaled model, or a folder with one per subject: for joint centres, on the page.

    Returns
    -------
    ComparisonResult
        `print` shows the table; with `to_dataframe()` and `report(path)`.

    Examples
    --------
    >>> import kinebench as kb
    >>> trial = kb.virtual_trial("one squat")
    >>> result = kb.run(trial, body="lab", augmenter="lab-1", warm_up=1.0, engine="fast")
    >>> found = kb.compare(trial.reference_motion, result.motion)
    >>> table = found.to_dataframe().query("metric == 'rmse'").set_index("coordinate")
    >>> bool(table.loc["knee_angle_r", "value"] < 10)
    True
    >>> table.loc["knee_angle_r", "unit"]
    '°'
    """
    from kinebench.api.results import ComparisonResult
    from kinebench.cli import compare as command
    from kinebench.cli.compare_methods import files_of, matches
    from kinebench.comparison import compare_methods, compare_pairs

    options = {
        "pairs": pairs, "preset": preset, "align": align, "space": space, "window": window,
        "coordinates": coordinates, "match": match, "events": events,
        "walking_direction": walking_direction, "event_markers": event_markers,
        "margin": margin, "group": group, "recordings": recordings, "motions": motions,
        "model": model,
    }  # fmt: skip
    named_ones = [one for one in (reference, *estimates) if one is not None]
    places = [one for one in named_ones if isinstance(one, str | PathLikeType)]
    if len(places) < len(named_ones):
        how = command.procedure_of(given("compare", (), options).arguments)
        return _compared_values(reference, estimates, how, options)
    asked = given("compare", places, options)
    with TemporaryDirectory(prefix="kinebench-") as made, _explained(asked):
        found, how, margin_rad, said = command.asked_of(asked.arguments, Path(made))
        named = matches(asked.arguments.match)
        if len(found) > 1:
            ranked = compare_methods(found, how, named, said.kinds)
            return ComparisonResult(ranked, tuple(files_of(found)), margin_rad, said.models)
        (one,) = found.values()
        compared = compare_pairs(one.pairs, how, named, one.excluded, said.kinds)
        return ComparisonResult(compared, tuple(files_of({"": one})), margin_rad, said.models)


def _compared_values(
    reference: Any, estimates: Sequence[Any], how: Procedure, options: Mapping[str, Any]
) -> ComparisonResult:
    from kinebench.api.results import ComparisonResult
    from kinebench.comparison import Comparison, compare_recordings
    from kinebench.core.markers import Markers
    from kinebench.core.motion import Motion
    from kinebench.validation.sources import read_recording

    useless = [name for name in _OF_PAIRS if options[name]]
    if useless:
        raise ValueRangeError(f"{', '.join(useless)}: only with files, not with values")
    both = [
        read_recording(Path(one)) if isinstance(one, str | PathLikeType) else one
        for one in (reference, *estimates)
    ]
    if len(both) == 2:
        one, other = both
        if isinstance(one, Motion) and isinstance(other, Motion):
            return ComparisonResult(
                Comparison(how, (compare_recordings(one, other, how, trial="values"),))
            )
        if isinstance(one, Markers) and isinstance(other, Markers):
            return ComparisonResult(
                Comparison(how, (compare_recordings(one, other, how, trial="values"),))
            )
    found = ", ".join(type(one).__name__ for one in both)
    raise ValueRangeError(f"as values compare two motions, or two of markers; found {found}")


def validate(
    mocap: PathLike,
    video: PathLike,
    trial: str | None = None,
    *,
    variant: str | None = None,
    static_mocap: PathLike | None = None,
    scaled_model: PathLike | None = None,
    map: str | None = None,
    axes: str | None = None,
    video_axes: str | None = None,
    body: Literal["opencap", "lab"] = "opencap",
    engine: str = "opensim",
    mass: float | str | None = None,
    height: float | str | None = None,
    sure: bool = False,
    lag: float | None = None,
    frame: Literal["estimate", "same"] = "estimate",
    window: tuple[float, float] | None = None,
    events: str | None = None,
    coordinates: Sequence[str] | None = None,
) -> ValidationResult:
    """Mocap against video of two laboratories, as ``kinebench validate``.

    Marker names, axes, units, clock and frame are found, told, and refused where they are doubtful.

    Parameters
    ----------
    mocap : path
        .c3d, .trc, .mot or .sto, or a folder of them.
    video : path
        An OpenCap session, a Pose2Sim project, or a .mot, .sto or .trc; beside a folder of mocap a
        session, or a folder of sessions or files.
    trial, variant : str
        Of the session or project.
    static_mocap, scaled_model : path
        To scale a model on, or the scaled model itself, where the mocap is markers.
    map : str
        Of marker names: ``"plug-in-gait"``, …, or a .toml.
    axes, video_axes : str
        ``"y-up"``, ``"z-up"``, or forward, up and right such as ``"+x+z-y"``.
    body, engine : str
        Whose model, and what scales and solves.
    mass, height : float or str
        kg and m, or with their units; a session brings its own.
    sure : bool
        Mass and height are as stated, though unlikely.
    lag : float
        Seconds by which the video is late, if known.
    frame : {"estimate", "same"}
    window, events, coordinates
        As of `compare`.

    Returns
    -------
    ValidationResult
        `print` shows the table; with `remarks`, `to_dataframe()` and `report(path)`.
    """
    from kinebench.api.results import ValidationResult
    from kinebench.cli import validate as command

    options = {
        "trial": trial, "variant": variant, "static_mocap": static_mocap,
        "scaled_model": scaled_model, "map": map, "axes": axes, "video_axes": video_axes,
        "body": body, "engine": engine, "mass": mass, "height": height, "sure": sure, "lag": lag,
        "frame": frame, "window": window, "events": events, "coordinates": coordinates,
    }  # fmt: skip
    asked = given("validate", (mocap, video), options)
    with _explained(asked):
        result = ValidationResult(command.validated(asked.arguments))
    _tell(result.remarks)
    return result


def check(
    gate: PathLike | None = None,
    *,
    baseline: PathLike | None = None,
    seed: int | None = None,
    timing: bool = False,
) -> CheckResult:
    """Has a pipeline moved since its baseline was accepted: as ``kinebench check``.

    Parameters
    ----------
    gate : path, optional
        A .toml; without one the quick gate is run on kinebench's own pipeline.
    baseline : path, optional
        By default ``GATE.baseline.toml`` beside it.
    seed : int, optional
        Another draw of noise.
    timing : bool
        Time the trials too.

    Returns
    -------
    CheckResult
        With `passed`, `verdict`, `to_dataframe()` and `report(path)`.
    """
    from kinebench.api.results import CheckResult
    from kinebench.cli.check import baseline_path, checked, expected, gate_of

    asked = given("check", _places(gate), {"baseline": baseline, "seed": seed, "timing": timing})
    with _explained(asked):
        arguments = asked.arguments
        what = gate_of(arguments)
        found = checked(what, expected(baseline_path(arguments)), arguments, lambda text: None)
    _tell(found.remarks)
    return CheckResult(found)


def study(
    study: PathLike,
    out: PathLike,
    *,
    subjects: int | None = None,
    workers: int | None = None,
    store: PathLike | None = None,
    scheduler: str | None = None,
    pdf: bool = False,
    parquet: bool = False,
) -> StudyResult:
    """Run a factorial study, as ``kinebench study run``: tables and page are in `out`.

    Parameters
    ----------
    study : path
        A .toml, or a folder whose .toml files are the parts of one report.
    out : path
    subjects : int, optional
        Only the first so many virtual subjects.
    workers : int, optional
        Processes; by default one per core.
    store : path, optional
        Of what is computed already; by default ``store`` in `out`.
    scheduler : str, optional
        Of a Dask cluster.
    pdf, parquet : bool
        The page as PDF, the results as Parquet too.

    Returns
    -------
    StudyResult
        With `to_dataframe()` and `page`.
    """
    from kinebench.api.results import StudyResult
    from kinebench.cli import study as command

    options = {
        "out": out, "subjects": subjects, "workers": workers, "store": store,
        "scheduler": scheduler, "pdf": pdf, "parquet": parquet,
    }  # fmt: skip
    asked = given("study", (study,), options, action="run")
    with _explained(asked):
        plan = command.plan_of(asked.arguments)
        ran, _ = command.executed(plan, asked.arguments)
    return StudyResult(plan, ran, command.page_of(asked.arguments))


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
    asked = given(parser, _places(recording), {"trial": trial, **options})
    with _explained(asked):
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


def _places(recording: Any) -> tuple[Any, ...]:
    return () if recording is None else (recording,)


def _explained(asked: Given) -> Any:
    from kinebench.cli.kinds import explained

    return explained(asked.arguments)


def _tell(remarks: Iterable[Remark]) -> None:
    """Doubts as warnings, at the caller's line; what was merely done is in the result."""
    hand_on(*(remark for remark in remarks if remark.severity not in ("note", "green")))
