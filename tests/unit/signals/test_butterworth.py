"""The Butterworth filter against its analytic gain."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.errors import CleaningError, ValueRangeError
from kinebench.signals.butterworth import butterworth, corrected_cutoff, shortest_run

RATE = 100.0


def gain(frequency_hz: float, cutoff_hz: float, order: int, corrected: bool = False) -> float:
    """Amplitude that is left of a sine, measured away from the ends, phase included."""
    t = np.arange(3000) / RATE
    wave = np.sin(2 * np.pi * frequency_hz * t)
    filtered = butterworth(wave, RATE, cutoff_hz, order, corrected)[1000:2000]
    return float(filtered @ wave[1000:2000] / (wave[1000:2000] @ wave[1000:2000]))


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("frequency", [2.0, 6.0, 20.0])
def test_two_passes_square_the_gain_without_lag(order: int, frequency: float) -> None:
    ratio = np.tan(np.pi * frequency / RATE) / np.tan(np.pi * 6.0 / RATE)
    assert gain(frequency, 6.0, order) == pytest.approx(1 / (1 + ratio ** (2 * order)), abs=2e-4)


@pytest.mark.parametrize("order", [1, 2, 4])
def test_correction_puts_minus_3_db_at_the_cutoff(order: int) -> None:
    assert gain(6.0, 6.0, order) == pytest.approx(0.5, abs=1e-4)
    assert gain(6.0, 6.0, order, corrected=True) == pytest.approx(np.sqrt(0.5), abs=1e-4)


def test_corrected_cutoff_of_order_2_is_winters_factor_at_low_frequencies() -> None:
    assert corrected_cutoff(1.0, 10000.0, 2) == pytest.approx(1 / 0.802, rel=1e-3)
    assert corrected_cutoff(49.0, RATE, 2) < RATE / 2


def test_each_column_may_have_its_own_cutoff() -> None:
    signal = np.random.default_rng(1).normal(size=(200, 2, 3))
    cutoffs = np.array([[3.0, 6.0, 9.0], [6.0, 6.0, 12.0]])
    filtered = butterworth(signal, RATE, cutoffs)
    for marker, axis in np.ndindex(2, 3):
        alone = butterworth(signal[:, marker, axis], RATE, cutoffs[marker, axis])
        np.testing.assert_allclose(filtered[:, marker, axis], alone, atol=1e-14)


def test_gaps_stay_and_nothing_crosses_them() -> None:
    signal = np.random.default_rng(1).normal(size=60)
    signal[30:33] = np.nan
    filtered = butterworth(signal, RATE, 6.0)
    np.testing.assert_array_equal(np.isnan(filtered), np.isnan(signal))
    np.testing.assert_allclose(filtered[:30], butterworth(signal[:30], RATE, 6.0))
    np.testing.assert_allclose(filtered[33:], butterworth(signal[33:], RATE, 6.0))


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_the_shortest_run_is_one_frame_more_than_the_padding(order: int) -> None:
    enough = shortest_run(order)
    assert butterworth(np.arange(float(enough)), RATE, 6.0, order).shape == (enough,)
    with pytest.raises(CleaningError, match=f"needs {enough} frames in a row"):
        butterworth(np.arange(enough - 1.0), RATE, 6.0, order)


def test_padding_is_that_of_the_design() -> None:
    from scipy.signal import butter, sosfiltfilt

    signal = np.random.default_rng(0).normal(size=80)
    for order in (1, 2, 3, 4):
        sections = butter(order, 6.0, fs=RATE, output="sos")
        np.testing.assert_allclose(
            butterworth(signal, RATE, 6.0, order), sosfiltfilt(sections, signal), atol=1e-12
        )


def test_a_cutoff_at_nyquist_is_refused() -> None:
    for cutoff in (50.0, 60.0):
        with pytest.raises(CleaningError, match=r"below 50 Hz \(Nyquist\)"):
            butterworth(np.zeros(50), RATE, cutoff)
    butterworth(np.zeros(50), RATE, 49.9)


@pytest.mark.parametrize(
    ("cutoff", "order", "message"),
    [
        (0.0, 2, "above 0 Hz"),
        (np.nan, 2, "above 0 Hz"),
        (6.0, 0, "order"),
        ([6.0, 6.0], 2, "shape"),
    ],
)
def test_illegal_parameters_are_refused(cutoff: float, order: int, message: str) -> None:
    with pytest.raises(ValueRangeError, match=message):
        butterworth(np.zeros((50, 3)), RATE, cutoff, order)
