"""The static pose of least cost, and model markers moved onto measured ones.

The pose q minimises the cost of ScaleTool's marker placer::

    Σ wᵢ |pᵢ(q) − mᵢ|² / Σ wᵢ + Σ wⱼ (qⱼ − cⱼ)²      within the coordinates' ranges

in which only the markers are divided by their weights. ScaleTool stops before the minimum, and it
tracks the mean over the frames inside the window but moves markers onto the mean over the frames
of `recipe.tool_frames`. Here the pose belongs to the markers that the model is given.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.ik_tasks import IKTasks
from kinebench.errors import ScalingError
from kinebench.kinematics.default_start import standing_pose
from kinebench.kinematics.forward import couple, forward_kinematics, marker_positions
from kinebench.kinematics.mechanism import build_mechanism
from kinebench.kinematics.tree import GROUND, Tree


@dataclass(frozen=True, slots=True)
class PlacingProblem:
    """What the static pose is to fit.

    Parameters
    ----------
    tree : Tree
        Scaled, markers not yet moved.
    weights : mapping of str to float
        Markers to track.
    targets : mapping of str to (3,) m
        Where they, and perhaps others, were measured.
    coordinate_targets : mapping of int to (float, float)
        Weight and value, rad or m, by coordinate of the tree.
    """

    tree: Tree
    weights: Mapping[str, float]
    targets: Mapping[str, FloatArray]
    coordinate_targets: Mapping[int, tuple[float, float]]

    @classmethod
    def of_tasks(
        cls, tree: Tree, tasks: IKTasks, targets: Mapping[str, FloatArray]
    ) -> PlacingProblem:
        """The problem that tasks pose; those for what is not there or is locked are left out.

        Raises
        ------
        ScalingError
            When no task's marker is there, or a task is about a coordinate that others determine.
        """
        known = {marker.name for marker in tree.markers} & targets.keys()
        weights = {name: weight for name, weight in tasks.marker_weights if name in known}
        if not weights:
            raise ScalingError(
                "the marker placer has no marker to track: its tasks name"
                f" {', '.join(name for name, _ in tasks.marker_weights[:5])}, …; model and static"
                f" trial share {', '.join(sorted(known)[:5]) or 'none'}"
            )
        index_of = {coordinate.name: i for i, coordinate in enumerate(tree.coordinates)}
        free = set(tree.free.tolist())
        coordinate_targets = {}
        for task in tasks.coordinate_tasks:
            index = index_of.get(task.name)
            if index is None or tree.coordinates[index].locked:
                continue
            if index not in free:
                raise ScalingError(
                    f"the marker placer has a task for '{task.name}', which a constraint"
                    " determines: give the task to the coordinate that determines it"
                )
            default = tree.coordinates[index].default
            coordinate_targets[index] = (task.weight, default if task.value is None else task.value)
        return cls(tree, weights, targets, coordinate_targets)

    def cost(self, q: FloatArray) -> float:
        """Cost, m², of a pose (n_coordinates,) rad or m."""
        names = tuple(self.weights)
        weights = np.array([self.weights[name] for name in names])
        measured = np.array([self.targets[name] for name in names])
        missed = marker_positions(self.tree, q, names) - measured
        markers = weights @ (missed**2).sum(axis=1) / weights.sum()
        pulled = self.coordinate_targets.items()
        coordinates = sum(w * (q[index] - value) ** 2 for index, (w, value) in pulled)
        return float(markers + coordinates)


def solve_pose(problem: PlacingProblem) -> FloatArray:
    """The pose (n_coordinates,) rad or m of least cost.

    Several starts guard against poor minima. Coordinates that neither a marker nor a task
    determines stay at their defaults.
    """
    from kinebench.kinematics.tracking import MarkerTracker

    tree = problem.tree
    mechanism = build_mechanism(tree, dict(problem.weights), dict(problem.coordinate_targets))
    variables = np.array(mechanism.variables, dtype=np.intp)
    measured = np.array([[problem.targets[name] for name in mechanism.markers]])
    measured.flags.writeable = False
    defaults = tree.defaults
    columns = np.arange(len(mechanism.markers))
    start = standing_pose(tree, mechanism.markers).at(measured[0])[variables]
    tracker = MarkerTracker(mechanism, measured, columns, start)
    tracker.solve()
    if not tracker.outcomes["converged"][0]:
        raise ScalingError(
            f"the static pose of {tree.name} could not be solved with"
            f" {len(mechanism.markers)} markers: {', '.join(mechanism.markers[:8])}, …"
        )
    q = defaults.copy()
    for index, (_, value) in problem.coordinate_targets.items():
        q[index] = np.clip(value, *tree.coordinates[index].limits)
    q[variables] = np.where(tracker.observed[0], tracker.x[0], q[variables])
    return couple(tree, q)


def placed_markers(
    tree: Tree, q: FloatArray, targets: Mapping[str, FloatArray], fixed: Collection[str]
) -> dict[str, FloatArray]:
    """Location (3,) m, in its body, of each marker that was measured.

    Those that are not fixed move onto the measured ones; bodies stay in the pose q.
    """
    R, p = forward_kinematics(tree, q)
    locations: dict[str, FloatArray] = {}
    for marker in tree.markers:
        if marker.name not in targets:
            continue
        location = marker.location
        if marker.name not in fixed:
            location = targets[marker.name]
            if marker.body != GROUND:
                location = R[marker.body].T @ (location - p[marker.body])
        locations[marker.name] = location
    return locations
