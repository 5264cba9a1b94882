from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from kinebench.augmentation import compiled_runtime, lstm
from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.augmentation.catalogue import PUBLISHED, VERSIONS, AugmenterVersion
from kinebench.augmentation.llvm.compilation import Functions, Tile, tile_of_this_machine
from kinebench.augmentation.network import Network
from kinebench.augmentation.weights import load_networks
from kinebench.core import Markers, Subject

MakeNetwork = Callable[..., Network]
MAX_DIFFERENCE = 1e-6  # network output units, as between NumPy and TensorFlow
TILES = (Tile(4, 2), Tile(8, 3), Tile(16, 1), Tile(16, 6))


def rows_for(network: Network, n_sequences: int, n_frames: int, seed: int = 0) -> np.ndarray:
    shape = (n_sequences, n_frames, network.n_features)
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@settings(max_examples=40)
@given(
    n_features=st.integers(1, 40),
    units=st.lists(st.integers(1, 37), min_size=1, max_size=3),
    n_responses=st.integers(1, 70),
    n_sequences=st.integers(1, 9),
    n_frames=st.integers(1, 20),
    seed=st.integers(0, 2**31),
)
def test_equals_numpy_for_every_shape(
    make_network: MakeNetwork,
    n_features: int,
    units: list[int],
    n_responses: int,
    n_sequences: int,
    n_frames: int,
    seed: int,
) -> None:
    network = make_network(max(n_features, 2), tuple(units), n_responses, seed)
    rows = rows_for(network, n_sequences, n_frames, seed)
    before = rows.copy()
    found = compiled_runtime.predict(network, rows)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, lstm.predict(network, rows), rtol=0, atol=4e-6)
    np.testing.assert_array_equal(rows, before)


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (0, 0)])
def test_nothing_gives_nothing(make_network: MakeNetwork, shape: tuple[int, int]) -> None:
    network = make_network(5, (6,), 4)
    assert compiled_runtime.predict(network, rows_for(network, *shape)).shape == (*shape, 4)


def test_rows_of_another_width_are_refused(make_network: MakeNetwork) -> None:
    with pytest.raises(ValueError, match="could not broadcast"):
        compiled_runtime.predict(make_network(5, (6,), 4), np.zeros((1, 3, 4), np.float32))


@pytest.mark.parametrize("n_sequences", [1, 4])
@pytest.mark.parametrize("n_frames", [31, 32, 33, 127, 128, 129, 300])
def test_the_state_is_carried_over_from_chunk_to_chunk(
    make_network: MakeNetwork, n_sequences: int, n_frames: int
) -> None:
    network = make_network(5, (6, 20), 4)
    rows = rows_for(network, n_sequences, n_frames)
    found = compiled_runtime.predict(network, rows)
    np.testing.assert_allclose(found, lstm.predict(network, rows), rtol=0, atol=2 * MAX_DIFFERENCE)


def test_the_shipped_version_agrees_with_numpy() -> None:
    (network,) = load_networks(VERSIONS["lab-1"])
    rows = rows_for(network, 5, 400)
    difference = compiled_runtime.predict(network, rows) - lstm.predict(network, rows)
    assert np.abs(difference).max() <= MAX_DIFFERENCE


@pytest.mark.mirror
@pytest.mark.parametrize("name", PUBLISHED)
def test_every_version_agrees_with_numpy(mirror_file: Callable[[str], Path], name: str) -> None:
    mirror_file(f"MarkerAugmenter/LSTM/{VERSIONS[name].networks[0].folder}/weights.h5")
    for network in load_networks(VERSIONS[name]):
        rows = rows_for(network, 2, 400, seed=6)
        difference = compiled_runtime.predict(network, rows) - lstm.predict(network, rows)
        assert np.abs(difference).max() <= MAX_DIFFERENCE


# the same bytes


@pytest.mark.parametrize("tile", TILES)
def test_bytes_do_not_depend_on_the_registers(make_network: MakeNetwork, tile: Tile) -> None:
    network = make_network(5, (20, 7), 9)
    rows = rows_for(network, 7, 140)
    found = compiled_runtime.run(Functions(tile), network, rows)
    assert found.tobytes() == compiled_runtime.predict(network, rows).tobytes()


def test_bytes_depend_neither_on_other_sequences_nor_on_what_follows(
    make_network: MakeNetwork,
) -> None:
    network = make_network(5, (20, 7), 9)
    rows = rows_for(network, 11, 150)
    together = compiled_runtime.predict(network, rows)
    for i in range(11):
        alone = compiled_runtime.predict(network, rows[i : i + 1, : 40 + i])
        assert alone[0].tobytes() == together[i, : 40 + i].tobytes()


@pytest.mark.parametrize("n_threads", [1, 2, 5, None])
def test_bytes_of_trials_depend_neither_on_threads_nor_on_other_trials(
    small_version: AugmenterVersion,
    make_body: Callable[..., Markers],
    subject: Subject,
    n_threads: int | None,
) -> None:
    augment = LSTMAugmenter(small_version, warm_up_s=0.1)
    trials = [(make_body(n, seed=n), subject) for n in (40, 1, 75, 2, 30, 31, 32, 9, 60)]
    for made, trial in zip(augment.augment_many(trials, n_threads), trials, strict=True):
        (alone,) = augment.augment_many([trial], 1)
        assert made.positions.tobytes() == alone.positions.tobytes()


# activations


CLOSED, OPEN = -50.0, 50.0  # gates at 0 and 1 in float32


def one_frame(
    state: ArrayLike, i: ArrayLike, f: ArrayLike, o: ArrayLike, g: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """c and h after one frame of units that get nothing from each other."""
    before, *gates = (
        np.asarray(a, dtype=np.float32) for a in np.broadcast_arrays(state, i, f, o, g)
    )
    code = Functions(tile_of_this_machine())
    lanes, n_units = code.tile.lanes, len(before)
    n_blocks = n_units // lanes
    z = np.stack(gates).reshape(4, n_blocks, lanes).swapaxes(0, 1).copy()
    hidden, c = np.zeros((2, n_units), np.float32), before.copy()
    columns = np.zeros((n_blocks, 1, 4 * lanes), np.float32)
    code.recurrence(1)(
        hidden[1:].ctypes.data, n_units, z.ctypes.data, 1, 1, columns.ctypes.data, n_blocks,
        c.ctypes.data,
    )  # fmt: skip
    return c, hidden[1]


def logistic_of_input_gate(x: np.ndarray) -> np.ndarray:
    return one_frame(0.0, i=x, f=CLOSED, o=CLOSED, g=OPEN)[0]


def logistic_of_forget_gate(x: np.ndarray) -> np.ndarray:
    return one_frame(1.0, i=CLOSED, f=x, o=CLOSED, g=0.0)[0]


def logistic_of_output_gate(x: np.ndarray) -> np.ndarray:
    return one_frame(20.0, i=CLOSED, f=OPEN, o=x, g=0.0)[1]


def tangent_of_candidate(x: np.ndarray) -> np.ndarray:
    return one_frame(0.0, i=OPEN, f=CLOSED, o=CLOSED, g=x)[0]


def tangent_of_state(x: np.ndarray) -> np.ndarray:
    return one_frame(x, i=CLOSED, f=OPEN, o=OPEN, g=0.0)[1]


ARGUMENTS = np.concatenate(
    [np.linspace(-12, 12, 150_001), np.geomspace(1e-6, 1, 50_015), -np.geomspace(1e-6, 1, 50_000)]
).astype(np.float32)  # a multiple of 16


@pytest.mark.parametrize(
    "function", [logistic_of_input_gate, logistic_of_forget_gate, logistic_of_output_gate]
)
def test_error_of_the_logistic_function(function: Callable[[np.ndarray], np.ndarray]) -> None:
    """1 + e⁻ˣ and its quotient are rounded by half a unit, 6e-8 of them, at most."""
    truth = 1 / (1 + np.exp(-ARGUMENTS.astype(float)))
    error = np.abs(function(ARGUMENTS) - truth)
    assert error.max() <= 1.2e-7
    assert (error / truth).max() <= 1e-6  # x log₂e is rounded too


@pytest.mark.parametrize("function", [tangent_of_candidate, tangent_of_state])
def test_error_of_the_hyperbolic_tangent(function: Callable[[np.ndarray], np.ndarray]) -> None:
    """1 - e⁻²ˣ, 1 + e⁻²ˣ and their quotient are rounded; near 0 the error must be relative."""
    truth = np.tanh(ARGUMENTS.astype(float))
    error = np.abs(function(ARGUMENTS) - truth)
    assert error.max() <= 1.8e-7
    assert (error / np.abs(truth)).max() <= 2.5e-7


@pytest.mark.parametrize("function", [tangent_of_candidate, tangent_of_state])
def test_infinite_and_huge_arguments_saturate_and_nan_stays(
    function: Callable[[np.ndarray], np.ndarray],
) -> None:
    x = np.array([np.inf, 3e38, 100.0, 0.0, -0.0, 1e-40, -100.0, -3e38, -np.inf, *[np.nan] * 7])
    expected = [1.0, 1.0, 1.0, 0.0, 0.0, 0.0, -1.0, -1.0, -1.0, *[np.nan] * 7]
    np.testing.assert_allclose(function(x.astype(np.float32)), expected, rtol=0, atol=1e-38)


def test_gates_that_are_wide_open_and_shut_at_once_stay_finite() -> None:
    """Denominators multiply: two at the bound must not overflow to 0 / 0 or inf / inf."""
    ends = np.array([-3e38, -50.0, 50.0, 3e38], dtype=np.float32)
    i, f, o, g = (axis.ravel() for axis in np.meshgrid(*[ends] * 4))
    c, h = one_frame(0.5, i, f, o, g)
    kept, taken = 0.5 * (f > 0), (i > 0) * np.sign(g)
    np.testing.assert_allclose(c, kept + taken, rtol=0, atol=1e-6)
    np.testing.assert_allclose(h, (o > 0) * np.tanh(kept + taken), rtol=0, atol=1e-6)


def test_rounding_errors_are_like_those_of_numpy(
    by_the_book: Callable[..., np.ndarray],
) -> None:
    """Beside the equations in double precision, on the version that is shipped."""
    (network,) = load_networks(VERSIONS["lab-1"])
    rows = rows_for(network, 3, 200, seed=8)
    truth = np.array([by_the_book(network, sequence.astype(float)) for sequence in rows])
    by_numpy, compiled = (
        np.sqrt(np.mean((predict(network, rows) - truth) ** 2))
        for predict in (lstm.predict, compiled_runtime.predict)
    )
    assert compiled <= 1.5 * by_numpy
