"""Likeness of the shape of two waveforms.

Conventions are those of `kinebench.metrics.pairs`. With r, e the waveforms on the frames they
share and r̄, ē their means:

- S_rr = Σ(r − r̄)², S_ee = Σ(e − ē)², S_re = Σ(r − r̄)(e − ē)
- ψ_rr = Σr², ψ_ee = Σe², ψ_re = Σre (Sprague & Geers' integrals, on a constant frame interval)

A waveform that does not move leaves correlations and slopes undefined: NaN with a warning.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.core.arrays import FloatArray
from kinebench.metrics.pairs import Pair, paired
from kinebench.metrics.undefined import nan_where
from kinebench.metrics.waveform import NO_FRAME

FLAT_REFERENCE = "the reference is constant"
FLAT_EITHER = "the reference or the estimate is constant"
TOO_FEW = "fewer than two frames in which both are known"
ZERO_SIGNAL = "the reference or the estimate is zero throughout"

# spread below this fraction of the waveform's size is rounding, not movement
_RELATIVE_SPREAD = 1e-12


def pearson_r(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Pearson's correlation S_re / √(S_rr S_ee); blind to offset and to amplitude."""
    return _correlation(paired(reference, estimate), "pearson_r")


def r_squared(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """R² of the straight line fitted to estimate over reference: Pearson's r, squared."""
    return np.square(_correlation(paired(reference, estimate), "r_squared"))[()]


def coefficient_of_determination(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """1 − Σ(e − r)²/S_rr: the part of the reference's variance that the estimate explains.

    Measured against the line of identity, so offset and gain count; negative when the reference's
    mean would have been the better estimate (Nash & Sutcliffe 1970, J Hydrol 10:282).
    """
    pair = paired(reference, estimate)
    s_rr = pair.total(np.square(pair.centred(pair.reference)))
    flat = _is_flat(pair, pair.reference, s_rr)
    values = 1.0 - pair.total(np.square(pair.error)) / np.where(flat, np.nan, s_rr)
    return _mark(values, pair, flat, "determination", FLAT_REFERENCE)


def lfm_slope(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Linear-fit method, a₁ = S_re/S_rr of estimate = a₀ + a₁ · reference: amplitude scaling.

    Iosa et al. 2014, BioMed Res Int 2014:214156.
    """
    return _line(paired(reference, estimate), "lfm_slope")[0]


def lfm_offset(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Linear-fit method, a₀ = ē − a₁ r̄ of estimate = a₀ + a₁ · reference.

    The value of the fitted line where the reference is zero, which may lie outside the movement.
    Iosa et al. 2014, BioMed Res Int 2014:214156.
    """
    return _line(paired(reference, estimate), "lfm_offset")[1]


def lfm_r_squared(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Linear-fit method, R² of the line: the strength of the linear relation; equals `r_squared`.

    Iosa et al. 2014, BioMed Res Int 2014:214156.
    """
    return np.square(_correlation(paired(reference, estimate), "lfm_r_squared"))[()]


def sprague_geers_magnitude(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Magnitude error M = √(ψ_ee/ψ_rr) − 1; insensitive to phase.

    Depends on where zero is: an angle whose zero is arbitrary gives an arbitrary M.
    Sprague & Geers 2003, as given by Schwer 2007, Eng Comput 23:295.
    """
    return _sprague_geers(paired(reference, estimate), "sprague_geers_m")[0]


def sprague_geers_phase(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Phase error P = arccos(ψ_re/√(ψ_rr ψ_ee))/π, 0 to 1; insensitive to magnitude.

    Sprague & Geers 2003, as given by Schwer 2007, Eng Comput 23:295.
    """
    return _sprague_geers(paired(reference, estimate), "sprague_geers_p")[1]


def sprague_geers_combined(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Combined error C = √(M² + P²). Sprague & Geers 2003."""
    magnitude, phase = _sprague_geers(paired(reference, estimate), "sprague_geers_c")
    return np.hypot(magnitude, phase)[()]


def _is_flat(pair: Pair, values: FloatArray, spread: FloatArray) -> NDArray[np.bool_]:
    """True where the sum of squares about the mean is nothing but rounding."""
    return np.asarray(spread <= _RELATIVE_SPREAD**2 * pair.total(np.square(values)))


def _mark(
    values: FloatArray, pair: Pair, flat: NDArray[np.bool_], metric: str, reason: str
) -> FloatArray:
    values = nan_where(values, pair.n == 0, metric, NO_FRAME, stacklevel=5)
    values = nan_where(values, pair.n == 1, metric, TOO_FEW, stacklevel=5)
    return nan_where(values, flat & (pair.n > 1), metric, reason, stacklevel=5)


def _correlation(pair: Pair, metric: str) -> FloatArray:
    r, e = pair.centred(pair.reference), pair.centred(pair.estimate)
    s_rr, s_ee = pair.total(np.square(r)), pair.total(np.square(e))
    flat = _is_flat(pair, pair.reference, s_rr) | _is_flat(pair, pair.estimate, s_ee)
    norm = np.where(flat, np.nan, np.sqrt(s_rr) * np.sqrt(s_ee))
    values = np.clip(pair.total(r * e) / norm, -1.0, 1.0)
    return _mark(values, pair, flat, metric, FLAT_EITHER)


def _line(pair: Pair, metric: str) -> tuple[FloatArray, FloatArray]:
    r = pair.centred(pair.reference)
    s_rr = pair.total(np.square(r))
    flat = _is_flat(pair, pair.reference, s_rr)
    slope = pair.total(r * pair.centred(pair.estimate)) / np.where(flat, np.nan, s_rr)
    slope = _mark(slope, pair, flat, metric, FLAT_REFERENCE)
    offset = (pair.mean(pair.estimate) - slope * pair.mean(pair.reference))[()]
    return slope, offset


def _sprague_geers(pair: Pair, metric: str) -> tuple[FloatArray, FloatArray]:
    psi_rr = pair.total(np.square(pair.reference))
    psi_ee = pair.total(np.square(pair.estimate))
    zero = (psi_rr == 0) | (psi_ee == 0)
    psi_rr, psi_ee = np.where(zero, np.nan, psi_rr), np.where(zero, np.nan, psi_ee)
    cosine = pair.total(pair.reference * pair.estimate) / np.sqrt(psi_rr * psi_ee)
    magnitude = np.sqrt(psi_ee / psi_rr) - 1.0
    phase = np.arccos(np.clip(cosine, -1.0, 1.0)) / np.pi
    magnitude = nan_where(magnitude, pair.n == 0, metric, NO_FRAME, stacklevel=4)
    magnitude = nan_where(magnitude, zero & (pair.n > 0), metric, ZERO_SIGNAL, stacklevel=4)
    return magnitude, phase[()]
