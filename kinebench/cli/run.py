"""``kinebench run``: the pipeline on one trial."""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kinebench.errors import KinebenchWarning, ValueRangeError

if TYPE_CHECKING:
    from kinebench.core.markers import Markers
    from kinebench.core.results import PipelineRun
    from kinebench.core.subject import Subject
    from kinebench.pipeline.plan import Options, Plan

__all__ = ["add_arguments", "run"]

_SESSION_OPTIONS = ("trial", "variant")
_FILE_OPTIONS = ("static", "unit", "rate", "keypoint_set", "axes", "scaled_model")

_DOING = {
    "plan": "reading and planning",
    "clean": "cleaning keypoints",
    "augment": "augmenting markers",
    "scale": "scaling the model",
    "solve": "solving inverse kinematics",
}

_EPILOG = """\
examples:
  kinebench run OpenCapData_1234 --trial squats --out results
  kinebench run --keypoints squat.trc --static neutral.trc --mass 72 --height 1.78 --out results
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kinebench run``."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "session",
        nargs="?",
        type=Path,
        help="an OpenCap session folder, or a public one's dataset name",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the results")
    session = parser.add_argument_group("on a session")
    session.add_argument("--trial", metavar="NAME", help="which trial")
    session.add_argument("--variant", metavar="V", help="detector and cameras, where several exist")
    files = parser.add_argument_group("on files")
    files.add_argument("--keypoints", type=Path, metavar="FILE", help="TRC, C3D, NPY, NPZ or CSV")
    files.add_argument("--static", type=Path, metavar="FILE", help="static trial, same format")
    files.add_argument("--unit", choices=("m", "cm", "mm"), help="of arrays, which declare none")
    files.add_argument("--rate", type=float, metavar="HZ", help="of arrays without times")
    files.add_argument("--keypoint-set", metavar="NAME", help="of arrays without names")
    files.add_argument(
        "--axes", metavar="+X+Y+Z", help="forward, up and right in the file (default +x+y+z)"
    )
    files.add_argument("--scaled-model", type=Path, metavar="FILE", help="instead of scaling")
    subject = parser.add_argument_group("subject (a session brings its own)")
    subject.add_argument("--mass", type=float, metavar="KG")
    subject.add_argument("--height", type=float, metavar="M")
    _add_stage_arguments(parser.add_argument_group("pipeline"))
    parser.add_argument("--dry-run", action="store_true", help="print the plan and stop")
    parser.add_argument("--json", action="store_true", help="print run.json's content")


def _add_stage_arguments(group: Any) -> None:
    group.add_argument(
        "--markers",
        default="augmented",
        metavar="KIND",
        help="augmented (default), stored, openpose, mmpose or mocap: what is tracked",
    )
    group.add_argument("--augmenter", metavar="VERSION", help="v0.0 to v0.3, or none")
    group.add_argument("--warm-up", type=float, default=0.0, metavar="S", help="of the augmenter")
    group.add_argument("--resample", type=float, metavar="HZ", help="rate for the augmenter")
    group.add_argument(
        "--clean",
        metavar="STEPS",
        help="such as fill-linear+butterworth:6; default: fill-linear on files, none on sessions",
    )
    group.add_argument("--no-floor", action="store_true", help="without OpenCap's vertical offset")
    group.add_argument("--static-pose", metavar="SETUP", help="upright or any_pose")
    group.add_argument(
        "--window", type=float, nargs=2, metavar=("START", "END"), help="static window, s"
    )
    group.add_argument("--engine", default="opensim", metavar="NAME", help="inverse kinematics")


def run(arguments: argparse.Namespace) -> int:
    """Plan, run, write, and print what came out."""
    _require_sense(arguments)
    with _progress() as on_stage:
        if on_stage is not None:
            on_stage("plan")
        plan, inputs, doubts = _planned(arguments)
        if not arguments.dry_run:
            from kinebench.pipeline.outputs import require_room, write_run

            require_room(arguments.out, inputs.values())
            result = plan.pipeline(plan.trial, on_stage)
    if arguments.dry_run:
        _print_plan(arguments, plan, inputs, doubts)
        return 0
    doubts = list(dict.fromkeys([*doubts, *result.warnings]))
    manifest = _manifest(arguments, plan, inputs, result, doubts)
    write_run(arguments.out, result, manifest)
    _print_doubts(doubts)
    if arguments.json:
        from kinebench.pipeline.outputs import manifest_text

        print(manifest_text(manifest), end="")
    else:
        _print_result(arguments.out, plan, manifest["results"])
    return 0


def _require_sense(arguments: argparse.Namespace) -> None:
    """Refuse options that are lacking, or that would have no effect."""
    if arguments.out is None and not arguments.dry_run:
        raise ValueRangeError("--out DIR is needed: the folder for the results")
    if (arguments.session is None) == (arguments.keypoints is None):
        raise ValueRangeError("name either a session folder or --keypoints FILE")
    on_session = arguments.session is not None
    foreign = _FILE_OPTIONS if on_session else _SESSION_OPTIONS
    given = [
        f"--{name.replace('_', '-')}" for name in foreign if getattr(arguments, name) is not None
    ]
    if given:
        valid, other = ("--keypoints", "a session") if on_session else ("a session", "--keypoints")
        raise ValueRangeError(f"{' and '.join(given)}: only with {valid}, not with {other}")


def _planned(arguments: argparse.Namespace) -> tuple[Plan, dict[str, Path], list[str]]:
    """The plan, its input files, and the warnings on the way to it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", KinebenchWarning)
        make = _plan_files if arguments.session is None else _plan_session
        plan, inputs = make(arguments)
    ours = [item for item in caught if issubclass(item.category, KinebenchWarning)]
    for item in caught:
        if item not in ours:
            warnings.warn_explicit(item.message, item.category, item.filename, item.lineno)
    return plan, inputs, list(dict.fromkeys(str(item.message) for item in ours))


def _plan_session(arguments: argparse.Namespace) -> tuple[Plan, dict[str, Path]]:
    from kinebench.io.session import read_session
    from kinebench.pipeline.session_plan import plan_from_session

    session = read_session(_session_folder(arguments.session))
    moving = [name for name in session.trials if not name.lower().startswith(("neutral", "static"))]
    if arguments.trial is None and len(moving) != 1:
        raise ValueRangeError(
            f"{session.folder.name} has several trials, name one with --trial:"
            f" {', '.join(session.trials)}"
        )
    files = session.files(arguments.trial or moving[0], arguments.variant)
    subject = _subject(arguments, session.subject)
    plan = plan_from_session(session, files, subject, _options(arguments))
    inputs = {
        "keypoints": files.keypoints,
        "static": files.static,
        "generic model": files.generic_model,
        "scaled model": files.scaled_model,
        "scaling set-up": files.scaling_setup,
        "IK set-up": files.ik_setup,
    }
    if arguments.markers == "stored":
        inputs |= {"keypoints": files.stored, "static": files.static_stored}
    return plan, {role: path for role, path in inputs.items() if path is not None}


def _session_folder(named: Path) -> Path:
    """The folder itself, or that of a public dataset of this name, fetched when needed."""
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

    inputs = {"keypoints": arguments.keypoints}
    static = model = None
    if arguments.static is not None:
        inputs["static"] = arguments.static
        static = _read(arguments, arguments.static)
    if arguments.scaled_model is not None:
        inputs["scaled model"] = arguments.scaled_model
        model = read_model(arguments.scaled_model)
    plan = plan_from_markers(
        arguments.keypoints.stem,
        _read(arguments, arguments.keypoints),
        static,
        _subject(arguments, None),
        _options(arguments),
        model,
    )
    return plan, inputs


def _read(arguments: argparse.Namespace, path: Path) -> Markers:
    from kinebench.io.keypoint_files import read_markers

    return read_markers(
        path, arguments.unit, arguments.rate, arguments.keypoint_set, arguments.axes or "+x+y+z"
    )


def _subject(arguments: argparse.Namespace, known: Subject | None) -> Subject:
    from kinebench.core.subject import Subject

    mass, height = arguments.mass, arguments.height
    if known is not None:
        mass = known.mass_kg if mass is None else mass
        height = known.height_m if height is None else height
    lacking = [f"--{name}" for name, value in (("mass", mass), ("height", height)) if value is None]
    if lacking:
        raise ValueRangeError(f"{' and '.join(lacking)} needed: the augmenter and scaling use them")
    identifier = known.identifier if known else "subject"
    return Subject(mass, height, identifier, known.sex if known else None)


def _options(arguments: argparse.Namespace) -> Options:
    from kinebench.cleaning.catalogue import parse_cleaner
    from kinebench.pipeline.plan import Options

    track = arguments.markers
    if arguments.augmenter == "none" and track == "augmented":
        track = "openpose"
    steps = arguments.clean
    if steps is None:
        steps = "none" if arguments.session is not None else "fill-linear"
    return Options(
        track=track,
        augmenter=None if arguments.augmenter == "none" else arguments.augmenter,
        static_pose=arguments.static_pose,
        window_s=None if arguments.window is None else tuple(arguments.window),
        warm_up_s=arguments.warm_up,
        resample_hz=arguments.resample,
        clean=() if steps == "none" else tuple(parse_cleaner(step) for step in steps.split("+")),
        floor=not arguments.no_floor,
        engine=arguments.engine,
    )


def _manifest(
    arguments: argparse.Namespace,
    plan: Plan,
    inputs: Mapping[str, Path],
    result: PipelineRun,
    doubts: list[str],
) -> dict[str, Any]:
    from kinebench.core.provenance import describe, file_sha256
    from kinebench.pipeline.outputs import summary

    return {
        "kinebench": _versions(),
        "trial": plan.trial.name,
        "subject": describe(plan.trial.subject),
        "inputs": {
            role: {"file": str(path), "sha256": file_sha256(path)} for role, path in inputs.items()
        },
        "choices": dict(plan.choices),
        "parameters": describe(plan.pipeline),
        "resolved": result.records,
        "results": summary(result),
        "warnings": doubts,
        "durations_s": {name: round(time, 3) for name, time in result.durations_s.items()},
    }


def _versions() -> dict[str, str]:
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from kinebench import __version__

    found = {"version": __version__, "python": platform.python_version()}
    for package in ("numpy", "scipy", "opensim", "numba"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def _print_plan(
    arguments: argparse.Namespace, plan: Plan, inputs: Mapping[str, Path], doubts: list[str]
) -> None:
    from kinebench.core.provenance import describe
    from kinebench.pipeline.outputs import manifest_text

    subject = plan.trial.subject
    if arguments.json:
        content = {
            "trial": plan.trial.name,
            "inputs": {role: str(path) for role, path in inputs.items()},
            "choices": dict(plan.choices),
            "parameters": describe(plan.pipeline),
            "warnings": doubts,
        }
        print(manifest_text(content), end="")
        return
    keypoints = plan.trial.keypoints
    rate = f" at {keypoints.rate_hz:g} Hz" if keypoints.n_frames > 1 else ""
    print(f"trial     {plan.trial.name}: {keypoints.n_frames} frames{rate}")
    print(f"subject   {subject.mass_kg:g} kg, {subject.height_m:g} m")
    for role, path in inputs.items():
        print(f"input     {role}: {path}")
    for what, choice in plan.choices.items():
        print(f"choice    {what}: {choice}")
    cleaners = describe(plan.pipeline.clean)
    print(f"cleaning  {', '.join(map(_in_words, cleaners)) or 'none'}")
    print(f"floor     {'lowest marker 10 mm above the ground' if plan.pipeline.floor else 'as is'}")
    print(f"engine    {arguments.engine}")
    print(f"output    {arguments.out or '(none named)'}")
    _print_doubts(doubts)


def _in_words(step: Mapping[str, Any]) -> str:
    """A stage as its kind and parameters."""
    parameters = ", ".join(f"{name}={value}" for name, value in step.items() if name != "kind")
    return f"{step['kind']}({parameters})"


def _print_doubts(doubts: list[str]) -> None:
    for doubt in doubts:
        print(f"warning: {doubt}", file=sys.stderr)


def _print_result(folder: Path, plan: Plan, results: Mapping[str, Any]) -> None:
    rms, worst = results["marker_error_rms_mm"], results["worst_marker"]
    print(f"{plan.trial.name}: {results['frames']} frames solved")
    for what, choice in plan.choices.items():
        print(f"  {what}: {choice}")
    if results["static"]:
        static = results["static"]
        start, end = static["window_s"]
        print(f"  scaled on {start:.2f} to {end:.2f} s{_stance(static)}")
        print(
            f"  static marker error: RMS {static['marker_error_rms_mm']:.1f} mm, largest"
            f" {static['marker_error_max_mm']:.1f} mm ({static['worst_marker']})"
        )
    print(
        f"  marker error: RMS {rms['mean']:.1f} mm in the mean, {rms['max']:.1f} mm at most;"
        f" largest {worst['error_mm']:.1f} mm ({worst['name']} at {worst['time_s']:.2f} s)"
    )
    print(f"  results in {folder}: kinematics.mot, scaled.osim, augmented.trc, run.json, …")


def _stance(static: Mapping[str, Any]) -> str:
    """How well the subject stood there, where keypoints tell."""
    if static.get("movement_mm") is None:
        return ""
    right, left = static["knee_flexion_deg"]
    return (
        f": joints move by {static['movement_mm']:.0f} mm at most, knees are bent by {right:.0f}°"
        f" (right) and {left:.0f}° (left), the trunk leans by {static['trunk_lean_deg']:.0f}°"
    )


class _progress:  # noqa: N801  (used like a function)
    """Shows the stage under way on stderr, when that is a terminal."""

    def __enter__(self) -> Callable[[str], None] | None:
        if not sys.stderr.isatty():
            return None
        from rich.console import Console

        self._status = Console(stderr=True).status("starting")
        self._status.start()
        return lambda stage: self._status.update(f"{_DOING[stage]} …")

    def __exit__(self, *failure: object) -> None:
        status = getattr(self, "_status", None)
        if status is not None:
            status.stop()
