"""Do the headline effects depend on alignment, and do the study's other metrics agree?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kinebench.reports.blocks import Block, Heading, TableBlock, Text
from kinebench.reports.study.effects import Effect, effects_of
from kinebench.reports.study.scored import ScoredPart
from kinebench.reports.tables import Table
from kinebench.reports.units import digits_of, headed, readable_estimate
from kinebench.studies.analysis.scores import Measure, Score, measures_of, scores_of

_WHICH = (
    "The largest change of each factor against its first level, in the activity where it is largest"
)


def sensitivity_blocks(scored: ScoredPart) -> list[Block]:
    """The largest change of each factor, by each measure that the results hold."""
    measures = measures_of(scored.measure.metric)
    heads = {measure: headed(str(measure.alignment), measure.unit) for measure in measures}
    table = _beside(scored, scored.scores, heads)
    if table is None:
        return []
    return [
        Heading("Does it depend on alignment?"),
        Text(
            "Nothing is aligned in the figures above. An offset is removed per coordinate, a lag"
            " once for the whole motion; an effect that vanishes with one of them was caused by it."
        ),
        TableBlock(table, f"{_WHICH}, and what alignment makes of it"),
    ]


def metric_blocks(scored: ScoredPart) -> list[Block]:
    """The same changes by every metric of the study, each with unit and better direction."""
    metrics = dict.fromkeys((scored.measure.metric, *scored.part.study.metrics))
    heads = {
        measure: f"{headed(measure.label, measure.unit)} ({measure.row.direction})"
        for measure in map(Measure, metrics)
    }
    scores = scores_of(scored.part.outcomes, scored.measure.metric, metrics)
    table = _beside(scored, scores, heads)
    if table is None:
        return []
    return [
        Heading("Do other metrics agree?"),
        Text(
            "Of each metric the mean over legs, pelvis and trunk, as of the one above; its source"
            " is named under Methods."
        ),
        TableBlock(table, f"{_WHICH}, by every metric of the study"),
    ]


def _beside(
    scored: ScoredPart, scores: Sequence[Score], heads: Mapping[Measure, str]
) -> Table | None:
    """A row for the largest change of each factor, a column for each measure that is known.

    None where there is nothing to hold beside each other: a single measure, or no change.
    """
    measures = [m for m in heads if any(m in score.angles for score in scores)]
    told = scored.by_size
    if len(measures) < 2 or not told:
        return None
    factors = scored.part.study.factors
    found = {measure: effects_of(factors, scores, measure) for measure in measures}
    rows = tuple(
        (
            f"{effect.factor}: {effect.largest.level}, {effect.activity}",
            *(_change(effect, effects, measure) for measure, effects in found.items()),
        )
        for effect in told
        if effect.largest is not None
    )
    return Table(("what", *(heads[measure] for measure in measures)), rows, n_labels=1)


def _change(told: Effect, effects: Sequence[Effect], measure: Measure) -> str:
    """The largest change of an effect, by another measure."""
    contrasts = [
        change.contrast
        for effect in effects
        if (effect.factor, effect.activity) == (told.factor, told.activity)
        for change in effect.changes
        if told.largest is not None and change.level == told.largest.level
    ]
    if not contrasts:
        return "—"
    unit = measure.unit
    return readable_estimate(contrasts[0].mean, contrasts[0].interval, unit, digits_of(unit))
