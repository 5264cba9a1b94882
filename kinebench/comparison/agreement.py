"""Agreement over subjects: limits for repeated measures, ICC, equivalence, and curves.

Of every repetition, or of every trial without repetitions, each coordinate gives one value per
outcome: its mean, highest and lowest value, and range. Frames are never taken for measurements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kinebench.comparison.cycles import CoursePair, course_pairs, items_of, resampled
from kinebench.comparison.results import Comparison
from kinebench.core.arrays import FloatArray
from kinebench.remarks import collected_remarks, unheard
from kinebench.statistics import (
    BlandAltman,
    CurveTest,
    Equivalence,
    IntraclassCorrelation,
    bland_altman,
    equivalence,
    holm,
    icc,
    paired_curves,
    subject_mean_curves,
)

FEWEST_SUBJECTS = 3
"""Two subjects have limits of agreement with one degree of freedom, which say nothing."""

_FEWEST_FOR_CURVES = 6
"""Flips of sign of five subjects have a smallest two-sided p of 1/16: no test at 0.05."""

OUTCOMES = ("mean", "highest", "lowest", "range")
_SEED = 20261128  # of the flips, where there are too many to make all


@dataclass(frozen=True, slots=True, eq=False)
class AgreementRow:
    """How far two methods agree about an outcome of a coordinate.

    Parameters
    ----------
    item : str
        Coordinate.
    outcome : one of OUTCOMES
    unit : str
        "rad" or "m".
    limits : BlandAltman
        For repeated measures; one pair per repetition or trial.
    correlation : IntraclassCorrelation
        ICC(A,1) of subjects' means.
    equivalence : Equivalence, optional
        Of subjects' means, when a margin was stated for this unit.
    values : (n_pairs, 2)
        Reference and estimate, as they went into the limits.
    subjects : tuple of str
        Whose pairs they are.
    """

    item: str
    outcome: str
    unit: str
    limits: BlandAltman
    correlation: IntraclassCorrelation
    equivalence: Equivalence | None
    values: FloatArray
    subjects: tuple[str, ...]


class CurveRow(NamedTuple):
    """Where the curves of a coordinate differ over a repetition.

    Parameters
    ----------
    item : str
    unit : str
        "rad" or "m".
    test : CurveTest
        Subjects' mean curves, estimate against reference, at 0 to 100 % of a repetition.
    p_holm : float
        Of the largest difference anywhere, corrected for the number of coordinates
        and methods.
    skewed : bool
        Differences are skewed over subjects: p is too small then.
    """

    item: str
    unit: str
    test: CurveTest
    p_holm: float
    skewed: bool


def agreement_of(comparison: Comparison, margin_rad: float | None = None) -> list[AgreementRow]:
    """Agreement about every coordinate that `FEWEST_SUBJECTS` subjects have; else nothing.

    Parameters
    ----------
    comparison : Comparison
        Of motions; markers have no outcomes here.
    margin_rad : float, optional
        Differences of angles that do not matter, chosen before the results were seen. Lengths are
        not tested for equivalence.

    Raises
    ------
    ValueRangeError
        The trials are of several kinds, and the procedure does not pool them: take each of
        `Comparison.by_kind`.
    """
    comparison.require_poolable()
    rows: list[AgreementRow] = []
    for item, unit in items_of(comparison.pairs).items():
        pairs = list(course_pairs(comparison.pairs, item))
        if len({pair.subject for pair in pairs}) < FEWEST_SUBJECTS:
            continue
        margin = margin_rad if unit == "rad" else None
        rows += [_row(item, outcome, unit, pairs, margin) for outcome in OUTCOMES]
    return rows


def _row(
    item: str, outcome: str, unit: str, pairs: Sequence[CoursePair], margin: float | None
) -> AgreementRow:
    reference = np.array([_value(pair.reference, outcome) for pair in pairs])
    estimate = np.array([_value(pair.estimate, outcome) for pair in pairs])
    subjects, trials = [pair.subject for pair in pairs], [pair.trial for pair in pairs]
    # repetition → trial → subject, as all figures of a group here
    _, means = subject_mean_curves(np.stack([reference, estimate], axis=1), subjects, trials)
    with unheard():
        # a coordinate that is locked has no spread: its figures are NaN, which shows
        limits = bland_altman(reference, estimate, subjects)
        correlation = icc(means, "ICC(A,1)")
        tested = None if margin is None else equivalence(means[:, 0], means[:, 1], margin)
    values = np.stack([reference, estimate], axis=1)
    return AgreementRow(item, outcome, unit, limits, correlation, tested, values, tuple(subjects))


def _value(course: FloatArray, outcome: str) -> float:
    low, high = float(course.min()), float(course.max())
    figures = {"mean": float(course.mean()), "highest": high, "lowest": low, "range": high - low}
    return figures[outcome]


def curves_of(comparison: Comparison) -> list[CurveRow]:
    """Tests of the curves of repetitions of one method: see `method_curves`."""
    return method_curves({"": comparison})[""]


def method_curves(methods: Mapping[str, Comparison]) -> dict[str, list[CurveRow]]:
    """Tests of the curves of repetitions, when `_FEWEST_FOR_CURVES` subjects have any.

    Repetitions are resampled to 101 points, averaged per subject, and compared by flips of sign of
    clusters; p is corrected after Holm for the number of coordinates and methods.
    """
    tests = {
        (name, item, unit): found
        for name, comparison in methods.items()
        for item, unit in items_of(comparison.pairs).items()
        if (found := _curve_test(comparison, item)) is not None
    }
    corrected = holm([test.p for test, _ in tests.values()]).tolist() if tests else []
    rows: dict[str, list[CurveRow]] = {name: [] for name in methods}
    for ((name, item, unit), (test, skewed)), p in zip(tests.items(), corrected, strict=True):
        rows[name].append(CurveRow(item, unit, test, p, skewed))
    return rows


def _curve_test(comparison: Comparison, item: str) -> tuple[CurveTest, bool] | None:
    """A test, and whether differences are skewed; None with too few subjects."""
    pairs = [pair for pair in course_pairs(comparison.pairs, item) if pair.is_repetition]
    if len({pair.subject for pair in pairs}) < _FEWEST_FOR_CURVES:
        return None
    names = [pair.subject for pair in pairs], [pair.trial for pair in pairs]
    reference, estimate = (
        subject_mean_curves(np.stack([resampled(course) for course in courses]), *names)[1]
        for courses in ([p.reference for p in pairs], [p.estimate for p in pairs])
    )
    with collected_remarks() as told:
        test = paired_curves(reference, estimate, seed=_SEED)
    return test, any(one.code == "skewed curves" for one in told)
