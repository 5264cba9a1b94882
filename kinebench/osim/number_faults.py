"""Numbers of a model on which OpenSim ends the whole process, or computes nonsense."""

from __future__ import annotations

import itertools
import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator

# element -> how many numbers it must hold; an empty one keeps OpenSim's default
_COUNTS = {
    "location": 3, "translation": 3, "orientation": 3, "mass_center": 3, "inertia": 6,
    "mass": 1, "default_value": 1, "range": 2, "axis": 3, "radii_x_y_z": 3,
    "thoracic_ellipsoid_radii_x_y_z": 3, "scapula_winging_axis_direction": 1,
    "scapula_winging_axis_origin": 2, "scale_factor": 1, "scale_factors": 3,
}  # fmt: skip
# function -> its single numbers
_SINGLE = {
    "Constant": ("value",),
    "MultiplierFunction": ("scale",),
    "Sine": ("amplitude", "omega", "phase", "offset"),
    "StepFunction": (
        "transition_start_time", "transition_end_time", "start_value", "end_value",
    ),
    "GCVSpline": ("half_order", "error_variance"),
}  # fmt: skip
# function -> the fewest points it takes
_POINTS = {
    "SimmSpline": 2,
    "NaturalCubicSpline": 2,
    "PiecewiseLinearFunction": 2,
    "PiecewiseConstantFunction": 1,
    "GCVSpline": 2,
}
_COEFFICIENTS = ("LinearFunction", "PolynomialFunction")


def number_faults(root: ET.Element) -> Iterator[str]:
    """What is wrong with the numbers of a document, fault by fault."""
    for part in root.iter():
        for child in part:
            yield from _count_faults(child, part.get("name") or part.tag)
    for holder in ("JointSet", "ConstraintSet"):
        for owner in root.iterfind(f".//{holder}/objects/*"):
            where = f"{owner.tag} {owner.get('name')}"
            for function in owner.iter():
                yield from (f"{fault} in {where}" for fault in _function_faults(function))


def _count_faults(element: ET.Element, owner: str) -> Iterator[str]:
    count = _COUNTS.get(element.tag)
    text = (element.text or "").strip()
    if count is None or not text:
        return
    numbers = _numbers(text)
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        yield f"{element.tag} of {owner} is '{text[:40]}'"
    elif element.tag == "range" and numbers[0] > numbers[1]:
        yield f"range of {owner} descends: '{text[:40]}'"


def _function_faults(function: ET.Element) -> Iterator[str]:
    for tag in _SINGLE.get(function.tag, ()):
        text = function.findtext(tag)
        if text is not None and not _are_finite(text, 1):
            yield f"{tag} of a {function.tag} is '{text.strip()[:40]}'"
    if function.tag in _COEFFICIENTS:
        text = function.findtext("coefficients")
        least = 2 if function.tag == "LinearFunction" else 1
        if text is not None and not _are_finite(text, least, exactly=False):
            yield f"coefficients of a {function.tag} are '{text.strip()[:40]}'"
    if function.tag in _POINTS:
        yield from _point_faults(function)
    if function.tag == "MultiplierFunction" and not function.findall("function/*"):
        yield "a MultiplierFunction without a function"


def _point_faults(function: ET.Element) -> Iterator[str]:
    kind, least = function.tag, _POINTS[function.tag]
    if kind == "GCVSpline":
        order = _numbers(function.findtext("half_order") or "3")
        least = 2 * int(order[0]) if order and 1 <= order[0] <= 4 else 0
        if not least:
            yield f"half_order of a {kind} is not 1 to 4"
            return
    x, y = (_numbers(function.findtext(tag) or "") for tag in "xy")
    if len(x) < least:
        yield f"a {kind} of {len(x)} points, {least} are needed"
    elif len(x) != len(y):
        yield f"a {kind} with {len(x)} x and {len(y)} y"
    elif not all(map(math.isfinite, (*x, *y))):
        yield f"a {kind} with points that are no numbers"
    elif any(b <= a for a, b in itertools.pairwise(x)):
        yield f"a {kind} whose x do not increase"


def _are_finite(text: str, count: int, exactly: bool = True) -> bool:
    numbers = _numbers(text)
    enough = len(numbers) == count if exactly else len(numbers) >= count
    return enough and all(map(math.isfinite, numbers))


def _numbers(text: str) -> list[float]:
    return [_number(cell) for cell in text.split()]


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan
