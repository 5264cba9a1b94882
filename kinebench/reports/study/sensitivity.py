"""Do the headline effects depend on alignment? As recorded, offset removed, lag removed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from kinebench.reports.blocks import Block, Heading, TableBlock, Text
from kinebench.reports.study.effects import effect_of
from kinebench.reports.study.scored import ScoredPart
from kinebench.reports.tables import Table
from kinebench.reports.units import readable, readable_estimate
from kinebench.studies.design import Factor
from kinebench.studies.scores import (
    AS_IS,
    LAG_REMOVED,
    OFFSET_REMOVED,
    Measure,
    Score,
)

__all__ = ["sensitivity_blocks"]


def sensitivity_blocks(scored: ScoredPart) -> list[Block]:
    """The largest change of each factor, by each measure that the results hold."""
    measures = [
        measure
        for measure in (AS_IS, OFFSET_REMOVED, LAG_REMOVED)
        if any(measure in score.angles for score in scored.scores)
    ]
    effects = scored.by_size
    if len(measures) < 2 or not effects:
        return []
    by_name = {factor.name: factor for factor in scored.part.study.factors}
    rows = [("mean error, all runs", *(_mean(scored.scores, measure) for measure in measures))]
    for effect in effects:
        if effect.largest is not None:
            level = effect.largest.level
            changes = (
                _change(by_name[effect.factor], level, scored.scores, measure)
                for measure in measures
            )
            name = f"{effect.factor}: {level}"
            rows.append((name, *changes))
    header = ("what", *(f"{measure.title}, °" for measure in measures))
    caption = (
        "The largest change of each factor against its first level, and what alignment makes of it"
    )
    return [
        Heading("Does it depend on alignment?"),
        Text(
            "Nothing is aligned in the figures above. An offset is removed per coordinate, a lag"
            " once for the whole motion; an effect that goes with one of them was that."
        ),
        TableBlock(Table(header, tuple(rows), n_labels=1), caption),
    ]


def _mean(scores: Sequence[Score], measure: Measure) -> str:
    values = [value for s in scores if math.isfinite(value := s.error(measure))]
    return readable(float(np.mean(values)), "rad") if values else "—"


def _change(factor: Factor, level: str, scores: Sequence[Score], measure: Measure) -> str:
    effect = effect_of(factor, scores, measure)
    found = [change for change in effect.changes if change.level == level]
    if not found:
        return "—"
    contrast = found[0].contrast
    return readable_estimate(contrast.mean, contrast.interval, "rad")
