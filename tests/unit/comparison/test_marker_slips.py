"""Slips between recordings of markers are told where undoing them explains the distance."""

from __future__ import annotations

import re

import numpy as np
import pytest

from kinebench.comparison import Procedure, compare_recordings
from kinebench.core import Markers
from kinebench.core.arrays import FloatArray
from kinebench.geometry.rotations import rotation_from_axis_angles

NAMES = ("Neck", "RShoulder", "LShoulder", "RHip", "LHip", "RKnee", "LKnee", "RAnkle", "LAnkle",
         "RHeel", "LHeel", "RBigToe", "LBigToe")  # fmt: skip
TIMES = np.arange(60) / 60


def body() -> Markers:
    right = {
        "Shoulder": (0.03, 1.43, 0.18), "Hip": (0.0, 0.94, 0.09), "Knee": (0.04, 0.51, 0.1),
        "Ankle": (0.0, 0.09, 0.1), "Heel": (-0.05, 0.03, 0.1), "BigToe": (0.16, 0.02, 0.12),
    }  # fmt: skip
    places = [
        (0.03, 1.45, 0.0)
        if name == "Neck"
        else np.array(right[name[1:]]) * [1, 1, -1 if name[0] == "L" else 1]
        for name in NAMES
    ]
    sway = 0.05 * np.sin(5 * TIMES)[:, None, None] * np.array([1.0, 0.5, 0.2])
    return Markers(NAMES, TIMES, np.array(places) + sway)


def told(positions: FloatArray, names: tuple[str, ...] = NAMES) -> list[str]:
    noise = 0.01 * np.random.default_rng(1).standard_normal((1, len(NAMES), 3))
    estimate = Markers(names, TIMES, positions + noise)
    result = compare_recordings(body(), estimate, Procedure(), other_policies=False)
    return [remark.message for remark in result.remarks if remark.code == "convention"]


@pytest.mark.parametrize("seed", range(5))
def test_an_ordinary_estimate_has_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    positions = body().positions + 0.03 * rng.standard_normal((1, len(NAMES), 3))
    positions[20:30, 3] = np.nan
    assert told(1.03 * positions + [0.02, 0.0, -0.02]) == []


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1000.0, r"estimate is (99\d|10[01]\d) times as large as the reference: is one .* in mm,"),
        (0.01, r"reference is (99|10[01]) times as large as the estimate: is one of them in cm,"),
        (1.25, r"estimate is 2[3-7] % larger than the reference: another unit, another calibr"),
    ],
)
def test_another_size(factor: float, words: str) -> None:
    positions = body().positions
    noise = 0.01 * np.random.default_rng(1).standard_normal((1, len(NAMES), 3))
    message = told((positions + noise) * factor - noise)[0]
    assert re.search(words, message)


def test_one_marker_far_off_is_not_another_size() -> None:
    positions = np.array(body().positions)
    positions[:, 4] += 1.5
    assert told(positions) == []


@pytest.mark.parametrize(
    ("axis", "angle", "words"),
    [("x", 90.0, "a turn of 9.° about x"), ("y", 180.0, "a turn of 1[78].° about y"),
     ("y", -137.0, "a turn of 13.° about y")],
)  # fmt: skip
def test_other_axes(axis: str, angle: float, words: str) -> None:
    (message,) = told(body().positions @ rotation_from_axis_angles({axis: angle}).T)
    assert re.search(words + " and a shift would leave 0.01", message)


def test_another_origin() -> None:
    (message,) = told(body().positions + np.array([0.0, 0.0, 2.0]))
    assert "and a shift of 2.00 m would leave 0.01" in message


def test_sides_by_name_and_mirrors() -> None:
    other = tuple({"R": "L", "L": "R"}.get(name[0], name[0]) + name[1:] for name in NAMES)
    (exchanged,) = told(body().positions, other)
    (mirrored,) = told(body().positions * [1.0, 1.0, -1.0])
    for message in (exchanged, mirrored):
        assert "are the sides exchanged, or one axis mirrored?" in message
    (elsewhere,) = told(body().positions * [1.0, 1.0, -1.0] + [3.0, 0.0, 0.0])
    assert "one of them is mirrored" in elsewhere


@pytest.mark.parametrize("pair", [("RKnee", "LKnee"), ("RAnkle", "RHip")])
def test_two_markers_exchanged(pair: tuple[str, str]) -> None:
    swap = dict([pair, pair[::-1]])
    assert told(body().positions, tuple(swap.get(name, name) for name in NAMES)) == [
        "each of {} and {} lies where the other should".format(*sorted(pair, key=NAMES.index))
    ]
