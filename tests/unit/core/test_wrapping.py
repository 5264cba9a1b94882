"""Angles that turn past ±180°."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.core import Coordinate
from kinebench.core.wrapping import can_wrap, unwrapped


@pytest.mark.parametrize(
    ("coordinate", "expected"),
    [
        (Coordinate("pelvis_rotation"), True),
        (Coordinate("arm_flex_r"), True),
        (Coordinate("arm_add_l"), True),
        (Coordinate("arm_rot_l"), True),
        (Coordinate("pelvis_list"), False),
        (Coordinate("knee_angle_r"), False),
        (Coordinate("elbow_flex_r", range=(0.0, 2.6)), False),
        (Coordinate("hip_rotation_r", range=(-10.0, 10.0)), True),
        (Coordinate("hip_rotation_r", range=(-np.pi, np.pi)), False),
        (Coordinate("hip_rotation_r", range=(0.0, 3.2)), True),
        (Coordinate("hip_rotation_r", range=(-3.2, 0.0)), True),
        (Coordinate("pelvis_rotation", "translational"), False),
        (Coordinate("pelvis_tx", "translational", range=(-5.0, 5.0)), False),
    ],
)
def test_can_wrap(coordinate: Coordinate, expected: bool) -> None:
    assert can_wrap(coordinate) is expected


def test_unwrapped_bridges_gaps() -> None:
    truth = np.deg2rad([100.0, 150, 200, 250, 300, 350])
    angles = np.where(truth > np.pi, truth - 2 * np.pi, truth)
    angles[3] = np.nan
    expected = truth.copy()
    expected[3] = np.nan
    np.testing.assert_allclose(unwrapped(angles), expected)
    assert np.rad2deg(angles[4]) == pytest.approx(-60)  # the input is untouched


def test_unwrapped_without_values() -> None:
    assert np.isnan(unwrapped(np.full(3, np.nan))).all()


@pytest.mark.parametrize("gap", [False, True])
def test_unwrapped_columns(gap: bool) -> None:
    """Each on its own, from where it starts, whether or not one of them has a gap."""
    truth = np.linspace([0.0, 3.0, -6.0], [1.0, 9.0, -30.0], 40)
    angles = np.angle(np.exp(1j * truth))
    if gap:
        angles[7, 1] = truth[7, 1] = np.nan
    np.testing.assert_allclose(unwrapped(angles), truth - truth[0] + angles[0], atol=1e-12)
    np.testing.assert_array_equal(unwrapped(angles[:, 0]), angles[:, 0])
