"""Local polynomials, medians, splines and the Kalman smoother."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.errors import CleaningError, ValueRangeError
from kinebench.signals.kalman import KalmanNoise, estimate_noise, kalman_smooth
from kinebench.signals.smoothing import median, savitzky_golay, smoothing_spline, spline_penalty

RATE = 60.0
T = np.arange(240) / RATE
TRUTH = np.stack([0.3 * np.sin(2 * np.pi * 0.7 * T), 0.1 * np.cos(2 * np.pi * 1.5 * T)], axis=1)


@pytest.fixture(scope="module")
def noisy() -> np.ndarray:
    return TRUTH + np.random.default_rng(5).normal(scale=0.01, size=TRUTH.shape)


def rmse(estimate: np.ndarray) -> float:
    return float(np.sqrt(np.mean((estimate - TRUTH) ** 2)))


def test_savitzky_golay_keeps_polynomials_of_its_degree_up_to_the_ends() -> None:
    cubic = 2 * T**3 - T
    np.testing.assert_allclose(savitzky_golay(cubic, 15, 3), cubic, atol=1e-9)
    assert np.abs(savitzky_golay(cubic, 61, 2) - cubic).max() > 1e-2


def test_median_removes_spikes_and_keeps_edges() -> None:
    step = np.repeat([0.0, 1.0], 20)
    spiked = step.copy()
    spiked[[7, 30]] = 9.0
    np.testing.assert_array_equal(median(spiked, 5), step)


def test_median_follows_a_ramp_up_to_its_ends() -> None:
    ramp = np.arange(12.0)
    np.testing.assert_array_equal(median(ramp, 7), ramp)
    np.testing.assert_array_equal(median(ramp[:3], 7), ramp[:3])
    np.testing.assert_array_equal(median([3.0, 9.0, 4.0, 5.0, 5.5], 3), [3, 4, 5, 5, 5.5])


@pytest.mark.parametrize("window", [4, 0, -3])
def test_windows_must_be_odd(window: int) -> None:
    with pytest.raises(ValueRangeError, match="odd"):
        median(T, window)
    with pytest.raises(ValueRangeError, match="odd"):
        savitzky_golay(T, window)


def test_a_window_must_exceed_the_degree_and_fit_the_run() -> None:
    with pytest.raises(ValueRangeError, match="degree 5"):
        savitzky_golay(T, 5, 5)
    with pytest.raises(CleaningError, match="needs 11 frames"):
        savitzky_golay(T[:10], 11)
    np.testing.assert_array_equal(savitzky_golay(T[:10], 11, short_runs="keep"), T[:10])


@pytest.mark.parametrize("penalty", [0.01, 3.0, 1e4])
def test_spline_agrees_with_scipy(noisy: np.ndarray, penalty: float) -> None:
    from scipy.interpolate import make_smoothing_spline

    frames = np.arange(len(noisy), dtype=float)
    expected = make_smoothing_spline(frames, noisy[:, 0], lam=penalty)(frames)
    np.testing.assert_allclose(smoothing_spline(noisy[:, 0], penalty), expected, atol=1e-8)


def test_cross_validated_spline_agrees_with_scipys(noisy: np.ndarray) -> None:
    from scipy.interpolate import make_smoothing_spline

    frames = np.arange(len(noisy), dtype=float)
    for column in range(2):
        expected = make_smoothing_spline(frames, noisy[:, column])(frames)
        found = smoothing_spline(noisy[:, column])
        # the minimum is flat: within a twentieth of the noise
        assert np.abs(found - expected).max() < 5e-4


@pytest.mark.parametrize("penalty", [0.1, 10.0, 1e4])
def test_trace_of_the_transfer_function_is_that_of_the_smoother(penalty: float) -> None:
    from kinebench.signals.smoothing import _gcv

    n = 120
    smoother = smoothing_spline(np.eye(n), penalty)
    y = np.random.default_rng(0).normal(size=(n, 1))
    rss = float(np.sum((y - smoother @ y) ** 2))
    exact = n * rss / (n - np.trace(smoother)) ** 2
    assert _gcv(y, penalty)[0] == pytest.approx(exact, rel=1e-2)


def test_spline_penalty_grows_with_the_noise() -> None:
    noise = np.random.default_rng(2).normal(size=TRUTH.shape)
    little, much = spline_penalty(TRUTH + 1e-3 * noise), spline_penalty(TRUTH + 3e-2 * noise)
    assert (much > 3 * little).all()


def test_extreme_penalties() -> None:
    y = np.random.default_rng(2).normal(size=40)
    np.testing.assert_allclose(smoothing_spline(y, 0.0), y)
    line = np.polyval(np.polyfit(np.arange(40), y, 1), np.arange(40))
    np.testing.assert_allclose(smoothing_spline(y, 1e12), line, atol=1e-4)
    with pytest.raises(ValueRangeError, match="penalty"):
        smoothing_spline(y, -1.0)


def test_smoothers_reduce_the_error(noisy: np.ndarray) -> None:
    before = rmse(noisy)
    assert rmse(savitzky_golay(noisy, 21)) < 0.55 * before
    assert rmse(smoothing_spline(noisy)) < 0.5 * before
    assert rmse(kalman_smooth(noisy, RATE, estimate_noise(noisy, RATE))) < 0.5 * before


def test_estimated_measurement_noise_is_the_true_one(noisy: np.ndarray) -> None:
    assert estimate_noise(noisy, RATE).measurement == pytest.approx(0.01, rel=0.1)
    known = estimate_noise(noisy, RATE, measurement=0.01)
    assert known.measurement == 0.01
    assert known.jerk_density == pytest.approx(estimate_noise(noisy, RATE).jerk_density, rel=1.0)


def test_estimated_noise_scales_with_the_signal(noisy: np.ndarray) -> None:
    one, ten = estimate_noise(noisy, RATE), estimate_noise(10 * noisy, RATE)
    assert ten.measurement == pytest.approx(10 * one.measurement, rel=1e-2)
    assert ten.jerk_density == pytest.approx(100 * one.jerk_density, rel=0.1)


def test_kalman_smoother_solves_the_least_squares_problem() -> None:
    """The smoothed path minimises Σ (y − Hx)² + Σ ‖x' − F x‖² weighted by Q⁻¹ / ratio."""
    from kinebench.signals.kalman import _DIFFUSE, _F, _Q

    y = np.random.default_rng(4).normal(size=25)
    noise = KalmanNoise(jerk_density=50.0, measurement=0.1)
    ratio = 50.0 / (10.0**5 * 0.01)
    assert noise.ratio(10.0) == pytest.approx(ratio)
    n = len(y)
    root = np.linalg.cholesky(np.linalg.inv(ratio * _Q)).T
    rows, right = [], []
    for frame in range(n):
        row = np.zeros(3 * n)
        row[3 * frame] = 1.0
        rows.append(row[None])
        right.append([y[frame]])
        if frame > 0:
            block = np.zeros((3, 3 * n))
            block[:, 3 * frame : 3 * frame + 3] = root
            block[:, 3 * frame - 3 : 3 * frame] = -root @ _F
            rows.append(block)
            right.append([0.0, 0.0, 0.0])
    prior = np.zeros((3, 3 * n))
    prior[:, :3] = np.eye(3) / np.sqrt(_DIFFUSE)
    rows.append(prior)
    right.append([y[0] / np.sqrt(_DIFFUSE), 0.0, 0.0])
    solution = np.linalg.lstsq(np.concatenate(rows), np.concatenate(right), rcond=None)[0]
    np.testing.assert_allclose(kalman_smooth(y, 10.0, noise), solution[::3], atol=1e-6)


def test_kalman_gaps_stay_but_the_model_runs_through_them() -> None:
    parabola = 2.0 * T**2 - T
    gappy = parabola.copy()
    gappy[100:130] = np.nan
    smoothed = kalman_smooth(gappy, RATE, KalmanNoise(1.0, 0.01))
    np.testing.assert_array_equal(np.isnan(smoothed), np.isnan(gappy))
    present = ~np.isnan(gappy)
    np.testing.assert_allclose(smoothed[present], parabola[present], atol=1e-5)


def test_kalman_columns_with_gaps_of_their_own_do_not_touch_others(noisy: np.ndarray) -> None:
    noise = KalmanNoise(10.0, 0.01)
    gappy = noisy.copy()
    gappy[:30, 0] = np.nan
    np.testing.assert_allclose(
        kalman_smooth(gappy, RATE, noise)[:, 1], kalman_smooth(noisy[:, 1], RATE, noise), atol=1e-12
    )


def test_kalman_refuses_what_it_cannot_do() -> None:
    with pytest.raises(ValueRangeError, match="above 0"):
        KalmanNoise(0.0, 1.0)
    with pytest.raises(CleaningError, match="3 frames or more"):
        kalman_smooth([1.0, 2.0], RATE, KalmanNoise(1.0, 1.0))
    with pytest.raises(CleaningError, match="more than three"):
        estimate_noise([1.0, 2.0, 3.0], RATE)
