"""Edits of models as XML, without OpenSim."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from collections.abc import Mapping

from kinebench.core.model import Document, Model
from kinebench.errors import FileFormatError, ModelError
from kinebench.io.xml import shared_xml, xml_bytes
from kinebench.osim.number_faults import number_faults
from kinebench.osim.upgrade import upgraded

# Since then every joint and marker names its frames by socket, which the edits below rely on.
_OLDEST = 40000


def document_root(document: Document) -> ET.Element:
    """Root element, of which the caller has a copy to change; otherwise as `shared_root`."""
    return copy.deepcopy(shared_root(document))


def shared_root(document: Document) -> ET.Element:
    """Root element, parsed once for all who ask: to be read, never to be changed.

    Models and marker sets of older formats are first rewritten by OpenSim.

    Raises
    ------
    ModelError
        When the XML cannot be read, or OpenSim cannot load a file of an older format.
    """
    root = _parsed(document)
    older = _version(root, document.name) < _OLDEST
    if older and (root.find("Model") is not None or root.find("MarkerSet") is not None):
        # OpenSim would end the process on some of them
        for fault in number_faults(root):
            raise ModelError(f"{document.name} is damaged: {fault}")
        return _parsed(upgraded(document))
    return root


def _parsed(document: Document) -> ET.Element:
    try:
        return shared_xml(document.xml, document.name)
    except FileFormatError as error:
        raise ModelError(str(error)) from error


def _version(root: ET.Element, name: str) -> int:
    stated = root.get("Version", "0").strip()
    if not stated.isdecimal() or len(stated) > 9:
        raise ModelError(
            f"{name} is of format '{stated[:20]}'; OpenSim writes numbers such as {_OLDEST}"
        )
    return int(stated)


def frozen_document(root: ET.Element, name: str) -> Document:
    """Document of an element tree."""
    return Document(name, xml_bytes(root))


def marker_names(document: Document) -> tuple[str, ...]:
    """Names of the markers in a model or a marker set, in order."""
    markers = shared_root(document).iterfind(".//MarkerSet/objects/Marker")
    return tuple(marker.get("name", "") for marker in markers)


def body_names(model: Model) -> tuple[str, ...]:
    """Names of the bodies, in order."""
    bodies = shared_root(model).iterfind(".//BodySet/objects/Body")
    return tuple(body.get("name", "") for body in bodies)


def body_scale_factors(
    model: Model, generic: Model | None = None
) -> dict[str, tuple[float, float, float]]:
    """Factors by which a model was scaled, as its geometry tells; bodies without are left out.

    Parameters
    ----------
    model : Model
    generic : Model, optional
        What it was scaled from: some geometry is drawn smaller than its file to begin with, as
        the hands of LaiUhlrich2022 are, which counts as no scaling.
    """
    drawn = _geometry_factors(model)
    before = {} if generic is None else _geometry_factors(generic)
    factors = {}
    for name, (x, y, z) in drawn.items():
        x0, y0, z0 = before.get(name, (1.0, 1.0, 1.0))
        factors[name] = (x / x0, y / y0, z / z0)
    return factors


def _geometry_factors(model: Model) -> dict[str, tuple[float, float, float]]:
    factors = {}
    for body in shared_root(model).iterfind(".//BodySet/objects/Body"):
        text = body.findtext("attached_geometry//scale_factors")
        if text and text.strip():
            try:
                x, y, z = map(float, text.split())
            except ValueError as error:
                raise ModelError(
                    f"scale_factors of {body.get('name')} in {model.name} must be three numbers,"
                    f" found '{text.strip()[:40]}'"
                ) from error
            factors[body.get("name", "")] = (x, y, z)
    return factors


def joint_frame(root: ET.Element, body: str, end: str) -> ET.Element:
    """The offset frame of the joint by which a body hangs.

    Parameters
    ----------
    root : Element
        Of a model.
    body : str
    end : {"parent", "child"}
        The frame on the body that carries, or on the body itself.

    Raises
    ------
    ModelError
        When the body hangs by no joint, or the joint has no such frame.
    """
    for joint in root.iterfind("Model/JointSet/objects/*"):
        if _child_body(joint) == body:
            name = (joint.findtext(f"socket_{end}_frame") or "").strip()
            for frame in joint.iterfind("frames/PhysicalOffsetFrame"):
                if frame.get("name") == name:
                    return frame
            raise ModelError(f"the {end} frame of joint {joint.get('name')} is no offset frame")
    raise ModelError(f"no joint carries body '{body}'")


def with_marker_set(model: Model, marker_set: Document) -> Model:
    """The model with its markers replaced by those of a marker set.

    Raises
    ------
    ModelError
        When a marker is fixed to a frame that the model does not have.
    """
    root, source = document_root(model), document_root(marker_set).find("MarkerSet")
    element = _model_element(root, model)
    if source is None:
        raise ModelError(f"{marker_set.name} has no MarkerSet")
    bodies = {body.get("name") for body in element.iterfind("BodySet/objects/Body")}
    for marker in source.iterfind("objects/Marker"):
        frame = (marker.findtext("socket_parent_frame") or "").strip()
        if frame.startswith("/bodyset/") and frame.split("/")[2] not in bodies:
            raise ModelError(
                f"marker {marker.get('name')} of {marker_set.name} sits on {frame},"
                f" which {model.name} does not have"
            )
    old = element.find("MarkerSet")
    if old is not None:
        element.remove(old)
    element.append(source)
    return Model(model.name, xml_bytes(root))


def with_renamed_markers(model: Model, new_names: Mapping[str, str]) -> Model:
    """The model with some markers renamed; names without an entry stay."""
    root = document_root(model)
    for marker in root.iterfind(".//MarkerSet/objects/Marker"):
        name = marker.get("name", "")
        marker.set("name", new_names.get(name, name))
    return Model(model.name, xml_bytes(root))


def without_forces(model: Model) -> Model:
    """The model without muscles, actuators and other forces: kinematics does not need them."""
    root = document_root(model)
    forces = _model_element(root, model).find("ForceSet")
    if forces is not None:
        for part in list(forces):
            part.clear()
    return Model(model.name, xml_bytes(root))


def without_dependent_leaves(model: Model) -> Model:
    """The model without bodies that inverse kinematics cannot notice, such as the patellae.

    Those are bodies that carry no marker and no other body, and whose joint has only coordinates
    that a coupler constraint derives from others. OpenCap removes the two patellae, their joints
    and constraints by name; the angles stay and OpenSim's solver becomes much faster.
    """
    root = document_root(model)
    element = _model_element(root, model)
    couplers = {
        (coupler.findtext("dependent_coordinate_name") or "").strip(): coupler
        for coupler in element.iterfind("ConstraintSet/objects/CoordinateCouplerConstraint")
    }
    joints = element.find("JointSet/objects")
    for joint in list(joints) if joints is not None else []:
        names = {part.get("name", "") for part in joint.iterfind("coordinates/Coordinate")}
        body = _child_body(joint)
        if joints is None or not names or not names <= couplers.keys() or _is_used(element, body):
            continue
        joints.remove(joint)
        _remove(element, "BodySet/objects", [part for part in _bodies(element) if _is(part, body)])
        _remove(element, "ConstraintSet/objects", [couplers[name] for name in names])
    return Model(model.name, xml_bytes(root))


def _model_element(root: ET.Element, model: Model) -> ET.Element:
    element = root.find("Model")
    if element is None:
        raise ModelError(f"{model.name} has no <Model>")
    return element


def _bodies(element: ET.Element) -> list[ET.Element]:
    return list(element.iterfind("BodySet/objects/Body"))


def _is(part: ET.Element, name: str) -> bool:
    return part.get("name") == name


def _remove(element: ET.Element, path: str, parts: list[ET.Element]) -> None:
    holder = element.find(path)
    for part in parts:
        if holder is not None and part in list(holder):
            holder.remove(part)


def _socket_body(joint: ET.Element, socket: str) -> str:
    """Body at the end of a joint's socket, offset frames resolved."""
    frame = (joint.findtext(socket) or "").strip()
    for offset in joint.iterfind("frames/PhysicalOffsetFrame"):
        if offset.get("name") == frame:
            frame = (offset.findtext("socket_parent") or "").strip()
    return frame.rsplit("/", 1)[-1]


def _child_body(joint: ET.Element) -> str:
    return _socket_body(joint, "socket_child_frame")


def _is_used(element: ET.Element, body: str) -> bool:
    joints = element.iterfind("JointSet/objects/*")
    parents = {_socket_body(joint, "socket_parent_frame") for joint in joints}
    frames = (
        (marker.findtext("socket_parent_frame") or "").strip()
        for marker in element.iterfind("MarkerSet/objects/Marker")
    )
    return body in parents or any(frame.rsplit("/", 1)[-1] == body for frame in frames)
