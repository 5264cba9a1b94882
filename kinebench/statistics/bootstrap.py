"""Bootstrap over subjects, with bias correction and acceleration (BCa).

Whole subjects are drawn with replacement: what belongs to one subject stays together, however many
trials or frames there are (Davison & Hinkley 1997, section 3.8). Endpoints follow Efron (1987):

    alpha_1 = Phi(z0 + (z0 + z_alpha) / (1 - a (z0 + z_alpha)))

with z0 from the share of replicates below the estimate and a from the jackknife over subjects
(Efron & Tibshirani 1993, equations 14.9-14.15).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from kinebench.core.arrays import FloatArray, read_only
from kinebench.core.value import Value
from kinebench.errors import KinebenchWarning, ValueRangeError
from kinebench.statistics.samples import (
    Interval,
    checked_level,
    finite_array,
    warn_few_subjects,
)

__all__ = ["BootstrapIntervals", "Statistic", "bootstrap_subjects", "jackknife", "mean_of_rows"]

Statistic = Callable[[FloatArray], FloatArray]
"""Maps samples (..., n_subjects, n_columns) to figures (..., n_figures), whatever comes before."""

_CHUNK = 4_000_000  # numbers held at once while resampling


@dataclass(frozen=True, slots=True, eq=False)
class BootstrapIntervals(Value):
    """BCa intervals, one per figure.

    Parameters
    ----------
    estimate, low, high : (n_figures,)
        Zero width where all replicates agree; NaN limits for a single subject.
    standard_error : (n_figures,)
        Standard deviation of the replicates.
    bias_correction, acceleration : (n_figures,)
        z0 and a.
    level : float
    n_subjects, n_resamples, seed : int
        Enough to compute the same again.
    """

    estimate: FloatArray
    low: FloatArray
    high: FloatArray
    standard_error: FloatArray
    bias_correction: FloatArray
    acceleration: FloatArray
    level: float
    n_subjects: int
    n_resamples: int
    seed: int

    def __post_init__(self) -> None:
        size = len(self.estimate)
        for name in (
            "estimate",
            "low",
            "high",
            "standard_error",
            "bias_correction",
            "acceleration",
        ):
            object.__setattr__(self, name, read_only(getattr(self, name), (size,), name))

    def interval(self, figure: int = 0) -> Interval:
        """Interval of one figure."""
        return Interval(float(self.low[figure]), float(self.high[figure]), self.level)


def mean_of_rows(samples: FloatArray) -> FloatArray:
    """Mean over subjects: (..., n_subjects, n_columns) to (..., n_columns)."""
    return np.asarray(samples.mean(axis=-2), dtype=np.float64)


def jackknife(rows: ArrayLike, statistic: Statistic = mean_of_rows) -> FloatArray:
    """The figures with each subject left out in turn, (n_subjects, n_figures)."""
    values = finite_array(rows, 2, "rows", at_least=2)
    n_subjects = len(values)
    others = np.arange(n_subjects - 1) + (
        np.arange(n_subjects - 1) >= np.arange(n_subjects)[:, None]
    )
    return statistic(values[others])


def bootstrap_subjects(
    rows: ArrayLike,
    statistic: Statistic = mean_of_rows,
    *,
    seed: int,
    level: float = 0.95,
    n_resamples: int = 9999,
) -> BootstrapIntervals:
    """Confidence intervals of figures by resampling subjects.

    Parameters
    ----------
    rows : (n_subjects,) or (n_subjects, n_columns)
        What one subject contributes: usually its mean, from `hierarchy.pool`. For a figure that
        is no mean over subjects, give the sums that it needs, e.g. sum and count.
    statistic : callable
        Maps (..., n_subjects, n_columns) to (..., n_figures); must not depend on the order of
        subjects. All replicates are computed in a few calls.
    seed : int
        Recorded in the result.
    level : float
    n_resamples : int

    Returns
    -------
    BootstrapIntervals

    Raises
    ------
    ValueRangeError
        When rows are not finite, or the level or number of resamples is impossible.

    Warns
    -----
    KinebenchWarning
        Below 10 subjects: such intervals are too narrow.
    """
    values = np.asarray(rows, dtype=np.float64)
    values = finite_array(values[:, None] if values.ndim == 1 else values, 2, "rows")
    checked_level(level)
    if n_resamples < 100:
        raise ValueRangeError(f"n_resamples must be at least 100, found {n_resamples}")
    # an order of their own, so that the order in which subjects come in changes nothing
    values = values[np.lexsort(values.T[::-1])]
    n_subjects = len(values)
    warn_few_subjects(n_subjects)
    estimate = np.atleast_1d(statistic(values))
    if n_subjects == 1:
        nothing = np.full(len(estimate), np.nan)
        return BootstrapIntervals(
            estimate, nothing, nothing, nothing, nothing, nothing, level, 1, n_resamples, seed
        )
    replicates = _replicates(values, statistic, seed, n_resamples)
    z0 = _bias_correction(replicates, estimate)
    acceleration = _acceleration(jackknife(values, statistic))
    low, high = _endpoints(replicates, estimate, z0, acceleration, level)
    return BootstrapIntervals(
        estimate=estimate,
        low=low,
        high=high,
        standard_error=replicates.std(axis=0, ddof=1),
        bias_correction=z0,
        acceleration=acceleration,
        level=level,
        n_subjects=n_subjects,
        n_resamples=n_resamples,
        seed=seed,
    )


def _replicates(
    values: FloatArray, statistic: Statistic, seed: int, n_resamples: int
) -> FloatArray:
    """Figures of the resamples, (n_resamples, n_figures)."""
    drawn = np.random.default_rng(seed).integers(0, len(values), (n_resamples, len(values)))
    step = max(1, _CHUNK // values.size)
    parts = [statistic(values[drawn[at : at + step]]) for at in range(0, n_resamples, step)]
    replicates = np.concatenate(parts)
    if replicates.ndim != 2:
        raise ValueRangeError(
            "the statistic must map (..., n_subjects, n_columns) to (..., n_figures); "
            f"found {replicates.shape} for {n_resamples} resamples"
        )
    return replicates


def _bias_correction(replicates: FloatArray, estimate: FloatArray) -> FloatArray:
    # ties, which means of few subjects often have, count half; so does what differs by rounding
    rounding = 64 * np.finfo(np.float64).eps * np.abs(replicates).max(axis=0)
    below = (replicates < estimate - rounding).mean(axis=0)
    equal = (np.abs(replicates - estimate) <= rounding).mean(axis=0)
    return np.asarray(ndtri(below + equal / 2), dtype=np.float64)


def _acceleration(left_out: FloatArray) -> FloatArray:
    left_out = left_out - left_out[0]  # equal figures become exact zeros
    deviation = left_out.mean(axis=0) - left_out
    spread = (deviation**2).sum(axis=0)
    skew = (deviation**3).sum(axis=0)
    usable = spread > 0
    return np.where(usable, skew / (6 * np.where(usable, spread, 1.0) ** 1.5), 0.0)


def _endpoints(
    replicates: FloatArray,
    estimate: FloatArray,
    z0: FloatArray,
    acceleration: FloatArray,
    level: float,
) -> tuple[FloatArray, FloatArray]:
    ends = np.empty((2, len(estimate)))
    for figure in range(len(estimate)):
        column = replicates[:, figure]
        if not np.isfinite(z0[figure]):
            warnings.warn(
                "all replicates lie on one side of the estimate: no BCa interval, NaN",
                KinebenchWarning,
                stacklevel=3,
            )
            ends[:, figure] = np.nan
            continue
        z = z0[figure] + ndtri([(1 - level) / 2, (1 + level) / 2])
        shares = ndtr(z0[figure] + z / (1 - acceleration[figure] * z))  # Efron & T. eq. 14.10
        ends[:, figure] = np.quantile(column, shares)
    return ends[0], ends[1]
