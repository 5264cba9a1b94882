"""Inverse kinematics by kinebench's own solver, without OpenSim."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from kinebench.core.arrays import FloatArray, frozen
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Coordinate, Motion
from kinebench.core.results import IKSolution
from kinebench.core.stages import InverseKinematics
from kinebench.errors import require_names
from kinebench.ik.tracked import shared_markers
from kinebench.kinematics.default_start import StandingPose, standing_pose
from kinebench.kinematics.mechanism import Mechanism, build_mechanism
from kinebench.kinematics.osim_tree import read_tree
from kinebench.kinematics.tracking import MarkerTracker
from kinebench.kinematics.tree import Tree


@dataclass(frozen=True, slots=True)
class FastIK:
    """Weighted least squares per frame, to the lowest minimum that a search finds.

    The cost is that of OpenSim's tool: squared marker errors, weighted, divided by the sum of the
    weights of the markers present, plus weighted squared misses of the coordinate tasks. Ranges of
    clamped coordinates hold, locked coordinates stay, couplings hold. Coordinates that no
    marker and no task determines stay where they were (at first: at their default) and are
    flagged in `IKSolution.observed`; bodies without markers are not computed at all.

    A frame may have several minima. Newton's method tracks the recording from a cold start; then
    frames at intervals, at jumps and that fit poorly are solved from other starts (equivalent
    angles of three-axis joints at a limit, the neighbours' poses, each limb anew, a cold start),
    and what is better spreads forwards and backwards while it is. That finds the lowest minimum
    nearly always, not always. Frames in which it met another pose that fits as well, within half a
    millimetre of weighted RMS, are flagged in `IKSolution.rival_deg`; a frame that was not
    questioned may have one all the same.

    The answer depends neither on the order of the markers nor on threads, and on neighbouring
    frames only where a frame has several minima.

    Parameters
    ----------
    tasks : IKTasks
        Tasks of markers that model or trial lack are left out, with a warning that names them.
    """

    title: ClassVar[str] = (
        "kinebench's compiled inverse kinematics, which solves OpenSim's weighted least squares"
    )

    tasks: IKTasks

    def __call__(self, model: Model, markers: Markers) -> IKSolution:
        """Solve a trial.

        Raises
        ------
        InverseKinematicsError
            When no marker is shared.
        ModelError
            When the model has parts that `read_tree` does not know.
        """
        tree = read_tree(model)
        names = shared_markers(self.tasks, tree.marker_names, markers.names)
        targets, weights = _coordinate_tasks(tree, self.tasks), self.tasks.weights
        mechanism = _mechanism(
            model, tuple((name, weights[name]) for name in names), tuple(targets.items())
        )
        column = {name: index for index, name in enumerate(markers.names)}
        start = _start(model, names, markers.positions, [column[name] for name in names])
        tracker = MarkerTracker(
            mechanism,
            markers.positions,
            np.array([column[name] for name in mechanism.markers], dtype=np.int64),
            start[list(mechanism.variables)],
        )
        tracker.solve()
        order = [mechanism.markers.index(name) for name in names]
        return _solution(model, mechanism, tracker, targets, markers.times, names, order)


def solve_trials(
    engine: InverseKinematics,
    trials: Sequence[tuple[Model, Markers]],
    n_threads: int | None = None,
) -> list[IKSolution]:
    """Solve many trials; with `FastIK` on as many cores as there are threads.

    Results are the same for any number of threads.
    """
    if n_threads == 1:
        return [engine(model, markers) for model, markers in trials]
    with ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(lambda trial: engine(*trial), trials))


def _start(
    model: Model, names: tuple[str, ...], positions: FloatArray, columns: list[int]
) -> FloatArray:
    """Default pose where the first markers are: angles must not depend on where one stands."""
    there = (not np.isnan(frame[columns, 0]).all() for frame in positions)
    first = next((index for index, seen in enumerate(there) if seen), 0)
    return _standing(model, names).at(positions[first, columns])


@lru_cache(maxsize=32)
def _standing(model: Model, names: tuple[str, ...]) -> StandingPose:
    return standing_pose(read_tree(model), names)


def _coordinate_tasks(tree: Tree, tasks: IKTasks) -> dict[int, tuple[float, float]]:
    """Weight and target by coordinate of the tree."""
    if not tasks.coordinate_tasks:
        return {}
    names = tree.coordinate_names
    require_names(
        [task.name for task in tasks.coordinate_tasks],
        [names[index] for index in tree.free],
        "free coordinate",
        f"model {tree.name}",
    )
    found = {}
    for task in tasks.coordinate_tasks:
        index = tree.coordinate_index(task.name)
        target = tree.coordinates[index].default if task.value is None else task.value
        found[index] = (task.weight, target)
    return found


@lru_cache(maxsize=32)
def _mechanism(
    model: Model,
    weights: tuple[tuple[str, float], ...],
    targets: tuple[tuple[int, tuple[float, float]], ...],
) -> Mechanism:
    return build_mechanism(read_tree(model), dict(weights), dict(targets))


@lru_cache(maxsize=32)
def _coordinates(model: Model) -> tuple[Coordinate, ...]:
    tree = read_tree(model)
    return tuple(tree.coordinates[index].as_coordinate() for index in tree.free)


def _solution(
    model: Model,
    mechanism: Mechanism,
    tracker: MarkerTracker,
    targets: dict[int, tuple[float, float]],
    times: FloatArray,
    names: tuple[str, ...],
    order: list[int],
) -> IKSolution:
    """Free coordinates of the whole model, in its order."""
    tree = read_tree(model)
    rest = tree.defaults
    for index, (_, target) in targets.items():
        low, high = tree.coordinates[index].limits
        rest[index] = min(max(target, low), high)
    free = tree.free.tolist()
    n, known = len(times), ~np.isnan(tracker.rival)
    values = np.tile(rest[free], (n, 1))
    observed = np.tile([index in targets for index in free], (n, 1))
    rivals = np.full((n, len(free)), np.nan)
    rivals[known] = rest[free]
    there = set(free)
    columns = [place for place, index in enumerate(mechanism.variables) if index in there]
    places = [free.index(mechanism.variables[column]) for column in columns]
    values[:, places] = tracker.x[:, columns]
    observed[:, places] = tracker.observed[:, columns]
    rivals[np.ix_(known, places)] = tracker.rival_poses[known][:, columns]
    motion = Motion(_coordinates(model), times, frozen(values))
    return IKSolution(
        motion,
        names,
        frozen(np.take(tracker.errors, order, axis=1)),
        tracker.outcomes["converged"],
        tracker.outcomes["iterations"],
        observed,
        np.rad2deg(tracker.rival),
        frozen(rivals),
    )
