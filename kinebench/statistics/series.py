"""How sure is the mean of one waveform's errors?

Neighbouring frames of a trial are alike, so n frames hold far fewer than n independent values.
The errors of video are slow (0.7 Hz and below in `lab.camera.presets.two_phones`): in a trial of a
few seconds their autocorrelation cannot be estimated well enough to be summed up, and intervals by
effective sample size covered 55 to 90 % of the means where 95 % was printed. The interval here asks
only for what a short trial can give. With K cosines of j half-periods over the duration T,

    B_j = sqrt(2) mean_t(e(t) cos(pi j t / T)),   j = 1 … K,   K = 2 T f0 (rounded down, 1 or more)

each B_j has the variance of the mean as long as the errors hold no more power below f0 than at
f0, and mean / sqrt(mean(B_j^2)) is Student's with K degrees of freedom (Müller 2004, Econometric
Theory 20:1; Lazarus et al. 2018, J Bus Econ Stat 36:541). Shorter trials have no interval.

All this speaks of this one trial: a second trial, or a second subject, is another matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.statistics.samples import Interval, checked_level, finite_array

_LOWEST_HZ = 0.25
"""f0: there the spectrum of the laboratory's slow errors (corner 0.7 Hz) is still 79 % of what it
is at 0 Hz; `reports/coverage.md` shows the coverage, also for errors slower than that."""

SHORTEST_S = 1.5
"""Shorter trials have no interval. Up to 4 s a single cosine makes it, which is very wide: twelve
standard errors to each side."""

_MOST_COSINES = 60  # beyond, Student's quantile is the normal one within 2 %


@dataclass(frozen=True, slots=True)
class SeriesMean:
    """Mean of an autocorrelated series.

    Parameters
    ----------
    mean : float
        In the unit of the series.
    interval : Interval
        NaN limits for a series that is too short.
    n : int
        Number of samples.
    degrees_of_freedom : int
        Of the interval; 0 when there is none.
    """

    mean: float
    interval: Interval
    n: int
    degrees_of_freedom: int


def series_mean(errors: ArrayLike, rate_hz: float, *, level: float = 0.95) -> SeriesMean:
    """Mean error of one trial, with an interval that respects autocorrelation.

    Parameters
    ----------
    errors : (n,)
        As a column of `series_means`.
    rate_hz : float
        Samples per second.
    level : float

    Raises
    ------
    ValueRangeError
        As `series_means`.
    """
    (found,) = series_means(finite_array(errors, 1, "errors")[:, None], rate_hz, level=level)
    return found


def series_means(
    errors: ArrayLike, rate_hz: float, *, level: float = 0.95
) -> tuple[SeriesMean, ...]:
    """`series_mean` of each column.

    Parameters
    ----------
    errors : (n, n_columns)
        estimate - reference at equal time steps; gaps may be left out.
    rate_hz : float
        Samples per second.
    level : float

    Raises
    ------
    ValueRangeError
        When there is no value, one is not finite, or the rate is not above 0.
    """
    from scipy.special import stdtrit

    series = finite_array(errors, 2, "errors")
    checked_level(level)
    if not 0 < rate_hz < np.inf:
        raise ValueRangeError(f"rate_hz must be finite and above 0, found {rate_hz:g}")
    n, means = len(series), series.mean(axis=0)
    # 90 frames at 60 Hz are 1.5 s, whether frames or steps between them are counted
    duration_s = (n + 1) / rate_hz + 1e-9
    n_cosines = min(max(1, int(2 * duration_s * _LOWEST_HZ)), _MOST_COSINES, n - 1)
    if n_cosines < 1 or duration_s < SHORTEST_S:
        none = Interval(np.nan, np.nan, level)
        return tuple(SeriesMean(mean, none, n, 0) for mean in means.tolist())
    errors_of_means = np.sqrt((_cosine_means(series - means, n_cosines) ** 2).mean(axis=0))
    halves = float(stdtrit(n_cosines, (1 + level) / 2)) * errors_of_means
    return tuple(
        SeriesMean(mean, Interval(mean - half, mean + half, level), n, n_cosines)
        for mean, half in zip(means.tolist(), halves.tolist(), strict=True)
    )


def _cosine_means(series: FloatArray, n_cosines: int) -> FloatArray:
    middle = (np.arange(len(series)) + 0.5) / len(series)
    cosines = np.cos(np.pi * np.arange(1, n_cosines + 1)[:, None] * middle)
    return np.asarray(np.sqrt(2) * (cosines @ series) / len(series))
