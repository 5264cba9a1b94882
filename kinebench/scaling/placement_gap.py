"""By how much a marker placement misses the optimum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray, read_only
from kinebench.core.model import Model
from kinebench.core.results import ScalingResult
from kinebench.core.value import Value
from kinebench.kinematics.forward import marker_jacobian
from kinebench.kinematics.osim_tree import read_tree
from kinebench.scaling.placer import PlacingProblem

_FELT_M = 1e-9  # movement of a marker per rad or m of a coordinate


@dataclass(frozen=True, slots=True, eq=False)
class PlacementGap(Value):
    """A placement beside the optimal one; differences are other − optimal.

    Parameters
    ----------
    cost, optimal_cost : float
        m², of `PlacingProblem`.
    coordinate_names, coordinate_differences : tuple of str and (n,) rad or m
        Coordinates that a marker or a task determines, by size of the difference; angles within
        half a turn.
    marker_names, marker_displacements : tuple of str and (n,) m
        Distances between the places on their bodies that a marker gets, by size.
    """

    cost: float
    optimal_cost: float
    coordinate_names: tuple[str, ...]
    coordinate_differences: FloatArray
    marker_names: tuple[str, ...]
    marker_displacements: FloatArray

    def __post_init__(self) -> None:
        for name, names in (
            ("coordinate_differences", self.coordinate_names),
            ("marker_displacements", self.marker_names),
        ):
            object.__setattr__(self, name, read_only(getattr(self, name), (len(names),), name))

    @property
    def cost_ratio(self) -> float:
        """Cost over optimal cost; NaN where both are zero."""
        if self.optimal_cost == 0.0:
            return float("inf") if self.cost > 0.0 else float("nan")
        return self.cost / self.optimal_cost


def placement_gap(
    problem: PlacingProblem, optimal: ScalingResult, other: ScalingResult
) -> PlacementGap:
    """Compare two scalings of one static trial, such as FastScaler's and OpenSimScaler's.

    Parameters
    ----------
    problem : PlacingProblem
        From ``FastScaler.placing_problem``.
    optimal, other : ScalingResult
        Static poses with all coordinates of the model.
    """
    best, tried = _pose(problem, optimal), _pose(problem, other)
    coordinates = problem.tree.coordinates
    differences = tried - best
    for index, coordinate in enumerate(coordinates):
        if coordinate.kind == "rotational":
            differences[index] = np.mod(differences[index] + np.pi, 2 * np.pi) - np.pi
    largest = sorted(_determined(problem, best), key=lambda index: -abs(differences[index]))
    here, there = _places(optimal.model), _places(other.model)
    moved = {name: np.linalg.norm(there[name] - here[name]) for name in here if name in there}
    names = sorted(moved, key=lambda name: -moved[name])
    return PlacementGap(
        problem.cost(tried),
        problem.cost(best),
        tuple(coordinates[index].name for index in largest),
        differences[largest],
        tuple(names),
        np.array([moved[name] for name in names]),
    )


def _pose(problem: PlacingProblem, result: ScalingResult) -> FloatArray:
    pose = result.static_pose.select(problem.tree.coordinate_names)
    return np.array(pose.values[0])


def _determined(problem: PlacingProblem, q: FloatArray) -> list[int]:
    """Coordinates that a tracked marker or a task feels."""
    J = marker_jacobian(problem.tree, q, tuple(problem.weights))
    felt = set(np.flatnonzero(np.abs(J).max(axis=(0, 1)) > _FELT_M).tolist())
    return sorted(felt | problem.coordinate_targets.keys())


def _places(model: Model) -> dict[str, FloatArray]:
    return {marker.name: marker.location for marker in read_tree(model).markers}
