"""Time lag between two recordings of one movement."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.errors import AlignmentError, ValueRangeError
from kinebench.remarks import tell
from kinebench.signals.resampling import interpolant
from kinebench.signals.runs import FloatArray, as_columns, require_rate

# numbers that are correlated at once: a dozen arrays of them stay in the caches
_AT_ONCE = 50_000


def lag_by_slope(reference: ArrayLike, estimate: ArrayLike, rate_hz: float) -> float:
    """The small lag, s, of `estimate` after `reference` that explains most of their difference.

    To first order, estimate − reference ≈ −lag · d estimate / dt; this is the least-squares lag of
    all columns together, one Gauss–Newton step from none. It is good while the lag is short
    beside the movement; `lag_by_correlation` finds long ones.

    Parameters
    ----------
    reference, estimate : (n_frames, ...)
        At the same times, in one unit. Frames that lack a value on either side do not count.
    rate_hz : float

    Returns
    -------
    float
        Positive when the estimate is late; 0 when nothing moves.
    """
    one, other = as_columns(reference), as_columns(estimate)
    slope = np.gradient(other, axis=0) * require_rate(rate_hz)
    weight = np.nansum(np.where(np.isnan(one), np.nan, slope**2))
    return float(-np.nansum(slope * (other - one)) / weight) if weight > 0 else 0.0


def lag_wander(
    reference: ArrayLike, estimate: ArrayLike, rate_hz: float, stretch_s: float = 0.5
) -> float:
    """How much the lag differs from stretch to stretch of two recordings on one clock, s.

    The root mean square, about its mean, of the lag (`lag_by_slope`) of stretches that overlap by
    half, each free of its own offset and weighted by how much moves. Two recordings of one trial
    keep their lag; of two trials of one movement, each has a tempo of its own. In a stretch that
    moves steadily a lag cannot be told from an offset: it counts as nearer to none.

    Parameters
    ----------
    reference, estimate : (n_frames, ...)
        At the same times, in one unit.
    rate_hz : float
    stretch_s : float

    Returns
    -------
    float
        NaN when fewer than two stretches move.
    """
    one, other = as_columns(reference), as_columns(estimate)
    n = max(4, round(stretch_s * require_rate(rate_hz)))
    lags, weights = [], []
    for start in range(0, len(one) - n + 1, n // 2):
        both = [columns[start : start + n] for columns in (one, other)]
        known = np.isfinite(both[0]) & np.isfinite(both[1])
        both = [columns[:, known.all(axis=0)] for columns in both]
        a, b = (columns - columns.mean(axis=0) for columns in both)
        lags.append(lag_by_slope(a, b, rate_hz))
        weights.append(float((np.gradient(b, axis=0) ** 2).sum()))
    if sum(weight > 0 for weight in weights) < 2:
        return float("nan")
    mean = np.average(lags, weights=weights)
    return float(np.sqrt(np.average((np.array(lags) - mean) ** 2, weights=weights)))


def lag_by_correlation(
    reference: ArrayLike, estimate: ArrayLike, rate_hz: float, max_lag_s: float
) -> float:
    """Lag, s, by which `estimate` comes after `reference`, to a fraction of a frame.

    ``estimate(t) ≈ reference(t − lag)``: a positive lag means that the estimate is late, and that
    the lag must be subtracted from its time stamps. It is the lag of greatest correlation: first
    over whole frames, then between them on a cubic spline of the estimate.

    Parameters
    ----------
    reference, estimate : (n_frames, ...) and (m_frames, ...)
        On one rate, first frames at one time stamp; as many columns each. Columns are centred
        and pooled, so that those which move most count most. Frames that lack a value on either
        side are left out of a column's sums.
    rate_hz : float
    max_lag_s : float
        Largest lag that is tried, either way.

    Raises
    ------
    AlignmentError
        Nothing moves, or the two never overlap by eight frames and by half of the shorter one.
    ValueRangeError
        Columns that differ, or a largest lag below 0.

    Warns
    -----
    KinebenchWarning
        When the best lag is the largest tried: the true one may lie beyond.
    """
    from scipy.optimize import minimize_scalar

    one, other = as_columns(reference), as_columns(estimate)
    if one.shape[1] != other.shape[1]:
        raise ValueRangeError(
            f"a lag needs as many columns on both sides, found {one.shape[1]} and {other.shape[1]}"
        )
    if not max_lag_s >= 0:
        raise ValueRangeError(f"the largest lag must be 0 s or more, found {max_lag_s:g}")
    reach = int(np.floor(max_lag_s * require_rate(rate_hz) + 1e-9))
    lags = np.arange(-reach, reach + 1)
    scores = correlations(one, other, lags)
    if np.isnan(scores).all():
        raise AlignmentError(
            "no lag can be found by correlation: both recordings must move and overlap by 8"
            f" frames and by half of the shorter; they have {len(one)} and {len(other)} frames"
        )
    best = int(np.nanargmax(scores))
    if reach > 0 and best in (0, len(lags) - 1):
        tell(
            "largest lag",
            f"the best lag, {lags[best] / rate_hz:g} s, is the largest that was tried",
        )

    curve = interpolant(other, np.arange(len(other), dtype=np.float64))

    def loss(lag: float) -> float:
        shifted = curve(np.arange(len(one)) + lag)
        score = float(_correlation(one.T, shifted.T, _present(one, other)))
        return 1.0 if np.isnan(score) else -score

    bounds = (
        max(lags[best] - 1.0, -max_lag_s * rate_hz),
        min(lags[best] + 1.0, max_lag_s * rate_hz),
    )
    if bounds[0] >= bounds[1]:
        return float(lags[best] / rate_hz)
    found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-5})
    refined = float(found.x) if float(found.fun) <= -scores[best] else float(lags[best])
    return refined / rate_hz


def correlation_at(reference: FloatArray, estimate: FloatArray, lag: float) -> float:
    """Correlation −1 to 1 of reference(t) with estimate(t + lag), lag in frames.

    Columns (n_frames, n_columns) are centred on the frames that both have, and pooled; NaN with
    fewer such frames than eight, or than half of the frames present, in every column, or when
    nothing moves.
    """
    if float(lag).is_integer():
        return float(correlations(reference, estimate, np.array([int(lag)]))[0])
    curve = interpolant(estimate, np.arange(len(estimate), dtype=np.float64))
    shifted = curve(np.arange(len(reference)) + lag)
    return float(_correlation(reference.T, shifted.T, _present(reference, estimate)))


def correlations(
    reference: FloatArray, estimate: FloatArray, lags: NDArray[np.integer[Any]]
) -> FloatArray:
    """`correlation_at` of many whole lags (n_lags,), frames."""
    n = len(reference)
    first, last = int(lags.min()), int(lags.max())
    padded = np.full((last - first + n, estimate.shape[1]), np.nan)
    source = slice(max(first, 0), max(0, min(last + n, len(estimate))))
    start = source.start - first
    part = estimate[source]
    padded[start : start + len(part)] = part
    shifted = np.lib.stride_tricks.sliding_window_view(padded, n, axis=0)  # (lags, columns, n)
    present = _present(reference, estimate)
    step = max(1, _AT_ONCE // max(1, reference.size))
    return np.concatenate(
        [
            _correlation(reference.T, shifted[lags[at : at + step] - first], present)
            for at in range(0, len(lags), step)
        ]
    )


def _present(reference: FloatArray, estimate: FloatArray) -> NDArray[np.intp]:
    """Frames (n_columns,) that the poorer of the two has."""
    counts = (np.isfinite(columns).sum(axis=0) for columns in (reference, estimate))
    return np.asarray(np.minimum(*counts))


def _correlation(
    reference: FloatArray, shifted: FloatArray, present: NDArray[np.intp]
) -> FloatArray:
    """Correlation (...) of rows: (n_columns, n_frames) with (..., n_columns, n_frames)."""
    both = np.isfinite(reference) & np.isfinite(shifted)
    counts = both.sum(axis=-1)
    # short overlaps correlate by chance
    usable = counts >= np.maximum(8, present // 2)
    some = np.maximum(counts, 1)
    weights = np.where(usable, 1.0 / some, 0.0)
    a, b = np.where(both, reference, 0.0), np.where(both, shifted, 0.0)
    scale = np.maximum(np.abs(a).max(axis=(-2, -1)), np.abs(b).max(axis=(-2, -1)))
    a = np.where(both, a - (a.sum(axis=-1) / some)[..., None], 0.0)
    b = np.where(both, b - (b.sum(axis=-1) / some)[..., None], 0.0)
    power = (np.square(a).sum(axis=-1) * weights).sum(axis=-1)
    power = power * (np.square(b).sum(axis=-1) * weights).sum(axis=-1)
    product = ((a * b).sum(axis=-1) * weights).sum(axis=-1)
    still = power <= (1e-12 * scale) ** 4  # nothing is usable, or nothing moves
    return np.asarray(np.where(still, np.nan, product / np.sqrt(np.where(still, 1.0, power))))
