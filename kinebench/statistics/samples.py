"""What enters a statistic: finite numbers, one per observation, and the subject each belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.remarks import tell

_FEW_SUBJECTS = 20
"""Below this number Student's interval holds only if subjects are about normally distributed: with
skewed ones (lognormal, sigma 1) it covers 82 to 88 % instead of 95 % (`reports/coverage.md`)."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval.

    Parameters
    ----------
    low, high : float
        In the unit of the estimate; NaN when there were too few observations.
    level : float
        Nominal coverage, 0 to 1.
    """

    low: float
    high: float
    level: float

    @property
    def width(self) -> float:
        """High − low."""
        return self.high - self.low

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def checked_level(level: float, what: str = "level") -> float:
    """A probability strictly between 0 and 1, or a `ValueRangeError`."""
    if not 0.0 < level < 1.0:
        raise ValueRangeError(f"{what} must lie between 0 and 1, found {level:g}")
    return float(level)


def finite_array(values: ArrayLike, ndim: int, what: str, at_least: int = 1) -> FloatArray:
    """A float64 array of `ndim` dimensions, finite, with `at_least` rows.

    Raises
    ------
    ValueRangeError
        Naming what was found.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != ndim:
        raise ValueRangeError(f"{what} must have {ndim} dimension(s), found shape {array.shape}")
    if len(array) < at_least:
        raise ValueRangeError(f"{what} must have at least {at_least} row(s), found {len(array)}")
    if not np.isfinite(array).all():
        count = int((~np.isfinite(array)).sum())
        raise ValueRangeError(f"{what} must be finite, found {count} NaN or infinite value(s)")
    return array


def paired_samples(
    reference: ArrayLike, estimate: ArrayLike, ndim: int = 1, at_least: int = 1
) -> tuple[FloatArray, FloatArray]:
    """Reference and estimate, finite and of one shape, or a `ValueRangeError`."""
    one = finite_array(reference, ndim, "reference", at_least)
    other = finite_array(estimate, ndim, "estimate", at_least)
    if one.shape != other.shape:
        raise ValueRangeError(
            f"reference and estimate must have one shape, found {one.shape} and {other.shape}"
        )
    return one, other


def subject_codes(
    subjects: Sequence[str], n_values: int
) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Sorted names of the subjects, and for each observation the index of its subject.

    Raises
    ------
    ValueRangeError
        When there is not one subject for each observation.
    """
    if len(subjects) != n_values:
        raise ValueRangeError(
            f"each observation needs its subject: {n_values} observation(s), "
            f"{len(subjects)} subject(s)"
        )
    names = tuple(sorted(set(subjects)))
    position = {name: index for index, name in enumerate(names)}
    return names, np.array([position[name] for name in subjects], dtype=np.intp)


def warn_few_subjects(n_subjects: int) -> None:
    """Warn that an interval over so few subjects takes their distribution for granted.

    One subject gives no interval. In the same words however many there are, so that it is said once
    of figures that have different numbers of subjects.
    """
    if 1 < n_subjects < _FEW_SUBJECTS:
        tell(
            "few subjects",
            f"fewer than {_FEW_SUBJECTS} subjects: intervals of group means hold only if subjects"
            " are about normally distributed",
        )
