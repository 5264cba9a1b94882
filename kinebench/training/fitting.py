"""Fits an LSTM network to sequences, with TensorFlow; it starts from solved least squares.

The recurrent weights start as random filters of several time scales. The output layer on top of
them is then the solution of a least-squares problem, not random: an echo-state network (Jaeger H,
Haas H (2004) Harnessing nonlinearity. Science 304: 78–80). Gradient descent improves all weights
from there, and the output layer is solved once more at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from kinebench.augmentation import lstm
from kinebench.augmentation.network import LSTMLayer, Network
from kinebench.core.arrays import FloatArray
from kinebench.errors import AugmentationError, ValueRangeError
from kinebench.lab.seeds import generator
from kinebench.training.sequences import Sequences

_UNSTEADY_FRAMES = 15  # the state starts at zero: these count less
_UNSTEADY_WEIGHT = 0.25
_TIME_SCALES = (1.0, 1.5, 3.0, 8.0, 20.0)  # frames
_OUTPUT_SCALE = 20.0  # responses while descending: output weights of the size of the others
_RIDGE = 1e-7  # of the mean square of the hidden states


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is fitted.

    Parameters
    ----------
    name : str
        Seeds the first weights and the order of the sequences.
    units : tuple of int
        Per LSTM layer.
    n_frames : int
        Length of a sequence.
    batch : int
        Sequences per step.
    steps : int
        Of Adam.
    learning_rate : float
        At the start; it falls to zero along a half cosine.
    """

    name: str
    units: tuple[int, ...] = (128,)
    n_frames: int = 120
    batch: int = 96
    steps: int = 1500
    learning_rate: float = 2e-3

    def __post_init__(self) -> None:
        sizes = (*self.units, self.n_frames, self.batch, self.learning_rate)
        if not self.units or min(sizes) <= 0 or self.steps < 0:
            raise ValueRangeError(f"a recipe needs sizes above 0, found {self}")


def fit(
    recipe: Recipe, training: Sequences, progress: Callable[[int, float], None] | None = None
) -> Network:
    """Fit a network.

    Parameters
    ----------
    recipe : Recipe
    training : Sequences
    progress : callable, optional
        Called with the step and its root-mean-square error per coordinate, body heights.

    Raises
    ------
    AugmentationError
        TensorFlow is not installed.
    """
    start = _solved(_first_network(recipe, training), training)
    if recipe.steps == 0:
        return start
    return _solved(_descend(recipe, start, training, progress), training)


def _first_network(recipe: Recipe, training: Sequences) -> Network:
    """Random filters; the output layer is zero."""
    mean, std = training.normalisation()
    width, layers = len(mean), []
    for depth, units in enumerate(recipe.units):
        numbers = generator("first weights", recipe.name, depth)
        scales = np.resize(_TIME_SCALES, units)
        keep = 1 - 1 / scales
        forget = np.log(np.maximum(keep, 0.02) / (1 - np.maximum(keep, 0.02)))
        kernel = numbers.normal(0, 0.3, (width, 4 * units)) / np.sqrt(width)
        kernel[:, 2 * units : 3 * units] *= 4.0  # the candidate
        recurrent = numbers.normal(0, 0.2, (units, 4 * units)) / np.sqrt(units)
        # what is let in is what is let go: the state keeps its size on all time scales
        bias = np.concatenate([-forget, forget, np.zeros(units), np.zeros(units)])
        layers.append(LSTMLayer(kernel, recurrent, bias))
        width = units
    n_responses = training.responses.shape[2]
    kernel = np.zeros((width, n_responses), np.float32)
    return Network(tuple(layers), kernel, np.zeros(n_responses, np.float32), mean, std)


def _solved(network: Network, training: Sequences) -> Network:
    """The same layers with the output layer that fits best."""
    units = network.layers[-1].n_units
    eye = np.eye(units, dtype=np.float32)
    bare = Network(network.layers, eye, np.zeros(units, np.float32), network.mean, network.std)
    gram, moment = np.zeros((units + 1, units + 1)), np.zeros((units + 1, network.n_responses))
    weights = np.sqrt(_frame_weights(training.features.shape[1]))[:, None]
    for first in range(0, len(training.features), 256):
        rows = _normalised(network, training.features[first : first + 256])
        hidden = lstm.predict(bare, rows).astype(np.float64)
        hidden = np.concatenate([hidden, np.ones((*hidden.shape[:2], 1))], axis=2) * weights
        wanted = training.responses[first : first + 256] * weights
        flat = hidden.reshape(-1, units + 1)
        gram += flat.T @ flat
        moment += flat.T @ wanted.reshape(-1, network.n_responses)
    gram[np.diag_indices(units)] += _RIDGE * np.trace(gram) / (units + 1)
    solution = np.linalg.solve(gram, moment)
    return Network(network.layers, solution[:-1], solution[-1], network.mean, network.std)


def _normalised(
    network: Network, features: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return ((features - network.mean) / network.std).astype(np.float32)


def _frame_weights(n_frames: int) -> FloatArray:
    return np.where(np.arange(n_frames) < _UNSTEADY_FRAMES, _UNSTEADY_WEIGHT, 1.0)


def _descend(
    recipe: Recipe,
    start: Network,
    training: Sequences,
    progress: Callable[[int, float], None] | None,
) -> Network:
    try:
        import tensorflow as tf
    except ImportError as error:
        raise AugmentationError(
            "training needs TensorFlow: install kinebench[tensorflow]"
        ) from error
    tf.config.experimental.enable_op_determinism()
    tf.keras.utils.set_random_seed(1)  # nothing draws from it, but determinism asks for one
    model = _model(tf, start)
    schedule = tf.keras.optimizers.schedules.CosineDecay(recipe.learning_rate, recipe.steps)
    optimizer = tf.keras.optimizers.Adam(schedule, global_clipnorm=1.0)
    step = _step(tf, model, optimizer, recipe.n_frames)
    rows = _normalised(start, training.features)
    for number, chosen in enumerate(_batches(recipe, len(rows)), start=1):
        rms = step(tf.constant(rows[chosen]), tf.constant(training.responses[chosen]))
        if progress is not None:
            progress(number, float(rms))
    return _network(model, start)


def _step(tf: Any, model: Any, optimizer: Any, n_frames: int) -> Callable[[Any, Any], Any]:
    weights = _frame_weights(n_frames)
    weights = tf.constant((weights / weights.mean())[None, :, None], tf.float32)

    def step(rows: Any, responses: Any) -> Any:
        with tf.GradientTape() as tape:
            error = model(rows, training=True) - _OUTPUT_SCALE * responses
            loss = tf.reduce_mean(weights * error * error)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return tf.sqrt(loss) / _OUTPUT_SCALE

    compiled: Callable[[Any, Any], Any] = tf.function(step)
    return compiled


def _model(tf: Any, network: Network) -> Any:
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [
            layers.Input((None, network.n_features)),
            *(layers.LSTM(layer.n_units, return_sequences=True) for layer in network.layers),
            layers.Dense(network.n_responses),
        ]
    )
    weights = [w for layer in network.layers for w in (layer.kernel, layer.recurrent, layer.bias)]
    model.set_weights([*weights, _OUTPUT_SCALE * network.kernel, _OUTPUT_SCALE * network.bias])
    return model


def _network(model: Any, start: Network) -> Network:
    arrays = model.get_weights()
    layers = tuple(LSTMLayer(*arrays[k : k + 3]) for k in range(0, len(arrays) - 2, 3))
    kernel, bias = arrays[-2] / _OUTPUT_SCALE, arrays[-1] / _OUTPUT_SCALE
    return Network(layers, kernel, bias, start.mean, start.std)


def _batches(recipe: Recipe, count: int) -> Iterator[np.ndarray[Any, np.dtype[np.intp]]]:
    """Indices of the sequences of each step; every sequence comes once per round."""
    numbers = generator("order", recipe.name)
    waiting = np.empty(0, dtype=np.intp)
    for _ in range(recipe.steps):
        while len(waiting) < min(recipe.batch, count):
            waiting = np.concatenate([waiting, numbers.permutation(count)])
        yield waiting[: recipe.batch]
        waiting = waiting[recipe.batch :]
