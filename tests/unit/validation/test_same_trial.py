"""One trial against another of the same movement; rates are in reports/same-trial.md."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.alignment.clock import LagEstimate
from kinebench.core import Motion
from kinebench.lab import Population, record
from kinebench.lab.motions.squat import Squat
from kinebench.lab.movement import Movement
from kinebench.signals.lag import lag_wander
from kinebench.validation import Clock, find_clock, validate_recordings
from kinebench.validation.same_trial import RATES, doubts, size_difference, trial_odds

RATE = 60.0
PEOPLE = Population(movement=Movement())


def course(times: np.ndarray) -> np.ndarray:
    return np.stack([np.sin(2.1 * times), 0.4 * np.sin(5.1 * times + 0.4)], axis=1)


@pytest.mark.parametrize("offset", [-2.0, 0.0, 0.3])
def test_on_one_clock_nothing_wanders_whatever_offset_and_size(offset: float) -> None:
    times = np.arange(600) / RATE
    assert lag_wander(course(times), course(times) + offset, RATE) < 1e-9
    # a movement that is shown a tenth too large is not late anywhere in the mean: 3 ms of some 100
    assert lag_wander(course(times), 1.1 * course(times), RATE) < 4e-3


def test_a_lag_that_swings_is_measured() -> None:
    # 5 ms to both sides, slowly beside half a second, of movement that turns round within it:
    # the root mean square is 5 ms / √2
    times = np.arange(3600) / RATE
    late = 0.005 * np.sin(2 * np.pi * times / 12)
    one, other = (
        np.stack([np.sin(2 * np.pi * 4.1 * t), np.cos(2 * np.pi * 4.1 * t)], axis=1)
        for t in (times, times - late)
    )
    assert lag_wander(one, other, RATE) == pytest.approx(0.005 / math.sqrt(2), rel=0.05)


def test_too_little_tells_nothing() -> None:
    times = np.arange(20) / RATE
    assert math.isnan(lag_wander(course(times), course(times), RATE))
    assert math.isnan(lag_wander(np.ones((600, 2)), np.ones((600, 2)), RATE))
    clock = Clock(0.0, False, (LagEstimate("the leg angles", 0.0, 0.99, 0.0),), (-1, 1))
    assert math.isnan(trial_odds(clock))
    assert doubts(clock) == ()


def test_a_clock_that_is_not_sure_is_warned_of_with_the_reason() -> None:
    legs = LagEstimate("the leg angles", 0.2, 0.99, 0.2)
    sure = Clock(0.2, False, (legs,), (-1, 1))
    assert (sure.confidence, doubts(sure)) == ("high", ())
    pelvis = LagEstimate("the pelvis", 0.2, 0.6, 0.75)
    unsure = replace(sure, signals=(legs, pelvis), rival_s=-0.9)
    (remark,) = doubts(unsure)
    assert (unsure.confidence, remark.code, remark.severity) == (
        "low", "uncertain clock", "warning"
    )  # fmt: skip
    assert remark.message == (
        "confidence in the video's clock is low: at +0.200 s, the pelvis fits best at +0.750 s; the"
        " pelvis correlates by 0.60 only; -0.900 s fits nearly as well, as in cyclic movement"
    )
    assert doubts(replace(unsure, given=True)) == ()


def clock(correlation: float, wander_s: float) -> Clock:
    signal = LagEstimate("the leg angles", 0.0, correlation, 0.0)
    return Clock(0.0, False, (signal,), (-1, 1), wander_s=wander_s)


def test_odds_grow_with_wander_and_fall_with_likeness() -> None:
    odds = [[trial_odds(clock(r, w)) for w in (0.002, 0.006, 0.02)] for r in (0.93, 0.97, 0.999)]
    assert (np.diff(odds, axis=1) > 0).all()
    assert (np.diff(odds, axis=0) < 0).all()


def filmed(number: int) -> Motion:
    """A squat with an error of some degrees that has nothing to do with time."""
    motion = record(PEOPLE.subject(number), Squat(repetitions=3)).true_motion
    return replace(motion, values=motion.values * 1.05)


def test_the_same_squat_raises_no_doubt_and_somebody_elses_does() -> None:
    truth = record(PEOPLE.subject(4), Squat(repetitions=3)).true_motion
    assert validate_recordings(truth, filmed(4)).remarks == ()
    remarks = validate_recordings(truth, filmed(5)).remarks
    remark = next(one for one in remarks if one.code == "another trial")
    assert remark.severity == "warning"
    assert "wanders by" in remark.message


def test_two_bodies_are_told_by_thighs_and_shanks() -> None:
    tall, short = (
        record(replace(Population().subject(3), height_m=height), Squat(repetitions=1)).model
        for height in (1.85, 1.65)
    )
    # all lengths go with stature
    assert size_difference(tall, short) == pytest.approx(math.log(1.85 / 1.65), abs=0.005)
    assert size_difference(tall, tall) == 0
    fits = clock(0.999, 0.002)
    assert doubts(fits, tall, tall) == ()
    (remark,) = doubts(fits, tall, short)
    assert remark.code == "another body"
    motion = find_clock(filmed(4), filmed(4))
    assert doubts(motion, tall, None) == ()


def rows_of_report() -> dict[tuple[str, str], list[float]]:
    """Pairs, refused, another trial, another body, in %, of all movements of varied people."""
    path = Path(__file__).parents[3] / "reports" / "same-trial.md"
    text = path.read_text("utf-8").split("## When all move alike")[0]
    cells = [[c.strip(" %") for c in row.split("|")[1:-1]] for row in text.splitlines()]
    return {
        (row[0], row[2]): [float(number) for number in row[3:]]
        for row in cells
        if len(row) == 8 and row[1] == "all"
    }


def test_the_rates_that_are_told_are_those_of_the_report() -> None:
    rows = rows_of_report()
    others = [rows[kind, "another person's trial"] for kind in ("motions", "markers")]
    own = [rows[kind, "the same trial"] for kind in ("motions", "markers")]
    hits, alarms = RATES["another trial"]
    assert np.mean([row[1] + row[2] for row in others]) == pytest.approx(hits, abs=1)
    assert np.mean([row[2] for row in own]) == pytest.approx(alarms, abs=1)
    hits, alarms = RATES["another body"]
    _, refused, _, body, _ = others[0]
    assert 100 * body / (100 - refused) == pytest.approx(hits, abs=2)
    # the report has the second round alone; both are 2 of 48
    assert own[0][3] <= alarms == round(100 * 2 / 48)
