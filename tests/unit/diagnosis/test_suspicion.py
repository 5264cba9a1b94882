from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from virtual_sessions import mirrored_trial, session

from kinebench.diagnosis.faults import LIKELY
from kinebench.diagnosis.features import FEATURES, Choices, measured
from kinebench.diagnosis.suspicion import ANYTHING, Learnt, learnt, probabilities
from kinebench.lab.camera import Chain, ColouredNoise, WhiteNoise

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
