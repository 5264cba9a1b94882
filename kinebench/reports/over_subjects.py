"""Figures over subjects as rows of a table of figures, and as LaTeX."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from kinebench.comparison import Comparison
from kinebench.comparison.agreement import AgreementRow, agreement_of
from kinebench.comparison.side_differences import SideDifference, side_differences
from kinebench.reports.agreement_tables import agreement_table
from kinebench.reports.comparison_remarks import comparison_title, kind_title, kinds_remarks
from kinebench.reports.comparison_tables import main_table
from kinebench.reports.sides_over_subjects import (
    SIDES,
    SIDES_TITLE,
    sides_over_subjects_table,
)
from kinebench.reports.tables import as_latex
from kinebench.reports.units import readable_unit, scale_of
from kinebench.statistics import Interval

ALL_SUBJECTS = "over subjects"
"""In the column ``level`` of a figure over subjects; its subject and trial are empty."""


def subject_rows(
    comparison: Comparison, margin_rad: float | None = None
) -> Iterator[dict[str, Any]]:
    """Means over subjects, then agreement and right minus left, in readable units, a figure a row.

    ``kind_of_trial`` names the trials that a mean is over. Of agreement, ``outcome`` is what was
    taken of a coordinate's course, and ``metric`` one of agreement_bias, lower_limit, upper_limit,
    ICC(A,1) and mean_difference, which is that of the test of equivalence: its interval is of 90 %,
    and the row has ``margin``, ``p`` and ``equivalent``. Of right minus left, ``outcome`` is "right
    − left" and the row has ``p`` and ``p_holm``.
    """
    for kind, part in comparison.by_kind.items():
        name = kind or "; ".join(sorted({pair.trial_kind for pair in part.pairs}))
        noun = part.pairs[0].evaluation.kind.noun
        head: dict[str, Any] = {"level": ALL_SUBJECTS, "kind_of_trial": name}
        for row in part.groups:
            summary = row.figure.summary
            yield {
                **head,
                noun: row.item,
                "metric": row.metric,
                **_figure(summary.mean, row.figure.interval, row.unit),
                "n": summary.n_values,
                "n_subjects": summary.n_subjects,
                "n_trials": summary.n_trials,
            }
        for found in agreement_of(part, margin_rad):
            for figure in _agreement(found):
                yield {**head, noun: found.item, "outcome": found.outcome, **figure}
        for sides in side_differences(part):
            yield {**head, noun: sides.item, "outcome": SIDES, **_of_sides(sides)}


def _agreement(row: AgreementRow) -> Iterator[dict[str, Any]]:
    limits, icc, tested = row.limits, row.correlation, row.equivalence
    counts = {"n": limits.n_pairs, "n_subjects": limits.n_subjects}
    for metric, value, interval, unit in (
        ("agreement_bias", limits.bias, limits.bias_interval, row.unit),
        ("lower_limit", limits.lower, limits.lower_interval, row.unit),
        ("upper_limit", limits.upper, limits.upper_interval, row.unit),
        ("ICC(A,1)", icc.value, icc.interval, "1"),
    ):
        yield {"metric": metric, **_figure(value, interval, unit), **counts}
    if tested is not None:
        yield {
            "metric": "mean_difference",
            **_figure(tested.mean, tested.interval, row.unit),
            "n": tested.n_subjects,
            "n_subjects": tested.n_subjects,
            "margin": _or_empty(tested.margin * scale_of(row.unit)),
            "p": _or_empty(tested.p),
            "equivalent": ("yes" if tested.equivalent else "not shown")
            if math.isfinite(tested.p)
            else "",
        }


def _of_sides(row: SideDifference) -> dict[str, Any]:
    found = row.contrast
    return {
        "metric": row.metric,
        **_figure(found.mean, found.interval, row.unit),
        "n": found.n_subjects,
        "n_subjects": found.n_subjects,
        "n_trials": row.n_trials,
        "p": _or_empty(found.p),
        "p_holm": _or_empty(found.p_adjusted),
    }


def _figure(value: float, interval: Interval, unit: str) -> dict[str, Any]:
    scale = scale_of(unit)
    return {
        "value": _or_empty(value * scale),
        "ci_low": _or_empty(interval.low * scale),
        "ci_high": _or_empty(interval.high * scale),
        "unit": readable_unit(unit),
    }


def _or_empty(value: float) -> float | str:
    return value if math.isfinite(value) else ""


def comparison_latex(comparison: Comparison, margin_rad: float | None = None) -> str:
    """The table to show first, those of agreement and of both sides, of each kind of trials."""
    found = [f"% {line}\n" for line in kinds_remarks(comparison)]
    for kind, part in comparison.by_kind.items():
        title = kind_title(kind, part) if kind else comparison_title(part)
        found.append(as_latex(main_table(part), f"Error of the estimate, {title}"))
        agreement = agreement_of(part, margin_rad)
        if agreement:
            caption = f"Agreement over subjects, {title}"
            found.append(as_latex(agreement_table(agreement), caption))
        sides = side_differences(part)
        if sides:
            caption = f"{SIDES_TITLE}, {title}"
            found.append(as_latex(sides_over_subjects_table(sides), caption))
    return "\n".join(found)
