"""A group figure with its confidence interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.statistics.bootstrap import bootstrap_subjects
from kinebench.statistics.hierarchy import Observations, Summary, Units, pool, summarise_units
from kinebench.statistics.samples import Interval

__all__ = ["GroupFigure", "group_figure"]


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """Mean over a group, how sure it is, and what it rests on.

    Parameters
    ----------
    summary : Summary
    interval : Interval
        Of the mean: BCa over subjects, whatever the pooling takes as its units.
    seed, n_resamples : int
    """

    summary: Summary
    interval: Interval
    seed: int
    n_resamples: int


def group_figure(
    observations: Observations,
    *,
    seed: int,
    pooling: str = "hierarchical",
    level: float = 0.95,
    n_resamples: int = 9999,
) -> GroupFigure:
    """Group mean with a BCa interval from resampling whole subjects.

    Parameters
    ----------
    observations : Observations
    seed : int
    pooling : str
        Name in `hierarchy.POOLINGS`. Poolings that take trials or sides as independent change the
        mean; the interval still resamples subjects.
    level : float
    n_resamples : int

    Raises
    ------
    NameNotFoundError
        When there is no such pooling.
    ValueRangeError
        When no value is left.

    Warns
    -----
    KinebenchWarning
        When values are missing, or there are fewer than 10 subjects.
    """
    units = pool(observations, pooling)
    if not len(units.values):
        raise ValueRangeError("no value to summarise")
    found = bootstrap_subjects(
        _sums_and_counts(units), _pooled_mean, seed=seed, level=level, n_resamples=n_resamples
    )
    return GroupFigure(summarise_units(units, pooling), found.interval(), seed, n_resamples)


def _sums_and_counts(units: Units) -> FloatArray:
    """Sum and number of units of each subject, (n_subjects, 2)."""
    sums: dict[str, list[float]] = {}
    for (subject, *_), value in zip(units.labels, units.values, strict=True):
        sums.setdefault(subject, []).append(float(value))
    return np.array([(np.sum(values), len(values)) for values in sums.values()])


def _pooled_mean(samples: FloatArray) -> FloatArray:
    totals = samples.sum(axis=-2)
    return np.asarray(totals[..., :1] / totals[..., 1:], dtype=np.float64)
