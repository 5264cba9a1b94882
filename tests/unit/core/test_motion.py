"""`Motion` and `Coordinate`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kinebench.core import Coordinate, Motion
from kinebench.errors import NameNotFoundError, ValueRangeError

COORDINATES = (Coordinate("knee_angle_r"), Coordinate("pelvis_tx", "translational"))
MOTION = Motion(
    COORDINATES, np.array([0.0, 0.5, 1.0]), np.array([[0.1, 1.0], [0.2, 2.0], [np.nan, 3.0]])
)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("",), "name must be text that is not empty"),
        (("a\x1b[2J",), "coordinate name has a control character"),
        (("a", "rotary"), "kind of a must be rotational or translational, found 'rotary'"),
        (("a", "rotational", (1.0, 0.0)), "range of a must ascend, found 1 to 0"),
        (("a", "rotational", (np.nan, 0.0)), "range of a must ascend"),
    ],
)
def test_illegal_coordinates_are_refused(arguments: Any, message: str) -> None:
    with pytest.raises(ValueRangeError, match=message):
        Coordinate(*arguments)


def test_ranges_are_floats_and_may_be_open() -> None:
    assert Coordinate("a", range=(0, 2)) == Coordinate("a", range=(0.0, 2.0))
    assert isinstance(Coordinate("a", range=(0, 2)).range[0], float)  # type: ignore[index]
    assert Coordinate("a", range=(-np.inf, 0.0)).range == (-np.inf, 0.0)


def test_illegal_motions_are_refused() -> None:
    with pytest.raises(ValueRangeError, match="unique; found twice: knee_angle_r"):
        Motion(COORDINATES[:1] * 2, np.array([0.0]), np.array([[1.0, 2.0]]))
    with pytest.raises(ValueRangeError, match=r"values must have shape \(1, 2\), found \(1, 1\)"):
        Motion(COORDINATES, np.array([0.0]), np.array([[1.0]]))
    with pytest.raises(ValueRangeError, match="pelvis_tx is infinite in frame 2"):
        Motion(COORDINATES, np.array([0.0, 1.0]), np.array([[1.0, 1.0], [1.0, -np.inf]]))
    with pytest.raises(ValueRangeError, match="times must increase"):
        Motion(COORDINATES, np.array([1.0, 0.0]), np.zeros((2, 2)))


def test_courses_by_name() -> None:
    np.testing.assert_array_equal(MOTION.value("pelvis_tx"), [1.0, 2.0, 3.0])
    with pytest.raises(
        NameNotFoundError, match=r"no coordinate 'knee_angle' \(did you mean 'knee_angle_r'"
    ):
        MOTION.value("knee_angle")
    assert MOTION.names == ("knee_angle_r", "pelvis_tx")
    assert (MOTION.n_frames, MOTION.rate_hz) == (3, 2.0)


def test_selection_and_frames() -> None:
    turned = MOTION.select(["pelvis_tx", "knee_angle_r"])
    assert turned.coordinates == COORDINATES[::-1]
    np.testing.assert_array_equal(turned.values, MOTION.values[:, ::-1])
    last = MOTION.at_frames(np.array([2]))
    assert last.times.tolist() == [1.0]
    np.testing.assert_array_equal(last.values, [[np.nan, 3.0]])
    assert turned.select(MOTION.names) == MOTION
