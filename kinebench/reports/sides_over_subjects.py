"""Errors of the right side beside those of the left, over subjects: words, table, CSV and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kinebench.comparison.side_differences import SideDifference
from kinebench.core.display import counted
from kinebench.core.provenance import describe
from kinebench.metrics import CATALOGUE
from kinebench.reports.blocks import TableBlock, Text
from kinebench.reports.tables import Table
from kinebench.reports.units import (
    readable,
    readable_estimate,
    readable_interval,
    readable_unit,
)

_ALPHA = 0.05
SIDES_TITLE = "Right against left over subjects"
SIDES = "right − left"
"""Head of the column of differences; in a CSV the ``outcome`` of their rows."""

SIDES_SAID = (
    "Errors of the right side beside those of the left: repetitions are averaged per trial, trials"
    " per subject, and the differences are paired over subjects, with 95 % intervals (Student) that"
    " are not corrected for the number of rows; p is, after Holm, for the rows of each figure. Of"
    " gait cycles the right side's errors are of the right cycles, the left side's of the left."
)


def sides_in_words(rows: Sequence[SideDifference]) -> list[str]:
    """The answer, a sentence for each figure: what differs beyond chance, the largest first."""
    said = []
    for metric in dict.fromkeys(row.metric for row in rows):
        own = [row for row in rows if row.metric == metric]
        found = [row for row in own if row.contrast.p_adjusted < _ALPHA]
        found.sort(key=lambda row: -abs(row.contrast.mean))
        most = max(row.contrast.n_subjects for row in own)
        title = f"right − left over {most} subjects, {_title(metric)}"
        if found:
            named = "; ".join(f"{row.item} {_signed(row)}" for row in found)
            said.append(
                f"{title}: the sides differ in {named} (p < 0.05 after Holm's correction for"
                f" {counted(len(own), 'test')})"
            )
        else:
            said.append(
                f"{title}: no difference is shown in {counted(len(own), 'test')}, which does not"
                " show that there is none"
            )
    return said


def sides_over_subjects_table(rows: Sequence[SideDifference]) -> Table:
    """A row for each figure that both sides have."""
    header = ("of", "figure", "unit", "right", "left", SIDES, "p (Holm)", "subjects", "trials")
    return Table(header, tuple(map(_cells, rows)), n_labels=3)


def sides_blocks(rows: Sequence[SideDifference]) -> tuple[Text | TableBlock, ...]:
    """For a page: the answer, then the table."""
    said = (Text(f"{line[0].upper()}{line[1:]}.") for line in sides_in_words(rows))
    return (*said, TableBlock(sides_over_subjects_table(rows), SIDES_SAID))


def side_records(rows: Sequence[SideDifference]) -> list[dict[str, Any]]:
    """For JSON: SI units and radians."""
    return [
        {
            "item": row.item,
            "metric": row.metric,
            "unit": row.unit,
            "right": _mean(row, 0),
            "left": _mean(row, 1),
            "n_trials": row.n_trials,
            "right_minus_left": describe(row.contrast),
        }
        for row in rows
    ]


def _cells(row: SideDifference) -> tuple[str, ...]:
    return (
        row.item,
        _title(row.metric),
        readable_unit(row.unit),
        readable(_mean(row, 0), row.unit),
        readable(_mean(row, 1), row.unit),
        _estimate(row),
        f"{row.contrast.p_adjusted:.2g}",
        str(row.contrast.n_subjects),
        str(row.n_trials),
    )


def _mean(row: SideDifference, side: int) -> float:
    return float(row.values[:, side].mean())


def _estimate(row: SideDifference) -> str:
    return readable_estimate(row.contrast.mean, row.contrast.interval, row.unit)


def _signed(row: SideDifference) -> str:
    """``+2.60° [1.23, 3.97]``."""
    mean, unit = row.contrast.mean, readable_unit(row.unit)
    sign, gap = "+" if mean > 0 else "", "" if unit == "°" else " "
    interval = readable_interval(row.contrast.interval, row.unit)
    return f"{sign}{readable(mean, row.unit)}{gap}{unit}".strip() + f" {interval}"


def _title(metric: str) -> str:
    return "height" if metric == "side_drop" else CATALOGUE[metric].title
