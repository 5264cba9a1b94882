"""Differences between right and left."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.errors import ValueRangeError
from kinebench.metrics import UndefinedMetricWarning
from kinebench.metrics import sides as s


def heights(right: float, left: float, n: int = 5) -> np.ndarray:
    return np.tile([[right, left]], (n, 1))[:, None, :]


def test_sinking_right_side_is_negative() -> None:
    reference, estimate = heights(0.90, 0.90), heights(0.88, 0.91)
    np.testing.assert_allclose(s.side_drop(reference, estimate), [-0.03])
    np.testing.assert_allclose(s.side_drop(estimate, reference), [0.03])


def test_side_drop_is_perfect_empty_and_invalid() -> None:
    reference = heights(0.9, 0.8)
    assert s.side_drop(reference, reference) == 0.0
    assert s.side_drop(reference, reference + 0.2) == pytest.approx(0.0, abs=1e-15)
    with pytest.warns(UndefinedMetricWarning, match="no frame"):
        assert np.isnan(s.side_drop(reference[:0], reference[:0]))
    with pytest.raises(ValueRangeError, match="both sides"):
        s.side_drop(np.zeros((5, 3)), np.zeros((5, 3)))
    with pytest.raises(ValueRangeError, match="one shape"):
        s.side_drop(reference, reference[:3])


def test_side_drop_needs_all_four_heights() -> None:
    reference, estimate = heights(0.9, 0.9), heights(0.9, 0.9)
    estimate[1, 0] = [5.0, np.nan]
    reference[2, 0] = [np.nan, 3.0]
    assert s.side_drop(reference, estimate) == pytest.approx(0.0)


def test_right_minus_left_of_many_landmarks() -> None:
    values = np.arange(12.0).reshape(2, 3, 2)
    np.testing.assert_array_equal(s.right_minus_left(values), np.full((2, 3), -1.0))


def test_side_error_difference() -> None:
    reference = np.zeros((4, 1, 2))
    estimate = reference + np.array([[0.03, -0.01]])
    assert s.side_error_difference(reference, estimate) == pytest.approx([0.04])
    assert s.side_error_difference(reference, reference) == 0.0
    estimate[0, 0, 0] = np.nan  # the left side still has all its frames
    estimate[0, 0, 1] = -0.05
    assert s.side_error_difference(reference, estimate) == pytest.approx([0.03 + 0.02])
    with pytest.warns(UndefinedMetricWarning):
        assert np.isnan(s.side_error_difference(reference, reference * np.nan))
    with pytest.raises(ValueRangeError, match="both sides"):
        s.side_error_difference(np.zeros((4, 1)), np.zeros((4, 1)))


def test_error_at_events() -> None:
    times = np.array([0.0, 1.0, 2.0])
    errors = s.error_at_events([0.0, 0.0, 0.0], [0.0, 0.2, 0.1], times, [1.0, 1.5])
    np.testing.assert_allclose(errors, [0.2, 0.15])
    np.testing.assert_allclose(s.error_at_events([1.0, 2, 3], [1.0, 2, 3], times, 0.3), [0.0])
    with pytest.raises(ValueRangeError, match=r"event at 2\.1 s lies outside"):
        s.error_at_events(np.zeros(3), np.zeros(3), times, [0.5, 2.1])
    with pytest.raises(ValueRangeError, match="do not fit"):
        s.error_at_events(np.zeros(3), np.zeros(3), times[:2], [0.5])
    with pytest.warns(UndefinedMetricWarning, match="beside the event"):
        found = s.error_at_events([0, np.nan, 0], [1.0, 1, 1], times, [0.5, 2.0])
    np.testing.assert_array_equal(found, [np.nan, 1.0])


def test_leg_length_ratio() -> None:
    right = np.array([[0, 0.90, 0], [0, 0.48, 0], [0, 0.08, 0.0]])
    left = np.array([[0, 0.90, 0], [0.40, 0.90, 0], [0.40, 0.90, 0.40]])  # bent: lengths count
    ratio = s.leg_length_ratio(right, left)
    assert ratio == pytest.approx((105.0, 100.0, 102.5))
    assert s.leg_length_ratio(left, left) == (100.0, 100.0, 100.0)
    assert s.leg_length_ratio(left, right).femur == pytest.approx(100 / 1.05)
    for illegal in (right[:2], np.where(right == 0.48, np.nan, right), right[[0, 0, 2]]):
        with pytest.raises(ValueRangeError):
            s.leg_length_ratio(right, illegal)
        with pytest.raises(ValueRangeError):
            s.leg_length_ratio(illegal, right)
