from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.augmentation.catalogue import PUBLISHED, VERSIONS, AugmenterVersion, LocalFiles
from kinebench.augmentation.network import Network
from kinebench.augmentation.weights import (
    load_networks,
    read_keras,
    read_npz,
    read_version,
    write_version,
)
from kinebench.core import Markers, Subject
from kinebench.core.provenance import digest
from kinebench.errors import AugmentationError

FILES = ("model.json", "weights.h5", "mean.npy", "std.npy", "metadata.json")


def keras_model(units: list[int], n_responses: int) -> dict[str, Any]:
    lstm = {
        "activation": "tanh",
        "recurrent_activation": "sigmoid",
        "use_bias": True,
        "return_sequences": True,
        "go_backwards": False,
    }
    layers: list[dict[str, Any]] = [{"class_name": "InputLayer", "config": {"name": "input"}}]
    for index, n in enumerate(units):
        config = {"name": f"lstm_{index}", "units": n, **lstm}
        layers.append({"class_name": "LSTM", "config": config})
    dense = {"name": "dense", "units": n_responses, "activation": "linear", "use_bias": True}
    wrapped = {"name": "time", "layer": {"class_name": "Dense", "config": dense}}
    layers.append({"class_name": "TimeDistributed", "config": wrapped})
    return {"class_name": "Sequential", "config": {"name": "sequential", "layers": layers}}


Files = tuple[Path, Path, Path, Path, Path]


@pytest.fixture
def network(make_network: Callable[..., Network]) -> Network:
    return make_network(5, (4, 3), 6)


@pytest.fixture
def keras_files(tmp_path: Path, network: Network) -> Files:
    """A network as OpenCap publishes it."""
    model, weights, mean, std, metadata = (tmp_path / name for name in FILES)
    model.write_text(json.dumps(keras_model([4, 3], 6)))
    with h5py.File(weights, "w") as file:
        for index, layer in enumerate(network.layers):
            cell = file.create_group(f"lstm_{index}/lstm_{index}/cell")
            names = ["kernel:0", "recurrent_kernel:0", "bias:0"]
            for name, array in zip(names, (layer.kernel, layer.recurrent, layer.bias), strict=True):
                cell[name] = array
            file[f"lstm_{index}"].attrs["weight_names"] = [
                f"lstm_{index}/cell/{name}" for name in names
            ]
        file["time/time/kernel:0"], file["time/time/bias:0"] = network.kernel, network.bias
        file["time"].attrs["weight_names"] = ["time/kernel:0", "time/bias:0"]
    np.save(mean, network.mean)
    np.save(std, network.std)
    metadata.write_text('{"reference_marker": "midHip"}')
    return model, weights, mean, std, metadata


def edited(model: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    content = json.loads(model.read_text())
    change(content["config"]["layers"])
    model.write_text(json.dumps(content))


def test_a_keras_folder_is_read_without_keras(keras_files: Files, network: Network) -> None:
    assert read_keras(*keras_files) == network


@pytest.mark.parametrize("index", range(5))
@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_a_truncated_file_is_named(keras_files: Files, index: int, share: float) -> None:
    path = keras_files[index]
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(AugmentationError, match=FILES[index].replace(".", r"\.")):
        read_keras(*keras_files)


@pytest.mark.parametrize("index", range(5))
def test_a_corrupt_file_is_named(keras_files: Files, index: int) -> None:
    keras_files[index].write_bytes(b"\x00garbage" * 300)
    with pytest.raises(AugmentationError, match=FILES[index].replace(".", r"\.")):
        read_keras(*keras_files)


def test_pickled_normalisation_is_refused(keras_files: Files) -> None:
    np.save(keras_files[2], np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(
        AugmentationError, match=r"mean\.npy is corrupt or truncated.*Python objects"
    ):
        read_keras(*keras_files)


def test_weights_must_have_the_shapes_that_model_json_announces(
    keras_files: Files,
) -> None:
    edited(keras_files[0], lambda layers: layers[1]["config"].update(units=8))
    with pytest.raises(AugmentationError, match=r"weights\.h5: layer lstm_0 .* LSTM with 8 units"):
        read_keras(*keras_files)


def test_the_normalisation_must_fit_the_first_layer(keras_files: Files) -> None:
    np.save(keras_files[2], np.zeros(7))
    np.save(keras_files[3], np.ones(7))
    with pytest.raises(AugmentationError, match="do not chain"):
        read_keras(*keras_files)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("activation", "relu"), ("recurrent_activation", "hard_sigmoid"), ("go_backwards", True)],
)
def test_layers_that_compute_something_else_are_refused(
    keras_files: Files, setting: str, value: object
) -> None:
    edited(keras_files[0], lambda layers: layers[2]["config"].update({setting: value}))
    with pytest.raises(AugmentationError, match=rf"lstm_1 has {setting} {value!r}"):
        read_keras(*keras_files)


def test_another_architecture_is_refused(keras_files: Files) -> None:
    edited(keras_files[0], lambda layers: layers[1].update(class_name="GRU"))
    with pytest.raises(AugmentationError, match=r"should stack LSTM layers.*'GRU'"):
        read_keras(*keras_files)


def test_another_reference_marker_is_refused(keras_files: Files) -> None:
    with pytest.raises(AugmentationError, match="reference marker 'midHip', expected 'Neck'"):
        read_keras(*keras_files, reference_marker="Neck")


@pytest.mark.mirror
@pytest.mark.parametrize("name", PUBLISHED)
def test_published_weights_fit_the_catalogue(mirror_file: Callable[[str], Path], name: str) -> None:
    mirror_file(f"MarkerAugmenter/LSTM/{VERSIONS[name].networks[0].folder}/weights.h5")
    units = {
        "v0.0": [[144] * 2],
        "v0.1": [[128] * 2, [80] * 3],
        "v0.2": [[128] * 5, [64] * 2],
        "v0.3": [[128] * 4, [128] * 5],
    }
    networks = load_networks(VERSIONS[name])
    assert [[layer.n_units for layer in network.layers] for network in networks] == units[name]
    assert load_networks(VERSIONS[name]) is networks


def test_a_laboratory_version_survives_writing(
    small_version: AugmenterVersion, tmp_path: Path
) -> None:
    assert isinstance(small_version.files, LocalFiles)
    networks = load_networks(small_version)
    again = write_version(tmp_path / "copy", small_version, networks)
    assert load_networks(again) == networks
    assert again == read_version(tmp_path / "copy")
    (tmp_path / "elsewhere").mkdir()
    moved = (tmp_path / "copy").rename(tmp_path / "elsewhere" / "copy")
    assert digest(read_version(moved)) == digest(again)  # the place is no part of the version
    assert again.gives == small_version.gives
    assert {path.name for path in moved.iterdir()} == {
        "augmenter.json",
        "lower.npz",
        "upper.npz",
    }


def test_networks_must_fit_the_version_that_is_written(
    small_version: AugmenterVersion, tmp_path: Path
) -> None:
    lower, upper = load_networks(small_version)
    with pytest.raises(AugmentationError, match="should map 14 features to 6 responses"):
        write_version(tmp_path, small_version, (upper, lower))


def test_weights_that_changed_on_disk_are_another_version(
    small_version: AugmenterVersion, tmp_path: Path, body: Markers, subject: Subject
) -> None:
    lower, upper = load_networks(small_version)
    row = write_version(tmp_path, small_version, (lower, upper))
    write_version(tmp_path, small_version, (replace(lower, bias=lower.bias + 1), upper))
    with pytest.raises(AugmentationError, match=r"lower\.npz is not the file that augmenter small"):
        LSTMAugmenter(row)(body, subject)
    assert read_version(tmp_path) != row


def test_missing_and_corrupt_laboratory_files_are_named(
    small_version: AugmenterVersion, tmp_path: Path
) -> None:
    row = write_version(tmp_path, small_version, load_networks(small_version))
    (tmp_path / "upper.npz").unlink()
    with pytest.raises(AugmentationError, match=r"there is no file .*upper\.npz"):
        load_networks(row)
    with pytest.raises(AugmentationError, match=r"augmenter\.json names a file"):
        read_version(tmp_path)
    path = tmp_path / "lower.npz"
    content = path.read_bytes()
    for cut in (0, 10, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:cut])
        with pytest.raises(AugmentationError, match=r"lower\.npz is corrupt or truncated"):
            read_npz(path)


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "{}", '{"networks": [{"name": "lower"}]}', "{bad", '{"networks": 7}',
        '{"name": 1, "networks": [], "reference_marker": "a", "rate_hz": 60}',
        '{"name": "a", "networks": [], "reference_marker": "a", "rate_hz": ' + "9" * 400 + "}",
        '{"name": "a", "networks": [], "reference_marker": "a", "rate_hz": 1e300}',
        '{"name": "a", "networks": [{"name": "../x", "needs": [], "gives": []}],'
        ' "reference_marker": "a", "rate_hz": 60}',
    ],
)  # fmt: skip
def test_a_broken_description_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "augmenter.json").write_text(content)
    with pytest.raises(AugmentationError, match=r"augmenter\.json"):
        read_version(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"config": []},
        {"config": None},
        {"config": {"name": "x", "units": None}},
        {"config": {"name": [], "units": 3}},
        {"class_name": ["LSTM"]},
        {"class_name": "InputLayer", "config": "name"},
        {"class_name": "TimeDistributed", "config": {"name": "x", "layer": 7}},
        {
            "class_name": "TimeDistributed",
            "config": {"name": "x", "layer": {"class_name": "Other", "config": []}},
        },
    ],
)
def test_layers_of_other_kinds_of_values_are_refused(
    keras_files: Files, change: dict[str, Any]
) -> None:
    edited(keras_files[0], lambda layers: layers[1].update(change))
    with pytest.raises(AugmentationError, match=r"model\.json"):
        read_keras(*keras_files)
