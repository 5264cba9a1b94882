"""How far a choice made in advance is from the best one that hindsight would have made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kinebench.statistics import Interval, mean_interval
from kinebench.studies.analysis.pairing import Key, complete_rows, key_of, subject_means
from kinebench.studies.analysis.scores import Score
from kinebench.studies.design import Factor


@dataclass(frozen=True, slots=True)
class Regret:
    """What always choosing one level costs.

    Parameters
    ----------
    level : str
    mean : float
        How much worse than the best candidate of the same cell, mean over subjects, SI. Below 0
        for a level that is no candidate and beats them all.
    interval : Interval
        95 %, Student over subjects.
    """

    level: str
    mean: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Hindsight:
    """Candidates chosen anew for every trial, knowing the truth.

    Parameters
    ----------
    chosen : tuple of (str, int)
        How often each candidate was the best, in the order of the levels.
    regrets : tuple of Regret
        Of every level of the factor.
    n_cells : int
        Choices: trials, times levels of the other factors.
    n_subjects : int
    """

    chosen: tuple[tuple[str, int], ...]
    regrets: tuple[Regret, ...]
    n_cells: int
    n_subjects: int


def hindsight_of(factor: Factor, scores: Sequence[Score], candidates: Sequence[str]) -> Hindsight:
    """Regret of every level against the best candidate of the same trial and other levels.

    Parameters
    ----------
    factor : Factor
    scores : sequence of Score
        Of cells that are done; trials that lack a level do not count.
    candidates : sequence of str
        Levels among which hindsight may choose: cut-offs of one filter.
    """
    levels = [level.label for level in factor.levels]
    errors = complete_rows(
        (
            (key_of(score.labels, factor.name), score.labels[factor.name], score.badness())
            for score in scores
        ),
        levels,
    )
    chosen: Counter[str] = Counter()
    lost: dict[Key, list[float]] = {}
    for key, row in errors.items():
        by_level = dict(zip(levels, row, strict=True))
        best = min(candidates, key=by_level.__getitem__)
        chosen[best] += 1
        lost[key] = [error - by_level[best] for error in row]
    if not lost:
        return Hindsight((), (), 0, 0)
    table = subject_means(lost)
    regrets = tuple(
        Regret(level, float(column.mean()), mean_interval(column))
        for level, column in zip(levels, table.T, strict=True)
    )
    counts = tuple((level, chosen[level]) for level in levels if level in candidates)
    return Hindsight(counts, regrets, len(lost), len(table))
