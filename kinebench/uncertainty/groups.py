"""Groups of coordinates whose error bars are calibrated and judged together."""

from __future__ import annotations

from kinebench.core.motion import Coordinate

_PARTS = (
    ("pelvis", ("pelvis",)),
    ("trunk", ("lumbar", "back", "thorax", "torso", "neck", "head")),
    ("legs", ("hip", "knee", "ankle", "subtalar", "mtp")),
    ("arms", ("arm", "elbow", "pro_sup", "wrist", "shoulder", "clav", "scap")),
)

GROUPS = ("legs", "pelvis", "trunk", "arms", "translations", "other")
"""Angles by part of the body; all lengths together; angles of other names."""


def group_of(coordinate: Coordinate) -> str:
    """One of `GROUPS`, by the name that public models give a coordinate."""
    if coordinate.kind == "translational":
        return "translations"
    for group, stems in _PARTS:
        if coordinate.name.lower().startswith(stems):
            return group
    return "other"


def without_side(name: str) -> str:
    """Name of a coordinate of both sides: "knee_angle" of "knee_angle_r"."""
    return name[:-2] if name.endswith(("_r", "_l")) else name
