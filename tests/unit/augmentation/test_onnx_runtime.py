from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinebench.augmentation import lstm, onnx_runtime
from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.augmentation.catalogue import PUBLISHED, VERSIONS, AugmenterVersion
from kinebench.augmentation.network import LSTMLayer, Network
from kinebench.augmentation.weights import load_networks
from kinebench.core import Markers, Subject
from kinebench.errors import AugmentationError

MAX_DIFFERENCE = 1e-6  # network output units


@pytest.fixture
def installed() -> None:
    for package in ("onnx", "onnxruntime"):
        pytest.importorskip(package, reason=f"{package} is not installed: kinebench[onnx]")


@pytest.mark.usefixtures("installed")
def test_both_runtimes_agree_on_a_small_network(
    make_network: Callable[..., Network],
    small_version: AugmenterVersion,
    body: Markers,
    subject: Subject,
) -> None:
    network = make_network(5, (4, 6), 3)
    for shape in ((1, 1, 5), (4, 30, 5), (2, 11, 5)):
        rows = np.random.default_rng(5).normal(size=shape).astype(np.float32)
        found = onnx_runtime.predict(network, rows)
        np.testing.assert_allclose(found, lstm.predict(network, rows), rtol=0, atol=MAX_DIFFERENCE)
    by_numpy = LSTMAugmenter(small_version)(body, subject)
    by_onnx = LSTMAugmenter(small_version, runtime="onnx")(body, subject)
    difference = np.abs(by_numpy.positions - by_onnx.positions).max()
    assert difference <= MAX_DIFFERENCE * subject.height_m


@pytest.mark.mirror
@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("name", PUBLISHED)
def test_both_runtimes_agree_on_every_version(
    mirror_file: Callable[[str], Path], name: str
) -> None:
    mirror_file(f"MarkerAugmenter/LSTM/{VERSIONS[name].networks[0].folder}/weights.h5")
    rng = np.random.default_rng(6)
    for network in load_networks(VERSIONS[name]):
        rows = rng.normal(size=(2, 200, network.n_features)).astype(np.float32)
        difference = lstm.predict(network, rows) - onnx_runtime.predict(network, rows)
        assert np.abs(difference).max() <= MAX_DIFFERENCE


def test_gates_are_put_into_the_order_of_onnx() -> None:
    """Keras: input, forget, candidate, output; ONNX: input, output, forget, candidate."""
    gates = np.repeat(np.arange(4.0, dtype=np.float32), 2)
    layer = LSTMLayer(np.tile(gates, (3, 1)), np.tile(gates, (2, 1)), gates)
    found = onnx_runtime._in_order_of_onnx(layer)
    assert [array.shape for array in found] == [(1, 8, 3), (1, 8, 2), (1, 16)]
    for array in (found[0][0, :, 0], found[1][0, :, 0], found[2][0, :8]):
        assert array.tolist() == [0, 0, 3, 3, 1, 1, 2, 2]
    assert not found[2][0, 8:].any()


def test_without_onnx_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, make_network: Callable[..., Network]
) -> None:
    rows = np.zeros((1, 1, 3), np.float32)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(AugmentationError, match=r"install kinebench\[onnx\]"):
        onnx_runtime.predict(make_network(3, (3,), 3), rows)
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(AugmentationError, match=r"install kinebench\[onnx\]"):
        onnx_runtime._model(make_network(3, (3,), 3))
