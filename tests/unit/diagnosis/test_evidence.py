from __future__ import annotations

import math

import numpy as np
import pytest

from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.cleaning.rotation import Tilt
from kinebench.core import Markers, Subject, Trial
from kinebench.diagnosis import evidence

LEG = ("Hip", "Knee", "Ankle", "Heel", "BigToe", "SmallToe")
NAMES = ("Neck", "midHip", *(side + joint for side in "RL" for joint in LEG))
HEIGHTS = {"Neck": 1.4, "midHip": 0.9, "Hip": 0.9, "Knee": 0.5, "Ankle": 0.1}


def person(bend_deg: object = 0.0, seconds: float = 4.0, rate: float = 60.0) -> Markers:
    """Somebody who faces x and bends the right knee only."""
    times = np.arange(round(rate * seconds) + 1) / rate
    bend = np.radians(np.broadcast_to(bend_deg, times.shape))
    positions = np.zeros((len(times), len(NAMES), 3))
    for column, name in enumerate(NAMES):
        stem = name if name in HEIGHTS else name[1:]
        positions[:, column, 1] = HEIGHTS.get(stem, 0.0)
        positions[:, column, 2] = 0.0 if name in HEIGHTS else 0.1 if name[0] == "R" else -0.1
    ankle = NAMES.index("RAnkle")
    positions[:, ankle, 0] = -0.4 * np.sin(bend)
    positions[:, ankle, 1] = 0.5 - 0.4 * np.cos(bend)
    return Markers(NAMES, times, positions)


def with_both_knees(bend_deg: float) -> Markers:
    standing = person(bend_deg)
    positions = np.array(standing.positions)
    right, left = NAMES.index("RAnkle"), NAMES.index("LAnkle")
    positions[:, left, :2] = positions[:, right, :2]
    return standing.with_positions(positions)


def trembling(sd_mm: float, side: str = "R") -> Markers:
    standing = person()
    positions = np.array(standing.positions)
    numbers = np.random.default_rng(1)
    for column, name in enumerate(NAMES):
        if name[0] == side and name not in HEIGHTS:
            positions[:, column] += sd_mm / 1e3 * numbers.standard_normal((len(positions), 3))
    return standing.with_positions(positions)


def trial(keypoints: Markers, static: Markers | None = None) -> Trial:
    return Trial("trial", Subject(70.0, 1.75, "somebody"), keypoints, static)


def tilt(frontal_deg: float, sagittal_deg: float = 0.0, sigma_deg: float = 1.3) -> Tilt:
    sigma = math.radians(sigma_deg)
    return Tilt(
        (0.0, 1.0, 0.0), math.radians(sagittal_deg), math.radians(frontal_deg), sigma, sigma,
        0.0, (), 2, "standing",
    )  # fmt: skip


def test_a_bent_window_is_held_against_a_straighter_one() -> None:
    times = np.arange(241) / 60
    standing = person(np.where(times < 2.2, 18.0, 2.0))
    said = evidence.window_doubt(standing, (0.5, 1.5), (3.0, 3.5))
    assert "right knee is bent by 16° more" in said.text
    assert "left" not in said.text
    assert said.strength == pytest.approx(16 / 12)
    assert not evidence.window_doubt(standing, (3.0, 4.0), (2.8, 3.3))
    # the straighter one is never doubted for the bent one's sake
    assert not evidence.window_doubt(standing, (3.0, 3.5), (0.5, 1.5))


def test_a_window_a_little_worse_is_not_doubted() -> None:
    times = np.arange(241) / 60
    assert not evidence.window_doubt(person(np.where(times < 2, 4.0, 0.0)), (0.5, 1.5), (3.0, 3.5))


def test_bent_knees_all_along_speak_against_a_set_up_for_standing() -> None:
    found = evidence.pose_doubt(person(22.0))
    assert "right knee is bent by 22° more than the left one" in found.text
    assert found.strength == pytest.approx(22 / 8)
    assert not evidence.pose_doubt(person(5.0))


@pytest.mark.parametrize("side", ["right", "left"])
def test_one_bent_knee_shows_against_the_other(side: str) -> None:
    standing = person(12.0 if side == "right" else -12.0)
    assert f"the {side} knee is bent by 12°" in evidence.pose_doubt(standing).text


def test_both_knees_show_by_themselves_and_against_the_movement() -> None:
    bent = with_both_knees(20.0)
    assert "both knees are bent throughout" in evidence.pose_doubt(bent).text
    # a detector that shows straight knees as bent backwards hides them, the movement does not
    hidden, straight = with_both_knees(5.0), with_both_knees(-9.0)
    assert not evidence.pose_doubt(hidden)
    assert "14° more bent than where" in evidence.pose_doubt(hidden, straight).text
    assert not evidence.pose_doubt(straight, hidden)


def test_a_knee_that_straightens_is_the_windows_matter() -> None:
    times = np.arange(241) / 60
    assert not evidence.pose_doubt(person(np.where(times < 2.0, 22.0, 0.0)))
    assert not evidence.pose_doubt(person(np.where(times < 2.0, 40.0, 2.0)))


def test_an_upright_pose_shows_nothing_whatever_the_movement() -> None:
    squats = person(45 - 45 * np.cos(2 * np.pi * np.arange(241) / 90))
    assert not evidence.pose_doubt(person(0.0), squats)
    assert not evidence.pose_doubt(person().select(["Neck", "midHip"]))


@pytest.mark.parametrize(
    ("frontal", "sigma", "said"),
    [(3.0, 1.3, "to the right"), (-3.0, 1.3, "to the left"), (1.5, 1.3, ""), (0.8, 0.1, "")],
)
def test_a_tilt_is_doubted_beyond_its_uncertainty(frontal: float, sigma: float, said: str) -> None:
    found = evidence.tilt_doubt(tilt(frontal, sigma_deg=sigma))
    assert (said in found.text) if said else not found


def test_leaning_forwards_is_told_from_leaning_back() -> None:
    assert "forwards" in evidence.tilt_doubt(tilt(0.0, 4.0)).text
    assert "backwards" in evidence.tilt_doubt(tilt(0.0, -4.0)).text


@pytest.mark.parametrize("side", ["R", "L"])
def test_tremble_is_measured_on_its_side(side: str) -> None:
    found = evidence.tremble_mm(trembling(12.0, side))
    other = "L" if side == "R" else "R"
    assert found[side] == pytest.approx(12.0, rel=0.1)
    assert found[other] == pytest.approx(0.0, abs=1e-9)


def test_movement_is_no_tremble() -> None:
    times = np.arange(241) / 60
    squats = person(45 - 45 * np.cos(2 * np.pi * times / 1.5))
    assert max(evidence.tremble_mm(squats).values()) < 0.5


def test_only_strong_tremble_is_doubted() -> None:
    assert "right leg tremble by 1" in evidence.tremble_doubt(trial(trembling(12.0))).text
    assert not evidence.tremble_doubt(trial(trembling(2.0)))


def test_missing_keypoints_are_no_doubt() -> None:
    empty = person().select(["Neck", "midHip"])
    assert evidence.tremble_mm(empty) == {}
    assert not evidence.tremble_doubt(trial(empty))
    assert not evidence.window_doubt(empty, (0.0, 1.0), (2.0, 2.5))
    assert not evidence.start_up_doubt(LSTMAugmenter("v0.3"), trial(empty), (2.0, 2.5))


@pytest.mark.parametrize(("rate", "doubted"), [(60.0, False), (59.94, False), (120.0, True)])
def test_a_rate_that_the_augmenter_does_not_know(rate: float, doubted: bool) -> None:
    assert bool(evidence.rate_doubt(LSTMAugmenter("v0.3"), rate)) == doubted
    assert not evidence.rate_doubt(LSTMAugmenter("v0.3", resample_hz=60.0), rate)


def test_what_lies_in_the_start_up_is_doubted() -> None:
    cold, warm = LSTMAugmenter("v0.3"), LSTMAugmenter("v0.3", warm_up_s=1.0)
    times = np.arange(241) / 60
    moving = person(np.where(times < 1.0, 60 * times, 60.0))
    early = trial(person(), person())
    assert "static window begins 0.3 s" in evidence.start_up_doubt(cold, early, (0.3, 1.0)).text
    assert not evidence.start_up_doubt(cold, early, (1.5, 2.0))
    assert "a knee turns by" in evidence.start_up_doubt(cold, trial(moving), (3.0, 3.5)).text
    assert not evidence.start_up_doubt(warm, trial(moving, person()), (0.3, 1.0))
