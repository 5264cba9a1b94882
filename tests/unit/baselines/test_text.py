from __future__ import annotations

import difflib
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.baselines.baseline import Tolerance
from kinebench.baselines.judging import judge
from kinebench.baselines.presets import PRESETS, group_of, tolerances_of
from kinebench.baselines.text import baseline_text, parse_baseline
from kinebench.errors import (
    FileFormatError,
    KinebenchError,
    NameNotFoundError,
    ValueRangeError,
)
from kinebench.pipeline.under_test import NameMap
from tests.unit.baselines.made_up_gate import KNEE, ORIGIN, TIMES, baseline, measured, motion

DEG = np.pi / 180
TEXT = baseline_text(baseline())


def test_a_baseline_reads_back() -> None:
    again = parse_baseline(TEXT, "toy.toml")
    assert baseline_text(again) == TEXT
    assert again.origin == ORIGIN
    assert (again.date, again.accepted_by, again.reason) == (
        "2026-11-28", "a person", "the first one",
    )  # fmt: skip
    assert not judge(again, measured(), ORIGIN).failures


@given(st.floats(-400, 400), st.integers(0, 359))
def test_values_keep_a_ten_thousandth_of_a_degree(angle_deg: float, frame: int) -> None:
    knee = KNEE.copy()
    knee[frame - frame % 6] = angle_deg * DEG
    course = parse_baseline(
        baseline_text(baseline(first=measured(motion(knee)))), "toy.toml"
    ).courses["s1 squat", "knee_angle_r"]
    place = (frame - frame % 6) // 6
    assert course.values[place] / DEG == pytest.approx(angle_deg, abs=0.51e-4)
    assert course.times[place] == pytest.approx(TIMES[frame - frame % 6], abs=1e-6)


def test_a_baseline_goes_to_another_process() -> None:
    made = baseline()
    assert pickle.loads(pickle.dumps(made)) == made
    names = NameMap({"a": "b"})
    assert pickle.loads(pickle.dumps(names)) == names


def test_missing_values_stay_missing() -> None:
    gap = measured(motion(np.where(TIMES > 5.0, np.nan, KNEE)))
    again = parse_baseline(baseline_text(baseline(first=gap)), "toy.toml")
    values = again.courses["s1 squat", "knee_angle_r"].values
    assert np.isnan(values[-5:]).all()
    assert not judge(again, gap, ORIGIN).failures


def test_a_gap_beside_a_stored_moment_does_not_swallow_it() -> None:
    made = motion(np.where(TIMES > 5.0, np.nan, KNEE), times=TIMES + 2 / 3)
    again = parse_baseline(baseline_text(baseline(first=measured(made))), "toy.toml")
    assert not judge(again, measured(made), ORIGIN).failures


def test_one_figure_that_changed_is_one_line_of_a_diff() -> None:
    other = baseline_text(baseline(first=measured(error_deg=4.0)))
    lines = difflib.ndiff(TEXT.splitlines(), other.splitlines())
    changed = [line for line in lines if line.startswith("+ ")]
    assert len(changed) == 1
    assert changed[0].startswith('+ "knee_angle_r rmse" = { value = 4.0, unit = "deg"')


@pytest.mark.parametrize(
    ("old", "new", "error", "says"),
    [
        ("format = 1", "format = 2", FileFormatError, "format = 1"),
        ('gate = "toy"', "", NameNotFoundError, "'gate'"),
        ("seed = 0", "sede = 0", NameNotFoundError, "did you mean 'seed'"),
        ('unit = "deg", spread', 'unit = "grad", spread', FileFormatError, "unit must be one of"),
        ('tolerance = "angle error"', 'tolerance = "angle eror"', NameNotFoundError,
         "did you mean 'angle error'"),
        ('kind = "identical"', 'kind = "identic"', NameNotFoundError, "did you mean 'identical'"),
        ("values = [", "values = [1.0, ", FileFormatError, "both must be as many"),
        ('reason = "the first one"', 'reason = " "', ValueRangeError, "needs a reason"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(old: str, new: str, error: type[KinebenchError], says: str) -> None:
    assert old in TEXT
    with pytest.raises(error) as caught:
        parse_baseline(TEXT.replace(old, new), "toy.toml")
    assert says in str(caught.value)


def test_a_tolerance_may_be_edited_by_hand() -> None:
    wide = TEXT.replace("{ limit = 2.5,", "{ limit = 9.0,")
    moved = measured(motion(KNEE + np.where(abs(TIMES - 2) < 0.1, 5 * DEG, 0)))
    assert judge(parse_baseline(TEXT, "toy.toml"), moved, ORIGIN).failures
    keys = {one.key for one in judge(parse_baseline(wide, "toy.toml"), moved, ORIGIN).failures}
    assert not any(key.quantity == "course" for key in keys)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_tolerance_has_a_reason(preset: str) -> None:
    assert all(len(tolerance.reason) > 20 for tolerance in tolerances_of(preset).values())


def test_presets_are_what_they_are_called() -> None:
    opencap = {name: one.limit for name, one in tolerances_of("opencap").items()}
    assert opencap["angle largest"] == pytest.approx(2.5 * DEG)
    assert opencap["angle rms"] == pytest.approx(0.5 * DEG)
    assert opencap["pro_sup largest"] == pytest.approx(5 * DEG)
    assert opencap["pro_sup rms"] == pytest.approx(1 * DEG)
    assert opencap["length largest"] == pytest.approx(0.002)
    assert opencap["length rms"] == pytest.approx(0.001)
    clinical = {name: one.limit for name, one in tolerances_of("clinical").items()}
    assert clinical["angle largest"] == pytest.approx(5 * DEG)
    assert clinical["angle rms"] == pytest.approx(2 * DEG)


@pytest.mark.parametrize(
    ("name", "unit", "group"),
    [
        ("pro_sup_l", "rad", "pro_sup"),
        ("knee_angle_r", "rad", "angle"),
        ("pelvis_tx", "m", "length"),
    ],
)
def test_coordinates_have_tolerances_of_their_kind(name: str, unit: str, group: str) -> None:
    assert group_of(name, unit) == group


def test_a_tolerance_without_a_reason_is_refused() -> None:
    with pytest.raises(ValueRangeError, match="reason"):
        Tolerance(0.1, "rad", "identical", " ")
