"""From the command line to a plan: what `run`, `why` and `engines` have in common."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kinebench.cli.arguments import (
    AUGMENTER_HELP,
    ENGINE_HELP,
    HEIGHT_HELP,
    MASS_HELP,
    kilograms,
    metres,
)
from kinebench.errors import ValueRangeError
from kinebench.remarks import Remark, collected_remarks

if TYPE_CHECKING:
    from kinebench.core.markers import Markers
    from kinebench.core.subject import Subject
    from kinebench.io.session import Session, SessionFiles
    from kinebench.pipeline.plan import Plan
    from kinebench.pipeline.spec import PipelineSpec


_SESSION_OPTIONS = ("trial", "variant")
_FILE_OPTIONS = ("static", "unit", "rate", "keypoint_set", "axes")

OWN_MODEL = "own"
"""What ``--scaled-model`` takes for the session's own."""


def add_input_arguments(
    parser: argparse.ArgumentParser, sessions: str = "?", engine: str | None = None
) -> None:
    """What a trial is read from, and which pipeline it goes through.

    Parameters
    ----------
    parser : ArgumentParser
    sessions : {"?", "*"}
        Whether one session can be named, or many.
    engine : str, optional
        Default of the command; None leaves it to ``--pipeline``, and then to `PipelineSpec`.
    """
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "session",
        nargs=sessions,
        type=Path,
        help="an OpenCap session: a folder, the .zip that OpenCap gives, or a public one's"
        " dataset name",
    )
    session = parser.add_argument_group("on a session")
    session.add_argument(
        "--trial", metavar="NAME", help="which trial; default: the only one that moves"
    )
    session.add_argument(
        "--variant",
        metavar="V",
        help="detector and cameras, such as HRNet/2-cameras; needed where several exist",
    )
    files = parser.add_argument_group("on files")
    files.add_argument(
        "--keypoints",
        type=Path,
        metavar="FILE",
        help="TRC, C3D, NPY, NPZ, CSV or TSV; commas, semicolons or tabs, decimal commas too",
    )
    files.add_argument("--static", type=Path, metavar="FILE", help="static trial, same format")
    files.add_argument(
        "--unit",
        choices=("m", "cm", "mm"),
        help="m, cm or mm: of arrays (NPY, NPZ, CSV), which declare none; no default",
    )
    files.add_argument(
        "--rate",
        type=float,
        metavar="HZ",
        help="frames per second of arrays without times; no default",
    )
    files.add_argument(
        "--keypoint-set",
        metavar="NAME",
        help="of arrays without names: BODY_25, OPENCAP_20 or HRNET_23; no default",
    )
    files.add_argument(
        "--axes",
        metavar="AXES",
        help="of the file: y-up, z-up, x-up, or where forward, up and right lie, such as +x+z-y,"
        " in any case; default: y-up",
    )
    parser.add_argument(
        "--scaled-model",
        type=Path,
        metavar="FILE",
        help=f"instead of scaling; on a session also '{OWN_MODEL}': the session's own",
    )
    subject = parser.add_argument_group("subject (a session brings its own)")
    add_subject_arguments(subject)
    _add_stage_arguments(parser.add_argument_group("pipeline"), engine)


def add_subject_arguments(group: Any) -> None:
    """Mass and height, with or without their units."""
    group.add_argument("--mass", type=kilograms, metavar="KG", help=MASS_HELP)
    group.add_argument("--height", type=metres, metavar="M", help=HEIGHT_HELP)


def _add_stage_arguments(group: Any, engine: str | None) -> None:
    # no other defaults here: what is not given is left to --pipeline, and then to PipelineSpec
    group.add_argument(
        "--pipeline",
        type=Path,
        metavar="FILE",
        help="TOML with a table [pipeline]; other options take precedence",
    )
    group.add_argument(
        "--markers",
        metavar="KIND",
        help="what is tracked: augmented (default), stored (in the file), openpose or mmpose (the"
        " keypoints themselves), or mocap (optical markers)",
    )
    group.add_argument(
        "--body",
        metavar="BODY",
        help="opencap (default: LaiUhlrich2022) or lab, which needs no model files",
    )
    group.add_argument(
        "--augmenter",
        metavar="VERSION",
        help=f"{AUGMENTER_HELP}; default: the session's, else v0.3",
    )
    group.add_argument(
        "--warm-up",
        type=float,
        metavar="S",
        help="seconds of lead-in for the augmenter, 0 to 30; default: 0, as OpenCap",
    )
    group.add_argument(
        "--resample",
        type=float,
        metavar="HZ",
        help="frames per second that the augmenter runs at; default: those of the recording",
    )
    group.add_argument(
        "--clean",
        metavar="STEPS",
        help="such as fill-linear+butterworth:6, or the repairs swap-sides, bone-lengths, rescale,"
        " in that order; a step that does not exist lists all; default: fill-linear:0.5 on files,"
        " none on sessions",
    )
    group.add_argument("--no-floor", action="store_true", help="without OpenCap's vertical offset")
    _add_model_arguments(group, engine)


def _add_model_arguments(group: Any, engine: str | None) -> None:
    """What scales and solves."""
    group.add_argument(
        "--static-pose",
        metavar="SETUP",
        help="scaling set-up: upright or any_pose; default: the session's, else upright",
    )
    group.add_argument(
        "--window",
        type=float,
        nargs=2,
        metavar=("START", "END"),
        help="part of the static trial to scale on, s; default: the session's, else its first still"
        " part",
    )
    group.add_argument(
        "--engine",
        metavar="NAME",
        default=engine,
        help=f"{ENGINE_HELP}; default: {engine or 'opensim'}",
    )


def require_any_input(arguments: argparse.Namespace) -> None:
    """Say what is needed, with an example, where nothing is named."""
    if not arguments.session and arguments.keypoints is None:
        command = getattr(arguments, "command", "run")
        many = getattr(arguments, "all", False)
        example = "downloads/ --all" if many else "OpenCapData_1234 --trial squats"
        out = " --out results" if hasattr(arguments, "out") else ""
        raise ValueRangeError(
            "name an OpenCap session (folder, .zip or data set), or --keypoints FILE with --mass"
            f" and --height; for example: kinebench {command} {example}{out}"
        )


def require_one_input(arguments: argparse.Namespace) -> None:
    """Refuse input options that are lacking, or that would have no effect."""
    require_any_input(arguments)
    if arguments.session is not None and arguments.keypoints is not None:
        raise ValueRangeError("name either a session or --keypoints FILE, not both")
    on_session = arguments.session is not None
    foreign = _FILE_OPTIONS if on_session else _SESSION_OPTIONS
    given = [
        f"--{name.replace('_', '-')}" for name in foreign if getattr(arguments, name) is not None
    ]
    if given:
        valid, other = ("--keypoints", "a session") if on_session else ("a session", "--keypoints")
        raise ValueRangeError(f"{' and '.join(given)}: only with {valid}, not with {other}")


def planned(
    arguments: argparse.Namespace,
) -> tuple[Plan, dict[str, Path], tuple[Remark, ...]]:
    """The plan, its input files, and the remarks on the way to it."""
    make = _plan_files if arguments.session is None else _plan_session
    with collected_remarks() as remarks:
        plan, inputs = make(arguments)
    return plan, inputs, tuple(remarks)


def _plan_session(arguments: argparse.Namespace) -> tuple[Plan, dict[str, Path]]:
    from kinebench.io.session import is_static
    from kinebench.pipeline.session.plan import inputs_of, plan_from_session

    session = session_of(arguments)
    subject = subject_of(arguments, session.subject)
    moving = [name for name in session.trials if not is_static(name)]
    if arguments.trial is None and len(moving) != 1:
        raise ValueRangeError(
            f"{session.folder.name} has several trials, name one with --trial:"
            f" {', '.join(session.trials)}"
        )
    files = _with_model(session.files(arguments.trial or moving[0], arguments.variant), arguments)
    spec = spec_of(arguments)
    plan = plan_from_session(session, files, subject, spec)
    return plan, inputs_of(files, spec)


def _with_model(files: SessionFiles, arguments: argparse.Namespace) -> SessionFiles:
    """The files with the scaled model that is asked for, the session's own or another."""
    if arguments.scaled_model is None:
        return files
    if str(arguments.scaled_model) != OWN_MODEL:
        return files.with_model(arguments.scaled_model)
    if files.scaled_model is None:
        raise ValueRangeError(
            f"--scaled-model {OWN_MODEL}: the session has no scaled model for '{files.trial}'"
        )
    return files.with_model(files.scaled_model)


def session_of(arguments: argparse.Namespace) -> Session:
    """The session that is named, indexed."""
    from kinebench.io.session import read_session

    return read_session(session_place(arguments.session))


def session_place(named: Path) -> Path:
    """The path itself, or that of a public dataset of this name, fetched when needed."""
    from kinebench.datasets import cards, fetch_dataset

    if named.is_dir() or str(named) not in cards():
        return named
    recording = next(
        (path for path in fetch_dataset(str(named)) if "MarkerData" in path.parts), named
    )
    return next(
        (parent.parent for parent in recording.parents if parent.name == "MarkerData"), named
    )


def _plan_files(arguments: argparse.Namespace) -> tuple[Plan, dict[str, Path]]:
    from kinebench.io.models import read_model
    from kinebench.pipeline.plan import plan_from_markers

    subject = subject_of(arguments, None)
    inputs = {"keypoints": arguments.keypoints}
    static = model = None
    if arguments.static is not None:
        inputs["static"] = arguments.static
        static = read_file(arguments, arguments.static)
    if arguments.scaled_model is not None:
        inputs["scaled model"] = arguments.scaled_model
        model = read_model(arguments.scaled_model)
    plan = plan_from_markers(
        arguments.keypoints.stem,
        read_file(arguments, arguments.keypoints),
        static,
        subject,
        spec_of(arguments),
        model,
    )
    return plan, inputs


def read_file(arguments: argparse.Namespace, path: Path) -> Markers:
    """One of the files; unit, rate and names belong to the arrays among them.

    Others declare them themselves.
    """
    from kinebench.io.keypoint_files import ARRAY_ENDINGS, read_markers

    files = [file for file in (arguments.keypoints, arguments.static) if file is not None]
    arrays = [file for file in files if file.suffix.lower() in ARRAY_ENDINGS]
    # without any array the reader tells that the options make no sense
    for_this = path in arrays or not arrays
    return read_markers(
        path,
        arguments.unit if for_this else None,
        arguments.rate if for_this else None,
        arguments.keypoint_set if for_this else None,
        arguments.axes or "+x+y+z",
    )


def subject_of(arguments: argparse.Namespace, known: Subject | None) -> Subject:
    """The person, as the options say, else as the session says."""
    from kinebench.core.subject import Subject, require_possible

    mass, height = arguments.mass, arguments.height
    if known is not None:
        mass = known.mass_kg if mass is None else mass
        height = known.height_m if height is None else height
    lacking = [f"--{name}" for name, value in (("mass", mass), ("height", height)) if value is None]
    if lacking:
        raise ValueRangeError(f"{' and '.join(lacking)} needed: the augmenter and scaling use them")
    require_possible(mass, height)
    identifier = known.identifier if known else "subject"
    return Subject(mass, height, identifier, known.sex if known else None)


def spec_of(arguments: argparse.Namespace) -> PipelineSpec:
    """The pipeline of ``--pipeline``, or the default one, with what other options say."""
    from kinebench.cleaning.catalogue import parse_cleaners
    from kinebench.pipeline.spec import PipelineSpec
    from kinebench.scaling.window import GivenWindow

    described = PipelineSpec()
    if arguments.pipeline is not None:
        described = _described(arguments.pipeline)
    track, augmenter = arguments.markers, arguments.augmenter
    if augmenter == "none":
        augmenter = None
        if track in (None, "augmented") and described.augments:
            track = "openpose"
    return described.with_given(
        body=arguments.body,
        track=track,
        augmenter=augmenter,
        static_pose=arguments.static_pose,
        window=None if arguments.window is None else GivenWindow(*arguments.window),
        warm_up_s=arguments.warm_up,
        resample_hz=arguments.resample,
        clean=None if arguments.clean is None else parse_cleaners(arguments.clean),
        floor=False if arguments.no_floor else None,
        engine=arguments.engine,
    )


def _described(path: Path) -> PipelineSpec:
    """The pipeline of a TOML file: its ``[pipeline]`` table, or the ``[base]`` of a study."""
    from kinebench.errors import FileFormatError
    from kinebench.io.documents import parse_toml, read_text
    from kinebench.pipeline.spec import PipelineSpec

    content = parse_toml(read_text(path), path.name)
    for name in ("pipeline", "base"):
        if isinstance(content.get(name), dict):
            return PipelineSpec.from_table(content[name], f"{path.name} [{name}]")
    raise FileFormatError(f"{path.name} has no table [pipeline]; found: {', '.join(content)}")
