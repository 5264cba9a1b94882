"""``kinebench check``: has a pipeline moved since its baseline was accepted?"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kinebench.cli.output import print_remarks
from kinebench.cli.progress import status_line
from kinebench.errors import DataNotHereError, ValueRangeError, one_line
from kinebench.remarks import Remark, collected_remarks

if TYPE_CHECKING:
    from kinebench.baselines.baseline import Baseline
    from kinebench.baselines.gate import Gate
    from kinebench.baselines.judging import Verdict
    from kinebench.baselines.measurement import Measurement


_EPILOG = """\
Without GATE.toml the quick gate is run on kinebench's own pipeline, against the baseline that it
came with: a check of this installation.

GATE.toml has [under_test] (python, command or files) or [pipeline], and perhaps [laboratory] and
[[trials]] as a study has. With study = "FILE.toml" in [gate], pipeline and levels are those of a
study: one factor at a time is varied, and the error of every trial at every level is a figure.
leave_out = ["FACTOR LEVEL"] does without some; needs = ["DATASET"] measures nothing, and says so,
where these files are not at hand: a gate downloads nothing.

exit codes: 0 fine, 1 a figure moved or vanished, 2 bad input, 3 nothing was measured; with
--bisect 125 instead of 2 and 3, so that git bisect skips the commit:
  cp gate.baseline.toml /tmp/ && git bisect start BAD GOOD
  git bisect run kinebench check gate.toml --baseline /tmp/gate.baseline.toml --bisect
"""
_REGRESSION = 1
_BAD_INPUT = 2
_NOTHING_MEASURED = 3
_CANNOT_RUN = 125


def add_gate_arguments(parser: argparse.ArgumentParser) -> None:
    """What is run, and which baseline it is compared with."""
    parser.add_argument(
        "gate", nargs="?", type=Path, metavar="GATE.toml", help="default: the built-in quick gate"
    )
    parser.add_argument(
        "--baseline", type=Path, metavar="FILE", help="default: GATE.baseline.toml beside GATE.toml"
    )
    parser.add_argument("--timing", action="store_true", help="time the trials too")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kinebench check``."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_gate_arguments(parser)
    parser.add_argument(
        "--seed", type=int, metavar="N",
        help="number of another draw of the laboratory's noise: errors against the truth alone are"
        " compared; default: the baseline's",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write a job summary")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with curves")
    parser.add_argument(
        "--github", action="store_true", help="print annotations for GitHub instead of text"
    )
    parser.add_argument("--bisect", action="store_true", help="exit 125 where it cannot run")
    parser.add_argument(
        "--write-trials", type=Path, metavar="DIR",
        help="write the trials' keypoints as TRC, for a pipeline whose files are checked, and end",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Measure, compare, say what moved."""
    try:
        code = _check(arguments)
    except DataNotHereError as error:
        print(f"kinebench check: skipped, nothing was measured: {error}", file=sys.stderr)
        code = _NOTHING_MEASURED
    except Exception as error:
        if not arguments.bisect:
            raise
        # whatever it is, this commit cannot be judged: neither good nor bad
        print(f"kinebench check: {type(error).__name__}: {one_line(error)}", file=sys.stderr)
        return _CANNOT_RUN
    return _CANNOT_RUN if arguments.bisect and code == _NOTHING_MEASURED else code


def gate_of(arguments: argparse.Namespace) -> Gate:
    """The gate of the file, or the quick one."""
    from kinebench.baselines.gate import quick_gate, read_gate

    return quick_gate() if arguments.gate is None else read_gate(arguments.gate)


def baseline_path(arguments: argparse.Namespace) -> Path:
    """Where the baseline is."""
    from kinebench.baselines.gate import QUICK_BASELINE

    given: Path | None = arguments.baseline
    if given is not None:
        return given
    gate: Path | None = arguments.gate
    return QUICK_BASELINE if gate is None else gate.with_suffix(".baseline.toml")


class Checked(NamedTuple):
    """A verdict, and what it was found from.

    Parameters
    ----------
    verdict : Verdict
    baseline : Baseline
    measured : Measurement
    remarks : tuple of Remark
    """

    verdict: Verdict
    baseline: Baseline
    measured: Measurement
    remarks: tuple[Remark, ...]


def checked(
    gate: Gate, baseline: Baseline, arguments: argparse.Namespace, show: Callable[[str], None]
) -> Checked:
    """Measure what the gate runs, and hold it against the baseline."""
    from kinebench.baselines.judging import judge

    seed = baseline.origin.seed if arguments.seed is None else arguments.seed
    timed = arguments.timing or any(f.tolerance == "time" for f in baseline.figures.values())
    with collected_remarks() as remarks:
        measured, origin = gate.measure(seed, timed, lambda trial: show(f"trial: {trial}"))
    return Checked(judge(baseline, measured, origin), baseline, measured, tuple(remarks))


def expected(path: Path) -> Baseline:
    """The baseline of a file, or an error that says how to make one."""
    from kinebench.baselines.text import read_baseline

    if not path.is_file():
        raise ValueRangeError(
            f"there is no baseline {path}; 'kinebench baseline accept' makes one of what comes out"
            " now"
        )
    return read_baseline(path)


def _check(arguments: argparse.Namespace) -> int:
    from kinebench.io.atomic import require_writable

    if arguments.json and arguments.github:
        raise ValueRangeError("either --json or --github: both print to standard output")
    gate = gate_of(arguments)
    if arguments.write_trials is not None:
        return _write_trials(gate, arguments.write_trials)
    path = baseline_path(arguments)
    baseline = expected(path)
    files = [f for f in (arguments.junit, arguments.markdown, arguments.html) if f is not None]
    require_writable(files, [path] if arguments.gate is None else [path, arguments.gate])
    if baseline.is_empty:
        print(f"kinebench check: the baseline {path.name} is empty", file=sys.stderr)
        return _NOTHING_MEASURED
    with status_line() as show:
        verdict, _, measured, remarks = checked(gate, baseline, arguments, show)
    print_remarks(remarks)
    if verdict.failures or verdict.n_compared:
        _write(arguments, verdict, baseline, measured)
    if not measured.motions or not verdict.n_compared:
        _tell_of_nothing(arguments, verdict, baseline, measured, path.name)
        return _NOTHING_MEASURED
    _tell(arguments, verdict, baseline, path, remarks)
    return _REGRESSION if verdict.failures else 0


def _tell_of_nothing(
    arguments: argparse.Namespace,
    verdict: Verdict,
    baseline: Baseline,
    measured: Measurement,
    name: str,
) -> None:
    """Why there is nothing to compare, a reason once: a list of all that is missing tells nothing.

    It is on standard error; standard output has JSON or an annotation if these were asked for.
    """
    from kinebench.reports.gate_formats import as_json
    from kinebench.reports.gate_words import github_error, nothing_measured

    lines = nothing_measured(measured, baseline, name)
    if arguments.json:
        print(as_json(verdict, baseline))
    elif arguments.github:
        print(github_error(lines, name))
    for line in lines:
        print(f"kinebench check: {line}", file=sys.stderr)


def _tell(
    arguments: argparse.Namespace,
    verdict: Verdict,
    baseline: Baseline,
    path: Path,
    remarks: Sequence[Remark],
) -> None:
    from kinebench.reports.gate_formats import as_json
    from kinebench.reports.gate_words import github_annotations, headline, in_text

    if arguments.json:
        print(as_json(verdict, baseline, remarks))
    elif arguments.github:
        print(github_annotations(verdict, path.as_posix()))
        print(headline(verdict))
    else:
        print(in_text(verdict, baseline))


def _write(
    arguments: argparse.Namespace, verdict: Verdict, baseline: Baseline, measured: Measurement
) -> None:
    from kinebench.io.atomic import write_atomically
    from kinebench.reports.gate_formats import as_junit
    from kinebench.reports.gate_words import in_markdown

    if arguments.junit is not None:
        write_atomically(arguments.junit, as_junit(verdict))
    if arguments.markdown is not None:
        write_atomically(arguments.markdown, in_markdown(verdict, baseline))
    if arguments.html is not None:
        from kinebench.reports.gate_report import gate_document
        from kinebench.reports.html import as_html

        write_atomically(arguments.html, as_html(gate_document(verdict, baseline, measured)))


def _write_trials(gate: Gate, folder: Path) -> int:
    """Keypoints, static trial and subject of every trial; ``NAME.mot`` is what is then expected."""
    import json

    from kinebench.baselines.measurement import seeded_trial
    from kinebench.io.atomic import require_folder, write_atomically
    from kinebench.io.trc import write_trc
    from kinebench.pipeline.under_test import file_name

    require_folder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for source in gate.sources:
        trial = seeded_trial(source, 0, gate.choices)
        stem = file_name(trial.name)
        write_trc(folder / f"{stem}.trc", trial.keypoints)
        if trial.static is not None:
            write_trc(folder / f"{stem}_static.trc", trial.static)
        subject = {"mass_kg": trial.subject.mass_kg, "height_m": trial.subject.height_m}
        write_atomically(folder / f"{stem}.json", json.dumps(subject) + "\n")
        print(f"{stem}.trc")
    return 0
