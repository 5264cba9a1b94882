from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.errors import KinebenchWarning
from kinebench.io.trc import read_trc
from kinebench.posture.mirrored_trial import sides_swapped, warn_if_sides_swapped

MakeBody = Callable[..., Markers]


def swapped(keypoints: Markers) -> Markers:
    """The same points, with left and right names exchanged."""
    other = {"R": "L", "L": "R"}
    return keypoints.rename(
        {name: other[name[0]] + name[1:] for name in keypoints.names if name[0] in other}
    )


def turned(keypoints: Markers, degrees: float) -> Markers:
    angle = np.radians(degrees)
    turn = np.array(
        [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    )
    return keypoints.with_positions(keypoints.positions @ turn.T)


def moved(keypoints: Markers, name: str, by: tuple[float, float, float]) -> Markers:
    positions = keypoints.positions.copy()
    positions[:, keypoints.names.index(name)] += by
    return keypoints.with_positions(positions)


@pytest.mark.parametrize("heading", [0, 60, 180, 275])
def test_swapped_names_are_found_whatever_the_heading(body: Markers, heading: float) -> None:
    assert sides_swapped(turned(body, heading)) is False
    assert sides_swapped(turned(swapped(body), heading)) is True


def test_a_mirrored_axis_is_found(body: Markers) -> None:
    assert sides_swapped(body.with_positions(body.positions * [1, 1, -1])) is True


def test_a_warning_is_given_only_when_swapped(body: Markers) -> None:
    with pytest.warns(KinebenchWarning, match="left and right are swapped, or an axis is mirrored"):
        warn_if_sides_swapped(swapped(body))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_if_sides_swapped(body)


def test_swaps_in_a_minority_of_frames_are_not_a_swapped_trial(make_body: MakeBody) -> None:
    body = make_body(50)
    other = swapped(body).select(body.names).positions
    for n_swapped, expected in ((20, False), (30, True)):
        positions = body.positions.copy()
        positions[:n_swapped] = other[:n_swapped]
        assert sides_swapped(body.with_positions(positions)) is expected


def test_gaps_do_not_matter(make_body: MakeBody) -> None:
    body = make_body(20)
    positions = swapped(body).positions.copy()
    positions[3:9, body.names.index("RHeel")] = np.nan
    assert sides_swapped(swapped(body).with_positions(positions)) is True


def test_knees_that_bend_away_from_the_toes_leave_it_open(body: Markers) -> None:
    squat = moved(moved(body, "RKnee", (0.25, 0, 0)), "LKnee", (0.25, 0, 0))
    assert sides_swapped(squat) is False
    assert sides_swapped(swapped(squat)) is True
    backwards = moved(moved(body, "RKnee", (-0.25, 0, 0)), "LKnee", (-0.25, 0, 0))
    assert sides_swapped(backwards) is None
    assert sides_swapped(swapped(backwards)) is None


def test_what_cannot_be_told_is_left_open(body: Markers) -> None:
    assert sides_swapped(body.select([n for n in body.names if n != "LHeel"])) is None
    crossed = body.rename({"RShoulder": "LShoulder", "LShoulder": "RShoulder"})
    assert sides_swapped(crossed) is None
    tiptoe = body.with_positions(body.positions * [0.1, 1, 1])
    assert sides_swapped(tiptoe) is None
    nothing = body.with_positions(np.full_like(body.positions, np.nan))
    assert sides_swapped(nothing) is None
    assert sides_swapped(body.at_frames(np.array([], dtype=np.intp))) is None


@pytest.mark.mirror
@pytest.mark.parametrize(
    "ending",
    [
        "test/calf_raise_fast.trc",
        "test/drop_jump.trc",
        "subject0/MarkerData/Squats_0.trc",
        "subject0/MarkerData/Asym_0.trc",
        "subject0/MarkerData/neutral.trc",
        "82e5b7c5ac5f62afc6d056bddfe5314e16b63f73/test_data/drop_vertical_jump.trc",
        "OC_val/walking1.trc",
        "S00_P00_T01_BalancingTrial_0-100_filt_butterworth.trc",
    ],
)
def test_real_trials(mirror_file: Callable[[str], Path], ending: str) -> None:
    keypoints = read_trc(mirror_file(ending))
    sides = [n for n in keypoints.names if n[:1] in "RL" and n[1:2].isupper() and "_" not in n]
    keypoints = keypoints.select(sides)
    assert sides_swapped(keypoints) is False
    assert sides_swapped(swapped(keypoints)) is True
