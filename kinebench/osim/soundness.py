"""Is a model whole? OpenSim ends the whole process on some that are not."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator

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
    for joint in root.iterfind(".//JointSet/objects/*"):
        offsets = {frame.get("name"): frame for frame in joint.iterfind("frames/*")}
        for socket in ("socket_parent_frame", "socket_child_frame"):
            frame = (joint.findtext(socket) or "").strip()
            if frame in offsets:
                frame = (offsets[frame].findtext("socket_parent") or "").strip()
            if not _exists(frame, bodies):
                yield f"joint {joint.get('name')} sits on '{frame}', which does not exist"
    for marker in root.iterfind(".//MarkerSet/objects/Marker"):
        frame = (marker.findtext("socket_parent_frame") or "").strip()
        if not _exists(frame, bodies):
            yield f"marker {marker.get('name')} sits on '{frame}', which does not exist"


def _exists(frame: str, bodies: set[str]) -> bool:
    """Whether a path names ground or a body; frames further down are taken on trust."""
    parts = frame.lstrip("/").split("/")
    if len(parts) > 2:
        return parts[0] != "bodyset" or parts[1] in bodies
    return parts == ["ground"] or parts[-1] in bodies
