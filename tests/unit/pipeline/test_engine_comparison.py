"""Two engines side by side, with stand-ins whose answers are known."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import ArrayLike

from kinebench.core import Coordinate, Markers, Model, Motion
from kinebench.core.ik_tasks import CoordinateTask, IKTasks
from kinebench.core.motion import Kind
from kinebench.core.results import IKSolution
from kinebench.pipeline import engine_comparison as module
from kinebench.pipeline.engine_comparison import compare_engines, tracking_cost

TIMES = np.arange(4) / 10
TASKS = IKTasks((("A", 3.0), ("B", 1.0)))
MODEL = Model("m", b"<OpenSimDocument><Model name='m'/></OpenSimDocument>")
MARKERS = Markers(("A", "B"), TIMES, np.zeros((4, 2, 3)))


def solution(errors_m: ArrayLike, **coordinates: ArrayLike) -> IKSolution:
    """Angles in degrees (``pelvis_tx`` in m), errors (4, 2) or one pair for all frames."""
    kinds: dict[str, Kind] = {"pelvis_tx": "translational"}
    columns = [
        np.broadcast_to(np.asarray(v, float) if name in kinds else np.deg2rad(v), TIMES.shape)
        for name, v in coordinates.items()
    ]
    motion = Motion(
        tuple(Coordinate(name, kinds.get(name, "rotational")) for name in coordinates),
        TIMES,
        np.stack(columns, axis=1),
    )
    errors = np.broadcast_to(np.asarray(errors_m, float), (4, 2))
    return IKSolution(motion, ("A", "B"), errors, np.ones(4, bool), np.full(4, 5))


Compare = Callable[..., module.EngineComparison]


@pytest.fixture
def compare(monkeypatch: pytest.MonkeyPatch) -> Compare:
    """Compare two solutions as if engines of these names had found them."""

    def run(first: IKSolution, second: IKSolution, **options: object) -> module.EngineComparison:
        answers = {"slow": first, "quick": second}

        def engine(name: str) -> SimpleNamespace:
            def solve(model: Model, markers: Markers) -> IKSolution:
                return answers[name]

            return SimpleNamespace(make_solver=lambda tasks: solve)

        monkeypatch.setattr(module, "engine", engine)
        return compare_engines(MODEL, MARKERS, TASKS, ("slow", "quick"), **options)  # type: ignore[arg-type]

    return run


class TestCost:
    def test_markers_count_by_their_weights(self) -> None:
        cost = tracking_cost(solution((0.02, 0.04), knee=0.0), TASKS)
        # (3 · 0.02² + 1 · 0.04²) / 4
        np.testing.assert_allclose(cost, 7e-4)

    def test_a_missing_marker_takes_its_weight_along(self) -> None:
        errors = np.full((4, 2), 0.02)
        errors[1, 0] = np.nan
        errors[2] = np.nan
        errors[1, 1] = 0.05
        cost = tracking_cost(solution(errors, knee=0.0), TASKS)
        np.testing.assert_allclose(cost, [4e-4, 25e-4, 0.0, 4e-4])

    def test_a_task_pulls_a_coordinate_to_its_value(self) -> None:
        tasks = IKTasks(
            (("A", 1.0), ("B", 1.0)),
            (
                CoordinateTask("tx", 10.0, 0.5),
                CoordinateTask("knee", 10.0),  # to the default, which nobody tells
                CoordinateTask("elsewhere", 10.0, 1.0),
            ),
        )
        motion = Motion(
            (Coordinate("tx", "translational"), Coordinate("knee")), TIMES, np.full((4, 2), 0.7)
        )
        one = IKSolution(motion, ("A", "B"), np.zeros((4, 2)), np.ones(4, bool), np.ones(4, int))
        np.testing.assert_allclose(tracking_cost(one, tasks), 10 * 0.2**2)


class TestComparison:
    def test_each_engine_is_told_and_keeps_its_place(self, compare: Compare) -> None:
        told: list[str] = []
        one, other = solution((0.02, 0.02), knee=1.0), solution((0.01, 0.01), knee=0.0)
        found = compare(one, other, on_engine=told.append)
        assert told == ["slow", "quick"]
        assert found.engines == ("slow", "quick")
        assert found.solutions == (one, other)
        np.testing.assert_allclose(found.costs, [[4e-4] * 4, [1e-4] * 4])
        assert all(seconds > 0 for seconds in found.durations_s)

    def test_not_worse_up_to_the_rounding_of_marker_files(self, compare: Compare) -> None:
        second = np.full((4, 2), 0.02)
        second[0] *= 1 + 1e-7  # higher by what eight decimals make up
        second[1] *= 1.01  # higher
        second[2] *= 0.5  # lower
        found = compare(solution((0.02, 0.02), knee=0.0), solution(second, knee=0.0))
        assert found.second_not_worse == 0.75

    def test_how_far_the_answers_are_apart(self, compare: Compare) -> None:
        first = solution((0.02, 0.02), knee=[0.0, 0.0, -6.0, 0.0], pelvis_tx=[0.1, 0.1, 0.1, 0.3])
        second = solution((0.02, 0.02), knee=0.0, pelvis_tx=0.1)
        knee, shift = compare(first, second).coordinates
        assert (knee.name, knee.kind) == ("knee", "rotational")
        assert np.rad2deg([knee.rms, knee.largest]) == pytest.approx([3.0, 6.0])
        assert knee.time_s == pytest.approx(0.2)
        assert (shift.name, shift.kind) == ("pelvis_tx", "translational")
        assert (shift.rms, shift.largest, shift.time_s) == pytest.approx((0.1, 0.2, 0.3))

    def test_a_whole_turn_is_no_difference_of_an_angle_but_one_of_a_length(
        self, compare: Compare
    ) -> None:
        first = solution((0.02, 0.02), turn=359.0, pelvis_tx=2 * np.pi)
        second = solution((0.02, 0.02), turn=0.0, pelvis_tx=0.0)
        turn, shift = compare(first, second).coordinates
        assert np.rad2deg(turn.largest) == pytest.approx(1.0)
        assert shift.largest == pytest.approx(2 * np.pi)

    def test_solver_error_counts_the_frames_where_the_other_is_better(
        self, compare: Compare
    ) -> None:
        better = np.full((4, 2), 0.02)
        better[1] = 0.01
        first = solution((0.02, 0.02), knee=[1.0, 4.0, 1.0, 1.0])
        knee = compare(first, solution(better, knee=0.0)).coordinates[0]
        assert np.rad2deg(knee.solver_error_rms) == pytest.approx(4.0)
        same = compare(first, solution((0.02, 0.02), knee=0.0)).coordinates[0]
        assert np.isnan(same.solver_error_rms)

    def test_coordinates_of_one_engine_alone_are_left_out(self, compare: Compare) -> None:
        found = compare(
            solution((0.02, 0.02), knee=0.0, hip=1.0), solution((0.02, 0.02), foot=0.0, hip=0.0)
        )
        assert [one.name for one in found.coordinates] == ["hip"]

    def test_speed_is_that_of_the_whole_trial(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = iter([10.0, 16.0, 20.0, 22.0])  # each engine's begin and end
        frames: list[int] = []

        def engine(name: str) -> SimpleNamespace:
            def solve(model: Model, markers: Markers) -> IKSolution:
                frames.append(markers.n_frames)
                return solution((0.0, 0.0), knee=0.0)

            return SimpleNamespace(make_solver=lambda tasks: solve)

        monkeypatch.setattr(module, "engine", engine)
        monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
        found = compare_engines(MODEL, MARKERS, TASKS, ("slow", "quick"))
        assert frames == [2, 4, 2, 4]  # two frames load and compile what is needed
        assert found.durations_s == (6.0, 2.0)
        assert found.speed_ratio == 3.0


def test_the_command_s_answer(compare: Compare, capsys: pytest.CaptureFixture[str]) -> None:
    from kinebench.cli import engines as command

    better = np.full((4, 2), 0.02)
    better[1] = 0.01
    first = solution((0.02, 0.02), knee=[1.0, 4.0, 1.0, 1.0], pelvis_tx=0.1)
    found = compare(first, solution(better, knee=0.0, pelvis_tx=0.1))
    answer = json.loads(json.dumps(command._as_json("squat", found), allow_nan=False))
    assert (answer["trial"], answer["frames"]) == ("squat", 4)
    assert [one["name"] for one in answer["engines"]] == ["slow", "quick"]
    costs = [one["cost_mean_m2"] for one in answer["engines"]]
    assert costs == pytest.approx([4e-4, 3.25e-4])
    assert answer["second_not_worse"] == 1.0
    knee = answer["coordinates"][0]
    assert (knee["name"], knee["time_s"]) == ("knee", pytest.approx(0.1))
    command._print("squat", found)
    out = capsys.readouterr().out
    assert "squat: 4 frames" in out
    assert "weighted RMS marker error 20.000 mm" in out
    assert "in 100.0 % of the frames" in out
    cells = [line.split() for line in out.splitlines() if line.startswith(("knee", "pelvis_tx"))]
    assert cells[0][:2] == ["knee", "°"]
    assert cells[0][3:] == ["4.00", "0.10", "4.00"]
    assert cells[1][0] == "pelvis_tx"
