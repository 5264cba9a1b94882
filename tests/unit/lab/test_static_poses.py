"""Static poses: the default exactly, and faults of the size asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinebench.core import Motion
from kinebench.errors import ValueRangeError
from kinebench.kinematics import forward_kinematics, marker_positions
from kinebench.lab import (
    STATIC_POSES,
    Population,
    StaticPose,
    TrialStart,
    VirtualSubject,
    generic_body,
    record,
)
from kinebench.lab.camera import WhiteNoise
from kinebench.lab.feet import sole_points
from kinebench.lab.legs import leg_sizes
from kinebench.lab.motions import Replay, Squat

BODY = generic_body()
AVERAGE = VirtualSubject("average", "female", 1.70, 70.0)


def degrees(motion: Motion, name: str) -> float:
    return float(np.degrees(motion.value(name)[0]))


def lowest(motion: Motion) -> float:
    R, p = forward_kinematics(BODY.tree, motion.values)
    return min(
        float((p[:, b] + R[:, b] @ x)[:, 1].min())
        for side in "rl"
        for _, b, x in sole_points(BODY.tree, side)
    )


def test_ideal_is_the_models_default() -> None:
    motion = StaticPose()(BODY)
    expected = np.broadcast_to(BODY.tree.defaults, motion.values.shape)
    np.testing.assert_allclose(motion.values, expected, atol=1e-12)
    assert motion.n_frames == 91


@pytest.mark.parametrize("name", STATIC_POSES)
def test_every_pose_stands_on_the_ground(name: str) -> None:
    motion = STATIC_POSES[name](BODY)
    assert -0.002 < lowest(motion) < 0.001


def test_faults_have_their_size() -> None:
    both = StaticPose(knee_deg=10.0)(BODY)
    assert degrees(both, "knee_angle_r") == degrees(both, "knee_angle_l") == pytest.approx(10.0)
    assert degrees(both, "ankle_angle_r") == pytest.approx(10.0 - degrees(both, "hip_flexion_r"))
    lean = StaticPose(lean_deg=15.0)(BODY)
    assert degrees(lean, "lumbar_extension") == pytest.approx(-15.0)
    hips = StaticPose(hip_deg=10.0)(BODY)
    assert degrees(hips, "pelvis_tilt") == pytest.approx(-10.0)
    assert degrees(hips, "hip_flexion_l") == pytest.approx(10.0)
    trunk, _ = forward_kinematics(BODY.tree, hips.values[0])
    np.testing.assert_allclose(trunk[BODY.tree.body_index("torso")], np.eye(3), atol=1e-12)
    arms = StaticPose(arm_deg=60.0, elbow_deg=20.0, forearm_deg=80.0)(BODY)
    assert degrees(arms, "arm_add_l") == pytest.approx(-60.0)
    assert degrees(arms, "pro_sup_r") == pytest.approx(80.0)


def test_one_bent_knee_lets_its_side_sink() -> None:
    motion = StaticPose(right_knee_deg=15.0)(BODY)
    at = dict(
        zip(BODY.tree.marker_names, marker_positions(BODY.tree, motion.values[0]), strict=True)
    )
    leg = leg_sizes(BODY.tree, "r")
    drop = leg.reach(0.0) - leg.reach(np.radians(15.0))
    assert at["LHip"][1] - at["RHip"][1] == pytest.approx(drop, rel=0.02)
    assert degrees(motion, "knee_angle_l") == pytest.approx(0.0)
    assert at["RHeel"][1] == pytest.approx(at["LHeel"][1], abs=0.002)


def test_feet_apart_and_straight_legs() -> None:
    motion = StaticPose(apart_deg=12.0)(BODY)
    at = dict(
        zip(BODY.tree.marker_names, marker_positions(BODY.tree, motion.values[0]), strict=True)
    )
    length = leg_sizes(BODY.tree, "r").reach(0.0)
    spread = at["RAnkle"][2] - at["LAnkle"][2] - (at["RHip"][2] - at["LHip"][2])
    assert spread == pytest.approx(2 * length * np.sin(np.radians(12)), rel=1e-6)


def test_sway_turns_about_the_feet() -> None:
    motion = StaticPose(duration_s=30.0, sway_m=0.012)(BODY, 20.0)
    at = marker_positions(BODY.tree, motion.values, ("RHeel", "LBigToe", "midHip"))
    # the ankle's axis is oblique: a pendulum turns the foot a little
    assert np.ptp(at[:, :2], axis=0).max() < 0.003
    assert np.std(at[:, 2, 0]) == pytest.approx(0.012, rel=0.3)


def test_legs_of_different_length_stand_with_a_listed_pelvis() -> None:
    body = Population(name="uneven", leg_difference_m=0.015).subject(4).body()
    motion = StaticPose()(body)
    at = marker_positions(body.tree, motion.values[0], ("RAnkle", "LAnkle", "RHeel", "LHeel"))
    assert abs(at[2, 1] - at[3, 1]) < 0.001
    assert abs(degrees(motion, "pelvis_list")) > 0.15


def test_the_first_second_of_the_trial() -> None:
    squat = Squat(repetitions=1, pause_s=0.3)
    start = TrialStart(squat)(BODY, 50.0)
    whole = squat(BODY, 50.0)
    assert start.n_frames == 51
    np.testing.assert_array_equal(start.values, whole.values[:51])
    assert np.degrees(start.value("knee_angle_r")).max() > 30
    with pytest.raises(ValueRangeError):
        TrialStart(squat, duration_s=0.0)


def test_impossible_poses_are_refused() -> None:
    with pytest.raises(ValueRangeError, match="lumbar_extension"):
        StaticPose(lean_deg=120.0)(BODY)
    with pytest.raises(ValueRangeError, match="duration_s"):
        StaticPose(duration_s=0.0)


def test_a_recording_keeps_the_truth() -> None:
    film = record(AVERAGE, StaticPose(), WhiteNoise((5.0, 5.0, 5.0)), rate_hz=30.0)
    assert film.keypoints != film.true_keypoints
    assert film.true_markers.names == BODY.marker_names
    tree = AVERAGE.body().tree
    expected = marker_positions(tree, film.true_motion.values, BODY.marker_names)
    np.testing.assert_array_equal(film.true_markers.positions, expected)
    static = record(AVERAGE, StaticPose())
    assert static.keypoints == static.true_keypoints
    trial = film.as_trial("t", "standing", static)
    assert trial.static == static.keypoints
    assert trial.reference_motion == film.true_motion
    assert trial.subject == AVERAGE.as_subject()


def test_recordings_are_seeded_by_subject_motion_and_names() -> None:
    noise = WhiteNoise()
    one = record(AVERAGE, StaticPose(), noise, names=("a",)).keypoints
    assert one == record(AVERAGE, StaticPose(), noise, names=("a",)).keypoints
    assert one != record(AVERAGE, StaticPose(), noise, names=("b",)).keypoints
    # the level of a factor does not change the noise
    bent = record(AVERAGE, StaticPose(lean_deg=1.0), noise, names=("a",))
    np.testing.assert_allclose(
        bent.keypoints.positions - bent.true_keypoints.positions,
        one.positions - record(AVERAGE, StaticPose()).keypoints.positions,
        atol=1e-12,
    )


def test_a_recording_that_starts_late_has_a_first_second_too() -> None:
    moving = Squat(repetitions=1)(BODY, 50.0)
    late = Replay(replace(moving, times=moving.times + 5.0))
    start = TrialStart(late)(BODY, 50.0)
    assert start.times[0] == pytest.approx(5.0)
    assert start.times[-1] == pytest.approx(6.0)
