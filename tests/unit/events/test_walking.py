"""Direction of walks: there and back, round corners, on treadmills, backwards."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinebench.comparison import scored_intervals
from kinebench.core import Markers
from kinebench.errors import KinebenchWarning, ValueRangeError
from kinebench.events import Foot, stretches_of_walk, turns_of_heading

CYCLE_S = 1.1
SPEED = 1.2
STANCE = 0.6
NAMES = ("midHip", "RHeel", "RBigToe", "RSmallToe", "LHeel", "LBigToe", "LSmallToe")


def walk(
    duration_s: float = 6.0,
    rate_hz: float = 60.0,
    turn_s: float = np.inf,
    turn: float = np.pi,
    turn_takes_s: float = 0.0,
    heading: float = 0.0,
    treadmill: bool = False,
    drift: tuple[float, float] = (0.0, 0.0),
    backwards: bool = False,
    toe_out: float = 0.15,
) -> Markers:
    """Feet that stand for 60 % of the cycle and are lifted for the rest.

    The right heel strikes at 0.2 s, 1.3 s, …, the left half a cycle later. `backwards` runs the
    same walk from its end.
    """
    times = np.arange(round(duration_s * rate_hz) + 1) / rate_hz
    t = times[::-1] if backwards else times
    done = np.clip((t - turn_s + turn_takes_s / 2) / max(turn_takes_s, 1e-6), 0.0, 1.0)
    facing = heading + turn * (done if np.isfinite(turn_s) else np.zeros_like(t))
    forward = np.stack([np.cos(facing), np.zeros_like(t), np.sin(facing)], axis=1)
    aside = np.stack([-np.sin(facing), np.zeros_like(t), np.cos(facing)], axis=1)
    step = np.gradient(t)[:, None] * SPEED * forward
    way = np.zeros_like(step) if treadmill else np.cumsum(step, axis=0)
    pelvis = way + np.stack([drift[0] * times, np.full_like(t, 0.9), drift[1] * times], axis=1)
    points = [pelvis]
    for side, first in ((1.0, 0.2), (-1.0, 0.2 + CYCLE_S / 2)):
        phase = ((t - first) / CYCLE_S) % 1.0
        swing = np.clip((phase - STANCE) / (1 - STANCE), 0.0, 1.0)
        reach = SPEED * STANCE * CYCLE_S / 2
        standing = reach * (1 - 2 * np.minimum(phase, STANCE) / STANCE)
        ahead = np.where(phase < STANCE, standing, -reach * np.cos(np.pi * swing))
        lift = 0.12 * np.sin(np.pi * swing)
        centre = pelvis * [1.0, 0.0, 1.0] + ahead[:, None] * forward + 0.1 * side * aside
        pointing = np.cos(side * toe_out) * forward + np.sin(side * toe_out) * aside
        for along, rise in ((0.0, 1.0), (0.2, 0.4), (0.18, 0.4)):
            points.append(centre + along * pointing + (rise * lift)[:, None] * [0.0, 1.0, 0.0])
    return Markers(NAMES, times, np.stack(points, axis=1))


def starts(markers: Markers, **options: object) -> dict[str, list[float]]:
    found = scored_intervals("gait", markers, **options)  # type: ignore[arg-type]
    return {
        side: [interval.start_s for interval in found if interval.side == side]
        for side in ("right", "left")
    }


PLAIN = {"right": [0.2, 1.3, 2.4, 3.5, 4.6], "left": [0.75, 1.85, 2.95, 4.05]}


def same(found: dict[str, list[float]], expected: dict[str, list[float]], within: float) -> None:
    for side, moments in expected.items():
        assert found[side] == pytest.approx(moments, abs=within), side


@given(
    st.floats(-np.pi, np.pi),
    st.sampled_from([30.0, 50.0, 60.0, 100.0, 120.0, 240.0]),
    st.booleans(),
    st.floats(0.0, 0.3),
)
@settings(deadline=None, max_examples=25)
def test_neither_heading_nor_rate_nor_belt_matters(
    heading: float, rate_hz: float, treadmill: bool, toe_out: float
) -> None:
    recording = walk(rate_hz=rate_hz, heading=heading, treadmill=treadmill, toe_out=toe_out)
    same(starts(recording), PLAIN, 1.1 / rate_hz)


@pytest.mark.parametrize("drift", [(-0.1, 0.0), (0.1, 0.0), (0.0, 0.1), (-0.25, 0.1)])
def test_drift_on_a_treadmill_does_not_matter(drift: tuple[float, float]) -> None:
    same(starts(walk(treadmill=True, drift=drift)), PLAIN, 0.018)


@pytest.mark.parametrize("turn", [np.pi, np.pi / 2, -np.pi / 2, -2.3])
@pytest.mark.parametrize("takes_s", [0.0, 0.6])
def test_steps_before_and_after_a_turn_are_those_of_the_walk(turn: float, takes_s: float) -> None:
    recording = walk(8.0, turn_s=4.0, turn=turn, turn_takes_s=takes_s)
    with pytest.warns(KinebenchWarning) as told:
        found = starts(recording)
    assert len(told) == 1
    assert f"the walk turns by {abs(np.degrees(turn)):.0f}° at 4.0" in str(told[0].message)
    # the cycles from 3.5 s on the right and from 2.95 and 4.05 s on the left: none across 4 s
    same(found, {"right": [0.2, 1.3, 2.4, 4.6, 5.7, 6.8], "left": [0.75, 1.85, 5.15, 6.25]}, 0.07)


def test_three_turns() -> None:
    one = walk(4.0)
    there = one.positions
    back = there * [-1.0, 1.0, -1.0] + (there[-1, 0] * [2.0, 0.0, 2.0])
    times = np.concatenate([one.times + i * 4.4 for i in range(4)])
    positions = np.concatenate([there, back, there, back])
    recording = Markers(NAMES, times, positions)
    with pytest.warns(KinebenchWarning) as told:
        found = starts(recording)
    assert len(told) == 3
    assert len(found["right"]) == 12


def test_a_walk_on_a_circle_is_no_turn() -> None:
    recording = walk(8.0, turn_s=4.0, turn=2 * np.pi, turn_takes_s=8.0)
    found = starts(recording)
    same(found, {"right": [0.2, 1.3, 2.4, 3.5, 4.6, 5.7, 6.8]}, 0.05)


@pytest.mark.parametrize("treadmill", [False, True])
def test_backwards_the_toe_touches_down_where_forwards_it_lifts_off(treadmill: bool) -> None:
    recording = walk(6.0, backwards=True, treadmill=treadmill)
    with pytest.warns(KinebenchWarning, match="backwards from 0.00 to 6.00 s"):
        found = starts(recording)
    # forwards the right foot leaves the ground at 0.2 + 0.66 s, …: seen from the end
    expected = sorted(6.0 - moment for moment in (0.86, 1.96, 3.06, 4.16, 5.26))[:-1]
    assert found["right"] == pytest.approx(expected, abs=0.04)


def test_a_stated_direction_overrules_the_feet() -> None:
    recording = walk(treadmill=True)
    same(starts(recording, walking_direction=(2.0, 0.0)), PLAIN, 0.018)
    other = starts(recording, walking_direction=(-1.0, 0.0))
    assert abs(other["right"][0] - 0.2) > 0.3
    for direction in ((0.0, 0.0), (np.nan, 1.0)):
        with pytest.raises(ValueRangeError, match="two finite numbers, X and Z"):
            starts(recording, walking_direction=direction)


def test_feet_that_move_together_are_no_gait() -> None:
    recording = walk()
    both = recording.positions.copy()
    both[:, 4:] = both[:, 1:4] + [0.0, 0.0, 0.2]
    with pytest.raises(ValueRangeError, match="do not move in turn"):
        starts(Markers(NAMES, recording.times, both))


def test_markers_with_z_up_are_refused() -> None:
    recording = walk()
    z_up = recording.positions[..., [2, 0, 1]]
    with pytest.raises(ValueRangeError, match="above the feet along Z: gait cycles need"):
        starts(Markers(NAMES, recording.times, z_up))


def test_swaying_is_no_gait() -> None:
    recording = walk(treadmill=True)
    still = recording.positions[:1] + 0.1 * (recording.positions - recording.positions[:1])
    with pytest.raises(ValueRangeError, match="do not move in turn"):
        starts(Markers(NAMES, recording.times, still))


def test_gaps_in_the_feet() -> None:
    recording = walk(8.0)
    positions = recording.positions.copy()
    positions[200:215, 1:4] = np.nan
    positions[:20] = np.nan
    found = starts(Markers(NAMES, recording.times, positions))
    assert found["left"] == pytest.approx([0.75, 1.85, 2.95, 4.05, 5.15, 6.25], abs=0.018)


def test_turns_of_a_heading() -> None:
    times = np.arange(600) / 100
    heading = np.where(times < 3.0, 0.1, 0.1 + np.pi / 2)
    (turn,) = turns_of_heading(heading, times)
    assert times[turn.half] == pytest.approx(3.0, abs=0.011)
    assert turn.angle == pytest.approx(np.pi / 2)
    slow = 0.1 + 1.5 * np.clip(times - 2.5, 0.0, 1.0)
    (turn,) = turns_of_heading(slow, times)
    assert times[[turn.first, turn.half, turn.last]] == pytest.approx([2.6, 3.0, 3.4], abs=0.011)
    assert turns_of_heading(0.4 * np.sin(6 * times), times) == []


def test_stretches_need_feet() -> None:
    nothing = np.full((10, 3), np.nan)
    with pytest.raises(ValueRangeError, match="heel and toe are missing"):
        stretches_of_walk([Foot(nothing, nothing)], np.zeros((10, 3)), np.arange(10) / 10)
