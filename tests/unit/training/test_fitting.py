from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kinebench.augmentation import lstm
from kinebench.augmentation.network import Network
from kinebench.errors import AugmentationError, ValueRangeError
from kinebench.training import Recipe, Sequences, fit

RECIPE = Recipe("test", units=(12,), n_frames=40, batch=8, steps=0)


@pytest.fixture(scope="module")
def sines() -> Sequences:
    """Responses are a rotation of features, delayed by one frame: linear, with a memory."""
    rng = np.random.default_rng(1)
    phase = rng.uniform(0, 6, (24, 1, 4))
    frames = np.arange(41)[None, :, None]
    course = (0.3 * np.sin(0.2 * frames + phase) + 0.1 * phase).astype(np.float32)
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0].astype(np.float32)
    return Sequences(course[:, 1:], course[:, :-1] @ turn[:, :3])


def rms(network: Network, given: Sequences) -> float:
    rows = ((given.features - network.mean) / network.std).astype(np.float32)
    error = lstm.predict(network, rows)[:, 15:] - given.responses[:, 15:]
    return float(np.sqrt((error**2).mean()))


def test_the_solved_start_already_fits(sines: Sequences) -> None:
    network = fit(RECIPE, sines)
    assert rms(network, sines) < 0.25 * sines.responses.std()
    assert fit(RECIPE, sines) == network
    assert fit(replace(RECIPE, name="other"), sines) != network
    wide = fit(replace(RECIPE, units=(40,)), sines)
    assert rms(wide, sines) < rms(network, sines)


def test_layers_stack(sines: Sequences) -> None:
    network = fit(replace(RECIPE, units=(9, 7)), sines)
    assert [layer.n_units for layer in network.layers] == [9, 7]
    assert network.n_responses == 3


@pytest.mark.tensorflow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_descent_improves_and_repeats(sines: Sequences) -> None:
    recipe = replace(RECIPE, steps=60, learning_rate=5e-3)
    seen: list[tuple[int, float]] = []
    network = fit(recipe, sines, lambda step, error: seen.append((step, error)))
    assert rms(network, sines) < 0.7 * rms(fit(RECIPE, sines), sines)
    assert [step for step, _ in seen] == list(range(1, 61))
    # what is reported is in the units of the responses
    assert 0.5 * rms(network, sines) < seen[-1][1] < 4 * rms(network, sines)
    assert fit(recipe, sines) == network


def test_recipes_that_make_no_sense_are_refused() -> None:
    wrongs: tuple[dict[str, Any], ...]
    wrongs = ({"units": ()}, {"units": (0,)}, {"batch": 0}, {"steps": -1})
    for wrong in wrongs:
        with pytest.raises(ValueRangeError, match="a recipe needs sizes above 0"):
            replace(RECIPE, **wrong)


def test_without_tensorflow_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, sines: Sequences
) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(AugmentationError, match=r"install kinebench\[tensorflow\]"):
        fit(replace(RECIPE, steps=1), sines)
