"""Functions of joints: values and derivatives, also against OpenSim's own classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kinebench.errors import ValueRangeError
from kinebench.kinematics.functions import (
    Function,
    PiecewisePolynomial,
    Sine,
    natural_spline,
    piecewise_constant,
    piecewise_linear,
    polynomial,
    simm_spline,
    step,
)

X_POINTS = (-1.0, -0.2, 0.3, 1.1, 1.5)
Y_POINTS = (0.4, -0.7, 0.2, 0.9, 0.1)
EVERYWHERE = np.linspace(-2.5, 2.5, 201) + 0.00123


def opensim_values(function: Any) -> np.ndarray[Any, Any]:
    import opensim

    return np.array([function.calcValue(opensim.Vector(1, u)) for u in EVERYWHERE])


def points_function(kind: str, n: int = 5) -> Any:
    import opensim

    function = getattr(opensim, kind)()
    for x, y in zip(X_POINTS[:n], Y_POINTS[:n], strict=True):
        function.addPoint(x, y)
    return function


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_simm_spline_equals_opensims(n: int) -> None:
    ours = simm_spline(X_POINTS[:n], Y_POINTS[:n])(EVERYWHERE)
    np.testing.assert_allclose(ours, opensim_values(points_function("SimmSpline", n)), atol=1e-13)


@pytest.mark.parametrize(
    ("kind", "ours"),
    [
        ("PiecewiseLinearFunction", piecewise_linear),
        ("PiecewiseConstantFunction", piecewise_constant),
    ],
)
def test_pieces_equal_opensims(kind: str, ours: Callable[..., Function]) -> None:
    expected = opensim_values(points_function(kind))
    np.testing.assert_allclose(ours(X_POINTS, Y_POINTS)(EVERYWHERE), expected, atol=1e-13)


@pytest.mark.parametrize("degree", [3, 5])
def test_natural_spline_equals_opensims_gcv_spline(degree: int) -> None:
    import opensim

    x = np.linspace(-1.2, 1.3, 9)
    y = np.sin(2 * x) + 0.2 * x**2
    theirs = opensim.GCVSpline()
    theirs.setDegree(degree)
    for point in zip(x, y, strict=True):
        theirs.addPoint(*map(float, point))
    inside = (x[0] < EVERYWHERE) & (x[-1] > EVERYWHERE)
    ours = natural_spline(x, y, degree)
    np.testing.assert_allclose(ours(EVERYWHERE[inside]), opensim_values(theirs)[inside], atol=1e-12)
    # no jump of value or slope where the polynomial beyond the ends takes over
    for end in (x[0], x[-1]):
        for before, after in zip(
            ours.derivatives(end - 1e-9), ours.derivatives(end + 1e-9), strict=True
        ):
            assert before == pytest.approx(after, abs=1e-6)


def test_sine_polynomial_and_step_equal_opensims() -> None:
    import opensim

    wave = opensim.Sine(0.7, 1.3, 0.2, -0.1)
    np.testing.assert_allclose(Sine(0.7, 1.3, 0.2, -0.1)(EVERYWHERE), opensim_values(wave))
    cubic = opensim.PolynomialFunction(opensim.Vector([0.3, -0.2, 0.5, 0.9]))
    np.testing.assert_allclose(polynomial((0.3, -0.2, 0.5, 0.9))(EVERYWHERE), opensim_values(cubic))
    ramp = opensim.StepFunction(-0.4, 0.9, 0.2, -0.6)
    ours = step(-0.4, 0.9, 0.2, -0.6)(EVERYWHERE)
    np.testing.assert_allclose(ours, opensim_values(ramp), atol=1e-13)


@pytest.mark.parametrize(
    "function",
    [
        polynomial((0.3, -0.2, 0.5, 0.9)),
        simm_spline(X_POINTS, Y_POINTS),
        natural_spline(np.linspace(-1, 1, 8), np.cos(np.linspace(-1, 1, 8)), 5),
        step(-0.4, 0.9, 0.2, -0.6),
        Sine(0.7, 1.3, 0.2, -0.1),
        Sine(0.7, 1.3, 0.2, -0.1).scaled(-2.0),
        piecewise_linear(X_POINTS, Y_POINTS).scaled(3.0),
    ],
)
def test_derivatives_equal_finite_differences(function: Function) -> None:
    h = 1e-4
    u = EVERYWHERE
    value, slope, curvature = function.derivatives(u)
    # points whose difference quotient spans a kink of a piecewise function are left out
    smooth = np.abs(function.derivatives(u + h)[2] - function.derivatives(u - h)[2]) < 0.1
    smooth &= np.abs(function.derivatives(u + h)[1] - function.derivatives(u - h)[1]) < 0.1
    assert smooth.mean() > 0.9
    numeric = (function(u + h) - function(u - h)) / (2 * h)
    numeric2 = (function.derivatives(u + h)[1] - function.derivatives(u - h)[1]) / (2 * h)
    np.testing.assert_allclose(slope[smooth], numeric[smooth], atol=1e-6)
    np.testing.assert_allclose(curvature[smooth], numeric2[smooth], atol=1e-5)
    assert value.shape == u.shape


def test_scaled_multiplies_the_values() -> None:
    spline = simm_spline(X_POINTS, Y_POINTS)
    np.testing.assert_allclose(spline.scaled(-1.7)(EVERYWHERE), -1.7 * spline(EVERYWHERE))


@pytest.mark.parametrize(
    ("x", "y"), [((0, 1, 1), (0, 1, 2)), ((0.0,), (1.0,)), ((0, 1), (0, 1, 2)), ((1, 0), (0, 0))]
)
def test_points_that_make_no_function_are_refused(x: tuple[float], y: tuple[float]) -> None:
    with pytest.raises(ValueRangeError):
        simm_spline(x, y)


def test_pieces_out_of_order_are_refused() -> None:
    with pytest.raises(ValueRangeError, match="increasing"):
        PiecewisePolynomial(np.array([1.0, 0.0]), np.zeros(3), np.zeros((3, 1)))
