"""What may enter a statistic."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.errors import KinebenchWarning, ValueRangeError
from kinebench.remarks import collected_remarks
from kinebench.statistics.samples import (
    Interval,
    checked_level,
    finite_array,
    paired_samples,
    subject_codes,
    warn_few_subjects,
)


def test_interval_holds_its_ends() -> None:
    interval = Interval(-1.0, 2.0, 0.95)
    assert interval.width == 3.0
    assert -1.0 in interval
    assert 2.0 in interval
    assert 2.1 not in interval
    assert -1.1 not in interval


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 95.0, float("nan")])
def test_level_is_a_share(level: float) -> None:
    with pytest.raises(ValueRangeError, match="level must lie between 0 and 1"):
        checked_level(level)


def test_shape_finiteness_and_size_are_checked() -> None:
    with pytest.raises(ValueRangeError, match=r"curves must have 2 dimension\(s\), found .*\(3,\)"):
        finite_array([1, 2, 3], 2, "curves")
    with pytest.raises(ValueRangeError, match="found 2 NaN or infinite"):
        finite_array([1, np.nan, np.inf], 1, "errors")
    with pytest.raises(ValueRangeError, match=r"at least 2 row\(s\), found 1"):
        finite_array([1], 1, "errors", at_least=2)
    with pytest.raises(ValueRangeError, match=r"one shape, found \(2,\) and \(3,\)"):
        paired_samples([1, 2], [1, 2, 3])


def test_subjects_are_coded_in_sorted_order() -> None:
    names, codes = subject_codes(["b", "a", "b"], 3)
    assert names == ("a", "b")
    assert codes.tolist() == [1, 0, 1]
    with pytest.raises(ValueRangeError, match="each observation needs its subject"):
        subject_codes(["a"], 2)


def test_few_subjects_warn_below_twenty() -> None:
    for few in (2, 19):
        with pytest.warns(
            KinebenchWarning, match="fewer than 20 subjects: .* normally distributed"
        ):
            warn_few_subjects(few)
    for nothing_to_warn_of in (1, 20):
        warn_few_subjects(nothing_to_warn_of)


def test_few_subjects_are_told_once_whatever_their_number() -> None:
    with collected_remarks() as told:
        for n in (2, 3, 5):
            warn_few_subjects(n)
    assert len(told) == 1
