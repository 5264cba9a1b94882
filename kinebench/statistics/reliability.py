"""Intraclass correlation, and what a repeated session can tell.

Ratings are subjects by raters (methods, sessions), one number per cell: a subject's mean or peak.
Never frames: the frames of a waveform are neither subjects nor independent, and an ICC over them
measures how much the joint moves. With the mean squares of the two-way analysis of variance (rows
MS_R, columns MS_C, error MS_E) and of the one-way one (within rows MS_W), n subjects, k raters:

    ICC(1,1)            (MS_R - MS_W) / (MS_R + (k-1) MS_W)
    ICC(2,1), ICC(A,1)  (MS_R - MS_E) / (MS_R + (k-1) MS_E + k (MS_C - MS_E) / n)
    ICC(3,1), ICC(C,1)  (MS_R - MS_E) / (MS_R + (k-1) MS_E)

(Shrout & Fleiss 1979; McGraw & Wong 1996, tables 4 and 7). The pairs differ in the model that is
assumed, raters random or fixed, not in the number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError, require_names
from kinebench.remarks import tell
from kinebench.statistics.samples import Interval, checked_level, finite_array

ICC_FORMS = ("ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(A,1)", "ICC(C,1)")
"""One-way; two-way random, absolute agreement; two-way mixed, consistency; McGraw & Wong's names
for agreement and consistency."""


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """An intraclass correlation of single ratings.

    Parameters
    ----------
    form : str
        One of `ICC_FORMS`; quote it with the value.
    value : float
        1 for perfect agreement; NaN when there is no variance. Negative when subjects differ
        less than their ratings.
    interval : Interval
        For raters drawn from many (two-way random). Coverage in `reports/coverage.md`: that of
        ICC(A,1) and ICC(2,1) falls to 86 % with only two such raters, who tell little of how
        raters differ, and is near 100 % for two methods that are all there are (two-way mixed).
    p : float
        Of the hypothesis that the correlation is 0.
    n_subjects, n_raters : int
    """

    form: str
    value: float
    interval: Interval
    p: float
    n_subjects: int
    n_raters: int


@dataclass(frozen=True, slots=True)
class _MeanSquares:
    rows: float
    columns: float
    error: float
    within: float
    n: int
    k: int


def icc(ratings: ArrayLike, form: str, *, level: float = 0.95) -> IntraclassCorrelation:
    """Intraclass correlation of single ratings. Never on frames.

    Parameters
    ----------
    ratings : (n_subjects, n_raters)
        For a comparison of methods, one column per method.
    form : {"ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(A,1)", "ICC(C,1)"}
    level : float

    Raises
    ------
    NameNotFoundError
        When there is no such form.
    ValueRangeError
        When there are fewer than two subjects or raters, or ratings are not finite.

    Warns
    -----
    KinebenchWarning
        When neither subjects differ nor their ratings: there is nothing to correlate, NaN.
    """
    require_names([form], ICC_FORMS, "form", "icc")
    checked_level(level)
    squares = _mean_squares(ratings)
    tail = (1 + level) / 2
    if form == "ICC(1,1)":
        value, low, high, p = _one_way(squares, tail)
    elif form in ("ICC(2,1)", "ICC(A,1)"):
        value, low, high, p = _agreement(squares, tail)
    else:
        value, low, high, p = _consistency(squares, tail)
    if np.isnan(value):
        tell(
            "undefined figures",
            f"neither subjects differ nor their ratings: {form} is NaN",
        )
    return IntraclassCorrelation(form, value, Interval(low, high, level), p, squares.n, squares.k)


def _mean_squares(ratings: ArrayLike) -> _MeanSquares:
    values = finite_array(ratings, 2, "ratings", at_least=2)
    n, k = values.shape
    if k < 2:
        raise ValueRangeError(f"ratings must have at least 2 columns, found {k}")
    rounding = 8 * np.finfo(np.float64).eps * float(np.abs(values).max())

    def cleaned(square: float) -> float:
        # a variance that is rounding only would make a ratio of rounding errors
        return float(square) if square > rounding**2 else 0.0

    rows, columns = values.mean(axis=1), values.mean(axis=0)
    residual: FloatArray = values - rows[:, None] - columns + values.mean()
    return _MeanSquares(
        rows=cleaned(k * rows.var(ddof=1)),
        columns=cleaned(n * columns.var(ddof=1)),
        error=cleaned((residual**2).sum() / ((n - 1) * (k - 1))),
        within=cleaned(values.var(axis=1, ddof=1).mean()),
        n=n,
        k=k,
    )


def _ratio(numerator: float, denominator: float) -> float:
    if denominator > 0:
        return numerator / denominator
    return np.inf if numerator > 0 else np.nan


def _from_f(f: float, k: int) -> float:
    return 1.0 if np.isinf(f) else (f - 1) / (f + k - 1)


def _one_way(squares: _MeanSquares, tail: float) -> tuple[float, float, float, float]:
    return _f_form(squares, squares.within, squares.n * (squares.k - 1), tail)


def _consistency(squares: _MeanSquares, tail: float) -> tuple[float, float, float, float]:
    return _f_form(squares, squares.error, (squares.n - 1) * (squares.k - 1), tail)


def _f_form(
    squares: _MeanSquares, noise: float, df: int, tail: float
) -> tuple[float, float, float, float]:
    """Value, limits and p of a form that depends on one F ratio (McGraw & Wong, table 7)."""
    from scipy.special import fdtrc, fdtri

    k, df_rows = squares.k, squares.n - 1
    f = _ratio(squares.rows, noise)
    low = f / fdtri(df_rows, df, tail)
    high = f * fdtri(df, df_rows, tail)
    p = float(fdtrc(df_rows, df, f))
    return _from_f(f, k), _from_f(float(low), k), _from_f(float(high), k), p


def _agreement(squares: _MeanSquares, tail: float) -> tuple[float, float, float, float]:
    """Value, limits and p of ICC(A,1) (McGraw & Wong, table 7, case 2A)."""
    from scipy.special import fdtrc, fdtri

    n, k = squares.n, squares.k
    of_raters = k * (squares.columns - squares.error) / n
    total = squares.rows + (k - 1) * squares.error + of_raters
    if total == 0:  # no variance, or two subjects and raters with equal means
        return np.nan, np.nan, np.nan, np.nan
    value = (squares.rows - squares.error) / total
    p = float(fdtrc(n - 1, (n - 1) * (k - 1), _ratio(squares.rows, squares.error)))
    if value == 1:
        return 1.0, 1.0, 1.0, p
    share = max(0.0, value)  # of variance: a negative estimate would give negative weights
    a = k * share / (n * (1 - share))
    b = 1 + k * share * (n - 1) / (n * (1 - share))
    columns, error = a * squares.columns, b * squares.error
    spread = columns**2 / (k - 1) + error**2 / ((n - 1) * (k - 1))
    # Satterthwaite; without raters' variance these are those of the error
    df = (columns + error) ** 2 / spread if spread > 0 else (n - 1) * (k - 1)
    shared = k * squares.columns + (k * n - k - n) * squares.error
    f_low, f_high = fdtri(n - 1, df, tail), fdtri(df, n - 1, tail)
    low = n * (squares.rows - f_low * squares.error) / (f_low * shared + n * squares.rows)
    high = n * (f_high * squares.rows - squares.error) / (shared + n * f_high * squares.rows)
    return float(value), float(low), float(high), p
