from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.augmentation import compiled_runtime, lstm, tensorflow_runtime
from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.augmentation.catalogue import PUBLISHED, VERSIONS, AugmenterVersion
from kinebench.augmentation.network import Network
from kinebench.augmentation.weights import load_networks
from kinebench.core import Markers, Subject
from kinebench.errors import AugmentationError
from kinebench.training.lab_1 import HELD_OUT

MAX_DIFFERENCE = 1e-6  # network output units
OWN = (compiled_runtime.predict, lstm.predict)


@pytest.mark.tensorflow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_runtimes_agree_on_a_small_network(
    make_network: Callable[..., Network],
    small_version: AugmenterVersion,
    body: Markers,
    subject: Subject,
) -> None:
    network = make_network(5, (4, 6), 3)
    for shape in ((1, 1, 5), (4, 30, 5), (2, 11, 5)):
        rows = np.random.default_rng(5).normal(size=shape).astype(np.float32)
        reference = tensorflow_runtime.predict(network, rows)
        for predict in OWN:
            np.testing.assert_allclose(
                predict(network, rows), reference, rtol=0, atol=MAX_DIFFERENCE
            )
    by_default = LSTMAugmenter(small_version)(body, subject)
    by_tensorflow = LSTMAugmenter(small_version, runtime="tensorflow")(body, subject)
    difference = np.abs(by_default.positions - by_tensorflow.positions).max()
    assert difference <= MAX_DIFFERENCE * subject.height_m


@pytest.mark.tensorflow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_runtimes_agree_on_the_shipped_version() -> None:
    (network,) = load_networks(VERSIONS["lab-1"])
    rows = np.random.default_rng(6).normal(size=(2, 200, network.n_features)).astype(np.float32)
    reference = tensorflow_runtime.predict(network, rows)
    for predict in OWN:
        assert np.abs(predict(network, rows) - reference).max() <= MAX_DIFFERENCE
    trial = next(iter(replace(HELD_OUT, n_subjects=1, activities=("squat",))))
    by_default, by_numpy, by_tensorflow = (
        LSTMAugmenter("lab-1", runtime=name)(trial.keypoints, trial.subject).positions
        for name in ("compiled", "numpy", "tensorflow")
    )
    assert np.abs(by_default - by_tensorflow).max() <= 2e-6
    assert np.abs(by_numpy - by_tensorflow).max() <= 2e-6


@pytest.mark.tensorflow
@pytest.mark.mirror
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize("name", PUBLISHED)
def test_runtimes_agree_on_every_version(mirror_file: Callable[[str], Path], name: str) -> None:
    mirror_file(f"MarkerAugmenter/LSTM/{VERSIONS[name].networks[0].folder}/weights.h5")
    rng = np.random.default_rng(6)
    for network in load_networks(VERSIONS[name]):
        rows = rng.normal(size=(2, 200, network.n_features)).astype(np.float32)
        reference = tensorflow_runtime.predict(network, rows)
        for predict in OWN:
            assert np.abs(predict(network, rows) - reference).max() <= MAX_DIFFERENCE


def test_without_tensorflow_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, make_network: Callable[..., Network]
) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(AugmentationError, match=r"install kinebench\[tensorflow\]"):
        tensorflow_runtime.predict(make_network(3, (3,), 3), np.zeros((1, 1, 3), np.float32))
