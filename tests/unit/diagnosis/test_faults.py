from __future__ import annotations

import math
from dataclasses import replace

import pytest

from kinebench.diagnosis.faults import CAUSES, LIKELY, Fault, faults_of, of_causes
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
