"""Functions of one variable, as joints and couplings of OpenSim models use them.

Every function that OpenSim ships for this purpose is a piecewise polynomial or a sine; both know
their first two derivatives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray, read_only
from kinebench.core.value import Value
from kinebench.errors import ValueRangeError


@dataclass(frozen=True, slots=True, eq=False)
class PiecewisePolynomial(Value):
    """f(u) = Σ_k coefficients[i, k] (u − origins[i])^k on piece i.

    Parameters
    ----------
    starts : (n_pieces − 1,)
        Where the second and each further piece starts; the first one reaches to −∞.
    origins : (n_pieces,)
    coefficients : (n_pieces, degree + 1)
        Lowest power first.
    """

    starts: FloatArray
    origins: FloatArray
    coefficients: FloatArray

    def __post_init__(self) -> None:
        origins = read_only(self.origins, (None,), "origins")
        starts = read_only(self.starts, (len(origins) - 1,), "starts")
        if (np.diff(starts) < 0).any():
            raise ValueRangeError("the pieces of a function must come in increasing order")
        object.__setattr__(self, "starts", starts)
        object.__setattr__(self, "origins", origins)
        shape = (len(origins), None)
        object.__setattr__(
            self, "coefficients", read_only(self.coefficients, shape, "coefficients")
        )

    def __call__(self, u: ArrayLike) -> FloatArray:
        t, descending = self._at(u)
        f = np.zeros(t.shape)
        for c in descending:
            f = f * t + c
        return f

    def derivatives(self, u: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Value, first and second derivative at u, each of u's shape."""
        t, descending = self._at(u)
        f, df, ddf = (np.zeros(t.shape) for _ in range(3))
        for c in descending:
            ddf = ddf * t + 2 * df
            df = df * t + f
            f = f * t + c
        return f, df, ddf

    def _at(self, u: ArrayLike) -> tuple[FloatArray, list[FloatArray]]:
        """u from the origin of its piece, and that piece's coefficients, highest first (Horner)."""
        values = np.asarray(u, dtype=np.float64)
        if not len(self.starts):  # one piece, as nearly all joints have
            return np.asarray(values - self.origins[0]), list(self.coefficients[0, ::-1])
        piece = np.searchsorted(self.starts, values, side="right")
        return values - self.origins[piece], [c[piece] for c in self.coefficients.T[::-1]]

    def scaled(self, factor: float) -> PiecewisePolynomial:
        """factor · f."""
        return PiecewisePolynomial(self.starts, self.origins, factor * self.coefficients)


@dataclass(frozen=True, slots=True)
class Sine:
    """f(u) = amplitude · sin(omega · u + phase) + offset."""

    amplitude: float
    omega: float = 1.0
    phase: float = 0.0
    offset: float = 0.0

    def __call__(self, u: ArrayLike) -> FloatArray:
        return self.derivatives(u)[0]

    def derivatives(self, u: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Value, first and second derivative at u, each of u's shape."""
        angle = self.omega * np.asarray(u, dtype=np.float64) + self.phase
        wave = self.amplitude * np.sin(angle)
        slope = self.amplitude * self.omega * np.cos(angle)
        return wave + self.offset, slope, -(self.omega**2) * wave

    def scaled(self, factor: float) -> Sine:
        """factor · f."""
        return Sine(factor * self.amplitude, self.omega, self.phase, factor * self.offset)


Function = PiecewisePolynomial | Sine


def polynomial(coefficients: Sequence[float]) -> PiecewisePolynomial:
    """Polynomial from its coefficients, highest power first."""
    ascending = np.array(coefficients, dtype=np.float64)[::-1]
    return PiecewisePolynomial(np.empty(0), np.zeros(1), ascending[None, :])


def piecewise_linear(x: ArrayLike, y: ArrayLike) -> PiecewisePolynomial:
    """Straight lines between points; the outer ones go on beyond the ends."""
    x, y = _points(x, y, 2)
    slopes = np.diff(y) / np.diff(x)
    return PiecewisePolynomial(x[1:-1], x[:-1], np.stack([y[:-1], slopes], axis=1))


def piecewise_constant(x: ArrayLike, y: ArrayLike) -> PiecewisePolynomial:
    """y[i] from x[i] to just before x[i + 1]; the outer values go on beyond the ends."""
    x, y = _points(x, y, 1)
    return PiecewisePolynomial(x[1:], x, y[:, None])


def step(start: float, end: float, start_value: float, end_value: float) -> PiecewisePolynomial:
    """Quintic from one constant to another, twice differentiable."""
    rise = end_value - start_value
    powers = np.array([10.0, -15.0, 6.0]) * rise / (end - start) ** np.arange(3, 6)
    coefficients = np.zeros((3, 6))
    coefficients[:, 0] = start_value, start_value, end_value
    coefficients[1, 3:] = powers
    return PiecewisePolynomial(np.array([start, end]), np.array([start, start, end]), coefficients)


def simm_spline(x: ArrayLike, y: ArrayLike) -> PiecewisePolynomial:
    """Cubic spline of SIMM, on which OpenSim's ``SimmSpline`` rests; straight beyond the ends.

    Each end has the third derivative of the cubic through its four outermost points
    (G. E. Forsythe, M. A. Malcolm, C. B. Moler, Computer Methods for Mathematical Computations,
    1977, ch. 4); with three points both pieces have the same second derivative at the outer ends
    as in the middle.
    """
    x, y = _points(x, y, 2)
    if len(x) == 2:
        return piecewise_linear(x, y)
    h = np.diff(x)
    slopes = np.diff(y) / h
    n = len(x)
    matrix = np.zeros((n, n))
    right = np.zeros(n)
    inner = np.arange(1, n - 1)
    matrix[inner, inner - 1] = h[:-1]
    matrix[inner, inner] = 2 * (h[:-1] + h[1:])
    matrix[inner, inner + 1] = h[1:]
    right[inner] = np.diff(slopes)
    matrix[0, :2] = -h[0], h[0]
    matrix[-1, -2:] = h[-1], -h[-1]
    if n > 3:
        second = np.diff(slopes) / (x[2:] - x[:-2])
        third = np.diff(second) / (x[3:] - x[:-3])
        right[0] = h[0] ** 2 * third[0]
        right[-1] = -(h[-1] ** 2) * third[-1]
    c = np.linalg.solve(matrix, right)  # a sixth of the second derivative
    b = slopes - h * (c[1:] + 2 * c[:-1])
    pieces = np.stack([y[:-1], b, 3 * c[:-1], np.diff(c) / h], axis=1)
    last_slope = slopes[-1] + h[-1] * (c[-2] + 2 * c[-1])
    return _with_straight_ends(x, y, pieces, b[0], last_slope)


def natural_spline(x: ArrayLike, y: ArrayLike, degree: int) -> PiecewisePolynomial:
    """Interpolating natural spline of odd degree, as OpenSim's ``GCVSpline`` without smoothing.

    Beyond the ends it goes on as a polynomial of degree (degree − 1) / 2. As there, degree + 1
    points are the fewest.
    """
    from scipy.interpolate import PPoly, make_interp_spline

    x, y = _points(x, y, degree + 1)
    conditions: Any = "natural"
    if degree != 3:
        zero = [(order, 0.0) for order in range((degree + 1) // 2, degree)]
        conditions = (zero, zero) if zero else None
    spline = make_interp_spline(x, y, k=degree, bc_type=conditions)
    inner = PPoly.from_spline((spline.t, spline.c, degree))
    kept = np.flatnonzero(np.diff(inner.x) > 0)
    ascending = inner.c[::-1, kept].T
    # beyond the last point the polynomial of lower degree that fits value and slopes there
    ends = np.zeros((1, degree + 1))
    factorial = 1.0
    for order in range((degree + 1) // 2):
        factorial *= max(order, 1)
        ends[0, order] = spline(x[-1], nu=order) / factorial
    first = np.zeros((1, degree + 1))
    first[0, : (degree + 1) // 2] = ascending[0, : (degree + 1) // 2]
    return PiecewisePolynomial(
        x, np.concatenate([x[:1], x]), np.concatenate([first, ascending, ends])
    )


def _with_straight_ends(
    x: FloatArray, y: FloatArray, pieces: FloatArray, first_slope: float, last_slope: float
) -> PiecewisePolynomial:
    before, after = np.zeros((1, 4)), np.zeros((1, 4))
    before[0, :2] = y[0], first_slope
    after[0, :2] = y[-1], last_slope
    return PiecewisePolynomial(
        x, np.concatenate([x[:1], x]), np.concatenate([before, pieces, after])
    )


def _points(x: ArrayLike, y: ArrayLike, least: int) -> tuple[FloatArray, FloatArray]:
    x = read_only(x, (None,), "x of a function")
    y = read_only(y, (len(x),), "y of a function")
    if len(x) < least:
        raise ValueRangeError(f"the function needs {least} points or more, found {len(x)}")
    if (np.diff(x) <= 0).any():
        raise ValueRangeError("the points of a function must have increasing x")
    return x, y
