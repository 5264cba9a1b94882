"""``kinebench why``: which step makes one side sink, on the user's own trial."""

from __future__ import annotations

import argparse
import json
import math
import shlex
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kinebench.cli.output import print_remarks, terminal_width
from kinebench.cli.planning import add_input_arguments, planned, require_one_input
from kinebench.cli.progress import status_line
from kinebench.remarks import Remark, carried_by_errors, each_once

if TYPE_CHECKING:
    from kinebench.core.arrays import FloatArray
    from kinebench.diagnosis.verdict import Finding
    from kinebench.diagnosis.why import Diagnosis
    from kinebench.pipeline.plan import Plan
    from kinebench.reports.tables import Table


_EPILOG = """\
Every cause is swapped, alone and together with the others, on the trial itself; no reference is
needed. What changes is shared out among the causes (Shapley), so that the parts add up. A cause
that changes a figure is not thereby wrong: it is where the figure is decided. Likely wrong (!) is
what the recording itself speaks against: each cause has a probability, learnt on virtual sessions
with and without faults. Settings of the run (start-up, frame rate) that do not move the drop are
told as advice. Of optical markers nothing is learnt: swaps are made, and no probability is given.
Where --clean corrects the recording (level, rotate, rescale, swap-sides, bone-lengths, outliers,
fill-…), it is judged after that; filters are judged by what they take away. What no recording of
this kind can tell is listed. How often this is right and how often a clean recording is accused:
benchmarks/diagnosis/confusion.md.

examples:
  kinebench why OpenCapData_1234 --trial squats --report why.html
  kinebench why --keypoints squat.trc --static neutral.trc --mass 72 --height 1.78
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The inputs and pipeline options of ``kinebench run``."""
    add_input_arguments(parser)
    parser.epilog = _EPILOG
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write a page of HTML")


def run(arguments: argparse.Namespace) -> int:
    """Plan as `kinebench run` does, swap, print."""
    from kinebench.diagnosis.why import diagnose
    from kinebench.io.atomic import require_writable

    require_one_input(arguments)
    plan, inputs, remarks = planned(arguments)
    if arguments.report is not None:
        require_writable([arguments.report], inputs.values())
    with carried_by_errors(remarks), status_line() as show:
        found = diagnose(
            plan.pipeline, plan.trial, lambda done, total: show(f"{done} of {total} runs")
        )
    remarks = each_once((*remarks, *found.remarks))
    print_remarks(remarks)
    if arguments.report is not None:
        command = shlex.join(["kinebench", *sys.argv[1:]])
        write_report(arguments.report, found, plan, inputs, remarks, command)
    if arguments.json:
        content = as_json(found)
        content["remarks"] = [remark.as_dict() for remark in remarks]
        print(json.dumps(content, indent=2, ensure_ascii=False))
    else:
        _print(found)
    return 0


def write_report(
    path: Path,
    found: Diagnosis,
    plan: Plan,
    inputs: Mapping[str, Path],
    remarks: tuple[Remark, ...],
    command: str,
) -> None:
    """The page, with what was read and the command that makes it again."""
    from kinebench.core.provenance import file_sha256
    from kinebench.io.atomic import write_atomically
    from kinebench.pipeline.choices import in_words
    from kinebench.reports.html import as_html
    from kinebench.reports.why_report import why_document

    digests = {role: (file.name, file_sha256(file)) for role, file in inputs.items()}
    document = why_document(found, digests, in_words(plan.choices), remarks, command)
    write_atomically(path, as_html(document))


def as_json(found: Diagnosis) -> dict[str, Any]:
    """Everything but the courses, SI units; NaN becomes null."""
    from kinebench.diagnosis.faults import CAUSES
    from kinebench.diagnosis.figures import FIGURES
    from kinebench.diagnosis.verdict import drop_interval, findings, verdict

    def known(value: float) -> float | None:
        return value if math.isfinite(value) else None

    def named(values: Any) -> dict[str, float | None]:
        pairs = zip(FIGURES, values.tolist(), strict=True)
        return {figure.name: known(value) for figure, value in pairs}

    # where nothing is judged, every cause is there, without a probability
    chances = {words.title or name: None for name, words in CAUSES.items()} | {
        fault.title: known(fault.probability) if fault.measured else None for fault in found.faults
    }

    return {
        "trial": found.trial,
        "units": {figure.name: figure.unit for figure in FIGURES},
        "as_is": named(found.as_is),
        "side_drop_interval": drop_interval(found),
        "swapped": named(found.swapped),
        "verdict": list(verdict(found)),
        "causes": [
            {
                "name": one.name,
                "swap": one.swap,
                "now": one.now,
                "instead": one.instead,
                "probability": known(one.probability),
                "evidence": one.shown,
                "likely_wrong": one.suspect,
                "run_setting": one.run_advice,
                "advice": one.advice,
                "changes_most": None if one.figure is None else one.figure.name,
                "part": known(one.part),
                "unit": None if one.figure is None else one.figure.unit,
                "times_notable": known(one.size),
            }
            for one in findings(found)
        ],
        "anything_wrong": known(found.anything),
        "probabilities": chances,
        "not_judged": found.unjudged or None,
        "judged_after": list(found.corrections),
        "parts": {name: named(values) for name, values in found.parts.items()},
        "alone": {name: named(values) for name, values in found.alone.items()},
        "left_out": dict(found.left_out),
        "cannot_be_told": list(found.undecidable),
        "runs": found.n_runs,
    }


def _print(found: Diagnosis) -> None:
    from kinebench.diagnosis.figures import FIGURES
    from kinebench.diagnosis.spread import spread_of
    from kinebench.diagnosis.verdict import findings, percent, verdict
    from kinebench.diagnosis.why import SOLVERS
    from kinebench.reports.tables import as_text

    width = terminal_width()
    for sentence in verdict(found):
        print(textwrap.fill(sentence, max(width, 40), break_long_words=False))
    noise = "; ±: 95 % of clean sessions" if spread_of(SOLVERS, FIGURES[0], found.augmenter) else ""
    ranked = findings(found)
    title = f"right − left, and what each cause changes of it{noise}"
    print(f"\n{textwrap.fill(title, max(width, 40))}\n")
    print(f"{as_text(_parts_table(found, ranked), width)}\n")
    for one in ranked:
        swap = f": {one.now} → {one.instead}" if one.swap else " (no swap)"
        what = "advice on the run" if one.run_advice else "wrong"
        sure = f"; {what} with {percent(one.probability)}" if math.isfinite(one.probability) else ""
        shown = f": {one.shown}" if one.shown else ""
        print(f"{one.name}{swap}{sure}{shown}")
    for name, reason in found.left_out.items():
        print(f"not tried: {name}: {reason}")
    for what in found.undecidable:
        print(f"cannot be told from this recording: {what}")
    print(f"{found.n_runs} runs; the deepest points are {found.n_deep_frames} frames")


def _parts_table(found: Diagnosis, ranked: Sequence[Finding]) -> Table:
    """The figures as they are, what each swap changes of them, and with every cause swapped."""
    from kinebench.diagnosis.figures import FIGURES
    from kinebench.diagnosis.verdict import part_text
    from kinebench.reports.side_words import figure_title, figure_value
    from kinebench.reports.tables import Table

    def row(name: str, values: FloatArray) -> tuple[str, ...]:
        pairs = zip(values.tolist(), FIGURES, strict=True)
        return (name, *(figure_value(value, figure) for value, figure in pairs))

    rows = [row("as it is", found.as_is)]
    for one in ranked:
        if one.swap:
            values = found.parts[one.swap]
            name, _, *others = row(f"{one.name}{' !' if one.suspect else ''}", values)
            drop = part_text(one.swap, float(values[0]), FIGURES[0], found.augmenter)
            rows.append((name, drop, *others))
    rows.append(row("all swapped", found.swapped))
    return Table(("", *map(figure_title, FIGURES)), tuple(rows), n_labels=1)
