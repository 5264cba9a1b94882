"""LSTM networks in NumPy: the default runtime."""

from __future__ import annotations

import numpy as np

from kinebench.augmentation.network import Float32Array, LSTMLayer, Network


def predict(network: Network, features: Float32Array) -> Float32Array:
    """Run a network over a batch of sequences.

    The state starts at zero and a frame depends on earlier frames only, so sequences of different
    length may be padded at the end. Per layer and frame, with σ the logistic function::

        i, f, g, o = x W + h U + b        c' = σ(f) c + σ(i) tanh(g)        h' = σ(o) tanh(c')

    Parameters
    ----------
    network : Network
    features : (n_sequences, n_frames, n_features) float32
        Normalised input rows.

    Returns
    -------
    (n_sequences, n_frames, n_responses) float32

    References
    ----------
    Hochreiter S, Schmidhuber J (1997) Long short-term memory. Neural Comput 9(8): 1735–1780;
    with the forget gate of Gers FA et al. (2000) Neural Comput 12(10): 2451–2471.
    """
    # frames first: a step then reads and writes contiguous memory
    hidden = np.ascontiguousarray(features.transpose(1, 0, 2), dtype=np.float32)
    for layer in network.layers:
        hidden = _run_layer(layer, hidden)
    outputs = hidden @ network.kernel + network.bias
    return np.ascontiguousarray(outputs.transpose(1, 0, 2))


def _run_layer(layer: LSTMLayer, inputs: Float32Array) -> Float32Array:
    """(n_frames, n_sequences, n_inputs) to (n_frames, n_sequences, n_units)."""
    n_frames, n_sequences, n_inputs = inputs.shape
    n = layer.n_units
    kernel, recurrent, bias = _tanh_form(layer)
    projected = (inputs.reshape(-1, n_inputs) @ kernel + bias).reshape(n_frames, n_sequences, 4 * n)
    hidden = np.empty((n_frames, n_sequences, n), dtype=np.float32)
    state = np.zeros((n_sequences, n), dtype=np.float32)
    previous = np.zeros((n_sequences, n), dtype=np.float32)
    activations = np.empty((n_sequences, 4 * n), dtype=np.float32)
    scratch = np.empty_like(state)
    sigmoids, candidate = activations[:, : 3 * n], activations[:, 3 * n :]
    gate_i, gate_f, gate_o = (sigmoids[:, k * n : (k + 1) * n] for k in range(3))
    for frame in range(n_frames):
        np.matmul(previous, recurrent, out=activations)
        activations += projected[frame]
        np.tanh(activations, out=activations)
        sigmoids *= 0.5
        sigmoids += 0.5
        state *= gate_f
        np.multiply(gate_i, candidate, out=scratch)
        state += scratch
        np.tanh(state, out=scratch)
        previous = hidden[frame]
        np.multiply(gate_o, scratch, out=previous)
    return hidden


def _tanh_form(layer: LSTMLayer) -> tuple[Float32Array, Float32Array, Float32Array]:
    """Kernel, recurrent kernel and bias with gates i, f, o halved, and the candidate last.

    σ(x) = (1 + tanh(x/2)) / 2 cannot overflow, and lets one call of tanh serve all four gates.
    Halving is exact in binary arithmetic.
    """

    def arranged(weights: Float32Array) -> Float32Array:
        i, f, g, o = np.split(weights, 4, axis=-1)
        half = np.float32(0.5)
        return np.concatenate([half * i, half * f, half * o, g], axis=-1)

    return arranged(layer.kernel), arranged(layer.recurrent), arranged(layer.bias)
