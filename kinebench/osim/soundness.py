"""Is a model whole? OpenSim ends the whole process on some that are not."""

from __future__ import annotations

import math
import posixpath
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterator

from kinebench.core.model import Model
from kinebench.errors import ModelError
from kinebench.osim.edits import document_root

__all__ = ["require_sound"]

# element -> how many numbers it must hold; an empty one keeps OpenSim's default
_COUNTS = {
    "location": 3, "translation": 3, "orientation": 3, "mass_center": 3, "inertia": 6,
    "mass": 1, "default_value": 1, "range": 2,
}  # fmt: skip


def require_sound(model: Model) -> None:
    """Raise when numbers are no numbers, or joints and markers sit on frames that do not exist.

    Raises
    ------
    ModelError
        Naming the first few faults.
    """
    root = document_root(model)
    faults = [*_bad_numbers(root), *_bad_frames(root)]
    if faults:
        more = f" and {len(faults) - 3} more" if len(faults) > 3 else ""
        raise ModelError(f"{model.name} is damaged: {'; '.join(faults[:3])}{more}")


def _bad_numbers(root: ET.Element) -> Iterator[str]:
    for part in root.iterfind(".//*[@name]"):
        for child in part:
            count = _COUNTS.get(child.tag)
            text = (child.text or "").strip()
            if count is None or not text:
                continue
            numbers = [_number(cell) for cell in text.split()]
            if len(numbers) != count or not all(map(math.isfinite, numbers)):
                yield f"{child.tag} of {part.get('name')} is '{text[:40]}'"


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan


def _bad_frames(root: ET.Element) -> Iterator[str]:
    bodies = {body.get("name", "") for body in root.iterfind(".//BodySet/objects/Body")}
    joints = root.findall(".//JointSet/objects/*")
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
