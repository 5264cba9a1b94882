"""LSTM networks in TensorFlow: the reference runtime, and the only module that imports it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from kinebench.augmentation.network import Float32Array, Network, Same
from kinebench.errors import AugmentationError


def predict(network: Network, features: Float32Array) -> Float32Array:
    """Run a network over a batch of sequences; the contract of `lstm.predict`.

    Raises
    ------
    AugmentationError
        TensorFlow is not installed.
    """
    run = _build(Same(network))
    return np.asarray(run(np.asarray(features, dtype=np.float32)), dtype=np.float32)


@lru_cache(maxsize=8)
def _build(key: Same) -> Any:
    """Keras 3 cannot read the published Keras 2 model.json, so the Sequential is built by hand."""
    try:
        import tensorflow as tf
    except ImportError as error:
        raise AugmentationError(
            "the tensorflow runtime needs TensorFlow: install kinebench[tensorflow],"
            " or use runtime='numpy', which gives the same answer"
        ) from error
    network, layers = key.network, tf.keras.layers
    stack = [layers.LSTM(layer.n_units, return_sequences=True) for layer in network.layers]
    model = tf.keras.Sequential(
        [
            layers.Input((None, network.n_features)),
            *stack,
            layers.Dense(network.n_responses),  # acts on each frame, as TimeDistributed does
        ]
    )
    weights = [w for layer in network.layers for w in (layer.kernel, layer.recurrent, layer.bias)]
    model.set_weights([*weights, network.kernel, network.bias])
    # compiled for any batch and length: eager execution would take a Python step per frame
    signature = tf.TensorSpec((None, None, network.n_features), tf.float32)
    return tf.function(lambda rows: model(rows, training=False), input_signature=[signature])
