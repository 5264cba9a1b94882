"""Rotations against hand-made answers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kinebench.errors import ValueRangeError
from kinebench.geometry import (
    angle_between,
    require_rotation,
    rotate,
    rotation_about_vertical,
    rotation_angle,
    rotation_between,
    rotation_from_axis_angles,
    unit,
)

X, Y, Z = np.eye(3)


def test_unit_has_length_one_and_no_direction_gives_nan() -> None:
    np.testing.assert_allclose(unit([[3.0, 0.0, 4.0]]), [[0.6, 0.0, 0.8]])
    assert np.isnan(unit([0.0, 0.0, 0.0])).all()


@pytest.mark.parametrize(
    ("one", "other", "degrees"),
    [(X, Y, 90.0), (X, 5 * X, 0.0), (X, -X, 180.0), (X, [1.0, 1.0, 0.0], 45.0)],
)
def test_angle_between(one: np.ndarray, other: np.ndarray, degrees: float) -> None:
    assert math.degrees(float(angle_between(one, other))) == pytest.approx(degrees)


def test_angle_between_is_precise_for_small_angles() -> None:
    assert float(angle_between(X, [1.0, 1e-9, 0.0])) == pytest.approx(1e-9)


def test_angle_between_works_row_by_row() -> None:
    np.testing.assert_allclose(angle_between([X, Y], [Y, Y]), [np.pi / 2, 0.0])


def test_vertical_rotation_takes_z_towards_x() -> None:
    R = rotation_about_vertical(math.pi / 2)
    np.testing.assert_allclose(rotate(R, [Z, X, Y]), [X, -Z, Y], atol=1e-15)


@pytest.mark.parametrize(
    ("angles", "images"),
    [
        ({"y": 90}, (-Z, Y, X)),
        ({"x": 90}, (X, Z, -Y)),
        ({"z": 90}, (Y, -X, Z)),
        ({"y": 90, "z": 180}, (-Z, -Y, -X)),
        # about fixed axes: Y, then Z
        ({"yz": (90, 90)}, (-Z, -X, Y)),
        ({"y": 90, "z": 90}, (-Z, -X, Y)),
        ({"Y": 90, "Z": 90}, (-Z, -X, Y)),
        # about axes that turn along: X goes to Y by the body's Z, and Y is left alone by Y
        ({"YZ": (90, 90)}, (Y, Z, X)),
        ({}, (X, Y, Z)),
    ],
)
def test_axis_angles(angles: dict[str, float], images: tuple[np.ndarray, ...]) -> None:
    R = rotation_from_axis_angles(angles)
    np.testing.assert_allclose(rotate(R, np.eye(3)), images, atol=1e-12)


def test_axis_angles_follow_the_order_of_the_mapping() -> None:
    first = rotation_from_axis_angles({"x": 90, "y": 90})
    second = rotation_from_axis_angles({"y": 90, "x": 90})
    assert np.abs(first - second).max() > 0.9


@pytest.mark.parametrize(
    ("angles", "message"),
    [
        ({"w": 90}, "'w' are not known"),
        ({"xY": (90, 90)}, "not both"),
        ({"": 90}, "not known"),
        ({"yz": 90}, "needs 2 finite angle"),
        ({"y": (90, 90)}, "needs 1 finite angle"),
        ({"y": math.nan}, "needs 1 finite angle"),
    ],
)
def test_axis_angles_refuse(angles: dict[str, float], message: str) -> None:
    with pytest.raises(ValueRangeError, match=message):
        rotation_from_axis_angles(angles)


@pytest.mark.parametrize("end", [Y, -X, [1.0, 2.0, -3.0], X])
def test_rotation_between_takes_one_direction_to_the_other(end: np.ndarray) -> None:
    R = rotation_between(2 * X, end)
    np.testing.assert_allclose(rotate(R, X), unit(end), atol=1e-12)
    assert rotation_angle(R) == pytest.approx(float(angle_between(X, end)))
    require_rotation(R)


def test_rotation_between_needs_directions() -> None:
    with pytest.raises(ValueRangeError, match="finite directions"):
        rotation_between([0.0, 0.0, 0.0], X)


@pytest.mark.parametrize(
    "matrix", [np.diag([1.0, 1.0, -1.0]), 2 * np.eye(3), np.full((3, 3), np.nan)]
)
def test_require_rotation_refuses_what_is_none(matrix: np.ndarray) -> None:
    with pytest.raises(ValueRangeError, match="proper rotation"):
        require_rotation(matrix)


def test_require_rotation_refuses_other_shapes() -> None:
    with pytest.raises(ValueRangeError, match=r"found \(2, 2\)"):
        require_rotation(np.eye(2))
