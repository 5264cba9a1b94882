"""Adjusted p-values for many comparisons, e.g. one per coordinate."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError


def holm(p_values: ArrayLike) -> FloatArray:
    """Adjusted p-values that bound the chance of any false positive (Holm 1979).

    Parameters
    ----------
    p_values : (n,)
        In any order; NaN (a comparison that could not be made) stays NaN and is not counted.

    Returns
    -------
    adjusted : (n,)

    Raises
    ------
    ValueRangeError
        When a value lies outside 0 to 1.
    """
    p, present = _probabilities(p_values)
    order = np.argsort(p[present], kind="stable")
    n = len(order)
    stepped = np.maximum.accumulate((n - np.arange(n)) * p[present][order])
    return _restored(p, present, order, stepped)


def benjamini_hochberg(p_values: ArrayLike) -> FloatArray:
    """Adjusted p-values that bound the share of false discoveries (Benjamini & Hochberg 1995).

    Parameters
    ----------
    p_values : (n,)
        In any order; NaN stays NaN and is not counted.

    Returns
    -------
    adjusted : (n,)

    Raises
    ------
    ValueRangeError
        When a value lies outside 0 to 1.
    """
    p, present = _probabilities(p_values)
    order = np.argsort(p[present], kind="stable")
    n = len(order)
    scaled = n / (np.arange(n) + 1) * p[present][order]
    stepped = np.minimum.accumulate(scaled[::-1])[::-1]
    return _restored(p, present, order, stepped)


CORRECTIONS = {"holm": holm, "benjamini_hochberg": benjamini_hochberg}
"""Corrections by name."""


def _probabilities(
    p_values: ArrayLike,
) -> tuple[FloatArray, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1:
        raise ValueRangeError(f"p-values must have 1 dimension, found shape {p.shape}")
    present = ~np.isnan(p)
    if ((p[present] < 0) | (p[present] > 1)).any():
        raise ValueRangeError("p-values must lie between 0 and 1")
    return p, present


def _restored(
    p: FloatArray,
    present: np.ndarray[tuple[int], np.dtype[np.bool_]],
    order: np.ndarray[tuple[int], np.dtype[np.intp]],
    stepped: FloatArray,
) -> FloatArray:
    among_present = np.empty(len(order))
    among_present[order] = np.minimum(stepped, 1.0)
    adjusted = np.full(p.shape, np.nan)
    adjusted[present] = among_present
    return adjusted
