from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from made_up_diagnosis import TIMES, made_up

from kinebench.diagnosis.figures import COURSES
from kinebench.diagnosis.verdict import ANGLE_CHANGE, angle_change, findings, verdict
from kinebench.diagnosis.why import SOLVERS


def names(found: object) -> list[str]:
    return [one.name for one in found]  # type: ignore[attr-defined]


def test_what_is_spoken_against_comes_before_what_changes_more() -> None:
    diagnosis = made_up(
        {"augmenter version": {"side_drop": 0.020}, "camera tilt": {"side_drop": 0.006}},
        {"camera tilt": "people appear to lean"},
    )
    assert names(findings(diagnosis)) == ["camera tilt", "augmenter version", SOLVERS]
    assert findings(diagnosis)[0].size == pytest.approx(2.0)


def test_a_doubt_without_effect_is_no_suspicion() -> None:
    diagnosis = made_up({"camera tilt": {"side_drop": 0.001}}, {"camera tilt": "it leans"})
    assert not findings(diagnosis)[0].suspect
    assert verdict(diagnosis)[1].startswith("Nothing stands out: no cause")


def test_an_effect_without_doubt_is_no_suspicion() -> None:
    seen, made_by = verdict(made_up({"augmenter version": {"side_drop": 0.02}}, {}))
    assert made_by.startswith("Nothing stands out")
    assert "augmenter version matters most" in made_by
    assert "+20.0 mm" in made_by
    assert "right hip is 10.0 mm below" in seen


def test_suspects_are_ranked_by_size_in_notable_units() -> None:
    diagnosis = made_up(
        {"a": {"side_drop": 0.006}, "b": {"leg_length": 0.03}, "c": {"knee_flexion": 0.2}},
        {"a": "x", "b": "x", "c": "x"},
    )
    assert names(findings(diagnosis))[:3] == ["c", "b", "a"]
    said = verdict(diagnosis)[1]
    assert said.startswith("Most doubtful: c (x); c instead instead of c now")
    assert said.endswith("Then: b, a.")
    assert "knee flexion by +11.5°" in said


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_the_size_does_not_depend_on_the_sign(sign: float) -> None:
    one = findings(made_up({"a": {"floor_contact": sign * 0.010}}, {"a": "x"}))[0]
    assert one.size == pytest.approx(2.0)
    assert one.part == pytest.approx(sign * 0.010)


def test_angles_count_where_they_change_most() -> None:
    diagnosis = made_up({"start-up": {}}, {"start-up": "x"}, {"start-up": 3.0})
    first = findings(diagnosis)[0]
    assert first.figure is ANGLE_CHANGE
    assert math.degrees(first.part) == pytest.approx(3.0)
    assert "angles by 3.0°" in verdict(diagnosis)[1]


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
    seen, _ = verdict(made_up({"a": {}}, {}, drop_m=math.nan))
    assert "no hip joint centres" in seen


def test_solvers_are_spoken_against_by_what_they_are() -> None:
    diagnosis = made_up({"a": {}}, {}, {SOLVERS: 2.0})
    first = findings(diagnosis)[0]
    assert first.name == SOLVERS
    assert first.suspect


def test_deep_frames_become_spans() -> None:
    spans = made_up({}, {}).deep_spans_s
    assert spans == ((40 / 60, 42 / 60), (90 / 60, 91 / 60))


def test_without_repetitions_the_whole_trial_is_told() -> None:
    whole = replace(made_up({}, {}), deep=np.arange(len(TIMES)))
    assert "over the whole trial the right hip" in verdict(whole)[0]
    assert whole.deep_spans_s == ()
