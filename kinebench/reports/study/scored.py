"""A part with everything that is computed from its results once."""

from __future__ import annotations

from dataclasses import dataclass

from kinebench.reports.study.effects import (
    Change,
    Effect,
    Interaction,
    activities_of,
    effects_of,
    strongest_interactions,
)
from kinebench.reports.study.parts import StudyPart
from kinebench.reports.units import scale_of
from kinebench.studies.analysis.scores import Measure, Score, measures_of, scores_of


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
        By factor, then by activity; the other factors at their first levels.
    interactions : tuple of Interaction
        The largest first.
    measure : Measure
        What errors are: the study's primary metric.
    margin : float or None
        SI: smaller changes do not matter.
    """

    number: int
    part: StudyPart
    scores: tuple[Score, ...]
    effects: tuple[Effect, ...]
    interactions: tuple[Interaction, ...]
    measure: Measure
    margin: float | None = None

    @property
    def activities(self) -> tuple[str, ...]:
        """In the order of the scores."""
        return activities_of(self.scores)

    def of(self, activity: str) -> tuple[Score, ...]:
        """Scores of an activity."""
        return tuple(score for score in self.scores if score.labels["activity"] == activity)

    @property
    def by_size(self) -> list[Effect]:
        """For each factor that does anything, its largest effect; the largest factor first."""
        known = sorted(
            (effect for effect in self.effects if effect.largest is not None),
            key=_size,
            reverse=True,
        )
        largest: dict[str, Effect] = {}
        for effect in known:
            largest.setdefault(effect.factor, effect)
        return list(largest.values())

    def in_activities(self, factor: str, level: str) -> list[tuple[Effect, Change]]:
        """What a level does in each activity, as far as it is known."""
        return [
            (effect, change)
            for effect in self.effects
            if effect.factor == factor
            for change in effect.changes
            if change.level == level
        ]


def scored(number: int, part: StudyPart, metric: str = "") -> ScoredPart:
    """Compute what the sections of a part share, by the study's primary metric or another."""
    metric = metric or part.study.judged.name
    scores = scores_of(part.outcomes, metric)
    factors = part.study.factors
    measure = measures_of(metric)[0]
    judged = part.study.margin is not None and metric == part.study.judged.name
    margin = (part.study.margin or 0.0) / scale_of(measure.unit) if judged else None
    return ScoredPart(
        number,
        part,
        scores,
        effects_of(factors, scores, margin=margin),
        tuple(strongest_interactions(factors, scores)),
        measure,
        margin,
    )


def _size(effect: Effect) -> float:
    return abs(effect.largest.contrast.mean) if effect.largest else 0.0
