from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinebench.augmentation import lstm
from kinebench.augmentation.network import Network

MakeNetwork = Callable[..., Network]


@pytest.mark.parametrize("units", [(5,), (6, 4), (3, 8, 5)])
def test_equals_the_equations(
    make_network: MakeNetwork, by_the_book: Callable[..., np.ndarray], units: tuple[int, ...]
) -> None:
    network = make_network(7, units, 9)
    rows = np.random.default_rng(2).normal(size=(3, 25, 7)).astype(np.float32)
    outputs = lstm.predict(network, rows)
    assert outputs.dtype == np.float32
    expected = np.array([by_the_book(network, sequence.astype(float)) for sequence in rows])
    np.testing.assert_allclose(outputs, expected, rtol=0, atol=1e-6)
    assert np.ptp(expected) > 0.5  # the comparison has something to compare


def test_a_long_sequence_and_the_end_padding_do_not_change_earlier_frames(
    make_network: MakeNetwork,
) -> None:
    network = make_network(4, (6, 6), 3)
    rows = np.random.default_rng(3).normal(size=(2, 40, 4)).astype(np.float32)
    padded = rows.copy()
    padded[0, 15:] = 1e3
    whole, cut = lstm.predict(network, rows), lstm.predict(network, padded)
    np.testing.assert_allclose(cut[0, :15], whole[0, :15], rtol=0, atol=1e-6)
    np.testing.assert_allclose(cut[1], whole[1], rtol=0, atol=1e-6)
    assert np.abs(cut[0, 15] - whole[0, 15]).max() > 1e-3


def test_large_inputs_saturate_without_overflow(make_network: MakeNetwork) -> None:
    network = make_network(4, (6, 5), 3)
    rows = np.full((1, 10, 4), 1e30, dtype=np.float32)
    rows[0, 1::2] *= -1
    with np.errstate(over="raise", invalid="raise"):
        outputs = lstm.predict(network, rows)
    assert np.isfinite(outputs).all()
    assert np.abs(outputs).max() <= np.abs(network.kernel).sum(axis=0).max() + 3


def test_inputs_are_left_alone(make_network: MakeNetwork) -> None:
    rows = np.random.default_rng(4).normal(size=(1, 8, 4)).astype(np.float32)
    before = rows.copy()
    lstm.predict(make_network(4, (3,), 3), rows)
    np.testing.assert_array_equal(rows, before)
