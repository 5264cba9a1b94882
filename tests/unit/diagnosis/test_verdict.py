from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from kinebench.diagnosis.faults import CAUSES, LIKELY
from kinebench.diagnosis.figures import COURSES, FIGURES
from kinebench.diagnosis.spread import error_of, notable, spread_of
from kinebench.diagnosis.suspicion import learnt
from kinebench.diagnosis.verdict import (
    ANGLE_CHANGE,
    Finding,
    angle_change,
    drop_interval,
    findings,
    part_text,
    percent,
    signed,
    verdict,
)
from kinebench.diagnosis.why import SOLVERS
from tests.unit.diagnosis.made_up_diagnosis import TIMES, chances, made_up


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
    assert names(found)[:2] == ["keypoint noise", "camera tilt sideways"]
    # the size counts from a half on: what has no swap is not held back
    assert found[1].weight == pytest.approx(0.45)
    swaps["camera tilt"] = {"side_drop": 0.02}
    found = findings(made_up(swaps, chances(tilt_sideways=0.9, keypoint_noise=0.8)))
    assert names(found)[0] == "camera tilt sideways"


def test_a_fault_needs_no_swap() -> None:
    first = findings(made_up({"a": {"side_drop": 0.006}}, chances(static_pose=0.7)))[0]
    assert (first.name, first.figure, first.swap) == ("static pose", None, "")


def test_two_causes_of_one_swap_have_it_once() -> None:
    faults = chances(tilt_sideways=0.9, tilt_forwards=0.8)
    found = findings(made_up({"camera tilt": {"side_drop": 0.02}}, faults))
    assert [one.name for one in found if one.swap == "camera tilt"] == ["camera tilt sideways"]


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
    assert "(>99 %)" in verdict(made_up({}, chances(mass=1.0)))[0]
    surely = replace(made_up({}), anything=0.0)
    assert "less likely: <1 %" in verdict(surely)[0]


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
    assert part_text("static window", 0.004, FIGURES[0], "v0.1") == "+4.0 mm (no interval)"


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
    moved.parts[SOLVERS][0] = 0.012
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


def said(*arguments: object, **options: object) -> str:
    return verdict(made_up(*arguments, **options))[0]  # type: ignore[arg-type]


def test_of_several_suspects_four_are_named_besides_the_first() -> None:
    several = chances(
        mass=0.96, size=0.95, filter=0.94, side_swaps=0.93, changing_lengths=0.92,
        low_keypoint=0.9, wandering_side=0.9,
    )  # fmt: skip
    assert said({}, several) == (
        "Most likely wrong (96 %): mass: mass is seen. To do: check the stated mass and its unit."
        " Also: size, filter, side swaps, changing lengths and 2 more."
    )


def test_where_no_cause_is_named_it_is_told_what_is_known() -> None:
    large, small = {"drop_m": -0.060}, {"drop_m": -0.010}
    assert said({}, **small) == (
        "No fault is shown by this recording, which makes one less likely: 10 %, where 70 % of the"
        " sessions learnt from had one. To do: nothing; see"
        " below what cannot be told."
    )
    assert said({}, **large) == (
        "The cause cannot be told from this recording: the side drop is larger than noise explains,"
        " and no check and no swap shows a fault; it may be the person. To do: record again, with"
        " the cameras elsewhere."
    )
    assert said({}, anything=0.85, **large) == (
        "Something is likely wrong (85 %), and what cannot be told from this recording: none of the"
        " causes that kinebench knows stands out. To do: record again, with the cameras elsewhere."
    )
    assert said({}, anything=0.849, **small).startswith("Something may be wrong (85 %; ")
    strange = replace(made_up({}, anything=0.99), strange=("late", "mass", "shear", "start"))
    assert verdict(strange)[0] == (
        "What is wrong cannot be told from this recording: it is unlike the squats, rises and jumps"
        " of two feet that causes were learnt on (late, mass, shear and 1 more). To do: read the"
        " figures below without a verdict."
    )


def test_two_candidates_are_told_from_a_tenth_on_with_what_tells_them_apart() -> None:
    once = chances(wandering_side=0.4, sinking_keypoint=0.1, mass=0.1)
    assert said({}, once, anything=0.9) == (
        "Something is likely wrong (90 %), and what cannot be told from this recording: wandering"
        " side (40 %) or sinking keypoint (10 %). To tell: record again with the cameras on the"
        " other side: an error of the keypoints changes with them, a person does not."
    )
    two = said({}, chances(size=0.4, mass=0.1), anything=0.9)
    assert two.endswith(
        "size (40 %) or mass (10 %). To tell: measure a known length in both recordings; a scale."
    )
    assert "or mass" not in said({}, chances(size=0.4, mass=0.099), anything=0.9)


@pytest.mark.parametrize(
    ("drop_m", "expected"),
    [
        # 90 sessions: 2.5 mm too high in the mean; t(0.975; 89)·√(1 + 1/90)·7.13 mm = 14.2 mm
        (-0.060, "squat: at the deepest points the right hip is 60.0 mm below the other (right −"
                 " left −60.0 mm; 95 % interval of the true drop −76.8 mm to −48.3 mm)."),
        (0.060, "squat: at the deepest points the left hip is 60.0 mm below the other (right −"
                " left +60.0 mm; 95 % interval of the true drop +43.2 mm to +71.7 mm)."),
        (0.0, "squat: at the deepest points the left hip is 0.0 mm below the other (right − left"
              " +0.0 mm; 95 % interval of the true drop −16.8 mm to +11.7 mm, so that it cannot be"
              " told from 0)."),
    ],
)  # fmt: skip
def test_what_is_seen_is_told_with_its_interval(drop_m: float, expected: str) -> None:
    assert verdict(made_up({}, drop_m=drop_m))[1] == expected


@pytest.mark.parametrize("sign", [-1, 1])
def test_an_interval_that_ends_at_0_cannot_be_told_from_it(sign: int) -> None:
    error = error_of(FIGURES[0], "v0.3")
    assert error is not None
    for share, is_told in ((0.99, False), (1.01, True)):
        drop_m = error.mean + sign * share * error.half_width
        seen = verdict(made_up({}, drop_m=drop_m))
        assert ("cannot be told from 0" not in seen[1]) is is_told
        assert seen[0].startswith("The cause cannot be told") is is_told
        low, high = drop_interval(made_up({}, drop_m=drop_m)) or (math.nan, math.nan)
        assert (low, high) == pytest.approx(
            (drop_m - error.mean - error.half_width, drop_m - error.mean + error.half_width)
        )


def test_without_an_interval_it_is_told_why() -> None:
    whole = verdict(replace(made_up({}), deep=np.arange(len(TIMES))))
    assert whole[1] == (
        "squat: over the whole trial the right hip is 10.0 mm below the other (right − left −10.0"
        " mm; no interval: noise was measured at the deepest points alone)."
    )
    told = {
        augmenter: verdict(replace(made_up({}), augmenter=augmenter))[1]
        for augmenter in ("v0.1", "")
    }
    assert "; no interval: noise was not measured with augmenter v0.1)" in told["v0.1"]
    assert "; no interval: noise was not measured for such markers)" in told[""]
    assert verdict(made_up({}, drop_m=math.nan))[1] == (
        "squat: the model has no hip joint centres to compare."
    )
    assert drop_interval(made_up({}, drop_m=math.nan)) is None


def test_the_bias_of_augmenter_and_noise_has_its_numbers() -> None:
    assert verdict(made_up({}))[2] == (
        "In 90 clean virtual sessions under all sorts of cameras the printed drop at depth was"
        " wrong by +2.5 mm in the mean, SD 7.1 mm, with augmenter v0.3; v0.2 in its place adds +6.2"
        " mm there, where nothing is wrong: the augmenter's own left and right. Real recordings"
        " vary more."
    )


def test_values_are_signed_and_in_the_unit_of_readers() -> None:
    by_name = {figure.name: figure for figure in FIGURES}
    assert signed(0.0123, by_name["side_drop"]) == "+12.3 mm"
    assert signed(math.radians(-7.0), by_name["hip_flexion"]) == "−7.0°"
    assert signed(-0.0123, by_name["leg_length"]) == "−1.2 %"
    # t(0.975; 29)·√(1 + 1/30)·2.14 mm
    assert part_text("static window", 0.004, FIGURES[0]) == "+4.0 mm ± 4.4 mm"
    assert part_text("static window", -0.004, FIGURES[0]) == "−4.0 mm ± 4.4 mm"


def test_a_doubt_that_the_recording_does_not_lessen_is_not_called_no_fault() -> None:
    assert said({}, anything=0.76) == (
        "Something may be wrong (76 %; of the sessions learnt from 70 % had a fault), but no single"
        " cause stands out. To tell: record again, with the cameras elsewhere, and compare."
    )
    assert said({}, chances(mass=0.17, size=0.1), anything=0.76) == (
        "Something may be wrong (76 %; of the sessions learnt from 70 % had a fault), but no single"
        " cause stands out (most likely: mass, 17 %). To tell: a scale."
    )
    before = 1 - learnt().clean_share
    assert said({}, anything=before).startswith("Something may be wrong (70 %; ")
    assert said({}, anything=before - 1e-9).startswith("No fault is shown")
    assert said({}, anything=0.56).startswith(
        "No fault is shown by this recording, which makes one less likely: 56 %, where 70 % of the"
        " sessions learnt from had one. To do: nothing"
    )


def swapped(part_m: float, **changes: object) -> str:
    return verdict(replace(made_up({"augmenter version": {"side_drop": part_m}}), **changes))[0]  # type: ignore[arg-type]


def test_the_lead_says_what_the_drop_depends_on_most_and_whether_that_is_ordinary() -> None:
    """Clean: +6.15 mm in the mean, ± t(0.975; 29)·√(1 + 1/30)·8.22 mm = 17.09 mm."""
    start = (
        "The drop of 10.0 mm depends most on: augmenter version (augmenter version now →"
        " augmenter version instead: "
    )
    usual = "in 95 % of clean sessions it is −10.9 mm to +23.2 mm."
    assert swapped(0.012).endswith(f" {start}+12.0 mm), which is ordinary: {usual}")
    assert swapped(-0.012).endswith(f" {start}−12.0 mm), which is unusual: {usual}")
    # what clean sessions with v0.3 do says nothing of another augmenter
    other = swapped(0.012, augmenter="v0.1")
    assert other.endswith(f" {start}+12.0 mm), and how much it usually does was not measured.")
    assert "depends" not in swapped(0.0029)  # of no interest
    assert "depends" not in said({"a": {"side_drop": 0.02}}, drop_m=math.nan)
    several = {"a": {"side_drop": 0.004}, "camera tilt": {"side_drop": -0.02}}
    assert "depends most on: camera tilt sideways (" in said(several, chances(tilt_sideways=0.9))


def test_of_optical_markers_nothing_is_judged_and_nothing_said_of_the_augmenter() -> None:
    reason = "optical markers; the probabilities were learnt on video keypoints"
    optical = replace(
        made_up({"a": {"side_drop": 0.004}}), faults=(), anything=math.nan, augmenter="",
        unjudged=reason,
    )  # fmt: skip
    answer, seen, *more = verdict(optical)
    assert answer.startswith(f"Not judged: {reason}.")
    assert "depends most on: a (" in answer  # swaps are told
    assert seen.startswith("squat: at the deepest points the right hip is 10.0 mm below")
    assert more == []
    text = " ".join((answer, seen, *optical.undecidable))
    assert not any(word in text for word in ("v0.2", "v0.3", "augmenter", "detector", "No fault"))
    assert reason in optical.undecidable[0]


def test_the_bias_of_augmenter_v0_3_is_not_told_of_another() -> None:
    for augmenter in ("v0.1", "lab-1", ""):
        other = replace(made_up({}), augmenter=augmenter)
        assert len(verdict(other)) == 2
        assert not any("v0.3" in sentence for sentence in verdict(other))
        told = any("augmenter version" in what for what in other.undecidable)
        assert told is bool(augmenter)


def test_settings_of_the_run_are_advice_unless_they_move_the_drop() -> None:
    faults = chances(**{"start-up": 0.99}, size=0.6)
    swaps = {"augmenter start-up": {"side_drop": 0.001}}
    found = findings(made_up(swaps, faults))
    assert [(one.name, one.suspect, one.run_advice) for one in found[:2]] == [
        ("size", True, False), ("augmenter start-up", False, True),
    ]  # fmt: skip
    advice = (
        "Advice on the run: run the augmenter with --warm-up 1, or record from standing (augmenter"
        " start-up, 99 %: start-up is seen)."
    )
    assert said(swaps, faults).startswith("Most likely wrong (60 %): size: ")
    assert said(swaps, faults).endswith(f" {advice}")
    alone = replace(made_up(swaps, chances(**{"start-up": 0.99})), anything=0.1)
    assert verdict(alone)[0] == (
        "No fault is shown by this recording, which makes one less likely: 10 %, where 70 % of the"
        " sessions learnt from had one. To do: nothing about"
        f" the recording; see below what cannot be told. {advice}"
    )
    limit = notable("augmenter start-up", FIGURES[0])
    moved = {"augmenter start-up": {"side_drop": -limit}}
    assert said(moved, chances(**{"start-up": 0.99})).startswith(
        "Most likely wrong (99 %): augmenter start-up: start-up is seen."
    )
    assert "Most likely" not in said({}, chances(frame_rate=0.99), anything=0.1)


def test_a_cause_whose_features_were_not_measured_is_not_judged() -> None:
    blind = tuple(
        replace(fault, measured=fault.name != "size") for fault in chances(size=0.9, mass=0.6)
    )
    found = findings(made_up({}, blind))
    assert (found[0].name, found[0].suspect) == ("mass", True)
    assert "size" not in names(found)


@pytest.mark.parametrize(
    ("probability", "told"),
    [(0.0, "<1 %"), (0.004, "<1 %"), (0.006, "1 %"), (0.83, "83 %"), (0.994, "99 %"),
     (0.996, ">99 %"), (1.0, ">99 %")],
)  # fmt: skip
def test_a_probability_is_rounded_once_and_never_certain(probability: float, told: str) -> None:
    assert percent(probability) == told


# ---- findings


def test_from_15_per_cent_on_a_cause_is_possible() -> None:
    found = findings(made_up({}, chances(size=0.2, mass=0.15, filter=0.149)))
    assert [one.name for one in found if not math.isnan(one.probability)] == ["size", "mass"]
    assert not any(one.suspect for one in found)


def test_suspects_come_by_weight_what_is_possible_by_chance_and_the_rest_by_size() -> None:
    swaps = {
        "small": {"side_drop": 0.001}, "large": {"side_drop": 0.1}, "middle": {"side_drop": 0.01},
    }  # fmt: skip
    faults = chances(mass=0.6, size=0.7, filter=0.2, side_swaps=0.3)
    found = findings(made_up(swaps, faults))
    assert names(found) == [
        "size", "mass", "side swaps", "filter", "large", "middle", "small", SOLVERS,
    ]  # fmt: skip
    assert [one.suspect for one in found] == [True, True, *[False] * 6]
    large = found[4]
    assert (large.now, large.instead, large.swap) == ("large now", "large instead", "large")
    assert (large.figure, large.part) == (FIGURES[0], pytest.approx(0.1))
    assert large.size == pytest.approx(0.1 / 3e-3)
    assert (large.shown, large.advice, large.suspect) == ("", "", False)


@pytest.mark.parametrize(
    ("size", "weight"),
    [(0.0, 0.4), (0.5, 0.4), (0.75, 0.6), (1.0, 0.8), (9.0, 0.8), (math.nan, 0.8)],
)  # fmt: skip
def test_a_weight_is_the_chance_times_a_size_from_a_half_to_one(size: float, weight: float) -> None:
    assert Finding("a", 0.8, "", "", size=size).weight == pytest.approx(weight)
    assert Finding("a", math.nan, "", "", size=size).weight == LIKELY / 2


def test_a_part_that_is_not_known_is_no_size() -> None:
    unknown = made_up({"a": {"side_drop": math.nan, "floor_contact": 0.001}})
    first = findings(unknown)[0]
    assert (first.figure, first.part) == (FIGURES[5], 0.001)
    nothing = findings(made_up({"a": {"side_drop": math.nan}}))[0]
    assert nothing.size == 0.0


def test_solvers_are_suspected_from_what_is_notable_on_and_told_with_what_they_do() -> None:
    limit = notable(SOLVERS, FIGURES[0])
    for part, is_suspect in ((limit, True), (0.999 * limit, False)):
        moved = made_up({})
        moved.parts[SOLVERS][0] = part
        assert findings(moved)[0].suspect is is_suspect
    first = findings(moved)[0]
    assert (first.shown, first.swap, first.now, first.instead) == (
        "", SOLVERS, "OpenSim's scaling and inverse kinematics", "solved to the optimum",
    )  # fmt: skip
    assert first.advice == "solve to the optimum (--engine fast)"
    assert (first.figure, first.part) == (FIGURES[0], pytest.approx(0.999 * limit))
    assert math.isnan(first.probability)
    restless = made_up({})
    restless.parts[SOLVERS][FIGURES.index(FIGURES[-1])] = 1.0
    first = findings(restless)[0]
    assert (first.figure, first.suspect) == (FIGURES[-1], False)  # the legs' jitter is of no side
    assert FIGURES[-1].name == "jitter"


# ---- change of angles


@pytest.mark.parametrize(
    ("rate_hz", "n_frames", "n_mean"),
    [(60, 121, 12), (100, 50, 20), (10, 4, 2), (2, 9, 1), (60, 5, 5), (60, 1, 1)],
)  # fmt: skip
@pytest.mark.parametrize("where", [0, -1])
def test_angles_are_averaged_over_a_fifth_of_a_second_wherever_it_is(
    rate_hz: float, n_frames: int, n_mean: int, where: int
) -> None:
    """One frame of 6°, of so many."""
    part = np.zeros((n_frames, len(COURSES)))
    part[where, 1:] = math.radians(6.0)
    found = angle_change(3.0 + np.arange(n_frames) / rate_hz, part)
    assert math.degrees(found) == pytest.approx(6.0 / math.sqrt(n_mean), rel=1e-6)


def test_an_angle_with_a_gap_does_not_count() -> None:
    part = np.full((2, len(COURSES)), 0.1)
    part[1, 1] = np.nan
    part[:, 2] = 0.3
    mean = (0.09 + (len(COURSES) - 3) * 0.01) / (len(COURSES) - 2)
    assert angle_change(np.array([0.0, 0.1]), part) == pytest.approx(math.sqrt(mean))


# ---- the diagnosis itself


def test_ranked_by_a_figure_unknown_parts_come_last() -> None:
    found = made_up({"a": {"pelvis_list": -0.2}, "b": {"pelvis_list": math.nan},
                     "c": {"pelvis_list": 0.3, "side_drop": 9.0}})  # fmt: skip
    ranked = found.ranked("pelvis_list")
    assert [name for name, _ in ranked[:2]] == ["c", "a"]
    assert [part for _, part in ranked[:2]] == [0.3, -0.2]
    assert {name for name, _ in ranked[2:]} == {"b", SOLVERS}
    assert found.n_deep_frames == 5
