from __future__ import annotations

import math

import numpy as np
import pytest

from kinebench.alignment.joint_frames import LAI_RAJAGOPAL
from kinebench.core import Coordinate, Motion
from kinebench.errors import ValueRangeError
from kinebench.io.keypoint_files import axes_of
from kinebench.lab import Population, record
from kinebench.lab.motions.gait import Gait
from kinebench.validation.conventions import (
    floor_axis,
    require_metres,
    require_motion_plausible,
    require_person,
    require_upright,
)

WALK = record(Population().subject(2), Gait()).true_markers


@pytest.mark.parametrize(
    ("text", "axes"),
    [
        ("Z-UP", "+x+z-y"),
        ("zup", "+x+z-y"),
        ("Y_up", "+x+y+z"),
        ("x-up", "+y+x-z"),
        ("+X+Z-Y", "+x+z-y"),
    ],
)
def test_axes_in_any_case(text: str, axes: str) -> None:
    assert axes_of(text) == axes


@pytest.mark.parametrize("text", ["up", "zz-up", "", "+x+y"])
def test_other_axes_are_refused(text: str) -> None:
    with pytest.raises(ValueRangeError, match="z-up"):
        axes_of(text)


def test_a_heavy_person_is_let_through_when_one_is_sure() -> None:
    with pytest.raises(ValueRangeError, match=r"in lb\?.*--sure"):
        require_person(150, 1.75)
    require_person(150, 1.75, sure=True)
    with pytest.raises(ValueRangeError, match=r"in cm\?"):
        require_person(70, 175, sure=True)  # nobody is 175 m tall
    require_person(70, 1.75)


def z_up(positions: np.ndarray) -> np.ndarray:
    return np.stack([positions[..., 0], -positions[..., 2], positions[..., 1]], axis=-1)


def test_z_up_shows_in_posture_and_on_the_floor() -> None:
    lying = WALK.with_positions(z_up(WALK.positions))
    with pytest.raises(ValueRangeError) as caught:
        require_upright(lying, "the mocap", "--axes", stated=False)
    said = str(caught.value)
    assert "the head is above the feet along +z" in said
    assert "the body is longest along +z" in said
    assert said.endswith("confirm with --axes z-up")
    require_upright(WALK, "the mocap", "--axes", stated=False)


def test_the_floor_tells_where_names_do_not() -> None:
    nameless = WALK.rename({name: f"P{i}" for i, name in enumerate(WALK.names)})
    assert floor_axis(nameless) == "+y"
    lying = nameless.with_positions(z_up(nameless.positions))
    with pytest.raises(ValueRangeError, match="--axes z-up"):
        require_upright(lying, "the mocap", "--axes", stated=False)


def test_units_of_markers() -> None:
    person = Population().subject(2).as_subject()
    require_metres(WALK, person, "the mocap")
    require_metres(WALK, None, "the mocap")
    for factor in (1e3, 1e-3):
        other = WALK.with_positions(WALK.positions * factor)
        for subject in (person, None):
            with pytest.raises(ValueRangeError, match="the body is"):
                require_metres(other, subject, "the mocap")


def test_a_pelvis_that_lies_and_one_that_is_metres_away() -> None:
    root = LAI_RAJAGOPAL[0]
    names = (*root.coordinates, "pelvis_ty")

    def motion(tilt: float, list_: float, height: float) -> Motion:
        *angles, length = names
        coordinates = (*map(Coordinate, angles), Coordinate(length, "translational"))
        return Motion(coordinates, np.arange(3) / 10, np.tile([tilt, list_, 0.3, height], (3, 1)))

    require_motion_plausible(motion(0.2, 0.1, 0.95), root, "the mocap")
    require_motion_plausible(motion(0.9, 0.0, 0.95), root, "the mocap")  # bending far forward
    with pytest.raises(ValueRangeError, match="leans by 90°"):
        require_motion_plausible(motion(0.0, math.pi / 2, 0.95), root, "the mocap")
    with pytest.raises(ValueRangeError, match="in mm"):
        require_motion_plausible(motion(0.0, 0.0, 950.0), root, "the mocap")
