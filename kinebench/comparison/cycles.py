"""Courses of coordinates over repetitions, from 0 to 100 % of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from kinebench.comparison.results import Comparison, PairResult
from kinebench.core.arrays import FloatArray, read_only
from kinebench.core.motion import Motion
from kinebench.core.value import Value
from kinebench.statistics import subject_mean_curves

N_POINTS = 101  # 0 to 100 % of a repetition
PARTS = ("0 to 25 %", "25 to 50 %", "50 to 75 %", "75 to 100 %")
"""Quarters of a repetition, for errors by phase."""


class CoursePair(NamedTuple):
    """Both courses of a repetition, or of a whole trial."""

    subject: str
    trial: str
    reference: FloatArray
    estimate: FloatArray
    is_repetition: bool


@dataclass(frozen=True, slots=True, eq=False)
class CycleCurves(Value):
    """Curves of a coordinate over a repetition.

    Parameters
    ----------
    item, unit : str
    reference, estimate : (n_curves, 101) rad or m
    of : {"subjects", "repetitions"}
        What a curve is: a subject's mean, or, of one subject, a repetition.
    by_part : (4,) rad or m
        Root mean square error in each of `PARTS`: mean over repetitions, trials and subjects.
    """

    item: str
    unit: str
    reference: FloatArray
    estimate: FloatArray
    of: Literal["subjects", "repetitions"]
    by_part: FloatArray

    def __post_init__(self) -> None:
        for name in ("reference", "estimate", "by_part"):
            values = getattr(self, name)
            object.__setattr__(self, name, read_only(values, values.shape, name))


def items_of(results: Sequence[PairResult]) -> dict[str, str]:
    """Scored coordinates and their units, in order of appearance."""
    found: dict[str, str] = {}
    for pair in results:
        if isinstance(pair.reference, Motion):
            for coordinate in pair.reference.select(pair.evaluation.items).coordinates:
                found.setdefault(coordinate.name, coordinate.unit)
    return found


def course_pairs(results: Sequence[PairResult], item: str) -> Iterator[CoursePair]:
    """Both courses of each repetition, or of each trial without any; gaps are left out."""
    for result in results:
        one, other = result.reference, result.estimate
        if not (isinstance(one, Motion) and isinstance(other, Motion)):
            continue
        if item not in result.evaluation.items:
            continue
        spans = [
            (part.interval.start_s, part.interval.end_s)
            for part in result.repetitions
            if item in part.evaluation.items
        ] or ([] if result.repetitions else [(-np.inf, np.inf)])
        for start, end in spans:
            inside = (one.times >= start - 1e-9) & (one.times <= end + 1e-9)
            courses = one.value(item)[inside], other.value(item)[inside]
            known = np.isfinite(courses[0]) & np.isfinite(courses[1])
            if known.sum() > 1:
                known_courses = courses[0][known], courses[1][known]
                yield CoursePair(
                    result.subject, result.trial, *known_courses, bool(result.repetitions)
                )


def resampled(course: FloatArray) -> FloatArray:
    """A course at 0 to 100 % of its repetition."""
    return np.interp(np.linspace(0, 1, N_POINTS), np.linspace(0, 1, len(course)), course)


def cycle_curves(comparison: Comparison) -> tuple[CycleCurves, ...]:
    """Curves of every coordinate that repetitions were scored of; none without repetitions."""
    found = []
    for item, unit in items_of(comparison.pairs).items():
        pairs = [pair for pair in course_pairs(comparison.pairs, item) if pair.is_repetition]
        if not pairs:
            continue
        names = [pair.subject for pair in pairs], [pair.trial for pair in pairs]
        curves = np.stack([[resampled(p.reference), resampled(p.estimate)] for p in pairs])
        squares = (curves[:, 1] - curves[:, 0]) ** 2
        quarters = np.array_split(np.arange(N_POINTS), len(PARTS))
        errors = np.stack([np.sqrt(squares[:, own].mean(axis=1)) for own in quarters], axis=1)
        _, by_part = subject_mean_curves(errors, *names)
        several = len(set(names[0])) > 1
        if several:
            curves = np.stack(
                [subject_mean_curves(curves[:, side], *names)[1] for side in (0, 1)], axis=1
            )
        found.append(
            CycleCurves(
                item, unit, curves[:, 0], curves[:, 1],
                "subjects" if several else "repetitions", by_part.mean(axis=0),
            )
        )  # fmt: skip
    return tuple(found)
