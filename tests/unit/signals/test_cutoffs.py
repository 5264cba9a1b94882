"""Residual analysis and Challis' criterion on signals whose noise is known."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.errors import ValueRangeError
from kinebench.signals.butterworth import butterworth
from kinebench.signals.cutoffs import (
    autocorrelation_curve,
    cutoff_grid,
    filter_residuals,
    residual_curve,
    winter_cutoff,
)

RATE = 100.0
T = np.arange(800) / RATE
SIGMA = 0.01


@pytest.fixture(scope="module")
def truth() -> np.ndarray:
    slow = 0.2 * np.sin(2 * np.pi * 0.4 * T) + 0.05 * np.sin(2 * np.pi * 1.1 * T)
    fast = slow + 0.1 * np.sin(2 * np.pi * 5.0 * T)
    return np.stack([slow, fast], axis=1)


@pytest.fixture(scope="module")
def noisy(truth: np.ndarray) -> np.ndarray:
    return truth + np.random.default_rng(7).normal(scale=SIGMA, size=truth.shape)


def best_cutoffs(noisy: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Cut-offs of least true error, and twice those."""
    grid = cutoff_grid(RATE)
    errors = [np.sqrt(np.mean((butterworth(noisy, RATE, f) - truth) ** 2, axis=0)) for f in grid]
    return np.asarray(grid[np.argmin(errors, axis=0)])


def test_the_grid_stays_below_nyquist() -> None:
    grid = cutoff_grid(RATE)
    assert grid[0] == 0.5
    assert grid[-1] == pytest.approx(47.5)
    assert np.diff(grid) == pytest.approx(0.25, rel=0.01)
    assert len(cutoff_grid(1.0)) == 4
    assert cutoff_grid(1.0)[-1] < 0.5


def test_residuals_are_raw_minus_filtered(noisy: np.ndarray) -> None:
    residuals = filter_residuals(noisy, RATE, [3.0, 8.0])
    assert residuals.shape == (2, *noisy.shape)
    np.testing.assert_allclose(residuals[1], noisy - butterworth(noisy, RATE, 8.0), atol=1e-15)


def test_residuals_leave_out_gaps_and_short_runs(noisy: np.ndarray) -> None:
    gappy = noisy.copy()
    gappy[[5, 300], 0] = np.nan
    residuals = filter_residuals(gappy, RATE, [6.0], short_runs="keep")[0]
    assert np.isnan(residuals[:6, 0]).all()
    assert np.isnan(residuals[300, 0])
    assert np.isfinite(residuals[6:300, 0]).all()
    assert np.isfinite(residuals[:, 1]).all()


def test_winter_finds_noise_and_cutoff(noisy: np.ndarray, truth: np.ndarray) -> None:
    grid = cutoff_grid(RATE)
    curve = residual_curve(filter_residuals(noisy, RATE, grid), grid, (15.0, 35.0))
    assert curve.residuals.shape == (len(grid), 2)
    assert (curve.slopes < 0).all()
    np.testing.assert_allclose(curve.intercepts, SIGMA, rtol=0.2)
    assert curve.cutoff_hz[1] > curve.cutoff_hz[0]
    best = best_cutoffs(noisy, truth)
    assert (curve.cutoff_hz > 0.4 * best).all()
    assert (curve.cutoff_hz < 1.6 * best).all()


def test_winter_on_curves_made_by_hand() -> None:
    f = np.arange(1.0, 11.0)
    line = 1.0 - 0.1 * f
    curve = np.stack([np.maximum(line, 4.0 - f), line, np.full(10, 0.0), 5.0 - 0.0 * f], axis=1)
    slopes, intercepts, cutoffs = winter_cutoff(curve, f, (6.0, 10.0))
    np.testing.assert_allclose(slopes, [-0.1, -0.1, 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(intercepts, [1.0, 1.0, 0.0, 5.0], atol=1e-9)
    # 4 − f meets the intercept 1 at 3 Hz; noise and nothing get the lowest cut-off tried
    np.testing.assert_allclose(cutoffs[:3], [3.0, 1.0, 1.0], atol=1e-9)


def test_winter_needs_a_line() -> None:
    f = np.arange(1.0, 11.0)
    with pytest.raises(ValueRangeError, match="two cut-offs or more between 20 and 30 Hz"):
        winter_cutoff(np.ones(10), f, (20.0, 30.0))


def test_pooled_residuals_are_the_rms_over_columns(noisy: np.ndarray) -> None:
    grid = cutoff_grid(RATE, step_hz=2.0)
    residuals = filter_residuals(noisy, RATE, grid)
    single = residual_curve(residuals, grid, (15.0, 35.0))
    pooled = residual_curve(residuals, grid, (15.0, 35.0), pool=(2,))
    expected = np.sqrt((single.residuals**2).mean(axis=1))
    np.testing.assert_allclose(pooled.residuals, expected, rtol=1e-12)
    assert pooled.cutoff_hz.shape == ()


def test_challis_comes_close_to_the_best_cutoff(noisy: np.ndarray, truth: np.ndarray) -> None:
    grid = cutoff_grid(RATE, highest=0.5)
    curve = autocorrelation_curve(filter_residuals(noisy, RATE, grid), grid)
    assert curve.scores.shape == (len(grid), 2)
    best = best_cutoffs(noisy, truth)
    assert (curve.cutoff_hz > 0.5 * best).all()
    assert (curve.cutoff_hz < 2.0 * best).all()
    assert curve.cutoff_hz[1] > curve.cutoff_hz[0]


def test_challis_scores_are_sums_of_absolute_autocorrelations(noisy: np.ndarray) -> None:
    residuals = filter_residuals(noisy[:, :1], RATE, [6.0])
    x = residuals[0, :, 0]
    full = np.correlate(x, x, mode="full") / (x @ x)
    score = autocorrelation_curve(residuals, np.array([6.0])).scores[0, 0]
    assert score == pytest.approx(np.abs(full).sum())


def test_a_constant_signal_has_cutoffs_too() -> None:
    grid = cutoff_grid(RATE, step_hz=2.0)
    residuals = filter_residuals(np.ones((100, 1)), RATE, grid) * 0.0
    assert autocorrelation_curve(residuals, grid, pool=(2,)).cutoff_hz == grid[0]
    assert residual_curve(residuals, grid, (15.0, 35.0)).cutoff_hz[0] == grid[0]
