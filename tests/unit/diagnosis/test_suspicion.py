from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from virtual_sessions import mirrored_trial, session

from kinebench.diagnosis.features import FEATURES, Choices, measured
from kinebench.diagnosis.suspicion import ANYTHING, Learnt, lean, learnt, probabilities
from kinebench.lab.camera import Chain, ColouredNoise, WhiteNoise

UNKNOWN = dict.fromkeys(FEATURES, math.nan)
BY_HAND = Learnt(
    {name: (1.0 if name == "static bent" else 0.0, 2.0) for name in FEATURES},
    {"low": {"hip height": 1.0, "thigh length": -2.0}},
    {
        "low": {"constant": -3.0, "like low": 0.5, "static bent": 1.0, "size of static bent": 0.25},
        ANYTHING: {"constant": 0.0},
    },
    0.3,
    "by hand",
)


def odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def test_log_odds_are_a_sum_that_can_be_done_by_hand() -> None:
    features = {**UNKNOWN, "hip height": -3.0, "thigh length": 2.0, "static bent": -3.0}
    # standardised: −1.5, 1, −2; along the signature −1.5 − 2 = −3.5
    expected = -3.0 + 0.5 * 3.5 - 2.0 + 0.25 * 2.0
    assert odds(probabilities(features, BY_HAND)["low"]) == pytest.approx(expected)
    assert lean(BY_HAND, "low", features) == -1


def test_what_is_not_known_says_nothing() -> None:
    assert odds(probabilities(UNKNOWN, BY_HAND)["low"]) == pytest.approx(-3.0)
    assert odds(probabilities({}, BY_HAND)["low"]) == pytest.approx(-3.0)
    assert lean(BY_HAND, "none such", UNKNOWN) == 0


@pytest.mark.parametrize("value", [1e3, 1e9, -1e9])
def test_beyond_eight_spreads_nothing_more_is_learnt(value: float) -> None:
    far = probabilities({**UNKNOWN, "static bent": value}, BY_HAND)["low"]
    sign = math.copysign(8.0, value)
    assert odds(far) == pytest.approx(-3.0 + sign + 0.25 * 8.0)


def test_the_file_that_kinebench_comes_with_is_whole() -> None:
    model = learnt()
    assert set(model.usual) == set(FEATURES)
    assert all(spread > 0 for _, spread in model.usual.values())
    assert 0.2 < model.clean_share < 0.6
    inputs = {*FEATURES, *(f"size of {name}" for name in FEATURES), "constant"}
    inputs |= {f"{how} {kind}" for kind in model.signatures for how in ("like", "quiet like")}
    for kind, weights in model.odds.items():
        assert set(weights) <= inputs, kind
    sided = {name for name, feature in FEATURES.items() if feature.sided}
    assert all(set(weights) <= sided for weights in model.signatures.values())
    assert not any(set(weights) & sided for weights in model.odds.values())


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
