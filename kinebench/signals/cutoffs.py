"""Cut-off frequencies that the signal itself suggests.

Sources
-------
Winter, D. A. (2009). Biomechanics and motor control of human movement, 4th ed., section 3.4.4.3:
residual analysis.
Challis, J. H. (1999). A procedure for the automatic determination of filter cutoff frequency for
the processing of biomechanical data. Journal of Applied Biomechanics 15, 303–317.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kinebench.errors import ValueRangeError
from kinebench.signals.butterworth import butterworth, shortest_run
from kinebench.signals.runs import FloatArray, ShortRuns, long_run_mask, require_rate


@dataclass(frozen=True, slots=True, eq=False)
class ResidualCurve:
    """Result of a residual analysis; shapes without the frame axis are those of one frame.

    Parameters
    ----------
    tried_hz : (n_cutoffs,) Hz
    residuals : (n_cutoffs, ...)
        RMS difference of raw and filtered signal, in the signal's unit.
    fit_range_hz : (float, float)
        Cut-offs through whose residuals the noise line was laid.
    slopes, intercepts : (...)
        The noise line; its intercept estimates the RMS of the noise.
    cutoff_hz : (...)
        Where the residual equals the intercept.
    """

    tried_hz: FloatArray
    residuals: FloatArray
    fit_range_hz: tuple[float, float]
    slopes: FloatArray
    intercepts: FloatArray
    cutoff_hz: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class AutocorrelationCurve:
    """Result of Challis' criterion.

    Parameters
    ----------
    tried_hz : (n_cutoffs,) Hz
    scores : (n_cutoffs, ...)
        Sum over all lags of the absolute autocorrelation of the residual; least for white noise.
    cutoff_hz : (...)
        Where the score is least.
    """

    tried_hz: FloatArray
    scores: FloatArray
    cutoff_hz: FloatArray


def cutoff_grid(rate_hz: float, highest: float = 0.95, step_hz: float = 0.25) -> FloatArray:
    """Cut-offs from 0.5 Hz in steps up to `highest` × Nyquist, Hz; four or more of them."""
    top = highest * require_rate(rate_hz) / 2
    lowest = min(0.5, top / 8)
    count = max(int((top - lowest) / step_hz + 1e-9) + 1, 4)
    return np.linspace(lowest, top, count)


def filter_residuals(
    values: ArrayLike,
    rate_hz: float,
    tried_hz: ArrayLike,
    order_per_pass: int = 2,
    short_runs: ShortRuns = "raise",
    corrected: bool = False,
) -> FloatArray:
    """Raw minus filtered signal for each cut-off, (n_cutoffs, n_frames, ...).

    NaN where the signal is missing or was not filtered.
    """
    raw = np.asarray(values, dtype=np.float64)
    usable = long_run_mask(raw, shortest_run(order_per_pass))
    return np.stack(
        [
            np.where(
                usable,
                raw - butterworth(raw, rate_hz, cutoff, order_per_pass, corrected, short_runs),
                np.nan,
            )
            for cutoff in np.asarray(tried_hz, dtype=np.float64)
        ]
    )


def residual_curve(
    residuals: FloatArray,
    tried_hz: FloatArray,
    fit_range_hz: tuple[float, float],
    pool: tuple[int, ...] = (),
) -> ResidualCurve:
    """Winter's residual analysis.

    Parameters
    ----------
    residuals : (n_cutoffs, n_frames, ...)
        From `filter_residuals`.
    tried_hz : (n_cutoffs,) Hz, increasing
    fit_range_hz : (float, float)
        Range in which the residual is taken to fall linearly, as that of noise alone.
    pool : tuple of int
        Axes of `residuals` that share one cut-off, besides the frames.

    Raises
    ------
    ValueRangeError
        Fewer than two cut-offs in the range of the line.
    """
    n = np.maximum(np.isfinite(residuals).sum(axis=(1, *pool), keepdims=True), 1)
    squares = np.nansum(residuals**2, axis=(1, *pool), keepdims=True)
    rms = np.sqrt(squares / n).squeeze(axis=(1, *pool))
    slopes, intercepts, cutoffs = winter_cutoff(rms, tried_hz, fit_range_hz)
    return ResidualCurve(tried_hz, rms, fit_range_hz, slopes, intercepts, cutoffs)


def winter_cutoff(
    rms: FloatArray, tried_hz: FloatArray, fit_range_hz: tuple[float, float]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Noise line and cut-off of residual curves (n_cutoffs, ...): slopes, intercepts, Hz.

    The cut-off is where the curve last falls below the line's intercept at 0 Hz, so that signal
    lost and noise left are about equal. A curve that lies below from the start holds noise only:
    it gets the lowest cut-off tried.
    """
    low, high = fit_range_hz
    inside = (tried_hz >= low) & (tried_hz <= high)
    if inside.sum() < 2:
        raise ValueRangeError(
            f"a line needs two cut-offs or more between {low:g} and {high:g} Hz;"
            f" tried were {tried_hz[0]:g} to {tried_hz[-1]:g} Hz"
        )
    curves = rms.reshape(len(tried_hz), -1)
    slopes, intercepts = np.polyfit(tried_hz[inside], curves[inside], 1)
    cutoffs = [_crossing(tried_hz, c, a) for c, a in zip(curves.T, intercepts, strict=True)]
    shape = rms.shape[1:]
    return slopes.reshape(shape), intercepts.reshape(shape), np.array(cutoffs).reshape(shape)


def _crossing(tried_hz: FloatArray, curve: FloatArray, level: float) -> float:
    above = np.flatnonzero(curve > level)
    if len(above) == 0:
        return float(tried_hz[0])
    last = int(above[-1])
    if last == len(curve) - 1:
        return float(tried_hz[-1])
    fraction = (curve[last] - level) / (curve[last] - curve[last + 1])
    return float(tried_hz[last] + fraction * (tried_hz[last + 1] - tried_hz[last]))


def autocorrelation_curve(
    residuals: FloatArray, tried_hz: FloatArray, pool: tuple[int, ...] = ()
) -> AutocorrelationCurve:
    """Challis' criterion: the cut-off whose residual comes closest to white noise.

    Minimises Σ |r(lag)| over all lags of the autocorrelation of the residual. Noise that is not
    white, as of keypoints that were smoothed before, misleads it: the cut-off comes out too low
    or too high without a sign of it.

    Parameters
    ----------
    residuals : (n_cutoffs, n_frames, ...)
        From `filter_residuals`; frames that are missing count as 0.
    tried_hz : (n_cutoffs,) Hz
    pool : tuple of int
        Axes of `residuals` that share one cut-off; their scores are averaged.
    """
    present = np.where(np.isnan(residuals), 0.0, residuals)
    n = present.shape[1]
    length = 1 << (2 * n - 1).bit_length()
    scores = np.empty((len(tried_hz), *residuals.shape[2:]))
    for index, residual in enumerate(present):
        power = np.abs(np.fft.rfft(residual, length, axis=0)) ** 2
        correlation = np.fft.irfft(power, length, axis=0)
        zero_lag = correlation[0]
        # a residual of nothing, as of a constant signal, is as white as can be
        safe = np.where(zero_lag > 0, zero_lag, 1.0)
        scores[index] = 1.0 + 2.0 * np.abs(correlation[1:n] / safe).sum(axis=0)
    if pool:
        scores = scores.mean(axis=tuple(axis - 1 for axis in pool))
    best = np.asarray(tried_hz[np.argmin(scores, axis=0)])
    return AutocorrelationCurve(tried_hz, scores, best)
