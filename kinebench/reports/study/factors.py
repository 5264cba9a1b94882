"""Main effects, interactions, and the map of levels and angles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kinebench.reports.blocks import Block, Details, FigureBlock, Heading, TableBlock, Text
from kinebench.reports.figures.error_map import error_map_figure
from kinebench.reports.figures.grouped_intervals import grouped_interval_figure
from kinebench.reports.figures.interactions import interaction_figure
from kinebench.reports.figures.style import as_svg
from kinebench.reports.study.answer import effects_table
from kinebench.reports.study.effects import Interaction
from kinebench.reports.study.scored import ScoredPart
from kinebench.reports.study.wording import change_in_words, of_what, signed
from kinebench.reports.tables import Table
from kinebench.reports.units import (
    bracketed,
    digits_of,
    readable_interval,
    readable_unit,
    scale_of,
    triple_of,
)
from kinebench.studies.analysis.scores import LEG_ANGLES, Measure, Score

_MOST_ROWS = 12

SMALL_RAD = np.radians(0.1)
"""Interactions below this are told in words, not drawn."""

__all__ = ["interaction_blocks", "main_effect_blocks", "map_blocks"]


def main_effect_blocks(scored: ScoredPart) -> list[Block]:
    """One figure of all factors on one scale, and the numbers."""
    blocks: list[Block] = [Heading("Main effects")]
    effects = [effect for effect in scored.effects if effect.changes]
    blocks += [
        Text(f"{effect.factor}: one level only, nothing to compare.")
        for effect in scored.effects
        if len(effect.means) == 1
    ]
    if not effects:
        return [*blocks, Text("Nothing was done at every level of a factor.")]
    measure = scored.measure
    groups = {
        f"{effect.factor} (against {effect.baseline})": [change.level for change in effect.changes]
        for effect in effects
    }
    triples = [
        triple_of(contrast.mean, contrast.interval, measure.unit)
        for effect in effects
        for _, contrast in effect.changes
    ]
    axis = bracketed(f"change of {measure.noun}", measure.unit)
    figure = grouped_interval_figure(groups, {axis: {"all": triples}})
    n = effects[0].n_subjects
    how = f"with 95 % interval over {n} subjects" if n > 1 else "of one subject, so no interval"
    caption = (
        f"Change of the {of_what(measure)} by each factor, the others averaged, {how}."
        f" {'Right' if measure.higher_is_better else 'Left'} of the line is better."
    )
    told = "; ".join(
        f"{effect.factor}, largest: {change.level} {change_in_words(change.contrast, measure.unit)}"
        for effect in effects
        if (change := effect.largest) is not None
    )
    blocks.append(FigureBlock(as_svg(figure, page=True), caption, told))
    blocks += _levels(effects_table([scored]), scored.part.title)
    blocks += [
        Text(
            f"{effect.factor}: {effect.share * 100:.0f} % of the runs were done at every level and"
            " count here."
        )
        for effect in effects
        if effect.share < 1
    ]
    return blocks


def _levels(table: Table, where: str) -> list[Block]:
    """The levels by size; where there are many, the smaller ones open on demand."""
    caption = f"Levels by the size of their effect, {where}"
    if len(table.rows) <= _MOST_ROWS:
        return [TableBlock(table, caption)]
    first = table._replace(rows=table.rows[:_MOST_ROWS])
    rest = table._replace(rows=table.rows[_MOST_ROWS:])
    return [
        TableBlock(first, f"The {_MOST_ROWS} largest of {len(table.rows)} effects, {where}"),
        Details(f"{len(rest.rows)} smaller ones", (TableBlock(rest, caption),)),
    ]


def interaction_blocks(scored: ScoredPart) -> list[Block]:
    """The pairs of factors that add up least."""
    if not scored.interactions:
        return []
    return [Heading("Interactions"), *(_lines(one, scored.measure) for one in scored.interactions)]


def _lines(one: Interaction, measure: Measure) -> FigureBlock | Text:
    names, levels, means = (one.first, one.second), (one.first_levels, one.second_levels), one.means
    place = (levels[0][one.place[0]], levels[1][one.place[1]])
    unit, digits = measure.unit, digits_of(measure.unit)
    interval = readable_interval(one.interval, unit, digits) or "(one subject, no interval)"
    told = (
        f"{names[0]} '{place[0]}' with {names[1]} '{place[1]}' departs most from adding up, by"
        f" {signed(one.departure, unit, digits)} {interval}"
    )
    if unit == "rad" and abs(one.departure) < SMALL_RAD:
        return Text(f"{names[0]} and {names[1]} add up: {told}.")
    # few lines over many places are easier to read
    order = (0, 1) if len(levels[0]) >= len(levels[1]) else (1, 0)
    figure = interaction_figure(
        (means if order == (0, 1) else means.T) * scale_of(unit),
        (names[order[0]], levels[order[0]]),
        (names[order[1]], levels[order[1]]),
        bracketed(measure.noun, unit),
    )
    caption = f"{names[0]} and {names[1]}: parallel lines would mean that they add up. {told}."
    return FigureBlock(as_svg(figure, page=True), caption, told)


def map_blocks(scored: ScoredPart) -> list[Block]:
    """Mean error per level and angle, all factors in one map."""
    measure = scored.measure
    angles = [
        angle
        for angle in LEG_ANGLES
        if any(angle in score.angles.get(measure, {}) for score in scored.scores)
    ]
    if not angles:
        return []
    names: list[str] = []
    rows: list[list[float]] = []
    headings: list[int] = []
    for effect in scored.effects:
        headings.append(len(rows))
        names.append(effect.factor)
        rows.append([np.nan] * len(angles))
        for level in effect.means:
            names.append(level)
            chosen = [s for s in scored.scores if s.labels[effect.factor] == level]
            rows.append([_mean(chosen, angle, measure) for angle in angles])
    table = np.array(rows) * scale_of(measure.unit)
    shown = [angle.replace("_", " ") for angle in angles]
    digits = digits_of(measure.unit) - 1
    figure = error_map_figure(
        table, names, shown, bracketed(measure.label, measure.unit), digits, headings
    )
    worst = np.nanargmin(table) if measure.higher_is_better else np.nanargmax(table)
    i, j = np.unravel_index(worst, table.shape)
    unit = readable_unit(measure.unit)
    value = f"{table[i, j]:.{digits}f}{unit if unit == '°' else f' {unit}'}".rstrip()
    told = (
        f"{'lowest' if measure.higher_is_better else 'largest'}: {shown[j]} at {names[i]}, {value}"
    )
    caption = f"{measure.label} by level and angle, mean over all runs that were done; {told}."
    return [Heading("Where the errors are"), FigureBlock(as_svg(figure, page=True), caption, told)]


def _mean(scores: Sequence[Score], angle: str, measure: Measure) -> float:
    values = [s.angles[measure][angle] for s in scores if angle in s.angles.get(measure, {})]
    return float(np.mean(values)) if values else np.nan
