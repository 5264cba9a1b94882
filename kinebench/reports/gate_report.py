"""One page on a gate: what moved, with the curves that show it."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from kinebench import __version__
from kinebench.baselines.baseline import Baseline, Course
from kinebench.baselines.judging import Finding, Outcome, Verdict, difference, sampled
from kinebench.baselines.measurement import Measurement
from kinebench.reports.blocks import (
    Block,
    Document,
    FigureBlock,
    Listing,
    Section,
    TableBlock,
    Text,
)
from kinebench.reports.figures.style import (
    DOUBLE_COLUMN_IN,
    ESTIMATE,
    REFERENCE,
    as_svg,
    styled,
)
from kinebench.reports.gate_words import headline, sentence, worst_of_each
from kinebench.reports.tables import Table
from kinebench.reports.units import label_of, readable_unit, scale_of

_MOST_CURVES = 12  # a page that is read; the tables have all


def gate_document(verdict: Verdict, baseline: Baseline, measured: Measurement) -> Document:
    """The page: verdict, curves of the worst changes, what else changed, all figures."""
    return Document(
        f"{verdict.gate}: the pipeline has {'' if verdict.failures else 'not '}moved",
        (
            Section("What moved", _moved(verdict)),
            Section("Expected and obtained", _curves(verdict, baseline, measured)),
            Section("What changed besides", _besides(verdict, baseline)),
        ),
        summary=headline(verdict),
        colophon=(f"Made by kinebench {__version__}: {baseline.origin.command}",),
    )


def course_figure(course: Course, obtained: np.ndarray, name: str, limit: float) -> Figure:
    """Both courses above, their difference with its limits below.

    Parameters
    ----------
    course : Course
    obtained : (n,) rad or m
        At the course's times.
    name : str
    limit : float
        rad or m.
    """
    scale, unit = scale_of(course.unit), readable_unit(course.unit)
    change = difference(course, obtained)
    with styled():
        figure = Figure(figsize=(DOUBLE_COLUMN_IN, 2.6), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        above.plot(course.times, course.values * scale, color=REFERENCE, label="expected")
        above.plot(
            course.times, (course.values + change) * scale, color=ESTIMATE,
            linestyle=(0, (4, 1.2)), label="obtained",
        )  # fmt: skip
        above.set_title(f"{label_of(name)} ({unit})")
        above.legend(loc="best")
        below.axhspan(-limit * scale, limit * scale, color=REFERENCE, alpha=0.15, linewidth=0)
        below.plot(course.times, change * scale, color=ESTIMATE)
        below.set_ylabel(f"difference ({unit})")
        below.set_xlabel("time (s)")
    return figure


def _moved(verdict: Verdict) -> tuple[Block, ...]:
    worst = worst_of_each(verdict)
    new = [sentence(f) for f in verdict.findings if f.outcome is Outcome.NEW]
    better = [sentence(f) for f in verdict.findings if f.outcome is Outcome.BETTER]
    if worst:
        blocks: list[Block] = [Listing(tuple(map(sentence, worst)))]
    else:
        blocks = [Text("Nothing moved beyond its limit.", lead=True)]
    if verdict.not_compared:
        blocks.append(Text(f"Not compared: {verdict.not_compared}."))
    if new:
        blocks += [Text("New, and to be accepted:"), Listing(tuple(new))]
    if better:
        blocks += [Text("Better than expected:"), Listing(tuple(better))]
    return tuple(blocks)


def _curves(verdict: Verdict, baseline: Baseline, measured: Measurement) -> tuple[Block, ...]:
    shown = [f for f in worst_of_each(verdict) if f.stretch is not None][:_MOST_CURVES]
    if not shown:
        return (Text("No course moved beyond its limit."),)
    return tuple(_curve(finding, baseline, measured) for finding in shown)


def _curve(finding: Finding, baseline: Baseline, measured: Measurement) -> FigureBlock:
    trial, item, _ = finding.key
    course = baseline.courses[trial, item]
    obtained = sampled(measured.motions[trial], item, course.times)
    figure = course_figure(course, obtained, item, finding.limit)
    told = sentence(finding)
    return FigureBlock(as_svg(figure, page=True), told, told)


def _besides(verdict: Verdict, baseline: Baseline) -> tuple[Block, ...]:
    accepted = f"Accepted {baseline.date} by {baseline.accepted_by}: {baseline.reason}"
    if not verdict.changed:
        return (Text("Versions, inputs and parameters are those of the baseline."), Text(accepted))
    table = Table(("what", "then", "now"), verdict.changed)
    return (TableBlock(table, "What differs from the baseline's run."), Text(accepted))
