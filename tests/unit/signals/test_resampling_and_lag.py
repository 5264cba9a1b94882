"""Resampling and lags against signals that are known at every time."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.errors import AlignmentError, KinebenchWarning, ValueRangeError
from kinebench.signals.lag import lag_by_correlation
from kinebench.signals.resampling import even_times, resample

nan = np.nan


def test_even_times_reach_the_last_frame() -> None:
    times = np.round(np.arange(61) / 60, 3)
    np.testing.assert_allclose(even_times(times, 60.0), np.arange(61) / 60)
    np.testing.assert_allclose(even_times(times, 100.0)[[0, -1]], [0.0, 1.0])
    assert len(even_times([0.0, 0.55], 10.0)) == 6
    assert even_times([2.0], 10.0) == pytest.approx([2.0])


def test_cubic_resampling_reproduces_a_cubic() -> None:
    t, new = np.arange(20.0), np.linspace(0, 19, 53)
    np.testing.assert_allclose(resample(t**3, t, new), new**3, atol=1e-8)
    np.testing.assert_allclose(resample(3 * t, t, new, "linear"), 3 * new, atol=1e-12)


def test_pchip_does_not_overshoot() -> None:
    step = np.repeat([0.0, 1.0], 5)
    t, new = np.arange(10.0), np.linspace(0, 9, 91)
    assert resample(step, t, new, "pchip").max() <= 1.0
    assert resample(step, t, new, "cubic").max() > 1.01


def test_gaps_stay_gaps() -> None:
    t = np.arange(8.0)
    values = np.array([0.0, 1, 2, nan, 4, 5, 6, 7])
    new = np.array([1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5])
    np.testing.assert_allclose(
        resample(values, t, new, "linear"), [1.5, 2.0, nan, nan, nan, 4.0, 4.5]
    )


def test_outside_and_single_frames() -> None:
    assert np.isnan(resample([1.0, 2.0], [0.0, 1.0], [-0.5, 1.5])).all()
    np.testing.assert_allclose(resample([1.0, 2.0], [0.0, 1.0], [1.005]), [2.0])
    np.testing.assert_array_equal(
        resample([nan, 5.0, nan], [0.0, 1.0, 2.0], [0.5, 1.0, 1.5]), [nan, 5.0, nan]
    )


def test_resampling_refuses() -> None:
    with pytest.raises(ValueRangeError, match="'nearest'"):
        resample([1.0], [0.0], [0.0], "nearest")  # type: ignore[arg-type]
    with pytest.raises(ValueRangeError, match="strictly increasing"):
        resample([1.0, 2.0], [0.0, 0.0], [0.0])


def movement(t: np.ndarray) -> np.ndarray:
    bump = np.exp(-(((t - 2.0) / 0.3) ** 2))
    return np.stack([np.sin(1.3 * t) + bump, 0.2 * np.cos(2 * t) - bump], axis=1)


@pytest.mark.parametrize("lag_s", [0.0, 0.25, -0.4, 0.01234, -0.105])
def test_lag_is_found_below_a_frame(lag_s: float) -> None:
    t = np.arange(300) / 60
    found = lag_by_correlation(movement(t), movement(t - lag_s), 60.0, 0.6)
    assert found == pytest.approx(lag_s, abs=2e-4)


def test_lag_of_a_late_peak_is_positive() -> None:
    t = np.arange(300) / 60
    early, late = movement(t)[:, 0], movement(t - 0.2)[:, 0]
    assert np.argmax(late) > np.argmax(early)
    assert lag_by_correlation(early, late, 60.0, 0.5) > 0.19


def test_lag_with_noise_offset_scale_gaps_and_other_length() -> None:
    t = np.arange(300) / 60
    rng = np.random.default_rng(0)
    estimate = 0.8 * movement(t - 0.123)[:270] + 5.0 + rng.normal(scale=0.02, size=(270, 2))
    estimate[40:60, 0] = nan
    estimate[200:203] = nan
    found = lag_by_correlation(movement(t), estimate, 60.0, 0.5)
    assert found == pytest.approx(0.123, abs=0.003)


def test_lag_without_overlap_or_movement_is_an_error() -> None:
    with pytest.raises(AlignmentError, match="must move and overlap"):
        lag_by_correlation(np.ones(50), np.ones(50), 60.0, 0.1)
    with pytest.raises(AlignmentError, match="must move and overlap"):
        lag_by_correlation(np.arange(5.0), np.arange(5.0), 60.0, 0.1)


def test_lag_at_the_limit_warns() -> None:
    t = np.arange(300) / 60
    with pytest.warns(KinebenchWarning, match="largest that was tried"):
        lag_by_correlation(movement(t), movement(t - 0.5), 60.0, 0.2)


def test_lag_of_zero_reach_and_bad_arguments() -> None:
    t = np.arange(300) / 60
    assert lag_by_correlation(movement(t), movement(t - 0.5), 60.0, 0.0) == 0.0
    with pytest.raises(ValueRangeError, match="as many columns"):
        lag_by_correlation(movement(t), t, 60.0, 0.1)
    with pytest.raises(ValueRangeError, match="0 s or more"):
        lag_by_correlation(t, t, 60.0, -0.1)


def test_a_lag_with_little_overlap_is_not_believed() -> None:
    t = np.arange(60) / 60
    reference = np.random.default_rng(0).normal(size=60)
    estimate = np.concatenate([reference[-12:], np.cos(40 * t[12:])])
    # the last 12 frames fit perfectly at −48 frames, but are less than half
    found = lag_by_correlation(reference, estimate, 60.0, 0.9)
    assert abs(found) <= 0.5
