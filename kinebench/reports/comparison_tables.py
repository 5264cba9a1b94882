"""A comparison as tables: tidy rows, CSV, LaTeX, JSON."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kinebench.comparison import Comparison, PairResult
from kinebench.core.provenance import describe
from kinebench.metrics import CATALOGUE
from kinebench.reports.units import readable, readable_unit, scale_of

__all__ = ["as_csv", "as_json", "as_latex", "group_rows", "pair_rows", "tidy_rows"]


def tidy_rows(comparison: Comparison) -> Iterator[dict[str, Any]]:
    """One row per pair, item and metric, in readable units, with the sensitivity to the lag.

    The four columns ``lag…`` hold the headline metric at shifted lags and are empty elsewhere.
    """
    for pair in comparison.pairs:
        shifted = {shift.label: shift for shift in pair.sensitivity}
        for figure in pair.evaluation.figures:
            scale = scale_of(figure.unit)
            row: dict[str, Any] = {
                "subject": pair.subject,
                "trial": pair.trial,
                pair.evaluation.kind: figure.item,
                "metric": figure.metric,
                "value": figure.value * scale,
                "unit": readable_unit(figure.unit),
                "n": figure.n,
            }
            is_headline = figure.metric == comparison.headline_of(pair)
            for label in ("−1 frame", "+1 frame", "−0.1 s", "+0.1 s"):
                result = shifted[label].result if is_headline and label in shifted else {}
                value = result.get(figure.item, math.nan) * scale
                row[f"lag {label}"] = "" if math.isnan(value) else value
            yield row


def as_csv(rows: Iterable[dict[str, Any]]) -> str:
    """CSV with a header; numbers with all digits."""
    listed = list(rows)
    text = io.StringIO()
    columns = list(dict.fromkeys(key for row in listed for key in row))
    writer = csv.DictWriter(text, columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(listed)
    return text.getvalue()


def pair_rows(pair: PairResult, metrics: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a table of one pair: an item a row, a metric a column."""
    there = [metric for metric in metrics if metric in pair.evaluation.metrics]
    header = [pair.evaluation.kind, "unit", *(CATALOGUE[metric].title for metric in there)]
    figures = {(figure.item, figure.metric): figure for figure in pair.evaluation.figures}
    rows = []
    for item in pair.evaluation.items:
        cells = [figures.get((item, metric)) for metric in there]
        own = next((cell.unit for cell in cells if cell is not None and cell.unit != "1"), "1")
        values = [readable(cell.value, cell.unit) if cell else "—" for cell in cells]
        rows.append([item, readable_unit(own), *values])
    return header, rows


def group_rows(comparison: Comparison) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the group table: mean [95 % interval] of each metric per item."""
    metrics = list(dict.fromkeys(metric for row in comparison.groups.values() for metric in row))
    units = {
        (figure.item, figure.metric): figure.unit
        for pair in comparison.pairs
        for figure in pair.evaluation.figures
    }
    header = [
        "item",
        "unit",
        *(CATALOGUE[metric].title for metric in metrics),
        "subjects",
        "trials",
    ]
    rows = []
    for item, figures in comparison.groups.items():
        cells, unit = [], "1"
        for metric in metrics:
            figure = figures.get(metric)
            if figure is None:
                cells.append("—")
                continue
            unit = units[item, metric]
            interval = figure.interval
            low, high = readable(interval.low, unit), readable(interval.high, unit)
            cells.append(f"{readable(figure.summary.mean, unit)} [{low}, {high}]")
        summary = next(iter(figures.values())).summary
        rows.append(
            [item, readable_unit(unit), *cells, str(summary.n_subjects), str(summary.n_trials)]
        )
    return header, rows


def as_latex(header: Sequence[str], rows: Sequence[Sequence[str]], caption: str) -> str:
    """A booktabs table; the text is escaped."""
    columns = "l" * min(2, len(header)) + "r" * (len(header) - 2)
    lines = [
        r"\begin{table}",
        rf"\caption{{{_escaped(caption)}}}",
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        " & ".join(map(_escaped, header)) + r" \\",
        r"\midrule",
        *(" & ".join(map(_escaped, row)) + r" \\" for row in rows),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Everything but the waveforms, as JSON types; NaN becomes null."""
    return {
        "procedure": describe(comparison.procedure),
        "pairs": [_pair_json(comparison, pair) for pair in comparison.pairs],
        "excluded_pairs": [excluded._asdict() for excluded in comparison.excluded],
        "groups": {
            item: {metric: _finite(describe(figure)) for metric, figure in figures.items()}
            for item, figures in comparison.groups.items()
        },
    }


def _pair_json(comparison: Comparison, pair: PairResult) -> dict[str, Any]:
    return {
        "subject": pair.subject,
        "trial": pair.trial,
        "alignment": _finite(describe(pair.alignment)),
        "figures": [_finite(row) for row in pair.evaluation.rows()],
        "excluded": [excluded._asdict() for excluded in pair.evaluation.excluded],
        "undefined": [undefined._asdict() for undefined in pair.evaluation.undefined],
        "headline": comparison.headline_of(pair),
        "sensitivity": [
            {"shift": shift.label, "shift_s": shift.shift_s, "values": _finite(shift.result)}
            for shift in pair.sensitivity
        ],
        "policies": {
            name: {
                "lag_s": outcome.record.lag_s if outcome.record else None,
                "values": _finite(outcome.result),
                "reason": outcome.reason,
            }
            for name, outcome in pair.policies.items()
        },
        "warnings": list(pair.warnings),
    }


def _finite(content: Any) -> Any:
    """JSON has no NaN."""
    if isinstance(content, float):
        return content if math.isfinite(content) else None
    if isinstance(content, dict):
        return {key: _finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(value) for value in content]
    return content


_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "°": r"\textdegree{}", "—": "---", "−": "$-$", "²": "$^2$",
}  # fmt: skip


def _escaped(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in text)
