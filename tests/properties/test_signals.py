"""Laws that every smoother, gap filler and resampler obeys."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinebench.signals.butterworth import butterworth
from kinebench.signals.gaps import fill_gaps, longest_gap
from kinebench.signals.kalman import KalmanNoise, kalman_smooth
from kinebench.signals.lag import lag_by_correlation, lag_by_slope
from kinebench.signals.outliers import hampel_outliers
from kinebench.signals.resampling import even_times, resample
from kinebench.signals.smoothing import median, savitzky_golay, smoothing_spline

RATE = 60.0
Smoother = Callable[[np.ndarray], np.ndarray]
SMOOTHERS: dict[str, Smoother] = {
    "butterworth": lambda x: butterworth(x, RATE, 6.0),
    "butterworth, corrected": lambda x: butterworth(x, RATE, 6.0, 1, corrected=True),
    "savitzky-golay": lambda x: savitzky_golay(x, 11),
    "median": lambda x: median(x, 5),
    "spline": lambda x: smoothing_spline(x, 10.0),
    "spline, cross-validated": smoothing_spline,
    "kalman": lambda x: kalman_smooth(x, RATE, KalmanNoise(100.0, 0.01)),
}
LINEAR = [name for name in SMOOTHERS if name not in ("median", "spline, cross-validated")]

values = st.floats(-3, 3).map(lambda v: round(v, 4))
signals = arrays(float, st.tuples(st.integers(20, 60), st.integers(1, 3)), elements=values)
some_gaps = st.lists(st.integers(0, 59), max_size=4)


@pytest.mark.parametrize("name", SMOOTHERS)
@given(level=values, n=st.integers(16, 50))
@settings(max_examples=10)
def test_constants_are_preserved(name: str, level: float, n: int) -> None:
    constant = np.full((n, 2, 3), level)
    np.testing.assert_allclose(SMOOTHERS[name](constant), constant, atol=1e-6)


@pytest.mark.parametrize("name", SMOOTHERS)
@given(signal=signals)
@settings(max_examples=10, deadline=None)
def test_shape_is_kept_and_the_input_untouched(name: str, signal: np.ndarray) -> None:
    before = signal.copy()
    smoothed = SMOOTHERS[name](signal)
    assert smoothed.shape == signal.shape
    assert np.isfinite(smoothed).all()
    np.testing.assert_array_equal(signal, before)


@pytest.mark.parametrize("name", SMOOTHERS)
@given(signal=signals)
@settings(max_examples=8, deadline=None)
def test_gaps_stay_gaps_and_other_columns_are_not_touched(name: str, signal: np.ndarray) -> None:
    longer = np.concatenate([signal, signal[::-1]])
    gappy = longer.copy()
    gappy[len(signal)] = np.nan
    mixed = np.concatenate([gappy, longer], axis=1)
    smoothed = SMOOTHERS[name](mixed)
    np.testing.assert_array_equal(np.isnan(smoothed), np.isnan(mixed))
    np.testing.assert_allclose(smoothed[:, longer.shape[1] :], SMOOTHERS[name](longer), atol=1e-9)


@pytest.mark.parametrize("name", LINEAR)
@given(signal=signals, scale=values, level=values)
@settings(max_examples=10, deadline=None)
def test_linear_smoothers_are_linear(
    name: str, signal: np.ndarray, scale: float, level: float
) -> None:
    changed = SMOOTHERS[name](scale * signal + level)
    np.testing.assert_allclose(changed, scale * SMOOTHERS[name](signal) + level, atol=1e-5)


@pytest.mark.parametrize("name", SMOOTHERS)
@given(signal=signals)
@settings(max_examples=10, deadline=None)
def test_zero_lag_means_time_may_run_backwards(name: str, signal: np.ndarray) -> None:
    if name.startswith("butterworth"):
        # forwards-backwards equals backwards-forwards only away from the ends
        signal = np.concatenate(
            [np.zeros((60, signal.shape[1])), signal, np.zeros((60, signal.shape[1]))]
        )
    backwards = SMOOTHERS[name](signal[::-1])[::-1]
    np.testing.assert_allclose(backwards, SMOOTHERS[name](signal), atol=1e-4)


@given(signal=signals, gaps=some_gaps, limit=st.integers(0, 5), ends=st.booleans())
def test_filling_keeps_what_is_there(
    signal: np.ndarray, gaps: list[int], limit: int, ends: bool
) -> None:
    gappy = signal.copy()
    gappy[[gap for gap in gaps if gap < len(signal)]] = np.nan
    filled = fill_gaps(gappy, longest=limit, ends=ends)
    present = ~np.isnan(gappy)
    np.testing.assert_array_equal(filled[present], gappy[present])
    assert np.nanmax(filled) <= np.nanmax(gappy)
    np.testing.assert_array_equal(fill_gaps(filled, longest=limit, ends=ends), filled)
    if longest_gap(gappy) <= limit and ends:
        assert np.isfinite(filled).all()


@given(signal=signals)
def test_outliers_do_not_depend_on_level_or_direction_of_time(signal: np.ndarray) -> None:
    marked = hampel_outliers(signal, 4, 3.0, smallest=0.05)
    np.testing.assert_array_equal(
        hampel_outliers(signal[::-1], 4, 3.0, smallest=0.05)[::-1], marked
    )


@given(signal=signals, method=st.sampled_from(["cubic", "pchip", "linear"]))
def test_resampling_to_the_same_times_changes_nothing(signal: np.ndarray, method: str) -> None:
    times = np.arange(len(signal)) / RATE
    np.testing.assert_allclose(
        resample(signal, times, even_times(times, RATE), method),  # type: ignore[arg-type]
        signal,
        atol=1e-9,
    )


@given(lag=st.floats(-0.3, 0.3), rate=st.sampled_from([30.0, 60.0, 100.0]))
@settings(max_examples=25, deadline=None)
def test_any_lag_is_found_and_changes_sign_with_the_roles(lag: float, rate: float) -> None:
    t = np.arange(int(5 * rate)) / rate
    one = np.sin(1.7 * t) + np.exp(-((t - 2.0) ** 2) / 0.1)
    other = np.sin(1.7 * (t - lag)) + np.exp(-((t - lag - 2.0) ** 2) / 0.1)
    assert abs(lag_by_correlation(one, other, rate, 0.5) - lag) < 1e-3
    assert abs(lag_by_correlation(other, one, rate, 0.5) + lag) < 1e-3


@given(lag_s=st.floats(-0.02, 0.02), seed=st.integers(0, 1000), rate=st.sampled_from([60.0, 100.0]))
def test_a_small_lag_is_found_by_the_slope(lag_s: float, seed: int, rate: float) -> None:
    rng = np.random.default_rng(seed)
    times = np.arange(0, 4, 1 / rate)
    phases, rates = rng.uniform(0, 2 * np.pi, 5), rng.uniform(0.2, 0.8, 5)

    def course(at: np.ndarray) -> np.ndarray:
        return np.sin(2 * np.pi * rates * at[:, None] + phases)

    found = lag_by_slope(course(times), course(times - lag_s), rate)
    assert abs(found - lag_s) <= 0.02 * abs(lag_s) + 1e-12


def test_a_lag_of_what_stands_still_is_none() -> None:
    assert lag_by_slope(np.ones((10, 2)), np.full((10, 2), 2.0), 60.0) == 0.0


def test_gaps_do_not_disturb_the_lag() -> None:
    times = np.arange(240) / 60
    reference, estimate = np.sin(times), np.sin(times - 0.01)
    reference[50:60] = np.nan
    assert abs(lag_by_slope(reference, estimate, 60.0) - 0.01) < 2e-4
