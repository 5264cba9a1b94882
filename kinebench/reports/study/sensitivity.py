"""Do the headline effects depend on alignment? As recorded, offset removed, lag removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kinebench.reports.blocks import Block, Heading, TableBlock, Text
from kinebench.reports.study.effects import Effect, effects_of
from kinebench.reports.study.scored import ScoredPart
from kinebench.reports.tables import Table
from kinebench.reports.units import digits_of, headed, readable_estimate
from kinebench.studies.analysis.scores import Measure, measures_of

__all__ = ["sensitivity_blocks"]


def sensitivity_blocks(scored: ScoredPart) -> list[Block]:
    """The largest change of each factor, by each measure that the results hold."""
    measures = [
        measure
        for measure in measures_of(scored.measure.metric)
        if any(measure in score.angles for score in scored.scores)
    ]
    effects = scored.by_size
    if len(measures) < 2 or not effects:
        return []
    factors, unit = scored.part.study.factors, scored.measure.unit
    found = {measure: effects_of(factors, scored.scores, measure) for measure in measures}
    rows: list[tuple[str, ...]] = [
        (f"{told.factor}: {told.largest.level}, {told.activity}", *_changes(told, found))
        for told in effects
        if told.largest is not None
    ]
    header = ("what", *(headed(measure.title, unit) for measure in measures))
    caption = (
        "The largest change of each factor against its first level, in the activity where it is"
        " largest, and what alignment makes of it"
    )
    return [
        Heading("Does it depend on alignment?"),
        Text(
            "Nothing is aligned in the figures above. An offset is removed per coordinate, a lag"
            " once for the whole motion; an effect that vanishes with one of them was caused by it."
        ),
        TableBlock(Table(header, tuple(rows), n_labels=1), caption),
    ]


def _changes(told: Effect, found: Mapping[Measure, Sequence[Effect]]) -> Iterator[str]:
    """The largest change of an effect, by each measure."""
    for measure, effects in found.items():
        contrasts = [
            change.contrast
            for effect in effects
            if (effect.factor, effect.activity) == (told.factor, told.activity)
            for change in effect.changes
            if told.largest is not None and change.level == told.largest.level
        ]
        unit = measure.unit
        yield (
            readable_estimate(contrasts[0].mean, contrasts[0].interval, unit, digits_of(unit))
            if contrasts
            else "—"
        )
