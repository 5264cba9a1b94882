"""`Network`: weights and normalisation of one LSTM network, an immutable value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.core.value import Value
from kinebench.errors import AugmentationError

Float32Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class LSTMLayer(Value):
    """Weights of one LSTM layer, gates in Keras' order: input, forget, candidate, output.

    Parameters
    ----------
    kernel : (n_inputs, 4 n_units)
    recurrent : (n_units, 4 n_units)
    bias : (4 n_units,)
    """

    kernel: Float32Array
    recurrent: Float32Array
    bias: Float32Array

    def __post_init__(self) -> None:
        _freeze(self, np.float32, kernel=2, recurrent=2, bias=1)
        n = self.n_units
        shapes = (self.kernel.shape[1], self.recurrent.shape[1], len(self.bias))
        if shapes != (4 * n, 4 * n, 4 * n):
            raise AugmentationError(
                f"an LSTM layer of {n} units needs {4 * n} gate columns, found {shapes}"
            )

    @property
    def n_units(self) -> int:
        """Number of hidden units."""
        return len(self.recurrent)


@dataclass(frozen=True, slots=True, eq=False)
class Network(Value):
    """A stack of LSTM layers with a linear output layer, and its input normalisation.

    Parameters
    ----------
    layers : tuple of LSTMLayer
    kernel : (n_units, n_responses)
        Output layer, applied to each frame.
    bias : (n_responses,)
    mean, std : (n_features,)
        Input rows are (row − mean) / std.

    Raises
    ------
    AugmentationError
        Shapes that do not chain, weights that are not finite, a std that is not above 0.
    """

    layers: tuple[LSTMLayer, ...]
    kernel: Float32Array
    bias: Float32Array
    mean: NDArray[np.float64]
    std: NDArray[np.float64]

    def __post_init__(self) -> None:
        _freeze(self, np.float32, kernel=2, bias=1)
        _freeze(self, np.float64, mean=1, std=1)
        widths = [len(self.mean), *(layer.n_units for layer in self.layers)]
        inputs = [*(len(layer.kernel) for layer in self.layers), len(self.kernel)]
        if not self.layers or widths != inputs:
            raise AugmentationError(f"layers do not chain: outputs {widths}, inputs {inputs}")
        if self.kernel.shape[1] != len(self.bias) or len(self.std) != len(self.mean):
            raise AugmentationError(
                f"output kernel {self.kernel.shape} and bias {self.bias.shape},"
                f" mean {self.mean.shape} and std {self.std.shape} disagree"
            )
        if not (self.std > 0).all():
            raise AugmentationError(f"a std must be above 0, found {self.std.min():g}")

    @property
    def n_features(self) -> int:
        """Number of inputs per frame."""
        return len(self.mean)

    @property
    def n_responses(self) -> int:
        """Number of outputs per frame."""
        return len(self.bias)


class Same:
    """Key of a cache: the very same network, as arrays have no hash."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def __hash__(self) -> int:
        return id(self.network)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.network is self.network


def _freeze(owner: Any, kind: type[np.floating[Any]], **dimensions: int) -> None:
    for name, n_dimensions in dimensions.items():
        array = _finite(getattr(owner, name), kind, name)
        if array.ndim != n_dimensions:
            raise AugmentationError(
                f"{name} must have {n_dimensions} dimensions, found shape {array.shape}"
            )
        array.flags.writeable = False
        object.__setattr__(owner, name, array)


def _finite(values: ArrayLike, kind: type[np.floating[Any]], name: str) -> NDArray[Any]:
    array: NDArray[Any] = np.array(values, dtype=kind, order="C", copy=True)
    if not np.isfinite(array).all():
        raise AugmentationError(f"{name} holds values that are not finite")
    return array
