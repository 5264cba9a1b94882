"""Scaling a model by factors that are known: the truth that scaling by markers has to find."""

from __future__ import annotations

import posixpath
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.model import Model
from kinebench.errors import ModelError, require_names
from kinebench.lab.body import Body
from kinebench.lab.osim_writer import numbers
from kinebench.osim.edits import body_names, document_root, frozen_document, without_forces

Factors = Mapping[str, tuple[float, float, float]]


def scaled_body(body: Body, factors: Factors, mass_kg: float) -> Body:
    """A body of other size, as OpenSim would scale it; forces are left out.

    Parameters
    ----------
    body : Body
    factors : mapping of str to (float, float, float)
        Per body of the model, along its x, y and z; a body that is not named keeps its size.
    mass_kg : float
        Of the whole model; segments keep their shares.

    Raises
    ------
    NameNotFoundError
        For a body that the model does not have.
    ModelError
        For a joint whose inner lengths cannot be scaled.

    Notes
    -----
    Offsets of joints and markers are multiplied in the frame of the body that they belong to, and
    translations inside a CustomJoint by the factors of its parent (OpenSim's
    `SpatialTransform::scale`). Inertia follows the mean square of the factors across each axis,
    which is exact for equal factors.
    """
    require_names(factors, body_names(body.model), "body", f"model {body.model.name}")
    root = document_root(without_forces(body.model))
    _scale_inertia(root, factors, mass_kg)
    for joint in root.iterfind("Model/JointSet/objects/*"):
        _scale_joint(joint, factors, body.model.name)
    _scale_markers(root, factors)
    keypoints = document_root(body.keypoints)
    _scale_markers(keypoints, factors)
    return Body(
        Model(body.model.name, frozen_document(root, body.model.name).xml),
        frozen_document(keypoints, body.keypoints.name),
    )


def uniformly_scaled(body: Body, factor: float, mass_kg: float) -> Body:
    """A body all of whose lengths are multiplied by one factor."""
    return scaled_body(
        body, dict.fromkeys(body_names(body.model), (factor, factor, factor)), mass_kg
    )


def with_shifted_markers(model: Model, shifts: Mapping[str, tuple[float, float, float]]) -> Model:
    """A model whose markers sit elsewhere by so many metres along their bodies' axes."""
    root = document_root(model)
    markers = {m.get("name", ""): m for m in root.iterfind("Model/MarkerSet/objects/Marker")}
    require_names(shifts, markers, "marker", f"model {model.name}")
    for name, shift in shifts.items():
        location = _three(markers[name], "location") + np.array(shift)
        _set(markers[name], "location", numbers(location))
    return Model(model.name, frozen_document(root, model.name).xml)


def _three(element: ET.Element, tag: str) -> FloatArray:
    return np.array([float(cell) for cell in (element.findtext(tag) or "0 0 0").split()])


def _set(element: ET.Element, tag: str, text: str) -> None:
    found = element.find(tag)
    if found is None:
        found = ET.SubElement(element, tag)
    found.text = text


def _factors_of(frame: str, factors: Factors) -> FloatArray:
    return np.array(factors.get(frame.rsplit("/", 1)[-1], (1.0, 1.0, 1.0)))


def _scale_inertia(root: ET.Element, factors: Factors, mass_kg: float) -> None:
    bodies = list(root.iterfind("Model/BodySet/objects/Body"))
    masses = np.array([float(body.findtext("mass") or 0.0) for body in bodies])
    ratio = mass_kg / masses.sum()
    for body, mass in zip(bodies, masses, strict=True):
        s = _factors_of(body.get("name", ""), factors)
        _set(body, "mass", numbers([ratio * mass]))
        _set(body, "mass_center", numbers(s * _three(body, "mass_center")))
        xx, yy, zz, xy, xz, yz = (float(cell) for cell in (body.findtext("inertia") or "").split())
        across = np.array([s[1] ** 2 + s[2] ** 2, s[0] ** 2 + s[2] ** 2, s[0] ** 2 + s[1] ** 2]) / 2
        products = np.array([s[0] * s[1], s[0] * s[2], s[1] * s[2]])
        moments = np.array([xx, yy, zz]) * across
        inertia = ratio * np.concatenate([moments, np.array([xy, xz, yz]) * products])
        _set(body, "inertia", numbers(inertia))
        for geometry in body.iterfind("attached_geometry/*"):
            _set(geometry, "scale_factors", numbers(s))


def _scale_joint(joint: ET.Element, factors: Factors, model: str) -> None:
    if joint.tag in ("EllipsoidJoint", "ScapulothoracicJoint"):
        raise ModelError(
            f"joint {joint.get('name')} of {model} is an {joint.tag}, whose inner lengths the"
            " laboratory cannot scale; use a model without it"
        )
    frames = {frame.get("name", ""): frame for frame in joint.iterfind("frames/*")}
    parent = posixpath.basename((joint.findtext("socket_parent_frame") or "").strip())
    if parent in frames:
        parent = (frames[parent].findtext("socket_parent") or "").strip()
    for frame in frames.values():
        s = _factors_of((frame.findtext("socket_parent") or "").strip(), factors)
        _set(frame, "translation", numbers(s * _three(frame, "translation")))
    for axis in _translations(joint):
        direction = _three(axis, "axis")
        s = _factors_of(parent, factors)
        _multiply(axis, float(np.linalg.norm(s * direction) / np.linalg.norm(direction)))


def _translations(joint: ET.Element) -> Iterator[ET.Element]:
    # a root joint's translations are coordinates in the room and keep their metres
    for axis in joint.iterfind("SpatialTransform/TransformAxis"):
        if (axis.get("name") or "").startswith("translation"):
            yield axis


def _multiply(axis: ET.Element, factor: float) -> None:
    """Multiply the function of an axis, whatever kind it is."""
    if factor == 1.0:
        return
    functions = [child for child in axis if child.tag not in ("coordinates", "axis")]
    for holder in functions:
        inner = holder[0] if holder.tag == "function" and len(holder) else holder
        multiplier = ET.Element("MultiplierFunction", name="function")
        _set(multiplier, "scale", numbers([factor]))
        axis.remove(holder)
        inner.attrib.pop("name", None)
        ET.SubElement(multiplier, "function").append(inner)
        axis.append(multiplier)


def _scale_markers(root: ET.Element, factors: Factors) -> None:
    for marker in root.iterfind(".//MarkerSet/objects/Marker"):
        s = _factors_of((marker.findtext("socket_parent_frame") or "").strip(), factors)
        _set(marker, "location", numbers(s * _three(marker, "location")))
