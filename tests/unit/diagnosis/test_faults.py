from __future__ import annotations

import math
from dataclasses import replace

import pytest

from kinebench.diagnosis.faults import (
    CAUSES,
    LIKELY,
    Fault,
    faults_of,
    of_causes,
    recorded_wrong,
)
from kinebench.diagnosis.features import FEATURES
from kinebench.diagnosis.pictures import PICTURES
from kinebench.diagnosis.suspicion import ANYTHING, Learnt, learnt
from kinebench.diagnosis.swaps import Cause

UNKNOWN = dict.fromkeys(FEATURES, math.nan)
USUAL = dict.fromkeys(FEATURES, (0.0, 2.0))


def model(**odds: dict[str, float]) -> Learnt:
    named = {name.replace("_", " "): weights for name, weights in odds.items()}
    odds_of = {kind: named.get(kind, {"constant": -9.0}) for kind in (*learnt().kinds, ANYTHING)}
    return Learnt(USUAL, odds_of, (), 0.5, "")


def named(found: tuple[Fault, ...]) -> dict[str, Fault]:
    return {fault.name: fault for fault in found}


def test_every_kind_that_was_learnt_can_be_told_in_words() -> None:
    for kind in learnt().kinds:
        name, _, which = kind.partition(": ")
        assert set(CAUSES[name].telling[which]) <= set(FEATURES), kind


def test_every_cause_has_what_a_page_needs() -> None:
    for name, words in CAUSES.items():
        assert words.picture in (*PICTURES, "none"), name
        assert words.advice
        assert words.apart
        assert any(kind.split(":")[0] == name for kind in learnt().kinds), name
    swaps = {words.swap for words in CAUSES.values()} - {""}
    assert set(Cause.__dataclass_fields__) == {"name", "now", "instead", "swap"}
    assert "augmenter version" not in swaps  # a version is never accused for being older


def test_a_cause_is_as_likely_as_any_of_its_kinds() -> None:
    assert of_causes({"a: x": 0.5, "a: y": 0.5, "b": 0.1}) == pytest.approx({"a": 0.75, "b": 0.1})


def test_the_likeliest_kind_speaks() -> None:
    found, _, _ = faults_of(
        {**UNKNOWN, "static bent, own": 21.0},
        model(**{"static pose: both knees": {"constant": -5.0, "static bent, own": 1.0}}),
    )
    first = found[0]
    assert (first.name, first.kind, first.likely) == ("static pose", "both knees", True)
    assert first.probability > LIKELY
    # 21° are 10.5 spreads, of which 8 count
    assert first.deviations == (("static bent, own", 8.0),)
    assert first.shown.endswith("movement is straightest: 21° (usual: −4.0 to 4.0°)")


@pytest.mark.parametrize(
    ("value", "side", "other"), [(14.2, "right", "left"), (-14.2, "left", "right")]
)
def test_a_side_is_told_by_its_sign(value: float, side: str, other: str) -> None:
    odds = {"static pose: one knee": {"constant": 5.0}}
    found, _, _ = faults_of({**UNKNOWN, "static uneven": value}, model(**odds))
    told = named(found)["static pose"].shown
    assert f"the {side} knee is more bent than the {other} one" in told
    assert "by 14° (usual: up to 4.0°)" in told


def test_a_cause_that_clean_sessions_resemble_takes_more_to_be_likely() -> None:
    odds = model(mass={"constant": 1.0}, size={"constant": 1.0})
    found = named(faults_of(UNKNOWN, replace(odds, likely={"mass": 0.8}))[0])
    assert found["mass"].probability == found["size"].probability == pytest.approx(0.731, abs=1e-3)
    assert (found["mass"].likely, found["size"].likely) == (False, True)


def test_logarithms_are_shown_as_what_they_are_of() -> None:
    odds = {"keypoint noise": {"constant": 5.0}}
    features = {**UNKNOWN, "tremble, most": math.log(30.0), "tremble": math.log(40.0)}
    told = named(faults_of(features, model(**odds))[0])["keypoint noise"].shown
    assert "tremble of the more restless leg: 30 mm" in told
    assert "the right leg trembles more than the left, 40.0 times" in told


def test_something_is_wrong_at_least_as_likely_as_the_likeliest_cause() -> None:
    found, anything, strange = faults_of(UNKNOWN, model(mass={"constant": 2.0}))
    assert anything == found[0].probability
    assert strange == ()
    assert [fault.probability for fault in found] == sorted(
        (fault.probability for fault in found), reverse=True
    )
    _, more, _ = faults_of(UNKNOWN, model(**{ANYTHING: {"constant": 3.0}}))
    assert more == pytest.approx(1 / (1 + math.exp(-3.0)))


def test_a_recording_unlike_all_others_is_strange() -> None:
    few = replace(model(), strange=2)
    features = {**UNKNOWN, "hip height": 12.0, "mass": -40.0, "static bent": 11.9}
    assert faults_of(features, few)[2] == ()
    assert set(faults_of({**features, "late": 13.0}, few)[2]) == {"hip height", "mass", "late"}


def test_a_cause_that_a_swap_does_without_names_it() -> None:
    assert {name: words.swap for name, words in CAUSES.items() if words.swap} == {
        "static window": "static window", "tilt sideways": "camera tilt",
        "tilt forwards": "camera tilt", "keypoint noise": "keypoint noise",
        "start-up": "augmenter start-up", "frame rate": "augmenter timing",
        "scaling set-up": "scaling set-up",
    }  # fmt: skip


def told(kind: str, **features: float) -> str:
    """What a likely cause is shown by; underscores stand for blanks."""
    given = {name.replace("_", " "): value for name, value in features.items()}
    found = faults_of({**UNKNOWN, **given}, model(**{kind: {"constant": 5.0}}))[0]
    return named(found)[kind.split(":")[0]].shown


@pytest.mark.parametrize(
    ("kind", "feature", "value", "expected"),
    [
        # not of a side: the value, and 95 % of clean sessions
        ("size", "size, change", 12.34, "segments of the movement are longer than in the static"
         " trial: 12 % (usual: −4.0 to 4.0 %)"),
        ("size", "size, change", -9.94, "segments of the movement are longer than in the static"
         " trial: −9.9 % (usual: −4.0 to 4.0 %)"),
        ("size", "size, change", 10.0, "segments of the movement are longer than in the static"
         " trial: 10 % (usual: −4.0 to 4.0 %)"),
        ("static window", "window knee", 9.9, "a knee is more bent in the static window than in"
         " another: 9.9° (usual: −4.0 to 4.0°)"),
        # of a side
        ("one side late", "late", -50.0, "the left knee bends later than the right by 50 ms (usual:"
         " up to 4.0 ms)"),
        ("static pose: one knee", "static uneven", 9.0, "the right knee is more bent than the left"
         " one where the model is scaled by 9.0° (usual: up to 4.0°)"),
        # logarithms: of a ratio of sides, and of a size
        ("keypoint noise", "tremble", -math.log(40.0), "the left leg trembles more than the right,"
         " 40.0 times (usual: up to 54.6)"),
        ("floor outlier", "low outlier", math.log(61.0), "lowest frame of a foot's keypoint below"
         " the course around it: 61 mm (usual: 0.0 to 55 mm)"),
        ("mass", "mass", math.log(30.0), "stated body-mass index: 30 times 24 kg/m² (usual: 0.0 to"
         " 55 times 24 kg/m²)"),
        # of a choice: there is nothing to measure
        ("scaling set-up", "needless set-up", 4.0, "the set-up for any pose is used on a straight"
         " one"),
    ],
)  # fmt: skip
def test_a_feature_is_told_with_what_is_usual(
    kind: str, feature: str, value: float, expected: str
) -> None:
    """Usual is 0 ± 2 of everything here, of which 95 % are within ± 4."""
    assert told(kind, **{feature: value}) == expected


def test_what_is_usual_lies_about_its_middle() -> None:
    usual = {**USUAL, "size, change": (1.0, 3.0)}
    odds = replace(model(size={"constant": 5.0}), usual=usual)
    found = named(faults_of({**UNKNOWN, "size, change": 12.0}, odds)[0])["size"]
    assert found.shown.endswith("12 % (usual: −5.0 to 7.0 %)")
    assert found.deviations == (("size, change", pytest.approx(11.0 / 3.0)),)


def test_of_several_features_those_beyond_one_and_a_half_spreads_are_told_in_order() -> None:
    """Spreads are 2: 3.0 is one and a half, and no more than that."""
    both = told("one side late", late=3.1, late_path=-3.1)
    first, second = both.split("; ")
    assert first.startswith("the right knee bends later than the left by 3.1 ms")
    assert second.startswith("the left knee's path is later than the right's by 3.1 ms")
    assert "path" not in told("one side late", late=3.1, late_path=3.0)
    nothing = "no single number of the recording is unusual, all of them together are"
    assert told("one side late", late=3.0) == nothing
    assert told("one side late") == nothing


def test_a_cause_without_a_threshold_is_likely_from_one_half_on() -> None:
    assert Fault("mass", 0.5, "x") == Fault("mass", 0.5, "x", "", (), LIKELY)
    assert Fault("mass", 0.5, "x").likely
    assert not Fault("mass", 0.499, "x").likely
    assert Fault("mass", 0.8, "x", threshold=0.8).likely


def test_a_recording_with_as_many_odd_features_as_faults_have_is_not_strange() -> None:
    few = replace(model(), strange=1)
    assert faults_of({**UNKNOWN, "mass": 12.0}, few)[2] == ()
    # the farthest comes first
    assert faults_of({**UNKNOWN, "mass": 12.0, "late": -14.0}, few)[2] == ("late", "mass")


def test_a_setting_of_the_run_is_nothing_wrong_with_the_recording() -> None:
    """Without a warm-up a knee that turns says start-up; the recording is as it was with one."""
    usual = {name: middle for name, (middle, _) in learnt().usual.items()}
    turning = {**usual, "start": 40.0}
    clean, started = faults_of(usual)[0], faults_of(turning)[0]
    assert started[0].title == "augmenter start-up"
    assert started[0].probability > 0.9
    # what the turning says of other causes stays
    others = [one.probability for one in started if one.name != "start-up"]
    assert recorded_wrong(started, turning) == max(recorded_wrong(clean, usual), *others) < 0.1
    late = {**turning, "mass": 30.0}
    assert recorded_wrong(faults_of(late)[0], late) > 0.9


def test_a_cause_of_which_no_feature_is_known_is_not_measured() -> None:
    usual = {name: middle for name, (middle, _) in learnt().usual.items()}
    found = {one.name: one.measured for one in faults_of({**usual, "mass": math.nan})[0]}
    assert [name for name, measured in found.items() if not measured] == ["mass"]


def test_a_cause_with_a_swap_is_called_by_the_words_of_the_swap() -> None:
    for name, words in CAUSES.items():
        assert (words.title or name).startswith(words.swap)
