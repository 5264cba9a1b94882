"""LSTM networks in ONNX Runtime, and the only module that imports it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from kinebench.augmentation.network import Float32Array, LSTMLayer, Network, Same
from kinebench.errors import AugmentationError

# what onnxruntime 1.20 reads: the makers of models write newer forms by default
_OPSET, _IR_VERSION = 17, 10


def predict(network: Network, features: Float32Array) -> Float32Array:
    """Run a network over a batch of sequences; the contract of `lstm.predict`.

    Raises
    ------
    AugmentationError
        ONNX Runtime is not installed.
    """
    session = _session(Same(network))
    rows = np.asarray(features, dtype=np.float32)
    return np.asarray(session.run(["responses"], {"features": rows})[0], dtype=np.float32)


@lru_cache(maxsize=8)
def _session(key: Same) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise AugmentationError(
            "the onnx runtime needs ONNX Runtime: install kinebench[onnx], or use"
            " runtime='numpy', which gives the same answer"
        ) from error
    document = _model(key.network).SerializeToString()
    return onnxruntime.InferenceSession(document, providers=["CPUExecutionProvider"])


def _model(network: Network) -> Any:
    """The network as an ONNX model: features (batch, frames, n_features) to responses."""
    try:
        from onnx import TensorProto, helper, numpy_helper
    except ImportError as error:
        raise AugmentationError(
            "a network becomes an ONNX model by the package onnx: install kinebench[onnx]"
        ) from error
    weights = {"kernel": network.kernel, "bias": network.bias, "direction": np.array([1])}
    # the operator LSTM has frames first, and a dimension for directions, of which there is one
    nodes = [helper.make_node("Transpose", ["features"], ["hidden0"], perm=[1, 0, 2])]
    for i, layer in enumerate(network.layers):
        names = [f"W{i}", f"R{i}", f"B{i}"]
        weights |= dict(zip(names, _in_order_of_onnx(layer), strict=True))
        nodes += [
            helper.make_node(
                "LSTM", [f"hidden{i}", *names], [f"both{i}"], hidden_size=layer.n_units
            ),
            helper.make_node("Squeeze", [f"both{i}", "direction"], [f"hidden{i + 1}"]),
        ]
    nodes += [
        helper.make_node("MatMul", [f"hidden{len(network.layers)}", "kernel"], ["product"]),
        helper.make_node("Add", ["product", "bias"], ["sum"]),
        helper.make_node("Transpose", ["sum"], ["responses"], perm=[1, 0, 2]),
    ]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", "frames", width])
        for name, width in (("features", network.n_features), ("responses", network.n_responses))
    ]
    initializers = [numpy_helper.from_array(array, name) for name, array in weights.items()]
    graph = helper.make_graph(nodes, "augmenter", ends[:1], ends[1:], initializers)
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION
    )


def _in_order_of_onnx(layer: LSTMLayer) -> tuple[Float32Array, Float32Array, Float32Array]:
    """W (1, 4 n, n_inputs), R (1, 4 n, n) and B (1, 8 n) with gates i, o, f, candidate."""

    def arranged(weights: Float32Array) -> Float32Array:
        i, f, candidate, o = np.split(weights, 4, axis=-1)
        return np.concatenate([i, o, f, candidate], axis=-1)

    bias = arranged(layer.bias)
    return (
        arranged(layer.kernel).T[None],
        arranged(layer.recurrent).T[None],
        # the recurrent part has no bias of its own
        np.concatenate([bias, np.zeros_like(bias)])[None],
    )
