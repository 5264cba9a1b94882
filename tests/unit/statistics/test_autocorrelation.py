"""Intervals for the mean of one waveform, on series whose truth is known."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy import stats
from scipy.signal import lfilter

from kinebench.errors import KinebenchWarning, ValueRangeError
from kinebench.statistics.autocorrelation import (
    autocorrelation,
    block_bootstrap_mean,
    block_length,
    effective_size_mean,
    independent_mean_interval,
)


def autoregressive(rng: np.random.Generator, n: int, rho: float) -> np.ndarray:
    """Stationary AR(1), variance 1."""
    shocks = rng.normal(0, np.sqrt(1 - rho**2), n)
    shocks[0] = rng.normal()
    return np.asarray(lfilter([1.0], [1.0, -rho], shocks))


def test_autocorrelation_by_definition() -> None:
    series = np.array([1.0, 4.0, 2.0, 5.0, 8.0])
    centred = series - 4
    expected = [centred[: 5 - lag] @ centred[lag:] for lag in range(5)]
    np.testing.assert_allclose(autocorrelation(series), np.divide(expected, 30.0), atol=1e-12)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_effective_size_of_an_autoregressive_series(rho: float) -> None:
    """n (1 - rho) / (1 + rho)."""
    series = autoregressive(np.random.default_rng(0), 50_000, rho)
    found = effective_size_mean(series)
    assert found.n_effective == pytest.approx(50_000 * (1 - rho) / (1 + rho), rel=0.1)
    assert found.n == 50_000


@pytest.mark.parametrize(("n", "rho"), [(100, 0.8), (400, 0.95)])
def test_coverage(n: int, rho: float) -> None:
    """Nominal 95 %: the intervals come close where independence fails badly."""
    rng = np.random.default_rng(1)
    hits = np.zeros(3)
    for seed in range(300):
        series = autoregressive(rng, n, rho)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", KinebenchWarning)
            blocks = block_bootstrap_mean(series, seed=seed, n_resamples=300)
        hits += [
            0.0 in effective_size_mean(series).interval,
            0.0 in blocks.interval,
            0.0 in independent_mean_interval(series),
        ]
    effective, resampled, independent = hits / 300
    assert effective > 0.85
    assert resampled > 0.70
    assert independent < 0.55


def test_independent_errors_lose_nothing() -> None:
    series = np.random.default_rng(5).normal(size=400)
    expected = stats.ttest_1samp(series, 0).confidence_interval()
    found = effective_size_mean(series)
    assert found.n_effective > 300
    assert found.interval.width == pytest.approx(expected.high - expected.low, rel=0.15)
    blocks = block_bootstrap_mean(series, seed=0)
    assert blocks.interval.width == pytest.approx(expected.high - expected.low, rel=0.15)


def test_alternating_errors_are_not_rewarded() -> None:
    found = effective_size_mean(np.tile([1.0, -1.0], 20))
    assert found.n_effective == 40
    assert found.interval.width == pytest.approx(2 * stats.t.ppf(0.975, 39) * (40 / 39 / 40) ** 0.5)


def test_waveform_of_a_squat_holds_few_independent_values() -> None:
    series = 3 + np.sin(np.linspace(0, 2 * np.pi, 100))
    found = effective_size_mean(series)
    assert found.n_effective < 6
    assert found.interval.width > 5 * independent_mean_interval(series).width


def test_published_interval_of_frames() -> None:
    """1.96 population standard deviations over sqrt(100), as lbmc-markerless-benchmark has it."""
    series = np.sin(np.arange(100.0))
    found = independent_mean_interval(series)
    assert found.width / 2 == pytest.approx(1.96 * series.std() / 10, rel=2e-5)


def test_block_length_grows_with_correlation() -> None:
    rng = np.random.default_rng(2)
    lengths = [block_length(autoregressive(rng, 2000, rho)) for rho in (0.0, 0.5, 0.9)]
    assert lengths[0] <= 4
    assert lengths[0] < lengths[1] < lengths[2]


@pytest.mark.parametrize("rho", [0.5, 0.8])
def test_block_length_of_an_autoregressive_series(rho: float) -> None:
    """(2 g^2 / D)^(1/3) n^(1/3) with the true g / f = 2 rho / (1 - rho^2)."""
    rng = np.random.default_rng(3)
    n = 4000
    found = np.mean([block_length(autoregressive(rng, n, rho)) for _ in range(20)])
    ratio = 2 * rho / (1 - rho**2)
    assert found == pytest.approx((1.5 * ratio**2) ** (1 / 3) * n ** (1 / 3), rel=0.15)


def test_blocks_of_one_frame_are_the_plain_bootstrap() -> None:
    series = np.random.default_rng(6).normal(2.0, 1.0, 200)
    found = block_bootstrap_mean(series, seed=0, length=1, n_resamples=20_000)
    plain = stats.bootstrap((series,), np.mean, method="percentile", rng=1).confidence_interval
    assert found.interval.low == pytest.approx(plain.low, abs=0.01)
    assert found.interval.high == pytest.approx(plain.high, abs=0.01)


def test_the_last_block_is_cut() -> None:
    """7 frames in blocks of 4: resampled means are those of 4 + 3 consecutive frames."""
    series = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0])
    ring = np.tile(series, 2)
    possible = {
        (ring[a : a + 4].sum() + ring[b : b + 3].sum()) / 7 for a in range(7) for b in range(7)
    }
    with pytest.warns(KinebenchWarning, match="only 2 blocks of 4 frames"):
        found = block_bootstrap_mean(series, seed=0, length=4, level=0.999)
    assert found.interval.low == pytest.approx(min(possible))
    assert found.interval.high == pytest.approx(max(possible))


@pytest.mark.filterwarnings("ignore:only 1 blocks")
def test_one_block_of_all_frames_has_no_width() -> None:
    series = np.random.default_rng(7).normal(size=50)
    found = block_bootstrap_mean(series, seed=0, length=50, n_resamples=100)
    assert found.interval.width == pytest.approx(0, abs=1e-12)


def test_constant_errors_have_no_width() -> None:
    series = np.full(50, 0.1)
    assert effective_size_mean(series).interval.width == 0
    assert effective_size_mean(series).n_effective == 50
    assert block_bootstrap_mean(series, seed=0, n_resamples=100).interval.width == 0
    assert autocorrelation(series).tolist() == [1.0] + [0.0] * 49
    assert block_length(series) == 1


def test_settings_are_recorded() -> None:
    series = np.random.default_rng(7).normal(size=100)
    found = block_bootstrap_mean(series, seed=9, length=5, n_resamples=150, level=0.8)
    assert (found.seed, found.block_length, found.n_resamples, found.n) == (9, 5, 150, 100)
    assert found.interval.level == 0.8


def test_what_is_refused() -> None:
    series = np.arange(20.0)
    for length in (0, 21):
        with pytest.raises(ValueRangeError, match=f"1 to 20 frames, found {length}"):
            block_bootstrap_mean(series, seed=0, length=length)
    with pytest.raises(ValueRangeError, match="at least 100"):
        block_bootstrap_mean(series, seed=0, n_resamples=10)
    with pytest.raises(ValueRangeError, match="at least 2 row"):
        effective_size_mean([1.0])
    with pytest.raises(ValueRangeError, match="NaN"):
        autocorrelation([1.0, np.nan])
