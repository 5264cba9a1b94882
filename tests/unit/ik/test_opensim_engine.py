from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from kinebench.core import IKSolution, Markers, Model
from kinebench.core.ik_tasks import CoordinateTask, IKTasks
from kinebench.errors import InverseKinematicsError, KinebenchWarning, ModelError
from kinebench.ik import opensim_engine
from kinebench.ik.opensim_engine import OpenSimIK
from kinebench.ik.tracked import shared_markers
from kinebench.io.mot import read_motion
from kinebench.io.trc import write_trc
from kinebench.kinematics import marker_positions, read_tree
from kinebench.osim.edits import marker_names, without_dependent_leaves, without_forces
from kinebench.osim.runtime import load_opensim, quietly
from kinebench.remarks import collected_remarks

NAMES = ("ASIS", "PSIS", "SACRUM", "THIGH", "KNEE", "SHANK", "ANKLE", "TOE")
TASKS = IKTasks(tuple((name, 10.0 if name == "TOE" else 5.0) for name in NAMES))
N_FRAMES = 12


@pytest.fixture(scope="module")
def angles() -> dict[str, np.ndarray]:
    time = np.linspace(0, 1, N_FRAMES)
    return {
        "pelvis_tilt": 0.1 * time,
        "hip_flexion_r": -0.3 * time,
        "knee_angle_r": -1.2 * time,
    }


@pytest.fixture(scope="module")
def trial(leg_trial: Callable[..., Markers], angles: dict[str, np.ndarray]) -> Markers:
    return leg_trial(*angles.values())


@pytest.fixture(scope="module")
def solution(leg_model: Model, trial: Markers) -> IKSolution:
    return OpenSimIK(TASKS)(leg_model, trial)


def test_the_known_angles_come_back(solution: IKSolution, angles: dict[str, np.ndarray]) -> None:
    for name, expected in angles.items():
        found = solution.motion.values[:, solution.motion.names.index(name)]
        # the solver stops early: 1°
        np.testing.assert_allclose(found, expected, atol=0.02)


def test_coordinates_are_the_model_s_without_the_patella(solution: IKSolution) -> None:
    kinds = {c.name: (c.kind, c.range) for c in solution.motion.coordinates}
    assert list(kinds) == [
        "pelvis_tilt", "pelvis_tx", "pelvis_ty", "hip_flexion_r", "knee_angle_r",
    ]  # fmt: skip
    assert kinds["pelvis_tx"][0] == "translational"
    assert kinds["knee_angle_r"] == ("rotational", (-2.0, 0.1))
    assert kinds["pelvis_tilt"][0] == "rotational"


def test_times_and_markers_are_the_trial_s(solution: IKSolution, trial: Markers) -> None:
    np.testing.assert_array_equal(solution.motion.times, trial.times)
    assert solution.marker_names == NAMES
    assert solution.converged.all()
    assert (solution.iterations == -1).all()


def test_frames_are_solved_as_the_tool_solves_them(
    leg_model: Model, trial: Markers, tmp_path: Path
) -> None:
    """The frame-by-frame loop replaces OpenSim's tool, which Ctrl-C cannot stop.

    The tool's answer depends on the place; here the leg stands where its model does.
    """
    opensim = load_opensim()
    tree = read_tree(leg_model)
    place = marker_positions(tree, tree.defaults, NAMES).mean(axis=0)
    place -= trial.select(NAMES).positions[0].mean(axis=0)
    place[2] = 0.0  # no coordinate of the leg leads out of its plane
    trial = trial.with_positions(trial.positions + place)
    solution = OpenSimIK(TASKS)(leg_model, trial)
    lean = without_dependent_leaves(without_forces(leg_model))
    (tmp_path / "leg.osim").write_bytes(lean.xml)
    write_trc(tmp_path / "leg.trc", trial, decimals=10)
    with quietly(opensim):
        tool = opensim.InverseKinematicsTool()
        tool.set_model_file(str(tmp_path / "leg.osim"))
        tool.set_marker_file(str(tmp_path / "leg.trc"))
        tool.set_output_motion_file(str(tmp_path / "leg.mot"))
        tool.setResultsDir(str(tmp_path))
        tool.set_report_errors(False)
        tool.set_accuracy(1e-5)
        for name, weight in TASKS.marker_weights:
            task = opensim.IKMarkerTask()
            task.setName(name)
            task.setApply(True)
            task.setWeight(weight)
            tool.upd_IKTaskSet().cloneAndAppend(task)
        assert tool.run()
    expected = read_motion(tmp_path / "leg.mot")
    for name in solution.motion.names:
        ours = solution.motion.values[:, solution.motion.names.index(name)]
        theirs = expected.values[:, expected.names.index(name)]
        np.testing.assert_allclose(ours, theirs, atol=1e-7)


def test_errors_are_distances_to_the_measured_markers(
    leg_model: Model, trial: Markers, solution: IKSolution
) -> None:
    shifted = trial.positions.copy()
    shifted[:, NAMES.index("TOE"), 2] += 0.05  # out of the plane: no angle can follow
    found = OpenSimIK(TASKS)(leg_model, trial.with_positions(shifted))
    np.testing.assert_allclose(found.marker_errors[:, NAMES.index("TOE")], 0.05, atol=3e-3)
    assert solution.marker_errors.max() < 3e-3


def test_a_missing_marker_has_no_error_and_no_pull(
    leg_model: Model, trial: Markers, angles: dict[str, np.ndarray]
) -> None:
    gappy = trial.positions.copy()
    gappy[3:6, NAMES.index("THIGH")] = np.nan
    found = OpenSimIK(TASKS)(leg_model, trial.with_positions(gappy))
    absent = np.isnan(found.marker_errors)
    assert absent.sum() == 3
    assert absent[3:6, NAMES.index("THIGH")].all()
    knee = found.motion.values[:, found.motion.names.index("knee_angle_r")]
    np.testing.assert_allclose(knee, angles["knee_angle_r"], atol=0.02)
    assert np.isfinite(found.rms_errors).all()


@pytest.mark.parametrize("place", range(8))
def test_any_marker_may_be_missing(leg_model: Model, trial: Markers, place: int) -> None:
    """OpenSim drops empty cells at the end of a row: the last column made it fail."""
    positions = trial.positions.copy()
    positions[3:6, place] = np.nan
    found = OpenSimIK(IKTasks(tuple((name, 1.0) for name in trial.names)))(
        leg_model, trial.with_positions(positions)
    )
    column = found.marker_names.index(trial.names[place])
    assert np.flatnonzero(np.isnan(found.marker_errors[:, column])).tolist() == [3, 4, 5]
    assert set(found.marker_names) == set(trial.names)


def test_ranges_are_respected(leg_model: Model, leg_trial: Callable[..., Markers]) -> None:
    bent_forward = leg_trial(np.zeros(4), np.zeros(4), 0.5 * np.ones(4))
    found = OpenSimIK(TASKS)(leg_model, bent_forward)
    knee = found.motion.values[:, found.motion.names.index("knee_angle_r")]
    assert knee.max() <= 0.1 + 1e-6


def test_a_coordinate_task_pulls(leg_model: Model, trial: Markers) -> None:
    pulled = IKTasks(TASKS.marker_weights, (CoordinateTask("knee_angle_r", 1e4, -0.5),))
    found = OpenSimIK(pulled)(leg_model, trial)
    knee = found.motion.values[:, found.motion.names.index("knee_angle_r")]
    np.testing.assert_allclose(knee, -0.5, atol=0.02)
    default = IKTasks(TASKS.marker_weights, (CoordinateTask("knee_angle_r", 1e4),))
    held = OpenSimIK(default)(leg_model, trial)
    knee = held.motion.values[:, held.motion.names.index("knee_angle_r")]
    np.testing.assert_allclose(knee, 0.0, atol=0.02)


def test_a_task_of_a_coordinate_that_is_not_there_is_left_out(
    leg_model: Model, trial: Markers, solution: IKSolution
) -> None:
    tasks = IKTasks(TASKS.marker_weights, (CoordinateTask("elbow_flex_r", 1.0),))
    with pytest.warns(KinebenchWarning, match="lacks coordinates.*elbow_flex_r"):
        found = OpenSimIK(tasks)(leg_model, trial)
    assert found.motion == solution.motion


def test_one_frame_is_enough(leg_model: Model, trial: Markers, solution: IKSolution) -> None:
    found = OpenSimIK(TASKS)(leg_model, trial.at_frames(np.array([0])))
    np.testing.assert_allclose(found.motion.values[0], solution.motion.values[0], atol=1e-9)


def test_weights_decide(leg_model: Model, trial: Markers) -> None:
    """A displaced marker is followed as far as its weight goes."""
    shifted = trial.positions.copy()
    shifted[:, NAMES.index("TOE"), 1] += 0.05
    displaced = trial.with_positions(shifted)
    heavy = IKTasks(tuple((name, 1e4 if name == "TOE" else 1.0) for name in NAMES))
    light = IKTasks(tuple((name, 1e-2 if name == "TOE" else 1.0) for name in NAMES))
    toe = NAMES.index("TOE")
    assert OpenSimIK(heavy)(leg_model, displaced).marker_errors[:, toe].max() < 0.01
    assert OpenSimIK(light)(leg_model, displaced).marker_errors[:, toe].min() > 0.04


def test_a_frame_without_any_marker_is_named(leg_model: Model, trial: Markers) -> None:
    empty = trial.positions.copy()
    empty[4:6] = np.nan
    with pytest.raises(InverseKinematicsError, match=r"2 frames have no marker.*at 0\.0666"):
        OpenSimIK(TASKS)(leg_model, trial.with_positions(empty))


def test_no_shared_marker_is_told_from_all_three_sides(leg_model: Model, trial: Markers) -> None:
    with pytest.raises(InverseKinematicsError) as caught:
        OpenSimIK(IKTasks((("C7", 1.0),)))(leg_model, trial)
    assert "tasks name C7" in str(caught.value)
    assert "the model has ANKLE" in str(caught.value)
    assert "the trial has ASIS" in str(caught.value)


def test_a_model_or_trial_without_a_needed_marker_is_a_warning(
    leg_model: Model, trial: Markers
) -> None:
    tasks = IKTasks((*TASKS.marker_weights, ("HEEL", 3.0)))
    with pytest.warns(KinebenchWarning) as caught:
        names = shared_markers(tasks, marker_names(leg_model), NAMES[1:])
    assert names == NAMES[1:]
    texts = [str(item.message) for item in caught]
    assert "the model lacks 1 of 9 markers that the IK tasks name: HEEL" in texts[0]
    # what the model lacks is not said of the trial again
    assert "the trial lacks 1 of 9 markers that the IK tasks name: ASIS; their" in texts[1]


def test_markers_that_are_lacking_are_named_for_who_marks_them_in_a_figure() -> None:
    tasks = IKTasks((("a", 1.0), ("b", 2.0), ("c", 3.0), ("off", 0.0)))
    with collected_remarks() as told:
        assert shared_markers(tasks, ["a", "b", "x"], ["y", "a"]) == ("a",)
    left_out = "their tasks are left out"
    assert [(remark.code, remark.message, remark.where) for remark in told] == [
        (
            "markers lacking",
            f"the model lacks 1 of 3 markers that the IK tasks name: c; {left_out}",
            ("c",),
        ),
        (
            "markers lacking",
            f"the trial lacks 1 of 3 markers that the IK tasks name: b; {left_out}",
            ("b",),
        ),
    ]


def test_a_damaged_model_is_named_before_opensim_meets_it(leg_model: Model, trial: Markers) -> None:
    broken = Model("leg", leg_model.xml.replace(b"<location>0.1", b"<location>nan"))
    with pytest.raises(ModelError, match="location of ASIS"):
        OpenSimIK(TASKS)(broken, trial)


def test_opensim_s_own_failure_is_one_line(leg_model: Model, trial: Markers) -> None:
    strange = Model("leg", leg_model.xml.replace(b"PinJoint", b"MagicJoint"))
    with pytest.raises(InverseKinematicsError, match=r"OpenSim failed on leg: .*MagicJoint"):
        OpenSimIK(TASKS)(strange, trial)


class GivesUp:
    """A solver that fails to track every other frame."""

    def __init__(self) -> None:
        self.tracked = self.assembled = 0

    def track(self, state: SimpleNamespace) -> None:
        self.tracked += 1
        if self.tracked % 2 == 0:
            raise RuntimeError("AssemblySolver::track() attempt Failed")

    def assemble(self, state: SimpleNamespace) -> None:
        self.assembled += 1


def test_a_frame_that_opensim_gives_up_is_assembled_anew_and_told() -> None:
    solver = GivesUp()
    told = [opensim_engine._track(solver, SimpleNamespace()) for _ in range(4)]
    assert told == [True, False, True, False]
    assert solver.assembled == 2
