"""Functions as .osim files write them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

from kinebench.errors import ModelError, ValueRangeError
from kinebench.kinematics.functions import (
    Function,
    Sine,
    natural_spline,
    piecewise_constant,
    piecewise_linear,
    polynomial,
    simm_spline,
    step,
)


def numbers(element: ET.Element, tag: str, default: tuple[float, ...] = ()) -> tuple[float, ...]:
    """Numbers in a child element; the default when it is absent or empty."""
    text = element.findtext(tag)
    if text is None or not text.strip():
        return default
    try:
        return tuple(float(cell) for cell in text.strip(" ()\n\t~").replace(",", " ").split())
    except ValueError as error:
        raise ModelError(f"{tag} of '{element.get('name')}' holds no numbers: {error}") from error


def read_function(
    element: ET.Element, n_arguments: int, where: str
) -> tuple[Function, list[float]]:
    """A function and the factors of its arguments: value = function(Σ factor · argument).

    Raises
    ------
    ModelError
        For a kind that is not known, or one that needs another number of arguments.
    """
    if element.tag == "LinearFunction":
        coefficients = numbers(element, "coefficients", (1.0, 0.0))
        if len(coefficients) != n_arguments + 1:
            raise ModelError(
                f"{where}: a LinearFunction of {n_arguments} coordinates needs"
                f" {n_arguments + 1} coefficients, found {len(coefficients)}"
            )
        *factors, constant = coefficients
        return polynomial((1.0, constant)), factors
    if element.tag == "Constant":
        return polynomial((_number(element, "value", 0.0),)), [0.0] * n_arguments
    if element.tag == "MultiplierFunction":
        inner, factors = read_function(_inner(element, where), n_arguments, where)
        return inner.scaled(_number(element, "scale", 1.0)), factors
    if element.tag not in _UNIVARIATE:
        known = ", ".join(
            sorted([*_UNIVARIATE, "Constant", "LinearFunction", "MultiplierFunction"])
        )
        raise ModelError(
            f"{where}: function {element.tag} is not supported; supported are: {known}"
        )
    if n_arguments != 1:
        raise ModelError(
            f"{where}: function {element.tag} needs one coordinate, found {n_arguments}"
        )
    try:
        return _UNIVARIATE[element.tag](element, where), [1.0]
    except ValueRangeError as error:
        raise ModelError(f"{where}: {element.tag}: {error}") from error


def _number(element: ET.Element, tag: str, default: float) -> float:
    found = numbers(element, tag, (default,))
    return found[0]


def _inner(element: ET.Element, where: str) -> ET.Element:
    holder = element.find("function")
    if holder is None or len(holder) == 0:
        raise ModelError(f"{where}: a MultiplierFunction holds no function")
    return holder[0]


def _polynomial(element: ET.Element, where: str) -> Function:
    return polynomial(numbers(element, "coefficients", (0.0,)))


def _points(kind: Callable[..., Function]) -> Callable[[ET.Element, str], Function]:
    def read(element: ET.Element, where: str) -> Function:
        return kind(numbers(element, "x"), numbers(element, "y"))

    return read


def _gcv_spline(element: ET.Element, where: str) -> Function:
    if _number(element, "error_variance", 0.0) > 0:
        raise ModelError(f"{where}: a GCVSpline that smooths (error_variance > 0) is not supported")
    half_order = int(_number(element, "half_order", 3))
    return natural_spline(numbers(element, "x"), numbers(element, "y"), 2 * half_order - 1)


def _sine(element: ET.Element, where: str) -> Function:
    return Sine(
        _number(element, "amplitude", 1.0),
        _number(element, "omega", 1.0),
        _number(element, "phase", 0.0),
        _number(element, "offset", 0.0),
    )


def _step(element: ET.Element, where: str) -> Function:
    return step(
        _number(element, "transition_start_time", 0.0),
        _number(element, "transition_end_time", 1.0),
        _number(element, "start_value", 0.0),
        _number(element, "end_value", 1.0),
    )


_UNIVARIATE: dict[str, Callable[[ET.Element, str], Function]] = {
    "PolynomialFunction": _polynomial,
    "SimmSpline": _points(simm_spline),
    "PiecewiseLinearFunction": _points(piecewise_linear),
    "PiecewiseConstantFunction": _points(piecewise_constant),
    "GCVSpline": _gcv_spline,
    "Sine": _sine,
    "StepFunction": _step,
}
