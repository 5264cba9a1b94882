"""The side drop of a study is that of the joint centres of the scaled model."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.results import IKSolution, PipelineRun, ScalingResult
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.kinematics import read_tree
from kinebench.kinematics.poses import body_origins, poses_of
from kinebench.lab import generic_body
from kinebench.metrics import Kind
from kinebench.studies.execution.measure import measured

MODEL = generic_body().model
TREE = read_tree(MODEL)
TIMES = np.arange(20) / 20
SUBJECT = Subject(70.0, 1.75)


def motion(**angles: float) -> Motion:
    """The default pose with some coordinates at other values, rad."""
    q = np.tile(TREE.defaults, (len(TIMES), 1))
    for name, value in angles.items():
        q[:, TREE.coordinate_index(name)] = value
    return Motion(tuple(c.as_coordinate() for c in TREE.coordinates), TIMES, q)


def drops(estimate: Motion, reference: Motion, augmented: Markers) -> dict[str, float]:
    scaling = ScalingResult(MODEL, {}, (0.0, 0.0), motion(), (), np.empty(0))
    n = len(TIMES)
    solution = IKSolution(estimate, ("a",), np.zeros((n, 1)), np.ones(n, bool), np.zeros(n, int))
    run = PipelineRun(SUBJECT, augmented, augmented, scaling, solution)
    trial = Trial("t", SUBJECT, augmented, reference_motion=reference, reference_markers=augmented)
    return measured(run, trial, ("rmse",)).by_item(Kind.LANDMARK, "side_drop")


@pytest.fixture
def augmented() -> Markers:
    return Markers(("a",), TIMES, np.zeros((len(TIMES), 1, 3)))


def test_a_listed_pelvis_lowers_one_hip_by_its_width(augmented: Markers) -> None:
    """Hips w apart on a pelvis that lists by φ differ in height by w sin φ."""
    origins = body_origins(TREE, motion())
    right, left = (origins.position(f"femur_{side}")[0] for side in "rl")
    width, angle = float(np.linalg.norm(right - left)), np.radians(3)
    found = drops(motion(pelvis_list=angle), motion(), augmented)
    assert set(found) == {"hip", "knee", "ankle", "heel"}
    assert abs(found["hip"]) == pytest.approx(width * np.sin(angle), rel=1e-6)
    turned = drops(motion(pelvis_list=-angle), motion(), augmented)
    assert turned["hip"] == pytest.approx(-found["hip"])


def test_what_the_reference_has_is_no_drop(augmented: Markers) -> None:
    same = motion(pelvis_list=0.1, hip_flexion_r=0.4)
    assert drops(same, same, augmented) == pytest.approx(dict.fromkeys(
        ("hip", "knee", "ankle", "heel"), 0.0), abs=1e-12)  # fmt: skip


def test_a_knee_that_is_bent_too_far_lifts_the_joints_below_it(augmented: Markers) -> None:
    found = drops(motion(knee_angle_r=0.5), motion(), augmented)
    assert found["hip"] == pytest.approx(0, abs=1e-12)
    assert found["ankle"] > 0.03
    assert found["heel"] > found["ankle"] / 2


def test_what_one_motion_lacks_is_left_out_of_both(augmented: Markers) -> None:
    bent = motion(knee_angle_r=0.5, pelvis_list=0.05)
    names = [name for name in TREE.coordinate_names if name != "knee_angle_r"]
    found = drops(bent, motion().select(names), augmented)
    alone = drops(motion(pelvis_list=0.05), motion(), augmented)
    assert found == pytest.approx(alone)


def test_poses_take_what_is_there() -> None:
    some = motion(knee_angle_r=0.5).select(["knee_angle_r"])
    q = poses_of(TREE, some)
    assert q.shape == (len(TIMES), len(TREE.coordinates))
    column = TREE.coordinate_index("knee_angle_r")
    np.testing.assert_array_equal(q[:, column], 0.5)
    np.testing.assert_array_equal(np.delete(q, column, 1)[0], np.delete(TREE.defaults, column))
