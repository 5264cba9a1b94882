"""A comparison as tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from kinebench.comparison import Comparison, PairResult
from kinebench.comparison.asked import PARTS
from kinebench.comparison.error_bars import share_within_band
from kinebench.comparison.error_kinds import ErrorKinds, item_error_kinds, mean_error_kinds
from kinebench.comparison.results import GroupRow
from kinebench.metrics import CATALOGUE, Evaluation, Figure, Kind
from kinebench.metrics.joint_rotation import ROTATION_REMOVED
from kinebench.reports.tables import Table
from kinebench.reports.units import readable, readable_interval, readable_unit, scale_of
from kinebench.uncertainty.marker_errors import NORMAL_95

_MOTION_COLUMNS = (
    "bias", "mae", "rmse", "offset_removed_rmse", ROTATION_REMOVED, "max_error",
    "rom_error", "peak_error", "peak_timing_error", "pearson_r",
)  # fmt: skip
_MARKER_COLUMNS = (
    "distance_mean",
    "distance_rms",
    "distance_max",
    "distance_p95",
    "offset_removed_distance_mean",
    "mpjpe",
    "pa_mpjpe",
)
_SHIFTS = ("−1 frame", "+1 frame", "−0.1 s", "+0.1 s")


def tidy_rows(comparison: Comparison) -> Iterator[dict[str, Any]]:
    """One row per pair, item and metric, in readable units; then one per repetition.

    The column ``repetition`` is empty for the whole trial. The four columns ``lag…`` hold the
    headline metric at shifted lags and are empty elsewhere.
    """
    for pair in comparison.pairs:
        shifted = {shift.label: shift.result for shift in pair.sensitivity}
        for figure in pair.evaluation.figures:
            row = _tidy(pair, "", pair.evaluation.kind.noun, figure)
            is_headline = figure.metric == comparison.headline_of(pair)
            for label in _SHIFTS:
                value = (
                    shifted.get(label, {}).get(figure.item, math.nan) if is_headline else math.nan
                )
                row[f"lag {label}"] = _or_empty(value * scale_of(figure.unit))
            yield row
        for part in pair.repetitions:
            for figure in part.evaluation.figures:
                yield _tidy(pair, part.interval.name, part.evaluation.kind.noun, figure)


def _tidy(pair: PairResult, repetition: str, kind: str, figure: Figure) -> dict[str, Any]:
    scale = scale_of(figure.unit)
    low, high = figure.interval or (math.nan, math.nan)
    return {
        "subject": pair.subject,
        "trial": pair.trial,
        "repetition": repetition,
        kind: figure.item,
        "metric": figure.metric,
        "value": _or_empty(figure.value * scale),
        "ci_low": _or_empty(low * scale),
        "ci_high": _or_empty(high * scale),
        "unit": readable_unit(figure.unit),
        "n": figure.n,
        "level": "repetition" if repetition else "trial",
        "kind_of_trial": pair.trial_kind,
    }


def _or_empty(value: float) -> float | str:
    return value if math.isfinite(value) else ""


def main_table(comparison: Comparison) -> Table:
    """The table to show first: of the group, of the repetitions, or of the one trial.

    Of several kinds of trials each has a table of its own: see `Comparison.by_kind`.
    """
    if comparison.groups:
        return group_table(comparison)
    pair = comparison.pairs[0]
    return repetition_table(pair) if pair.repetitions else pair_table(pair)


def pair_table(pair: PairResult, metrics: Sequence[str] = ()) -> Table:
    """A table of one pair: an item a row, a metric a column."""
    columns = [metric for metric in metrics or _columns(pair) if metric in pair.evaluation.metrics]
    figures = _by_item(pair.evaluation)
    rows = []
    for item in pair.evaluation.items:
        cells = [figures.get((item, metric)) for metric in columns]
        values = [readable(cell.value, cell.unit) if cell else "—" for cell in cells]
        rows.append((item, _unit_of([cell for cell in cells if cell]), *values))
    header = (pair.evaluation.kind.noun, "unit", *map(_titled, columns))
    return Table(header, tuple(rows))


def band_table(pair: PairResult) -> Table:
    """What the estimate states of its own errors, and how often the difference is within it."""
    bars, rows = pair.standard_error, []
    for item, share in share_within_band(pair).items():
        assert bars is not None
        kind = bars.coordinates[bars.names.index(item)].kind
        unit = "rad" if kind == "rotational" else "m"
        width = NORMAL_95 * float(np.nanmedian(bars.value(item)))
        rows.append((item, readable_unit(unit), readable(width, unit), f"{100 * share:.0f} %"))
    header = ("coordinate", "unit", "half-width of the 95 % band (median)", "frames within")
    return Table(header, tuple(rows))


def sides_table(evaluations: Sequence[Evaluation]) -> Table:
    """Figures of right against left, one a row."""
    rows = tuple(
        (
            figure.item,
            CATALOGUE[figure.metric].title,
            readable_unit(figure.unit),
            readable(figure.value, figure.unit),
        )
        for evaluation in evaluations
        for figure in evaluation.figures
    )
    return Table(("of", "figure", "unit", "value"), rows)


def repetition_table(pair: PairResult) -> Table:
    """Mean ± SD over the repetitions of one trial: an item a row, a metric a column."""
    parts = [_by_item(part.evaluation) for part in pair.repetitions]
    columns = [
        metric
        for metric in _columns(pair)
        if any((i, metric) in p for p in parts for i in pair.evaluation.items)
    ]
    rows = []
    for item in pair.evaluation.items:
        counts, cells, units = [], [], []
        for metric in columns:
            own = [part[item, metric] for part in parts if (item, metric) in part]
            values = np.array([figure.value for figure in own if math.isfinite(figure.value)])
            counts.append(len(values))
            units += own[:1]
            cells.append(_mean_and_sd(values, own[0].unit) if len(values) else "—")
        if any(counts):
            rows.append((item, _unit_of(units), *cells, str(max(counts))))
    titles = map(_titled, columns)
    return Table((pair.evaluation.kind.noun, "unit", *titles, "repetitions"), tuple(rows))


def _mean_and_sd(values: np.ndarray[Any, Any], unit: str) -> str:
    mean = readable(float(values.mean()), unit)
    return f"{mean} ± {readable(float(values.std(ddof=1)), unit)}" if len(values) > 1 else mean


def group_table(comparison: Comparison) -> Table:
    """The group table: mean [95 % interval] of each metric per item."""
    metrics = list(dict.fromkeys(row.metric for row in comparison.groups))
    found = {(row.item, row.metric): row for row in comparison.groups}
    rows = []
    for item in dict.fromkeys(row.item for row in comparison.groups):
        own = [found.get((item, metric)) for metric in metrics]
        summary = next(row for row in own if row is not None).figure.summary
        cells = ["—" if row is None else _group_cell(row, summary.n_subjects) for row in own]
        unit = next((row.unit for row in own if row is not None and row.unit != "1"), "1")
        rows.append(
            (item, readable_unit(unit), *cells, str(summary.n_subjects), str(summary.n_trials))
        )
    kind = comparison.pairs[0].evaluation.kind.noun
    titles = map(_titled, metrics)
    return Table((kind, "unit", *titles, "subjects", "trials"), tuple(rows))


def _group_cell(row: GroupRow, n_subjects: int) -> str:
    """Mean and interval; and the subjects that have the figure, where they are fewer."""
    mean = readable(row.figure.summary.mean, row.unit)
    interval = readable_interval(row.figure.interval, row.unit)
    own = row.figure.summary.n_subjects
    fewer = f"(n = {own})" if own != n_subjects else ""
    return " ".join(part for part in (mean, interval, fewer) if part)


KINDS_HEADER = ("unit", "RMSE", "without offset", "without joint rotation")
KINDS_SAID = (
    "RMSE as it is; without the constant offset of each coordinate; without one constant rotation"
    " of the joint's frame. The last two are not accuracy: they tell how much is constant."
)

KINDS_AVERAGED = " Repetitions are averaged per trial, trials per subject."


def kinds_table(pairs: Sequence[PairResult]) -> Table:
    """Each item's error, then each part's mean: the three kinds, mean over trials and subjects."""
    rows = (*item_error_kinds(pairs), *mean_error_kinds(pairs))
    parts = {*PARTS}
    return Table(
        ("item", *KINDS_HEADER),
        tuple((f"mean, {r.item}" if r.item in parts else r.item, *kinds_cells(r)) for r in rows),
    )


def kinds_cells(row: ErrorKinds) -> tuple[str, ...]:
    """Unit and the three kinds."""
    values = (row.raw, row.without_offset, row.without_rotation)
    known = (readable(math.nan if value is None else value, row.unit) for value in values)
    return (readable_unit(row.unit), *known)


def _titled(metric: str) -> str:
    """Its title; of times with the unit, as that of the row is the item's."""
    found = CATALOGUE[metric]
    return f"{found.title}, s" if found.unit == "s" else found.title


def _columns(pair: PairResult) -> tuple[str, ...]:
    return _MARKER_COLUMNS if pair.evaluation.kind is Kind.MARKER else _MOTION_COLUMNS


def _by_item(evaluation: Evaluation) -> dict[tuple[str, str], Figure]:
    return {(figure.item, figure.metric): figure for figure in evaluation.figures}


def _unit_of(figures: Sequence[Figure]) -> str:
    """The readable unit of a row: of its first figure that is no pure number."""
    return readable_unit(next((figure.unit for figure in figures if figure.unit != "1"), "1"))
