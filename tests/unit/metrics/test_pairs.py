"""Pairs of waveforms and angles that wrap."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.metrics.pairs import paired, without_wraps, wrapped_difference


def test_gaps_become_common() -> None:
    pair = paired([1.0, np.nan, 3.0], [1.0, 2.0, np.nan])
    assert pair.n == 1
    assert pair.present is not None
    assert pair.present.tolist() == [True, False, False]
    assert paired([1.0], [2.0]).present is None
    np.testing.assert_array_equal(np.isnan(pair.reference), [False, True, True])
    np.testing.assert_array_equal(np.isnan(pair.estimate), [False, True, True])


def test_error_is_estimate_minus_reference() -> None:
    np.testing.assert_array_equal(paired([1.0, 2.0], [3.0, 1.0]).error, [2.0, -1.0])


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [(0, 0), (179, 179), (180, 180), (181, -179), (-180, 180), (-181, 179), (540, 180), (720, 0)],
)
def test_wrapped_difference(degrees: float, expected: float) -> None:
    found = np.rad2deg(wrapped_difference(0.3, 0.3 + np.deg2rad(degrees)))
    # at the seam rounding decides which of the two names of one angle comes out
    assert found == pytest.approx(expected) or abs(degrees) % 360 == 180
    assert -180 - 1e-9 <= found <= 180 + 1e-9


def test_half_a_turn_is_positive() -> None:
    assert wrapped_difference(0.0, -np.pi) == pytest.approx(np.pi)


def test_without_wraps_follows_the_reference() -> None:
    truth = np.deg2rad([170.0, 178.0, 186.0, 194.0])
    reference = (truth + np.pi) % (2 * np.pi) - np.pi
    estimate = truth + np.deg2rad(2.0) - 4 * np.pi
    r, e = without_wraps(reference[:, None], estimate[:, None], np.array([True]))
    np.testing.assert_allclose(r[:, 0], truth)
    np.testing.assert_allclose(np.rad2deg(e - r), 2.0)


def test_without_wraps_leaves_other_columns_alone() -> None:
    reference = np.array([[3.0, 3.0], [-3.0, -3.0]])
    r, e = without_wraps(reference, reference - 7.0, np.array([False, True]))
    np.testing.assert_array_equal(r[:, 0], reference[:, 0])
    np.testing.assert_array_equal(e[:, 0], reference[:, 0] - 7.0)
    assert r[1, 1] == pytest.approx(-3.0 + 2 * np.pi)
    same_r, same_e = without_wraps(reference, reference, np.array([False, False]))
    assert same_r is reference
    assert same_e is reference


def test_without_wraps_keeps_gaps() -> None:
    reference = np.array([[3.0], [np.nan], [-3.0]])
    estimate = np.array([[3.1], [0.0], [np.nan]])
    r, e = without_wraps(reference, estimate, np.array([True]))
    assert r[2, 0] == pytest.approx(2 * np.pi - 3.0)
    assert e[0, 0] == pytest.approx(3.1)
    assert np.isnan(r[1, 0])
    assert np.isnan(e[1:, 0]).all()
    assert np.isnan(reference[1, 0])
    assert estimate[1, 0] == 0.0  # the input is untouched
