"""Files to networks: Keras 2 folders as OpenCap publishes them, and pickle-free .npz files."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinebench.augmentation.catalogue import (
    AugmenterVersion,
    DatasetFiles,
    LocalFiles,
    NetworkSpec,
)
from kinebench.augmentation.network import LSTMLayer, Network
from kinebench.core.names import require_printable
from kinebench.core.provenance import file_sha256
from kinebench.errors import (
    AugmentationError,
    FileFormatError,
    NameNotFoundError,
    ValueRangeError,
    one_line,
    require_names,
    translated,
)
from kinebench.io.array_files import npy_array, npz_arrays
from kinebench.io.atomic import write_atomically
from kinebench.io.documents import (
    Table,
    items_of,
    parse_json,
    read_text,
    require_keys,
    texts_of,
    value_of,
)
from kinebench.io.inner_paths import stays_inside

_LSTM_SETTINGS = {
    "activation": "tanh",
    "recurrent_activation": "sigmoid",
    "use_bias": True,
    "return_sequences": True,
    "go_backwards": False,
}
_SLOWEST_HZ, _FASTEST_HZ = 1.0, 2000.0  # between a time-lapse and the fastest optical systems
_UNREADABLE = (OSError, FileFormatError)
_READING_ERRORS = (OSError, EOFError, KeyError, TypeError, ValueError, RuntimeError)


@lru_cache(maxsize=16)
def load_networks(version: AugmenterVersion) -> tuple[Network, ...]:
    """Networks of a version, read once.

    Raises
    ------
    DatasetError
        A file cannot be had or fails its checksum.
    AugmentationError
        A file is corrupt or does not fit the catalogue.
    """
    networks = tuple(_load(version, index) for index in range(len(version.networks)))
    for spec, network in zip(version.networks, networks, strict=True):
        _check_fit(version, spec, network)
    return networks


def _load(version: AugmenterVersion, index: int) -> Network:
    spec, files = version.networks[index], version.files
    if isinstance(files, LocalFiles):
        path = files.folder / spec.folder
        if not path.is_file():
            raise AugmentationError(f"augmenter {version.name}: there is no file {path}")
        if file_sha256(path) != files.sha256[index]:
            raise AugmentationError(f"{path} is not the file that augmenter {version.name} names")
        return read_npz(path)
    return read_keras(*_fetch(files, spec), reference_marker=version.reference_marker)


def _fetch(files: DatasetFiles, spec: NetworkSpec) -> tuple[Path, Path, Path, Path, Path]:
    from kinebench.datasets import fetch_file

    def path(name: str) -> Path:
        return fetch_file(files.dataset, f"{files.root}/{spec.folder}/{name}")

    return (
        path("model.json"),
        path("weights.h5"),
        path("mean.npy"),
        path("std.npy"),
        path("metadata.json"),
    )


def _check_fit(version: AugmenterVersion, spec: NetworkSpec, network: Network) -> None:
    expected = (3 * len(spec.needs) + 2, 3 * len(spec.gives))
    found = (network.n_features, network.n_responses)
    if found != expected:
        raise AugmentationError(
            f"network {spec.folder} of augmenter {version.name} should map {expected[0]} features"
            f" to {expected[1]} responses by the catalogue, its files map {found[0]} to {found[1]}"
        )


def read_keras(
    model: Path,
    weights: Path,
    mean: Path,
    std: Path,
    metadata: Path | None = None,
    reference_marker: str = "midHip",
) -> Network:
    """Read a Keras 2 Sequential of LSTM layers and a TimeDistributed Dense, without Keras.

    Parameters
    ----------
    model : Path
        model.json, against which the shapes of the weights are checked.
    weights : Path
        weights.h5.
    mean, std : Path
        .npy files; pickled content is refused.
    metadata : Path, optional
        metadata.json, whose reference marker must be `reference_marker`.
    reference_marker : str

    Raises
    ------
    AugmentationError
        Naming the file that is corrupt, truncated, or describes something else.
    """
    layers = _read_architecture(model)
    arrays = _read_weights(weights, [layer["name"] for layer in layers])
    for layer, found in zip(layers, arrays, strict=True):
        _check_layer(layer, found, model, weights)
    if metadata is not None:
        named = _read_json(metadata).get("reference_marker")
        if named != reference_marker:
            raise AugmentationError(
                f"{metadata} names the reference marker {named!r}, expected {reference_marker!r}"
            )
    try:
        kernel, bias = arrays[-1]
        lstm = tuple(LSTMLayer(*found) for found in arrays[:-1])
        return Network(lstm, kernel, bias, _read_npy(mean), _read_npy(std))
    except AugmentationError as error:
        raise AugmentationError(f"{weights.parent}: {error}") from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return parse_json(read_text(path), path.name)
    except FileFormatError as error:
        raise AugmentationError(f"{path.parent}: {error}") from error


def _read_architecture(path: Path) -> list[dict[str, Any]]:
    """Name, kind and number of units of each layer that has weights."""
    content = _read_json(path)
    try:
        layers = [_layer(entry) for entry in content["config"]["layers"]]
    except (KeyError, TypeError) as error:
        raise AugmentationError(f"{path} is not a Keras 2 Sequential: {one_line(error)}") from error
    layers = [layer for layer in layers if layer["kind"] != "InputLayer"]
    kinds = [layer["kind"] for layer in layers]
    if len(kinds) < 2 or set(kinds[:-1]) != {"LSTM"} or kinds[-1] != "Dense":
        raise AugmentationError(f"{path} should stack LSTM layers and a Dense layer, found {kinds}")
    return layers


def _layer(entry: Mapping[str, Any]) -> dict[str, Any]:
    kind, config = entry["class_name"], entry["config"]
    name = config["name"]
    if kind == "TimeDistributed":
        kind, config = config["layer"]["class_name"], config["layer"]["config"]
    if not isinstance(config, dict) or not isinstance(kind, str):
        raise TypeError(f"layer {name!r} is of kind {kind!r} with the settings {config!r}")
    wanted = {"LSTM": _LSTM_SETTINGS, "Dense": {"activation": "linear", "use_bias": True}}
    for setting, value in wanted.get(kind, {}).items():
        if config[setting] != value:
            raise TypeError(f"layer {name} has {setting} {config[setting]!r}, supported: {value!r}")
    units = config.get("units", 0)
    if not isinstance(name, str) or not isinstance(units, int):
        raise TypeError(f"layer {name!r} has {units!r} units")
    return {"name": name, "kind": kind, "units": units}


def _read_weights(path: Path, names: list[str]) -> list[list[NDArray[Any]]]:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            return [
                [np.asarray(file[name][weight]) for weight in file[name].attrs["weight_names"]]
                for name in names
            ]
    except _READING_ERRORS as error:
        raise AugmentationError(f"{path} is corrupt or truncated: {one_line(error)}") from error


def _check_layer(
    layer: Mapping[str, Any], arrays: list[NDArray[Any]], model: Path, weights: Path
) -> None:
    """The arrays must be those that model.json announces (input widths are checked later)."""
    units = layer["units"]
    columns = 4 * units if layer["kind"] == "LSTM" else units
    middle = [(units, columns)] if layer["kind"] == "LSTM" else []
    shapes = [array.shape for array in arrays]
    if (
        [shape[-1:] for shape in shapes[:1]] != [(columns,)]
        or shapes[1:] != [*middle, (columns,)]
        or len(shapes[0]) != 2
    ):
        raise AugmentationError(
            f"{weights}: layer {layer['name']} holds arrays of shapes {shapes}, but {model.name}"
            f" announces {layer['kind']} with {units} units"
        )


def _read_npy(path: Path) -> NDArray[Any]:
    with translated(f"{path} is corrupt or truncated", _UNREADABLE, AugmentationError):
        array, _ = npy_array(path.read_bytes())
    if not np.issubdtype(array.dtype, np.floating):
        raise AugmentationError(f"{path} should hold numbers, found {array.dtype}")
    return array


def read_npz(path: Path) -> Network:
    """Read a network that `write_version` wrote; pickled content is refused."""
    with translated(f"{path} is corrupt or truncated", _UNREADABLE, AugmentationError):
        arrays = npz_arrays(path.read_bytes())
    n_layers = sum(name.startswith("recurrent_") for name in arrays)
    stacked = [f"{part}_{i}" for i in range(n_layers) for part in ("kernel", "recurrent", "bias")]
    output = ("kernel", "bias", "mean", "std")
    try:
        require_names((*stacked, *output), arrays, "array", path.name)
        for name, array in arrays.items():
            if not np.issubdtype(array.dtype, np.floating):
                raise AugmentationError(f"{name} should hold numbers, found {array.dtype}")
        layers = [
            LSTMLayer(*(arrays[name] for name in stacked[i : i + 3]))
            for i in range(0, len(stacked), 3)
        ]
        return Network(tuple(layers), *(arrays[name] for name in output))
    except (AugmentationError, NameNotFoundError) as error:
        raise AugmentationError(f"{path}: {error}") from error


def _npz_content(network: Network) -> bytes:
    arrays: dict[str, NDArray[Any]] = {}
    for i, layer in enumerate(network.layers):
        arrays[f"kernel_{i}"] = layer.kernel
        arrays[f"recurrent_{i}"] = layer.recurrent
        arrays[f"bias_{i}"] = layer.bias
    for name in ("kernel", "bias", "mean", "std"):
        arrays[name] = getattr(network, name)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def write_version(
    folder: Path, version: AugmenterVersion, networks: tuple[Network, ...]
) -> AugmenterVersion:
    """Write a laboratory's own version: augmenter.json and one .npz per network.

    Returns
    -------
    AugmenterVersion
        The version as `read_version` returns it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for spec, network in zip(version.networks, networks, strict=True):
        _check_fit(version, spec, network)
        write_atomically(folder / f"{spec.name}.npz", _npz_content(network))
        rows.append({"name": spec.name, "needs": spec.needs, "gives": spec.gives})
    content = {
        "name": version.name,
        "reference_marker": version.reference_marker,
        "rate_hz": version.rate_hz,
        "networks": rows,
    }
    write_atomically(folder / "augmenter.json", json.dumps(content, indent=1) + "\n")
    return read_version(folder)


def read_version(folder: Path) -> AugmenterVersion:
    """A laboratory's own version from a folder with augmenter.json and one .npz per network.

    Raises
    ------
    AugmentationError
        A file is missing or does not follow the format.
    """
    path = folder / "augmenter.json"
    content = _read_json(path)
    try:
        return _version(folder, content)
    except (FileFormatError, NameNotFoundError, ValueRangeError) as error:
        raise AugmentationError(f"{path} lacks or misstates an entry: {error}") from error
    except OSError as error:
        raise AugmentationError(
            f"{path} names a file that cannot be read: {one_line(error)}"
        ) from error


def _version(folder: Path, content: Table) -> AugmenterVersion:
    keys = ("name", "networks", "reference_marker", "rate_hz")
    require_keys(content, keys, "augmenter.json", keys)
    specs = []
    for row, where in items_of(content, "networks", "augmenter.json"):
        require_keys(row, ("name", "needs", "gives"), where, ("name", "needs", "gives"))
        name = value_of(row, "name", str, where)
        needs, gives = (texts_of(row, key, where) for key in ("needs", "gives"))
        for text in (name, *needs, *gives):
            require_printable(text, "network or marker")
        if not stays_inside(name) or "/" in name:
            raise ValueRangeError(f"{where}: '{name}' is no name of a file beside augmenter.json")
        specs.append(NetworkSpec(name, f"{name}.npz", needs, gives))
    rate_hz = value_of(content, "rate_hz", float, "augmenter.json")
    if not _SLOWEST_HZ <= rate_hz <= _FASTEST_HZ:
        raise ValueRangeError(
            f"rate_hz must be {_SLOWEST_HZ:g} to {_FASTEST_HZ:g}, found {rate_hz:g}"
        )
    name, marker = (value_of(content, key, str, "augmenter.json") for key in (keys[0], keys[2]))
    require_printable(name, "augmenter")
    files = LocalFiles(folder, tuple(file_sha256(folder / spec.folder) for spec in specs))
    return AugmenterVersion(name, tuple(specs), marker, files, rate_hz)
