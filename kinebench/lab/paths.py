"""Smooth functions of time: piecewise polynomials of fifth degree, continuous to acceleration."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray

State = tuple[float, float, float]
"""Value, rate and second derivative at a time."""


def smooth_step(t: ArrayLike, start: float, end: float) -> FloatArray:
    """From 0 before `start` to 1 after `end`, at rest at both: 10 s³ − 15 s⁴ + 6 s⁵.

    Of all courses of that degree it is the one with the least jerk (Flash & Hogan 1985).
    """
    s = np.clip((np.asarray(t, dtype=np.float64) - start) / (end - start), 0.0, 1.0)
    return np.asarray(s**3 * (10 + s * (6 * s - 15)))


def bump(t: ArrayLike, start: float, end: float) -> FloatArray:
    """0 outside, 1 in the middle: 64 s³ (1 − s)³."""
    s = np.clip((np.asarray(t, dtype=np.float64) - start) / (end - start), 0.0, 1.0)
    return np.asarray(64 * (s * (1 - s)) ** 3)


def hermite(t: ArrayLike, knots: Sequence[float], states: Sequence[State]) -> FloatArray:
    """Piecewise quintic through states at knots; constant rate of the end states outside.

    Parameters
    ----------
    t : (...) s
    knots : sequence of float
        Increasing, s.
    states : sequence of (value, rate, second derivative)
        One per knot.
    """
    times = np.asarray(t, dtype=np.float64)
    piece = np.clip(np.searchsorted(knots, times, side="right") - 1, 0, len(knots) - 2)
    x = np.asarray(knots, dtype=np.float64)
    table = np.asarray(states, dtype=np.float64)
    length = np.diff(x)[piece]
    s = np.clip((times - x[piece]) / length, 0.0, 1.0)
    one, other = table[piece], table[piece + 1]
    h = np.stack([np.ones_like(length), length, length**2], axis=-1)
    a, b = one * h, other * h
    # coefficients of s⁰ to s² come from the start, the others from what the end then lacks
    value = a[..., 0] + a[..., 1] * s + a[..., 2] / 2 * s**2
    d0 = b[..., 0] - a[..., 0] - a[..., 1] - a[..., 2] / 2
    d1 = b[..., 1] - a[..., 1] - a[..., 2]
    d2 = b[..., 2] - a[..., 2]
    cubic = 10 * d0 - 4 * d1 + d2 / 2
    quartic = -15 * d0 + 7 * d1 - d2
    quintic = 6 * d0 - 3 * d1 + d2 / 2
    outside = times - np.clip(times, x[0], x[-1])
    edge = np.where(outside < 0, table[0, 1], table[-1, 1])
    return np.asarray(value + s**3 * (cubic + s * (quartic + s * quintic)) + outside * edge)
