"""How many subjects, trials and repetitions a study of agreement needs.

One difference (estimate - reference) of a repetition is

    bias + subject + trial + repetition,

independent and normal, with the standard deviations of `DifferenceComponents`. A trial's value is
the mean of its repetitions; a subject's is the mean of their trials. More trials and repetitions
help only as far as differences do not belong to the subject.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri, stdtrit
from scipy.stats import chi2

from kinebench.errors import ValueRangeError
from kinebench.statistics.samples import checked_level, finite_array, subject_codes

MOST_SUBJECTS = 10_000
"""Beyond, no answer is given: nobody records so many."""

_QUADRATURE = 2_000


@dataclass(frozen=True, slots=True)
class DifferenceComponents:
    """Standard deviations of a difference, in its unit.

    Parameters
    ----------
    subject, trial, repetition : float
        Between subjects, between a subject's trials, between a trial's repetitions.
    bias : float
        Mean difference.
    """

    subject: float
    trial: float = 0.0
    repetition: float = 0.0
    bias: float = 0.0

    def __post_init__(self) -> None:
        sizes = (self.subject, self.trial, self.repetition)
        if not all(0 <= size < math.inf for size in sizes) or not math.isfinite(self.bias):
            raise ValueRangeError(f"standard deviations must be 0 or more, found {sizes}")
        if max(sizes) == 0:
            raise ValueRangeError("one standard deviation or more must be above 0")

    def within_sd(self, repetitions: int) -> float:
        """Of a trial's value about its subject's."""
        return math.hypot(self.trial, self.repetition / math.sqrt(repetitions))

    def mean_sd(self, trials: int, repetitions: int) -> float:
        """Of a subject's value."""
        return math.hypot(self.subject, self.within_sd(repetitions) / math.sqrt(trials))


def components_of(
    differences: ArrayLike, subjects: Sequence[str], trials: Sequence[str]
) -> DifferenceComponents:
    """Variance components of a pilot, by moments of nested means.

    A component that would be negative is 0. Without a trial of several repetitions, repetitions
    count with the trials; without a subject of several trials, trials count with the subjects.

    Parameters
    ----------
    differences : (n,)
        One per repetition.
    subjects, trials : sequences of str
        To which each belongs; trials of different subjects may have one name.

    Raises
    ------
    ValueRangeError
        With fewer than two subjects, or values that are not finite.
    """
    values = finite_array(differences, 1, "differences")
    names, _ = subject_codes(subjects, len(values))
    if len(names) < 2:
        raise ValueRangeError("a pilot needs two subjects or more")
    groups: dict[str, dict[str, list[float]]] = {name: {} for name in names}
    for value, subject, trial in zip(values.tolist(), subjects, trials, strict=True):
        groups[subject].setdefault(trial, []).append(value)
    repetition, n_repetitions = _pooled([t for one in groups.values() for t in one.values()])
    means = [[float(np.mean(t)) for t in one.values()] for one in groups.values()]
    of_trials, n_trials = _pooled(means)
    of_subjects = [float(np.mean(one)) for one in means]
    variances = (
        float(np.var(of_subjects, ddof=1)) - of_trials / n_trials,
        of_trials - repetition / n_repetitions,
        repetition,
    )
    between, middle, within = (math.sqrt(max(0.0, variance)) for variance in variances)
    return DifferenceComponents(between, middle, within, float(np.mean(of_subjects)))


def _pooled(groups: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Variance within groups, pooled, and their harmonic mean size; 0 without any of two."""
    sizes = np.array([len(group) for group in groups], dtype=float)
    squares = sum(float(np.var(group)) * len(group) for group in groups)
    freedom = float((sizes - 1).sum())
    return squares / freedom if freedom > 0 else 0.0, float(len(sizes) / (1 / sizes).sum())


def equivalence_power(
    n_subjects: int, sd: float, margin: float, bias: float = 0.0, alpha: float = 0.05
) -> float:
    """Probability that two one-sided tests show |bias| < margin.

    Exact for normal differences: over the distribution of the standard deviation that is found.

    Parameters
    ----------
    n_subjects : int
    sd : float
        Of subjects' mean differences: `DifferenceComponents.mean_sd`.
    margin, bias : float
        In the unit of `sd`; the true bias.
    alpha : float
    """
    if n_subjects < 2:
        return 0.0
    freedom, error = n_subjects - 1, sd / math.sqrt(n_subjects)
    # quantiles of the standard deviation found, in equal steps of probability
    steps = (np.arange(_QUADRATURE) + 0.5) / _QUADRATURE
    found = error * np.sqrt(chi2.ppf(steps, freedom) / freedom)
    reach = margin - float(stdtrit(freedom, 1 - alpha)) * found
    high, low = ndtr((reach - bias) / error), ndtr((-reach - bias) / error)
    return float(np.where(reach > 0, high - low, 0.0).mean())


def limits_half_width(
    n_subjects: int,
    components: DifferenceComponents,
    trials: int = 1,
    repetitions: int = 1,
    level: float = 0.95,
) -> float:
    """Expected half-width of the interval of a 95 % limit of agreement of single trials.

    By the delta method (Bland and Altman 1999, 2007): limits are bias ± 1.96 of the total standard
    deviation of one trial's difference, whose variance has two mean squares.
    """
    if n_subjects < 2:
        return math.inf
    within = components.within_sd(repetitions) ** 2
    between = components.mean_sd(trials, repetitions) ** 2  # variance of subjects' means
    total = components.subject**2 + within
    of_total = 2 * between**2 / (n_subjects - 1)
    if trials > 1:
        share = (1 - 1 / trials) * within
        of_total += 2 * share**2 / (n_subjects * (trials - 1))
    z_limits = float(ndtri(0.975))
    variance = between / n_subjects + z_limits**2 * of_total / (4 * total)
    return float(stdtrit(n_subjects - 1, (1 + level) / 2)) * math.sqrt(variance)


def icc_half_width(
    n_subjects: int, expected: float, n_methods: int = 2, level: float = 0.95
) -> float:
    """Expected half-width of the interval of an intraclass correlation.

    Bonett 2002 (Stat Med 21:1331), for ICC(1,1) and nearly so for ICC(C,1) and ICC(A,1) of fixed
    methods; single trials.
    """
    if n_subjects < 2:
        return math.inf
    k = n_methods
    variance = 2 * (1 - expected) ** 2 * (1 + (k - 1) * expected) ** 2
    variance /= k * (k - 1) * (n_subjects - 1)
    return float(ndtri((1 + checked_level(level)) / 2)) * math.sqrt(variance)


def smallest_n(enough: Callable[[int], bool]) -> int | None:
    """Fewest subjects from which on it is enough; None where `MOST_SUBJECTS` are too few.

    Parameters
    ----------
    enough : callable
        Of the number of subjects; once true it stays true.
    """
    low, high = 1, 2
    while not enough(high):
        low, high = high, 2 * high
        if high > MOST_SUBJECTS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
