"""Which factor moves a figure by how much: Shapley shares per trial, then over subjects."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kinebench.metrics import FigureTable, shapley
from kinebench.statistics import Interval, mean_interval
from kinebench.studies.analysis.pairing import Key, complete_rows, key_of, subject_means
from kinebench.studies.design import Study
from kinebench.studies.execution.cells import Outcome

Reading = Callable[[FigureTable], float]
"""A figure out of a cell's, SI; NaN when it has none."""


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
    # a factor of one level has the same first and last
    ends = list(itertools.product(*({first[name]: 0, last[name]: 0} for name in names)))
    rows = complete_rows(_cells(outcomes, names, set(ends), reading), ends)
    if not rows:
        return (), 0
    found = {
        trial: shapley(dict(zip(ends, values, strict=True)), names, first, last).parts
        for trial, values in rows.items()
    }
    table = subject_means(
        {trial: [float(parts[name]) for name in names] for trial, parts in found.items()}
    )
    shares = tuple(
        Share(name, float(column.mean()), mean_interval(column), float(np.abs(column).mean()))
        for name, column in zip(names, table.T, strict=True)
    )
    return shares, len(rows)


def _cells(
    outcomes: Sequence[Outcome],
    names: Sequence[str],
    ends: Collection[tuple[str, ...]],
    reading: Reading,
) -> Iterator[tuple[Key, tuple[str, ...], float]]:
    """Trial, levels, and the figure of every cell at first and last levels that is done."""
    for outcome in outcomes:
        levels = tuple(outcome.labels[name] for name in names)
        if outcome.status == "done" and levels in ends:
            yield key_of(outcome.labels, *names), levels, reading(outcome.figures)
