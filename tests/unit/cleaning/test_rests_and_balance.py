"""What levelling is built on: rests of feet, standing frames, centre of mass."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.posture.balance import (
    BODY_KEYPOINTS,
    body_axis,
    centre_of_mass,
    measure_balance,
)
from kinebench.posture.rests import FootRest, feet_at_rest, find_rests, on_the_floor
from kinebench.posture.standing import standing_frames

Person = Callable[..., Markers]
UP = np.array([0.0, 1.0, 0.0])
FOOT = np.array([[-0.05, 0.03, 0.1], [0.15, 0.02, 0.1], [0.13, 0.02, 0.16]])


def moved(markers: Markers, names: list[str], shift: np.ndarray) -> Markers:
    """The named keypoints moved by (n_frames, 3)."""
    positions = markers.positions.copy()
    for name in names:
        positions[:, markers.names.index(name)] += shift
    return markers.with_positions(positions)


def sliding(speed: float, start: int, stop: int) -> np.ndarray:
    """Shift (180, 3) m of constant speed along X between two frames at 60 Hz."""
    x = speed / 60.0 * np.clip(np.arange(180) - start, 0, stop - start)
    return np.stack([x, 0 * x, 0 * x], axis=1)


@pytest.mark.parametrize(("speed", "resting"), [(0.14, True), (0.16, False)])
def test_the_speed_limit_is_in_metres_per_second(
    person: Person, speed: float, resting: bool
) -> None:
    left = ["LHeel", "LBigToe", "LSmallToe"]
    found = feet_at_rest(moved(person(), left, sliding(speed, 0, 180)), 0.15)
    assert found[60:120, 0].all() == resting
    assert found[60:120, 0].any() == resting
    assert found[:, 1].all()


def test_one_fast_keypoint_is_enough_to_move_a_foot(person: Person) -> None:
    found = feet_at_rest(moved(person(), ["RHeel"], sliding(0.5, 60, 120)), 0.15)
    assert not found[70:110, 1].any()
    assert found[:50, 1].all()
    assert found[130:, 1].all()


def test_short_stops_are_no_rests(person: Person) -> None:
    left = ["LHeel", "LBigToe", "LSmallToe"]
    shift = sliding(1.0, 0, 80) + sliding(1.0, 90, 180)
    found = feet_at_rest(moved(person(), left, shift), 0.15)
    assert not found[20:160, 0].any()


def test_a_foot_that_returns_has_rested_in_one_place(person: Person) -> None:
    markers = person()
    resting = np.zeros((180, 2), dtype=bool)
    resting[:50] = resting[100:] = True
    assert [rest.side for rest in find_rests(markers, resting)] == ["L", "R"]
    assert [rest.n_frames for rest in find_rests(markers, resting)] == [130, 130]
    stepped = moved(markers, ["LHeel", "LBigToe", "LSmallToe"], sliding(3.0, 50, 60))
    rests = find_rests(stepped, resting)
    assert [(rest.side, rest.n_frames) for rest in rests] == [("L", 50), ("L", 80), ("R", 130)]
    np.testing.assert_allclose(
        rests[1].positions - rests[0].positions, [[0.5, 0, 0]] * 3, atol=1e-12
    )


def test_the_mean_of_joined_rests_counts_frames(person: Person) -> None:
    markers = moved(person(), ["LHeel", "LBigToe", "LSmallToe"], sliding(0.12, 50, 65))
    resting = np.zeros((180, 2), dtype=bool)
    resting[:30, 0] = resting[90:, 0] = True
    (rest,) = find_rests(markers, resting)
    start = markers.position("LHeel")[0]
    np.testing.assert_allclose(rest.positions[0] - start, [0.03 * 90 / 120, 0, 0], atol=1e-12)


def test_rests_without_one_keypoint_are_left_out(person: Person) -> None:
    markers = person()
    positions = markers.positions.copy()
    positions[:60, markers.names.index("LHeel")] = np.nan
    resting = np.zeros((180, 2), dtype=bool)
    resting[:60, 0] = True
    assert find_rests(markers.with_positions(positions), resting) == []


def test_raised_feet_are_not_on_the_floor() -> None:
    floor = FootRest("L", FOOT, 200)
    step = FootRest("R", FOOT + np.array([0.0, 0.15, -0.2]), 300)
    far = FootRest("R", FOOT + np.array([2.0, 0.15, 0.0]), 100)
    assert on_the_floor([floor, step, far], UP) == [floor, far]


def test_a_short_dip_is_not_taken_for_the_floor() -> None:
    floor, other = FootRest("L", FOOT, 200), FootRest("R", FOOT - np.array([0.0, 0.0, 0.2]), 150)
    dip = FootRest("R", FOOT - np.array([0.0, 0.15, 0.2]), 20)
    assert on_the_floor([dip, floor, other], UP) == [floor, other]


def test_standing_needs_straight_knees_and_an_upright_trunk(person: Person) -> None:
    markers = person()
    standing = standing_frames(markers)
    assert standing[:60].all()
    assert standing[-60:].all()
    assert not standing[75:105].any()
    bent = np.tile([0.9, -0.5, 0.0], (180, 1))
    assert not standing_frames(moved(markers, ["LShoulder", "RShoulder"], bent)).any()
    one_knee = np.tile([0.25, 0.1, 0.0], (180, 1))
    assert not standing_frames(moved(markers, ["LKnee"], one_knee)).any()


def test_body_axis_points_from_ankles_to_shoulders(person: Person) -> None:
    markers = person()
    axis = body_axis(markers, standing_frames(markers))
    expected = np.array([0.01, 1.36, 0.0]) / np.hypot(0.01, 1.36)
    # the first centimetres of the squat still count as standing
    np.testing.assert_allclose(axis, expected, atol=1e-4)
    nobody = np.zeros(180, dtype=bool)
    np.testing.assert_allclose(body_axis(markers, nobody), expected, atol=1e-4)
    nowhere = markers.with_positions(np.full((180, 14, 3), np.nan))
    assert np.isnan(body_axis(nowhere, nobody)).all()


def test_centre_of_mass_weighs_all_of_the_body(person: Person) -> None:
    markers = person()
    together = np.tile([0.3, 0.2, -0.1], (180, 1))
    everything = moved(markers, list(BODY_KEYPOINTS), together)
    shift = centre_of_mass(everything) - centre_of_mass(markers)
    np.testing.assert_allclose(shift, together, atol=1e-12)
    # a standing body has it a little above the hips
    assert 0.9 < centre_of_mass(markers)[0, 1] < 1.1
    np.testing.assert_allclose(centre_of_mass(markers)[0, 2], 0.0, atol=1e-12)


def test_balance_is_measured_per_facing(person: Person) -> None:
    markers = person(facings=(0.0, 90.0, 180.0))
    standing = standing_frames(markers)
    resting = np.ones((markers.n_frames, 2), dtype=bool)
    balance = measure_balance(markers, resting, standing, UP)
    assert balance is not None
    assert balance.posture == "standing"
    assert balance.offsets.shape == (3, 3)
    forward = np.cross(UP, balance.rights)
    ahead = np.sum(forward * balance.offsets, axis=1)
    np.testing.assert_allclose(ahead, ahead[0], atol=1e-9)
    np.testing.assert_allclose(np.sum(balance.rights * balance.offsets, axis=1), 0.0, atol=1e-9)
