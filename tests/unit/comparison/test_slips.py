"""Slips of convention are told where undoing them would explain most of a difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.comparison import FilePair, Procedure, compare_pair, compare_recordings
from kinebench.core import Coordinate, Motion
from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError

TIMES = np.arange(400) / 100
NAMES = ("pelvis_rotation", "hip_flexion_r", "hip_flexion_l", "knee_angle_r", "knee_angle_l")
STRIDE = 2 * np.pi * TIMES / 1.1


def walk(noise: float = 2.0, seed: int = 1) -> Motion:
    """Two strides a second and a bit, in rad; slow errors of so many degrees."""
    rng = np.random.default_rng(seed)
    right, left = np.sin(STRIDE), np.sin(STRIDE + np.pi)
    degrees = np.stack(
        [5 * right, 20 * right + 10, 20 * left + 10, 30 * right + 30, 30 * left + 30], axis=1
    )
    slow = noise * np.sin(TIMES[:, None] * rng.uniform(1, 4, 5) + rng.uniform(0, 6, 5))
    return moved(degrees + slow + rng.normal(0, noise, 5))


def moved(degrees: FloatArray, times: FloatArray = TIMES) -> Motion:
    return Motion(tuple(Coordinate(name) for name in NAMES), times, np.radians(degrees))


def told(estimate: Motion, reference: Motion | None = None) -> list[str]:
    result = compare_recordings(reference or walk(0.0), estimate, Procedure(), other_policies=False)
    return [r.message for r in result.remarks if r.code in ("convention", "rates")]


def changed(change: Callable[[FloatArray], FloatArray | None]) -> Motion:
    degrees = np.degrees(walk().values)
    result = change(degrees)
    return moved(degrees if result is None else result)


@pytest.mark.parametrize("seed", range(8))
def test_an_ordinary_estimate_has_none(seed: int) -> None:
    assert told(walk(3.0, seed)) == []


def test_another_sign() -> None:
    def turn(degrees: FloatArray) -> None:
        degrees[:, 1] *= -1

    assert told(changed(turn)) == ["hip_flexion_r runs against the reference: is the sign another?"]


def test_supplementary_knees_run_against_the_reference() -> None:
    def turn(degrees: FloatArray) -> None:
        degrees[:, 3:] = 180 - degrees[:, 3:]

    assert told(changed(turn)) == [
        "knee_angle_r, knee_angle_l run against the reference: is the sign another?"
    ]


@pytest.mark.parametrize(
    ("offset", "words"),
    [(360, "whole turns"), (-180, "half a turn"), (90, "a quarter turn"), (-90, "a quarter turn")],
)
def test_turns(offset: float, words: str) -> None:
    def turn(degrees: FloatArray) -> None:
        degrees[:, 2] += offset

    (message,) = told(changed(turn))
    assert message.startswith("hip_flexion_l differs by ")
    assert f"throughout, about {words}: another zero" in message


def test_a_turn_that_comes_and_goes_is_not_one_throughout() -> None:
    def turn(degrees: FloatArray) -> None:
        degrees[150:, 2] += 360

    assert [message for message in told(changed(turn)) if "throughout" in message] == []


def test_a_whole_turn_of_the_heading_is_none() -> None:
    def turn(degrees: FloatArray) -> None:
        degrees[:, 0] += 360

    assert told(changed(turn)) == []


def test_sides_that_are_exchanged() -> None:
    (message,) = told(changed(lambda degrees: degrees[:, [0, 2, 1, 4, 3]]))
    assert "with right and left exchanged: are the sides exchanged, or is the lag off" in message


def test_both_sides_alike_need_not_be_told_apart() -> None:
    both = np.degrees(walk(0.0).values)[:, [0, 1, 1, 3, 3]]
    other = both + np.array([0, 1, -1, 2, -2])
    assert told(moved(other[:, [0, 2, 1, 4, 3]]), moved(both)) == []


def test_a_value_that_was_repeated() -> None:
    def hold(degrees: FloatArray) -> None:
        degrees[100:170, 3] = degrees[100, 3]

    (message,) = told(changed(hold))
    assert message.startswith("knee_angle_r of the estimate is held at one value from 1.00 to 1.69")


def test_who_rests_at_first_and_a_locked_joint_were_not_repeated() -> None:
    rest = np.degrees(walk(0.0).values)
    rest[:100] = rest[100]
    rest[:, 1] = 0.0
    noisy = rest + 8 * np.sin(9 * TIMES)[:, None]
    noisy[:, 1] = 0.0
    assert told(moved(noisy), moved(rest)) == []


def test_as_many_frames_at_another_rate() -> None:
    (message,) = [m for m in told(moved(np.degrees(walk().values), TIMES * 2)) if "frames" in m]
    assert message == (
        "both have 400 frames, the reference at 100 Hz and the estimate at 50 Hz: is one of the"
        " rates wrong?"
    )


def test_names_of_markers_say_nothing_of_motions(saved: Callable[[str, Motion], Path]) -> None:
    pair = FilePair(saved("r.mot", walk(0.0)), saved("e.mot", walk()), "s", "t")
    with pytest.raises(ValueRangeError, match=r"r\.mot is a motion: leave --match out"):
        compare_pair(pair, Procedure(), {"RKnee": "r_knee"})


def test_markers_for_events_are_not_read_where_none_are_asked_for(
    saved: Callable[[str, Motion], Path], tmp_path: Path
) -> None:
    feet = tmp_path / "feet.trc"  # it need not be there
    pair = FilePair(saved("r.mot", walk(0.0)), saved("e.mot", walk()), "s", "t")
    result = compare_pair(replace(pair, event_markers=feet), Procedure())
    assert "feet.trc is not read: no events are asked for (--events)" in [
        remark.message for remark in result.remarks
    ]
