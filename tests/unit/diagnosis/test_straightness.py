from __future__ import annotations

import math

import numpy as np
import pytest

from kinebench.cleaning import Rotate
from kinebench.core import Markers
from kinebench.diagnosis.straightness import stance, straightest_window
from kinebench.errors import NameNotFoundError, ScalingError

NAMES = (
    "Neck", "midHip", "RHip", "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle",
)  # fmt: skip


def stander(
    right_deg: object = 0.0, left_deg: object = 0.0, lean_deg: object = 0.0, seconds: float = 4.0
) -> Markers:
    """Somebody who faces x, thighs plumb; angles may change over time."""
    times = np.arange(round(60 * seconds) + 1) / 60
    right, left, lean = (
        np.radians(np.broadcast_to(angle, times.shape)) for angle in (right_deg, left_deg, lean_deg)
    )
    zero = np.zeros_like(times)
    positions = np.zeros((len(times), len(NAMES), 3))
    positions[:, 0] = np.stack([0.5 * np.sin(lean), 0.9 + 0.5 * np.cos(lean), zero], axis=1)
    positions[:, 1] = [0, 0.9, 0]
    for column, bend, z in ((2, right, 0.1), (5, left, -0.1)):
        positions[:, column] = [0, 0.9, z]
        positions[:, column + 1] = [0, 0.5, z]
        ankle = [-0.4 * np.sin(bend), 0.5 - 0.4 * np.cos(bend), zero + z]
        positions[:, column + 2] = np.stack(ankle, axis=1)
    return Markers(NAMES, times, positions)


@pytest.mark.parametrize("bend", [-12.0, 0.0, 25.0, 95.0])
def test_bending_back_is_negative_and_sides_are_told_apart(bend: float) -> None:
    found = stance(stander(right_deg=bend, left_deg=4.0), (1.0, 2.0))
    assert found is not None
    assert found.knees_deg == pytest.approx((bend, 4.0), abs=1e-9)


def test_lean_is_positive_forwards() -> None:
    assert stance(stander(lean_deg=7.0), (1.0, 2.0)).lean_deg == pytest.approx(7.0)  # type: ignore[union-attr]
    assert stance(stander(lean_deg=-7.0), (1.0, 2.0)).lean_deg == pytest.approx(-7.0)  # type: ignore[union-attr]


@pytest.mark.parametrize("outwards_deg", [-15.0, 20.0])
@pytest.mark.parametrize("bend", [-5.0, 30.0, 80.0])
def test_the_angle_is_that_about_the_hips_whatever_leans_outwards(
    bend: float, outwards_deg: float
) -> None:
    """Thigh and shank of a knock-kneed or bow-legged person; and a trunk that leans aside."""
    outwards, turn = np.radians(outwards_deg), np.radians(bend)
    thigh = np.array([0.0, -np.cos(outwards), np.sin(outwards)])
    # about the hips' axis, z: what is along it stays
    shank = [-np.sin(turn) * np.cos(outwards), -np.cos(turn) * np.cos(outwards), thigh[2]]
    standing = stander()
    positions = standing.positions.copy()
    positions[:, 3] = positions[:, 2] + 0.4 * thigh
    positions[:, 4] = positions[:, 3] + 0.4 * np.array(shank)
    lean = np.radians(12.0)
    trunk = [np.sin(lean) * np.cos(outwards), np.cos(lean) * np.cos(outwards), np.sin(outwards)]
    positions[:, 0] = positions[:, 1] + 0.5 * np.array(trunk)
    found = stance(standing.with_positions(positions), (1.0, 2.0))
    assert found is not None
    assert (*found.knees_deg, found.lean_deg) == pytest.approx((bend, 0.0, 12.0), abs=1e-9)


@pytest.mark.parametrize("heading_deg", [0.0, 90.0, 200.0])
def test_the_heading_does_not_matter(heading_deg: float) -> None:
    turned = Rotate.from_axis_angles({"y": heading_deg})(stander(20.0, 5.0, 3.0))
    found = stance(turned, (1.0, 2.0))
    assert found is not None
    assert (*found.knees_deg, found.lean_deg) == pytest.approx((20.0, 5.0, 3.0), abs=1e-9)


def test_legs_that_appear_bent_back_are_straighter_than_bent_ones() -> None:
    times = np.arange(241) / 60
    # a detector makes straight knees appear as −10°; at first they are really bent by 15°
    course = np.where(times < 2.0, 5.0, -10.0)
    start, end = straightest_window(stander(course, -10.0))
    assert start >= 2.0
    assert end - start == pytest.approx(0.5)


def test_a_still_window_is_taken_before_a_moving_one() -> None:
    times = np.arange(241) / 60
    course = np.where(times < 2.5, 3 * np.sin(2 * math.pi * 2 * times), 0.0)
    assert straightest_window(stander(course, 0.0))[0] >= 2.4


def test_the_first_second_counts_only_when_there_is_nothing_else() -> None:
    times = np.arange(241) / 60
    course = np.where(times < 1.0, 0.0, 2.0)
    assert straightest_window(stander(course))[0] >= 1.0
    assert straightest_window(stander(seconds=0.8))[0] < 0.4


def test_too_short_or_empty_recordings_are_refused() -> None:
    with pytest.raises(ScalingError, match=r"0\.5 s"):
        straightest_window(stander(seconds=0.3))
    standing = stander()
    with pytest.raises(ScalingError, match="missing"):
        straightest_window(standing.with_positions(np.full_like(standing.positions, np.nan)))
    with pytest.raises(NameNotFoundError, match="RKnee"):
        straightest_window(standing.select([name for name in NAMES if name != "RKnee"]))


def test_a_window_without_keypoints_has_no_stance() -> None:
    assert stance(stander(), (50.0, 51.0)) is None
    assert stance(stander().select(["Neck", "midHip"]), (1.0, 2.0)) is None
