"""Is a model whole? OpenSim ends the whole process on some that are not."""

from __future__ import annotations

import posixpath
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Collection, Iterator

from kinebench.core.model import Model
from kinebench.errors import ModelError, listed
from kinebench.osim.edits import shared_root
from kinebench.osim.number_faults import number_faults


def require_sound(model: Model) -> None:
    """Raise when a model would end OpenSim's process, or mean two things.

    Checked are the numbers of frames, coordinates and functions; the frames on which joints and
    markers sit; the axes of CustomJoints; the functions of couplers; and names, which must be given
    once each.

    Raises
    ------
    ModelError
        Naming the first few faults.
    """
    require_sound_root(shared_root(model), model.name)


def require_sound_root(root: ET.Element, name: str) -> None:
    """`require_sound` for a document that is parsed already."""
    faults = [
        *number_faults(root),
        *_name_faults(root),
        *_bad_frames(root),
        *_axis_faults(root),
        *_coupler_faults(root),
    ]
    if faults:
        raise ModelError(f"{name} is damaged: {listed(faults, 3, between='; ')}")


def _name_faults(root: ET.Element) -> Iterator[str]:
    kinds = {
        "body": "BodySet/objects/Body",
        "joint": "JointSet/objects/*",
        "marker": "MarkerSet/objects/Marker",
        "coordinate": "JointSet/objects/*/coordinates/Coordinate",
    }
    for kind, path in kinds.items():
        names = Counter((part.get("name") or "").strip() for part in root.iterfind(f".//{path}"))
        for name, count in names.items():
            if not name:
                yield f"a {kind} has no name"
            elif count > 1:
                yield f"{count} {_PLURALS.get(kind, kind + 's')} are called {name}"


_PLURALS = {"body": "bodies"}
_AXES = {f"{kind}{number}" for kind in ("rotation", "translation") for number in (1, 2, 3)}


def _axis_faults(root: ET.Element) -> Iterator[str]:
    """OpenSim reads the functions of a CustomJoint without looking whether they are there."""
    for joint in root.iterfind(".//JointSet/objects/CustomJoint"):
        where = f"CustomJoint {joint.get('name')}"
        own = {part.get("name") for part in joint.iterfind("coordinates/Coordinate")}
        axes = joint.findall("SpatialTransform/TransformAxis")
        names = Counter(axis.get("name") for axis in axes)
        if set(names) != _AXES or max(names.values()) > 1:
            yield f"{where} has not the axes rotation1 to translation3, once each"
        if not own:
            yield f"{where} has no coordinate (a WeldJoint needs none)"
        for axis in axes:
            yield from (
                f"{fault} in axis {axis.get('name')} of {where}" for fault in _faults_of(axis, own)
            )


def _faults_of(axis: ET.Element, own: set[str | None]) -> Iterator[str]:
    names = (axis.findtext("coordinates") or "").split()
    unknown = [name for name in names if name not in own]
    if unknown:
        yield f"coordinate {unknown[0]}, which the joint does not have,"
    functions = axis.findall("function/*") or [
        part for part in axis if part.tag not in ("coordinates", "axis", "function")
    ]
    if names and not functions:
        yield "a coordinate and no function"
    direction = (axis.findtext("axis") or "1 0 0").split()
    if all(cell.strip("-+.0") == "" for cell in direction):
        yield "no direction"
    for function in functions:
        yield from _argument_faults(function, len(names))


def _argument_faults(function: ET.Element, n_arguments: int) -> Iterator[str]:
    coefficients = function.findtext("coefficients")
    if function.tag == "LinearFunction" and coefficients is not None:
        count = len(coefficients.split())
        if count != n_arguments + 1:
            yield f"a LinearFunction of {count} coefficients for {n_arguments} coordinates"
    elif n_arguments == 0 and function.tag not in ("Constant", "MultiplierFunction"):
        yield f"a {function.tag} without a coordinate"
    elif function.tag == "MultiplierFunction":
        for inner in function.findall("function/*"):
            yield from _argument_faults(inner, n_arguments)


def _coupler_faults(root: ET.Element) -> Iterator[str]:
    known = {
        part.get("name") for part in root.iterfind(".//JointSet/objects/*/coordinates/Coordinate")
    }
    for coupler in root.iterfind(".//ConstraintSet/objects/CoordinateCouplerConstraint"):
        where = f"CoordinateCouplerConstraint {coupler.get('name')}"
        read = (coupler.findtext("independent_coordinate_names") or "").split()
        dependent = (coupler.findtext("dependent_coordinate_name") or "").strip()
        for name in (*read, dependent):
            if name not in known:
                yield f"{where} names coordinate '{name}', which does not exist"
        functions = coupler.findall("coupled_coordinates_function/*")
        if not functions or not read:
            yield f"{where} has no function of a coordinate"
        for function in functions:
            yield from (f"{fault} in {where}" for fault in _argument_faults(function, len(read)))


def _bad_frames(root: ET.Element) -> Iterator[str]:
    bodies = {body.get("name", "") for body in root.iterfind(".//BodySet/objects/Body")}
    joints = root.findall(".//JointSet/objects/*")
    carried = {_child_of(joint) for joint in joints}
    yield from (f"body {name} has no joint" for name in sorted(bodies - carried) if name)
    offsets = {
        f"/jointset/{joint.get('name')}/{frame.get('name')}": frame
        for joint in joints
        for frame in joint.iterfind("frames/*")
    }
    for joint in joints:
        here = f"/jointset/{joint.get('name')}"
        for socket in ("socket_parent_frame", "socket_child_frame"):
            frame, place = (joint.findtext(socket) or "").strip(), here
            if _absolute(frame, place) in offsets:
                place = _absolute(frame, place)
                frame = (offsets[place].findtext("socket_parent") or "").strip()
            if not _exists(frame, place, bodies, offsets):
                yield f"joint {joint.get('name')} sits on '{frame}', which does not exist"
    for marker in root.iterfind(".//MarkerSet/objects/Marker"):
        frame = (marker.findtext("socket_parent_frame") or "").strip()
        if not _exists(frame, f"/markerset/{marker.get('name')}", bodies, offsets):
            yield f"marker {marker.get('name')} sits on '{frame}', which does not exist"


def _child_of(joint: ET.Element) -> str:
    """Last part of the path of the frame that a joint moves, its own offset frames followed."""
    frame = (joint.findtext("socket_child_frame") or "").strip()
    for _ in joint.iterfind("frames/*"):
        for offset in joint.iterfind("frames/*"):
            if offset.get("name") == posixpath.basename(frame):
                frame = (offset.findtext("socket_parent") or "").strip()
    return posixpath.basename(frame)


def _absolute(path: str, here: str) -> str:
    """Path of a frame that a component names, which may be relative to its own."""
    return posixpath.normpath(posixpath.join(here, path))


def _exists(frame: str, here: str, bodies: set[str], offsets: Collection[str]) -> bool:
    """Whether a path names ground, a body or a joint's frame; others are taken on trust."""
    path = _absolute(frame, here) if frame.startswith(".") else frame
    parts = path.lstrip("/").split("/")
    if parts[0] == "jointset":
        return path in offsets
    if len(parts) > 2:
        return parts[0] != "bodyset" or parts[1] in bodies
    return parts == ["ground"] or parts[-1] in bodies
