"""Read-only arrays: the one way in which values of `core` hold numbers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.errors import ValueRangeError

FloatArray = NDArray[np.float64]


def read_only(values: ArrayLike, shape: tuple[int | None, ...], what: str) -> FloatArray:
    """A C-contiguous, read-only float64 array of the expected shape.

    Parameters
    ----------
    values : array_like
        Copied, unless it is such an array already: recordings may be large.
    shape : tuple of int or None
        Expected shape; None stands for any length.
    what : str
        Name of the quantity for the error message.

    Raises
    ------
    ValueRangeError
        When the shape differs or the values are not numbers.
    """
    try:
        array = np.array(values, dtype=np.float64, order="C", copy=not _is_read_only(values))
    except (TypeError, ValueError) as error:
        raise ValueRangeError(f"{what} must be numbers: {error}") from error
    fits = len(shape) == array.ndim and all(
        want is None or want == have for want, have in zip(shape, array.shape, strict=True)
    )
    if not fits:
        expected = "(" + ", ".join("any" if n is None else str(n) for n in shape) + ")"
        raise ValueRangeError(f"{what} must have shape {expected}, found {array.shape}")
    array.flags.writeable = False
    return array


def frozen(array: FloatArray) -> FloatArray:
    """A new array that nobody else holds, made read-only, so that a value need not copy it."""
    array.flags.writeable = False
    return array


def _is_read_only(values: Any) -> bool:
    """Whether nobody can write to a C-contiguous float64 array, nor to what it is a view of."""
    if not isinstance(values, np.ndarray) or values.dtype != np.float64:
        return False
    whole: Any = values
    while isinstance(whole, np.ndarray):
        if whole.flags.writeable:
            return False
        whole = whole.base
    return whole is None and values.flags.c_contiguous


def strictly_increasing(values: ArrayLike, what: str) -> FloatArray:
    """Read-only 1-D array, finite and strictly increasing, or a `ValueRangeError`."""
    times = read_only(values, (None,), what)
    if not np.isfinite(times).all():
        frame = int(np.flatnonzero(~np.isfinite(times))[0])
        raise ValueRangeError(f"{what} must be finite; value {frame + 1} is {times[frame]}")
    steps = np.diff(times)
    if (steps <= 0).any():
        frame = int(np.flatnonzero(steps <= 0)[0])
        raise ValueRangeError(
            f"{what} must increase strictly; value {frame + 1} is {times[frame]:g}"
            f" and value {frame + 2} is {times[frame + 1]:g}"
        )
    return times


def equal_values(one: Any, other: Any) -> bool:
    """Equality in which arrays compare by content, also inside of containers; NaN equals NaN."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return type(one) is type(other) and _equal_arrays(one, other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(equal_values(one[key], other[key]) for key in one)
    if isinstance(one, tuple | list) and type(one) is type(other):
        return len(one) == len(other) and all(map(equal_values, one, other))
    if isinstance(one, float) and isinstance(other, float) and one != one:
        return other != other
    return bool(one == other)


def frozen_mapping(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read-only copy of a mapping."""
    return MappingProxyType(dict(mapping))


def _equal_arrays(one: NDArray[Any], other: NDArray[Any]) -> bool:
    has_nan = one.dtype.kind in "fc" and other.dtype.kind in "fc"
    return bool(np.array_equal(one, other, equal_nan=has_nan))
