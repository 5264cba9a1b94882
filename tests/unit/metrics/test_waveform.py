"""What the four conformance tests do not see of waveform metrics."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from kinebench.metrics import UndefinedMetricWarning
from kinebench.metrics import extremes as x
from kinebench.metrics import similarity as s
from kinebench.metrics import waveform as w
from kinebench.metrics.undefined import nan_where


@pytest.fixture
def pair() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    reference = np.cumsum(rng.normal(size=(200, 4)), axis=0) / 10
    return reference, 0.8 * reference + 0.3 + 0.1 * rng.normal(size=(200, 4))


def test_against_scipy(pair: tuple[np.ndarray, np.ndarray]) -> None:
    """Correlation and straight line as scipy.stats has them."""
    reference, estimate = pair
    for column in range(4):
        line = stats.linregress(reference[:, column], estimate[:, column])
        assert s.pearson_r(reference, estimate)[column] == pytest.approx(line.rvalue)
        assert s.lfm_slope(reference, estimate)[column] == pytest.approx(line.slope)
        assert s.lfm_offset(reference, estimate)[column] == pytest.approx(line.intercept)
        assert s.lfm_r_squared(reference, estimate)[column] == pytest.approx(line.rvalue**2)


def test_offset_removed_rmse_is_the_population_sd(pair: tuple[np.ndarray, np.ndarray]) -> None:
    reference, estimate = pair
    expected = np.std(estimate - reference, axis=0)
    np.testing.assert_allclose(w.offset_removed_rmse(reference, estimate), expected)


@pytest.mark.parametrize("degrees", [0.99, 1.01])
def test_nrmse_needs_one_degree(degrees: float) -> None:
    reference = np.array([0.0, np.deg2rad(degrees)])
    if degrees < 1:
        with pytest.warns(UndefinedMetricWarning, match="too small"):
            assert np.isnan(w.nrmse(reference, reference + 0.1))
    else:
        assert w.nrmse(reference, reference + 0.1) == pytest.approx(0.1 / np.deg2rad(degrees))


def test_nrmse_takes_a_range_per_column() -> None:
    reference = np.array([[0.0, 0.0], [0.012, 0.012]])
    with pytest.warns(UndefinedMetricWarning) as caught:
        values = w.nrmse(reference, reference, np.array([w.MINIMUM_RANGE_RAD, w.MINIMUM_RANGE_M]))
    np.testing.assert_array_equal(values, [np.nan, 0.0])
    told = caught[0].message
    assert isinstance(told, UndefinedMetricWarning)
    assert told.columns.tolist() == [True, False]


def test_first_of_equal_errors_gives_the_time() -> None:
    assert w.time_of_max_error([0, 0, 0, 0], [0, -2, 2, 1], [0.0, 0.1, 0.2, 0.3]) == 0.1


def test_late_peak_is_positive() -> None:
    times = np.arange(100) / 100
    early, late = (np.exp(-(((times - at) / 0.1) ** 2)) for at in (0.4, 0.47))
    assert x.peak_timing_error(early, late, times) == pytest.approx(0.07)
    assert x.trough_timing_error(-early, -late, times) == pytest.approx(0.07)
    assert x.peak_timing_error(late, early, times) == pytest.approx(-0.07)


def test_timing_of_several_repetitions_is_undefined() -> None:
    """With a true lag of 30 ms and noise, the highest of three equal peaks is anywhere."""
    times = np.arange(900) / 100
    squats, late = (np.sin(np.pi * (times - lag) / 3) ** 2 for lag in (0.0, 0.03))
    noisy = late + 0.005 * np.random.default_rng(1).normal(size=900)
    with pytest.warns(UndefinedMetricWarning, match="two peaks alike$"):
        assert np.isnan(x.peak_timing_error(squats, noisy, times))
    with pytest.warns(UndefinedMetricWarning, match="two troughs alike"):
        assert np.isnan(x.trough_timing_error(squats, noisy, times))
    assert x.peak_timing_error(squats[:300], noisy[:300], times[:300]) == pytest.approx(
        0.03, abs=0.2
    )


def test_a_smaller_peak_beside_the_highest_leaves_it_the_highest() -> None:
    """As the knee in gait: flexion of 20° under load, of 60° in swing."""
    times = np.arange(110) / 100
    knee = 0.3 * np.exp(-(((times - 0.15) / 0.08) ** 2)) + np.exp(-(((times - 0.75) / 0.1) ** 2))
    assert x.peak_timing_error(knee, np.roll(knee, 3), times) == pytest.approx(0.03)


def test_extremes_look_at_common_frames_only() -> None:
    """A peak that the other side did not see is no error."""
    reference = np.array([0.0, 1.0, 9.0, 1.0])
    estimate = np.array([0.0, 1.0, np.nan, 1.0])
    assert x.peak_error(reference, estimate) == 0.0
    assert x.range_of_motion_error(reference, estimate) == 0.0


def test_determination_is_measured_against_identity() -> None:
    reference = np.array([0.0, 1.0, 2.0])
    assert s.coefficient_of_determination(reference, reference + 1) == pytest.approx(-0.5)
    assert s.r_squared(reference, reference + 1) == pytest.approx(1.0)
    assert s.coefficient_of_determination(reference, np.ones(3)) == pytest.approx(0.0)


def test_sprague_geers_separates_size_and_timing() -> None:
    phase = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    wave = np.sin(phase)
    assert s.sprague_geers_magnitude(wave, 1.2 * wave) == pytest.approx(0.2)
    assert s.sprague_geers_phase(wave, 1.2 * wave) == pytest.approx(0.0, abs=1e-7)
    assert s.sprague_geers_magnitude(wave, np.cos(phase)) == pytest.approx(0.0, abs=1e-12)
    assert s.sprague_geers_phase(wave, np.cos(phase)) == pytest.approx(0.5)
    assert s.sprague_geers_combined(wave, -1.2 * wave) == pytest.approx(np.hypot(0.2, 1.0))


def test_sprague_geers_of_nothing() -> None:
    for function in (s.sprague_geers_magnitude, s.sprague_geers_phase, s.sprague_geers_combined):
        with pytest.warns(UndefinedMetricWarning, match="zero throughout"):
            assert np.isnan(function(np.zeros(3), np.ones(3)))


@pytest.mark.parametrize("function", [s.pearson_r, s.r_squared, s.lfm_slope, s.lfm_offset])
def test_one_frame_is_too_few(function: Callable[..., np.ndarray]) -> None:
    with pytest.warns(UndefinedMetricWarning, match="fewer than two"):
        assert np.isnan(function([1.0], [2.0]))


def test_a_large_constant_is_flat() -> None:
    """Rounding of a big offset is no movement."""
    reference = np.full(50, 1e6) + 1e-10
    with pytest.warns(UndefinedMetricWarning, match="constant"):
        assert np.isnan(s.pearson_r(reference, np.arange(50.0)))


def test_small_movement_beside_a_large_estimate_is_no_constant() -> None:
    reference = np.array([0.0, 1e-3, 2e-3])
    assert s.lfm_slope(reference, 1e10 + 1e13 * reference) == pytest.approx(1e13)
    assert s.coefficient_of_determination(reference, reference + 1e10) < 0
    with pytest.warns(UndefinedMetricWarning, match="constant"):
        assert np.isnan(s.pearson_r(1e10 + 1e-7 * reference, reference))


def test_nan_where_keeps_the_first_reason_and_is_quiet_otherwise() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert nan_where(3.0, False, "rmse", "never") == 3.0
    with pytest.warns(UndefinedMetricWarning, match="rmse is NaN in 1 of 3 columns: odd"):
        values = nan_where([1.0, 2.0, 3.0], [False, True, False], "rmse", "odd")
    np.testing.assert_array_equal(values, [1.0, np.nan, 3.0])


@pytest.mark.parametrize(
    "function", [w.rmse, s.pearson_r, s.sprague_geers_magnitude, s.lfm_slope, s.lfm_r_squared]
)
def test_warning_points_at_the_caller(function: Callable[..., object]) -> None:
    with pytest.warns(UndefinedMetricWarning) as caught:
        function([np.nan], [1.0])
    assert caught[0].filename == __file__
