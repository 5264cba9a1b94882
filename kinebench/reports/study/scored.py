"""A part with everything that is computed from its results once."""

from __future__ import annotations

from dataclasses import dataclass

from kinebench.reports.study.effects import (
    Effect,
    Interaction,
    effect_of,
    strongest_interactions,
)
from kinebench.reports.study.parts import StudyPart
from kinebench.studies.analysis.scores import Measure, Score, measures_of, scores_of

__all__ = ["ScoredPart", "scored"]


@dataclass(frozen=True, slots=True)
class ScoredPart:
    """A part, its scores, and what its factors do.

    Parameters
    ----------
    number : int
        From 1, for anchors.
    part : StudyPart
    scores : tuple of Score
    effects : tuple of Effect
        One per factor, in their order.
    interactions : tuple of Interaction
        The largest first.
    measure : Measure
        What errors are: the study's primary metric.
    """

    number: int
    part: StudyPart
    scores: tuple[Score, ...]
    effects: tuple[Effect, ...]
    interactions: tuple[Interaction, ...]
    measure: Measure

    @property
    def by_size(self) -> list[Effect]:
        """Effects that are known, the largest change first."""
        known = [effect for effect in self.effects if effect.largest is not None]
        return sorted(known, key=_size, reverse=True)


def scored(number: int, part: StudyPart) -> ScoredPart:
    """Compute what the sections of a part share."""
    metric = part.study.judged.name
    scores = scores_of(part.outcomes, metric)
    factors = part.study.factors
    return ScoredPart(
        number,
        part,
        scores,
        tuple(effect_of(factor, scores) for factor in factors),
        tuple(strongest_interactions(factors, scores)),
        measures_of(metric)[0],
    )


def _size(effect: Effect) -> float:
    return abs(effect.largest.contrast.mean) if effect.largest else 0.0
