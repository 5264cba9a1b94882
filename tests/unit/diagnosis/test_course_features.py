"""Right against left in time: what a course must have for it to be told, and what is told."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.core import Markers, Subject
from kinebench.diagnosis.course_features import of_time
from kinebench.diagnosis.stance_features import Choices, of_pose, of_size

NAMES = (
    "Neck", "midHip", "RHip", "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle",
    "RShoulder", "LShoulder",
)  # fmt: skip
RATE = 60.0


def squatting(n_frames: int, late_s: float = 0.0, depth_deg: float = 60.0) -> Markers:
    """Knees that bend and stretch once a second; the right one later than the left."""
    times = np.arange(n_frames) / RATE
    positions = np.zeros((n_frames, len(NAMES), 3))
    positions[:, :2] = [[0.0, 1.4, 0.0], [0.0, 0.9, 0.0]]
    positions[:, 8:] = [[0.0, 1.35, 0.15], [0.0, 1.35, -0.15]]
    for column, z, late in ((2, 0.1, late_s), (5, -0.1, 0.0)):
        half = np.radians(depth_deg) * np.sin(np.pi * (times - late)) ** 2 / 2
        zero = np.zeros_like(half)
        # thigh and shank of 0.4 m share the bend; the ankle stays
        positions[:, column + 2] = [0.0, 0.1, z]
        knee = [0.4 * np.sin(half), 0.1 + 0.4 * np.cos(half), zero + z]
        positions[:, column + 1] = np.stack(knee, axis=1)
        positions[:, column] = np.stack([zero, 0.1 + 0.8 * np.cos(half), zero + z], axis=1)
    return Markers(NAMES, times, positions)


@pytest.mark.parametrize("late_s", [-0.05, 0.0, 0.02, 0.1])
def test_how_much_later_the_right_side_is(late_s: float) -> None:
    moving = squatting(180, late_s)
    found = of_time(moving, moving)
    assert found["late"] == pytest.approx(1e3 * late_s, abs=2.0)  # ms


def test_a_course_must_be_four_times_as_long_as_the_farthest_lag_and_bend_by_20_degrees() -> None:
    """0.2 s either way: shorter ones have too few frames that overlap."""
    for n_frames, is_told in ((48, True), (47, False)):
        moving = squatting(n_frames)
        assert bool(of_time(moving, moving)) is is_told
    for depth, is_told in ((21.0, True), (19.0, False)):
        moving = squatting(120, depth_deg=depth)
        assert bool(of_time(moving, moving)) is is_told


def test_without_keypoints_of_legs_and_trunk_there_is_nothing_to_tell() -> None:
    moving = squatting(120)
    bare = moving.select(["Neck", "RKnee"])
    assert of_pose(bare, None, Choices()) == {}
    assert of_pose(moving, bare, Choices((0.2, 1.0))) == {}
    assert of_time(bare, bare) == {}
    assert of_pose(moving, moving, Choices((0.2, 1.0))) != {}


@pytest.mark.filterwarnings("ignore:Mean of empty slice")
def test_how_far_lengths_change_is_told_in_per_cent_of_the_usual_ones() -> None:
    """A third of the frames is 5 % larger than the others, in which lengths stay."""
    moving = squatting(180)
    size = np.where(np.arange(180) < 60, 1.05, 1.0)[:, None, None]
    larger = moving.with_positions(moving.positions * size)
    person = Subject(70.0, 1.75)
    assert of_size(moving, None, person)["changing"] == pytest.approx(0.0, abs=1e-9)
    assert of_size(larger, None, person)["changing"] == pytest.approx(5.0)
    found = of_size(moving, larger, person)
    assert found["changing"] == pytest.approx(0.0, abs=1e-9)
    assert found["changing, static"] == pytest.approx(5.0)
