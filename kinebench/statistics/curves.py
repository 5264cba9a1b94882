"""Permutation tests over whole curves (statistical parametric mapping, one-dimensional).

One curve per subject, all resampled to the same nodes. The t statistic is computed at each node for
every relabelling, and the largest |t| of each relabelling gives a null distribution that accounts
for all nodes at once (Nichols & Holmes 2002; Pataky, Vanrenterghem & Robinson 2015). Where |t|
exceeds its critical height the curves differ; each such cluster gets a p-value from the largest
cluster mass, sum of |t| - height, of each relabelling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.core.arrays import FloatArray, read_only
from kinebench.core.value import Value
from kinebench.errors import ValueRangeError
from kinebench.remarks import tell
from kinebench.statistics.samples import checked_level, finite_array, paired_samples

# two relabellings with the same t in exact arithmetic differ by rounding
_ROUNDING = 1e-9

_FEWEST_FOR_SKEWNESS = 5  # below, the sample skewness is bounded by about 1.5 and tells nothing
_SKEWED = 0.6  # see `_warn_of_skewness`


@dataclass(frozen=True, slots=True)
class Cluster:
    """Neighbouring nodes where |t| exceeds the critical height.

    Parameters
    ----------
    start, stop : int
        First node, and one past the last.
    sign : int
        1 where the estimate (or the second sample) lies above, -1 below.
    peak : float
        t of largest size.
    mass : float
        Sum of |t| - height.
    p : float
    """

    start: int
    stop: int
    sign: int
    peak: float
    mass: float
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class CurveTest(Value):
    """Two-sided test of a difference of curves.

    Parameters
    ----------
    difference : (n_nodes,)
        Mean difference, unit of the curves.
    t : (n_nodes,)
    height : float
        Critical ``|t|`` at `alpha`, all nodes together.
    clusters : tuple of Cluster
    p : float
        Of the largest ``|t|`` anywhere.
    alpha : float
    n_subjects : int
    n_relabellings : int
        The one that was found is among them.
    exact : bool
        Whether these are all there are.
    seed : int or None
        None when exact.
    """

    difference: FloatArray
    t: FloatArray
    height: float
    clusters: tuple[Cluster, ...]
    p: float
    alpha: float
    n_subjects: int
    n_relabellings: int
    exact: bool
    seed: int | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "difference", read_only(self.difference, (None,), "difference"))
        object.__setattr__(self, "t", read_only(self.t, self.difference.shape, "t"))


def subject_mean_curves(
    curves: ArrayLike, subjects: Sequence[str], trials: Sequence[str]
) -> tuple[tuple[str, ...], FloatArray]:
    """One curve per subject: mean over trials of the mean over repetitions.

    Parameters
    ----------
    curves : (n_repetitions, n_nodes)
    subjects, trials : sequence of str
        Of each curve.

    Returns
    -------
    subjects : tuple of str
        Sorted.
    means : (n_subjects, n_nodes)

    Raises
    ------
    ValueRangeError
        When labels do not fit the curves, or a value is not finite.
    """
    values = finite_array(curves, 2, "curves")
    if not len(subjects) == len(trials) == len(values):
        raise ValueRangeError(
            f"each curve needs its subject and trial: {len(values)} curves, "
            f"{len(subjects)} subjects, {len(trials)} trials"
        )
    rows: dict[tuple[str, str], list[FloatArray]] = {}
    for subject, trial, curve in zip(subjects, trials, values, strict=True):
        rows.setdefault((subject, trial), []).append(curve)
    names = tuple(sorted(set(subjects)))
    means = [
        np.mean([np.mean(of, axis=0) for (who, _), of in sorted(rows.items()) if who == name], 0)
        for name in names
    ]
    return names, np.array(means)


def one_sample_curves(
    curves: ArrayLike, *, seed: int, alpha: float = 0.05, n_relabellings: int = 9999
) -> CurveTest:
    """Do curves differ from zero? Relabelling flips the sign of whole curves.

    Every flip counts when 2^n_subjects is at most `n_relabellings`. Assumes curves that are
    symmetric about their mean, which curves of absolute or squared errors are not.

    Parameters
    ----------
    curves : (n_subjects, n_nodes)
        One curve per subject: see `subject_mean_curves`.
    seed : int
        Used, and recorded, only when not exact.
    alpha : float
    n_relabellings : int

    Raises
    ------
    ValueRangeError
        When there are fewer than two subjects or values are not finite.

    Warns
    -----
    KinebenchWarning
        With so few subjects that nothing can become significant at `alpha`, or with curves that
        are skewed over subjects: false alarms then exceed `alpha` (8 to 48 % instead of 5 %).
    """
    values = finite_array(curves, 2, "curves", at_least=2)
    _warn_of_skewness(values)
    signs, exact = _sign_flips(len(values), n_relabellings, seed)
    t = _one_sample_t(values, signs)
    return _tested(values.mean(axis=0), t, alpha, len(values), exact, seed)


def paired_curves(
    reference: ArrayLike,
    estimate: ArrayLike,
    *,
    seed: int,
    alpha: float = 0.05,
    n_relabellings: int = 9999,
) -> CurveTest:
    """Do paired curves differ? `one_sample_curves` of estimate - reference.

    Parameters
    ----------
    reference, estimate : (n_subjects, n_nodes)
    seed, alpha, n_relabellings
        As `one_sample_curves`.

    Raises
    ------
    ValueRangeError
        When shapes differ, or as `one_sample_curves`.

    Warns
    -----
    KinebenchWarning
        As `one_sample_curves`.
    """
    truth, guess = paired_samples(reference, estimate, ndim=2, at_least=2)
    return one_sample_curves(guess - truth, seed=seed, alpha=alpha, n_relabellings=n_relabellings)


def two_sample_curves(
    first: ArrayLike,
    second: ArrayLike,
    *,
    seed: int,
    alpha: float = 0.05,
    n_relabellings: int = 9999,
) -> CurveTest:
    """Do the curves of two groups of subjects differ, second - first?

    t is Welch's. Its null distribution comes from flipping the signs of whole residual curves
    within each group (wild bootstrap; Davidson & Flachaire 2008, J Econometrics 146:162), which
    leaves each group its own variance: false alarms 4 to 6 % of 5 for 6 to 20 subjects, also for
    unequal sizes and three times the spread, where permuting groups with pooled variance gave up
    to 43 % (`reports/coverage.md`).

    Parameters
    ----------
    first, second : (n_subjects, n_nodes)
        Different subjects, equal nodes.
    seed, alpha, n_relabellings
        As `one_sample_curves`.

    Raises
    ------
    ValueRangeError
        When a group has fewer than two subjects, nodes differ, or values are not finite.

    Warns
    -----
    KinebenchWarning
        As `one_sample_curves`.
    """
    one = finite_array(first, 2, "first", at_least=2)
    other = finite_array(second, 2, "second", at_least=2)
    if one.shape[1] != other.shape[1]:
        raise ValueRangeError(f"curves must have equal nodes, found {one.shape}, {other.shape}")
    n_first, n = len(one), len(one) + len(other)
    flips, exact = _sign_flips(n, n_relabellings, seed)
    difference = other.mean(axis=0) - one.mean(axis=0)
    t = _welch_t(
        one - one.mean(axis=0), flips[:, :n_first], other - other.mean(axis=0), flips[:, n_first:]
    )
    # in the place of the residuals unflipped, whose difference is none: what was found
    t[0] = _welch_t(one, np.ones((1, n_first)), other, np.ones((1, n - n_first)))[0]
    return _tested(difference, t, alpha, n, exact, seed)


def _warn_of_skewness(values: FloatArray) -> None:
    """Sign flips keep their level only for symmetric curves.

    The skewness over subjects is averaged over nodes, since that of a single node is mostly
    chance: normal curves of 5 to 40 subjects pass 0.6 in 1 %, lognormal ones (sigma 1) in 63 % with
    5 subjects, 87 % with 6, and nearly always with more.
    """
    centred = values - values.mean(axis=0)
    spread = np.sqrt((centred**2).mean(axis=0))
    varies = spread > 1e-12 * np.abs(values).max(initial=1e-300)
    if len(values) < _FEWEST_FOR_SKEWNESS or not varies.any():
        return
    skewness = float(np.mean((centred**3).mean(axis=0)[varies] / spread[varies] ** 3))
    if abs(skewness) > _SKEWED:
        tell(
            "skewed curves",
            f"curves are skewed over subjects (skewness {skewness:.1f}): the test finds too many"
            " differences; transform them, or compare signed errors",
        )


def _sign_flips(n: int, n_relabellings: int, seed: int) -> tuple[FloatArray, bool]:
    """Signs (n_relabellings, n), the identity first."""
    if 2**n <= n_relabellings:
        bits = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
        return np.asarray(1.0 - 2.0 * bits, dtype=np.float64), True
    drawn = np.random.default_rng(seed).integers(0, 2, (n_relabellings, n))
    drawn[0] = 0
    return np.asarray(1.0 - 2.0 * drawn, dtype=np.float64), False


def _one_sample_t(values: FloatArray, signs: FloatArray) -> FloatArray:
    n = len(values)
    mean_square = (values**2).mean(axis=0)  # the same for all signs
    mean = signs @ values / n
    return _ratio(mean, (mean_square - mean**2) / (n - 1), mean_square / (n - 1))


def _welch_t(
    one: FloatArray, flips_one: FloatArray, other: FloatArray, flips_other: FloatArray
) -> FloatArray:
    """Welch's t of curves (n_subjects, n_nodes) under sign flips (n_flips, n_subjects)."""
    shift = (one.sum(axis=0) + other.sum(axis=0)) / (len(one) + len(other))
    shape = (len(flips_one), one.shape[1])
    difference, variance = np.zeros(shape), np.zeros(shape)
    of_all = np.zeros(shape[1])
    for curves, flips, sign in ((one, flips_one, -1.0), (other, flips_other, 1.0)):
        n = len(curves)
        centred = curves - shift  # the squares below cancel less
        mean = flips @ centred / n
        square = (centred**2).mean(axis=0)
        difference = difference + sign * mean
        variance = variance + (square - mean**2) / (n - 1)
        of_all = of_all + square
    return _ratio(difference, variance, of_all)


def _ratio(difference: FloatArray, variance: FloatArray, of_all: FloatArray) -> FloatArray:
    # where all subjects agree exactly t would be infinite and masses undefined: a floor in
    # proportion to the rounding of the sums keeps it finite, and larger than any other
    floor = np.finfo(np.float64).eps * of_all
    error = np.sqrt(np.maximum(variance, floor))
    return np.where(error > 0, difference / np.where(error > 0, error, 1.0), 0.0)


def _tested(
    difference: FloatArray,
    t: FloatArray,
    alpha: float,
    n_subjects: int,
    exact: bool,
    seed: int,
) -> CurveTest:
    """Everything that follows from t (n_relabellings, n_nodes), the found one first."""
    checked_level(alpha, "alpha")
    largest = np.abs(t).max(axis=1)
    p = _share_at_least(largest, largest[0])
    height = _critical(largest, alpha)
    if height >= largest.max() > 0:
        tell(
            "too few subjects",
            f"{n_subjects} subjects allow {len(t)} relabellings: "
            f"nothing can be significant at {alpha:g}",
        )
    masses = np.array([_largest_mass(row, height) for row in t[largest > height]])
    null_masses = np.zeros(len(t))
    null_masses[: len(masses)] = masses
    clusters = tuple(
        Cluster(start, stop, sign, peak, mass, _share_at_least(null_masses, mass))
        for start, stop, sign, peak, mass in _clusters(t[0], height)
    )
    return CurveTest(
        difference=difference,
        t=t[0],
        height=height,
        clusters=clusters,
        p=p,
        alpha=alpha,
        n_subjects=n_subjects,
        n_relabellings=len(t),
        exact=exact,
        seed=None if exact else seed,
    )


def _share_at_least(null: FloatArray, found: float) -> float:
    return float((null >= found * (1 - _ROUNDING)).mean())


def _critical(largest: FloatArray, alpha: float) -> float:
    """Height that at most a share `alpha` of the relabellings exceeds."""
    exceeding = int(np.floor(alpha * len(largest) + _ROUNDING))
    return float(np.sort(largest)[::-1][exceeding]) * (1 + _ROUNDING)


def _clusters(t: FloatArray, height: float) -> list[tuple[int, int, int, float, float]]:
    """Start, stop, sign, peak and mass of each run of nodes above the height."""
    found = []
    for sign in (1, -1):
        above: NDArray[np.bool_] = sign * t > height
        steps = np.diff(np.concatenate([[0], above.astype(np.int8), [0]]))
        for start, stop in zip(
            np.flatnonzero(steps == 1), np.flatnonzero(steps == -1), strict=True
        ):
            run = sign * t[start:stop]
            mass = float((run - height).sum())
            found.append((int(start), int(stop), sign, float(sign * run.max()), mass))
    return sorted(found)


def _largest_mass(t: FloatArray, height: float) -> float:
    return max((mass for *_, mass in _clusters(t, height)), default=0.0)
