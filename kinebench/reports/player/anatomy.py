"""What of a model is drawn: points fixed in bodies, and the bones between them.

A point stands at the centre of each joint. Where a model ends, or says nothing about a shape
(head, heel, finger tips), a point is added in proportion to the bones beside it: it is there to be
seen and counts in no mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray, read_only
from kinebench.core.value import Value
from kinebench.errors import ModelError
from kinebench.kinematics import Tree, forward_kinematics
from kinebench.kinematics.tree import GROUND

# length of what no joint ends, over the length of the bone before it
_TIPS = {"toes": 0.35, "hand": 0.7, "head": 0.6}
_TRUNK_WITHOUT_ARMS_M = 0.4
_HEEL_BEHIND_ANKLE_M = 0.05
# above the base of the neck, and radius, over the length of the trunk
_HEAD_HEIGHT, _HEAD_RADIUS = 0.58, 0.27
_THICKEST_M, _THINNEST_M = 0.032, 0.013


@dataclass(frozen=True, slots=True)
class Bone:
    """A bone or, with equal ends, a ball.

    Parameters
    ----------
    body : int
        It is coloured by this body's error.
    start, end : int
        Points.
    radius_m : float
        At its ends.
    """

    body: int
    start: int
    end: int
    radius_m: float


@dataclass(frozen=True, slots=True)
class Plate:
    """A flat part of a body between points."""

    body: int
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy(Value):
    """Drawn points and shapes of a model.

    Parameters
    ----------
    bodies : tuple of str
        Names of the drawn bodies; the first one is the root, usually the pelvis.
    joints : tuple of str
        Names of the joints that they hang on.
    columns : tuple of int
        Where they stand in the tree.
    point_names : tuple of str
        A joint centre has the name of the body that hangs on it.
    point_bodies : tuple of int
        The drawn body that a point is fixed in.
    locations : (n_points, 3) m
        In that body.
    bones, plates : tuple
    """

    bodies: tuple[str, ...]
    joints: tuple[str, ...]
    columns: tuple[int, ...]
    point_names: tuple[str, ...]
    point_bodies: tuple[int, ...]
    locations: FloatArray
    bones: tuple[Bone, ...]
    plates: tuple[Plate, ...]

    def __post_init__(self) -> None:
        locations = read_only(self.locations, (len(self.point_names), 3), "locations")
        object.__setattr__(self, "locations", locations)


def anatomy_of(tree: Tree) -> Anatomy:
    """Points, bones and plates of a model, sized in its default posture.

    Left out are massless bodies inside joints, and bodies at an end that only couplings move, such
    as the patella.

    Raises
    ------
    ModelError
        The model has fewer than two bodies to draw.
    """
    columns = _drawn(tree)
    if len(columns) < 2:
        raise ModelError(f"{tree.name} has {len(columns)} bodies to draw; two or more are needed")
    return _Drawing(tree, columns).anatomy()


def _drawn(tree: Tree) -> tuple[int, ...]:
    parents = {joint.parent for joint in tree.joints}
    coupled = {coupling.dependent for coupling in tree.couplings}
    kept = []
    for body, joint in enumerate(tree.joints):
        moved_by = {coordinate for term in joint.terms for coordinate, _ in term.weights}
        follows = bool(moved_by) and moved_by <= coupled and body not in parents
        if not follows and not tree.bodies[body].startswith("("):
            kept.append(body)
    return tuple(kept)


class _Drawing:
    """Points and shapes as they are collected."""

    def __init__(self, tree: Tree, columns: tuple[int, ...]) -> None:
        R, p = forward_kinematics(tree, tree.defaults)
        self.tree, self.columns = tree, columns
        self.names = tuple(tree.bodies[column] for column in columns)
        self.R, self.p = R[list(columns)], p[list(columns)]
        self.parents = [self._parent(column) for column in columns]
        self.children: list[list[int]] = [[] for _ in columns]
        for body, parent in enumerate(self.parents):
            if parent != GROUND:
                self.children[parent].append(body)
        self.point_names = list(self.names)
        self.point_bodies = list(range(len(columns)))
        self.locations = [tree.joints[column].in_child.p for column in columns]
        self.bones: list[Bone] = []
        self.plates: list[Plate] = []

    def anatomy(self) -> Anatomy:
        for body in range(len(self.names)):
            children = self.children[body]
            if self.parents[body] == GROUND:
                self._root(body, children)
            elif len(children) > 1:
                self._trunk(body, children)
            elif children:
                self._limb(body, children[0])
            else:
                self._tip(body)
        return Anatomy(
            self.names,
            tuple(self.tree.joints[column].name for column in self.columns),
            self.columns,
            tuple(self.point_names),
            tuple(self.point_bodies),
            np.array(self.locations),
            tuple(self.bones),
            tuple(self.plates),
        )

    def _parent(self, column: int) -> int:
        """The drawn body that this one hangs on, through massless ones."""
        parent = self.tree.joints[column].parent
        while parent != GROUND and parent not in self.columns:
            parent = self.tree.joints[parent].parent
        return GROUND if parent == GROUND else self.columns.index(parent)

    def _place(self, point: int) -> FloatArray:
        """Where a point is in the default posture, (3,) m in ground."""
        body = self.point_bodies[point]
        return np.asarray(self.R[body] @ self.locations[point] + self.p[body])

    def _add_point(self, name: str, body: int, place: FloatArray) -> int:
        self.point_names.append(name)
        self.point_bodies.append(body)
        self.locations.append(self.R[body].T @ (place - self.p[body]))
        return len(self.point_names) - 1

    def _add_bone(self, body: int, start: int, end: int) -> None:
        length = float(np.linalg.norm(self._place(end) - self._place(start)))
        radius = min(max(0.078 * length, _THINNEST_M), _THICKEST_M)
        self.bones.append(Bone(body, start, end, radius))

    def _root(self, body: int, children: list[int]) -> None:
        if len(children) > 2:
            self.plates.append(Plate(body, tuple(children)))
        for child in children:
            self._add_bone(body, body, child)
        for n, child in enumerate(children):
            for other in children[n + 1 :]:
                self._add_bone(body, child, other)

    # a joint centre is the point with the number of the body that hangs on it

    def _trunk(self, body: int, ends: list[int]) -> None:
        places = [self._place(end) for end in ends]
        base = np.mean(places, axis=0)
        neck = self._add_point(f"{self.names[body]} neck", body, base)
        self.plates.append(Plate(body, (body, *ends)))
        self._add_bone(body, body, neck)
        for end in ends:
            self._add_bone(body, neck, end)
        self._add_head(body, neck)

    def _add_head(self, body: int, neck: int) -> None:
        if any(name.startswith(("head", "skull")) for name in self.names):
            return
        base = self._place(neck)
        trunk = base - self._place(body)
        radius = _HEAD_RADIUS * float(np.linalg.norm(trunk))
        below = base + (_HEAD_HEIGHT - _HEAD_RADIUS) * trunk
        self._add_bone(body, neck, self._add_point(f"{self.names[body]} skull base", body, below))
        head = self._add_point(f"{self.names[body]} head", body, base + _HEAD_HEIGHT * trunk)
        self.bones.append(Bone(body, head, head, radius))

    def _limb(self, body: int, child: int) -> None:
        if self.names[body].startswith("ulna") and self.children[child]:
            # radius and ulna lie side by side and end at one wrist
            child = self.children[child][0]
        self._add_bone(body, body, child)
        if self.names[body].startswith("calcn"):
            self._foot(body, child)

    def _foot(self, body: int, ball: int) -> None:
        ankle, heel = self.parents[body], body
        forward = self._place(ball) - self._place(body)
        forward[1] = 0.0
        forward /= np.linalg.norm(forward)
        if (self._place(ankle) - self._place(body)) @ forward < 0.4 * _HEEL_BEHIND_ANKLE_M:
            place = self._place(body) - _HEEL_BEHIND_ANKLE_M * forward
            heel = self._add_point(f"{self.names[body]} heel", body, place)
            self._add_bone(body, body, heel)
        self.plates.append(Plate(body, (ankle, heel, ball)))

    def _tip(self, body: int) -> None:
        """An end where the model has none: the bone before it goes on."""
        name, parent = self.names[body], self.parents[body]
        share = next((s for word, s in _TIPS.items() if name.startswith(word)), 0.5)
        here = self._place(body)
        if self.parents[parent] == GROUND:
            top = here + np.array([0.0, _TRUNK_WITHOUT_ARMS_M, 0.0])
            neck = self._add_point(f"{name} neck", body, top)
            self._add_bone(body, body, neck)
            self._add_head(body, neck)
            return
        step = share * (here - self._place(parent))
        self._add_bone(body, body, self._add_point(f"{name} tip", body, here + step))
