"""`Tree`: the kinematics of an OpenSim model as a plain immutable value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray, read_only
from kinebench.core.motion import Coordinate
from kinebench.core.value import Value
from kinebench.errors import require_names
from kinebench.kinematics.functions import Function

GROUND = -1


@dataclass(frozen=True, slots=True)
class TreeCoordinate:
    """A generalised coordinate.

    Parameters
    ----------
    name : str
    kind : {"rotational", "translational"}
    default : float
        rad or m.
    range : (float, float)
        rad or m; binding only when `clamped`.
    clamped, locked : bool
        A locked coordinate stays at its default.
    coupled : bool
        OpenSim's name for one that drives its joint by other than a plain angle or distance.
    """

    name: str
    kind: Literal["rotational", "translational"] = "rotational"
    default: float = 0.0
    range: tuple[float, float] = (-np.inf, np.inf)
    clamped: bool = False
    locked: bool = False
    coupled: bool = False

    @property
    def limits(self) -> tuple[float, float]:
        """Smallest and largest value that a solver may give it."""
        return self.range if self.clamped else (-np.inf, np.inf)

    def as_coordinate(self) -> Coordinate:
        """The coordinate as a `Motion` knows it."""
        limits = self.range if self.clamped else None
        return Coordinate(self.name, self.kind, limits, self.coupled)


@dataclass(frozen=True, slots=True, eq=False)
class Offset(Value):
    """Pose of a frame in a body: x_body = R x_frame + p."""

    R: FloatArray
    p: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "R", read_only(self.R, (3, 3), "R"))
        object.__setattr__(self, "p", read_only(self.p, (3,), "p"))

    def after(self, first: Offset) -> Offset:
        """Pose of a frame that `first` places in this one."""
        return Offset(self.R @ first.R, self.R @ first.p + self.p)

    def inverse(self) -> Offset:
        """The transform the other way."""
        return Offset(self.R.T, -self.R.T @ self.p)


@dataclass(frozen=True, slots=True, eq=False)
class Term(Value):
    """One rotation about, or translation along, an axis of a joint.

    Parameters
    ----------
    rotation : bool
    axis : (3,)
        Unit vector. A rotation's axis moves with the rotations before it; a translation's is
        fixed in the joint's parent frame.
    weights : tuple of (int, float)
        Coordinate and factor: the argument is u = Σ factor · q.
    function : Function
        Angle in rad or distance in m, of u.
    """

    rotation: bool
    axis: FloatArray
    weights: tuple[tuple[int, float], ...]
    function: Function

    def __post_init__(self) -> None:
        object.__setattr__(self, "axis", read_only(self.axis, (3,), "axis"))


@dataclass(frozen=True, slots=True)
class Joint:
    """What moves one body relative to its parent.

    With the frames F (fixed in the parent) and M (fixed in the child)::

        R_F_M = Π rotation terms, in order        p_F_M = Σ translation terms

    Parameters
    ----------
    name, kind : str
        Kind as OpenSim calls it.
    parent : int
        Index of the parent body; −1 is ground.
    in_parent, in_child : Offset
        Poses of F and M.
    terms : tuple of Term
    """

    name: str
    kind: str
    parent: int
    in_parent: Offset
    in_child: Offset
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Coupling:
    """A coordinate that others determine: q[dependent] = function(Σ factor · q)."""

    name: str
    dependent: int
    weights: tuple[tuple[int, float], ...]
    function: Function


@dataclass(frozen=True, slots=True, eq=False)
class TreeMarker(Value):
    """A point (3,) m fixed in a body (−1: ground)."""

    name: str
    body: int
    location: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "location", read_only(self.location, (3,), "location"))


@dataclass(frozen=True, slots=True)
class Tree:
    """Bodies, joints, coordinates and markers of a model.

    Parameters
    ----------
    name : str
    bodies : tuple of str
        Parents before children. Names that start with "(" are massless bodies inside a joint.
    joints : tuple of Joint
        Joint i moves body i.
    coordinates : tuple of TreeCoordinate
        In the model's order.
    markers : tuple of TreeMarker
    couplings : tuple of Coupling
        Ordered such that each reads free coordinates and results of earlier ones only.
    """

    name: str
    bodies: tuple[str, ...]
    joints: tuple[Joint, ...]
    coordinates: tuple[TreeCoordinate, ...]
    markers: tuple[TreeMarker, ...]
    couplings: tuple[Coupling, ...] = ()

    @property
    def coordinate_names(self) -> tuple[str, ...]:
        """Names of the coordinates, in their order in a pose."""
        return tuple(coordinate.name for coordinate in self.coordinates)

    @property
    def marker_names(self) -> tuple[str, ...]:
        """Names of the markers."""
        return tuple(marker.name for marker in self.markers)

    @property
    def free(self) -> NDArray[np.intp]:
        """Indices of the coordinates that no coupling determines."""
        dependent = {coupling.dependent for coupling in self.couplings}
        return np.array([i for i in range(len(self.coordinates)) if i not in dependent], np.intp)

    @property
    def defaults(self) -> FloatArray:
        """(n_coordinates,) rad or m."""
        return np.array([coordinate.default for coordinate in self.coordinates], np.float64)

    def coordinate_index(self, name: str) -> int:
        """Index of a coordinate, or a `NameNotFoundError`."""
        for index, coordinate in enumerate(self.coordinates):
            if coordinate.name == name:
                return index
        require_names([name], self.coordinate_names, "coordinate", f"model {self.name}")
        raise AssertionError("a name that is not there was taken for one that is")

    def body_index(self, name: str) -> int:
        """Index of a body (−1 for ground), or a `NameNotFoundError`."""
        if name == "ground":
            return GROUND
        require_names([name], self.bodies, "body", f"model {self.name}")
        return self.bodies.index(name)

    def select_markers(self, names: tuple[str, ...]) -> tuple[TreeMarker, ...]:
        """The named markers, or a `NameNotFoundError`."""
        require_names(names, self.marker_names, "marker", f"model {self.name}")
        by_name = {marker.name: marker for marker in self.markers}
        return tuple(by_name[name] for name in names)

    def chain(self, body: int) -> tuple[int, ...]:
        """Bodies from the root to `body`, both included; empty for ground."""
        bodies: list[int] = []
        while body != GROUND:
            bodies.append(body)
            body = self.joints[body].parent
        return tuple(reversed(bodies))

    def reaching(self, bodies: Iterable[int]) -> Tree:
        """The tree of some bodies and those that carry them; all coordinates stay, no marker."""
        kept = sorted({above for body in bodies for above in self.chain(body)})
        new = {GROUND: GROUND, **{body: place for place, body in enumerate(kept)}}
        joints = [replace(self.joints[b], parent=new[self.joints[b].parent]) for b in kept]
        names = tuple(self.bodies[body] for body in kept)
        return replace(self, bodies=names, joints=tuple(joints), markers=())

    def joint_coordinates(self, body: int) -> tuple[int, ...]:
        """Coordinates that the joint of a body reads, each once."""
        terms = self.joints[body].terms
        return tuple(dict.fromkeys(index for term in terms for index, _ in term.weights))
