from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinebench.core import Coordinate, Markers, Model, Motion
from kinebench.diagnosis.figures import (
    COURSES,
    FIGURES,
    courses_of,
    deepest_frames,
    figures_of,
)
from kinebench.io.models import read_model
from kinebench.kinematics import forward_kinematics, read_tree
from kinebench.lab import generic_body

NAMES = ("pelvis_list", "knee_angle_r", "knee_angle_l", "hip_flexion_r", "hip_flexion_l")
FEET = ("RHeel", "RBigToe", "RSmallToe", "LHeel", "LBigToe", "LSmallToe")


def motion(**angles_deg: float) -> Motion:
    values = [[math.radians(angles_deg.get(name, 0.0)) for name in NAMES]] * 3
    return Motion(tuple(map(Coordinate, NAMES)), np.array([0.0, 0.1, 0.2]), np.array(values))


def feet(right_m: float = 0.0) -> Markers:
    times = np.arange(60) / 60
    positions = np.zeros((60, 6, 3))
    positions[:, :3, 1] = right_m
    positions[:, :, 0] = [0.0, 0.2, 0.18] * 2
    return Markers(FEET, times, positions)


@pytest.fixture(scope="module")
def model(mirror_file: Callable[[str], Path]) -> Model:
    return read_model(mirror_file("opensimPipeline/Models/LaiUhlrich2022.osim"))


def named(values: np.ndarray) -> dict[str, float]:
    return dict(zip((figure.name for figure in FIGURES), values.tolist(), strict=True))


@pytest.mark.mirror
def test_a_symmetric_model_standing_straight_has_no_sides(model: Model) -> None:
    found = figures_of(model, motion(), feet(), np.arange(3))
    assert np.nanmax(np.abs(found)) < 1e-6


@pytest.mark.mirror
def test_a_listing_pelvis_drops_the_right_hip_by_its_width(model: Model) -> None:
    tree = read_tree(model)
    _, centres = forward_kinematics(tree, tree.defaults)
    width = centres[tree.body_index("femur_r"), 2] - centres[tree.body_index("femur_l"), 2]
    found = named(figures_of(model, motion(pelvis_list=10), feet(), np.arange(3)))
    assert width > 0.1
    assert found["side_drop"] == pytest.approx(-width * math.sin(math.radians(10)), abs=1e-9)
    assert found["pelvis_list"] == pytest.approx(math.radians(10))


@pytest.mark.mirror
def test_signs_are_right_minus_left(model: Model) -> None:
    bent = motion(knee_angle_r=20, knee_angle_l=5, hip_flexion_r=3, hip_flexion_l=10)
    found = named(figures_of(model, bent, feet(0.012), np.arange(3)))
    assert math.degrees(found["knee_flexion"]) == pytest.approx(15)
    assert math.degrees(found["hip_flexion"]) == pytest.approx(-7)
    assert found["floor_contact"] == pytest.approx(0.012)


@pytest.mark.parametrize(("right_m", "known"), [(0.03, True), (-0.3, False), (0.3, False)])
def test_a_foot_on_a_box_is_not_the_floor(right_m: float, known: bool) -> None:
    own = generic_body().model
    found = named(figures_of(own, motion(), feet(right_m), np.arange(3)))["floor_contact"]
    assert math.isfinite(found) == known
    if known:
        assert found == pytest.approx(right_m)


@pytest.mark.mirror
def test_a_longer_right_thigh_shows_in_leg_length(
    mirror_file: Callable[[str], Path],
) -> None:
    scaled = read_model(
        mirror_file("Model/LaiArnoldModified2017_poly_withArms_weldHand_scaled.osim")
    )
    tree = read_tree(scaled)
    _, centres = forward_kinematics(tree, tree.defaults)

    def length(side: str) -> float:
        hip, knee, ankle = (
            centres[tree.body_index(f"{body}_{side}")] for body in ("femur", "tibia", "talus")
        )
        return float(np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee))

    found = named(figures_of(scaled, motion(), feet(), np.arange(3)))
    assert found["leg_length"] == pytest.approx(length("r") / length("l") - 1, abs=1e-12)
    assert abs(found["leg_length"]) > 1e-3


def test_deep_frames_surround_the_turning_points() -> None:
    times = np.arange(0, 6, 1 / 60)
    height = 1.0 - 0.2 * (1 - np.cos(2 * np.pi * np.clip(times - 1, 0, 4) / 2))
    positions = np.zeros((len(times), 1, 3))
    positions[:, 0, 1] = height
    frames = deepest_frames(Markers(("midHip",), times, positions))
    found = times[frames]
    assert np.all(np.minimum(np.abs(found - 2), np.abs(found - 4)) <= 0.1 + 1e-9)
    assert 22 <= len(frames) <= 26


def test_without_repetitions_all_frames_count() -> None:
    positions = np.ones((50, 1, 3))
    frames = deepest_frames(Markers(("midHip",), np.arange(50) / 60, positions))
    assert len(frames) == 50


@pytest.mark.mirror
def test_courses_are_the_side_drop_and_the_angles_over_time(model: Model) -> None:
    listing = motion(pelvis_list=10, knee_angle_r=30)
    courses = courses_of(model, listing)
    assert courses.shape == (3, len(COURSES))
    drop = named(figures_of(model, listing, feet(), np.arange(3)))["side_drop"]
    np.testing.assert_allclose(courses[:, 0], drop, atol=1e-12)
    np.testing.assert_allclose(np.degrees(courses[:, COURSES.index("knee_angle_r")]), 30)
    assert np.isnan(courses[:, COURSES.index("ankle_angle_l")]).all()  # the motion has none


@pytest.mark.mirror
@pytest.mark.parametrize(("side", "sign"), [("r", 1), ("l", -1)])
def test_unrest_is_what_one_leg_does_above_6_hz(model: Model, side: str, sign: int) -> None:
    times = np.arange(240) / 60
    slow = 0.5 * np.sin(2 * np.pi * 0.5 * times)
    values = np.stack([slow] * 4, axis=1)
    names = ("knee_angle_r", "knee_angle_l", "hip_flexion_r", "hip_flexion_l")
    calm = Motion(tuple(map(Coordinate, names)), times, values)
    values[:, names.index(f"knee_angle_{side}")] += 0.02 * np.sin(2 * np.pi * 20 * times)
    restless = Motion(tuple(map(Coordinate, names)), times, values)
    frames = np.arange(240)
    assert named(figures_of(model, calm, feet(), frames))["jitter"] == pytest.approx(0.0, abs=1e-9)
    # one angle of two: the mean of squares halves
    found = named(figures_of(model, restless, feet(), frames))["jitter"]
    assert found == pytest.approx(sign * 0.01, rel=0.1)
