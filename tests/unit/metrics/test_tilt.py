"""World tilt, with and without a reference."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from kinebench.errors import ValueRangeError
from kinebench.metrics import UndefinedMetricWarning
from kinebench.metrics.tilt import floor_tilt, world_tilt

BODY = np.random.default_rng(6).normal(size=(4, 12, 3))


def leaning(forward_deg: float, right_deg: float) -> np.ndarray:
    """R_true_estimate whose second column, the estimate's vertical, leans that far."""
    lean = np.array([np.tan(np.deg2rad(forward_deg)), 1.0, np.tan(np.deg2rad(right_deg))])
    lean /= np.linalg.norm(lean)
    axis = np.cross([0, 1, 0], lean)
    size = np.linalg.norm(axis)
    if size == 0:
        return np.eye(3)
    return Rotation.from_rotvec(axis / size * np.arcsin(size)).as_matrix()


@pytest.mark.parametrize(("forward", "right"), [(0, 0), (3, 0), (0, -2), (4, 5), (-1, 1)])
def test_world_tilt(forward: float, right: float) -> None:
    R = leaning(forward, right)
    estimate = (BODY - 0.7) @ R  # true = estimate @ R.T + 0.7
    tilt = np.rad2deg(world_tilt(BODY, estimate))
    assert tilt[1] == pytest.approx(forward, abs=1e-9)
    assert tilt[2] == pytest.approx(right, abs=1e-9)
    expected = np.degrees(np.arctan(np.hypot(*np.tan(np.deg2rad([forward, right])))))
    assert tilt[0] == pytest.approx(expected, abs=1e-9)


def test_turning_about_the_vertical_is_no_tilt() -> None:
    R = Rotation.from_rotvec([0, 1.1, 0]).as_matrix()
    assert world_tilt(BODY, BODY @ R.T) == pytest.approx((0, 0, 0), abs=1e-12)
    assert world_tilt(BODY, BODY) == pytest.approx((0, 0, 0), abs=1e-12)


def test_world_tilt_leaves_gaps_out() -> None:
    estimate = BODY @ leaning(3, 0)
    estimate[1, 2] = np.nan
    assert np.rad2deg(world_tilt(BODY, estimate).sagittal) == pytest.approx(3)


def test_world_tilt_invalid() -> None:
    with pytest.raises(ValueRangeError):
        world_tilt(BODY, BODY[:, :4])
    with pytest.raises(ValueRangeError):
        world_tilt(BODY[:1, :2], BODY[:1, :2])


KINDS = ("heel", "heel", "toe", "toe")


def steps(R: np.ndarray) -> np.ndarray:
    """Heels and toes of two feet at rest in many places, floor at 0, in the estimate's frame."""
    rng = np.random.default_rng(9)
    places = rng.uniform(-1, 1, size=(40, 1, 3)) * [1.5, 0, 0.3]
    feet = np.array([[0, 0.03, 0.1], [0, 0.03, -0.1], [0.2, 0.05, 0.1], [0.2, 0.05, -0.1]])
    return (places + feet) @ R


@pytest.mark.parametrize(("forward", "right"), [(0, 0), (3, 0), (0, -2), (2, 1)])
def test_floor_tilt_agrees_with_world_tilt(forward: float, right: float) -> None:
    """The floor is flat, so the resting feet tell the same tilt as a reference would."""
    points = steps(leaning(forward, right))
    tilt = np.rad2deg(floor_tilt(points, np.ones((40, 4), dtype=bool), KINDS))
    assert tilt[1] == pytest.approx(forward, abs=0.01)
    assert tilt[2] == pytest.approx(right, abs=0.01)
    assert tilt[0] == pytest.approx(np.hypot(forward, right), abs=0.01)


def test_swinging_feet_do_not_count() -> None:
    points, rest = steps(leaning(2, 0)), np.ones((40, 4), dtype=bool)
    points[5:9, 0, 1] += 0.3
    rest[5:9, 0] = False
    points[20, 1] = np.nan
    assert np.rad2deg(floor_tilt(points, rest, KINDS).sagittal) == pytest.approx(2, abs=0.01)


def test_feet_side_by_side_tell_the_frontal_part_only() -> None:
    points = steps(np.eye(3))[:1].repeat(10, axis=0) @ leaning(0, 3)
    with pytest.warns(UndefinedMetricWarning, match="in 2 of 3 columns: the resting feet"):
        tilt = floor_tilt(points, np.ones((10, 4), dtype=bool), KINDS)
    assert np.rad2deg(tilt.frontal) == pytest.approx(3, abs=1e-6)
    assert np.isnan(tilt.total)
    assert np.isnan(tilt.sagittal)


@pytest.mark.parametrize(("apart", "told"), [(0.15, False), (0.17, True)])
def test_feet_too_close_together_tell_nothing(apart: float, told: bool) -> None:
    feet = np.array([[[0, 0, apart / 2], [0, 0, -apart / 2]]])
    with pytest.warns(UndefinedMetricWarning):
        tilt = floor_tilt(feet, np.ones((1, 2), dtype=bool), ("heel", "heel"))
    assert np.isfinite(tilt.frontal) == told


def test_points_on_the_sole_tell_both() -> None:
    feet = np.array([[0, 0, 0.1], [0, 0, -0.1], [0.2, 0, 0.1], [0.2, 0, -0.1]])
    points = feet[None] @ leaning(2, -1)
    rest = np.ones((1, 4), dtype=bool)
    tilt = np.rad2deg(floor_tilt(points, rest, KINDS, same_height=True))
    np.testing.assert_allclose(tilt[1:], [2, -1], atol=1e-9)


def test_floor_tilt_empty_and_invalid() -> None:
    points = steps(np.eye(3))
    with pytest.warns(UndefinedMetricWarning):
        assert np.isnan(floor_tilt(points, np.zeros((40, 4), dtype=bool), KINDS)).all()
    with pytest.raises(ValueRangeError, match="do not fit"):
        floor_tilt(points, np.ones((40, 4), dtype=bool), KINDS[:3])
