"""Right against left: what both sides share is not in it."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.alignment.records import Recording
from kinebench.comparison import Procedure, compare_recordings
from kinebench.comparison.left_and_right import left_and_right
from kinebench.core.markers import Markers
from kinebench.core.motion import Coordinate, Kind, Motion
from kinebench.reports.comparison_tables import sides_table

TIMES = np.arange(401) / 50
SQUAT = np.sin(np.pi * TIMES / 4) ** 2  # two of them, deepest at 2 and 6 s
NAMES = ("pelvis_tilt", "pelvis_list", "pelvis_ty", "knee_angle_r", "knee_angle_l")
FEET = ("r_calc", "r_toe", "r_5meta", "L_calc", "L_toe", "L_5meta")


def motion(**errors: float) -> Motion:
    values = {"pelvis_ty": 0.95 - 0.4 * SQUAT, "knee_angle_r": 1.9 * SQUAT}
    values["knee_angle_l"] = values["knee_angle_r"]
    columns = [values.get(name, 0 * TIMES) + errors.get(name, 0.0) for name in NAMES]
    kinds: list[Kind] = ["translational" if name == "pelvis_ty" else "rotational" for name in NAMES]
    coordinates = tuple(map(Coordinate, NAMES, kinds))
    return Motion(coordinates, TIMES, np.stack(columns, axis=1))


def standing(**heights: float) -> Markers:
    positions = np.zeros((len(TIMES), len(FEET), 3))
    for column, name in enumerate(FEET):
        positions[:, column] = (0.1 * column, heights.get(name[0], 0.0), 0.1)
    return Markers(FEET, TIMES, positions)


def figures(reference: Recording, estimate: Recording, events: str = "") -> dict:
    how = Procedure(events=events) if events else Procedure()
    pair = compare_recordings(reference, estimate, how)
    found = left_and_right(pair)
    assert len(sides_table(found).rows) == sum(len(one.figures) for one in found)
    return {(f.metric, f.item): f.value for one in found for f in one.figures}


def test_what_both_sides_share_cancels() -> None:
    found = figures(motion(), motion(knee_angle_r=0.05, knee_angle_l=0.03, pelvis_list=-0.02))
    assert found == {
        ("side_error_difference", "knee_angle"): pytest.approx(0.02),
        ("pelvis_list_bias", "pelvis_list"): pytest.approx(-0.02),
    }


def test_the_pelvis_list_is_told_at_each_deepest_point() -> None:
    found = figures(motion(), motion(pelvis_list=0.04), "squat")
    deep = [item for metric, item in found if metric == "pelvis_list_at_depth"]
    assert deep == ["pelvis_list at 2.00 s", "pelvis_list at 6.00 s"]


def test_feet_that_rest_at_two_heights_and_joints_that_lie_lower() -> None:
    found = figures(standing(), standing(r=-0.012, L=0.003))
    assert found["ground_height", "estimate, right − left"] == pytest.approx(-0.015)
    assert found["ground_height", "reference, right − left"] == pytest.approx(0.0)
    assert found["side_drop", "heel"] == pytest.approx(-0.015)


def test_nothing_of_sides_where_there_are_none() -> None:
    one = motion().select(["pelvis_ty"])
    assert figures(one, one) == {}
    head = Markers(("C7",), TIMES, np.zeros((len(TIMES), 1, 3)))
    assert figures(head, head) == {}
