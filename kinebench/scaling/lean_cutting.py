"""Finding, in the XML of a model, every number of its kinematic part that scaling changes."""

from __future__ import annotations

import posixpath
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.errors import ScalingError
from kinebench.io.xml import flag
from kinebench.scaling.mass_properties import MassProperties

PLACEHOLDER = "kinebench-gap-{}-"

_KEPT = (
    "credits", "publications", "length_units", "force_units", "gravity", "Ground", "BodySet",
    "JointSet", "ConstraintSet", "MarkerSet",
)  # fmt: skip
_UNSCALED_JOINTS = (
    "WeldJoint", "PinJoint", "SliderJoint", "UniversalJoint", "GimbalJoint", "BallJoint",
    "FreeJoint", "PlanarJoint",
)  # fmt: skip
_AXES = tuple(f"{kind}{number}" for kind in ("rotation", "translation") for number in (1, 2, 3))


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A place in the text whose numbers scaling changes.

    Parameters
    ----------
    kind : {"vector", "multiplier", "mass", "inertia", "markers", "name"}
        A vector is multiplied by the body's factors, axis by axis; a multiplier is the product of
        an axis, signs dropped, with them, times `times`; mass and inertia are the body's. All
        markers go where "markers" is, and the model's name where "name" is.
    body : str
    numbers : tuple of float
    times : float
    """

    kind: str
    body: str = ""
    numbers: tuple[float, ...] = ()
    times: float = 1.0


def leave_out_forces(model: ET.Element) -> None:
    """Remove what kinematics does not read: forces, wrap objects, controllers, contact, probes."""
    for part in list(model):
        if part.tag not in _KEPT:
            model.remove(part)
    for wraps in model.iter("WrapObjectSet"):
        for part in wraps:
            part.clear()


@dataclass(slots=True)
class Cutter:
    """Puts marks into a model's XML and tells what belongs there.

    Parameters
    ----------
    model : Element
        Changed in place.
    name : str
        For messages.

    After `cut`: `placeholders` in the order of their numbers; per body its mass properties; per
    joint, for each of its terms, the axis, signs dropped, along which its function is scaled (None:
    not at all), and the multiplier's placeholder;
    `fixed` markers, and `marker_texts`, the XML of each around its location; `nested` when offset
    frames sit on offset frames.
    """

    model: ET.Element
    name: str
    placeholders: list[Placeholder] = field(default_factory=list)
    masses: dict[str, MassProperties] = field(default_factory=dict)
    stretched: dict[str, tuple[FloatArray | None, ...]] = field(default_factory=dict)
    multipliers: dict[str, tuple[Placeholder | None, ...]] = field(default_factory=dict)
    fixed: list[str] = field(default_factory=list)
    marker_texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    nested: bool = False

    def cut(self) -> None:
        """Mark every place.

        Raises
        ------
        ScalingError
            Naming the joint or marker whose scaling is not known here.
        """
        self.model.set("name", PLACEHOLDER.format(len(self.placeholders)))
        self.placeholders.append(Placeholder("name"))
        for body in self.model.iterfind("BodySet/objects/Body"):
            self._body(body)
        frames = self._frames()
        for path, frame in frames.items():
            body_name, depth = self._base(path, frames)
            self.nested = self.nested or depth > 1
            self._vector(frame.find("translation"), body_name)
            self._geometry(frame, body_name)
        for joint in self.model.iterfind("JointSet/objects/*"):
            self._joint(joint, frames)
        self._markers()

    def _replace(self, element: ET.Element, placeholder: Placeholder) -> None:
        element.text = PLACEHOLDER.format(len(self.placeholders))
        self.placeholders.append(placeholder)

    def _vector(self, element: ET.Element | None, body: str) -> None:
        if element is not None:
            self._replace(element, Placeholder("vector", body, _three(element.text, "0 0 0")))

    def _body(self, body: ET.Element) -> None:
        name = body.get("name") or ""
        mass, inertia = _child(body, "mass", "0"), _child(body, "inertia", "0 0 0 0 0 0")
        moments = tuple(map(float, (inertia.text or "").split()))
        self.masses[name] = MassProperties(float(mass.text or 0), moments)
        self._replace(mass, Placeholder("mass", name))
        self._vector(_child(body, "mass_center", "0 0 0"), name)
        self._replace(inertia, Placeholder("inertia", name))
        self._geometry(body, name)

    def _geometry(self, frame: ET.Element, body: str) -> None:
        for geometry in frame.iterfind("attached_geometry/*"):
            self._vector(_child(geometry, "scale_factors", "1 1 1"), body)

    def _frames(self) -> dict[str, ET.Element]:
        """Offset frames by their path."""
        found = {}
        owners = [("/ground", owner) for owner in self.model.iterfind("Ground")]
        for group in ("BodySet", "JointSet"):
            for owner in self.model.iterfind(f"{group}/objects/*"):
                owners.append((f"/{group.lower()}/{owner.get('name')}", owner))
        for path, owner in owners:
            for frame in owner.iter("PhysicalOffsetFrame"):
                found[f"{path}/{frame.get('name')}"] = frame
        return found

    def _base(self, path: str, frames: dict[str, ET.Element]) -> tuple[str, int]:
        """Body under a frame, and how many offset frames lie between."""
        depth = 0
        while path in frames:
            parent = (frames[path].findtext("socket_parent") or "").strip()
            path = posixpath.normpath(posixpath.join(path, parent))
            depth += 1
            if depth > 20:
                raise ScalingError(f"offset frames of {self.name} sit on each other in a circle")
        return path.rsplit("/", 1)[-1], depth

    def _joint(self, joint: ET.Element, frames: dict[str, ET.Element]) -> None:
        name = joint.get("name") or ""
        if joint.tag in _UNSCALED_JOINTS:
            return
        if joint.tag != "CustomJoint":
            known = ", ".join(sorted(("CustomJoint", *_UNSCALED_JOINTS)))
            raise ScalingError(
                f"joint '{name}' of {self.name} is of kind {joint.tag}, which the fast scaler does"
                f" not scale; it scales {known}, and 'opensim' scales all"
            )
        socket = (joint.findtext("socket_parent_frame") or "").strip()
        path = posixpath.normpath(posixpath.join(f"/jointset/{name}", socket))
        parent, _ = self._base(path, frames)
        axes = {axis.get("name"): axis for axis in joint.iterfind("SpatialTransform/TransformAxis")}
        found = [
            self._stretch(axes[axis], parent)
            for axis in _AXES
            if axis in axes and _function(axes[axis]) is not None
        ]
        self.multipliers[name] = tuple(found)
        self.stretched[name] = tuple(
            None if one is None else np.array(one.numbers) for one in found
        )

    def _stretch(self, axis: ET.Element, parent: str) -> Placeholder | None:
        """Mark the factor of a translation's function; a plain coordinate is not scaled."""
        function = _function(axis)
        if function is None or not (axis.get("name") or "").startswith("translation"):
            return None
        coefficients = (function.findtext("coefficients") or "1 0").split()
        if function.tag == "LinearFunction" and list(map(float, coefficients[:2])) == [1.0, 0.0]:
            return None
        x, y, z = _three(axis.findtext("axis"), "1 0 0")
        # without signs: OpenSim 4.6 does so, whatever way the axis points
        direction = (abs(x), abs(y), abs(z))
        scale = _multiplier(axis, function)
        self._replace(scale, Placeholder("multiplier", parent, direction, float(scale.text or 1)))
        return self.placeholders[-1]

    def _markers(self) -> None:
        holder = self.model.find("MarkerSet/objects")
        if holder is None:
            raise ScalingError(f"{self.name} has no markers: give a marker set")
        for marker in list(holder):
            holder.remove(marker)
            name = marker.get("name") or ""
            socket = (marker.findtext("socket_parent_frame") or "").strip()
            if socket.rsplit("/", 1)[0] != "/bodyset" and socket.rsplit("/", 1)[-1] != "ground":
                raise ScalingError(
                    f"marker '{name}' of {self.name} sits on the frame {socket}: the fast scaler"
                    " needs markers on bodies, 'opensim' takes any"
                )
            if flag(marker, "fixed", False):
                self.fixed.append(name)
            _child(marker, "location", "0 0 0").text = PLACEHOLDER.format("")
            before, after = ET.tostring(marker, encoding="unicode").split(PLACEHOLDER.format(""))
            self.marker_texts[name] = (before, after)
        self._replace(holder, Placeholder("markers"))


def _child(element: ET.Element, tag: str, default: str) -> ET.Element:
    """The child of that tag, made if it is absent."""
    child = element.find(tag)
    if child is None:
        child = ET.SubElement(element, tag)
    if not (child.text or "").strip():
        child.text = default
    return child


def _three(text: str | None, default: str) -> tuple[float, float, float]:
    x, y, z = map(float, (text or "").split() or default.split())
    return x, y, z


def _function(axis: ET.Element) -> ET.Element | None:
    """The function of a TransformAxis, however it is wrapped."""
    holder = axis.find("function")
    if holder is not None:
        return holder[0] if len(holder) else None
    return next((child for child in axis if child.tag not in ("coordinates", "axis")), None)


def _multiplier(axis: ET.Element, function: ET.Element) -> ET.Element:
    """The <scale> of an axis's function, which is wrapped into a multiplier when it is none."""
    if function.tag == "MultiplierFunction":
        return _child(function, "scale", "1")
    owner = axis.find("function")
    owner = axis if owner is None else owner
    place = list(owner).index(function)
    owner.remove(function)
    wrapped = ET.Element("MultiplierFunction", name="function")
    ET.SubElement(wrapped, "function").append(function)
    owner.insert(place, wrapped)
    return _child(wrapped, "scale", "1")
