"""Reading a `Tree` from the XML of an .osim model."""

from __future__ import annotations

import math
import posixpath
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from kinebench.core.model import Model
from kinebench.errors import ModelError
from kinebench.io.xml import flag
from kinebench.kinematics.functions import Function
from kinebench.kinematics.osim_functions import numbers, read_function
from kinebench.kinematics.osim_joints import JointPart, joint_parts
from kinebench.kinematics.rotation import body_fixed_xyz
from kinebench.kinematics.tree import (
    GROUND,
    Coupling,
    Joint,
    Offset,
    Tree,
    TreeCoordinate,
    TreeMarker,
)
from kinebench.osim.coordinates import coordinate_kinds
from kinebench.osim.edits import shared_root
from kinebench.osim.made import known_of
from kinebench.osim.soundness import require_sound_root
from kinebench.osim.standing_place import FULL_TURN

HERE = Offset(np.eye(3), np.zeros(3))


def read_tree(model: Model) -> Tree:
    """Bodies, joints, coordinates, couplings and markers of a model; read once, if at all.

    Raises
    ------
    ModelError
        As `tree_of_text`.
    """
    known = known_of(model)
    if known is None:
        return tree_of_text(model)
    tree: Tree = known.tree
    return tree


@lru_cache(maxsize=64)
def tree_of_text(model: Model) -> Tree:
    """Read bodies, joints, coordinates, couplings and markers of a model.

    Raises
    ------
    ModelError
        For loops, and for joints, functions or constraints that are not supported: it names them.

    Notes
    -----
    Files older than OpenSim 4 are first rewritten by OpenSim, which is imported for them only.
    """
    root = shared_root(model)
    require_sound_root(root, model.name)
    element = root.find("Model")
    if element is None:
        raise ModelError(f"{model.name} holds no Model")
    return _Reader(element, model.name, _offset_frames(element)).tree()


@dataclass(frozen=True)
class _Reader:
    model: ET.Element
    name: str
    frames: dict[str, ET.Element]

    def tree(self) -> Tree:
        joint_elements = list(self._objects("JointSet"))
        coordinates = self._coordinates(joint_elements)
        index_of = {coordinate.name: i for i, coordinate in enumerate(coordinates)}
        pending = [self._joint(element, index_of) for element in joint_elements]
        bodies, joints = self._ordered(pending)
        return Tree(
            self.name,
            bodies,
            joints,
            _with_free_root(coordinates, joints),
            self._markers(bodies),
            self._couplings(index_of),
        )

    def _objects(self, set_tag: str) -> Iterator[ET.Element]:
        found = self.model.find(f"{set_tag}/objects")
        return iter(() if found is None else found)

    def _coordinates(self, joints: list[ET.Element]) -> list[TreeCoordinate]:
        kinds = coordinate_kinds(self.model)
        found = []
        for joint in joints:
            for element in joint.findall("coordinates/Coordinate"):
                kind, coupled = kinds[element.get("name") or ""]
                low, high = numbers(element, "range", (-math.inf, math.inf))
                if flag(element, "prescribed", False):
                    raise ModelError(
                        f"coordinate '{element.get('name')}' of {self.name} is prescribed by a"
                        " function of time, which is not supported; set prescribed to false"
                    )
                found.append(
                    TreeCoordinate(
                        element.get("name") or "",
                        kind,
                        numbers(element, "default_value", (0.0,))[0],
                        (low, high),
                        flag(element, "clamped", False),
                        flag(element, "locked", False),
                        coupled,
                    )
                )
        names = [coordinate.name for coordinate in found]
        if len(set(names)) < len(names):
            raise ModelError(f"coordinate names of {self.name} are not unique")
        return found

    def _joint(self, element: ET.Element, index_of: dict[str, int]) -> _PendingJoint:
        name = element.get("name") or ""
        own = tuple(
            index_of[c.get("name") or ""] for c in element.findall("coordinates/Coordinate")
        )
        here = f"/jointset/{name}"
        parent, in_parent = self._frame(element, "socket_parent_frame", here)
        child, in_child = self._frame(element, "socket_child_frame", here)
        parts = joint_parts(element, own, index_of)
        return _PendingJoint(name, element.tag, parent, child, in_parent, in_child, parts)

    def _frame(self, owner: ET.Element, socket: str, here: str) -> tuple[str, Offset]:
        """Body, and pose in it, of the frame that a socket names."""
        path = (owner.findtext(socket) or "").strip()
        return self._resolve(path, here, f"{socket} of '{owner.get('name')}'")

    def _resolve(self, path: str, here: str, what: str, depth: int = 0) -> tuple[str, Offset]:
        absolute = posixpath.normpath(posixpath.join(here, path))
        if absolute == "/ground" or path == "ground":
            return "ground", HERE
        bodies = {element.get("name") for element in self._objects("BodySet")}
        last = absolute.rsplit("/", 1)[-1]
        if absolute not in self.frames and last in bodies:
            return last, HERE
        if absolute not in self.frames or depth > 20:
            raise ModelError(
                f"{what} of {self.name} names '{path}', which is no frame of the model"
            )
        frame = self.frames[absolute]
        parent_path = (frame.findtext("socket_parent") or "").strip()
        body, in_body = self._resolve(
            parent_path, absolute, f"socket_parent of '{last}'", depth + 1
        )
        angles = numbers(frame, "orientation", (0.0, 0.0, 0.0))
        offset = Offset(body_fixed_xyz(*angles), np.array(numbers(frame, "translation", (0, 0, 0))))
        return body, in_body.after(offset)

    def _ordered(self, pending: list[_PendingJoint]) -> tuple[tuple[str, ...], tuple[Joint, ...]]:
        """Joints from the ground outwards, joints of several parts split."""
        by_child: dict[str, _PendingJoint] = {}
        for joint in pending:
            if joint.child in by_child or joint.child == "ground":
                raise ModelError(
                    f"joint '{joint.name}' ({joint.kind}) of {self.name} closes a loop at"
                    f" '{joint.child}', or hangs ground on a body: not supported"
                )
            by_child[joint.child] = joint
        for element in self._objects("BodySet"):
            if element.get("name") not in by_child:
                raise ModelError(f"body '{element.get('name')}' of {self.name} has no joint")
        bodies: list[str] = []
        joints: list[Joint] = []
        placed = {"ground": GROUND}
        # depth first, so that the coordinates of a limb stay together
        waiting = [joint for joint in reversed(pending) if joint.parent == "ground"]
        while waiting:
            joint = waiting.pop()
            for name, part in joint.split(placed[joint.parent], len(bodies)):
                bodies.append(name)
                joints.append(part)
            placed[joint.child] = len(bodies) - 1
            waiting += [other for other in reversed(pending) if other.parent == joint.child]
        loose = ", ".join(joint.name for joint in pending if joint.child not in placed)
        if loose:
            raise ModelError(f"joints of {self.name} are not connected to ground: {loose}")
        return tuple(bodies), tuple(joints)

    def _markers(self, bodies: tuple[str, ...]) -> tuple[TreeMarker, ...]:
        index = {"ground": GROUND, **{name: i for i, name in enumerate(bodies)}}
        found = []
        for element in self._objects("MarkerSet"):
            name = element.get("name") or ""
            here = f"/markerset/{name}"
            body, frame = self._frame(element, "socket_parent_frame", here)
            location = np.array(numbers(element, "location", (0.0, 0.0, 0.0)))
            found.append(TreeMarker(name, index[body], frame.R @ location + frame.p))
        return tuple(found)

    def _couplings(self, index_of: dict[str, int]) -> tuple[Coupling, ...]:
        found = []
        for element in self._objects("ConstraintSet"):
            where = f"constraint '{element.get('name')}' ({element.tag}) of {self.name}"
            if not flag(element, "isEnforced", True):
                continue
            if element.tag != "CoordinateCouplerConstraint":
                raise ModelError(f"{where} is not supported; CoordinateCouplerConstraint is")
            function, names, factors = _coupling_function(element, where)
            dependent = (element.findtext("dependent_coordinate_name") or "").strip()
            for name in (*names, dependent):
                if name not in index_of:
                    raise ModelError(f"{where} reads unknown coordinate '{name}'")
            weights = tuple((index_of[n], f) for n, f in zip(names, factors, strict=True))
            scale = numbers(element, "scale_factor", (1.0,))[0]
            found.append(
                Coupling(
                    element.get("name") or "", index_of[dependent], weights, function.scaled(scale)
                )
            )
        return _ordered_couplings(found, self.name)


@dataclass(frozen=True)
class _PendingJoint:
    name: str
    kind: str
    parent: str
    child: str
    in_parent: Offset
    in_child: Offset
    parts: tuple[JointPart, ...]

    def split(self, parent: int, first: int) -> Iterator[tuple[str, Joint]]:
        """Bodies and joints of the parts; `first` is the index that the first body will have."""
        last = len(self.parts) - 1
        for number, part in enumerate(self.parts):
            outer = self.in_parent if number == 0 else HERE
            inner = self.in_child if number == last else HERE
            body = self.child if number == last else f"({self.child}, part {number + 1})"
            yield (
                body,
                Joint(
                    self.name,
                    self.kind,
                    parent if number == 0 else first + number - 1,
                    outer.after(part.in_parent),
                    inner.after(part.in_child),
                    part.terms,
                ),
            )


def _offset_frames(model: ET.Element) -> dict[str, ET.Element]:
    """PhysicalOffsetFrames by their path."""
    found = {}
    owners = [("/ground", owner) for owner in model.findall("Ground")]
    for set_tag in ("BodySet", "JointSet"):
        for owner in model.findall(f"{set_tag}/objects/*"):
            owners.append((f"/{set_tag.lower()}/{owner.get('name')}", owner))
    owners += [("", owner) for owner in model.findall("components/..")]
    owners += [("/componentset", owner) for owner in model.findall("ComponentSet")]
    for path, owner in owners:
        for group in ("frames", "components", "objects"):
            for frame in owner.findall(f"{group}/PhysicalOffsetFrame"):
                found[f"{path}/{frame.get('name')}"] = frame
    return found


def _with_free_root(
    coordinates: list[TreeCoordinate], joints: tuple[Joint, ...]
) -> tuple[TreeCoordinate, ...]:
    """Without limits where a range says only where the model was meant to stand."""
    placing = {
        index
        for joint in joints
        if joint.parent == GROUND
        for term in joint.terms
        for index, _ in term.weights
    }
    return tuple(
        replace(
            coordinate, clamped=coordinate.clamped and not (i in placing and _unlimited(coordinate))
        )
        for i, coordinate in enumerate(coordinates)
    )


def _unlimited(coordinate: TreeCoordinate) -> bool:
    low, high = coordinate.range
    shifts = coordinate.kind == "translational"
    return not coordinate.coupled and (shifts or high - low >= FULL_TURN)


def _coupling_function(element: ET.Element, where: str) -> tuple[Function, list[str], list[float]]:
    names = (element.findtext("independent_coordinate_names") or "").split()
    holder = element.find("coupled_coordinates_function")
    if holder is None or len(holder) == 0:
        raise ModelError(f"{where} holds no function")
    function, factors = read_function(holder[0], len(names), where)
    return function, names, factors


def _ordered_couplings(couplings: list[Coupling], name: str) -> tuple[Coupling, ...]:
    ordered: list[Coupling] = []
    waiting = list(couplings)
    while waiting:
        unknown = {coupling.dependent for coupling in waiting}
        ready = [c for c in waiting if unknown.isdisjoint(index for index, _ in c.weights)]
        if not ready:
            names = ", ".join(coupling.name for coupling in waiting)
            raise ModelError(f"constraints of {name} determine each other in a circle: {names}")
        ordered += ready
        waiting = [coupling for coupling in waiting if coupling not in ready]
    return tuple(ordered)
