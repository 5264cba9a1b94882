"""Coefficients of multiple correlation, by the name of their formula.

For comparability with published figures only: Røislien et al. (2012, J Biomech 45:2014) show
that the CMC depends on the range of motion and call it unsuitable for comparing joints. Where the
waveforms differ by more than they move, the root is of a negative number: such "complex" values
are NaN with a warning, and are to be counted, never dropped.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.metrics.pairs import paired
from kinebench.metrics.undefined import nan_where
from kinebench.metrics.waveform import NO_FRAME

COMPLEX = "complex: the waveforms differ by more than they vary"
CONSTANT = "all waveforms are one constant"


def cmc_within_protocol(cycles: ArrayLike) -> FloatArray:
    """Repeatability of one protocol's waveforms within a day (Kadaba et al. 1989).

    With Y_ijt the value on day i (of M), in cycle j (of N), at time t (of T)::

        CMC = √(1 − [Σ (Y_ijt − Ȳ_it)² / (M T (N − 1))] / [Σ (Y_ijt − Ȳ_i)² / (M (N T − 1))])

    Parameters
    ----------
    cycles : (n_cycles, n_times) or (n_days, n_cycles, n_times)
        Time-normalised waveforms, without gaps.

    Raises
    ------
    ValueRangeError
        Fewer than two cycles, another shape, or values that are not finite.

    References
    ----------
    Kadaba et al. 1989, J Orthop Res 7:849 (the within-day CMC).
    """
    y = _cycles(cycles, (2, 3), "cycles", "(n_days, n_cycles, n_times)")
    y = y[None] if y.ndim == 2 else y
    n_days, n_cycles, n_times = y.shape
    _require_two(n_cycles, "cycles")
    about_mean_cycle = np.sum((y - y.mean(axis=1, keepdims=True)) ** 2)
    about_mean = np.sum((y - y.mean(axis=(1, 2), keepdims=True)) ** 2)
    within = about_mean_cycle / (n_days * n_times * (n_cycles - 1))
    total = about_mean / (n_days * (n_cycles * n_times - 1))
    return _root(within, total, "cmc_within_protocol")


def cmc_between_protocols(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Likeness of synchronous waveforms of two protocols (Ferrari et al. 2010).

    With Y_gpf the value in cycle g (of G), by protocol p (of P = 2), at frame f (of F)::

        CMC = √(1 − [Σ (Y_gpf − Ȳ_gf)² / (G F (P − 1))] / [Σ (Y_gpf − Ȳ_g)² / (G (P F − 1))])

    Differences between cycles do not count: each cycle is compared with itself.

    Parameters
    ----------
    reference, estimate : (n_cycles, n_frames)
        The same cycles, time-normalised, without gaps.

    Raises
    ------
    ValueRangeError
        Shapes that differ or are not two-dimensional; values that are not finite.

    References
    ----------
    Ferrari, Cutti, Cappello 2010, Gait Posture 31:540.
    """
    r = _cycles(reference, (2,), "reference", "(n_cycles, n_frames)")
    e = _cycles(estimate, (2,), "estimate", "(n_cycles, n_frames)")
    if r.shape != e.shape:
        raise ValueRangeError(f"both protocols need the same cycles: {r.shape} and {e.shape}")
    y = np.stack([r, e], axis=1)
    n_cycles, n_protocols, n_frames = y.shape
    about_mean_protocol = np.sum((y - y.mean(axis=1, keepdims=True)) ** 2)
    about_mean = np.sum((y - y.mean(axis=(1, 2), keepdims=True)) ** 2)
    between = about_mean_protocol / (n_cycles * n_frames * (n_protocols - 1))
    total = about_mean / (n_cycles * (n_protocols * n_frames - 1))
    return _root(between, total, "cmc_between_protocols")


def cmc_of_pair(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Ferrari's CMC of two whole waveforms, taken as one cycle (G = 1, P = 2).

    Conventions of `kinebench.metrics.pairs`: gaps allowed, one figure per column. With G = 1 and
    two waveforms it equals Kadaba's within-day CMC of the two taken as repeats.

    References
    ----------
    Ferrari, Cutti, Cappello 2010, Gait Posture 31:540.
    """
    pair = paired(reference, estimate)
    n = np.where(pair.n > 0, pair.n, np.nan)
    grand_mean = (pair.mean(pair.reference) + pair.mean(pair.estimate)) / 2
    between = pair.total(np.square(pair.error)) / 2 / n
    spread = np.square(pair.reference - grand_mean) + np.square(pair.estimate - grand_mean)
    total = pair.total(spread) / (2 * n - 1)
    none = pair.n == 0
    size = pair.mean(np.square(pair.reference) + np.square(pair.estimate))
    total = np.where(total <= 1e-24 * size, 0.0, total)
    values = _root(np.where(none, 0.0, between), np.where(none, 1.0, total), "cmc")
    return nan_where(values, none, "cmc", NO_FRAME)


def _root(within: ArrayLike, total: ArrayLike, metric: str) -> FloatArray:
    w, t = np.asarray(within), np.asarray(total)
    radicand = 1.0 - w / np.where(t > 0, t, np.nan)
    values = np.sqrt(np.where(radicand >= 0, radicand, np.nan))
    values = nan_where(values, t <= 0, metric, CONSTANT, stacklevel=4)
    return nan_where(values, radicand < 0, metric, COMPLEX, stacklevel=4)


def _cycles(values: ArrayLike, dimensions: tuple[int, ...], what: str, shape: str) -> FloatArray:
    y = np.asarray(values, dtype=np.float64)
    if y.ndim not in dimensions or y.size == 0:
        raise ValueRangeError(f"{what} must have shape {shape}, not empty; found {y.shape}")
    if not np.isfinite(y).all():
        raise ValueRangeError(f"{what} must be finite: normalise complete cycles only")
    return y


def _require_two(count: int, what: str) -> None:
    if count < 2:
        raise ValueRangeError(f"a CMC needs two or more {what}, found {count}")
