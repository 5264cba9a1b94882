"""What a model's coordinates measure, and how OpenSim writes them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from kinebench.core.motion import Kind

_SHIFTING = {"SliderJoint": (0,), "FreeJoint": (3, 4, 5), "PlanarJoint": (1, 2)}


def coordinate_kinds(model: ET.Element) -> dict[str, tuple[Kind, bool]]:
    """Kind of each coordinate, and whether OpenSim calls it *coupled*.

    OpenSim's files have degrees for rotational coordinates only: a coupled one stays in radians in
    them. In a CustomJoint a coordinate is translational when a linear function of slope 1 or −1
    drives a translation by it, else rotational when one so drives a rotation, else coupled: an
    angle when it drives any rotation. The other joints know what theirs are
    (``CustomJoint::getMotionType`` of OpenSim 4.6, found by experiment).

    Parameters
    ----------
    model : Element
        <Model> of today's format.
    """
    joints = model.findall("JointSet/objects/*")
    turning = {name for rotation, names, _ in _axes(joints) for name in names if rotation}
    shifting = {name for rotation, names, _ in _axes(joints) for name in names if not rotation}
    found: dict[str, tuple[Kind, bool]] = {}
    for joint in joints:
        plain = {
            (rotation, name) for rotation, names, lone in _axes([joint]) for name in names if lone
        }
        for index, coordinate in enumerate(joint.iterfind("coordinates/Coordinate")):
            name = coordinate.get("name") or ""
            if joint.tag != "CustomJoint":
                shifts = index in _SHIFTING.get(joint.tag, ())
                found[name] = ("translational" if shifts else "rotational", False)
            elif (False, name) in plain:
                found[name] = ("translational", False)
            elif (True, name) in plain:
                found[name] = ("rotational", False)
            else:
                only_shifts = name in shifting - turning
                found[name] = ("translational" if only_shifts else "rotational", True)
    return found


def _axes(joints: list[ET.Element]) -> Iterator[tuple[bool, list[str], bool]]:
    """Whether an axis turns, what it reads, and whether linearly with slope 1 or −1."""
    for joint in joints:
        for axis in joint.iterfind("SpatialTransform/TransformAxis"):
            names = (axis.findtext("coordinates") or "").split()
            linear = axis.find("LinearFunction")
            if linear is None:
                linear = axis.find("function/LinearFunction")
            cells = "1" if linear is None else linear.findtext("coefficients") or "1"
            slope = cells.split()[0] if cells.split() else "1"
            plain = linear is not None and _is_one(slope)
            yield (axis.get("name") or "").startswith("rotation"), names, plain


def _is_one(cell: str) -> bool:
    try:
        return abs(float(cell)) == 1.0
    except ValueError:
        return False
