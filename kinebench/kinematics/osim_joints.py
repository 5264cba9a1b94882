"""The terms of every joint kind that OpenSim ships (Simbody's mobilizers, Euler angles)."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.errors import ModelError
from kinebench.kinematics.functions import PiecewisePolynomial, Sine, polynomial
from kinebench.kinematics.osim_functions import numbers, read_function
from kinebench.kinematics.tree import Offset, Term

X, Y, Z = np.eye(3)


@dataclass(frozen=True, slots=True)
class JointPart:
    """Terms between two frames, both given in the frames of the joint."""

    terms: tuple[Term, ...]
    in_parent: Offset
    in_child: Offset


def joint_parts(
    element: ET.Element, coordinates: tuple[int, ...], index_of: Mapping[str, int]
) -> tuple[JointPart, ...]:
    """One part for most joints; joints with a massless inner body have two.

    Parameters
    ----------
    element : Element
        The joint in the .osim.
    coordinates : tuple of int
        Indices of its own coordinates, in order.
    index_of : mapping of str to int
        All coordinates of the model: a CustomJoint may read those of other joints.

    Raises
    ------
    ModelError
        Naming the joint and its kind.
    """
    where = f"joint '{element.get('name')}' ({element.tag})"
    if element.tag == "CustomJoint":
        return (_part(_spatial_transform(element, index_of, where)),)
    if element.tag == "EllipsoidJoint":
        radii = numbers(element, "radii_x_y_z")
        _require(len(radii) == 3, f"{where} needs three radii")
        _require(len(coordinates) == 3, f"{where} needs 3 coordinates")
        return (_part(_ellipsoid(coordinates, radii)),)
    if element.tag == "ScapulothoracicJoint":
        _require(len(coordinates) == 4, f"{where} needs 4 coordinates")
        return _scapulothoracic(element, coordinates, where)
    axes = _SIMPLE.get(element.tag)
    if axes is None:
        known = ", ".join(
            sorted([*_SIMPLE, "CustomJoint", "EllipsoidJoint", "ScapulothoracicJoint"])
        )
        raise ModelError(f"{where}: this kind of joint is not supported; supported are: {known}")
    _require(
        len(axes) == len(coordinates),
        f"{where} needs {len(axes)} coordinates, found {len(coordinates)}",
    )
    return (
        _part(
            tuple(
                Term(rotation, axis, ((index, 1.0),), _identity())
                for (rotation, axis), index in zip(axes, coordinates, strict=True)
            )
        ),
    )


_ROTATIONS = ((True, X), (True, Y), (True, Z))
_SIMPLE: dict[str, tuple[tuple[bool, FloatArray], ...]] = {
    "WeldJoint": (),
    "PinJoint": ((True, Z),),
    "SliderJoint": ((False, X),),
    "UniversalJoint": _ROTATIONS[:2],
    "GimbalJoint": _ROTATIONS,
    "BallJoint": _ROTATIONS,
    "FreeJoint": (*_ROTATIONS, (False, X), (False, Y), (False, Z)),
    "PlanarJoint": ((True, Z), (False, X), (False, Y)),
}


_AXIS_NAMES = tuple(f"{kind}{i}" for kind in ("rotation", "translation") for i in (1, 2, 3))


def _identity() -> PiecewisePolynomial:
    return polynomial((1.0, 0.0))


def _part(terms: tuple[Term, ...]) -> JointPart:
    here = Offset(np.eye(3), np.zeros(3))
    return JointPart(terms, here, here)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ModelError(message)


def _spatial_transform(
    element: ET.Element, index_of: Mapping[str, int], where: str
) -> tuple[Term, ...]:
    transform = element.find("SpatialTransform")
    axes = [] if transform is None else transform.findall("TransformAxis")
    by_name = {axis.get("name"): axis for axis in axes}
    terms = []
    for name in _AXIS_NAMES:
        place = f"{where}, axis '{name}'"
        axis = by_name.get(name)
        if axis is None:
            raise ModelError(f"{place} is missing")
        names = (axis.findtext("coordinates") or "").split()
        unknown = [name for name in names if name not in index_of]
        _require(not unknown, f"{place} reads unknown coordinate '{' '.join(unknown)}'")
        function_element = _function_of(axis)
        if function_element is None:
            _require(not names, f"{place} has a coordinate but no function")
            continue
        function, factors = read_function(function_element, len(names), place)
        direction = np.array(numbers(axis, "axis", (1.0, 0.0, 0.0)))
        length = float(np.linalg.norm(direction))
        _require(bool(direction.shape == (3,) and length > 0), f"{place} has no direction")
        weights = tuple(
            (index_of[name], factor)
            for name, factor in zip(names, factors, strict=True)
            if factor != 0
        )
        terms.append(Term(name.startswith("rot"), direction / length, weights, function))
    return tuple(terms)


def _function_of(axis: ET.Element) -> ET.Element | None:
    for child in axis:
        if child.tag == "function":
            return child[0] if len(child) else None
        if child.tag not in ("coordinates", "axis"):
            return child
    return None


def _ellipsoid(coordinates: tuple[int, ...], radii: tuple[float, ...]) -> tuple[Term, ...]:
    """Body-fixed x-y-z rotation; the origin rides where the surface normal is the rotated z axis.

    The normal is (sin b, −sin a cos b, cos a cos b); products become sums of sines.
    """
    a, b, _ = coordinates
    rx, ry, rz = radii
    both, difference = ((a, 1.0), (b, 1.0)), ((a, 1.0), (b, -1.0))
    quarter = math.pi / 2
    rotations = tuple(
        Term(True, axis, ((index, 1.0),), _identity())
        for axis, index in zip((X, Y, Z), coordinates, strict=True)
    )
    return (
        *rotations,
        Term(False, X, ((b, 1.0),), Sine(rx)),
        Term(False, Y, both, Sine(-ry / 2)),
        Term(False, Y, difference, Sine(-ry / 2)),
        Term(False, Z, both, Sine(rz / 2, phase=quarter)),
        Term(False, Z, difference, Sine(rz / 2, phase=quarter)),
    )


def _scapulothoracic(
    element: ET.Element, coordinates: tuple[int, ...], where: str
) -> tuple[JointPart, ...]:
    """An ellipsoid turned by 90° about z, then a pin: winging (A. Seth et al., PLoS ONE 2016)."""
    radii = numbers(element, "thoracic_ellipsoid_radii_x_y_z")
    origin = numbers(element, "scapula_winging_axis_origin", (0.0, 0.0))
    _require(len(radii) == 3 and len(origin) == 2, f"{where} needs three radii and two origins")
    angle = numbers(element, "scapula_winging_axis_direction", (0.0,))[0]
    turned = Offset(np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]), np.zeros(3))
    on_surface = _ellipsoid(coordinates[:3], (radii[1], radii[0], radii[2]))
    winging_axis = np.array([-math.sin(angle), math.cos(angle), 0.0])
    pivot = Offset(np.eye(3), np.array([*origin, 0.0]))
    winging = Term(True, winging_axis, ((coordinates[3], 1.0),), _identity())
    return (JointPart(on_surface, turned, turned), JointPart((winging,), pivot, pivot))
