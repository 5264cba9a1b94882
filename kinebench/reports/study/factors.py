"""Effects and interactions in each activity, and the map of levels and angles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kinebench.reports.blocks import Block, Details, FigureBlock, Flat, Heading, TableBlock, Text
from kinebench.reports.figures.error_map import error_map_figure
from kinebench.reports.figures.grouped_intervals import grouped_interval_figure
from kinebench.reports.figures.interactions import interaction_figure
from kinebench.reports.figures.intervals import MOST_SERIES, Triple
from kinebench.reports.figures.style import as_svg
from kinebench.reports.study.activities import for_each_activity
from kinebench.reports.study.answer import effects_table
from kinebench.reports.study.effects import Interaction, at_first_levels
from kinebench.reports.study.scored import ScoredPart
from kinebench.reports.study.wording import change_in_words, joined, of_what, signed
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


def effect_blocks(scored: ScoredPart) -> list[Block]:
    """All factors on one scale, a series for each activity, and the numbers."""
    blocks: list[Block] = [Heading("Effects")]
    effects = [effect for effect in scored.effects if effect.changes]
    alone = {effect.factor for effect in scored.effects if len(effect.means) == 1}
    blocks += [Text(f"{factor}: one level only, nothing to compare.") for factor in sorted(alone)]
    if not effects:
        return [*blocks, Text("Nothing was done at every level of a factor.")]
    activities = list(dict.fromkeys(effect.activity for effect in effects))
    blocks += [
        _effects_figure(scored, activities[start : start + MOST_SERIES])
        for start in range(0, len(activities), MOST_SERIES)
    ]
    blocks += _levels(effects_table([scored]), scored.part.title)
    blocks += [
        Text(
            f"{effect.factor}, {effect.activity}: {effect.share * 100:.0f} % of the runs were done"
            " at every level and count here."
        )
        for effect in effects
        if effect.share < 1
    ]
    return blocks


def _effects_figure(scored: ScoredPart, activities: Sequence[str]) -> FigureBlock:
    measure = scored.measure
    groups: dict[str, list[str]] = {}
    series: dict[str, list[Triple]] = {activity: [] for activity in activities}
    told = []
    for factor in dict.fromkeys(effect.factor for effect in scored.effects):
        own = {e.activity: e for e in scored.effects if e.factor == factor and e.changes}
        shown = [own[activity] for activity in activities if activity in own]
        levels = list(dict.fromkeys(change.level for e in shown for change in e.changes))
        if levels:
            baselines = dict.fromkeys(effect.baseline for effect in shown)
            groups[f"{factor} (against {' or '.join(baselines)})"] = levels
        for activity in activities:
            effect = own.get(activity)
            found = {} if effect is None else {one.level: one.contrast for one in effect.changes}
            series[activity] += [
                triple_of(found[level].mean, found[level].interval, measure.unit)
                if level in found
                else (np.nan, np.nan, np.nan)
                for level in levels
            ]
        told += [
            f"{factor} in {effect.activity}, largest: {change.level}"
            f" {change_in_words(change.contrast, measure.unit)}"
            for effect in shown
            if (change := effect.largest) is not None
        ]
    axis = bracketed(f"change of {measure.noun}", measure.unit)
    figure = grouped_interval_figure(groups, {axis: series})
    counts = sorted({e.n_subjects for e in scored.effects if e.activity in activities})
    n = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    how = f"95 % interval over {n} subjects" if counts[-1] > 1 else "one subject, so no interval"
    caption = (
        f"Change of the {of_what(measure)} by each factor in {joined(list(activities))}, the other"
        f" factors at their first levels; {how}."
        f" {'Right' if measure.higher_is_better else 'Left'} of the line is better."
    )
    return FigureBlock(as_svg(figure, page=True), caption, "; ".join(told))


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
        return Text(f"{names[0]} and {names[1]} add up in {one.activity}: {told}.")
    # few lines over many places are easier to read
    order = (0, 1) if len(levels[0]) >= len(levels[1]) else (1, 0)
    figure = interaction_figure(
        (means if order == (0, 1) else means.T) * scale_of(unit),
        (names[order[0]], levels[order[0]]),
        (names[order[1]], levels[order[1]]),
        bracketed(measure.noun, unit),
    )
    caption = (
        f"{names[0]} and {names[1]} in {one.activity}: equal distances throughout would mean that"
        f" they add up. {told}."
    )
    return FigureBlock(as_svg(figure, page=True), caption, told)


def map_blocks(scored: ScoredPart) -> list[Block]:
    """Mean error per level and angle, all factors in one map, a map for each activity."""
    maps = for_each_activity(scored.activities, lambda activity: _map(scored, activity))
    return [Heading("Where the errors are"), *maps] if maps else []


def _map(scored: ScoredPart, activity: str) -> list[Flat | Details]:
    measure, factors = scored.measure, scored.part.study.factors
    own = scored.of(activity)
    angles = [
        angle
        for angle in LEG_ANGLES
        if any(angle in score.angles.get(measure, {}) for score in own)
    ]
    if not angles:
        return []
    names: list[str] = []
    rows: list[list[float]] = []
    headings: list[int] = []
    for factor in factors:
        done = at_first_levels(factors, own, factor.name)
        headings.append(len(rows))
        names.append(factor.name)
        rows.append([np.nan] * len(angles))
        for level in dict.fromkeys(level.label for level in factor.levels):
            chosen = [score for score in done if score.labels[factor.name] == level]
            if not chosen:
                continue
            names.append(level)
            rows.append([_mean(chosen, angle, measure) for angle in angles])
    table = np.array(rows) * scale_of(measure.unit)
    shown = [angle.replace("_", " ") for angle in angles]
    digits = max(0, digits_of(measure.unit) - 1)
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
    caption = (
        f"{measure.label} by level and angle in {activity}, mean over subjects, the other factors"
        f" at their first levels; {told}."
    )
    return [FigureBlock(as_svg(figure, page=True), caption, told)]


def _mean(scores: Sequence[Score], angle: str, measure: Measure) -> float:
    values = [s.angles[measure][angle] for s in scores if angle in s.angles.get(measure, {})]
    return float(np.mean(values)) if values else np.nan
