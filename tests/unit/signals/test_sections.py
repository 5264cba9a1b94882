"""Sections in blocks against scipy's design and its filter, frame by frame."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.signals.sections import forwards_and_backwards, low_pass_sections


@given(
    order=st.integers(1, 6),
    cutoff=st.floats(0.02, 0.98),
    n_frames=st.integers(40, 200),
    seed=st.integers(0, 100),
)
def test_any_low_pass_is_scipys(order: int, cutoff: float, n_frames: int, seed: int) -> None:
    """Cut-offs in Nyquist frequencies; lengths that are no multiple of a block among them."""
    from scipy.signal import butter, sosfiltfilt

    signal = np.random.default_rng(seed).normal(size=(n_frames, 3))
    padding = 3 * (order + 1)
    expected = sosfiltfilt(butter(order, cutoff, output="sos"), signal, axis=0, padlen=padding)
    found = forwards_and_backwards(low_pass_sections(order, cutoff, 2.0), signal, padding)
    np.testing.assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_each_section_leaves_a_constant_and_halves_the_power_at_the_cutoff(order: int) -> None:
    z = np.exp(1j * np.pi * 12.0 / 50.0)
    gain, constant = 1.0, 1.0
    for one in low_pass_sections(order, 12.0, 100.0):
        gain *= abs((one.b0 + one.b1 / z + one.b2 / z**2) / (1 + one.a1 / z + one.a2 / z**2))
        constant *= (one.b0 + one.b1 + one.b2) / (1 + one.a1 + one.a2)
    assert gain == pytest.approx(np.sqrt(0.5), rel=1e-12)
    assert constant == pytest.approx(1.0, rel=1e-12)


def test_a_straight_line_goes_through_unchanged() -> None:
    """Point reflection continues it, and two passes have no lag."""
    line = np.linspace(-3.0, 5.0, 400)[:, None]
    found = forwards_and_backwards(low_pass_sections(2, 6.0, 100.0), line, 9)
    np.testing.assert_allclose(found[100:-100], line[100:-100], atol=1e-9)


def test_a_long_recording_is_filtered_column_after_column(monkeypatch: pytest.MonkeyPatch) -> None:
    signal = np.random.default_rng(0).normal(size=(300, 7))
    sections = low_pass_sections(2, 6.0, 100.0)
    whole = forwards_and_backwards(sections, signal, 9)
    monkeypatch.setattr("kinebench.signals.sections._NUMBERS_AT_ONCE", 700)
    found = forwards_and_backwards(sections, signal, 9)
    np.testing.assert_allclose(found, whole, rtol=0, atol=1e-13)
