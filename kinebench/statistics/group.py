"""A group figure with its confidence interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.statistics.hierarchy import Observations, Summary, Units, pool, summarise_units
from kinebench.statistics.samples import Interval, checked_level, warn_few_subjects


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """Mean over a group, how sure it is, and what it rests on.

    Parameters
    ----------
    summary : Summary
    interval : Interval
        Of the mean: Student's over subjects, whatever the pooling takes as its units; NaN limits
        for a single subject.
    """

    summary: Summary
    interval: Interval


def group_figure(
    observations: Observations, *, pooling: str = "hierarchical", level: float = 0.95
) -> GroupFigure:
    """Group mean with Student's interval over subjects.

    The standard error is the jackknife's over whole subjects (Davison & Hinkley 1997, section
    3.2.1), which for the mean over subjects is s / sqrt(n) itself, and for poolings that weigh
    subjects by their trials or sides respects that weight.

    Parameters
    ----------
    observations : Observations
    pooling : str
        Name in `hierarchy.POOLINGS`. Poolings that take trials or sides as independent change the
        mean; the interval still takes only subjects as independent.
    level : float

    Raises
    ------
    NameNotFoundError
        When there is no such pooling.
    ValueRangeError
        When no value is left.

    Warns
    -----
    KinebenchWarning
        When values are missing, or there are fewer than 20 subjects.

    Notes
    -----
    Coverage, nominal 95 % (`reports/coverage.md`): as nominal for subjects that are normally
    distributed, at any number; below it for skewed ones as long as they are few. Resampling
    subjects (cluster bootstrap, BCa) covered 73, 84, 90 and 92 % with 3, 5, 10 and 20.
    """
    from scipy.special import stdtrit

    checked_level(level)
    units = pool(observations, pooling)
    if not len(units.values):
        raise ValueRangeError("no value to summarise")
    rows = _sums_and_counts(units)
    n = len(rows)
    warn_few_subjects(n)
    total = rows.sum(axis=0)
    mean = float(total[0] / total[1])
    if n < 2:
        return GroupFigure(summarise_units(units, pooling), Interval(np.nan, np.nan, level))
    without = total - rows
    left_out = without[:, 0] / without[:, 1]
    error = float(np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum()))
    half = float(stdtrit(n - 1, (1 + level) / 2)) * error
    interval = Interval(mean - half, mean + half, level)
    return GroupFigure(summarise_units(units, pooling), interval)


def _sums_and_counts(units: Units) -> FloatArray:
    """Sum and number of units of each subject, (n_subjects, 2)."""
    sums: dict[str, list[float]] = {}
    for (subject, *_), value in zip(units.labels, units.values, strict=True):
        sums.setdefault(subject, []).append(float(value))
    return np.array([(np.sum(values), len(values)) for values in sums.values()])
