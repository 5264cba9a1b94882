from __future__ import annotations

import numpy as np
import pytest

from kinebench.comparison import IndexResampling
from kinebench.core import Coordinate, Markers, Motion
from kinebench.errors import AlignmentError, ValueRangeError


def ramp(times: np.ndarray, slope: float = 1.0) -> Motion:
    return Motion((Coordinate("hip"),), times, slope * times[:, None])


def test_sample_numbers_count_not_time() -> None:
    reference = ramp(np.arange(101) / 100)
    late = ramp(np.arange(51) / 50 + 7.0)  # another clock, another rate
    aligned = IndexResampling(11)(reference, late)
    assert np.allclose(aligned.reference.value("hip"), np.arange(11) / 10)
    assert np.allclose(aligned.estimate.value("hip"), 7.0 + np.arange(11) / 10)
    assert np.array_equal(aligned.reference.times, aligned.estimate.times)
    assert np.allclose(aligned.reference.times, np.arange(11) / 10)


def test_straight_lines_between_samples() -> None:
    motion = Motion((Coordinate("hip"),), np.arange(3.0), np.array([[0.0], [1.0], [10.0]]))
    values = IndexResampling(5)(motion, motion).estimate.value("hip")
    assert values.tolist() == [0.0, 0.5, 1.0, 5.5, 10.0]


def test_points_beside_a_missing_sample_are_missing() -> None:
    values = np.arange(5.0)[:, None]
    values[2] = np.nan
    motion = Motion((Coordinate("hip"),), np.arange(5.0), values)
    missing = np.isnan(IndexResampling(9)(ramp(np.arange(5.0)), motion).estimate.value("hip"))
    assert missing.tolist() == [False] * 3 + [True] * 3 + [False] * 3


def test_the_record_says_that_time_was_ignored() -> None:
    motion = ramp(np.arange(20) / 10)
    record = IndexResampling()(motion, motion).record
    assert (record.policy, record.n_frames, record.n_reference_frames) == ("by index", 100, 20)
    assert "ignored" in record.flags[0]


def test_no_markers_and_no_single_point() -> None:
    markers = Markers(("a",), np.arange(3.0), np.zeros((3, 1, 3)))
    with pytest.raises(AlignmentError, match="not for markers"):
        IndexResampling()(markers, markers)
    with pytest.raises(ValueRangeError, match="found 1"):
        IndexResampling(1)
