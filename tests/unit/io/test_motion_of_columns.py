from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import kinebench as kb
from kinebench.errors import KinebenchWarning


def test_angles_and_lengths_by_name() -> None:
    columns = {"knee_angle_r": [0.0, 90.0], "pelvis_ty": [0.9, 1.0]}
    found = kb.motion([0.0, 0.5], columns, degrees=True)
    np.testing.assert_allclose(found.value("knee_angle_r"), [0.0, math.pi / 2])
    np.testing.assert_allclose(found.value("pelvis_ty"), [0.9, 1.0])
    with pytest.warns(KinebenchWarning, match=r"angles reach 90 rad \(are they in degrees\?\)"):
        in_rad = kb.motion([0.0, 0.5], columns, degrees=False)
    np.testing.assert_allclose(in_rad.value("knee_angle_r"), [0.0, 90.0])
    assert [coordinate.kind for coordinate in found.coordinates] == ["rotational", "translational"]


def test_lengths_that_differ_are_told() -> None:
    with pytest.raises(kb.KinebenchError, match=r"2 times need as many .* \{'knee_angle_r': 3\}"):
        kb.motion([0.0, 0.5], {"knee_angle_r": [1.0, 2.0, 3.0]}, degrees=True)


def test_names_are_no_coordinates() -> None:
    with pytest.raises(kb.KinebenchError, match=r"kinebench\.motion makes a motion"):
        kb.Motion(("knee_angle_r",), np.array([0.0, 1.0]), np.zeros((2, 1)))  # type: ignore[arg-type]


def test_what_is_no_coordinate_is_left_out_as_in_files() -> None:
    columns = {"ground_force_vy": [700.0, 800.0], "/jointset/knee/knee_angle_r/value": [0.1, 0.2]}
    with pytest.warns(KinebenchWarning, match="left out: ground_force_vy: a force or moment"):
        found = kb.motion([0.0, 0.5], columns, degrees=False)
    assert found.names == ("knee_angle_r",)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({}, "needs columns that are coordinates, found none"),
        ({"knee_angle_r": ["a", "b"]}, "knee_angle_r must be numbers, found <U1"),
        ({"knee_angle_r": 1.0}, r"need as many values .* \{'knee_angle_r': 0\}"),
    ],
)
def test_no_columns_no_numbers_and_no_frames(columns: dict[str, Any], message: str) -> None:
    with pytest.raises(kb.KinebenchError, match=message):
        kb.motion([0.0, 0.5], columns, degrees=True)
