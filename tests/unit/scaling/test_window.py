from __future__ import annotations

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.core.marker_sets import ANATOMICAL_MARKERS, OPTICAL_MARKERS
from kinebench.errors import NameNotFoundError, ScalingError, ValueRangeError
from kinebench.scaling.window import (
    PAST_RULES,
    GivenWindow,
    StaticWindow,
)

RATE = 60.0


def trial(movement: np.ndarray, sway: np.ndarray | None = None) -> Markers:
    """A marker that moves along x as told, and midHip; both sway along z."""
    positions = np.zeros((len(movement), 2, 3))
    positions[:, 0, 0] = movement
    if sway is not None:
        positions[..., 2] += sway[:, None]
    return Markers(("C7_study", "midHip"), np.arange(len(movement)) / RATE, positions)


def restless(n_frames: int, still: slice) -> np.ndarray:
    movement = 0.1 * (np.arange(n_frames) % 2)
    movement[still] = 0.0
    return movement


def test_the_31_anatomical_markers_have_optical_names() -> None:
    assert len(ANATOMICAL_MARKERS) == len(OPTICAL_MARKERS) == 31
    names = dict(zip(ANATOMICAL_MARKERS, OPTICAL_MARKERS, strict=True))
    assert names["C7_study"] == "C7"
    assert names["r_shoulder_study"] == "R_Shoulder"
    assert names["LHJC_study"] == "L_HJC"
    assert names["L.ASIS_study"] == "L.ASIS"
    assert names["r_lelbow_study"] == "R_elbow_lat"
    assert names["L_mwrist_study"] == "L_wrist_ulna"
    assert names["r_mankle_study"] == "r_mankle"


def test_the_first_still_second_is_found() -> None:
    start, end = StaticWindow()(trial(restless(240, slice(100, 200))))
    assert start == pytest.approx(100 / RATE)
    assert end == pytest.approx(160 / RATE)


def test_a_shorter_window_is_taken_when_no_second_is_still() -> None:
    start, end = StaticWindow()(trial(restless(240, slice(100, 135))))
    assert start == pytest.approx(100 / RATE)
    assert end - start == pytest.approx(0.5)


def test_the_threshold_is_raised_last() -> None:
    """A long window that moves 4 mm loses to a short one that moves nothing."""
    movement = restless(240, slice(100, 108))
    movement[150:220] = 0.004 * (np.arange(70) % 2)
    start, end = StaticWindow()(trial(movement))
    assert (start, end) == (pytest.approx(100 / RATE), pytest.approx(106 / RATE))
    movement[:150] = 0.1 * (np.arange(150) % 2)
    start, end = StaticWindow()(trial(movement))
    assert (start, end) == (pytest.approx(150 / RATE), pytest.approx(210 / RATE))


def test_sway_of_the_whole_body_counts_only_in_the_past_rule() -> None:
    sway = 0.02 * (np.arange(120) % 2)
    swaying = trial(np.zeros(120), sway)
    assert StaticWindow()(swaying)[0] == 0.0
    with pytest.raises(ScalingError, match="no static window"):
        PAST_RULES[-1](swaying)


def test_restlessness_is_told_with_the_least_movement_found() -> None:
    with pytest.raises(ScalingError, match=r"stillest such window moves 40\.0 mm"):
        StaticWindow()(trial(0.04 * (np.arange(120) % 2)))


def test_a_trial_without_any_watched_marker_is_named() -> None:
    markers = Markers(("Hat",), np.arange(9) / RATE, np.zeros((9, 1, 3)))
    with pytest.raises(NameNotFoundError, match="C7_study"):
        StaticWindow()(markers)


def test_a_missing_marker_is_no_stillness() -> None:
    movement = np.zeros(120)
    markers = trial(movement)
    positions = markers.positions.copy()
    positions[:70, 0] = np.nan
    start, _ = StaticWindow()(markers.with_positions(positions))
    assert start >= 70 / RATE


def test_one_marker_of_those_that_must_stand_still_is_enough() -> None:
    """Others move as they like; and one that moves in any direction spoils a window."""
    names = ("Hat", "C7_study", "L.ASIS_study")
    moving = np.zeros((240, 3, 3))
    moving[:, 0] = 0.1 * (np.arange(240) % 2)[:, None]
    for marker in (1, 2):
        for axis in range(3):
            positions = moving.copy()
            positions[:100, marker, axis] = 0.1 * (np.arange(100) % 2)
            start, _ = StaticWindow()(Markers(names, np.arange(240) / RATE, positions))
            assert start == pytest.approx(100 / RATE)
    alone = Markers(names[:2], np.arange(240) / RATE, moving[:, :2])
    assert StaticWindow()(alone) == (0.0, pytest.approx(1.0))


def test_a_trial_without_watched_markers_names_the_first_of_them_alone() -> None:
    markers = Markers(("Hat",), np.arange(9) / RATE, np.zeros((9, 1, 3)))
    with pytest.raises(NameNotFoundError) as caught:
        StaticWindow(("Toe", "Heel"))(markers)
    assert "Toe" in str(caught.value)
    assert "Heel" not in str(caught.value)


def test_opencap_s_rule_and_those_of_the_past() -> None:
    """m and s, from opencap-core's history."""
    shown = [
        (rule.relative_to, rule.threshold_m, rule.largest_threshold_m, rule.shortest_s)
        for rule in PAST_RULES
    ]
    assert shown == [
        ("midHip", 0.003, 0.015, 0.1),
        ("midHip", 0.007, 0.007, 0.1),
        ("midHip", 0.005, 0.015, 0.3),
        (None, 0.007, 0.007, 0.1),
        (None, 0.005, 0.015, 0.3),
    ]
    assert {(rule.longest_s, rule.step_s, rule.markers) for rule in PAST_RULES} == {
        (1.0, 0.1, ANATOMICAL_MARKERS)
    }


def test_a_given_window_is_taken_as_it_is() -> None:
    assert GivenWindow(0.1, 0.35)(trial(np.zeros(60))) == (0.1, 0.35)


def test_a_given_window_must_lie_in_the_trial() -> None:
    with pytest.raises(ValueRangeError, match=r"no frame lies between 5 and 6 s.*0 to"):
        GivenWindow(5, 6)(trial(np.zeros(60)))


@pytest.mark.parametrize(("start", "end"), [(2.0, 1.0), (float("nan"), 1.0)])
def test_a_window_that_ends_before_it_starts_is_refused(start: float, end: float) -> None:
    with pytest.raises(ValueRangeError, match="must not end before it starts"):
        GivenWindow(start, end)
