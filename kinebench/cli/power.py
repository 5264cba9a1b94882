"""``kinebench power``: how many subjects, trials and repetitions a study of agreement needs."""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kinebench.errors import FileFormatError, ValueRangeError, listed, require_names

if TYPE_CHECKING:
    from kinebench.statistics.power import DifferenceComponents


_FIGURES = ("subject", "trial", "repetition", "coordinate", "metric", "value")

_EPILOG = """\
Differences are estimate - reference, all in one unit. A trial's value is the mean of its
repetitions. Components come from options or from a pilot: a CSV with the columns subject,
difference and, if there are any, trial, or the figures that compare --csv wrote, of which the bias
of --coordinate counts. Of a small pilot they are uncertain: plan with more.

examples:
  kinebench power --margin 5 --bias 2 --subject-sd 3 --trial-sd 2
  kinebench power --pilot knee.csv --margin 5 --limits-width 2
  kinebench power --pilot figures.csv --coordinate knee_angle_r --margin 5
  kinebench power --icc 0.9 --icc-width 0.1
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Components, what is asked, and designs."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    _add_components(
        parser.add_argument_group("variance components of a difference, all in its unit")
    )
    _add_questions(parser.add_argument_group("what is asked; one or more"))
    _add_design(parser.add_argument_group("design"))
    parser.add_argument("--json", action="store_true", help="print JSON")


def _add_components(group: Any) -> None:
    group.add_argument("--pilot", type=Path, metavar="FILE.csv", help="take them from a pilot")
    group.add_argument(
        "--coordinate",
        metavar="NAME",
        help="of a pilot that kinebench compare or validate wrote with --csv: whose differences",
    )
    group.add_argument(
        "--subject-sd", type=float, metavar="SD", help="between subjects, in their unit; default 0"
    )
    group.add_argument(
        "--trial-sd",
        type=float,
        metavar="SD",
        help="between trials of a subject, in their unit; default 0",
    )
    group.add_argument(
        "--repetition-sd",
        type=float,
        metavar="SD",
        help="between repetitions of a trial, in their unit; default 0",
    )
    group.add_argument(
        "--bias",
        type=float,
        metavar="B",
        help="true mean difference, in their unit; default: the pilot's, else 0",
    )


def _add_questions(group: Any) -> None:
    group.add_argument(
        "--margin",
        type=float,
        metavar="M",
        help="show equivalence within ± M, in their unit; default: not asked",
    )
    group.add_argument(
        "--limits-width",
        type=float,
        metavar="W",
        help="limits of agreement to ± W, in their unit; default: not asked",
    )
    group.add_argument(
        "--icc",
        type=float,
        metavar="R",
        help="expected intraclass correlation, 0 to 1 without a unit; default: not asked",
    )
    group.add_argument(
        "--icc-width",
        type=float,
        metavar="W",
        help="its interval to ± W, 0 to 1 without a unit; goes with --icc",
    )


def _add_design(group: Any) -> None:
    group.add_argument(
        "--power",
        type=float,
        default=0.8,
        metavar="P",
        help="of the test of equivalence: a probability without a unit; default 0.8",
    )
    group.add_argument(
        "--alpha",
        type=float,
        default=0.05,
        metavar="P",
        help="of the test of equivalence: a probability without a unit; default 0.05",
    )
    group.add_argument(
        "--trials",
        type=int,
        nargs="+",
        default=[1, 2, 3, 5],
        metavar="N",
        help="numbers of trials per subject to try; default: 1 2 3 5",
    )
    group.add_argument(
        "--repetitions",
        type=int,
        default=1,
        metavar="N",
        help="number of repetitions per trial; default: 1",
    )
    group.add_argument(
        "--subjects",
        type=int,
        metavar="N",
        help="what that number of subjects reaches; default: the smallest that suffices",
    )


def run(arguments: argparse.Namespace) -> int:
    """Answer each question for each number of trials."""
    _require_question(arguments)
    components = None
    if arguments.margin is not None or arguments.limits_width is not None:
        components = _components(arguments)
    answers = list(_answers(arguments, components))
    if arguments.json:
        print(json.dumps({"components": _as_json(components), "designs": answers}, indent=2))
        return 0
    if components is not None:
        print(
            f"standard deviations: subjects {components.subject:.3g}, trials"
            f" {components.trial:.3g}, repetitions {components.repetition:.3g}; bias"
            f" {components.bias:.3g}"
        )
    for answer in answers:
        print(_sentence(answer))
    return 0


def _require_question(arguments: argparse.Namespace) -> None:
    if (arguments.icc is None) != (arguments.icc_width is None):
        raise ValueRangeError("--icc and --icc-width belong together: give both")
    if arguments.margin is None and arguments.limits_width is None and arguments.icc is None:
        raise ValueRangeError("name what is asked: --margin, --limits-width, or --icc")
    positive = ("margin", "limits_width", "icc_width", "repetitions", "subjects")
    for name in positive:
        value = getattr(arguments, name)
        if value is not None and not 0 < value < float("inf"):
            raise ValueRangeError(f"--{name.replace('_', '-')} must be above 0, found {value:g}")
    if min(arguments.trials) < 1:
        raise ValueRangeError(f"--trials must be 1 or more, found {min(arguments.trials)}")
    for name, value, most in (
        ("icc", arguments.icc, 1.0), ("power", arguments.power, 1.0),
        ("alpha", arguments.alpha, 0.5),
    ):  # fmt: skip
        if value is not None and not 0 < value < most:
            raise ValueRangeError(f"--{name} must lie between 0 and {most:g}, found {value:g}")


def _components(arguments: argparse.Namespace) -> DifferenceComponents:
    from kinebench.statistics.power import DifferenceComponents, components_of

    given = (arguments.subject_sd, arguments.trial_sd, arguments.repetition_sd)
    if (arguments.pilot is None) == all(value is None for value in given):
        raise ValueRangeError("give either --pilot or standard deviations such as --subject-sd")
    if arguments.pilot is None:
        subject, trial, repetition = (value or 0.0 for value in given)
        return DifferenceComponents(subject, trial, repetition, arguments.bias or 0.0)
    found = components_of(*_pilot(arguments.pilot, arguments.coordinate))
    bias = found.bias if arguments.bias is None else arguments.bias
    return DifferenceComponents(found.subject, found.trial, found.repetition, bias)


def _pilot(path: Path, coordinate: str | None) -> tuple[list[float], list[str], list[str]]:
    """Differences, subjects and trials."""
    from kinebench.io.csv_text import split_csv
    from kinebench.io.text import read_text

    table = split_csv(read_text(path), path.name)
    header = [cell.lower() for cell in table.header]
    if "difference" not in header and set(_FIGURES) <= set(header):
        return _of_figures(path, coordinate)
    if coordinate is not None:
        raise ValueRangeError(
            f"--coordinate is of the figures that compare --csv writes; {path.name} lacks their"
            f" columns {', '.join(name for name in _FIGURES if name not in header)}"
        )
    lacking = [name for name in ("subject", "difference") if name not in header]
    if lacking:
        raise FileFormatError(
            f"{path.name}: no column {' and no column '.join(lacking)}; a pilot has the columns"
            " subject, difference and, if there are any, trial"
        )
    values, subjects, trials = [], [], []
    for number, line in enumerate(table.rows, start=table.first_line):
        cells = line.split("\t")
        if len(cells) != len(header):
            raise FileFormatError(
                f"{path.name}: line {number} has {len(cells)} cells, expected {len(header)}"
            )
        cell = dict(zip(header, cells, strict=True))
        try:
            values.append(float(cell["difference"]))
        except ValueError as error:
            raise FileFormatError(
                f"{path.name}: line {number}: difference is no number: '{cell['difference']}'"
            ) from error
        subjects.append(cell["subject"].strip())
        trials.append(cell.get("trial", f"line {number}").strip())
    return values, subjects, trials


def _of_figures(path: Path, coordinate: str | None) -> tuple[list[float], list[str], list[str]]:
    """Biases of a coordinate of each repetition, or of each trial without any, by compare --csv."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["metric"] == "bias" and row["subject"]]
    there = list(dict.fromkeys(row["coordinate"] for row in rows))
    if coordinate is None:
        raise ValueRangeError(
            f"{path.name} has figures of {len(there)} coordinates: name one with --coordinate,"
            f" such as {listed(there, 4)}"
        )
    require_names([coordinate], there, "coordinate", path.name)
    own = [row for row in rows if row["coordinate"] == coordinate and row["value"]]
    repeated = {(row["subject"], row["trial"]) for row in own if row["repetition"]}
    own = [r for r in own if r["repetition"] or (r["subject"], r["trial"]) not in repeated]
    kinds = sorted({row.get("kind_of_trial") or "" for row in own})
    if len(kinds) > 1:
        raise ValueRangeError(
            f"{path.name} has {len(kinds)} kinds of trials: {', '.join(kinds)}; plan for one:"
            " compare --trials 'squat*' --csv writes one kind"
        )
    try:
        values = [float(row["value"]) for row in own]
    except ValueError as error:
        raise FileFormatError(f"{path.name}: a value is no number: {error}") from error
    return values, [row["subject"] for row in own], [row["trial"] for row in own]


def _answers(
    arguments: argparse.Namespace, components: DifferenceComponents | None
) -> Iterator[dict[str, Any]]:
    from kinebench.statistics import power

    repetitions, n = arguments.repetitions, arguments.subjects
    for trials in arguments.trials if components is not None else ():
        assert components is not None
        design = {"trials": trials, "repetitions": repetitions}
        if arguments.margin is not None:

            def reached(n: int, trials: int = trials) -> float:
                sd = components.mean_sd(trials, repetitions)
                return power.equivalence_power(
                    n, sd, arguments.margin, components.bias, arguments.alpha
                )

            question = {"question": "equivalence", "margin": arguments.margin,
                        "power": arguments.power} | design  # fmt: skip
            yield question | _answer(n, reached, lambda value: value >= arguments.power)
        if arguments.limits_width is not None:

            def width(n: int, trials: int = trials) -> float:
                return power.limits_half_width(n, components, trials, repetitions)

            question = {"question": "limits of agreement", "width": arguments.limits_width} | design
            yield question | _answer(n, width, lambda value: value <= arguments.limits_width)
    if arguments.icc is not None:
        question = {"question": "ICC", "expected": arguments.icc, "width": arguments.icc_width}
        yield question | _answer(
            n,
            lambda n: power.icc_half_width(n, arguments.icc),
            lambda value: value <= arguments.icc_width,
        )


def _answer(
    n: int | None, figure: Callable[[int], float], good: Callable[[float], bool]
) -> dict[str, Any]:
    from kinebench.statistics.power import smallest_n

    subjects = smallest_n(lambda n: good(figure(n))) if n is None else n
    return {"subjects": subjects, "reached": None if subjects is None else figure(subjects)}


def _sentence(answer: dict[str, Any]) -> str:
    design = ""
    if "trials" in answer:
        repetitions = (
            f" of {answer['repetitions']} repetitions" if answer["repetitions"] > 1 else ""
        )
        plural = "s" if answer["trials"] > 1 else ""
        design = f", {answer['trials']} trial{plural}{repetitions} each"
    what = {
        "equivalence": "equivalence within ± {margin:g}",
        "limits of agreement": "limits of agreement to ± {width:g}",
        "ICC": "ICC of {expected:g} to ± {width:g}",
    }[answer["question"]].format(**answer)
    if answer["subjects"] is None:
        return f"{what}{design}: no number of subjects reaches it, 10,000 included"
    reached = answer["reached"]
    got = f"power {reached:.3f}" if answer["question"] == "equivalence" else f"± {reached:.3g}"
    return f"{what}{design}: {answer['subjects']} subjects ({got})"


def _as_json(components: DifferenceComponents | None) -> dict[str, float] | None:
    if components is None:
        return None
    names = ("subject", "trial", "repetition", "bias")
    return {name: getattr(components, name) for name in names}
