"""How a stick figure stands: what each feature is of poses that are known by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import ArrayLike

from kinebench.cleaning import Butterworth, Level, Rotate
from kinebench.core import Markers, Subject
from kinebench.core.arrays import FloatArray
from kinebench.core.segments import stature, typical_lengths
from kinebench.diagnosis.stance_features import (
    Choices,
    apart,
    calm,
    directions,
    highest,
    middle,
    of_pose,
    of_sides,
    of_size,
    of_tilt,
)
from tests.unit.diagnosis.stick_figures import along, bent, figure, of_both

PERSON = Subject(70.0, 1.75)


def leaning(course_deg: ArrayLike) -> FloatArray:
    """Shifts of the neck, 0.5 m above the hips."""
    lean = np.radians(np.asarray(course_deg, dtype=float))
    return 0.5 * np.stack([np.sin(lean), np.cos(lean) - 1.0, 0.0 * lean], axis=-1)


def posed(right_deg: ArrayLike, left_deg: ArrayLike, lean_deg: ArrayLike, **more: float) -> Markers:
    """Somebody with knees and trunk at courses of angles."""
    courses = np.broadcast_arrays(right_deg, left_deg, lean_deg)
    shifts = {"RAnkle": bent(courses[0]), "LAnkle": bent(courses[1]), "Neck": leaning(courses[2])}
    return figure(len(courses[0]), shifts, **more)


def hips_mm(right_deg: ArrayLike, left_deg: ArrayLike) -> float:
    """Hips before the middle of ankles that are bent back, in the mean.

    Forwards is a little aside where one ankle is farther back: of pairs 1 m apart together.
    """
    right, left = (0.4 * float(np.mean(np.sin(np.radians(one)))) for one in (right_deg, left_deg))
    return 500.0 * (right + left) / math.hypot(1.0, right - left)


# ---- pose

FOUR = np.ones(4)


def test_a_pose_is_that_of_the_static_trial_in_the_mean() -> None:
    """Four frames are too few for a window of their own, or of the movement."""
    static = posed(FOUR * [9, 11, 10, 10], FOUR * 4, FOUR * [7, 7, 5, 9])
    found = of_pose(posed(FOUR * 50, FOUR * 60, FOUR), static, Choices())
    assert found == pytest.approx(
        {
            "static uneven": 6.0, "static bent": 4.0, "static lean": 7.0,
            "static hips": hips_mm([9, 11, 10, 10], 4),
            "no static trial": math.nan, "needless set-up": 0.0,
        },
        nan_ok=True, abs=1e-9,
    )  # fmt: skip


@pytest.mark.parametrize(("right", "left"), [(10.0, 4.0), (4.0, 10.0)])
def test_without_a_static_trial_the_more_bent_knee_counts(right: float, left: float) -> None:
    found = of_pose(posed(FOUR * right, FOUR * left, FOUR), None, Choices())
    assert found["no static trial"] == pytest.approx(10.0)
    assert found["static bent"] == pytest.approx(4.0)
    assert found["static uneven"] == pytest.approx(right - left)


def test_of_a_window_its_first_and_last_frame_count() -> None:
    static = posed([80, 10, 20, 80], [80, 2, 4, 80], [80, 3, 5, 80])
    found = of_pose(static, static, Choices((1 / 60, 2 / 60)))
    assert found["static uneven"] == pytest.approx(12.0)
    assert found["static lean"] == pytest.approx(4.0)
    assert found["static hips"] == pytest.approx(hips_mm([10, 20], [2, 4]))


@pytest.mark.parametrize(
    ("right", "left", "lean", "expected"),
    [
        (0, 0, 0, 1.0), (10, 4, 7, 1 / 2), (4, 10, 7, 1 / 2), (1, 2, 20, 1 / 5),
        (-5, -20, -3, 1 / 3.25), (-5, -5, -5, 1.0),
    ],
)  # fmt: skip
def test_the_set_up_for_any_pose_is_needless_on_a_straight_one(
    right: float, left: float, lean: float, expected: float
) -> None:
    """1 / (1 + (a / 10°)²) of the largest: a bent knee, the lean, or what knees differ by."""
    static = posed(FOUR * right, FOUR * left, FOUR * lean)
    found = of_pose(static, static, Choices(any_pose=True))
    assert found["needless set-up"] == pytest.approx(expected)


def test_a_static_pose_is_held_against_the_straightest_of_the_movement() -> None:
    """The movement begins bent, and stands from 1 s on: 3°, 1° and 2° there."""
    late = np.arange(150) >= 60
    moving = posed(np.where(late, 3.0, 60.0), np.where(late, 1.0, 60.0), np.where(late, 2.0, 30.0))
    for right, left, own_bent in ((10.0, 4.0, 3.0), (5.0, 9.0, 2.0)):
        found = of_pose(moving, posed(FOUR * right, FOUR * left, FOUR * 7), Choices())
        assert found["static uneven, own"] == pytest.approx(right - left - 2.0)
        assert found["static bent, own"] == pytest.approx(own_bent)
        assert found["static lean, own"] == pytest.approx(5.0)
        assert found["static hips, own"] == pytest.approx(hips_mm(right, left) - hips_mm(3, 1))
        assert "window knee" not in found
    assert not any("own" in name for name in of_pose(moving, None, Choices()))


@pytest.mark.parametrize(("early", "expected"), [((10.0, 4.0), 10.0), ((1.0, 7.0), 9.0)])
def test_a_window_is_held_against_the_straightest_of_its_recording(
    early: tuple[float, float], expected: float
) -> None:
    """Of the knee that is more bent than there: right 0° and left −2° from 1 s on."""
    late = np.arange(150) >= 60
    static = posed(
        np.where(late, 0.0, early[0]), np.where(late, -2.0, early[1]), np.where(late, 1.0, 7.0)
    )
    found = of_pose(figure(4), static, Choices((0.0, 0.5)))
    assert found["window knee"] == pytest.approx(expected)
    assert found["window lean"] == pytest.approx(6.0)
    there = of_pose(figure(4), static, Choices((1.2, 2.0)))
    assert there["window knee"] == pytest.approx(0.0, abs=1e-9)


def test_without_keypoints_of_legs_and_trunk_there_is_no_pose() -> None:
    moving = figure(120)
    bare = moving.select(["Neck", "RKnee"])
    assert of_pose(bare, None, Choices()) == {}
    assert of_pose(moving, bare, Choices((0.2, 1.0))) == {}
    known = of_pose(bare, moving, Choices((0.2, 1.0)))
    assert "static uneven" in known
    assert "static uneven, own" not in known


# ---- tilt


def test_trunk_and_feet_lean_by_known_angles() -> None:
    """Shoulders are 1.3 m above ankles; the mean is of angles, not of shifts."""
    aside = 1.3 * np.tan(np.radians([5.0, 3.0, 4.0, 4.0]))
    forwards = 1.3 * np.tan(np.radians([-2.0, -4.0, -3.0, -3.0]))
    static = figure(4, {
        **of_both({"Shoulder": along("z", aside) + along("x", forwards)}),
        "RHeel": [0.0, 0.03, 0.0], "RBigToe": [0.0, 0.02, 0.0], "RSmallToe": [0.0, 0.01, 0.0],
    })  # fmt: skip
    found = of_tilt(figure(4), static)
    assert found == pytest.approx(
        {
            "trunk to the right": 4.0,
            "trunk forwards": -3.0,
            "floor slope": 20.0,
            # heel 15 mm, big toe 10 mm, small toe 5 mm in the mean of both feet
            "heel over toes": 15.0 - (10.0 + 5.0) / 2,
        }
    )
    low = of_tilt(figure(4), figure(4, {"LBigToe": [0.0, 0.06, 0.0]}))
    assert low["floor slope"] == pytest.approx(-20.0)
    assert low["heel over toes"] == pytest.approx(-15.0)


def test_without_a_static_trial_the_highest_frames_of_the_movement_stand() -> None:
    """Hips are highest in the last of four frames, where the trunk leans by 6°."""
    up = along("y", [0.0, 0.1, 0.2, 0.3])
    aside = along("z", 1.3 * np.tan(np.radians([50.0, 40.0, 30.0, 6.0])))
    moving = figure(4, {
        **of_both({"Hip": up, "Shoulder": aside}), "RHeel": along("y", [0.3, 0.3, 0.3, 0.006]),
    })  # fmt: skip
    found = of_tilt(moving, None)
    assert found["trunk to the right"] == pytest.approx(6.0)
    assert found["trunk forwards"] == pytest.approx(0.0)
    assert found["floor slope"] == pytest.approx(2.0)
    assert found["heel over toes"] == pytest.approx(3.0)


def test_tilts_are_those_that_levelling_takes_away_in_degrees() -> None:
    static = Rotate.from_axis_angles({"x": 4.0})(figure(60))
    moving = Rotate.from_axis_angles({"z": -3.0})(figure(60))
    found = of_tilt(moving, static)
    for where, recording in (("", static), (", movement", moving)):
        tilt = Level().resolve(recording).tilt
        assert tilt is not None
        assert found[f"tilt sideways{where}"] == pytest.approx(math.degrees(tilt.frontal))
        assert found[f"tilt forwards{where}"] == pytest.approx(math.degrees(tilt.sagittal))
    # about x, which is forwards: the right side goes down
    assert found["tilt sideways"] > 2.0
    upright = of_tilt(figure(60), None)["tilt forwards, movement"]
    assert found["tilt forwards, movement"] > upright + 1.0
    alone = of_tilt(moving, None)
    assert "tilt sideways" not in alone
    assert "tilt sideways, movement" in alone
    # feet are too short at rest in one of the recordings: the other is levelled nevertheless
    brief = figure(4)
    assert of_tilt(moving, brief)["tilt sideways, movement"] == found["tilt sideways, movement"]
    assert of_tilt(brief, static)["tilt sideways"] == found["tilt sideways"]


# ---- size


def test_a_size_is_that_of_the_stature_that_segments_suggest() -> None:
    height = stature(typical_lengths(figure(4)))
    grown = figure(4).with_positions(1.05 * figure(4).positions)
    found = of_size(grown, figure(4), Subject(70.0, height / 1.1))
    assert found["size, static"] == pytest.approx(100 * math.log(1.1))
    assert found["size, movement"] == pytest.approx(100 * math.log(1.1 * 1.05))
    assert found["size, change"] == pytest.approx(100 * math.log(1.05))
    assert found["shear"] == pytest.approx(0.0)
    assert set(of_size(grown, None, PERSON)) == {"size, movement", "changing"}


@pytest.mark.parametrize(
    ("shifts", "legs", "arms", "trunk"),
    [
        # lengths grow from 0.5, 0.4, 0.4, 0.3 and 0.25 m; of limbs there are two on each side
        ({"Neck": [0.0, 0.05, 0.0]}, 0.0, 0.0, 100 * math.log(1.1)),
        ({"LAnkle": [0.0, -0.1, 0.0]}, 25 * math.log(1.25), 0.0, 0.0),
        ({"RHip": [0.0, 0.1, 0.0]}, 25 * math.log(1.25), 0.0, 0.0),
        ({"RWrist": [0.0, -0.05, 0.0]}, 0.0, 25 * math.log(1.2), 0.0),
        ({"LShoulder": [0.0, 0.06, 0.0]}, 0.0, 25 * math.log(1.2), 0.0),
    ],
)
def test_size_changes_in_legs_arms_and_trunk_alike_and_shear_is_of_legs(
    shifts: Mapping[str, ArrayLike], legs: float, arms: float, trunk: float
) -> None:
    found = of_size(figure(4, shifts), figure(4), PERSON)
    assert found["size, change"] == pytest.approx((legs + arms + trunk) / 3)
    assert found["shear"] == pytest.approx(legs - arms, abs=1e-9)


def test_segments_that_are_not_there_do_not_count() -> None:
    names = [name for name in figure(4).names if name not in ("LElbow", "Neck")]
    longer = figure(4, {"RWrist": [0.0, -0.05, 0.0]})
    found = of_size(longer.select(names), figure(4).select(names), PERSON)
    assert found["size, change"] == pytest.approx(50 * math.log(1.2) / 2)


def knee_on_ankle(side: str) -> Markers:
    positions, names = np.array(figure(4).positions), figure(4).names
    positions[:, names.index(side + "Knee")] = positions[:, names.index(side + "Ankle")]
    return figure(4).with_positions(positions)


def test_keypoints_on_one_point_have_no_length_and_no_size() -> None:
    """As zeros that stand for what was not found."""
    static = knee_on_ankle("L")
    found = of_size(figure(4), static, PERSON)
    known = 100 * math.log(0.4 / 0.8) / 3  # the left thigh; the right ones stay
    assert found["shear"] == pytest.approx(known)
    assert found["changing, static"] == pytest.approx(0.0, abs=1e-9)
    sides = of_sides(static, figure(4))
    assert math.isnan(sides["shank length"])
    assert math.isnan(sides["shank length, change"])
    assert math.isnan(of_sides(knee_on_ankle("R"), None)["shank length"])


def test_how_far_lengths_change_is_the_98th_percentile_in_per_cent() -> None:
    """Of 101 frames, the third largest change."""
    change = np.zeros(101)
    change[[10, 50, 90]] = [0.04, -0.03, 0.02]
    for point, start, expected in (("Hip", 0.4, 2.0), ("Ankle", -0.4, 2.0), ("BigToe", 0.0, 0.0),
                                   ("Wrist", -0.25, 0.0)):  # fmt: skip
        for side in "RL":
            moving = figure(101, {side + point: along("y", start * change)})
            found = of_size(moving, None, PERSON)["changing"]
            assert found == pytest.approx(expected, abs=1e-6), side + point
    two = figure(101, {"RHip": along("y", 0.4 * change), "LHip": along("y", 0.8 * change)})
    assert of_size(two, None, PERSON)["changing"] == pytest.approx(4.0)
    both = of_size(figure(101), two, PERSON)
    assert both["changing, static"] == pytest.approx(4.0)
    assert both["changing"] == pytest.approx(0.0, abs=1e-9)


# ---- sides


@pytest.mark.parametrize(
    ("name", "point", "shift", "length"),
    [("thigh", "Hip", (0, 0.1, 0), 0.4), ("shank", "Ankle", (0, -0.1, 0), 0.4),
     ("foot", "BigToe", (0.1, 0, 0), 0.25)],
)  # fmt: skip
@pytest.mark.parametrize("sign", [1, -1])
def test_right_over_left_is_a_logarithm_in_per_cent(
    name: str, point: str, shift: tuple[float, float, float], length: float, sign: int
) -> None:
    side = "R" if sign > 0 else "L"
    longer = figure(4, {side + point: shift})
    percent = sign * 100 * math.log((length + 0.1) / length)
    found = of_sides(longer, figure(4))
    assert found[f"{name} length"] == pytest.approx(percent)
    assert found[f"{name} length, static"] == pytest.approx(0.0)
    assert found[f"{name} length, change"] == pytest.approx(percent)
    found = of_sides(figure(4), longer)
    assert found[f"{name} length, static"] == pytest.approx(percent)
    assert found[f"{name} length, change"] == pytest.approx(-percent)
    alone = of_sides(longer, None)
    assert alone[f"{name} length"] == pytest.approx(percent)
    assert math.isnan(alone[f"{name} length, static"])
    assert math.isnan(alone[f"{name} length, change"])


def test_heights_are_of_the_whole_static_trial_and_of_the_highest_frames() -> None:
    """mm, right above left. The hips of the movement are highest in its last frame."""
    static = figure(
        4,
        {
            "RHip": along("y", [0.01, 0.03, 0.02, 0.02]),
            "LKnee": [0.0, 0.03, 0.0],
            "RAnkle": [0.0, 0.04, 0.0],
            "LShoulder": along("y", [0, 0, 0, 0.2]),
        },
    )
    up = along("y", [0.0, 0.1, 0.2, 0.3])
    moving = figure(4, {
        "RHip": up, "LHip": up + along("y", [0, 0, 0, 0.06]),
        "RKnee": along("y", [0.5, 0.5, 0.5, 0.07]), "LAnkle": along("y", [0.5, 0.5, 0.5, 0.08]),
        "RShoulder": along("y", [0.1, 0.1, 0.1, 0.5]),
    })  # fmt: skip
    found = of_sides(moving, static)
    heights = {name: value for name, value in found.items() if "height" in name}
    expected = {
        "hip height": 20.0, "knee height": -30.0, "ankle height": 40.0, "shoulder height": -50.0,
        "hip height, movement": -60.0, "knee height, movement": 70.0,
        "ankle height, movement": -80.0,
    }  # fmt: skip
    assert heights == pytest.approx(expected)
    alone = of_sides(moving, None)
    assert "hip height" not in alone
    assert alone["hip height, movement"] == pytest.approx(-60.0)
    assert alone["shoulder height"] == pytest.approx(200.0)


# ---- directions and frames


@pytest.mark.parametrize("heading_deg", [0.0, 35.0, 90.0, 200.0])
def test_right_is_level_and_that_of_four_pairs_together(heading_deg: float) -> None:
    """Shoulders are 0.4 m apart, hips, knees and ankles 0.2 m: 1 m together."""
    ahead = figure(4, {"RShoulder": [0.1, 0.3, 0.0], "LKnee": [0.1, -0.1, 0.0]})
    skew = figure(4, {"RHip": [0.25, 0.0, 0.0]})
    every = np.ones(4, dtype=bool)
    turn = Rotate.from_axis_angles({"y": heading_deg})
    for one, angle in ((ahead, 0.0), (skew, math.atan(0.25))):
        forwards, right = directions(turn(one), every)
        rotation = np.array(turn.R)
        np.testing.assert_allclose(
            rotation.T @ right, [math.sin(angle), 0.0, math.cos(angle)], atol=1e-12
        )
        np.testing.assert_allclose(
            rotation.T @ forwards, [math.cos(angle), 0.0, -math.sin(angle)], atol=1e-12
        )


def test_directions_are_of_the_asked_frames_and_of_what_is_known_there() -> None:
    positions = np.array(figure(4, {"RHip": along("x", [0.0, 0.25, 0.25, 9.0])}).positions)
    positions[1, figure(4).names.index("LAnkle")] = np.nan
    _, right = directions(figure(4).with_positions(positions), np.array([False, True, True, False]))
    np.testing.assert_allclose(right, np.array([0.25, 0.0, 1.0]) / math.hypot(0.25, 1.0))


def test_sides_on_one_point_have_no_direction() -> None:
    flat = figure(4).with_positions(figure(4).positions * [1.0, 1.0, 0.0])
    for direction in directions(flat, np.ones(4, dtype=bool)):
        np.testing.assert_array_equal(direction, 0.0)


def test_the_highest_tenth_of_frames_is_from_the_90th_percentile_on() -> None:
    rising = figure(11, of_both({"Hip": along("y", np.arange(11.0))}))
    np.testing.assert_array_equal(np.flatnonzero(highest(rising)), [9, 10])
    one = figure(11, {"RHip": along("y", np.arange(11.0)), "LHip": along("z", np.arange(11.0))})
    np.testing.assert_allclose(middle(one, "Hip")[4], [0.0, 0.9 + 2.0, 2.0])
    np.testing.assert_allclose(apart(one, "Hip"), np.arange(11.0))


def test_calm_is_without_tremble_and_short_runs_stay() -> None:
    """A Butterworth low-pass of 6 Hz; what is too short for it, or sampled too slowly, is kept."""
    course = 0.01 * np.cos(np.arange(60) * 2.0)
    moving = figure(60, {"RHip": along("y", course)})
    np.testing.assert_array_equal(calm(moving).positions, Butterworth(6.0)(moving).positions)
    positions = np.array(moving.positions)
    positions[[2, 40], moving.names.index("RHip")] = np.nan
    gaps = calm(moving.with_positions(positions)).position("RHip")
    np.testing.assert_array_equal(gaps[:2], moving.position("RHip")[:2])
    slow = figure(60, {"RHip": along("y", course)}, rate_hz=10.0)
    assert calm(slow) is slow
