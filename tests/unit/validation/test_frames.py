from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from kinebench.alignment.laboratory_frame import facing, root_of
from kinebench.core import Coordinate, Motion
from kinebench.geometry.registration import RigidTransform
from kinebench.geometry.rotations import rotation_about_vertical
from kinebench.kinematics import marker_positions, read_tree
from kinebench.lab import generic_body
from kinebench.validation import LAI_RAJAGOPAL, find_frame, in_frame, with_constant_rotations
from kinebench.validation import joint_frames as frames_of

ROOT = root_of(LAI_RAJAGOPAL)
TREE = read_tree(generic_body().model)


def motion(seed: int = 1, n: int = 40) -> Motion:
    """Every coordinate of the laboratory's body, a few tenths about a constant."""
    rng = np.random.default_rng(seed)
    coordinates = tuple(coordinate.as_coordinate() for coordinate in TREE.coordinates)
    phase = rng.uniform(0, 6, len(coordinates))
    times = np.arange(n) / 20
    values = 0.3 * np.sin(times[:, None] * 3 + phase) + rng.uniform(-0.2, 0.2, len(coordinates))
    return Motion(coordinates, times, values)


def test_the_laboratorys_body_has_the_familys_joints() -> None:
    found = {frame.name: frame for frame in frames_of(TREE)}
    for known in LAI_RAJAGOPAL:
        assert found[known.name] == known


@given(yaw=st.floats(-math.pi, math.pi), x=st.floats(-5, 5), z=st.floats(-5, 5))
def test_a_motion_in_another_frame_moves_every_marker_rigidly(
    yaw: float, x: float, z: float
) -> None:
    move = RigidTransform(rotation_about_vertical(yaw), np.array([x, 0.1, z]))
    before = motion()
    after = in_frame(before, move, ROOT)
    moved = marker_positions(TREE, after.values)
    assert np.allclose(moved, move.apply(marker_positions(TREE, before.values)), atol=1e-9)


@given(yaw=st.floats(-math.pi, math.pi))
def test_yaw_and_translation_come_back(yaw: float) -> None:
    move = RigidTransform(rotation_about_vertical(yaw), np.array([1.0, -0.2, 2.0]))
    one = motion()
    found = find_frame(one, in_frame(one, move.inverse(), ROOT), ROOT)
    assert found is not None
    assert np.allclose(found.transform.R, move.R, atol=1e-9)
    assert np.allclose(found.transform.t, move.t, atol=1e-9)
    assert found.rest_rms_m < 1e-9


def test_the_frame_is_told_by_one_half_and_tried_on_the_other() -> None:
    one = motion()
    values = np.array(one.values)
    values[20:, one.names.index("pelvis_tx")] += 0.1
    found = find_frame(one, Motion(one.coordinates, one.times, values), ROOT)
    assert found is not None
    assert found.transform.rms == pytest.approx(0, abs=1e-9)
    assert found.rest_rms_m == pytest.approx(0.1, abs=1e-9)
    assert found.part_s == (one.times[0], one.times[19])


def test_a_motion_without_a_pelvis_has_no_frame() -> None:
    knee = motion().select(["knee_angle_r"])
    assert find_frame(knee, knee, ROOT) is None


@given(yaw=st.floats(-math.pi, math.pi))
def test_facing_undoes_which_way_the_laboratory_lies(yaw: float) -> None:
    assert ROOT is not None
    one = motion()
    other = in_frame(one, RigidTransform(rotation_about_vertical(yaw), np.zeros(3)), ROOT)
    same = [in_frame(each, facing(each, ROOT), ROOT) for each in (one, other)]
    turns = np.abs(same[0].values - same[1].values)
    assert np.allclose(np.minimum(turns, np.abs(turns - 2 * np.pi)), 0, atol=1e-8)


def test_a_constant_turn_of_the_femurs_frame_is_taken_away_whole() -> None:
    one = motion()
    hip = next(frame for frame in LAI_RAJAGOPAL if frame.name == "femur_l")
    turn = Rotation.from_rotvec([0.1, -0.2, 0.15])
    values = np.array(one.values)
    columns = [one.names.index(name) for name in hip.coordinates]
    values[:, columns] = hip.angles(hip.rotations(one) @ turn.as_matrix(), values[:, columns])
    other = Motion(one.coordinates, one.times, values)
    back, turned = with_constant_rotations(one, other, LAI_RAJAGOPAL)
    assert np.allclose(back.values, one.values, atol=1e-9)
    assert turned["femur_l"] == pytest.approx(turn.magnitude(), abs=1e-9)
    assert turned["femur_r"] == pytest.approx(0, abs=1e-9)
    # constant offsets of the three angles would not do it
    error = values[:, columns] - one.select(hip.coordinates).values
    assert np.abs(error - error.mean(axis=0)).max() > math.radians(1)


def test_angles_past_half_a_turn_and_gaps_stay() -> None:
    arm = next(frame for frame in LAI_RAJAGOPAL if frame.name == "humerus_r")
    times = np.arange(5) / 10
    values = np.tile([3.5, 0.2, -4.0], (5, 1))
    values[2] = np.nan
    one = Motion(tuple(map(Coordinate, arm.coordinates)), times, values)
    back, _ = with_constant_rotations(one, one, [arm])
    assert np.allclose(back.values, values, equal_nan=True)
