"""Agreement over subjects as tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from kinebench.comparison.agreement import AgreementRow, CurveRow
from kinebench.core.provenance import describe
from kinebench.reports.blocks import FigureBlock, Section, TableBlock
from kinebench.reports.tables import Table
from kinebench.reports.units import (
    label_of,
    readable,
    readable_estimate,
    readable_interval,
    readable_unit,
)

_MOST_CURVES = 3  # drawings of curves: a page must stay light


def agreement_table(rows: Sequence[AgreementRow]) -> Table:
    """Bias, limits, ICC, and equivalence where a margin was stated: an outcome a row."""
    tested = any(row.equivalence is not None for row in rows)
    header = ["coordinate", "outcome", "unit", "bias", "lower limit", "upper limit", "ICC(A,1)"]
    header += ["equivalent"] if tested else []
    return Table((*header, "subjects", "pairs"), tuple(_cells(row, tested) for row in rows), 3)


def _cells(row: AgreementRow, tested: bool) -> tuple[str, ...]:
    found, unit = row.limits, row.unit
    lower, upper = (
        readable_estimate(limit, interval, unit, 1)
        for limit, interval in (
            (found.lower, found.lower_interval),
            (found.upper, found.upper_interval),
        )
    )
    correlation = readable_estimate(row.correlation.value, row.correlation.interval, "1")
    return (
        row.item,
        row.outcome,
        readable_unit(unit),
        readable_estimate(found.bias, found.bias_interval, unit, 1),
        lower,
        upper,
        correlation,
        *((_equivalent(row),) if tested else ()),
        str(found.n_subjects),
        str(found.n_pairs),
    )


def _equivalent(row: AgreementRow) -> str:
    test = row.equivalence
    if test is None:
        return "—"
    interval = readable_interval(test.interval, row.unit, 1)
    if not math.isfinite(test.p):
        return "—"
    answer = "yes" if test.equivalent else "not shown"
    return f"{answer} {interval}, p {test.p:.2g}"


def _curve_table(rows: Sequence[CurveRow]) -> Table:
    """Where curves differ: a coordinate a row."""
    return Table(
        ("coordinate", "differs at % of a repetition", "p (Holm)", "remark"),
        tuple(
            (
                row.item,
                ", ".join(f"{c.start} to {c.stop - 1}" for c in row.test.clusters) or "nowhere",
                f"{row.p_holm:.2g}",
                "skewed over subjects: p is too small" if row.skewed else "",
            )
            for row in rows
        ),
    )


def agreement_section(rows: Sequence[AgreementRow], curves: Sequence[CurveRow]) -> Section:
    """A section of a report."""
    return Section("Agreement over subjects", tuple(agreement_blocks(rows, curves)))


def agreement_blocks(
    rows: Sequence[AgreementRow], curves: Sequence[CurveRow], n_methods: int = 1
) -> Iterator[TableBlock | FigureBlock]:
    """Table of agreement, Bland–Altman plots, tests of curves and the clearest of these.

    Parameters
    ----------
    rows : sequence of AgreementRow
    curves : sequence of CurveRow
    n_methods : int
        For how many p was corrected.
    """
    yield TableBlock(agreement_table(rows), _caption(rows))
    yield from map(_agreement_drawing, _widest(rows))
    if not curves:
        return
    over = "coordinates" if n_methods == 1 else f"coordinates of all {n_methods} methods"
    yield TableBlock(
        _curve_table(curves),
        "Subjects' mean curves of repetitions, estimate against reference: clusters of |t| above a"
        " height for all points together, by flips of sign; p of the largest difference, corrected"
        f" after Holm for the {over}.",
    )
    differing = [row for row in curves if row.p_holm <= row.test.alpha]
    clearest = sorted(differing, key=lambda row: row.p_holm)[:_MOST_CURVES]
    yield from map(_curve_drawing, clearest)


def _widest(rows: Sequence[AgreementRow]) -> list[AgreementRow]:
    """Of angles and of lengths, the outcome with the widest limits of agreement."""
    found: dict[str, AgreementRow] = {}
    for row in rows:
        width = row.limits.upper - row.limits.lower
        before = found.get(row.unit)
        if width > (0.0 if before is None else before.limits.upper - before.limits.lower):
            found[row.unit] = row
    return list(found.values())


def _agreement_drawing(row: AgreementRow) -> FigureBlock:
    # imported where something is drawn: JSON and tables do without matplotlib
    from kinebench.reports.figures import as_svg, bland_altman_figure

    quantity = f"{row.outcome} of {label_of(row.item)}"
    reference, estimate = row.values.T
    drawing = bland_altman_figure(reference, estimate, row.subjects, row.limits, quantity, row.unit)
    kind = "angles" if row.unit == "rad" else "lengths"
    return FigureBlock(
        as_svg(drawing, page=True),
        f"Bland–Altman plot of the outcome with the widest limits of all {kind}, {quantity}: a dot"
        " a pair, a colour a subject, 95 % intervals shaded.",
        "Differences against means; bias and limits are in the table above.",
    )


def _curve_drawing(row: CurveRow) -> FigureBlock:
    from kinebench.reports.figures import as_svg, curve_test_figure

    drawing = curve_test_figure(row.test, label_of(row.item), row.unit, "repetition (%)")
    return FigureBlock(
        as_svg(drawing, page=True),
        f"{label_of(row.item)}: mean difference over a repetition, and where it is beyond chance"
        f" (p {row.p_holm:.2g} after Holm).",
        "Mean difference and t over a repetition; the stretches are in the table above.",
    )


def _caption(rows: Sequence[AgreementRow]) -> str:
    text = (
        "One pair per repetition, or per trial without repetitions. 95 % limits of agreement for"
        " repeated measures, with 95 % intervals. ICC(A,1) of subjects' means is absolute agreement"
        " of single measurements, two-way (McGraw and Wong 1996): one number, whether the two"
        " methods are fixed, as here, or drawn from many. Its 95 % interval is that for drawn ones:"
        " for two fixed methods it is as wide as it should be where they do not differ in the mean,"
        " and wider where they do."
    )
    margins = {row.equivalence.margin for row in rows if row.equivalence is not None}
    for margin in margins:
        text += (
            f" Equivalent: the mean difference over subjects is within ± {readable(margin, 'rad')}°"
            " by two one-sided tests at 0.05, with the 90 % interval; not corrected for the number"
            " of rows. A difference that is not shown to be small is not thereby large."
        )
    return text


def agreement_json(
    rows: Sequence[AgreementRow], curves: Sequence[CurveRow]
) -> dict[str, list[dict[str, Any]]]:
    """SI units and radians."""
    return {
        "outcomes": [
            {
                "item": row.item,
                "outcome": row.outcome,
                "unit": row.unit,
                "limits": describe(row.limits),
                "icc": describe(row.correlation),
                "equivalence": None if row.equivalence is None else describe(row.equivalence),
            }
            for row in rows
        ],
        "curves": list(_curves(curves)),
    }


def _curves(curves: Sequence[CurveRow]) -> Iterator[dict[str, Any]]:
    for row in curves:
        yield {
            "item": row.item,
            "p_holm": row.p_holm,
            "p": row.test.p,
            "skewed": row.skewed,
            "n_subjects": row.test.n_subjects,
            "clusters": [describe(cluster) for cluster in row.test.clusters],
        }
