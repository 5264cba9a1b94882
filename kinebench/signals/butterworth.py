"""Zero-lag Butterworth low-pass.

Sources
-------
Winter, D. A. (2009). Biomechanics and motor control of human movement, 4th ed., section 3.4.4.
Robertson, D. G. E., Dowling, J. J. (2003). Design and responses of Butterworth and critically
damped digital filters. Journal of Electromyography and Kinesiology 13, 569–573.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.errors import CleaningError, ValueRangeError
from kinebench.signals.runs import FloatArray, ShortRuns, as_columns, filter_runs, require_rate
from kinebench.signals.sections import forwards_and_backwards, low_pass_sections


def shortest_run(order_per_pass: int) -> int:
    """Fewest frames that the filter takes: one more than its padding of 3 (order + 1) frames."""
    return 3 * (order_per_pass + 1) + 1


def corrected_cutoff(cutoff_hz: ArrayLike, rate_hz: float, order_per_pass: int) -> FloatArray:
    """Cut-off of one pass, Hz, with which two passes have their −3 dB point at `cutoff_hz`.

    Two passes with cut-off ω have amplitude 1 / (1 + (Ω/ω)^2n) at Ω; this is 1/√2 where
    Ω = ω (√2 − 1)^(1/2n), with Ω and ω warped by the bilinear transform, tan(π f / rate)
    (Robertson & Dowling 2003).
    """
    warped = np.tan(np.pi * np.asarray(cutoff_hz, dtype=np.float64) / rate_hz)
    factor = (math.sqrt(2.0) - 1.0) ** (1.0 / (2 * order_per_pass))
    return np.asarray(np.arctan(warped / factor) * rate_hz / np.pi)


def butterworth(
    values: ArrayLike,
    rate_hz: float,
    cutoff_hz: ArrayLike,
    order_per_pass: int = 2,
    corrected: bool = False,
    short_runs: ShortRuns = "raise",
) -> FloatArray:
    """Low-pass run forwards and backwards, as second-order sections.

    Each end is padded with 3 (order_per_pass + 1) frames of the point-reflected signal, and the
    filter starts in its steady state.

    Parameters
    ----------
    values : (n_frames, ...)
        NaN policy: see `kinebench.signals.runs`.
    rate_hz : float
    cutoff_hz : float or array of the shape of one frame
        −3 dB point of one pass; two passes have −6 dB there.
    order_per_pass : int
        Order of the filter that is run twice. The "order 4" of the field's papers is 2 here.
    corrected : bool
        Raise the cut-off so that the two passes together have −3 dB at `cutoff_hz`.
    short_runs : {"raise", "keep"}

    Raises
    ------
    CleaningError
        Cut-off at or above the Nyquist frequency; a run not longer than the padding.
    ValueRangeError
        Order below 1, cut-off not above 0, or a shape that does not fit.
    """
    columns = as_columns(values)
    cutoffs = _column_cutoffs(cutoff_hz, np.shape(values)[1:])
    _check(cutoffs, require_rate(rate_hz), order_per_pass)
    designed = corrected_cutoff(cutoffs, rate_hz, order_per_pass) if corrected else cutoffs

    def kernel(segment: FloatArray, group: NDArray[np.intp]) -> FloatArray:
        filtered = np.empty_like(segment)
        mine = designed[group]
        for cutoff in np.unique(mine):
            chosen = mine == cutoff
            sections = low_pass_sections(order_per_pass, float(cutoff), float(rate_hz))
            padding = 3 * (order_per_pass + 1)
            filtered[:, chosen] = forwards_and_backwards(sections, segment[:, chosen], padding)
        return filtered

    what = f"a Butterworth filter of order {order_per_pass} per pass"
    shortest = shortest_run(order_per_pass)
    return filter_runs(columns, kernel, shortest, short_runs, what).reshape(np.shape(values))


def _column_cutoffs(cutoff_hz: ArrayLike, frame_shape: tuple[int, ...]) -> FloatArray:
    cutoffs = np.asarray(cutoff_hz, dtype=np.float64)
    if cutoffs.shape not in ((), frame_shape):
        raise ValueRangeError(
            f"cut-offs must be one number or of the shape of a frame, {frame_shape};"
            f" found {cutoffs.shape}"
        )
    return np.broadcast_to(cutoffs, frame_shape).reshape(-1)


def _check(cutoffs: FloatArray, rate_hz: float, order_per_pass: int) -> None:
    if order_per_pass < 1 or order_per_pass != int(order_per_pass):
        raise ValueRangeError(f"a filter order must be 1, 2, 3, …; found {order_per_pass}")
    if not (cutoffs > 0).all():
        raise ValueRangeError(f"cut-offs must be above 0 Hz, found {cutoffs.min():g}")
    if (cutoffs >= rate_hz / 2).any():
        raise CleaningError(
            f"a cut-off of {cutoffs.max():g} Hz was asked for, but at {rate_hz:g} Hz only"
            f" frequencies below {rate_hz / 2:g} Hz (Nyquist) exist"
        )
