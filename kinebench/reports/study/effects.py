"""What the levels of a factor do in an activity, paired over subjects, all else at first levels.

A mean over activities, or over levels of the other factors, belongs to nobody: a static pose that
costs nothing in a squat and 20° in rising from a chair has no effect of 10°.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.remarks import unheard
from kinebench.statistics import (
    Contrast,
    Interval,
    equivalence,
    holm,
    mean_interval,
    paired_contrasts,
)
from kinebench.studies.analysis.pairing import complete_rows, key_of, subject_means
from kinebench.studies.analysis.scores import Measure, Score
from kinebench.studies.design import Factor

Quantity = Callable[[Score], float]


@dataclass(frozen=True, slots=True)
class LevelMeans:
    """A quantity at each level of a factor.

    Parameters
    ----------
    levels : tuple of str
        Those with any result.
    means : tuple of float
        Over subjects, SI.
    intervals : tuple of Interval
        95 %, Student over subjects; NaN for a single one.
    n_subjects : int
    """

    levels: tuple[str, ...]
    means: tuple[float, ...]
    intervals: tuple[Interval, ...]
    n_subjects: int


class Change(NamedTuple):
    """What one level does against the first.

    Parameters
    ----------
    level : str
    contrast : Contrast
        Paired over subjects.
    p_equivalent : float
        Of the two one-sided tests that the change lies within the margin, adjusted like the
        contrast's; NaN without a margin, or for one subject.
    """

    level: str
    contrast: Contrast
    p_equivalent: float = np.nan

    @property
    def equivalent(self) -> bool:
        """Whether it is shown, at 5 %, that the change is too small to matter."""
        return self.p_equivalent < 0.05


@dataclass(frozen=True, slots=True)
class Effect:
    """What the levels of a factor do to a subject's mean error.

    Parameters
    ----------
    factor : str
    activity : str
        Of all the cells; empty when they are of several.
    means : mapping of str to float
        Level to mean error over subjects, SI; levels without any result are left out.
    changes : tuple of Change
        Each level against the first, paired over subjects; the interval is NaN for one subject.
    n_subjects : int
        With every level.
    share : float
        Cells that count of those that are done: what is not done at every level does not.
    """

    factor: str
    activity: str
    means: dict[str, float]
    changes: tuple[Change, ...]
    n_subjects: int
    share: float

    @property
    def baseline(self) -> str:
        """The level that the others are held against; empty when nothing was done."""
        return next(iter(self.means), "")

    @property
    def largest(self) -> Change | None:
        """The change of largest size."""
        return max(self.changes, key=lambda change: abs(change.contrast.mean), default=None)


def activities_of(scores: Sequence[Score]) -> tuple[str, ...]:
    """Activities, in the order in which they come."""
    return tuple(dict.fromkeys(score.labels["activity"] for score in scores))


def at_first_levels(
    factors: Sequence[Factor], scores: Sequence[Score], *varied: str
) -> tuple[Score, ...]:
    """Scores at which every factor that is not varied has its first level that was done at all."""
    for factor in factors:
        if factor.name not in varied:
            done = {score.labels[factor.name] for score in scores}
            first = next((level.label for level in factor.levels if level.label in done), "")
            scores = [score for score in scores if score.labels[factor.name] == first]
    return tuple(scores)


def effects_of(
    factors: Sequence[Factor],
    scores: Sequence[Score],
    measure: Measure | None = None,
    margin: float | None = None,
) -> tuple[Effect, ...]:
    """What each factor does in each activity, the other factors at their first levels.

    Parameters
    ----------
    factors : sequence of Factor
    scores : sequence of Score
    measure : Measure, optional
        The scores' primary one, unless another is named.
    margin : float, optional
        SI: a change within ± this is too small to matter.

    Returns
    -------
    effects : tuple of Effect
        By factor, then by activity; p-values are adjusted over all of a factor's.
    """
    return tuple(
        effect
        for factor in factors
        for effect in _adjusted(
            [
                effect_of(factor, at_first_levels(factors, own, factor.name), measure, margin)
                for own in _by_activity(scores)
            ]
        )
    )


def _by_activity(scores: Sequence[Score]) -> Iterator[tuple[Score, ...]]:
    for activity in activities_of(scores):
        yield tuple(score for score in scores if score.labels["activity"] == activity)


def _adjusted(effects: Sequence[Effect]) -> Iterator[Effect]:
    """p-values for the number of comparisons in all of them."""
    changes = [change for effect in effects for change in effect.changes]
    differs = iter(holm(np.array([change.contrast.p for change in changes], float)))
    alike = iter(holm(np.array([change.p_equivalent for change in changes], float)))
    for effect in effects:
        adjusted = tuple(
            Change(
                change.level,
                replace(change.contrast, p_adjusted=float(next(differs))),
                float(next(alike)),
            )
            for change in effect.changes
        )
        yield replace(effect, changes=adjusted)


def effect_of(
    factor: Factor,
    scores: Sequence[Score],
    measure: Measure | None = None,
    margin: float | None = None,
) -> Effect:
    """Effect of a factor on the mean error of the leg, pelvis and trunk angles, over all scores.

    The error is the scores' primary measure, unless another is named.

    Only what was done at every level of the factor counts: a trial at levels of the other factors
    is left out when it failed at one level of this one. A level that was never done is no level.
    """
    levels, table, share = _table(factor, scores, lambda score: score.error(measure))
    changes: tuple[Change, ...] = ()
    if len(table) and len(levels) > 1:
        with unheard():
            contrasts = paired_contrasts(table, levels, levels[0])
            alike = [
                np.nan if margin is None else equivalence(table[:, 0], column, margin).p
                for column in table.T[1:]
            ]
        changes = tuple(map(Change, levels[1:], contrasts, alike))
    means = table.mean(axis=0).tolist() if len(table) else [np.nan] * len(levels)
    activities = activities_of(scores)
    return Effect(
        factor.name, activities[0] if len(activities) == 1 else "",
        dict(zip(levels, means, strict=True)), changes, len(table), share,
    )  # fmt: skip


def level_means(factor: Factor, scores: Sequence[Score], quantity: Quantity) -> LevelMeans:
    """Mean and interval of a quantity at each level, over what was done at every level."""
    levels, table, _ = _table(factor, scores, quantity)
    if not len(table):
        return LevelMeans((), (), (), 0)
    intervals = tuple(mean_interval(column) for column in table.T)
    return LevelMeans(levels, tuple(table.mean(axis=0).tolist()), intervals, len(table))


def _table(
    factor: Factor, scores: Sequence[Score], quantity: Quantity
) -> tuple[tuple[str, ...], FloatArray, float]:
    """Levels, their means (n_subjects, n_levels), and the share of cells that count."""
    cells = [
        (key_of(score.labels, factor.name), score.labels[factor.name], value)
        for score in scores
        if np.isfinite(value := quantity(score))
    ]
    found = {level for _, level, _ in cells}
    levels = tuple(level.label for level in factor.levels if level.label in found)
    rows = complete_rows(cells, levels)
    n_used = len(rows) * len(levels)
    table = subject_means(rows).reshape(-1, len(levels)) if rows else np.empty((0, len(levels)))
    return levels, table, n_used / len(cells) if cells else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Interaction:
    """How far two factors are from adding up.

    Parameters
    ----------
    first, second : str
        Names of the factors.
    activity : str
        Of all the cells; empty when they are of several.
    first_levels, second_levels : tuple of str
    means : (n_first, n_second)
        Mean error, SI, over subjects.
    place : (int, int)
        Where the departure from adding up is largest.
    departure : float
        There: error minus what the two main effects together would give, SI.
    interval : Interval
        Of the departure, over subjects.
    n_subjects : int
    """

    first: str
    second: str
    activity: str
    first_levels: tuple[str, ...]
    second_levels: tuple[str, ...]
    means: FloatArray
    place: tuple[int, int]
    departure: float
    interval: Interval
    n_subjects: int


def interaction_of(first: Factor, second: Factor, scores: Sequence[Score]) -> Interaction | None:
    """Means per pair of levels, and the largest departure from additivity.

    The departure is mean − row mean − column mean + grand mean, per subject. None when a factor
    has one level only, or no trial was done at every pair of levels.
    """
    a, b = (
        tuple(x.label for x in f.levels if any(s.labels[f.name] == x.label for s in scores))
        for f in (first, second)
    )
    if len(a) < 2 or len(b) < 2:
        return None
    names = (first.name, second.name)
    rows = complete_rows(
        (
            (key_of(score.labels, *names), tuple(score.labels[n] for n in names), score.error())
            for score in scores
        ),
        list(itertools.product(a, b)),
    )
    if not rows:
        return None
    table = subject_means(rows).reshape(-1, len(a), len(b))
    departures = (
        table
        - table.mean(axis=2, keepdims=True)
        - table.mean(axis=1, keepdims=True)
        + table.mean(axis=(1, 2), keepdims=True)
    )
    mean = departures.mean(axis=0)
    activities = activities_of(scores)
    i, j = (int(k) for k in np.unravel_index(np.argmax(np.abs(mean)), mean.shape))
    return Interaction(
        *names, activities[0] if len(activities) == 1 else "", a, b, table.mean(axis=0), (i, j),
        float(mean[i, j]), mean_interval(departures[:, i, j]), len(table),
    )  # fmt: skip


def strongest_interactions(
    factors: Sequence[Factor], scores: Sequence[Score], most: int = 3
) -> list[Interaction]:
    """Pairs of factors in an activity, others at first levels, the largest departure first."""
    found = [
        interaction_of(a, b, at_first_levels(factors, own, a.name, b.name))
        for a, b in itertools.combinations(factors, 2)
        for own in _by_activity(scores)
    ]
    known = [interaction for interaction in found if interaction is not None]
    return sorted(known, key=lambda one: -abs(one.departure))[:most]
