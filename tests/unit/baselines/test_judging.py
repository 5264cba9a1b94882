from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.baselines.baseline import Key
from kinebench.baselines.judging import Finding, Outcome, Verdict, judge
from kinebench.baselines.measurement import Measured, Measurement
from tests.unit.baselines.made_up_gate import (
    ERROR,
    HEIGHT,
    HIGHEST,
    KNEE,
    ORIGIN,
    TIMES,
    TRIAL,
    baseline,
    elsewhere,
    measured,
    motion,
)

DEG = np.pi / 180
COURSE = Key(TRIAL, "knee_angle_r", "course")


def finding(verdict: Verdict, key: Key) -> Finding:
    (found,) = (one for one in verdict.findings if one.key == key)
    return found


def bump(size_deg: float, start_s: float = 2.0, end_s: float = 3.0) -> np.ndarray:
    inside = (start_s - 1e-9 <= TIMES) & (end_s + 1e-9 >= TIMES)
    return np.where(inside, size_deg * DEG, 0.0)


def test_what_has_not_moved_is_fine() -> None:
    verdict = judge(baseline(), measured(), ORIGIN)
    assert {one.outcome for one in verdict.findings} == {Outcome.FINE}
    assert verdict.n_compared == len(verdict.findings) == 1 + 4 + 4
    assert verdict.changed == ()


@pytest.mark.parametrize("size_deg", [3.0, -3.0])
def test_a_change_is_described_by_size_direction_and_time(size_deg: float) -> None:
    verdict = judge(baseline(), measured(motion(KNEE + bump(size_deg))), ORIGIN)
    found = finding(verdict, COURSE)
    assert found.outcome is Outcome.MOVED
    assert found.change == pytest.approx(size_deg * DEG)
    assert found.obtained - found.expected == pytest.approx(size_deg * DEG)
    assert (found.limit, found.decided_by) == (
        pytest.approx(2.5 * DEG),
        "tolerance 'angle largest'",
    )
    stretch = found.stretch
    assert stretch is not None
    assert (stretch.start_s, stretch.end_s) == (pytest.approx(2.0), pytest.approx(3.0))
    assert stretch.share == pytest.approx(11 / 61, abs=0.01)
    assert 2.0 <= stretch.peak_s <= 3.0 + 1e-9
    assert verdict.findings[0].outcome.fails


def test_a_long_small_change_fails_by_its_rms_alone() -> None:
    verdict = judge(baseline(), measured(motion(KNEE + 1.0 * DEG)), ORIGIN)
    assert [one.key for one in verdict.failures] == [COURSE._replace(quantity="course rms")]
    stretch = verdict.failures[0].stretch
    assert stretch is not None
    assert stretch.is_one_way


@given(st.floats(0.0, 6.0), st.sampled_from(["opencap", "clinical", "strict"]))
def test_the_limit_is_where_it_fails(size_deg: float, preset: str) -> None:
    limit = {"opencap": 2.5, "clinical": 5.0, "strict": 0.05}[preset]
    if abs(size_deg - limit) < 1e-6:
        return
    verdict = judge(baseline(preset), measured(motion(KNEE + bump(size_deg))), ORIGIN)
    assert (finding(verdict, COURSE).outcome is Outcome.MOVED) == (size_deg > limit)


def test_an_error_may_shrink_but_not_grow() -> None:
    assert (
        finding(judge(baseline(), measured(error_deg=3.4), ORIGIN), ERROR).outcome is Outcome.FINE
    )
    worse = finding(judge(baseline(), measured(error_deg=3.6), ORIGIN), ERROR)
    assert (worse.outcome, worse.decided_by) == (Outcome.MOVED, "tolerance 'angle error'")
    better = judge(baseline(), measured(error_deg=1.0), ORIGIN)
    assert finding(better, ERROR).outcome is Outcome.BETTER
    assert not better.failures


def test_the_larger_of_tolerance_and_spread_decides() -> None:
    noisy = baseline(spread_deg=0.2)
    assert noisy.figures[ERROR].spread == pytest.approx(0.2 * DEG)
    within = finding(judge(noisy, measured(error_deg=4.1), ORIGIN), ERROR)
    assert (within.outcome, within.decided_by) == (Outcome.FINE, "6 × spread")
    assert within.limit == pytest.approx(1.2 * DEG)
    assert finding(judge(noisy, measured(error_deg=4.3), ORIGIN), ERROR).outcome is Outcome.MOVED


def test_repeats_of_the_same_recording_widen_its_courses() -> None:
    from kinebench.baselines.accepting import baseline_of
    from kinebench.baselines.presets import tolerances_of

    restless = baseline_of(
        "toy", ORIGIN, (measured(), measured(motion(KNEE + 0.1 * DEG))), (),
        tolerances_of("strict"), ("", "", "it is restless"),
    )  # fmt: skip
    verdict = judge(restless, measured(motion(KNEE + 0.5 * DEG)), ORIGIN)
    assert finding(verdict, COURSE).decided_by == "6 × spread"
    assert finding(verdict, COURSE).outcome is Outcome.FINE


def test_a_spike_of_one_frame_between_stored_moments_shows() -> None:
    spiked = KNEE.copy()
    spiked[94] += 30 * DEG  # stored are 90, 96, …
    verdict = judge(baseline(), measured(motion(spiked)), ORIGIN)
    assert finding(verdict, COURSE).outcome is Outcome.FINE
    assert finding(verdict, HIGHEST).outcome is Outcome.MOVED


def test_a_whole_turn_is_no_change_of_a_course() -> None:
    verdict = judge(baseline(), measured(motion(KNEE + 2 * np.pi)), ORIGIN)
    assert finding(verdict, COURSE).outcome is Outcome.FINE


def test_metres_are_no_angles() -> None:
    verdict = judge(baseline(), measured(motion(height=HEIGHT + 2 * np.pi)), ORIGIN)
    assert finding(verdict, COURSE._replace(item="pelvis_ty")).outcome is Outcome.MOVED


@pytest.mark.parametrize(
    ("made", "note"),
    [
        (Measurement({}, {}, {TRIAL: "it crashed"}), "it crashed"),
        (Measurement({}, {}), "the gate has no such trial"),
        (measured(motion().select(["pelvis_ty"])), "no such coordinate"),
        (measured(motion(np.where(TIMES > 3.0, np.nan, KNEE))), "from 3.10 to 5.98 s"),
        (measured(motion().at_frames(np.arange(200))), "no value at"),
        (measured(motion().at_frames(np.arange(60, 360))), "from 0.00 to 0.90 s"),
    ],
    ids=["trial", "gate", "coordinate", "values", "end", "beginning"],
)
def test_what_is_no_longer_there_is_a_failure(made: Measurement, note: str) -> None:
    verdict = judge(baseline(), made, ORIGIN)
    found = [one for one in verdict.failures if one.key.quantity.startswith("course")]
    assert found[0].outcome is Outcome.VANISHED
    assert found[0].key.item == "knee_angle_r"
    assert note in found[0].note


def test_the_rest_of_a_course_with_a_gap_is_judged() -> None:
    gap = np.where(TIMES > 5.0, np.nan, KNEE + bump(9.0))
    verdict = judge(baseline(), measured(motion(gap)), ORIGIN)
    assert finding(verdict, COURSE).outcome is Outcome.MOVED
    coverage = finding(verdict, COURSE._replace(quantity="course coverage"))
    assert coverage.outcome is Outcome.VANISHED


def test_what_is_new_is_named_and_no_failure() -> None:
    old = baseline(first=measured(motion().select(["pelvis_ty"])))
    verdict = judge(old, measured(), ORIGIN)
    new = [one.key for one in verdict.findings if one.outcome is Outcome.NEW]
    assert set(new) == {Key(TRIAL, "knee_angle_r", "lowest"), HIGHEST}
    assert not verdict.failures


def test_under_other_noise_only_errors_are_compared_and_it_says_so() -> None:
    verdict = judge(baseline(), measured(motion(KNEE + 30 * DEG)), elsewhere(seed=7))
    assert [one.key for one in verdict.findings] == [ERROR]
    assert "seed 7" in verdict.not_compared
    assert ("seed", "0", "7") in verdict.changed
    grown = judge(baseline(), measured(error_deg=9.0), elsewhere(seed=7))
    assert [one.key for one in grown.failures] == [ERROR]


def test_an_extreme_may_move_neither_up_nor_down() -> None:
    low = judge(baseline(), measured(motion(np.minimum(KNEE, 40 * DEG))), ORIGIN)
    assert finding(low, HIGHEST).outcome is Outcome.MOVED
    high = judge(baseline(), measured(motion(KNEE * 1.1)), ORIGIN)
    assert finding(high, HIGHEST).outcome is Outcome.MOVED


@pytest.mark.parametrize("seconds", [2.8, 3.2])
def test_time_fails_on_the_same_machine_alone(seconds: float) -> None:
    key = Key("all trials", "one trial", "time")
    timed = baseline(first=measured(time=Measured(2.0, "s")))
    again = measured(time=Measured(seconds, "s"))
    here = finding(judge(timed, again, ORIGIN), key)
    assert here.outcome is (Outcome.MOVED if seconds > 3.0 else Outcome.FINE)
    assert here.limit == pytest.approx(1.0)
    there = judge(timed, again, elsewhere())
    assert finding(there, key).outcome is Outcome.ELSEWHERE
    assert not there.failures


def test_what_else_changed_is_listed() -> None:
    now = elsewhere(
        versions={"numpy": "2.4"}, parameters={"python": "toy:other"}, inputs={TRIAL: "1" * 64}
    )
    assert judge(baseline(), measured(), now).changed == (
        ("version numpy", "2.1", "2.4"),
        ("parameter python", "toy:estimate", "toy:other"),
        (f"input {TRIAL}", "0" * 64, "1" * 64),
    )


@pytest.mark.parametrize("place", [0, 1, 2])
def test_nothing_is_accepted_when_a_repeat_failed(place: int) -> None:
    from kinebench.baselines.accepting import baseline_of
    from kinebench.baselines.presets import tolerances_of
    from kinebench.errors import ValueRangeError

    repeats = [measured(), measured(), measured()]
    repeats[place] = Measurement({}, {}, {TRIAL: "it crashed"})
    with pytest.raises(ValueRangeError, match=f"repeat {place + 1}: it crashed"):
        baseline_of(
            "toy", ORIGIN, repeats[:2], repeats[2:], tolerances_of("opencap"), ("", "", "why not")
        )
