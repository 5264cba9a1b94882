"""Does a side sink? Side drop and pelvis list at every level."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kinebench.reports.blocks import Block, Details, FigureBlock, Flat, Heading, TableBlock
from kinebench.reports.figures.grouped_intervals import grouped_interval_figure
from kinebench.reports.figures.intervals import Triple
from kinebench.reports.figures.style import as_svg
from kinebench.reports.study.activities import for_each_activity
from kinebench.reports.study.effects import (
    LevelMeans,
    Quantity,
    at_first_levels,
    level_means,
)
from kinebench.reports.study.scored import ScoredPart
from kinebench.reports.study.wording import with_unit
from kinebench.reports.tables import Table
from kinebench.reports.units import readable_estimate, readable_unit, triple_of
from kinebench.studies.design import Factor

_LANDMARKS = ("hip", "knee", "ankle", "heel")
_LIST = "pelvis list bias"


@dataclass(frozen=True, slots=True)
class SideFigure:
    """One quantity of sides in an activity, at each level of each factor, others at their first.

    Parameters
    ----------
    activity : str
    name : str
        The landmark, or "pelvis list bias".
    unit : str
        "m" or "rad".
    by_factor : mapping of str to LevelMeans
    """

    activity: str
    name: str
    unit: str
    by_factor: dict[str, LevelMeans]

    def triple(self, factor: str, level: str) -> Triple:
        """Mean and interval, SI; NaN where there is none."""
        means = self.by_factor[factor]
        if level not in means.levels:
            return (math.nan, math.nan, math.nan)
        i = means.levels.index(level)
        return (means.means[i], means.intervals[i].low, means.intervals[i].high)


def side_figures(scored: ScoredPart) -> list[SideFigure]:
    """Those that the part has: side drop of each landmark, and the bias of the pelvis list."""
    names = [name for name in _LANDMARKS if any(name in s.drops for s in scored.scores)]
    quantities: list[tuple[str, str, Quantity]] = [(name, "m", _drop_of(name)) for name in names]
    if any(math.isfinite(score.list_bias) for score in scored.scores):
        quantities.append((_LIST, "rad", lambda score: score.list_bias))
    factors = scored.part.study.factors
    return [
        SideFigure(
            activity,
            name,
            unit,
            {
                f.name: level_means(f, at_first_levels(factors, scored.of(activity), f.name), of)
                for f in factors
            },
        )
        for activity in scored.activities
        for name, unit, of in quantities
    ]


def _drop_of(name: str) -> Quantity:
    return lambda score: score.drops.get(name, math.nan)


def side_blocks(scored: ScoredPart) -> list[Block]:
    """A panel for each activity: drops and pelvis list beside each other, rows of all levels."""
    known = side_figures(scored)
    panels = for_each_activity(
        scored.activities,
        lambda activity: _panel(scored, [one for one in known if one.activity == activity]),
    )
    return [Heading("Does a side sink?"), *panels] if panels else []


def _panel(scored: ScoredPart, found: Sequence[SideFigure]) -> list[Flat | Details]:
    if not found:
        return []
    rows = _rows(scored.part.study.factors, found)
    groups: dict[str, list[str]] = {}
    for factor, level in rows:
        groups.setdefault(factor, []).append(level)
    panels: dict[str, dict[str, list[Triple]]] = {}
    for figure in found:
        quantity = _quantity(figure)
        triples = [
            triple_of(value, (low, high), figure.unit)
            for value, low, high in (figure.triple(*row) for row in rows)
        ]
        panels.setdefault(quantity, {})[figure.name] = triples
    svg = as_svg(grouped_interval_figure(groups, panels), page=True)
    told = _largest(found, rows)
    n = max(means.n_subjects for figure in found for means in figure.by_factor.values())
    interval = f", with 95 % interval over {n} subjects" if n > 1 else ", of one subject"
    caption = (
        f"Right minus left, estimate minus reference, in {found[0].activity} at each level, the"
        f" other factors at their first levels{interval}. Below zero the right side is lower"
        f" than it was. {told}."
        if any(figure.unit == "m" for figure in found)
        else f"Mean error of the pelvis list in {found[0].activity} at each level{interval}."
        f" {told}."
    )
    where = f"{scored.part.title}, {found[0].activity}"
    table = TableBlock(_table(found, rows), f"Sides at each level, {where}")
    return [
        FigureBlock(svg, caption, told),
        Details("The numbers", (table,)),
    ]


def _rows(factors: Sequence[Factor], found: Sequence[SideFigure]) -> list[tuple[str, str]]:
    """Factor and level of every level for which any quantity is known."""
    return [
        (factor.name, level.label)
        for factor in factors
        for level in factor.levels
        if any(level.label in figure.by_factor[factor.name].levels for figure in found)
    ]


def _quantity(figure: SideFigure) -> str:
    return "side drop (mm)" if figure.unit == "m" else f"{_LIST} (°)"


def _largest(found: Sequence[SideFigure], rows: Sequence[tuple[str, str]]) -> str:
    told = []
    for unit in ("m", "rad"):
        known = [
            (abs(value), value, figure.name, level)
            for figure in found
            for factor, level in rows
            if figure.unit == unit and math.isfinite(value := figure.triple(factor, level)[0])
        ]
        if known:
            _, value, name, level = max(known, key=lambda item: item[0])
            told.append(f"{name} {with_unit(value, unit, 1)} at {level}")
    return f"Largest: {', '.join(told)}"


def _table(found: Sequence[SideFigure], rows: Sequence[tuple[str, str]]) -> Table:
    header = ("factor", "level", *(f"{f.name}, {readable_unit(f.unit)}" for f in found))
    cells = []
    for factor, level in rows:
        texts = []
        for figure in found:
            value, low, high = figure.triple(factor, level)
            texts.append(readable_estimate(value, (low, high), figure.unit, 1))
        cells.append((factor, level, *texts))
    return Table(header, tuple(cells), n_labels=2)
