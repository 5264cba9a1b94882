"""Do the headline effects depend on alignment? As recorded, offset removed, lag removed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from kinebench.reports.blocks import Block, Heading, TableBlock, Text
from kinebench.reports.study.effects import effect_of
from kinebench.reports.study.scored import ScoredPart
from kinebench.reports.tables import Table
from kinebench.reports.units import digits_of, headed, readable, readable_estimate
from kinebench.studies.analysis.scores import Measure, Score, measures_of
from kinebench.studies.design import Factor

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
    by_name = {factor.name: factor for factor in scored.part.study.factors}
    unit = scored.measure.unit
    rows = [
        (
            f"{scored.measure.noun}, all runs",
            *(_mean(scored.scores, measure) for measure in measures),
        )
    ]
    for effect in effects:
        if effect.largest is not None:
            level = effect.largest.level
            changes = (
                _change(by_name[effect.factor], level, scored.scores, measure)
                for measure in measures
            )
            name = f"{effect.factor}: {level}"
            rows.append((name, *changes))
    header = ("what", *(headed(measure.title, unit) for measure in measures))
    caption = (
        "The largest change of each factor against its first level, and what alignment makes of it"
    )
    return [
        Heading("Does it depend on alignment?"),
        Text(
            "Nothing is aligned in the figures above. An offset is removed per coordinate, a lag"
            " once for the whole motion; an effect that vanishes with one of them was caused by it."
        ),
        TableBlock(Table(header, tuple(rows), n_labels=1), caption),
    ]


def _mean(scores: Sequence[Score], measure: Measure) -> str:
    values = [value for s in scores if math.isfinite(value := s.error(measure))]
    unit = measure.unit
    return readable(float(np.mean(values)), unit, digits_of(unit)) if values else "—"


def _change(factor: Factor, level: str, scores: Sequence[Score], measure: Measure) -> str:
    effect = effect_of(factor, scores, measure)
    found = [change for change in effect.changes if change.level == level]
    if not found:
        return "—"
    contrast, unit = found[0].contrast, measure.unit
    return readable_estimate(contrast.mean, contrast.interval, unit, digits_of(unit))
