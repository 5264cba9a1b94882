"""LSTM networks as machine code: the default runtime, two to three times as fast as NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kinebench.augmentation.llvm.compilation import Functions, tile_of_this_machine
from kinebench.augmentation.llvm.layers import GATES
from kinebench.augmentation.network import Float32Array, LSTMLayer, Network, Same

_CHUNK = 128
"""Rows of x W at a time: with W and U of 128 units they fit in a second-level cache."""

_LINE = 64  # bytes: a vector that lies across two lines of the cache is read twice


def predict(network: Network, features: Float32Array) -> Float32Array:
    """Run a network over a batch of sequences; the contract of `lstm.predict`.

    A sequence gives the same bytes whatever others are in the batch.
    """
    return run(Functions(tile_of_this_machine()), network, features)


def run(code: Functions, network: Network, features: Float32Array) -> Float32Array:
    """The same by given functions."""
    weights = _weights(Same(network), code.tile.lanes)
    n_sequences, n_frames, _ = features.shape
    responses = np.empty((n_sequences, n_frames, network.n_responses), dtype=np.float32)
    if responses.size == 0:
        return responses
    n_full = n_sequences - n_sequences % code.tile.n_rows
    starts = [*range(0, n_full, code.tile.n_rows), *range(n_full, n_sequences)]
    for start, stop in zip(starts, [*starts[1:], n_sequences], strict=True):
        outputs = _together(code, weights, features[start:stop])
        responses[start:stop] = outputs[..., : network.n_responses]
    return responses


@dataclass(frozen=True, slots=True, eq=False)
class _Weights:
    """Columns of weights in blocks, as the compiled functions read them.

    Parameters
    ----------
    columns : (n_blocks, n_inputs, 4 lanes)
    bias : (n_blocks, 4 lanes)
    """

    columns: Float32Array
    bias: Float32Array


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """Weights of the inputs, W and b, and of the layer's own output, U."""

    inputs: _Weights
    recurrent: Float32Array


@dataclass(frozen=True, slots=True, eq=False)
class _Arranged:
    """Weights of a network; `width` numbers hold any layer's input or output."""

    layers: tuple[_Layer, ...]
    output: _Weights
    width: int


@lru_cache(maxsize=16)
def _weights(key: Same, lanes: int) -> _Arranged:
    network = key.network

    def by_column(columns: Float32Array) -> Float32Array:
        return _blocks(_padded(columns, GATES * lanes), lanes)

    def by_unit(columns: Float32Array) -> Float32Array:
        i, f, g, o = (_padded(gate, lanes) for gate in np.split(columns, GATES, axis=1))
        gates = np.stack([i, f, o, g], axis=1).reshape(len(columns), GATES, -1, lanes)
        return _blocks(gates.swapaxes(1, 2).reshape(len(columns), -1), lanes)

    def arranged(layer: LSTMLayer) -> _Layer:
        inputs = _Weights(by_unit(layer.kernel), by_unit(layer.bias[None])[:, 0])
        return _Layer(inputs, by_unit(layer.recurrent))

    widths = [
        network.n_features,
        *(layer.n_units + -layer.n_units % lanes for layer in network.layers),
    ]
    output = _Weights(by_column(network.kernel), by_column(network.bias[None])[:, 0])
    return _Arranged(tuple(map(arranged, network.layers)), output, max(widths))


def _padded(columns: Float32Array, multiple: int) -> Float32Array:
    """With columns of zeros: a unit without weights stays 0."""
    return np.pad(columns, ((0, 0), (0, -columns.shape[1] % multiple)))


def _blocks(columns: Float32Array, lanes: int) -> Float32Array:
    blocks = columns.reshape(len(columns), -1, GATES * lanes).swapaxes(0, 1)
    found = aligned_zeros(*blocks.shape)
    found[...] = blocks
    return found


def aligned_zeros(*shape: int) -> Float32Array:
    """Zeros from the beginning of a line of the cache."""
    size = 4 * int(np.prod(shape))
    memory = np.zeros(size + _LINE, dtype=np.uint8)
    start = -memory.ctypes.data % _LINE
    return memory[start : start + size].view(np.float32).reshape(shape)


def _together(code: Functions, weights: _Arranged, features: Float32Array) -> Float32Array:
    """Sequences that share each pass over the weights, one or as many as a tile has rows."""
    n_sequences, n_frames, _ = features.shape
    n_features = weights.layers[0].inputs.columns.shape[1]
    n_rows = _whole_tiles(code, n_frames * n_sequences)
    # zeros before the first frame are the state that it starts from
    memory = aligned_zeros(n_sequences + n_rows, weights.width)
    rows = memory[n_sequences:]
    of_sequences = rows[: n_frames * n_sequences].reshape(n_frames, n_sequences, -1)
    of_sequences[..., :n_features] = features.swapaxes(0, 1)
    for layer in weights.layers:
        _run_layer(code, layer, rows, n_sequences, n_frames)
    outputs = aligned_zeros(n_rows, weights.output.bias.size)
    _multiply(code, _at(rows), rows.shape, weights.output, _at(outputs))
    return outputs[: n_frames * n_sequences].reshape(n_frames, n_sequences, -1).swapaxes(0, 1)


def _whole_tiles(code: Functions, n_rows: int) -> int:
    return n_rows + -n_rows % code.tile.n_rows


def _run_layer(
    code: Functions, layer: _Layer, rows: Float32Array, n_sequences: int, n_frames: int
) -> None:
    """Inputs become outputs, in place."""
    step, columns = code.recurrence(n_sequences), layer.recurrent
    n_blocks, n_units, _ = columns.shape
    width, n_in_chunk = rows.shape[1], _CHUNK - _CHUNK % code.tile.n_rows
    n_together = n_in_chunk // n_sequences
    sums = aligned_zeros(n_in_chunk, layer.inputs.bias.size)
    state = aligned_zeros(n_sequences, layer.inputs.bias.size // GATES)
    of_rows, of_sums, of_columns, of_state = map(_at, (rows, sums, columns, state))
    for start in range(0, n_frames, n_together):
        n = min(n_together, n_frames - start)
        first = of_rows + rows.itemsize * width * start * n_sequences
        n_rows = _whole_tiles(code, n * n_sequences)
        _multiply(code, first, (n_rows, width), layer.inputs, of_sums)
        step(first, width, of_sums, n, n_units, of_columns, n_blocks, of_state)


def _multiply(
    code: Functions, rows: int, shape: tuple[int, ...], weights: _Weights, sums: int
) -> None:
    n_blocks, n_inputs, _ = weights.columns.shape
    columns, bias = _at(weights.columns), _at(weights.bias)
    code.product(rows, *shape, n_inputs, columns, bias, n_blocks, sums)


def _at(array: Float32Array) -> int:
    return int(array.ctypes.data)
