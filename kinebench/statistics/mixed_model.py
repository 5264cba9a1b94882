"""Linear mixed model: factors as fixed effects, the subject as random intercept.

    y = X beta + Z b + e,   b ~ N(0, s_subject^2),   e ~ N(0, s_residual^2)

With one random intercept the covariance of subject i, s_residual^2 (I + q 1 1'), has a closed
inverse and determinant, so the restricted likelihood depends on one number, the ratio q of both
variances (Pinheiro & Bates 2000, section 2.2):

    -2 log L(q) = (N - p) (1 + log(2 pi RSS(q) / (N - p))) + sum_i log(1 + n_i q) + log |X' V^-1 X|

It is minimised over q >= 0, the boundary included: no optimiser can stall there.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from kinebench.core.arrays import FloatArray
from kinebench.errors import KinebenchWarning, ValueRangeError, require_names
from kinebench.statistics.samples import Interval, checked_level, finite_array, subject_codes

__all__ = ["MixedModel", "Term", "fit_mixed_model"]

_LOG_RATIOS = np.linspace(-16.0, 32.0, 193)  # natural logarithm of q


@dataclass(frozen=True, slots=True)
class Term:
    """A fixed effect.

    Parameters
    ----------
    name : str
        "intercept", "factor[level]" or "factor[level]:other[level]"; each against the first level
        of its factor.
    estimate, standard_error : float
        In the unit of the response.
    df : int
        Degrees of freedom by containment: of the subjects for the intercept and for factors that
        are constant within each subject, of the residuals for the others. Exact when balanced.
    interval : Interval
        Student.
    p : float
        Student, two-sided.
    """

    name: str
    estimate: float
    standard_error: float
    df: int
    interval: Interval
    p: float


@dataclass(frozen=True, slots=True)
class MixedModel:
    """A fitted mixed model.

    Parameters
    ----------
    terms : tuple of Term
    subject_sd, residual_sd : float
        In the unit of the response; a subject sd of 0 means that subjects differ no more than
        the residuals let expect.
    log_likelihood : float
        Restricted.
    n_subjects, n_observations : int
    """

    terms: tuple[Term, ...]
    subject_sd: float
    residual_sd: float
    log_likelihood: float
    n_subjects: int
    n_observations: int

    def term(self, name: str) -> Term:
        """The fixed effect of that name.

        Raises
        ------
        NameNotFoundError
            When the model has no such term.
        """
        require_names([name], [term.name for term in self.terms], "term", "the mixed model")
        return next(term for term in self.terms if term.name == name)


def fit_mixed_model(
    response: ArrayLike,
    factors: Mapping[str, Sequence[str]],
    subjects: Sequence[str],
    *,
    first_levels: Mapping[str, str] | None = None,
    interactions: bool = False,
    level: float = 0.95,
) -> MixedModel:
    """Fixed effects of factors on a response that is measured repeatedly on each subject.

    Parameters
    ----------
    response : (n_observations,)
    factors : mapping of str to sequence of str
        Level of each factor for each observation; none for a mean with random subjects.
    subjects : sequence of str
    first_levels : mapping of str to str, optional
        The level that others are compared with; by default the one that occurs first.
    interactions : bool
        Add all interactions of two factors.
    level : float

    Raises
    ------
    NameNotFoundError
        When a first level names no factor or level.
    ValueRangeError
        When lengths differ, there are fewer than two subjects, no subject has two observations,
        terms cannot be told apart, or all responses are equal.

    Warns
    -----
    KinebenchWarning
        When the terms leave no residual.
    """
    values = finite_array(response, 1, "response")
    checked_level(level)
    names, codes = subject_codes(subjects, len(values))
    if len(names) < 2:
        raise ValueRangeError(f"a mixed model needs 2 subjects or more, found {len(names)}")
    if len(names) == len(values):
        raise ValueRangeError("a mixed model needs subjects with 2 observations or more")
    design, terms = _design(factors, dict(first_levels or {}), interactions, len(values))
    if np.linalg.matrix_rank(design) < len(terms) or len(values) <= len(terms):
        raise ValueRangeError(
            f"{len(values)} observations cannot tell apart the terms {', '.join(terms)}"
        )
    # in units of its own spread: the floor of the residuals has no unit
    centre, scale = float(values.mean()), float(values.std())
    if scale == 0:
        raise ValueRangeError("all responses are equal: there is nothing to model")
    fit = _fitted((values - centre) / scale, design, codes)
    estimates = fit.effects * scale
    estimates[0] += centre
    errors = np.sqrt(np.diag(fit.covariance)) * scale
    freedoms = _degrees_of_freedom(design, codes)
    return MixedModel(
        terms=tuple(
            _term(name, float(estimate), float(error), df, level)
            for name, estimate, error, df in zip(terms, estimates, errors, freedoms, strict=True)
        ),
        subject_sd=float(np.sqrt(fit.ratio * fit.variance)) * scale,
        residual_sd=float(np.sqrt(fit.variance)) * scale,
        log_likelihood=-fit.deviance / 2 - (len(values) - len(terms)) * float(np.log(scale)),
        n_subjects=len(names),
        n_observations=len(values),
    )


def _term(name: str, estimate: float, error: float, df: int, level: float) -> Term:
    if df < 1:
        return Term(name, estimate, error, df, Interval(np.nan, np.nan, level), np.nan)
    half = float(stdtrit(df, (1 + level) / 2)) * error
    interval = Interval(estimate - half, estimate + half, level)
    return Term(name, estimate, error, df, interval, float(2 * stdtr(df, -abs(estimate) / error)))


@dataclass(frozen=True, slots=True)
class _Fit:
    """The model at one ratio of variances."""

    ratio: float
    deviance: float
    effects: FloatArray
    covariance: FloatArray
    variance: float


def _fitted(values: FloatArray, design: FloatArray, codes: NDArray[np.intp]) -> _Fit:
    """The fit of largest restricted likelihood."""
    from scipy.optimize import minimize_scalar

    def at(log_ratio: float) -> float:
        return _fit_at(float(np.exp(log_ratio)), values, design, codes).deviance

    deviances = [at(log_ratio) for log_ratio in _LOG_RATIOS]
    best = int(np.argmin(deviances))
    around = _LOG_RATIOS[max(0, best - 1)], _LOG_RATIOS[min(len(_LOG_RATIOS) - 1, best + 1)]
    found = minimize_scalar(at, bounds=around, method="bounded", options={"xatol": 1e-10})
    inside = _fit_at(float(np.exp(found.x)), values, design, codes)
    without = _fit_at(0.0, values, design, codes)
    fit = without if without.deviance <= inside.deviance else inside
    if fit.variance < 1e-12:
        warnings.warn(
            "the mixed model leaves no residual: its standard errors mean nothing",
            KinebenchWarning,
            stacklevel=3,
        )
    return fit


def _fit_at(ratio: float, values: FloatArray, design: FloatArray, codes: NDArray[np.intp]) -> _Fit:
    counts = np.bincount(codes)
    joined = np.column_stack([design, values])
    means = np.array([np.bincount(codes, column) / counts for column in joined.T]).T
    within = joined - means[codes]
    # V^-1 leaves deviations from a subject's mean as they are and divides the mean by 1 + n_i q
    weights = counts / (1 + counts * ratio)
    cross = within.T @ within + (means * weights[:, None]).T @ means
    information, score = cross[:-1, :-1], cross[:-1, -1]
    effects: FloatArray = np.linalg.solve(information, score).astype(np.float64)
    df = len(values) - design.shape[1]
    residual = within[:, -1] - within[:, :-1] @ effects
    of_subjects = means[:, -1] - means[:, :-1] @ effects
    squares = float(residual @ residual + weights @ of_subjects**2)
    variance = max(squares / df, np.finfo(np.float64).eps ** 2)
    deviance = (
        df * (1 + np.log(2 * np.pi * variance))
        + np.log1p(counts * ratio).sum()
        + np.linalg.slogdet(information)[1]
    )
    covariance: FloatArray = np.linalg.inv(information) * np.float64(variance)
    return _Fit(ratio, float(deviance), effects, covariance, variance)


def _degrees_of_freedom(design: FloatArray, codes: NDArray[np.intp]) -> list[int]:
    """Of each term: within subjects, or between them where it is constant in each."""
    counts = np.bincount(codes)
    means = np.array([np.bincount(codes, column) / counts for column in design.T]).T
    between = np.abs(design - means[codes]).max(axis=0) < 1e-12
    n_between = int(between.sum())  # with the intercept
    of_subjects = len(counts) - n_between
    of_residuals = len(codes) - len(counts) - (design.shape[1] - n_between)
    return [of_subjects if constant else of_residuals for constant in between]


def _design(
    factors: Mapping[str, Sequence[str]],
    first_levels: dict[str, str],
    interactions: bool,
    n_values: int,
) -> tuple[FloatArray, list[str]]:
    """Treatment-coded design matrix (n_values, n_terms) and the names of its columns."""
    require_names(first_levels, factors, "factor", "the model")
    columns: dict[str, list[tuple[str, FloatArray]]] = {}
    for factor, labels in factors.items():
        if len(labels) != n_values:
            raise ValueRangeError(
                f"factor {factor} must have {n_values} labels, found {len(labels)}"
            )
        levels = list(dict.fromkeys(labels))
        first = first_levels.get(factor, levels[0])
        require_names([first], levels, "level", f"factor {factor}")
        columns[factor] = [
            (f"{factor}[{name}]", np.array([label == name for label in labels], dtype=np.float64))
            for name in levels
            if name != first
        ]
    terms = [("intercept", np.ones(n_values))]
    terms += [column for group in columns.values() for column in group]
    if interactions:
        for one, other in combinations(columns.values(), 2):
            terms += [
                (f"{name}:{other_name}", column * other_column)
                for (name, column), (other_name, other_column) in product(one, other)
            ]
    return np.column_stack([column for _, column in terms]), [name for name, _ in terms]
