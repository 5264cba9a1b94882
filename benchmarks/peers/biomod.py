"""An OpenSim model as biorbd's .bioMod, as far as that format goes.

A .bioMod segment turns about and slides along its own axes by one coordinate each. Any axis can be
had by turned segments between; a motion that is a function of a coordinate that moves something
else too (the sliding and rolling of OpenSim's knee) cannot. It is held where the trial's median
pose has it, which favours the peer as far as can be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.kinematics import Tree
from kinebench.kinematics.rotation import axis_rotation
from kinebench.kinematics.tree import GROUND, Joint, Offset, Term

__all__ = ["biomod"]

_NOWHERE = Offset(np.eye(3), np.zeros(3))
_FREE = 100.0  # rad or m: what has no range is held within this, for biorbd wants one


def biomod(tree: Tree, pose: FloatArray, markers: tuple[str, ...]) -> str:
    """Text of the .bioMod file.

    Parameters
    ----------
    tree : Tree
    pose : (n_coordinates,) rad or m
        Where motions are held that the format has no words for.
    markers : tuple of str
        Those to be written.
    """
    lines = ["version 4", "gravity 0 -9.81 0", *_segment("ground", "", _NOWHERE)]
    for body, joint in zip(tree.bodies, tree.joints, strict=True):
        lines += _joint(tree, joint, body, pose)
    for marker in tree.select_markers(markers):
        parent = "ground" if marker.body == GROUND else tree.bodies[marker.body]
        where = " ".join(f"{x:.12g}" for x in marker.location)
        lines += [f"marker {marker.name}", f"  parent {parent}", f"  position {where}"]
        lines += ["  technical 1", "endmarker"]
    return "\n".join(lines) + "\n"


def _joint(tree: Tree, joint: Joint, body: str, pose: FloatArray) -> Iterator[str]:
    """Segments from the parent to the body: one per coordinate, and the body itself."""
    parent = "ground" if joint.parent == GROUND else tree.bodies[joint.parent]
    free, carried = set(tree.free.tolist()), joint.in_parent
    for term in sorted(joint.terms, key=lambda term: term.rotation):  # slides come first
        index, sign = _drives(term)
        if index not in free:
            carried = carried.after(_held(term, pose))
            continue
        coordinate = tree.coordinates[index]
        Q = Offset(_turned_to(sign * term.axis), np.zeros(3))
        name = f"{body}_{coordinate.name}"
        kind = "rotations" if term.rotation else "translations"
        low, high = np.clip(coordinate.limits, -_FREE, _FREE)
        yield from _segment(
            name, parent, carried.after(Q), f"{kind} z", f"rangesQ {low:.12g} {high:.12g}"
        )
        parent, carried = name, Q.inverse()
    yield from _segment(body, parent, carried.after(joint.in_child.inverse()))


def _drives(term: Term) -> tuple[int, float]:
    """Coordinate that is the term's own angle or distance, and its sign; −1 if there is none."""
    u = np.array([-0.7, 0.0, 0.3, 1.1])
    if len(term.weights) != 1 or not np.allclose(term.function(u), u, rtol=0, atol=1e-9):
        return -1, 0.0
    index, factor = term.weights[0]
    return (index, factor) if abs(factor) == 1 else (-1, 0.0)


def _held(term: Term, pose: FloatArray) -> Offset:
    value = term.function(np.array(sum(factor * pose[i] for i, factor in term.weights)))
    if term.rotation:
        return Offset(axis_rotation(term.axis, value), np.zeros(3))
    return Offset(np.eye(3), value * term.axis)


def _turned_to(axis: FloatArray) -> FloatArray:
    """A rotation that takes z to the axis."""
    across = np.eye(3)[np.argmin(np.abs(axis))]
    x = np.cross(across, axis)
    x /= np.linalg.norm(x)
    return np.column_stack([x, np.cross(axis, x), axis])


def _segment(name: str, parent: str, place: Offset, *more: str) -> list[str]:
    rows = np.column_stack([place.R, place.p])
    matrix = ["    " + " ".join(f"{x:.12g}" for x in row) for row in rows]
    start = [f"segment {re.sub(r'[^A-Za-z0-9_]', '_', name)}"]
    start += [f"  parent {parent}"] if parent else []
    return [
        *start, "  RTinMatrix 1", "  RT", *matrix, "    0 0 0 1",
        *(f"  {line}" for line in more), "endsegment",
    ]  # fmt: skip
