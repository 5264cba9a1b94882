"""How sure is the mean of one waveform's errors?

Neighbouring frames of a trial are alike, so n frames hold fewer than n independent values. With
autocorrelations rho_k the variance of their mean is

    var(mean) = s^2 / n_eff,   n_eff = n / (1 + 2 sum_k rho_k)

and not s^2 / n. Three intervals are offered: by effective sample size, by a block bootstrap, and,
to show what it would claim, the one that takes frames as independent. All speak of this one trial:
a second trial, or a second subject, is another matter and needs `bootstrap_subjects`.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from kinebench.core.arrays import FloatArray
from kinebench.errors import KinebenchWarning, ValueRangeError
from kinebench.statistics.samples import Interval, checked_level, finite_array

__all__ = [
    "BlockBootstrap",
    "EffectiveSize",
    "autocorrelation",
    "block_bootstrap_mean",
    "block_length",
    "effective_size_mean",
    "independent_mean_interval",
]

_FEW_BLOCKS = 10


@dataclass(frozen=True, slots=True)
class EffectiveSize:
    """Mean of an autocorrelated series.

    Parameters
    ----------
    mean : float
    interval : Interval
        Student, n_effective - 1 degrees of freedom (at least 1).
    n : int
        Number of samples.
    n_effective : float
        1 to n.
    """

    mean: float
    interval: Interval
    n: int
    n_effective: float


@dataclass(frozen=True, slots=True)
class BlockBootstrap:
    """Mean of an autocorrelated series, resampled in blocks.

    Parameters
    ----------
    mean : float
    interval : Interval
        Percentiles of the resampled means.
    n, block_length, n_resamples, seed : int
    """

    mean: float
    interval: Interval
    n: int
    block_length: int
    n_resamples: int
    seed: int


def autocorrelation(errors: ArrayLike) -> FloatArray:
    """Autocorrelations rho_0 ... rho_(n-1) about the mean, divided by n (so positive definite).

    Parameters
    ----------
    errors : (n,)
        Equal time steps.

    Returns
    -------
    rho : (n,)
        1 at lag 0; zeros after it for a constant series.

    Raises
    ------
    ValueRangeError
        When a value is not finite.
    """
    series = finite_array(errors, 1, "errors")
    n = len(series)
    centred = series - series.mean()
    spectrum = np.fft.rfft(centred, 2 * n)
    covariance = np.fft.irfft(np.abs(spectrum) ** 2, 2 * n)[:n]
    if _constant(series):
        return np.asarray(np.arange(n) == 0, dtype=np.float64)
    return np.asarray(covariance / covariance[0], dtype=np.float64)


def effective_size_mean(errors: ArrayLike, *, level: float = 0.95) -> EffectiveSize:
    """Mean error of one trial, with an interval that respects autocorrelation.

    Autocorrelations are summed in pairs rho_2m + rho_2m+1 as long as these are positive, and
    made to fall (Geyer 1992, initial monotone sequence). Never more effective than n: negative
    autocorrelation is not rewarded.

    Parameters
    ----------
    errors : (n,)
        estimate - reference at equal time steps.
    level : float

    Raises
    ------
    ValueRangeError
        When a value is not finite or there are fewer than two.
    """
    series = finite_array(errors, 1, "errors", at_least=2)
    checked_level(level)
    n, mean = len(series), float(series.mean())
    if _constant(series):
        return EffectiveSize(mean, Interval(mean, mean, level), n, float(n))
    rho = autocorrelation(series)
    pairs = rho[: n - n % 2].reshape(-1, 2).sum(axis=1)
    stop = np.flatnonzero(pairs <= 0)
    kept = np.minimum.accumulate(pairs[: stop[0] if len(stop) else len(pairs)])
    inflation = max(1.0, float(2 * kept.sum() - 1))
    n_effective = max(1.0, n / inflation)
    # the sample variance misses the variance of the mean itself
    missed = max(1 - n_effective**-1, 1 / n)
    error = float(np.sqrt(series.var() / missed / n_effective))
    half = float(stdtrit(max(1.0, n_effective - 1), (1 + level) / 2)) * error
    return EffectiveSize(mean, Interval(mean - half, mean + half, level), n, n_effective)


def block_length(errors: ArrayLike) -> int:
    """Block length for a circular block bootstrap (Politis & White 2004, corrected 2009).

    b = (2 g^2 / D)^(1/3) n^(1/3), D = 4/3 f^2, with f = sum lambda(k/M) R_k and
    g = sum lambda(k/M) |k| R_k over -M..M, the flat-top window lambda, and M twice the lag after
    which autocorrelations are negligible.

    Parameters
    ----------
    errors : (n,)

    Returns
    -------
    length : int
        1 to n; 1 for a constant series.

    Raises
    ------
    ValueRangeError
        When a value is not finite.
    """
    series = finite_array(errors, 1, "errors")
    n = len(series)
    if n < 4 or _constant(series):
        return 1
    rho = autocorrelation(series)
    run = max(5, int(np.ceil(np.log10(n))))
    longest = int(np.ceil(np.sqrt(n))) + run
    small = np.abs(rho[1 : min(n, longest + run)]) < 2 * np.sqrt(np.log10(n) / n)
    quiet = [lag for lag in range(len(small) - run + 1) if small[lag : lag + run].all()]
    negligible = max(1, quiet[0]) if quiet else longest
    lags = np.arange(1, min(2 * negligible, longest, n - 1) + 1)
    window = np.clip(2 * (1 - lags / len(lags)), 0, 1)
    spectrum = 1 + 2 * (window * rho[lags]).sum()
    slope = 2 * (window * lags * rho[lags]).sum()
    length = (1.5 * slope**2 / spectrum**2) ** (1 / 3) * n ** (1 / 3)
    return int(np.clip(np.round(length), 1, n))


def block_bootstrap_mean(
    errors: ArrayLike,
    *,
    seed: int,
    length: int | None = None,
    level: float = 0.95,
    n_resamples: int = 9999,
) -> BlockBootstrap:
    """Mean error of one trial with an interval from a circular block bootstrap.

    Blocks of consecutive errors, the end joined to the beginning, are drawn with replacement
    (Politis & Romano 1992).

    Parameters
    ----------
    errors : (n,)
        estimate - reference at equal time steps.
    seed : int
    length : int, optional
        Frames per block; by default `block_length`.
    level : float
    n_resamples : int

    Raises
    ------
    ValueRangeError
        When a value is not finite or the length is impossible.

    Warns
    -----
    KinebenchWarning
        When there are fewer than 10 blocks: the interval is too narrow.
    """
    series = finite_array(errors, 1, "errors", at_least=2)
    checked_level(level)
    n = len(series)
    frames = block_length(series) if length is None else length
    if not 1 <= frames <= n:
        raise ValueRangeError(f"block length must be 1 to {n} frames, found {frames}")
    if n_resamples < 100:
        raise ValueRangeError(f"n_resamples must be at least 100, found {n_resamples}")
    n_blocks = -(-n // frames)
    if n_blocks < _FEW_BLOCKS:
        warnings.warn(
            f"only {n_blocks} blocks of {frames} frames: the interval is too narrow",
            KinebenchWarning,
            stacklevel=2,
        )
    mean = float(series.mean())
    running = np.concatenate([[0.0], np.cumsum(np.tile(series - mean, 2))])
    starts = np.random.default_rng(seed).integers(0, n, (n_resamples, n_blocks))
    sums = running[starts + frames] - running[starts]
    last = n - (n_blocks - 1) * frames  # the last block is cut, so that n frames are drawn
    sums[:, -1] = running[starts[:, -1] + last] - running[starts[:, -1]]
    ends = mean + np.quantile(sums.sum(axis=1) / n, [(1 - level) / 2, (1 + level) / 2])
    if _constant(series):
        ends = np.array([mean, mean])
    interval = Interval(float(ends[0]), float(ends[1]), level)
    return BlockBootstrap(mean, interval, n, frames, n_resamples, seed)


def independent_mean_interval(errors: ArrayLike, *, level: float = 0.95) -> Interval:
    """mean -/+ z s / sqrt(n), s with n: what is often printed, and too narrow for waveforms.

    For comparison with published figures only.

    Parameters
    ----------
    errors : (n,)
    level : float

    Raises
    ------
    ValueRangeError
        When a value is not finite.
    """
    series = finite_array(errors, 1, "errors")
    checked_level(level)
    mean = float(series.mean())
    half = float(ndtri((1 + level) / 2) * series.std() / np.sqrt(len(series)))
    return Interval(mean - half, mean + half, level)


def _constant(series: FloatArray) -> bool:
    return bool(np.ptp(series) == 0)
