"""Coefficients of multiple correlation against their sums written out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kinebench.errors import ValueRangeError
from kinebench.metrics import UndefinedMetricWarning
from kinebench.metrics.cmc import cmc_between_protocols, cmc_of_pair, cmc_within_protocol


@pytest.fixture
def cycles() -> np.ndarray:
    rng = np.random.default_rng(5)
    shape = np.sin(np.linspace(0, 2 * np.pi, 21))
    return shape + 0.2 * rng.normal(size=(3, 4, 21)) + rng.normal(size=(3, 1, 1))


def kadaba(y: np.ndarray) -> float:
    """Kadaba 1989 with loops."""
    M, N, T = y.shape
    top = bottom = 0.0
    for i in range(M):
        for j in range(N):
            for t in range(T):
                top += (y[i, j, t] - sum(y[i, k, t] for k in range(N)) / N) ** 2
                bottom += (y[i, j, t] - y[i].sum() / (N * T)) ** 2
    return math.sqrt(1 - (top / (M * T * (N - 1))) / (bottom / (M * (N * T - 1))))


def ferrari(y: np.ndarray) -> float:
    """Ferrari 2010 with loops; y is (G, P, F)."""
    G, P, F = y.shape
    top = bottom = 0.0
    for g in range(G):
        for p in range(P):
            for f in range(F):
                top += (y[g, p, f] - sum(y[g, q, f] for q in range(P)) / P) ** 2
                bottom += (y[g, p, f] - y[g].sum() / (P * F)) ** 2
    return math.sqrt(1 - (top / (G * F * (P - 1))) / (bottom / (G * (P * F - 1))))


def test_within_protocol(cycles: np.ndarray) -> None:
    assert cmc_within_protocol(cycles) == pytest.approx(kadaba(cycles))
    assert cmc_within_protocol(cycles[0]) == pytest.approx(kadaba(cycles[:1]))


def test_between_protocols(cycles: np.ndarray) -> None:
    reference, estimate = cycles[0], cycles[0] + 0.1 * cycles[1]
    expected = ferrari(np.stack([reference, estimate], axis=1))
    assert cmc_between_protocols(reference, estimate) == pytest.approx(expected)


def test_pair_is_one_cycle(cycles: np.ndarray) -> None:
    reference, estimate = cycles[0, 0], cycles[0, 1]
    expected = ferrari(np.stack([reference, estimate])[None])
    assert cmc_of_pair(reference, estimate) == pytest.approx(expected)
    assert cmc_between_protocols(reference[None], estimate[None]) == pytest.approx(expected)
    both = np.stack([reference, estimate])
    assert cmc_within_protocol(both) == pytest.approx(expected)


def test_between_protocols_forgives_differences_between_cycles(cycles: np.ndarray) -> None:
    reference = cycles[:, 0]  # three cycles, each with an offset of its own
    assert cmc_between_protocols(reference, reference) == pytest.approx(1.0)
    assert cmc_within_protocol(np.stack([cycles[0, 0]] * 3)) == pytest.approx(1.0)


def test_complex_is_nan(cycles: np.ndarray) -> None:
    flat = 0.01 * cycles[0]
    with pytest.warns(UndefinedMetricWarning, match="complex"):
        assert np.isnan(cmc_between_protocols(flat, flat + 5.0))
    with pytest.warns(UndefinedMetricWarning, match="complex"):
        assert np.isnan(cmc_within_protocol(np.stack([flat[0], flat[0] + 5.0])))
    with pytest.warns(UndefinedMetricWarning, match="complex"):
        assert np.isnan(cmc_of_pair(flat[0], flat[0] + 5.0))


def test_constant_is_nan() -> None:
    ones = np.ones((2, 5))
    for values in ((cmc_between_protocols, (ones, ones)), (cmc_within_protocol, (ones,))):
        function, arguments = values
        with pytest.warns(UndefinedMetricWarning, match="constant"):
            assert np.isnan(function(*arguments))
    with pytest.warns(UndefinedMetricWarning, match="constant"):
        assert np.isnan(cmc_of_pair(ones[0] / 3, ones[0] / 3))


@pytest.mark.parametrize("shape", [(5,), (0, 5), (1, 5), (2, 3, 4, 5)])
def test_within_protocol_invalid(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueRangeError):
        cmc_within_protocol(np.ones(shape))


def test_between_protocols_invalid(cycles: np.ndarray) -> None:
    with pytest.raises(ValueRangeError, match="same cycles"):
        cmc_between_protocols(cycles[0], cycles[0, :2])
    with pytest.raises(ValueRangeError, match="shape"):
        cmc_between_protocols(cycles, cycles)
    with pytest.raises(ValueRangeError, match="finite"):
        cmc_between_protocols(cycles[0], np.where(cycles[0] > 0, np.nan, cycles[0]))
