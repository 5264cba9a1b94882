"""The static pose at its optimum, and markers moved onto measured ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import least_squares

from kinebench.core.ik_tasks import CoordinateTask, IKTasks
from kinebench.core.model import Model
from kinebench.errors import ScalingError
from kinebench.kinematics import Tree, marker_positions, read_tree
from kinebench.kinematics.forward import couple
from kinebench.scaling.placer import PlacingProblem, placed_markers, solve_pose

WEIGHTS = {
    "asis_r": 10.0, "asis_l": 10.0, "psis_r": 5.0, "hip": 2.0, "knee": 10.0, "mknee": 10.0,
    "ankle": 20.0, "mankle": 10.0, "calc": 7.0, "toe": 3.0,
}  # fmt: skip
TASKS = IKTasks(
    tuple(WEIGHTS.items()), (CoordinateTask("knee", 0.1, 0.2), CoordinateTask("ankle", 0.05))
)


@pytest.fixture(scope="module")
def tree(leg: Model) -> Tree:
    return read_tree(leg)


def pose(tree: Tree, spread: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    q = tree.defaults + rng.uniform(-spread, spread, len(tree.coordinates))
    low, high = np.array([coordinate.limits for coordinate in tree.coordinates]).T
    return couple(tree, np.clip(q, low, high))


def targets(tree: Tree, q: np.ndarray, noise: float = 0.0) -> dict[str, np.ndarray]:
    places = marker_positions(tree, q)
    places += np.random.default_rng(5).normal(0, noise, places.shape)
    return dict(zip(tree.marker_names, places, strict=True))


def least_cost(problem: PlacingProblem, starts: list[np.ndarray]) -> tuple[float, np.ndarray]:
    """Independent solution: scipy on the residuals as the docstring has them."""
    tree = problem.tree
    free = tree.free
    names = list(problem.weights)
    weights = np.array([problem.weights[name] for name in names])
    measured = np.array([problem.targets[name] for name in names])
    low, high = np.array([tree.coordinates[index].limits for index in free]).T

    def full(x: np.ndarray) -> np.ndarray:
        q = tree.defaults
        q[free] = x
        return couple(tree, q)

    def residuals(x: np.ndarray) -> np.ndarray:
        q = full(x)
        missed = marker_positions(tree, q, tuple(names)) - measured
        pulled = problem.coordinate_targets.items()
        coordinates = [np.sqrt(w) * (q[i] - value) for i, (w, value) in pulled]
        return np.append(np.sqrt(weights / weights.sum())[:, None] * missed, coordinates)

    found = []
    for start in starts:
        x = np.clip(start[free], low + 1e-6, high - 1e-6)
        solution = least_squares(
            residuals, x, bounds=(low, high), xtol=1e-15, ftol=1e-15, gtol=1e-15
        )
        found.append((2 * solution.cost, full(solution.x)))
    return min(found, key=lambda one: one[0])


def test_cost_divides_the_markers_by_their_weights_and_the_wishes_by_nothing(tree: Tree) -> None:
    q = pose(tree, 0.1, 1)
    measured = targets(tree, q)
    measured["knee"] = measured["knee"] + [0.03, 0.0, 0.04]
    measured["toe"] = measured["toe"] + [0.0, 0.1, 0.0]
    problem = PlacingProblem.of_tasks(tree, TASKS, measured)
    expected = (10 * 0.05**2 + 3 * 0.1**2) / sum(WEIGHTS.values())
    at = dict(zip(tree.coordinate_names, q, strict=True))
    expected += 0.1 * (at["knee"] - 0.2) ** 2 + 0.05 * (at["ankle"] - 0.05) ** 2
    assert problem.cost(q) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("seed", range(2))
def test_pose_is_the_optimum(tree: Tree, seed: int) -> None:
    truth = pose(tree, 0.4, seed)
    problem = PlacingProblem.of_tasks(tree, TASKS, targets(tree, truth, 0.02))
    q = solve_pose(problem)
    rng = np.random.default_rng(seed)
    starts = [truth, tree.defaults]
    starts += [truth + rng.uniform(-0.5, 0.5, len(truth)) for _ in range(2)]
    cost, best = least_cost(problem, starts)
    assert problem.cost(q) <= cost * (1 + 1e-9)
    assert np.degrees(np.abs(q - best).max()) < 0.01


def test_a_pose_that_fits_is_found_exactly(tree: Tree) -> None:
    truth = pose(tree, 0.4, 8)
    tasks = IKTasks(TASKS.marker_weights)
    q = solve_pose(PlacingProblem.of_tasks(tree, tasks, targets(tree, truth)))
    assert np.abs(q - truth).max() < 1e-8


def test_ranges_hold(tree: Tree) -> None:
    truth = pose(tree, 0.1, 3)
    knee = tree.coordinate_index("knee")
    truth[knee] = -0.6  # the range ends at -0.2
    problem = PlacingProblem.of_tasks(tree, IKTasks(TASKS.marker_weights), targets(tree, truth))
    q = solve_pose(problem)
    assert q[knee] == -0.2
    cost, best = least_cost(problem, [truth, tree.defaults])
    assert problem.cost(q) <= cost * (1 + 1e-9)
    assert np.abs(q - best).max() < 1e-4


def test_what_nothing_determines_stays_and_what_a_task_asks_is_given(tree: Tree) -> None:
    without_foot = {name: 1.0 for name in WEIGHTS if name not in ("calc", "toe")}
    measured = targets(tree, pose(tree, 0.2, 2))
    ankle = tree.coordinate_index("ankle")
    alone = solve_pose(
        PlacingProblem.of_tasks(tree, IKTasks(tuple(without_foot.items())), measured)
    )
    assert alone[ankle] == tree.defaults[ankle] == 0.05
    for value, expected in ((0.3, 0.3), (2.0, 0.8)):
        tasks = IKTasks(tuple(without_foot.items()), (CoordinateTask("ankle", 0.1, value),))
        wished = solve_pose(PlacingProblem.of_tasks(tree, tasks, measured))
        assert wished[ankle] == expected
        assert np.allclose(np.delete(wished, ankle), np.delete(alone, ankle), atol=1e-8)


def test_couplings_hold(tree: Tree) -> None:
    q = solve_pose(PlacingProblem.of_tasks(tree, TASKS, targets(tree, pose(tree, 0.3, 6))))
    assert q[tree.coordinate_index("cap")] == q[tree.coordinate_index("knee")] != 0.0


def test_tasks_for_what_is_not_there_are_left_out(tree: Tree) -> None:
    measured = targets(tree, pose(tree, 0.1, 4))
    del measured["toe"]
    tasks = IKTasks((*TASKS.marker_weights, ("nose", 3.0)), (CoordinateTask("neck", 1.0, 0.0),))
    problem = PlacingProblem.of_tasks(tree, tasks, measured)
    assert set(problem.weights) == WEIGHTS.keys() - {"toe"}
    assert problem.coordinate_targets == {}


def test_a_task_without_value_is_about_the_default(tree: Tree) -> None:
    problem = PlacingProblem.of_tasks(tree, TASKS, targets(tree, tree.defaults))
    assert problem.coordinate_targets[tree.coordinate_index("ankle")] == (0.05, 0.05)


def test_locked_coordinates_have_no_task(leg: Model) -> None:
    text = leg.xml.decode()
    before, after = text.split('<Coordinate name="knee">')
    locked = before + '<Coordinate name="knee">' + after.replace("<locked>false", "<locked>true", 1)
    tree = read_tree(Model("leg", locked.encode()))
    problem = PlacingProblem.of_tasks(tree, TASKS, targets(tree, pose(tree, 0.3, 1)))
    knee = tree.coordinate_index("knee")
    assert knee not in problem.coordinate_targets
    assert solve_pose(problem)[knee] == 0.0


def test_refuses_tasks_that_it_cannot_follow(tree: Tree) -> None:
    measured = targets(tree, tree.defaults)
    coupled = IKTasks(TASKS.marker_weights, (CoordinateTask("cap", 1.0, 0.0),))
    with pytest.raises(ScalingError, match="'cap', which a constraint determines"):
        PlacingProblem.of_tasks(tree, coupled, measured)
    strange = IKTasks((("nose", 1.0),))
    with pytest.raises(ScalingError, match="no marker to track: its tasks name nose"):
        PlacingProblem.of_tasks(tree, strange, measured)


def test_markers_move_onto_the_measured_ones_unless_they_are_fixed(tree: Tree) -> None:
    q = pose(tree, 0.3, 9)
    measured = targets(tree, q, 0.02)
    del measured["sh1"]
    placed = placed_markers(tree, q, measured, {"meta"})
    assert list(placed) == [name for name in tree.marker_names if name != "sh1"]
    moved = Tree(
        tree.name, tree.bodies, tree.joints, tree.coordinates,
        tuple(type(marker)(marker.name, marker.body, placed.get(marker.name, marker.location))
              for marker in tree.markers),
        tree.couplings,
    )  # fmt: skip
    places = dict(zip(moved.marker_names, marker_positions(moved, q), strict=True))
    for name in placed.keys() - {"meta"}:
        assert places[name] == pytest.approx(measured[name], abs=1e-14)
    (meta,) = tree.select_markers(("meta",))
    assert np.array_equal(placed["meta"], meta.location)


def test_a_pose_that_is_no_minimum_is_refused(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """That a search goes on while it can is the tracker's: tests/unit/ik/test_search_reach.py."""
    from kinebench.kinematics import tracking

    class StopsShort(tracking.MarkerTracker):
        def solve(self) -> None:
            super().solve()
            self.outcomes["converged"] = False

    truth = pose(tree, 0.4, 8)
    problem = PlacingProblem.of_tasks(tree, IKTasks(TASKS.marker_weights), targets(tree, truth))
    assert np.abs(solve_pose(problem) - truth).max() < 1e-8
    monkeypatch.setattr(tracking, "MarkerTracker", StopsShort)
    with pytest.raises(ScalingError, match="could not be solved"):
        solve_pose(problem)
