from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import ArrayLike

from kinebench.cleaning import Rotate
from kinebench.core import Markers
from kinebench.diagnosis.straightness import knee_angles_deg, stance, straightest_window
from kinebench.errors import NameNotFoundError, ScalingError

NAMES = (
    "Neck", "midHip", "RHip", "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle",
)  # fmt: skip


def stander(
    right_deg: ArrayLike = 0.0,
    left_deg: ArrayLike = 0.0,
    lean_deg: ArrayLike = 0.0,
    seconds: float = 4.0,
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


def still_or_straight(bent_deg: float, moving_m: float) -> float:
    """Where it starts: from 1 s on somebody is still but bent, from 2.5 s on straight but restless.

    The knee moves to and fro sideways, which bends nothing.
    """
    times = np.arange(241) / 60
    recording = stander(np.where(times < 2.5, bent_deg, 0.0))
    positions = np.array(recording.positions)
    positions[150:, 3, 2] += 0.5 * moving_m * (-1.0) ** np.arange(91)
    return straightest_window(recording.with_positions(positions))[0]


def test_a_joint_that_moves_by_0_4_m_counts_as_one_radian() -> None:
    """20 mm are 2.86°."""
    assert still_or_straight(2.7, 0.02) == pytest.approx(1.0)
    assert still_or_straight(3.0, 0.02) >= 2.5
    # to and fro: what counts is from one end to the other
    assert still_or_straight(3.0, 0.0215) == pytest.approx(1.0)


def test_who_walks_along_stands_as_still_as_the_hips() -> None:
    """From 2.5 s on straighter, while all joints go ahead by half a metre a second."""
    recording = stander(np.where(np.arange(241) < 150, 1.0, 0.5))
    ahead = 0.5 * np.maximum(recording.times - 2.5, 0.0)
    positions = recording.positions + np.outer(ahead, [1.0, 0.0, 0.0])[:, None]
    assert straightest_window(recording.with_positions(positions))[0] == pytest.approx(2.5)


@pytest.mark.parametrize(("other_deg", "is_first"), [(5.2, True), (4.8, False)])
@pytest.mark.parametrize("knees", [(1.0, 2.0), (2.0, 1.0)])
def test_the_more_bent_knee_and_the_lean_add_up(
    knees: tuple[float, float], other_deg: float, is_first: bool
) -> None:
    """2° and 3° of lean, against one knee that is bent by about 5°."""
    early = np.arange(241) / 60 < 2.5
    right, left, lean = (
        np.where(early, now, then)
        for now, then in ((knees[0], other_deg), (knees[1], 0.0), (3.0, 0.0))
    )
    start = straightest_window(stander(right, left, lean))[0]
    assert (start == pytest.approx(1.0)) is is_first


@pytest.mark.parametrize("start_s", [0.0, 5.0])
def test_a_window_is_31_frames_of_60_hz_and_may_start_at_one_second(start_s: float) -> None:
    def cut(n_frames: int) -> Markers:
        recording = stander().at_frames(np.arange(n_frames))
        return Markers(NAMES, recording.times + start_s, recording.positions)

    assert straightest_window(cut(91)) == pytest.approx((start_s + 1.0, start_s + 1.5))
    assert straightest_window(cut(90)) == pytest.approx((start_s, start_s + 0.5))
    assert straightest_window(cut(31)) == pytest.approx((start_s, start_s + 0.5))
    with pytest.raises(ScalingError, match=r"^no window of 0\.5 s fits into 30 frames$"):
        straightest_window(cut(30))
    assert straightest_window(cut(1)) == (start_s, start_s)


def test_windows_with_gaps_are_left_out() -> None:
    frames = np.arange(241)
    bend = np.where(frames < 20, 9.0, np.where(frames < 120, 0.0, 5.0))
    positions = np.array(stander(bend).positions)
    positions[[70, 100], 3] = np.nan
    assert straightest_window(Markers(NAMES, np.arange(241) / 60, positions))[0] >= 101 / 60
    positions[100:, 3] = np.nan
    # nothing is left from one second on, but in the first there is
    assert 20 / 60 <= straightest_window(Markers(NAMES, np.arange(241) / 60, positions))[0] < 0.7


def test_a_stance_is_the_mean_of_the_frames_of_a_window_that_are_whole() -> None:
    recording = stander([50.0, 10.0, 30.0, 20.0, 50.0], [0, 1, 9, 3, 0], 0.0, seconds=4 / 60)
    positions = np.array(recording.positions)
    positions[2, 0] = np.nan  # no neck: no lean, and no knees either
    found = stance(recording.with_positions(positions), (1 / 60, 3 / 60))
    assert found is not None
    assert (*found.knees_deg, found.lean_deg) == pytest.approx((15.0, 2.0, 0.0))
    assert knee_angles_deg(recording.select(NAMES[1:])) is None
    angles = knee_angles_deg(recording)
    assert angles is not None
    np.testing.assert_allclose(angles, np.stack([[50, 10, 30, 20, 50], [0, 1, 9, 3, 0]], axis=1))
