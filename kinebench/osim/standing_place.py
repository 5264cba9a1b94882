"""Where a model stands: OpenSim's solvers depend on it, angles must not.

OpenSim's assembly starts from the model's default pose and stops early, so that the same trial
8 m away ends in another minimum. Markers are therefore brought to where the model stands by itself,
and the coordinates that move the whole model are corrected by the same displacement.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.value import Value

FULL_TURN = 6.28
"""Width of a range, rad, that limits nothing: ±3.14, as model files write it."""


@dataclass(frozen=True, slots=True, eq=False)
class Displacement(Value):
    """A displacement of everything that is tracked.

    Parameters
    ----------
    vector : (3,) m
    added : mapping of str to float
        What it adds to coordinates, m.
    """

    vector: FloatArray = field(default_factory=lambda: np.zeros(3))
    added: Mapping[str, float] = field(default_factory=dict)

    def undone(self, motion: Motion) -> Motion:
        """The motion of what was not displaced."""
        return replace(
            motion, values=motion.values - [self.added.get(n, 0.0) for n in motion.names]
        )


def free_root(opensim: ModuleType, model: Any) -> None:
    """Lift the limits of the coordinates that place a model in the laboratory.

    Their ranges say where the model's author expected people to stand; none of the body's joints
    is limited by them.
    """
    for joint in _joints(model):
        if joint.getParentFrame().findBaseFrame().getAbsolutePathString() != "/ground":
            continue
        for index in range(joint.numCoordinates()):
            coordinate = joint.get_coordinates(index)
            kind = coordinate.getMotionType()
            width = coordinate.getRangeMax() - coordinate.getRangeMin()
            if kind == opensim.Coordinate.Translational or (
                kind == opensim.Coordinate.Rotational and width >= FULL_TURN
            ):
                model.updCoordinateSet().get(coordinate.getName()).setDefaultClamped(False)


def displacement(
    opensim: ModuleType, model: Any, state: Any, markers: Markers, pulled: Collection[str] = ()
) -> Displacement:
    """What brings markers to where the model stands in its default pose.

    Parameters
    ----------
    opensim : module
    model, state
        Of OpenSim, in the default pose.
    markers : Markers
        All of them in the model; the first frame counts.
    pulled : collection of str
        Coordinates with a task of their own: it asks for a place in the laboratory, which stays.

    Returns
    -------
    Displacement
        None at all when no coordinate can undo it: for models that cannot leave their place, and
        those that constraints other than couplers tie to it.
    """
    joint = _root_joint(model, markers.names)
    if joint is None:
        return Displacement()
    model.realizePosition(state)
    there = ~markers.missing[0]
    places = [
        model.getMarkerSet().get(name).getLocationInGround(state).to_numpy()
        for name in np.array(markers.names)[there]
    ]
    if not places:
        return Displacement()
    wanted = np.mean(places, axis=0) - markers.positions[0, there].mean(axis=0)
    columns = {
        name: column
        for name, column in _columns(opensim, model, state, joint).items()
        if name not in pulled
    }
    if not columns:
        return Displacement()
    A = np.stack(list(columns.values()), axis=1)
    added = np.linalg.pinv(A) @ wanted
    return Displacement(A @ added, dict(zip(columns, added.tolist(), strict=True)))


def _joints(model: Any) -> list[Any]:
    joints = model.getJointSet()
    return [joints.get(index) for index in range(joints.getSize())]


def _root_joint(model: Any, names: tuple[str, ...]) -> Any:
    """The joint that carries all the markers from ground, if it is one."""
    by_child = {
        joint.getChildFrame().findBaseFrame().getAbsolutePathString(): joint
        for joint in _joints(model)
    }
    roots: dict[str, Any] = {}
    for name in names:
        frame = model.getMarkerSet().get(name).getParentFrame().findBaseFrame()
        path, joint = frame.getAbsolutePathString(), None
        for _ in by_child:
            if path not in by_child:
                break
            joint = by_child[path]
            path = joint.getParentFrame().findBaseFrame().getAbsolutePathString()
        roots[joint.getName() if joint is not None and path == "/ground" else ""] = joint
    return next(iter(roots.values())) if len(roots) == 1 and "" not in roots else None


def _columns(opensim: ModuleType, model: Any, state: Any, joint: Any) -> dict[str, FloatArray]:
    """Displacement (3,) of the joint's child per metre of each coordinate that does only that."""
    tied = _tied_coordinates(opensim, model)
    if tied is None:
        return {}
    found = {}
    for index in range(joint.numCoordinates()):
        name = joint.get_coordinates(index).getName()
        coordinate = model.getCoordinateSet().get(name)
        movable = not (coordinate.getDefaultLocked() or coordinate.get_prescribed())
        if (
            not movable
            or name in tied
            or coordinate.getMotionType() != opensim.Coordinate.Translational
        ):
            continue
        start = coordinate.getValue(state)
        poses = []
        for value in (start + 1, start + 2, start):
            coordinate.setValue(state, value, False)
            model.realizePosition(state)
            pose = joint.getChildFrame().getTransformInGround(state)
            turn = pose.R().convertRotationToBodyFixedXYZ().to_numpy()
            poses.append(np.append(pose.p().to_numpy(), turn))
        step = poses[0] - poses[2]
        # such a coordinate may turn the body besides, or move it along a curve
        if np.allclose(poses[1] - poses[0], step, atol=1e-9) and np.allclose(
            step[3:], 0, atol=1e-9
        ):
            found[name] = step[:3]
    return found


def _tied_coordinates(opensim: ModuleType, model: Any) -> set[str] | None:
    """Coordinates that couplers read or set; None when another constraint may tie the root."""
    constraints = model.getConstraintSet()
    tied: set[str] = set()
    for index in range(constraints.getSize()):
        constraint = constraints.get(index)
        coupler = opensim.CoordinateCouplerConstraint.safeDownCast(constraint)
        if coupler is None:
            return None
        read = coupler.getIndependentCoordinateNames()
        tied |= {coupler.getDependentCoordinateName()}
        tied |= {read.get(i) for i in range(read.getSize())}
    return tied
