from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kinebench.augmentation.network import LSTMLayer, Network
from kinebench.errors import AugmentationError

MakeNetwork = Callable[..., Network]


def test_arrays_are_read_only_after_copying_too(make_network: MakeNetwork) -> None:
    network = make_network(4, (3,), 6)
    for twin in (network, copy.deepcopy(network), pickle.loads(pickle.dumps(network))):
        assert twin == network
        for array in (twin.kernel, twin.mean, twin.layers[0].recurrent):
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0


def test_sizes(make_network: MakeNetwork) -> None:
    network = make_network(5, (4, 3), 6)
    assert (network.n_features, network.n_responses) == (5, 6)
    assert [layer.n_units for layer in network.layers] == [4, 3]
    assert network.kernel.dtype == np.float32
    assert network.mean.dtype == np.float64


@pytest.mark.parametrize(
    ("field", "shape", "told"),
    [
        ("kernel", (4, 6), "do not chain"),
        ("kernel", (3, 5), "disagree"),
        ("kernel", (3,), "2 dimensions"),
        ("bias", (5,), "disagree"),
        ("mean", (6,), "do not chain"),
        ("std", (4,), "disagree"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    make_network: MakeNetwork, field: str, shape: tuple[int, ...], told: str
) -> None:
    change: dict[str, Any] = {field: np.ones(shape)}
    with pytest.raises(AugmentationError, match=told):
        replace(make_network(5, (4, 3), 6), **change)


def test_a_network_without_layers_is_refused(make_network: MakeNetwork) -> None:
    with pytest.raises(AugmentationError, match="do not chain"):
        replace(make_network(3, (3,), 6), layers=())


def test_values_that_are_not_finite_and_a_zero_std_are_refused(make_network: MakeNetwork) -> None:
    network = make_network(5, (3,), 6)
    with pytest.raises(AugmentationError, match="bias holds values that are not finite"):
        replace(network, bias=np.array([0, np.nan, 0, 0, 0, 0]))
    with pytest.raises(AugmentationError, match="std must be above 0, found 0"):
        replace(network, std=np.array([1.0, 1.0, 0.0, 1.0, 1.0]))


def test_gate_columns_must_be_four_times_the_units() -> None:
    with pytest.raises(AugmentationError, match="3 units needs 12 gate columns"):
        LSTMLayer(*(np.ones(shape, np.float32) for shape in ((2, 12), (3, 12), (9,))))
