"""Smoothers other than low-pass filters: local polynomials, splines, medians.

Sources
-------
Savitzky, A., Golay, M. J. E. (1964). Analytical Chemistry 36, 1627–1639.
Woltring, H. J. (1985). On optimal smoothing and derivative estimation from noisy displacement
data in biomechanics. Human Movement Science 4, 229–245: splines with generalised
cross-validation.
Green, P. J., Silverman, B. W. (1994). Nonparametric regression and generalized linear models,
section 2.3: the banded equations of Reinsch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.errors import ValueRangeError
from kinebench.signals.runs import FloatArray, ShortRuns, filter_runs

# frames; with fewer the cross-validation of a spline has nothing to choose from
SPLINE_SHORTEST = 5


def savitzky_golay(
    values: ArrayLike, window: int, degree: int = 3, short_runs: ShortRuns = "raise"
) -> FloatArray:
    """Centre of the polynomial of `degree` fitted to each window of `window` frames.

    The first and last half window are read off the polynomial of the outermost window. NaN
    policy: see `kinebench.signals.runs`; a run must be as long as the window.

    Raises
    ------
    ValueRangeError
        A window that is even or not longer than the degree.
    CleaningError
        A run shorter than the window.
    """
    _require_odd(window)
    if not 0 <= degree < window:
        raise ValueRangeError(
            f"a polynomial of degree {degree} needs a window of more than {degree} frames and a"
            f" degree of 0 or more; the window has {window}"
        )

    def kernel(segment: FloatArray, _: NDArray[np.intp]) -> FloatArray:
        from scipy.signal import savgol_filter

        return np.asarray(savgol_filter(segment, window, degree, axis=0, mode="interp"))

    return filter_runs(values, kernel, window, short_runs, "a Savitzky–Golay filter")


def median(values: ArrayLike, window: int) -> FloatArray:
    """Median of each window of `window` frames, an odd number.

    Towards the ends of a run the window shrinks on both sides alike, so that no end is pulled
    inwards: the first and the last value stay. NaN policy: see `kinebench.signals.runs`.
    """
    _require_odd(window)

    def kernel(segment: FloatArray, _: NDArray[np.intp]) -> FloatArray:
        from scipy.ndimage import median_filter

        filtered = np.asarray(median_filter(segment, size=(window, 1)))
        n = len(segment)
        for reach in range(min(window // 2, (n + 1) // 2)):
            for frame in (reach, n - 1 - reach):
                around = segment[frame - reach : frame + reach + 1]
                filtered[frame] = np.median(around, axis=0)
        return filtered

    return filter_runs(values, kernel, 1, what="a median filter")


def smoothing_spline(
    values: ArrayLike, penalty: float | None = None, short_runs: ShortRuns = "raise"
) -> FloatArray:
    """Natural cubic smoothing spline over evenly spaced frames.

    Minimises Σ (y − g)² + penalty ∫ g″², time in frames.

    Parameters
    ----------
    values : (n_frames, ...)
        NaN policy: see `kinebench.signals.runs`.
    penalty : float, optional
        In frames³, 0 or more; without it each column of each run gets the one that generalised
        cross-validation finds.
    short_runs : {"raise", "keep"}
    """
    if penalty is not None and not (np.isfinite(penalty) and penalty >= 0):
        raise ValueRangeError(f"a spline's penalty must be 0 or more, found {penalty:g}")

    def kernel(segment: FloatArray, _: NDArray[np.intp]) -> FloatArray:
        if penalty is not None:
            return _spline(segment, penalty)
        penalties = spline_penalty(segment)
        columns = [_spline(segment[:, [i]], lam) for i, lam in enumerate(penalties)]
        return np.concatenate(columns, axis=1)

    return filter_runs(values, kernel, SPLINE_SHORTEST, short_runs, "a smoothing spline")


def spline_penalty(segment: FloatArray) -> FloatArray:
    """Penalty (n_columns,), frames³, of least generalised cross-validation.

    GCV(λ) = n · RSS(λ) / (n − trace of the smoother)². The trace is taken from the spline's
    transfer function on an endless even grid, which spares the inverse of a banded matrix.

    Parameters
    ----------
    segment : (n_frames, n_columns)
        Without NaN.
    """
    exponents = np.linspace(-4.0, 12.0, 65)
    scores = np.array([_gcv(segment, 10.0**exponent) for exponent in exponents])
    best = np.argmin(scores, axis=0)
    inner = np.clip(best, 1, len(exponents) - 2)
    columns = np.arange(segment.shape[1])
    left, middle, right = (scores[inner + step, columns] for step in (-1, 0, 1))
    bend = left - 2 * middle + right
    offset = np.where(bend > 0, 0.5 * (left - right) / np.where(bend > 0, bend, 1.0), 0.0)
    at_edge = best != inner
    step = exponents[1] - exponents[0]
    chosen = np.where(at_edge, exponents[best], exponents[inner] + step * np.clip(offset, -1, 1))
    return np.asarray(10.0**chosen)


def _gcv(segment: FloatArray, penalty: float) -> FloatArray:
    n = len(segment)
    rss = np.sum((segment - _spline(segment, penalty)) ** 2, axis=0)
    # squared second difference over the Gram matrix of hat functions, at frequency ω
    omega = (np.arange(3, n + 1) - 1.5) * np.pi / n
    symbol = 6.0 * (2.0 - 2.0 * np.cos(omega)) ** 2 / (4.0 + 2.0 * np.cos(omega))
    trace = 2.0 + float(np.sum(1.0 / (1.0 + penalty * symbol)))
    return np.asarray(n * rss / (n - trace) ** 2)


def _spline(segment: FloatArray, penalty: float) -> FloatArray:
    """Fitted values: (R + λ QᵀQ) γ = Qᵀ y, fit = y − λ Q γ (Green & Silverman, eq. 2.11)."""
    from scipy.linalg import solveh_banded

    m = len(segment) - 2
    bands = np.zeros((3, m))
    bands[0, :] = 2.0 / 3.0 + 6.0 * penalty
    bands[1, :] = 1.0 / 6.0 - 4.0 * penalty
    bands[2, :] = penalty
    bends = solveh_banded(bands, np.diff(segment, n=2, axis=0), lower=True)
    padded = np.pad(bends, ((2, 2), (0, 0)))
    return np.asarray(segment - penalty * np.diff(padded, n=2, axis=0))


def _require_odd(window: int) -> None:
    if window < 1 or window % 2 == 0:
        raise ValueRangeError(f"a window must be an odd number of frames, found {window}")
