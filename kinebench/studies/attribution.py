"""Which factor moves a figure by how much: Shapley shares per trial, then over subjects."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kinebench.metrics import shapley
from kinebench.statistics import Interval, mean_interval
from kinebench.studies.design import Study
from kinebench.studies.execution import Outcome

__all__ = ["Reading", "Share", "shares_of"]

Reading = Callable[[Sequence[Mapping[str, Any]]], float]
"""A figure out of a cell's rows, SI; NaN when it has none."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one factor moves, from its first to its last level.

    Parameters
    ----------
    factor : str
    mean : float
        Over subjects, SI.
    interval : Interval
        95 %, Student over subjects; NaN for a single one.
    size : float
        Mean over subjects of the size of the share, whatever its sign.
    """

    factor: str
    mean: float
    interval: Interval
    size: float


def shares_of(
    study: Study, outcomes: Sequence[Outcome], reading: Reading
) -> tuple[tuple[Share, ...], int]:
    """Shares of all factors in the change from all first to all last levels.

    Per trial the shares add up to the change; a trial counts when all its cells at first and last
    levels have the figure. Shares are averaged over the trials of a subject, then over subjects.

    Parameters
    ----------
    study : Study
    outcomes : sequence of Outcome
    reading : callable

    Returns
    -------
    shares : tuple of Share
        In the order of the factors; empty when no trial counts.
    n_trials : int
        Trials that count.
    """
    names = [factor.name for factor in study.factors]
    first = {factor.name: factor.levels[0].label for factor in study.factors}
    last = {factor.name: factor.levels[-1].label for factor in study.factors}
    by_subject: dict[str, list[list[float]]] = {}
    for (subject, _), cells in _by_trial(study, outcomes, reading).items():
        if all(math.isfinite(value) for value in cells.values()) and _is_full(cells, first, last):
            parts = shapley(cells, names, first, last).parts
            by_subject.setdefault(subject, []).append([float(parts[name]) for name in names])
    if not by_subject:
        return (), 0
    table = np.array([np.mean(rows, axis=0) for rows in by_subject.values()])
    shares = tuple(
        Share(name, float(column.mean()), mean_interval(column), float(np.abs(column).mean()))
        for name, column in zip(names, table.T, strict=True)
    )
    return shares, sum(map(len, by_subject.values()))


def _by_trial(
    study: Study, outcomes: Sequence[Outcome], reading: Reading
) -> dict[tuple[str, str], dict[tuple[Hashable, ...], float]]:
    """Per subject and trial: the figure at first and last levels."""
    ends = {f.name: {f.levels[0].label, f.levels[-1].label} for f in study.factors}
    found: dict[tuple[str, str], dict[tuple[Hashable, ...], float]] = {}
    for outcome in outcomes:
        labels = outcome.labels
        if all(labels[name] in wanted for name, wanted in ends.items()):
            trial = found.setdefault((labels["subject"], labels["trial"]), {})
            value = reading(outcome.rows) if outcome.status == "done" else math.nan
            trial[tuple(labels[name] for name in ends)] = value
    return found


def _is_full(
    cells: Mapping[tuple[Hashable, ...], float], first: Mapping[str, str], last: Mapping[str, str]
) -> bool:
    expected = math.prod(1 if first[name] == last[name] else 2 for name in first)
    return len(cells) == expected
