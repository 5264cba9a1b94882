"""Writing .osim models and marker sets: plain descriptions to XML."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kinebench.core.model import Document, Model

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class BodyPart:
    """A body: mass in kg, centre of mass in m, inertia about it (xx, yy, zz) in kg m²."""

    name: str
    mass: float
    centre: Point
    inertia: Point


@dataclass(frozen=True, slots=True)
class CoordinatePart:
    """A coordinate: default and range in rad or m; `axis` it turns about or shifts along."""

    name: str
    axis: Point
    range: tuple[float, float]
    translational: bool = False
    default: float = 0.0


@dataclass(frozen=True, slots=True)
class JointPart:
    """A joint at a point of the parent, at the child's origin.

    No coordinate gives a WeldJoint, one a PinJoint about its axis, more a CustomJoint whose
    rotations follow each other about axes that turn along.
    """

    name: str
    parent: str
    child: str
    location: Point
    coordinates: tuple[CoordinatePart, ...] = ()


def osim_model(
    name: str,
    bodies: Iterable[BodyPart],
    joints: Iterable[JointPart],
    markers: Mapping[str, tuple[str, Point]],
) -> Model:
    """The model as the content of an .osim file (format 4.0)."""
    root = ET.Element("OpenSimDocument", Version="40000")
    model = ET.SubElement(root, "Model", name=name)
    _texts(model, gravity="0 -9.80665 0", length_units="meters", force_units="N")
    ET.SubElement(model, "Ground", name="ground")
    for tag, elements in (
        ("BodySet", [_body(body) for body in bodies]),
        ("JointSet", [_joint(joint) for joint in joints]),
        ("MarkerSet", _markers(markers)),
    ):
        holder = ET.SubElement(ET.SubElement(model, tag, name=tag.lower()), "objects")
        holder.extend(elements)
    return Model(name, _content(root))


def marker_set(name: str, markers: Mapping[str, tuple[str, Point]]) -> Document:
    """Markers, by name: body and location in it, m."""
    root = ET.Element("OpenSimDocument", Version="40000")
    holder = ET.SubElement(ET.SubElement(root, "MarkerSet", name="markerset"), "objects")
    holder.extend(_markers(markers))
    return Document(name, _content(root))


def numbers(values: Iterable[float]) -> str:
    """Numbers such that reading them gives the same back."""
    return " ".join(repr(float(value)) for value in values)


def _content(root: ET.Element) -> bytes:
    ET.indent(root, space="\t")
    body: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8" ?>\n' + body + b"\n"


def _texts(element: ET.Element, **texts: str) -> None:
    for tag, text in texts.items():
        ET.SubElement(element, tag).text = text


def _body(body: BodyPart) -> ET.Element:
    element = ET.Element("Body", name=body.name)
    # OpenSim's scale tool records a body's factors on its geometry
    sphere = ET.SubElement(
        ET.SubElement(element, "attached_geometry"), "Sphere", name=f"{body.name}_origin"
    )
    _texts(sphere, socket_frame="..", scale_factors="1 1 1", radius="0.02")
    _texts(
        element,
        mass=numbers([body.mass]),
        mass_center=numbers(body.centre),
        inertia=numbers((*body.inertia, 0.0, 0.0, 0.0)),
    )
    return element


def _markers(markers: Mapping[str, tuple[str, Point]]) -> list[ET.Element]:
    elements = []
    for name, (body, location) in markers.items():
        element = ET.Element("Marker", name=name)
        _texts(
            element,
            socket_parent_frame=f"/bodyset/{body}",
            location=numbers(location),
            fixed="false",
        )
        elements.append(element)
    return elements


def _joint(joint: JointPart) -> ET.Element:
    kind = {0: "WeldJoint", 1: "PinJoint"}.get(len(joint.coordinates), "CustomJoint")
    element = ET.Element(kind, name=joint.name)
    parent, child = f"{joint.parent}_offset", f"{joint.child}_offset"
    _texts(element, socket_parent_frame=parent, socket_child_frame=child)
    if joint.coordinates:
        holder = ET.SubElement(element, "coordinates")
        holder.extend(_coordinate(coordinate) for coordinate in joint.coordinates)
    frames = ET.SubElement(element, "frames")
    turn = _pin_orientation(joint.coordinates[0].axis) if kind == "PinJoint" else (0.0, 0.0, 0.0)
    for name, body, location in (
        (parent, joint.parent, joint.location),
        (child, joint.child, (0.0, 0.0, 0.0)),
    ):
        frame = ET.SubElement(frames, "PhysicalOffsetFrame", name=name)
        socket = "/ground" if body == "ground" else f"/bodyset/{body}"
        _texts(
            frame, socket_parent=socket, translation=numbers(location), orientation=numbers(turn)
        )
    if kind == "CustomJoint":
        element.append(_spatial_transform(joint.coordinates))
    return element


def _coordinate(coordinate: CoordinatePart) -> ET.Element:
    element = ET.Element("Coordinate", name=coordinate.name)
    _texts(
        element,
        default_value=numbers([coordinate.default]),
        default_speed_value="0",
        range=numbers(coordinate.range),
        clamped="true",
        locked="false",
        prescribed="false",
    )
    return element


def _pin_orientation(axis: Point) -> Point:
    """Body-fixed x-y-z angles of a frame whose z is `axis`."""
    x, y, z = axis
    return math.atan2(-y, z), math.asin(x / math.hypot(x, y, z)), 0.0


def _spatial_transform(coordinates: tuple[CoordinatePart, ...]) -> ET.Element:
    element = ET.Element("SpatialTransform")
    free = {
        "rotation": [c for c in coordinates if not c.translational],
        "translation": [c for c in coordinates if c.translational],
    }
    for kind, chosen in free.items():
        for number in range(3):
            axis = ET.SubElement(element, "TransformAxis", name=f"{kind}{number + 1}")
            coordinate = chosen[number] if number < len(chosen) else None
            direction = coordinate.axis if coordinate else _unit(number)
            _texts(
                axis,
                coordinates=coordinate.name if coordinate else "",
                axis=numbers(direction),
            )
            if coordinate:
                function = ET.SubElement(axis, "LinearFunction", name="function")
                _texts(function, coefficients="1 0")
            else:
                _texts(ET.SubElement(axis, "Constant", name="function"), value="0")
    return element


def _unit(number: int) -> Point:
    return float(number == 0), float(number == 1), float(number == 2)
