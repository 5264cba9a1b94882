"""Limits of agreement when each subject is measured more than once.

Bland & Altman (2007), section 3: the true value varies, so each pair of measurements gives one
difference, d_ij of repetition j of subject i. A one-way analysis of variance of the differences
with n_i of them per subject gives the mean squares MS_b and MS_w, and

    within-subject variance    s_w^2 = MS_w
    between-subject variance   s_b^2 = (MS_b - MS_w) / n0
    n0 = (N^2 - sum n_i^2) / ((k - 1) N),   N = sum n_i,   k subjects
    limits                     mean(d) -/+ z sqrt(s_b^2 + s_w^2)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.core.arrays import FloatArray
from kinebench.remarks import tell
from kinebench.statistics.samples import Interval, checked_level, paired_samples, subject_codes


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """One-way random-effects analysis of variance.

    Parameters
    ----------
    between, within : float
        Variances; `between` is set to 0 where MS_b < MS_w; `within` is NaN when no subject has
        two values: `between` is then the variance of a single value.
    mean_square_between, mean_square_within : float
    """

    between: float
    within: float
    mean_square_between: float
    mean_square_within: float

    @property
    def total(self) -> float:
        """Variance of a single value."""
        return self.between + (0.0 if np.isnan(self.within) else self.within)


@dataclass(frozen=True, slots=True)
class ProportionalBias:
    """Slope of difference on mean of the two methods: does the error grow with the quantity?

    Parameters
    ----------
    slope, intercept : float
        Ordinary least squares. The slope has no unit. It also departs from 0 when the two methods
        differ in variance only (Bland & Altman 1995).
    interval : Interval
        Of the slope, with standard errors that are robust to clustering by subject
        (Liang & Zeger 1986, small-sample factor G/(G-1) (N-1)/(N-2)) and G - 1 degrees of
        freedom, G subjects.
    p : float
    """

    slope: float
    intercept: float
    interval: Interval
    p: float


@dataclass(frozen=True, slots=True)
class BlandAltman:
    """Agreement of an estimate with a reference.

    Parameters
    ----------
    bias : float
        Mean of estimate - reference over all pairs.
    bias_interval : Interval
        Student, k - 1 degrees of freedom, variance s_b^2 sum n_i^2 / N^2 + s_w^2 / N.
    lower, upper : float
        Limits of agreement.
    lower_interval, upper_interval : Interval
        By the method of variance estimates recovery (Zou 2013).
    lower_percentile, upper_percentile : float
        The same limits without a distribution: percentiles of the differences.
    sd : float
        sqrt(s_b^2 + s_w^2).
    components : VarianceComponents
    proportional_bias : ProportionalBias
    coverage : float
        Share of differences that the limits are meant to hold.
    n_subjects, n_pairs : int
    """

    bias: float
    bias_interval: Interval
    lower: float
    upper: float
    lower_interval: Interval
    upper_interval: Interval
    lower_percentile: float
    upper_percentile: float
    sd: float
    components: VarianceComponents
    proportional_bias: ProportionalBias
    coverage: float
    n_subjects: int
    n_pairs: int


def bland_altman(
    reference: ArrayLike,
    estimate: ArrayLike,
    subjects: Sequence[str],
    *,
    coverage: float = 0.95,
    level: float = 0.95,
) -> BlandAltman:
    """Bland-Altman limits of agreement for repeated measures, true value varying.

    Never on frames: neighbouring frames of a trial are no separate measurements. Give one pair
    per repetition or trial.

    Parameters
    ----------
    reference, estimate : (n_pairs,)
    subjects : sequence of str
        Subject of each pair; unequal numbers are fine.
    coverage : float
        Share of differences within the limits.
    level : float
        Of the confidence intervals.

    Raises
    ------
    ValueRangeError
        When shapes differ or values are not finite.

    Warns
    -----
    KinebenchWarning
        For one subject: limits and intervals are NaN.
    """
    from scipy.special import ndtri

    truth, guess = paired_samples(reference, estimate)
    checked_level(coverage, "coverage")
    checked_level(level)
    names, codes = subject_codes(subjects, len(truth))
    difference = guess - truth
    if len(names) == 1:
        tell("too few subjects", "limits of agreement need two subjects or more: NaN")
    counts = np.bincount(codes, minlength=len(names))
    components = _variance_components(difference, codes, counts)
    bias = float(difference.mean())
    sd = float(np.sqrt(components.total))
    reach = float(ndtri((1 + coverage) / 2)) * sd
    low_ci, high_ci = _limit_intervals(difference, codes, bias, sd, coverage, level)
    ends = np.quantile(difference, [(1 - coverage) / 2, (1 + coverage) / 2])
    return BlandAltman(
        bias=bias,
        bias_interval=_bias_interval(bias, components, counts, level),
        lower=bias - reach,
        upper=bias + reach,
        lower_interval=low_ci,
        upper_interval=high_ci,
        lower_percentile=float(ends[0]),
        upper_percentile=float(ends[1]),
        sd=sd,
        components=components,
        proportional_bias=_proportional_bias((truth + guess) / 2, difference, codes, level),
        coverage=coverage,
        n_subjects=len(names),
        n_pairs=len(difference),
    )


def _variance_components(
    values: FloatArray, codes: NDArray[np.intp], counts: NDArray[np.intp]
) -> VarianceComponents:
    k, n = len(counts), len(values)
    means = np.bincount(codes, values) / counts
    if k == 1:
        within = float(values.var(ddof=1)) if n > 1 else np.nan
        return VarianceComponents(np.nan, within, np.nan, within)
    between = float((counts * (means - values.mean()) ** 2).sum() / (k - 1))
    if n == k:
        return VarianceComponents(between, np.nan, between, np.nan)
    within = float(((values - means[codes]) ** 2).sum() / (n - k))
    n0 = (n**2 - (counts**2).sum()) / ((k - 1) * n)
    return VarianceComponents(max(0.0, (between - within) / n0), within, between, within)


def _bias_interval(
    bias: float, components: VarianceComponents, counts: NDArray[np.intp], level: float
) -> Interval:
    from scipy.special import stdtrit

    k, n = len(counts), counts.sum()
    if k == 1:
        return Interval(np.nan, np.nan, level)
    within = 0.0 if np.isnan(components.within) else components.within
    variance = components.between * (counts**2).sum() / n**2 + within / n
    half = float(stdtrit(k - 1, (1 + level) / 2) * np.sqrt(variance))
    return Interval(bias - half, bias + half, level)


def _limit_intervals(
    values: FloatArray,
    codes: NDArray[np.intp],
    bias: float,
    sd: float,
    coverage: float,
    level: float,
) -> tuple[Interval, Interval]:
    """Intervals of the lower and the upper limit (Zou 2013, MOVER)."""
    from scipy.special import chdtri, ndtri

    counts = np.bincount(codes)
    k, n = len(counts), len(values)
    if k == 1:
        return Interval(np.nan, np.nan, level), Interval(np.nan, np.nan, level)
    means = np.bincount(codes, values) / counts
    of_means = float(means.var(ddof=1))
    # Zou's total variance: that of subject means, and what averaging n_i values took away
    parts = [(of_means, k - 1)]
    if n > k:
        within = float(((values - means[codes]) ** 2).sum() / (n - k))
        parts.append((float(1 - (1 / counts).mean()) * within, n - k))
    tails = ((1 - level) / 2, (1 + level) / 2)
    total = sum(part for part, _ in parts)
    # chdtri takes the upper tail, so its small quantile belongs to the large tail
    small, large = (
        np.sqrt(sum((part * (df / chdtri(df, tail) - 1)) ** 2 for part, df in parts))
        for tail in tails
    )
    spread_low = np.sqrt(max(0.0, total - small))
    spread_high = np.sqrt(total + large)
    z_level, z_coverage = ndtri(tails[1]), ndtri((1 + coverage) / 2)
    of_bias = z_level**2 * of_means / k
    outward = float(np.sqrt(of_bias + (z_coverage * (spread_high - np.sqrt(total))) ** 2))
    inward = float(np.sqrt(of_bias + (z_coverage * (np.sqrt(total) - spread_low)) ** 2))
    lower, upper = bias - z_coverage * sd, bias + z_coverage * sd
    return (
        Interval(float(lower - outward), float(lower + inward), level),
        Interval(float(upper - inward), float(upper + outward), level),
    )


def _proportional_bias(
    means: FloatArray, difference: FloatArray, codes: NDArray[np.intp], level: float
) -> ProportionalBias:
    from scipy.special import stdtr, stdtrit

    k, n = int(codes.max()) + 1, len(means)
    centred = means - means.mean()
    spread = float(centred @ centred)
    if k < 2 or n < 3 or spread == 0:
        return ProportionalBias(np.nan, np.nan, Interval(np.nan, np.nan, level), np.nan)
    slope = float(centred @ difference / spread)
    intercept = float(difference.mean() - slope * means.mean())
    scores = np.bincount(codes, centred * (difference - intercept - slope * means))
    factor = k / (k - 1) * (n - 1) / (n - 2)
    error = float(np.sqrt(factor * (scores**2).sum()) / spread)
    half = float(stdtrit(k - 1, (1 + level) / 2)) * error
    p = float(2 * stdtr(k - 1, -abs(slope) / error)) if error > 0 else float(slope == 0)
    return ProportionalBias(slope, intercept, Interval(slope - half, slope + half, level), p)
