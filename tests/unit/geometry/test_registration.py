"""Registration against known motions."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from kinebench.errors import ValueRangeError
from kinebench.geometry import RigidTransform, register_rigid, register_vertical
from kinebench.geometry.rotations import rotation_about_vertical

R_TRUE = Rotation.from_euler("xyz", [20, -50, 130], degrees=True).as_matrix()
T_TRUE = np.array([0.3, -1.2, 2.0])


@pytest.fixture
def points() -> np.ndarray:
    return np.random.default_rng(3).normal(size=(7, 3))


def test_register_rigid_finds_the_motion(points: np.ndarray) -> None:
    found = register_rigid(points, points @ R_TRUE.T + T_TRUE)
    np.testing.assert_allclose(found.R, R_TRUE, atol=1e-12)
    np.testing.assert_allclose(found.t, T_TRUE, atol=1e-12)
    assert found.rms < 1e-12


def test_apply_and_inverse_undo_each_other(points: np.ndarray) -> None:
    transform = RigidTransform(R_TRUE, T_TRUE)
    moved = transform.apply(points)
    np.testing.assert_allclose(moved[0], R_TRUE @ points[0] + T_TRUE)
    np.testing.assert_allclose(transform.inverse().apply(moved), points, atol=1e-12)


def test_three_points_suffice_and_two_do_not(points: np.ndarray) -> None:
    target = points @ R_TRUE.T + T_TRUE
    np.testing.assert_allclose(register_rigid(points[:3], target[:3]).R, R_TRUE, atol=1e-9)
    with pytest.raises(ValueRangeError, match="not on one line; source has 2 present"):
        register_rigid(points[:2], target[:2])


def test_points_on_a_line_are_refused() -> None:
    line = np.outer(np.arange(5.0), [1.0, 2.0, 3.0])
    with pytest.raises(ValueRangeError, match="not on one line"):
        register_rigid(line, line)


def test_pairs_with_a_missing_point_are_ignored(points: np.ndarray) -> None:
    source, target = points.copy(), points @ R_TRUE.T + T_TRUE
    source[0], target[3] = np.nan, np.nan
    target[0] += 10.0
    np.testing.assert_allclose(register_rigid(source, target).R, R_TRUE, atol=1e-12)
    with pytest.raises(ValueRangeError, match="no point that is present"):
        register_rigid(np.full((4, 3), np.nan), points[:4])


def test_weights_decide_between_points_that_disagree(points: np.ndarray) -> None:
    target = points @ R_TRUE.T + T_TRUE
    target[0] += 1.0
    weights = np.ones(7)
    assert register_rigid(points, target, weights).rms > 0.1
    weights[0] = 0.0
    assert register_rigid(points, target, weights).rms < 1e-12
    weights[0] = 1e-6
    assert 0 < register_rigid(points, target, weights).rms < 1e-2


def test_rms_is_the_distance_that_remains() -> None:
    square = np.array([[1.0, 0, 0], [-1, 0, 0], [0, 0, 1], [0, 0, -1]])
    larger = 1.1 * square
    assert register_rigid(square, larger).rms == pytest.approx(0.1)


def test_a_mirror_image_gives_a_rotation_not_a_reflection(points: np.ndarray) -> None:
    found = register_rigid(points, points * [1.0, 1.0, -1.0])
    assert np.linalg.det(found.R) == pytest.approx(1.0)
    assert found.rms > 0.1


def test_planar_points_give_a_rotation(points: np.ndarray) -> None:
    flat = points * [1.0, 1.0, 0.0]
    np.testing.assert_allclose(register_rigid(flat, flat @ R_TRUE.T).R, R_TRUE, atol=1e-12)


def test_points_may_have_frames(points: np.ndarray) -> None:
    frames = np.stack([points, 2 * points])
    np.testing.assert_allclose(register_rigid(frames, frames @ R_TRUE.T).R, R_TRUE, atol=1e-12)


def test_register_vertical_finds_the_turn(points: np.ndarray) -> None:
    R = rotation_about_vertical(2.4)
    found = register_vertical(points, points @ R.T + T_TRUE)
    np.testing.assert_allclose(found.R, R, atol=1e-12)
    np.testing.assert_allclose(found.t, T_TRUE, atol=1e-12)


def test_register_vertical_turns_about_nothing_else(points: np.ndarray) -> None:
    found = register_vertical(points, points @ R_TRUE.T)
    np.testing.assert_allclose(found.R @ [0, 1, 0], [0, 1, 0], atol=1e-12)
    angles = np.linspace(-np.pi, np.pi, 721)
    centred = points - points.mean(axis=0)
    goal = centred @ R_TRUE.T
    costs = [np.sum((centred @ rotation_about_vertical(a).T - goal) ** 2) for a in angles]
    assert found.rms**2 * 7 <= min(costs) + 1e-12


def test_register_vertical_needs_horizontal_distance() -> None:
    column = np.array([[1.0, 0.0, 1.0], [1.0, 2.0, 1.0]])
    with pytest.raises(ValueRangeError, match="horizontal"):
        register_vertical(column, column)


@pytest.mark.parametrize(
    ("target", "weights", "message"),
    [
        (np.zeros((6, 3)), None, "equal in shape"),
        (np.zeros((7, 3)), -np.ones(7), "not negative"),
        (np.zeros((7, 3)), np.ones(6), "shape"),
    ],
)
def test_bad_shapes_and_weights_are_refused(
    points: np.ndarray, target: np.ndarray, weights: np.ndarray | None, message: str
) -> None:
    with pytest.raises(ValueRangeError, match=message):
        register_rigid(points, target, weights)


def test_a_transform_stays_read_only_through_pickle() -> None:
    copy = pickle.loads(pickle.dumps(RigidTransform(R_TRUE, T_TRUE, 0.5)))
    assert copy.rms == 0.5
    with pytest.raises(ValueError, match="read-only"):
        copy.R[0, 0] = 1.0
