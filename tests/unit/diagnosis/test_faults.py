from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_evidence import NAMES, person, trial

from kinebench.core import Markers
from kinebench.diagnosis.faults import Fault, faults_of, side_lag_s

WINDOW_S = (1.0, 1.5)
TIMES = np.arange(241) / 60


def squats(late_s: float = 0.0, short_m: float = 0.0) -> Markers:
    """Both knees bend, the right one late; the right thigh is short by so much."""
    bends = [
        np.radians(40 - 40 * np.cos(2 * np.pi * np.clip(TIMES - late, 0, None) / 2))
        for late in (late_s, 0.0)
    ]
    positions = np.array(person().positions)
    for side, bend in zip("RL", bends, strict=True):
        ankle, knee = NAMES.index(side + "Ankle"), NAMES.index(side + "Knee")
        positions[:, ankle, 0] = -0.4 * np.sin(bend)
        positions[:, ankle, 1] = 0.5 - 0.4 * np.cos(bend)
        if side == "R":
            positions[:, [knee, ankle], 1] += short_m
    return person().with_positions(positions)


def named(found: tuple[Fault, ...]) -> dict[str, Fault]:
    names = [one.name for one in found]
    assert len(names) == len(set(names))
    return {one.name: one for one in found}


def test_a_clean_recording_shows_no_fault() -> None:
    found = named(faults_of(trial(squats(), person()), WINDOW_S))
    assert not {"static pose", "one side late", "unequal sides", "side swaps"} & set(found)


def test_a_pose_bent_throughout_is_a_fault_where_the_set_up_assumes_standing() -> None:
    bent = trial(squats(), person(14.0))
    fault = named(faults_of(bent, WINDOW_S))["static pose"]
    assert "right knee is bent by 14°" in fault.shown.text
    assert "record a static trial again" in fault.advice
    assert "static pose" not in named(faults_of(bent, WINDOW_S, straight_set_up=False))
    assert "static pose" not in named(faults_of(bent, (np.nan, np.nan)))


def test_without_a_static_trial_the_window_of_the_movement_counts() -> None:
    assert "static pose" not in named(faults_of(trial(squats()), (0.0, 0.2)))
    fault = named(faults_of(trial(squats()), (0.8, 1.2)))["static pose"]
    assert "record a static trial" in fault.advice


@pytest.mark.parametrize("late_s", [0.1, -0.1])
def test_a_late_side_is_found_on_its_side(late_s: float) -> None:
    recording = trial(squats(late_s), person())
    assert side_lag_s(recording) == pytest.approx(late_s, abs=0.02)
    side = "right" if late_s > 0 else "left"
    assert f"the {side} knee" in named(faults_of(recording, WINDOW_S))["one side late"].shown.text


def test_a_small_lag_and_sides_that_alternate_are_not_judged() -> None:
    assert "one side late" not in named(faults_of(trial(squats(0.04), person()), WINDOW_S))
    assert side_lag_s(trial(squats(1.0), person())) == 0.0
    assert side_lag_s(trial(person().select(["Neck", "midHip"]))) == 0.0


def test_a_short_thigh_is_told_from_8_percent() -> None:
    shorter = named(faults_of(trial(squats(short_m=0.032), person()), WINDOW_S))
    assert "right thigh is 368 mm long, the left 400 mm" in shorter["unequal sides"].shown.text
    equal = named(faults_of(trial(squats(short_m=0.016), person()), WINDOW_S))
    assert "unequal sides" not in equal


def test_swaps_are_named_with_their_bursts() -> None:
    recording = squats()
    positions = np.array(recording.positions)
    for joint in ("Knee", "Ankle", "Heel", "BigToe", "SmallToe"):
        right, left = NAMES.index("R" + joint), NAMES.index("L" + joint)
        positions[60:70, [right, left]] = positions[60:70, [left, right]]
    found = named(faults_of(trial(recording.with_positions(positions), person()), WINDOW_S))
    assert "10 frames" in found["side swaps"].shown.text
    assert "--clean swap-sides" in found["side swaps"].advice
