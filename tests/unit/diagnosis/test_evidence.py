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
    assert "right knee is bent by 16° more" in said
    assert "left" not in said
    assert not evidence.window_doubt(standing, (3.0, 4.0), (2.8, 3.3))
    # the straighter one is never doubted for the bent one's sake
    assert not evidence.window_doubt(standing, (3.0, 3.5), (0.5, 1.5))


def test_a_window_a_little_worse_is_not_doubted() -> None:
    times = np.arange(241) / 60
    assert not evidence.window_doubt(person(np.where(times < 2, 4.0, 0.0)), (0.5, 1.5), (3.0, 3.5))


def test_bent_knees_all_along_speak_against_a_set_up_for_standing() -> None:
    assert "22°" in evidence.pose_doubt(person(22.0), (1.0, 1.5))
    assert not evidence.pose_doubt(person(5.0), (1.0, 1.5))


@pytest.mark.parametrize(
    ("frontal", "sigma", "said"),
    [(3.0, 1.3, "to the right"), (-3.0, 1.3, "to the left"), (1.5, 1.3, ""), (0.8, 0.1, "")],
)
def test_a_tilt_is_doubted_beyond_its_uncertainty(frontal: float, sigma: float, said: str) -> None:
    found = evidence.tilt_doubt(tilt(frontal, sigma_deg=sigma))
    assert (said in found) if said else not found


def test_leaning_forwards_is_told_from_leaning_back() -> None:
    assert "forwards" in evidence.tilt_doubt(tilt(0.0, 4.0))
    assert "backwards" in evidence.tilt_doubt(tilt(0.0, -4.0))


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
    assert "right leg tremble by 1" in evidence.tremble_doubt(trial(trembling(12.0)))
    assert not evidence.tremble_doubt(trial(trembling(2.0)))


def test_missing_keypoints_are_no_doubt() -> None:
    empty = person().select(["Neck", "midHip"])
    assert evidence.tremble_mm(empty) == {}
    assert not evidence.tremble_doubt(trial(empty))
    assert not evidence.window_doubt(empty, (0.0, 1.0), (2.0, 2.5))
    assert not evidence.start_up_doubt(LSTMAugmenter("v0.3"), trial(empty), (2.0, 2.5))


def test_only_replaced_versions_are_doubted() -> None:
    assert "v0.0 is older than v0.3" in evidence.version_doubt(LSTMAugmenter("v0.0"))
    assert not evidence.version_doubt(LSTMAugmenter("v0.3"))
    assert not evidence.version_doubt(LSTMAugmenter("lab-1"))


@pytest.mark.parametrize(("rate", "doubted"), [(60.0, False), (59.94, False), (120.0, True)])
def test_a_rate_that_the_augmenter_does_not_know(rate: float, doubted: bool) -> None:
    assert bool(evidence.rate_doubt(LSTMAugmenter("v0.3"), rate)) == doubted
    assert not evidence.rate_doubt(LSTMAugmenter("v0.3", resample_hz=60.0), rate)


def test_what_lies_in_the_start_up_is_doubted() -> None:
    cold, warm = LSTMAugmenter("v0.3"), LSTMAugmenter("v0.3", warm_up_s=1.0)
    times = np.arange(241) / 60
    moving = person(np.where(times < 1.0, 60 * times, 60.0))
    early = trial(person(), person())
    assert "static window begins 0.3 s" in evidence.start_up_doubt(cold, early, (0.3, 1.0))
    assert not evidence.start_up_doubt(cold, early, (1.5, 2.0))
    assert "a knee turns by" in evidence.start_up_doubt(cold, trial(moving), (3.0, 3.5))
    assert not evidence.start_up_doubt(warm, trial(moving, person()), (0.3, 1.0))
