from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from made_up_diagnosis import TIMES, made_up

from kinebench.diagnosis.evidence import Indication
from kinebench.diagnosis.faults import Fault
from kinebench.diagnosis.figures import COURSES, FIGURES
from kinebench.diagnosis.spread import notable, spread_of
from kinebench.diagnosis.verdict import (
    ANGLE_CHANGE,
    angle_change,
    drop_interval,
    findings,
    part_text,
    verdict,
)
from kinebench.diagnosis.why import SOLVERS


def names(found: object) -> list[str]:
    return [one.name for one in found]  # type: ignore[attr-defined]


def test_what_is_shown_comes_before_what_changes_more() -> None:
    diagnosis = made_up(
        {"augmenter version": {"side_drop": 0.020}, "a": {"side_drop": 0.006}},
        {"a": "people appear to lean"},
    )
    assert names(findings(diagnosis))[0] == "a"
    assert findings(diagnosis)[0].size == pytest.approx(2.0)


def test_evidence_without_effect_is_no_suspicion() -> None:
    diagnosis = made_up({"camera tilt": {"side_drop": 0.001}}, {"camera tilt": "it leans"})
    assert not findings(diagnosis)[0].suspect
    assert verdict(diagnosis)[0].startswith("No fault is shown")


def test_an_effect_without_evidence_is_no_suspicion() -> None:
    diagnosis = made_up({"augmenter version": {"side_drop": 0.05}}, {})
    assert not any(one.suspect for one in findings(diagnosis))
    assert "right hip is 10.0 mm below" in verdict(diagnosis)[1]


def test_the_strongest_evidence_comes_first_and_says_what_to_do() -> None:
    diagnosis = made_up(
        {"a": {"side_drop": 0.006}, "b": {"leg_length": 0.03}, "c": {"knee_flexion": 0.2}},
        {"a": "x", "b": "y", "c": "z"},
        strengths={"a": 2.0, "b": 3.0, "c": 1.1},
    )
    assert names(findings(diagnosis))[:3] == ["b", "a", "c"]
    said = verdict(diagnosis)[0]
    assert said == "Most likely wrong: b (y). To do: mend b. Also: a, c."


def test_a_fault_needs_no_swap() -> None:
    fault = Fault("static pose", Indication("the right knee is bent by 14°", 1.7), "record again")
    diagnosis = made_up({"a": {"side_drop": 0.006}}, {"a": "x"}, faults=(fault,))
    first = findings(diagnosis)[0]
    assert (first.name, first.figure, first.suspect) == ("static pose", None, True)
    assert (
        "static pose (the right knee is bent by 14°). To do: record again."
        in (verdict(diagnosis)[0])
    )


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_the_size_does_not_depend_on_the_sign(sign: float) -> None:
    one = findings(made_up({"a": {"floor_contact": sign * 0.010}}, {"a": "x"}))[0]
    assert one.size == pytest.approx(2.0)
    assert one.part == pytest.approx(sign * 0.010)


def test_notable_is_more_than_the_same_swap_changes_in_clean_sessions() -> None:
    spread = spread_of("static window", FIGURES[0])
    assert spread is not None
    assert notable("static window", FIGURES[0]) == max(FIGURES[0].notable, spread.rms)
    assert notable("a cause without sessions", FIGURES[0]) == FIGURES[0].notable
    assert notable("augmenter version", FIGURES[0]) > 0.010


@pytest.mark.parametrize(
    ("drop_m", "told"),
    [(0.010, "cannot be told from 0"), (-0.060, "95 % interval of the true drop −8")],
)
def test_the_drop_has_an_interval(drop_m: float, told: str) -> None:
    diagnosis = made_up({}, {}, drop_m=drop_m)
    assert told in verdict(diagnosis)[1]
    low, high = drop_interval(diagnosis) or (math.nan, math.nan)
    assert low < drop_m < high


def test_a_large_drop_without_a_fault_cannot_be_told() -> None:
    said = verdict(made_up({}, {}, drop_m=-0.060))[0]
    assert said.startswith("The cause cannot be told from this recording")
    assert "the person" in said


@pytest.mark.parametrize("augmenter", ["v0.1", "lab-1", ""])
def test_there_is_no_interval_where_noise_was_not_measured(augmenter: str) -> None:
    other = replace(made_up({}, {}), augmenter=augmenter)
    assert drop_interval(other) is None
    assert "no interval" in verdict(other)[1]
    whole = replace(made_up({}, {}), deep=np.arange(len(TIMES)))
    assert drop_interval(whole) is None


def test_the_augmenters_own_bias_is_stated() -> None:
    assert "clean virtual sessions" in verdict(made_up({}, {}))[2]


def test_parts_have_their_noise_or_say_that_they_have_none() -> None:
    assert part_text("static window", 0.004, FIGURES[0]).startswith("+4.0 mm ± ")
    assert part_text("augmenter timing", 0.004, FIGURES[0]) == "+4.0 mm (no interval)"
    assert part_text("static window", math.nan, FIGURES[0]) == "—"


def test_angles_count_where_they_change_most() -> None:
    diagnosis = made_up({"start-up": {}}, {"start-up": "x"}, {"start-up": 3.0})
    first = findings(diagnosis)[0]
    assert first.figure is ANGLE_CHANGE
    assert math.degrees(first.part) == pytest.approx(3.0)


def test_a_short_spike_is_averaged_over_a_fifth_of_a_second() -> None:
    part = np.zeros((len(TIMES), len(COURSES)))
    part[7, 1:] = math.radians(6.0)
    assert math.degrees(angle_change(TIMES, part)) == pytest.approx(6.0 / math.sqrt(12), rel=1e-6)


def test_the_side_drop_is_no_angle_and_unknown_angles_do_not_count() -> None:
    part = np.zeros((len(TIMES), len(COURSES)))
    part[:, 0] = 1.0
    assert angle_change(TIMES, part) == 0.0
    part[:, 1] = np.nan
    part[:, 2] = 0.1
    assert angle_change(TIMES, part) == pytest.approx(0.1 / math.sqrt(len(COURSES) - 2))
    assert angle_change(TIMES, np.full_like(part, np.nan)) == 0.0


def test_a_model_without_hips_is_told() -> None:
    seen = verdict(made_up({"a": {}}, {}, drop_m=math.nan))[1]
    assert "no hip joint centres" in seen


def test_solvers_are_a_sensitivity_unless_they_move_a_side() -> None:
    angles_alone = made_up({"a": {}}, {}, {SOLVERS: 8.0})
    assert names(findings(angles_alone))[0] == SOLVERS
    assert not findings(angles_alone)[0].suspect
    moved = made_up({"a": {}}, {})
    moved.parts[SOLVERS][0] = 0.012  # type: ignore[index]
    first = findings(moved)[0]
    assert (first.name, first.suspect) == (SOLVERS, True)
    assert "stopped short" in verdict(moved)[0]


def test_deep_frames_become_spans() -> None:
    spans = made_up({}, {}).deep_spans_s
    assert spans == ((40 / 60, 42 / 60), (90 / 60, 91 / 60))


def test_without_repetitions_the_whole_trial_is_told() -> None:
    whole = replace(made_up({}, {}), deep=np.arange(len(TIMES)))
    assert "over the whole trial the right hip" in verdict(whole)[1]
    assert whole.deep_spans_s == ()
