"""The mean of one trial's errors: coverage on slow errors, and trials too short for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats
from scipy.signal import lfilter

from kinebench.errors import ValueRangeError
from kinebench.lab.camera.noise import coloured
from kinebench.statistics.series import SHORTEST_S, series_mean

RATE_HZ = 60.0
TRIALS = 400

Process = Callable[[int, int], np.ndarray]


def slow(n: int, seed: int) -> np.ndarray:
    """The laboratory's slow keypoint errors, three axes of one keypoint: corner 0.7 Hz."""
    return coloured(np.arange(n) / RATE_HZ, 0.7, "coverage", seed)[:, 0]


def autoregressive(n: int, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal(n + 500)
    return lfilter([1.0], [1.0, -0.9], noise)[-n:]


def white(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(n)


def coverage(process: Process, duration_s: float) -> float:
    n = round(duration_s * RATE_HZ)
    return float(
        np.mean([0.0 in series_mean(process(n, k), RATE_HZ).interval for k in range(TRIALS)])
    )


@pytest.mark.parametrize("process", [slow, autoregressive, white])
@pytest.mark.parametrize("duration_s", [1.5, 3.0, 8.0])
def test_the_interval_covers_slow_and_fast_errors(process: Process, duration_s: float) -> None:
    # 400 trials: the count of a true 94 % lies within 3.5 % nearly always
    assert coverage(process, duration_s) > 0.905


def test_the_degrees_of_freedom_follow_the_duration() -> None:
    for seconds, expected in (
        (1.4, 0),
        (SHORTEST_S, 1),
        (3.0, 1),
        (4.0, 2),
        (15.0, 7),
        (600.0, 60),
    ):
        found = series_mean(white(round(seconds * RATE_HZ), 1), RATE_HZ)
        assert found.degrees_of_freedom == expected
        assert np.isnan(found.interval.low) == (expected == 0)


def test_one_cosine_by_hand() -> None:
    series = np.array([1.0, 4.0])
    found = series_mean(series, 4 / 3)
    # the cosine of half a period at a quarter and at three quarters: ± 1/√2
    half = stats.t.ppf(0.975, 1) * abs(np.sqrt(2) * np.mean(series * [1, -1]) / np.sqrt(2))
    assert (found.interval.low, found.interval.high) == pytest.approx((2.5 - half, 2.5 + half))


def test_a_constant_error_is_certain() -> None:
    found = series_mean(np.full(300, 0.25), RATE_HZ)
    assert (found.mean, found.interval.low, found.interval.high) == pytest.approx([0.25] * 3)


@pytest.mark.parametrize("rate_hz", [0.0, -1.0, np.nan, np.inf])
def test_a_rate_is_needed(rate_hz: float) -> None:
    with pytest.raises(ValueRangeError, match="rate_hz must be finite and above 0"):
        series_mean([1.0, 2.0], rate_hz)


def test_no_values_and_gaps_are_refused() -> None:
    with pytest.raises(ValueRangeError):
        series_mean([], RATE_HZ)
    with pytest.raises(ValueRangeError, match="must be finite"):
        series_mean([1.0, np.nan], RATE_HZ)
