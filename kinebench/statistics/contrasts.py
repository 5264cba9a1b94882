"""Paired differences over subjects: how large, how sure, and whether small enough to not matter.

Every sample here holds one number per subject (see `hierarchy.pool`). Effect size and interval come
first, p after them. A difference that is not significant is no agreement: for that, ask
`equivalence`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError, require_names
from kinebench.remarks import tell
from kinebench.statistics.multiplicity import CORRECTIONS
from kinebench.statistics.samples import Interval, checked_level, finite_array, paired_samples


@dataclass(frozen=True, slots=True)
class HedgesG:
    """Standardised mean difference of paired samples, without small-sample bias.

    Parameters
    ----------
    value : float
        J mean(d) / sd(d), d = estimate - reference, J = Gamma(m/2) / (sqrt(m/2) Gamma((m-1)/2)),
        m = n - 1 (Hedges 1981). NaN when all differences are equal.
    interval : Interval
        Of mean(d) / sd(d) in the population, from the noncentral t distribution.
    """

    value: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Contrast:
    """A paired difference over subjects.

    Parameters
    ----------
    name : str
        What is compared.
    mean : float
        estimate - reference, in their unit.
    interval : Interval
        Student, n - 1 degrees of freedom.
    g : HedgesG
    t, p : float
        Two-sided. NaN when there are fewer than two subjects; when all differences are equal,
        infinite and 0, or 0 and 1 for no difference.
    p_adjusted : float
        For the number of contrasts made together; equals `p` for one.
    n_subjects : int
    """

    name: str
    mean: float
    interval: Interval
    g: HedgesG
    t: float
    p: float
    p_adjusted: float
    n_subjects: int


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two one-sided tests against a margin (Schuirmann 1987).

    Parameters
    ----------
    mean : float
        estimate - reference.
    interval : Interval
        Level 1 - 2 alpha: equivalence is claimed when it lies within the margin.
    margin : float
        Largest difference that does not matter, in the unit of the samples.
    p_lower, p_upper : float
        Of "mean <= -margin" and "mean >= margin".
    p : float
        The larger of both.
    equivalent : bool
        p < alpha.
    alpha : float
    n_subjects : int
    """

    mean: float
    interval: Interval
    margin: float
    p_lower: float
    p_upper: float
    p: float
    equivalent: bool
    alpha: float
    n_subjects: int


def mean_interval(values: ArrayLike, *, level: float = 0.95) -> Interval:
    """Student interval of a mean over subjects; NaN for a single one.

    Raises
    ------
    ValueRangeError
        When there is no value, or one is not finite.
    """
    from scipy.special import stdtrit

    checked_level(level)
    sample = finite_array(values, 1, "values")
    mean, error = _mean_and_error(sample)
    if np.isnan(error):
        return Interval(np.nan, np.nan, level)
    half = float(stdtrit(len(sample) - 1, (1 + level) / 2)) * error
    return Interval(mean - half, mean + half, level)


def hedges_g(reference: ArrayLike, estimate: ArrayLike, *, level: float = 0.95) -> HedgesG:
    """Hedges' g of paired samples, standardised by the spread of the differences.

    Parameters
    ----------
    reference, estimate : (n_subjects,)
    level : float

    Raises
    ------
    ValueRangeError
        When shapes differ or values are not finite.

    Warns
    -----
    KinebenchWarning
        With fewer than three subjects, or differences that are all equal: NaN.
    """
    from scipy.special import gammaln, nctdtrinc

    truth, guess = paired_samples(reference, estimate)
    checked_level(level)
    difference = guess - truth
    n = len(difference)
    _, error = _mean_and_error(difference)
    if n < 3 or not error > 0:
        reason = "fewer than 3 subjects" if n < 3 else "all differences are equal"
        tell("undefined figures", f"{reason}: Hedges' g is NaN")
        return HedgesG(np.nan, Interval(np.nan, np.nan, level))
    df = n - 1
    unbias = float(np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / np.sqrt(df / 2))
    t = float(difference.mean()) / error
    # noncentralities at which the t found is the upper or the lower quantile
    low, high = nctdtrinc(df, [(1 + level) / 2, (1 - level) / 2], t) / np.sqrt(n)
    # limits of the effect itself: shrinking them like the estimate would cover 82 % with n = 3
    return HedgesG(t * unbias / np.sqrt(n), Interval(float(low), float(high), level))


def paired_contrast(
    reference: ArrayLike,
    estimate: ArrayLike,
    *,
    name: str = "estimate - reference",
    level: float = 0.95,
) -> Contrast:
    """Mean paired difference with interval, effect size and p.

    Parameters
    ----------
    reference, estimate : (n_subjects,)
    name : str
    level : float

    Raises
    ------
    ValueRangeError
        When shapes differ or values are not finite.

    Warns
    -----
    KinebenchWarning
        As `hedges_g`.
    """
    truth, guess = paired_samples(reference, estimate)
    difference = guess - truth
    mean, error = _mean_and_error(difference)
    t, p = _t_test(mean, error, len(difference))
    return Contrast(
        name=name,
        mean=mean,
        interval=mean_interval(difference, level=level),
        g=hedges_g(truth, guess, level=level),
        t=t,
        p=p,
        p_adjusted=p,
        n_subjects=len(difference),
    )


def paired_contrasts(
    values: ArrayLike,
    levels: Sequence[str],
    baseline: str,
    *,
    correction: str = "holm",
    level: float = 0.95,
) -> tuple[Contrast, ...]:
    """Every level of a factor against one of them.

    Parameters
    ----------
    values : (n_subjects, n_levels)
    levels : sequence of str
        Names of the columns.
    baseline : str
        The level that the others are compared with.
    correction : {"holm", "benjamini_hochberg"}
    level : float
        Of the intervals, which are not adjusted.

    Returns
    -------
    contrasts : tuple of Contrast
        In the order of the columns, baseline left out.

    Raises
    ------
    NameNotFoundError
        When there is no such baseline or correction.
    ValueRangeError
        When names do not fit the columns or values are not finite.

    Warns
    -----
    KinebenchWarning
        As `hedges_g`.
    """
    table = finite_array(values, 2, "values")
    if len(levels) != table.shape[1] or len(set(levels)) != len(levels):
        raise ValueRangeError(
            f"levels must name each of the {table.shape[1]} columns once, found {', '.join(levels)}"
        )
    require_names([baseline], levels, "level", "the factor")
    require_names([correction], CORRECTIONS, "correction", "kinebench.statistics")
    start = table[:, list(levels).index(baseline)]
    found = [
        paired_contrast(start, table[:, column], name=f"{name} - {baseline}", level=level)
        for column, name in enumerate(levels)
        if name != baseline
    ]
    adjusted = CORRECTIONS[correction]([contrast.p for contrast in found])
    return tuple(
        replace(contrast, p_adjusted=float(p)) for contrast, p in zip(found, adjusted, strict=True)
    )


def equivalence(
    reference: ArrayLike, estimate: ArrayLike, margin: float, *, alpha: float = 0.05
) -> Equivalence:
    """Is the mean paired difference smaller than a stated margin?

    Parameters
    ----------
    reference, estimate : (n_subjects,)
    margin : float
        Positive, in the unit of the samples. In gait analysis 2° is taken as small and 5° as the
        end of the acceptable (McGinley et al. 2009); choose it before seeing the results.
    alpha : float

    Raises
    ------
    ValueRangeError
        When the margin is not positive, shapes differ, or values are not finite.

    Warns
    -----
    KinebenchWarning
        With fewer than two subjects: nothing can be said, p is NaN.
    """
    truth, guess = paired_samples(reference, estimate)
    if not 0 < margin < np.inf:
        raise ValueRangeError(f"margin must be positive, found {margin:g}")
    if not 0 < alpha < 0.5:
        raise ValueRangeError(f"alpha must lie between 0 and 0.5, found {alpha:g}")
    difference = guess - truth
    n = len(difference)
    if n < 2:
        tell("too few subjects", "equivalence needs two subjects or more")
    mean, error = _mean_and_error(difference)
    p_lower = _one_sided(mean + margin, error, n)
    p_upper = _one_sided(margin - mean, error, n)
    p = float(np.maximum(p_lower, p_upper))
    return Equivalence(
        mean=mean,
        interval=mean_interval(difference, level=1 - 2 * alpha),
        margin=float(margin),
        p_lower=p_lower,
        p_upper=p_upper,
        p=p,
        equivalent=p < alpha,
        alpha=alpha,
        n_subjects=n,
    )


def _mean_and_error(sample: FloatArray) -> tuple[float, float]:
    n = len(sample)
    error = float(sample.std(ddof=1) / np.sqrt(n)) if n > 1 else np.nan
    return float(sample.mean()), error


def _t_test(mean: float, error: float, n: int) -> tuple[float, float]:
    from scipy.special import stdtr

    if np.isnan(error):
        return np.nan, np.nan
    if error == 0:
        return (0.0, 1.0) if mean == 0 else (float(np.copysign(np.inf, mean)), 0.0)
    t = mean / error
    return t, float(2 * stdtr(n - 1, -abs(t)))


def _one_sided(distance: float, error: float, n: int) -> float:
    """p of "the mean lies at or beyond the margin", `distance` inside it."""
    from scipy.special import stdtr

    if np.isnan(error):
        return np.nan
    if error == 0:
        return 0.0 if distance > 0 else 1.0
    return float(stdtr(n - 1, -distance / error))
