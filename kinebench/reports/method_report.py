"""Several methods against one reference, as tables and as a page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kinebench import __version__
from kinebench.comparison import Comparison, MethodComparison, MethodScores
from kinebench.comparison.agreement import CurveRow, agreement_of, method_curves
from kinebench.comparison.cycles import cycle_curves
from kinebench.comparison.error_kinds import mean_error_kinds
from kinebench.comparison.joint_centres import joint_centre_errors
from kinebench.comparison.side_differences import side_differences
from kinebench.core.model import Model
from kinebench.core.provenance import describe, without_nan
from kinebench.metrics import CATALOGUE
from kinebench.remarks import each_once
from kinebench.reports.agreement_tables import agreement_blocks, agreement_json
from kinebench.reports.blocks import Block, Details, Document, Listing, Section, TableBlock, Text
from kinebench.reports.comparison_tables import (
    KINDS_AVERAGED,
    KINDS_HEADER,
    KINDS_SAID,
    kinds_cells,
    main_table,
    tidy_rows,
)
from kinebench.reports.cycle_tables import cycle_section, joint_centre_section
from kinebench.reports.methods_text import methods_compared
from kinebench.reports.over_subjects import subject_rows
from kinebench.reports.reporting_checklist import checklist_section, models_named
from kinebench.reports.sides_over_subjects import SIDES_TITLE, side_records, sides_blocks
from kinebench.reports.source_files import files_details
from kinebench.reports.tables import Table
from kinebench.reports.units import (
    headed,
    readable,
    readable_estimate,
    readable_interval,
    readable_unit,
    scale_of,
)
from kinebench.statistics import Interval
from kinebench.statistics.ranking import PairedDifference

_ALPHA = 0.05
_FEW = 20
"""Subjects below which Student's intervals rest on errors being about normally distributed."""


def methods_in_words(comparison: MethodComparison) -> str:
    """The headline: which method is best in the group that is asked about, and how sure that is."""
    metric = CATALOGUE[comparison.metric].title
    unit = comparison.scores_of_group(comparison.group).unit
    first = comparison.ranking[0]
    mean = readable_estimate(first.mean, first.interval, unit)
    said = (
        f"{metric} of the {comparison.group}: {first.method} has the lowest mean, {mean}"
        f" {readable_unit(unit)}"
    )
    if len(comparison.subjects) < 2:
        return f"{said}; of one subject nothing can be said about others."
    rivals = [one.method for one in comparison.ranking[1:] if one.best == 1]
    if not rivals:
        return f"{said}, and is shown to be better than every other."
    return f"{said}; not shown to be better than {', '.join(rivals)}."


def ranking_table(comparison: MethodComparison) -> Table:
    """Methods by the headline's group: mean with interval, rank, and the ranks that it may have."""
    unit = comparison.scores_of_group(comparison.group).unit
    title = headed(f"{CATALOGUE[comparison.metric].title}, {comparison.group}", unit)
    rows = tuple(
        (
            str(one.rank),
            one.method,
            readable_estimate(one.mean, one.interval, unit),
            f"{one.best}" if one.best == one.worst else f"{one.best} to {one.worst}",
        )
        for one in comparison.ranking
    )
    return Table(("rank", "method", title, "ranks it may have"), rows)


def scores_table(comparison: MethodComparison, scores: Sequence[MethodScores]) -> Table:
    """Which method for what: each method's mean, the lowest, and what cannot be told from it."""
    return Table(
        ("of", "unit", *comparison.names, "lowest", "not told apart from it"),
        tuple(_scores_row(comparison, one) for one in scores),
    )


def _scores_row(comparison: MethodComparison, scores: MethodScores) -> tuple[str, ...]:
    ranking = comparison.ranking_of(scores)
    means = {one.method: readable(one.mean, scores.unit) for one in ranking}
    lowest = ranking[0]
    better = {
        (d.first, d.second) if d.contrast.mean < 0 else (d.second, d.first)
        for family in (comparison.headline, comparison.other_groups, comparison.differences)
        for d in family
        if d.item == scores.item and d.contrast.p_adjusted < _ALPHA
    }
    like = [one.method for one in ranking[1:] if (lowest.method, one.method) not in better]
    cells = (means[name] for name in comparison.names)
    unit = readable_unit(scores.unit)
    return (scores.item, unit, *cells, lowest.method, ", ".join(like) or "none")


def difference_table(differences: Sequence[PairedDifference], units: dict[str, str]) -> Table:
    """Paired differences with 95 % intervals, and p after Holm."""
    rows = []
    for item, first, second, contrast in differences:
        unit = units[item]
        interval = readable_interval(contrast.interval, unit) or "—"
        p = f"{contrast.p_adjusted:.2g}" if math.isfinite(contrast.p_adjusted) else "—"
        g = f"{contrast.g.value:.2f}" if math.isfinite(contrast.g.value) else "—"
        mean = readable(contrast.mean, unit)
        who = f"{first} − {second}"
        rows.append((item, who, readable_unit(unit), mean, interval, g, p))
    header = ("of", "difference", "unit", "mean", "95 % interval", "Hedges' g", "p (Holm)")
    return Table(header, tuple(rows), n_labels=3)


def kinds_table(comparison: MethodComparison) -> Table:
    """Each method's error per part of the body: as it is, without offset, without rotation."""
    rows = [
        (row.item, name, *kinds_cells(row))
        for name, own in shared_methods(comparison).items()
        for row in mean_error_kinds(own.pairs)
    ]
    order = {one.item: place for place, one in enumerate(comparison.groups)}
    rows.sort(key=lambda row: order.get(row[0], len(order)))
    return Table(("of", "method", *KINDS_HEADER), tuple(rows), n_labels=3)


def ranking_rows(comparison: MethodComparison) -> Iterator[dict[str, Any]]:
    """Means with their ranks, then paired differences: a row each, in ° and mm.

    ``kind`` is "mean" or "difference"; a difference is ``method`` minus ``other``. ``family`` says
    for which tests together p is corrected after Holm.
    """
    for scores in (*comparison.groups, *comparison.coordinates):
        for one in comparison.ranking_of(scores):
            yield {
                **_ranking_row(scores.item, "mean", one.method, scores.unit, one.mean),
                **_interval_cells(one.interval, scores.unit),
                "rank": one.rank, "best_rank": one.best, "worst_rank": one.worst,
                "n_subjects": len(comparison.subjects),
            }  # fmt: skip
    units = _units(comparison)
    for family, name in ((comparison.headline, comparison.group),
                         (comparison.other_groups, "other parts"),
                         (comparison.differences, "coordinates")):  # fmt: skip
        for item, first, second, contrast in family:
            yield {
                **_ranking_row(item, "difference", first, units[item], contrast.mean),
                "other": second,
                **_interval_cells(contrast.interval, units[item]),
                "hedges_g": _or_empty(contrast.g.value),
                "p": _or_empty(contrast.p),
                "p_holm": _or_empty(contrast.p_adjusted),
                "family": name,
                "n_subjects": len(comparison.subjects),
            }


def _ranking_row(item: str, kind: str, method: str, unit: str, value: float) -> dict[str, Any]:
    shown = {"value": _or_empty(value * scale_of(unit)), "unit": readable_unit(unit)}
    return {"of": item, "kind": kind, "method": method, "other": "", **shown}


def _interval_cells(interval: Interval, unit: str) -> dict[str, Any]:
    ends = {"ci_low": interval.low, "ci_high": interval.high}
    return {name: _or_empty(value * scale_of(unit)) for name, value in ends.items()}


def _or_empty(value: float) -> float | str:
    return value if math.isfinite(value) else ""


def tidy_method_rows(
    comparison: MethodComparison, margin_rad: float | None = None
) -> Iterator[dict[str, Any]]:
    """The rows of `tidy_rows` and `subject_rows` of each method, after a column ``method``."""
    for name, own in comparison.methods.items():
        for row in (*tidy_rows(own), *subject_rows(own, margin_rad)):
            yield {"method": name, **row}


def methods_as_json(
    comparison: MethodComparison, margin_rad: float | None = None
) -> dict[str, Any]:
    """Ranking, differences, means and agreement, SI units and radians; NaN becomes null."""
    tests = method_curves(comparison.methods)
    content = {
        "metric": comparison.metric,
        "group": comparison.group,
        "headline": methods_in_words(comparison),
        "methods": methods_compared(shared_methods(comparison), comparison.group, margin_rad),
        "subjects": list(comparison.subjects),
        "trials": [list(trial) for trial in comparison.trials],
        "ranking": describe(comparison.ranking),
        "groups": [_scores_json(comparison, one) for one in comparison.groups],
        "coordinates": [_scores_json(comparison, one) for one in comparison.coordinates],
        "differences": {
            name: [
                {**describe(one.contrast), "item": one.item, "first": one.first,
                 "second": one.second}
                for one in family
            ]
            for name, family in (
                ("headline", comparison.headline),
                ("other_groups", comparison.other_groups),
                ("coordinates", comparison.differences),
            )
        },
        "agreement": {
            name: agreement_json(agreement_of(own, margin_rad), tests[name])
            for name, own in comparison.methods.items()
        },
        "right_minus_left": {
            name: side_records(side_differences(own)) for name, own in comparison.methods.items()
        },
        "error_kinds": [
            {"method": name, **row._asdict()}
            for name, own in shared_methods(comparison).items()
            for row in mean_error_kinds(own.pairs)
        ],
        "excluded": [one._asdict() for one in comparison.excluded],
    }  # fmt: skip
    plain: dict[str, Any] = without_nan(content)
    return plain


def _scores_json(comparison: MethodComparison, scores: MethodScores) -> dict[str, Any]:
    values = dict(zip(comparison.names, scores.values.T.tolist(), strict=True))
    return {
        "item": scores.item,
        "unit": scores.unit,
        "members": list(scores.members),
        "by_subject": values,
        "means": {name: sum(own) / len(own) for name, own in values.items()},
    }


def methods_document(
    comparison: MethodComparison,
    files: Sequence[tuple[str, Path]] = (),
    margin_rad: float | None = None,
    models: Mapping[str, Model] = MappingProxyType({}),
) -> Document:
    """The page: the headline and the ranking, which method for which joint, then each method.

    Parameters
    ----------
    comparison : MethodComparison
    files : sequence of (str, Path)
        What was compared, for the record.
    margin_rad : float, optional
        Differences of angles that do not matter, for the tests of equivalence of each method.
    models : mapping of str to Model
        Each subject's: joint centres are compared on it.
    """
    shared = shared_methods(comparison)
    curves = {name: cycle_curves(own) for name, own in shared.items()}
    cycles = cycle_section(curves, comparison.group)
    centres = [joint_centre_section(
        {name: joint_centre_errors(own.pairs, models) for name, own in shared.items()}, models
    )] if models else []  # fmt: skip
    margin_deg = None if margin_rad is None else math.degrees(margin_rad)
    tests = method_curves(comparison.methods)
    sections = [
        Section("Ranking", tuple(_ranking(comparison))),
        Section("Which method for which joint", tuple(_joints(comparison))),
        Section(
            "Three kinds of error",
            (TableBlock(kinds_table(comparison), KINDS_SAID + KINDS_AVERAGED),),
        ),
        *([] if cycles is None else [cycles]),
        *centres,
        *(
            Section(name, tuple(_method(comparison, name, margin_rad, tests[name])))
            for name in comparison.methods
        ),
        Section("Procedure and files", tuple(_how(comparison, files))),
        Section("Methods", (Text(methods_compared(shared, comparison.group, margin_rad)),)),
        checklist_section(comparison.methods, models_named(models), margin_deg, files),
    ]
    procedure = next(iter(comparison.methods.values())).procedure.name
    return Document(
        f"{len(comparison.methods)} methods against one reference",
        tuple(sections),
        methods_in_words(comparison),
        (f"Made by kinebench {__version__}, procedure {procedure}.",),
    )


def shared_methods(comparison: MethodComparison) -> dict[str, Comparison]:
    """Each method's comparison on the trials that every method has."""
    shared = set(comparison.trials)
    return {
        name: replace(own, pairs=tuple(p for p in own.pairs if (p.subject, p.trial) in shared))
        for name, own in comparison.methods.items()
    }


def _ranking(comparison: MethodComparison) -> Iterator[Block]:
    n, trials = len(comparison.subjects), len(comparison.trials)
    yield TableBlock(
        ranking_table(comparison),
        f"{n} subjects, {trials} trials that every method has; 95 % intervals (Student, over"
        " subjects). The ranks that a method may have follow from the paired differences below:"
        " with 95 % they hold the true rank of every method at once (Mogstad et al. 2024).",
    )
    members = comparison.scores_of_group(comparison.group).members
    yield Text(f"The {comparison.group} are the mean over {', '.join(members)}.")
    yield TableBlock(
        difference_table(comparison.headline, _units(comparison)),
        "Paired over subjects, negative where the first is better; p corrected after Holm for the"
        " number of pairs of methods. Intervals are not corrected.",
    )
    if n < _FEW:
        yield Text(
            f"With {n} subjects intervals and tests hold only if differences are about normally"
            " distributed over subjects; what is not shown may still be so."
        )


def _joints(comparison: MethodComparison) -> Iterator[Block]:
    yield TableBlock(
        scores_table(comparison, comparison.groups),
        f"{CATALOGUE[comparison.metric].title} per part of the body. Unlike parts are never"
        " averaged; toes are in none.",
    )
    yield TableBlock(
        scores_table(comparison, comparison.coordinates),
        "Per coordinate: the lowest mean, and the methods of which it is not shown that they are"
        " worse, after Holm for all coordinates and pairs of methods.",
    )
    tables = (
        ("Paired differences of the other parts of the body", comparison.other_groups),
        ("Paired differences of each coordinate", comparison.differences),
    )
    for title, family in tables:
        if family:
            table = difference_table(family, _units(comparison))
            said = f"p corrected after Holm for these {len(family)} differences."
            yield Details(title, (TableBlock(table, said),))


def _method(
    comparison: MethodComparison,
    name: str,
    margin_rad: float | None,
    curves: Sequence[CurveRow],
) -> Iterator[Block]:
    own = comparison.methods[name]
    n = f"{len(own.pairs)} trials of {own.n_subjects} subjects"
    yield Text(f"{name} against the reference, all its trials: {n}.", lead=True)
    yield Details("Every figure", (TableBlock(main_table(own), "Error is estimate − reference."),))
    agreement = agreement_of(own, margin_rad)
    if agreement:
        blocks = agreement_blocks(agreement, curves, len(comparison.methods))
        yield Details("Agreement", tuple(blocks))
    sides = side_differences(own)
    if sides:
        yield Details(SIDES_TITLE, sides_blocks(sides))
    doubts = each_once(remark for pair in own.pairs for remark in pair.remarks)
    if doubts:
        yield Details("Notes", (Listing(tuple(map(str, doubts))),))


def _how(comparison: MethodComparison, files: Iterable[tuple[str, Path]]) -> Iterator[Block]:
    yield Text(
        "Only trials and coordinates that every method has are compared between methods, so that"
        " differences are paired: repetitions are averaged per trial, trials per subject. Every"
        " method is aligned to the reference by the same rule."
    )
    lines = [f"left out: {one.item}: {one.reason}" for one in comparison.excluded]
    if lines:
        yield Listing(tuple(lines))
    listed = list(files)
    if listed:
        yield files_details(listed)


def _units(comparison: MethodComparison) -> dict[str, str]:
    return {one.item: one.unit for one in (*comparison.groups, *comparison.coordinates)}
