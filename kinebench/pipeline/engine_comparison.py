"""Two inverse kinematics engines on one trial: which has the lower cost, and by how much."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.results import IKSolution
from kinebench.pipeline.engines import engine
from kinebench.remarks import unheard

# Relative to the cost: what OpenSim's eight decimals of marker positions can make up.
_EQUAL_COST = 1e-6


@dataclass(frozen=True, slots=True)
class CoordinateDifference:
    """How far the engines' answers are apart in one coordinate, rad or m.

    Parameters
    ----------
    name, kind : str
    rms, largest : float
    time_s : float
        Of the largest difference.
    solver_error_rms : float
        RMS over those frames in which the second engine has the lower cost: there the first one
        stopped short of the minimum, and the difference is its error. NaN when there are none.
    """

    name: str
    kind: str
    rms: float
    largest: float
    time_s: float
    solver_error_rms: float


@dataclass(frozen=True, slots=True, eq=False)
class EngineComparison:
    """Outcome of `compare_engines`.

    Parameters
    ----------
    engines : (str, str)
    durations_s : (float, float)
        Wall-clock time of the second of two solves, when everything is loaded.
    costs : (FloatArray, FloatArray)
        Per frame (n_frames,) m²; see `tracking_cost`.
    coordinates : tuple of CoordinateDifference
    solutions : (IKSolution, IKSolution)
    """

    engines: tuple[str, str]
    durations_s: tuple[float, float]
    costs: tuple[FloatArray, FloatArray]
    coordinates: tuple[CoordinateDifference, ...]
    solutions: tuple[IKSolution, IKSolution]

    @property
    def second_not_worse(self) -> float:
        """Fraction of frames in which the second engine's cost is not above the first's."""
        first, second = self.costs
        return float(np.mean(second <= first * (1 + _EQUAL_COST)))

    @property
    def speed_ratio(self) -> float:
        """How many times faster the second engine is."""
        return self.durations_s[0] / self.durations_s[1]


def compare_engines(
    model: Model,
    markers: Markers,
    tasks: IKTasks,
    engines: tuple[str, str] = ("opensim", "fast"),
    on_engine: Callable[[str], None] | None = None,
) -> EngineComparison:
    """Solve a trial with two engines.

    Parameters
    ----------
    model : Model
        Scaled, with markers.
    markers : Markers
    tasks : IKTasks
    engines : (str, str)
        The one that is questioned, and the one that questions it.
    on_engine : callable, optional
        Told each engine's name as it begins.
    """
    solved = []
    for name in engines:
        if on_engine is not None:
            on_engine(name)
        solved.append(_timed(name, tasks, model, markers))
    (first, first_s), (second, second_s) = solved
    costs = tracking_cost(first, tasks), tracking_cost(second, tasks)
    return EngineComparison(
        engines,
        (first_s, second_s),
        costs,
        _differences(first, second, costs),
        (first, second),
    )


def tracking_cost(solution: IKSolution, tasks: IKTasks) -> FloatArray:
    """Cost per frame, m²: Σ w e² / Σ w over the markers present, plus the coordinate tasks.

    Tasks without a value of their own pull to the model's default, which no solution tells; they
    are left out, for both engines alike.
    """
    weights = np.array([tasks.weights[name] for name in solution.marker_names])
    present = ~np.isnan(solution.marker_errors)
    squares = np.where(present, solution.marker_errors, 0.0) ** 2 @ weights
    total = present @ weights
    cost = np.divide(squares, total, out=np.zeros(len(squares)), where=total > 0)
    motion = solution.motion
    for task in tasks.coordinate_tasks:
        if task.value is not None and task.name in motion.names:
            cost = cost + task.weight * (motion.value(task.name) - task.value) ** 2
    return np.asarray(cost)


def _timed(name: str, tasks: IKTasks, model: Model, markers: Markers) -> tuple[IKSolution, float]:
    """Solve, after a few frames that load and compile what the engine needs."""
    solve = engine(name).make_solver(tasks)
    with unheard():
        solve(model, markers.at_frames(np.arange(min(2, markers.n_frames))))
        start = time.perf_counter()
        solution = solve(model, markers)
        return solution, time.perf_counter() - start


def _differences(
    first: IKSolution, second: IKSolution, costs: Sequence[FloatArray]
) -> tuple[CoordinateDifference, ...]:
    better = costs[1] < costs[0] * (1 - _EQUAL_COST)
    found = []
    for coordinate in second.motion.coordinates:
        if coordinate.name not in first.motion.names:
            continue
        difference = first.motion.value(coordinate.name) - second.motion.value(coordinate.name)
        if coordinate.kind == "rotational":
            difference = (difference + np.pi) % (2 * np.pi) - np.pi
        worst = int(np.abs(difference).argmax())
        found.append(
            CoordinateDifference(
                coordinate.name,
                coordinate.kind,
                _rms(difference),
                float(abs(difference[worst])),
                float(second.motion.times[worst]),
                _rms(difference[better]) if better.any() else np.nan,
            )
        )
    return tuple(found)


def _rms(values: FloatArray) -> float:
    return float(np.sqrt(np.mean(values**2)))
