"""``kinebench run``: the pipeline on one trial, or on all of many sessions."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kinebench.cli.arguments import one_or_more
from kinebench.cli.batch import is_batch, run_batch
from kinebench.cli.output import print_remarks
from kinebench.cli.planning import (
    add_input_arguments,
    planned,
    require_any_input,
    require_one_input,
)
from kinebench.cli.progress import status_line
from kinebench.errors import KinebenchError, ValueRangeError, printable
from kinebench.remarks import Remark, carried_by_errors, carry, remarks_of

if TYPE_CHECKING:
    from kinebench.core.results import PipelineRun
    from kinebench.pipeline.plan import Plan
    from kinebench.quality import Assessment


_DOING = {
    "plan": "reading and planning",
    "clean": "cleaning keypoints",
    "augment": "augmenting markers",
    "floor": "finding the floor",
    "scale": "scaling the model",
    "solve": "solving inverse kinematics",
}

_EPILOG = """\
examples:
  kinebench run OpenCapData_1234 --trial squats --out results
  kinebench run OpenCapData_1234.zip --trial squats --scaled-model own --out results
  kinebench run downloads/ --all --out results
  kinebench run --keypoints squat.trc --static neutral.trc --mass 72 --height 1.78 --out results

Recording and result are checked: what is amber (to be used with care) or red (not to be trusted) is
told on stderr, in run.json under "quality" and per frame in marker_errors.sto. Results are written
and the exit code is 0 all the same; with --strict it is 1 when a check is red. 'kinebench audit'
shows the checks on a page.

Every angle of every frame gets a standard error, in kinematics_se.sto: 1.96 of them to both sides
hold the truth in 95 of 100 cases, as far as the markers' errors are those that were learnt.
'kinebench compare' and its report use the file where it lies beside the estimate.

With --all, or several sessions, results go to DIR/SUBJECT/TRIAL, with trials.csv and report.html
beside: every trial, and how far it is from the session's own motion, with the model scaled here
and with the session's own. What is there already from the same files and pipeline is kept. The
exit code is 1 when a trial failed, 3 when there was none.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kinebench run``."""
    parser.epilog = _EPILOG
    add_input_arguments(parser, sessions="*")
    parser.add_argument(
        "--all",
        action="store_true",
        help="every trial of the sessions named, or of all sessions below a folder",
    )
    parser.add_argument(
        "--workers",
        type=one_or_more,
        metavar="N",
        help="with --all: number of processes; default: one per core",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the results")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace results that are in DIR already"
    )
    parser.add_argument("--dry-run", action="store_true", help="print the plan and stop")
    parser.add_argument("--json", action="store_true", help="print run.json's content")
    parser.add_argument(
        "--toml",
        action="store_true",
        help="with --dry-run: the pipeline as --pipeline reads it",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="exit with 1 when a check of quality is red; results are written all the same",
    )


def run(arguments: argparse.Namespace) -> int:
    """Plan, run, write, and print what came out."""
    require_any_input(arguments)
    if arguments.out is None and not arguments.dry_run:
        raise ValueRangeError("--out DIR is needed: the folder for the results")
    if arguments.toml and not arguments.dry_run:
        raise ValueRangeError("--toml goes with --dry-run: run.json holds the pipeline of a run")
    if is_batch(arguments):
        return run_batch(arguments)
    if arguments.workers is not None:
        raise ValueRangeError("--workers: only with --all; one trial runs in this process")
    arguments.session = next(iter(arguments.session), None)
    require_one_input(arguments)
    with status_line() as show:

        def on_stage(stage: str) -> None:
            show(f"{_DOING[stage]} …")

        on_stage("plan")
        plan, inputs, remarks = planned(arguments)
        if not arguments.dry_run:
            from kinebench.pipeline.outputs import require_room
            from kinebench.pipeline.run_result import judged_run

            with carried_by_errors(remarks):
                require_room(arguments.out, inputs.values(), arguments.overwrite)
            result = _result(plan, remarks, on_stage)
    if arguments.dry_run:
        _print_plan(arguments, plan, inputs, remarks)
        return 0
    judged = judged_run(plan, inputs, result, remarks)
    judged.write(arguments.out)
    print_remarks(judged.remarks)
    _print_findings(judged.assessment)
    if arguments.json:
        from kinebench.pipeline.outputs import manifest_text

        print(manifest_text(judged.manifest), end="")
    else:
        figures = judged.manifest["results"]
        _print_result(arguments.out, plan, figures, judged.bars.in_words())
    return int(arguments.strict and judged.light == "red")


def _result(
    plan: Plan, remarks: Iterable[Remark], on_stage: Callable[[str], None] | None
) -> PipelineRun:
    """The run; when it fails, what is wrong with the recording is printed before the error."""
    from kinebench.pipeline.assessment import assess_plan

    try:
        with carried_by_errors(remarks):
            return plan.pipeline(plan.trial, on_stage)
    except KinebenchError as error:
        assessment = assess_plan(plan)
        _print_findings(assessment)
        carry(error, assessment.besides(remarks_of(error)))
        raise


def _print_findings(assessment: Assessment) -> None:
    from kinebench.quality.finding import said_together

    for finding, text in said_together(assessment.findings):
        if finding.severity != "green":
            print(f"warning: {printable(f'{finding.severity}: {text}')}", file=sys.stderr)


def _print_plan(
    arguments: argparse.Namespace,
    plan: Plan,
    inputs: Mapping[str, Path],
    remarks: Iterable[Remark],
) -> None:
    from kinebench.core.provenance import describe
    from kinebench.io.session_archive import named_in_archive
    from kinebench.pipeline.choices import in_words
    from kinebench.pipeline.outputs import manifest_text

    subject = plan.trial.subject
    if arguments.toml:
        print(plan.spec.to_toml(), end="")
        return
    if arguments.json:
        content = {
            "trial": plan.trial.name,
            "inputs": {role: str(named_in_archive(path)) for role, path in inputs.items()},
            "choices": in_words(plan.choices),
            "pipeline": {**plan.spec.to_table(), "digest": plan.spec.digest},
            "parameters": describe(plan.pipeline),
            "remarks": [remark.as_dict() for remark in remarks],
        }
        print(manifest_text(content), end="")
        return
    keypoints = plan.trial.keypoints
    rate = f" at {keypoints.rate_hz:g} Hz" if keypoints.n_frames > 1 else ""
    print(f"trial     {plan.trial.name}: {keypoints.n_frames} frames{rate}")
    print(f"subject   {subject.mass_kg:g} kg, {subject.height_m:g} m")
    for role, path in inputs.items():
        print(f"input     {role}: {named_in_archive(path)}")
    for choice in plan.choices:
        print(f"choice    {choice.key.value}: {choice}")
    cleaners = describe(plan.pipeline.clean)
    print(f"cleaning  {', '.join(map(_in_words, cleaners)) or 'none'}")
    print(f"floor     {'lowest marker 10 mm above the ground' if plan.pipeline.floor else 'as is'}")
    print(f"engine    {plan.spec.engine}")
    print(f"output    {arguments.out or '(none named)'}")
    print_remarks(remarks)


def _in_words(step: Mapping[str, Any]) -> str:
    """A stage as its kind and parameters."""
    parameters = ", ".join(f"{name}={value}" for name, value in step.items() if name != "kind")
    return f"{step['kind']}({parameters})"


def _print_result(folder: Path, plan: Plan, results: Mapping[str, Any], bars: str) -> None:
    rms, worst = results["marker_error_rms_mm"], results["worst_marker"]
    print(f"{plan.trial.name}: {results['frames']} frames solved")
    for choice in plan.choices:
        print(f"  {choice.key.value}: {choice}")
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
    print(f"  {bars}")
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
