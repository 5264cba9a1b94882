from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from kinebench.diagnosis.faults import LIKELY
from kinebench.diagnosis.features import FEATURES, Choices, measured
from kinebench.diagnosis.suspicion import (
    ANYTHING,
    Learnt,
    inputs_of,
    learnt,
    mirrored,
    probabilities,
)
from kinebench.lab.camera import Chain, ColouredNoise, WhiteNoise
from tests.unit.diagnosis.virtual_sessions import mirrored_trial, session

UNKNOWN = dict.fromkeys(FEATURES, math.nan)
BY_HAND = Learnt(
    {name: (1.0 if name == "static bent" else 0.0, 2.0) for name in FEATURES},
    {
        "bent": {"constant": -3.0, "static bent": 1.0, "size of static bent": 0.25},
        "low": {"constant": -3.0, "hip height": -1.0, "thigh length": 0.5},
        ANYTHING: {"constant": 0.0},
    },
    ("low",),
    0.3,
    "by hand",
)


def odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def test_log_odds_are_a_sum_that_can_be_done_by_hand() -> None:
    # standardised: (−3 − 1) / 2 = −2
    found = probabilities({**UNKNOWN, "static bent": -3.0}, BY_HAND)
    assert odds(found["bent"]) == pytest.approx(-3.0 - 2.0 + 0.25 * 2.0)


def test_odds_of_a_side_are_those_of_right_and_left_together() -> None:
    features = {**UNKNOWN, "hip height": -6.0, "thigh length": 2.0}
    # standardised: −3 and 1; of the right −3 + 3 + 0.5, of the left −3 − 3 − 0.5
    expected = math.exp(0.5) + math.exp(-6.5)
    assert math.exp(odds(probabilities(features, BY_HAND)["low"])) == pytest.approx(expected)
    turned = {**UNKNOWN, "hip height": 6.0, "thigh length": -2.0}
    assert probabilities(turned, BY_HAND)["low"] == probabilities(features, BY_HAND)["low"]


def test_what_is_not_known_says_nothing() -> None:
    for features in (UNKNOWN, {}):
        found = probabilities(features, BY_HAND)
        assert odds(found["bent"]) == pytest.approx(-3.0)
        assert odds(found["low"]) == pytest.approx(-3.0 + math.log(2.0))


@pytest.mark.parametrize("value", [1e3, 1e9, -1e9])
def test_beyond_eight_spreads_nothing_more_is_learnt(value: float) -> None:
    far = probabilities({**UNKNOWN, "static bent": value}, BY_HAND)["bent"]
    sign = math.copysign(8.0, value)
    assert odds(far) == pytest.approx(-3.0 + sign + 0.25 * 8.0)


def test_the_file_that_kinebench_comes_with_is_whole() -> None:
    model = learnt()
    assert set(model.usual) == set(FEATURES)
    assert all(spread > 0 for _, spread in model.usual.values())
    assert 0.2 < model.clean_share < 0.6
    inputs = {*FEATURES, *(f"size of {name}" for name in FEATURES), "constant"}
    sided = {name for name, feature in FEATURES.items() if feature.sided}
    for kind, weights in model.odds.items():
        assert set(weights) <= inputs, kind
        assert kind in model.sided or not set(weights) & sided, kind
    assert set(model.sided) < set(model.odds)
    causes = {kind.split(":")[0] for kind in model.kinds}
    assert set(model.likely) <= causes
    assert all(LIKELY < chance < 1 for chance in model.likely.values())


def test_reading_gives_back_what_was_written() -> None:
    text = json.dumps(learnt().as_json(), ensure_ascii=False)
    again = Learnt.from_json(json.loads(text))
    features = measured(session())
    assert probabilities(features, again) == probabilities(features)


@pytest.mark.parametrize("seed", ["one", "two", "three"])
def test_a_mirrored_recording_gets_the_mirrored_answer(seed: str) -> None:
    noise = Chain((ColouredNoise((12.0, 12.0, 12.0), 0.4), WhiteNoise()))
    trial = session(both=ColouredNoise((9.0, 9.0, 9.0), 0.5), moving=noise, seed=seed)
    here = probabilities(measured(trial, Choices((0.2, 1.0))))
    there = probabilities(measured(mirrored_trial(trial), Choices((0.2, 1.0))))
    for kind, chance in here.items():
        assert there[kind] == pytest.approx(chance, rel=1e-4), kind
    assert np.isfinite(list(here.values())).all()


def test_odds_end_at_a_million_million_to_one() -> None:
    """e³⁰: sums beyond would overflow, or be certain."""
    for constant, expected in ((100.0, 30.0), (-100.0, -30.0), (29.0, 29.0)):
        certain = replace(BY_HAND, odds={"bent": {"constant": constant}}, sided=())
        assert odds(probabilities({}, certain)["bent"]) == pytest.approx(expected, rel=1e-3)
    both = replace(BY_HAND, odds={"low": {"constant": -100.0}}, sided=("low",))
    assert odds(probabilities({}, both)["low"]) == pytest.approx(-30.0 + math.log(2.0))


def test_kinds_are_all_but_that_of_anything() -> None:
    assert BY_HAND.kinds == ("bent", "low")


def test_far_is_from_six_spreads_on_the_farthest_first() -> None:
    features = {**UNKNOWN, "hip height": 12.0, "late": 11.9, "mass": -40.0, "static bent": 14.0}
    assert BY_HAND.far(features) == ("mass", "static bent", "hip height")


def test_the_file_is_rounded_to_what_matters() -> None:
    model = Learnt(
        {"mass": (1.23456, 9876.54)}, {"mass": {"constant": -1.23456, "mass": 0.0}}, ("mass",),
        0.25, "by hand", 7, {"mass": 0.8125},
    )  # fmt: skip
    assert model.as_json() == {
        "note": "by hand", "clean_share": 0.25, "strange": 7, "usual": {"mass": [1.235, 9877.0]},
        "sided": ["mass"], "likely": {"mass": 0.8125}, "odds": {"mass": {"constant": -1.23}},
    }  # fmt: skip
    again = Learnt.from_json(model.as_json())
    assert again.as_json() == model.as_json()
    assert (again.clean_share, again.strange, again.note) == (0.25, 7, "by hand")
    assert (again.sided, again.likely) == (("mass",), {"mass": 0.8125})
    assert again.usual == {"mass": (1.235, 9877.0)}


def test_inputs_are_deviations_and_their_sizes_and_a_mirror_turns_those_of_sides() -> None:
    found = inputs_of({"mass": -2.0, "late": 3.0})
    assert found == {"mass": -2.0, "late": 3.0, "size of mass": 2.0, "size of late": 3.0}
    assert mirrored({"mass": -2.0, "late": 3.0}) == {"mass": -2.0, "late": -3.0}
