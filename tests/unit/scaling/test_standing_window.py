from __future__ import annotations

import numpy as np
import pytest

from kinebench.core import Coordinate, Markers, Motion
from kinebench.errors import NameNotFoundError, ScalingError, ValueRangeError
from kinebench.posture.standing import StandingQuality, far_from_standing, standing_quality
from kinebench.scaling.standing_window import StandingWindow

NAMES = ("Neck", "midHip", "RHip", "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle")
RATE = 60.0


def figure(flexion_deg: np.ndarray, lean_deg: np.ndarray | float = 0.0) -> Markers:
    """A stick figure that bends both knees and leans forward."""
    n_frames = len(flexion_deg)
    bend, lean = np.radians(flexion_deg), np.radians(np.broadcast_to(lean_deg, n_frames))
    positions = np.zeros((n_frames, 8, 3))
    positions[:, 1, 1] = 1.0
    positions[:, 0] = positions[:, 1] + 0.5 * np.stack(
        [np.sin(lean), np.cos(lean), np.zeros(n_frames)], axis=1
    )
    shank = 0.4 * np.stack([-np.sin(bend), -np.cos(bend), np.zeros(n_frames)], axis=1)
    for first, side in ((2, 0.1), (5, -0.1)):
        positions[:, first] = positions[:, 1] + [0.0, 0.0, side]
        positions[:, first + 1] = positions[:, first] - [0.0, 0.4, 0.0]
        positions[:, first + 2] = positions[:, first + 1] + shank
    return Markers(NAMES, np.arange(n_frames) / RATE, positions)


def test_the_most_upright_half_second_is_found() -> None:
    flexion = np.full(300, 60.0)
    flexion[200:240] = 5.0
    quality = StandingWindow().search(figure(flexion))
    assert quality.start_s == pytest.approx(200 / RATE)
    assert quality.end_s == pytest.approx(230 / RATE)
    assert quality.knee_flexion_deg == pytest.approx((5.0, 5.0))
    assert quality.trunk_lean_deg == pytest.approx(0.0)
    assert quality.movement_m == pytest.approx(0.0, abs=1e-12)
    assert quality.faults() == ()


def test_standing_up_briefly_beats_sitting_still() -> None:
    """Sit-to-stand: sitting is the stillest part, and no pose to scale on."""
    flexion = np.full(360, 88.0)
    flexion[150:210] = 88.0 * np.abs(np.linspace(-1, 1, 60)) ** 2
    quality = StandingWindow().search(figure(flexion))
    assert quality.end_s - quality.start_s < 0.5
    assert max(quality.knee_flexion_deg) < 15
    assert not quality.faults()


def test_one_bent_knee_is_not_averaged_away() -> None:
    markers = figure(np.full(240, 8.0))
    positions = markers.positions.copy()
    positions[60:150, 4] = figure(np.full(90, 14.0)).positions[:, 4]
    positions[60:150, 7] = figure(np.full(90, 0.0)).positions[:, 7]
    quality = StandingWindow().search(markers.with_positions(positions))
    assert quality.knee_flexion_deg == pytest.approx((8.0, 8.0))


def test_the_first_second_is_left_out_if_anything_remains() -> None:
    flexion = np.full(240, 8.0)
    flexion[:60] = 0.0
    assert StandingWindow().search(figure(flexion)).start_s >= 1.0
    assert StandingWindow().search(figure(flexion[:80])).start_s == 0.0
    assert StandingWindow(avoid_start_s=0.0).search(figure(flexion)).start_s == 0.0


def test_leaning_counts() -> None:
    lean = np.full(240, 20.0)
    lean[150:200] = 2.0
    quality = StandingWindow().search(figure(np.zeros(240), lean))
    assert quality.start_s == pytest.approx(150 / RATE)
    assert quality.trunk_lean_deg == pytest.approx(2.0)


def test_nobody_standing_is_told() -> None:
    quality = StandingWindow().search(figure(np.full(120, 40.0), 30.0))
    assert quality.faults() == (
        "the right knee is bent by 40°",
        "the left knee is bent by 40°",
        "the trunk leans by 30°",
    )
    assert StandingQuality(0, 1, 0.05, (0, 0), 0).faults() == ("a joint moves by 50 mm",)


def test_windows_with_gaps_are_passed_over() -> None:
    flexion = np.full(240, 8.0)
    flexion[100:160] = 0.0
    markers = figure(flexion)
    positions = markers.positions.copy()
    positions[130, 3] = np.nan
    quality = StandingWindow().search(markers.with_positions(positions))
    window = (markers.times >= quality.start_s - 1e-9) & (markers.times <= quality.end_s + 1e-9)
    assert not window[130]
    positions[:, 3] = np.nan
    with pytest.raises(ScalingError, match="every window has missing keypoints"):
        StandingWindow()(markers.with_positions(positions))


@pytest.mark.parametrize("n_frames", [1, 5])
def test_a_trial_that_is_too_short_is_told(n_frames: int) -> None:
    with pytest.raises(ScalingError, match=r"window of 0\.1 s fits into a trial of 0"):
        StandingWindow()(figure(np.zeros(n_frames)))


def test_keypoints_that_are_lacking_are_named() -> None:
    with pytest.raises(NameNotFoundError, match="Neck"):
        StandingWindow()(figure(np.zeros(60)).select(NAMES[1:]))


@pytest.mark.parametrize(
    "parameters", [{"longest_s": 0.05}, {"shortest_s": 0.0}, {"avoid_start_s": -1.0}]
)
def test_impossible_parameters_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(ValueRangeError, match="standing window needs"):
        StandingWindow(**parameters)


def test_a_given_window_is_judged_on_the_frames_that_are_whole() -> None:
    flexion = np.full(60, 10.0)
    flexion[20:] = 50.0
    markers = figure(flexion)
    quality = standing_quality(markers, (0.0, 19 / RATE))
    assert quality is not None
    assert quality.knee_flexion_deg == pytest.approx((10.0, 10.0))
    assert (quality.start_s, quality.end_s) == (0.0, 19 / RATE)
    positions = markers.positions.copy()
    positions[:19, 0] = np.nan
    partly = standing_quality(markers.with_positions(positions), (0.0, 20 / RATE))
    assert partly is not None
    assert partly.knee_flexion_deg == pytest.approx((30.0, 30.0))
    positions[:, 0] = np.nan
    assert standing_quality(markers.with_positions(positions), (0.0, 0.2)) is None
    assert standing_quality(markers.select(NAMES[:2]), (0.0, 0.2)) is None


def test_coordinates_far_from_standing_are_told_for_both_sides() -> None:
    names = ("knee_angle_r", "knee_angle_l", "pelvis_list", "pro_sup_r")
    values = np.radians([[20.0, 10.0, -9.0, 90.0]])
    pose = Motion(tuple(map(Coordinate, names)), np.zeros(1), values)
    assert far_from_standing(pose) == {
        "knee_angle_r": "knee_angle_r is 20.0° in the static pose (standing: within 15°)",
        "pelvis_list": "pelvis_list is -9.0° in the static pose (standing: within 8°)",
    }
