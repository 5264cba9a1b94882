from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from made_up_diagnosis import TIMES, chances, made_up

from kinebench.diagnosis.faults import CAUSES, LIKELY
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


def test_what_is_likely_wrong_comes_before_what_changes_more() -> None:
    diagnosis = made_up(
        {"augmenter version": {"side_drop": 0.020}, "keypoint noise": {"side_drop": 0.001}},
        chances(keypoint_noise=0.9),
    )
    first = findings(diagnosis)[0]
    assert (first.name, first.suspect, first.swap) == ("keypoint noise", True, "keypoint noise")
    assert first.part == pytest.approx(0.001)


def test_an_effect_is_no_suspicion() -> None:
    diagnosis = made_up({"augmenter version": {"side_drop": 0.05}})
    assert not any(one.suspect for one in findings(diagnosis))
    assert verdict(diagnosis)[0].startswith("No fault is shown")
    assert "right hip is 10.0 mm below" in verdict(diagnosis)[1]


def test_the_verdict_is_one_sentence_and_what_to_do() -> None:
    diagnosis = made_up({}, chances(static_pose=0.87, side_swaps=0.7))
    assert verdict(diagnosis)[0] == (
        "Most likely wrong (87 %): static pose: static pose is seen. To do: record a static trial"
        " again, standing upright with straight knees. Also: side swaps."
    )


def test_of_two_alike_the_one_that_matters_comes_first() -> None:
    swaps = {"camera tilt": {"side_drop": 0.0001}, "keypoint noise": {"side_drop": 0.02}}
    found = findings(made_up(swaps, chances(tilt_sideways=0.9, keypoint_noise=0.8)))
    assert names(found)[:2] == ["keypoint noise", "tilt sideways"]
    # the size counts from a half on: what has no swap is not held back
    assert found[1].weight == pytest.approx(0.45)
    swaps["camera tilt"] = {"side_drop": 0.02}
    found = findings(made_up(swaps, chances(tilt_sideways=0.9, keypoint_noise=0.8)))
    assert names(found)[0] == "tilt sideways"


def test_a_fault_needs_no_swap() -> None:
    first = findings(made_up({"a": {"side_drop": 0.006}}, chances(static_pose=0.7)))[0]
    assert (first.name, first.figure, first.swap) == ("static pose", None, "")


def test_two_causes_of_one_swap_have_it_once() -> None:
    faults = chances(tilt_sideways=0.9, tilt_forwards=0.8)
    found = findings(made_up({"camera tilt": {"side_drop": 0.02}}, faults))
    assert [one.name for one in found if one.swap == "camera tilt"] == ["tilt sideways"]


@pytest.mark.parametrize(("chance", "suspect"), [(LIKELY - 0.01, False), (LIKELY, True)])
def test_likely_is_a_limit(chance: float, suspect: bool) -> None:
    first = findings(made_up({}, chances(size=chance)))[0]
    assert (first.name, first.suspect) == ("size", suspect)


def test_what_cannot_be_told_is_told_with_what_would_tell() -> None:
    faults = chances(low_keypoint=0.45, person_moves_unevenly=0.3)
    said = verdict(made_up({}, faults, anything=0.9))[0]
    assert "cannot be told from this recording: low keypoint (45 %)" in said
    assert "or person moves unevenly (30 %)" in said
    assert CAUSES["low keypoint"].apart in said
    nobody = verdict(made_up({}, chances(), anything=0.9))[0]
    assert "none of the causes that kinebench knows" in nobody


def test_of_a_strange_recording_nothing_is_accused() -> None:
    odd = replace(made_up({}, chances(size=0.95)), strange=("floor slope", "late"))
    assert not any(one.suspect for one in findings(odd))
    assert "unlike the squats" in verdict(odd)[0]
    assert "floor slope, late" in verdict(odd)[0]


def test_nothing_is_certain() -> None:
    assert "(99 %)" in verdict(made_up({}, chances(mass=1.0)))[0]
    assert "wrong: 1 %" in verdict(made_up({}, chances(mass=0.001), drop_m=0.0, anything=0.0))[0]


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_the_size_does_not_depend_on_the_sign(sign: float) -> None:
    one = findings(made_up({"a": {"floor_contact": sign * 0.010}}))[0]
    assert one.size == pytest.approx(2.0)
    assert one.part == pytest.approx(sign * 0.010)


def test_notable_is_more_than_the_same_swap_changes_in_clean_sessions() -> None:
    spread = spread_of("static window", FIGURES[0])
    assert spread is not None
    assert notable("static window", FIGURES[0]) == max(FIGURES[0].notable, spread.rms)
    assert notable("a cause without sessions", FIGURES[0]) == FIGURES[0].notable
    assert notable("augmenter version", FIGURES[0]) > 0.010


@pytest.mark.parametrize(("drop_m", "is_told"), [(0.010, False), (-0.060, True)])
def test_the_drop_has_an_interval(drop_m: float, is_told: bool) -> None:
    diagnosis = made_up({}, drop_m=drop_m)
    said = verdict(diagnosis)[1]
    low, high = drop_interval(diagnosis) or (math.nan, math.nan)
    assert low < drop_m < high
    assert ("cannot be told from 0" in said) is (not is_told)
    assert (f"{-1e3 * low:.1f} mm to −{-1e3 * high:.1f} mm" in said) is is_told


def test_a_large_drop_without_a_fault_cannot_be_told() -> None:
    said = verdict(made_up({}, drop_m=-0.060))[0]
    assert said.startswith("The cause cannot be told from this recording")
    assert "the person" in said


@pytest.mark.parametrize("augmenter", ["v0.1", "lab-1", ""])
def test_there_is_no_interval_where_noise_was_not_measured(augmenter: str) -> None:
    other = replace(made_up({}), augmenter=augmenter)
    assert drop_interval(other) is None
    assert "no interval" in verdict(other)[1]
    whole = replace(made_up({}), deep=np.arange(len(TIMES)))
    assert drop_interval(whole) is None


def test_the_augmenters_own_bias_is_stated() -> None:
    assert "clean virtual sessions" in verdict(made_up({}))[2]


def test_parts_have_their_noise_or_say_that_they_have_none() -> None:
    assert part_text("static window", 0.004, FIGURES[0]).startswith("+4.0 mm ± ")
    assert part_text("augmenter timing", 0.004, FIGURES[0]) == "+4.0 mm (no interval)"
    assert part_text("static window", math.nan, FIGURES[0]) == "—"


def test_angles_count_where_they_change_most() -> None:
    diagnosis = made_up({"start-up": {}}, angles_deg={"start-up": 3.0})
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
    seen = verdict(made_up({"a": {}}, drop_m=math.nan))[1]
    assert "no hip joint centres" in seen


def test_solvers_are_a_sensitivity_unless_they_move_a_side() -> None:
    angles_alone = made_up({"a": {}}, angles_deg={SOLVERS: 8.0})
    assert names(findings(angles_alone))[0] == SOLVERS
    assert not findings(angles_alone)[0].suspect
    moved = made_up({"a": {}})
    moved.parts[SOLVERS][0] = 0.012  # type: ignore[index]
    first = findings(moved)[0]
    assert (first.name, first.suspect) == (SOLVERS, True)
    assert "Most likely wrong: solvers: OpenSim's tools stopped short" in verdict(moved)[0]
    # what was measured, and not learnt, comes after what has a probability
    both = replace(moved, faults=chances(size=0.75))
    assert names(findings(both))[:2] == ["size", SOLVERS]


def test_deep_frames_become_spans() -> None:
    spans = made_up({}).deep_spans_s
    assert spans == ((40 / 60, 42 / 60), (90 / 60, 91 / 60))


def test_without_repetitions_the_whole_trial_is_told() -> None:
    whole = replace(made_up({}), deep=np.arange(len(TIMES)))
    assert "over the whole trial the right hip" in verdict(whole)[1]
    assert whole.deep_spans_s == ()
