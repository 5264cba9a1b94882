from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from kinebench.baselines.baseline import Key
from kinebench.baselines.gate import (
    OWN_SPEC,
    Gate,
    accepted,
    n_runs_to_accept,
    quick_trials,
)
from kinebench.baselines.measurement import Variant, measure, name_of, seeded_trial
from kinebench.core.markers import Markers
from kinebench.core.motion import Coordinate, Motion
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.errors import UnderTestError, ValueRangeError
from kinebench.pipeline.under_test import OwnPipeline, PythonCallable
from kinebench.studies.evidence import EvidenceKind

TIMES = np.arange(60) / 60
DEG = np.pi / 180
KNEE = (Coordinate("knee_angle_r"),)


@dataclass(frozen=True)
class Recorded:
    """A trial whose truth is `truth_deg` all the time."""

    name: str
    truth_deg: float | None
    subject: str = "s1"
    activity: str = "squat"
    evidence: EvidenceKind = EvidenceKind.EXACT_TRUTH

    def __call__(self, choices: Mapping[str, Any]) -> Trial:
        truth = None
        if self.truth_deg is not None:
            truth = Motion(KNEE, TIMES, np.full((60, 1), self.truth_deg * DEG))
        markers = Markers(("RKnee",), TIMES, np.ones((60, 1, 3)))
        return Trial(self.name, Subject(70, 1.75), markers, reference_motion=truth)


@dataclass(frozen=True)
class Says:
    """Ten degrees, with a spike; fails where the name says so."""

    parameters: Mapping[str, str]

    def __call__(self, trial: Trial) -> Motion:
        if "broken" in trial.name:
            raise UnderTestError("no licence")
        values = np.full((60, 1), 10 * DEG)
        values[7], values[9] = 12 * DEG, 7 * DEG
        return Motion(KNEE, TIMES, values)


def test_errors_are_means_over_trials_and_extremes_belong_to_one() -> None:
    found = measure(Says({}), (Recorded("a", 10.0), Recorded("b", 14.0), Recorded("c", None)))
    error = found.figures[Key("all trials", "knee_angle_r", "rmse")]
    of_a = np.sqrt((2**2 + 3**2) / 60)
    of_b = np.sqrt((58 * 4**2 + 2**2 + 7**2) / 60)
    assert error.value / DEG == pytest.approx((of_a + of_b) / 2)
    assert found.figures[Key("s1 c", "knee_angle_r", "lowest")].value / DEG == pytest.approx(7)
    assert found.figures[Key("s1 c", "knee_angle_r", "highest")].value / DEG == pytest.approx(12)
    assert set(found.motions) == {"s1 a", "s1 b", "s1 c"}


def test_a_trial_that_fails_leaves_the_others() -> None:
    begun: list[str] = []
    sources = (Recorded("broken", 10.0), Recorded("a", 10.0))
    found = measure(Says({}), sources, on_trial=begun.append)
    assert found.failures == {"s1 broken": "no licence"}
    assert list(found.motions) == ["s1 a"]
    assert begun == ["s1 broken", "s1 a"]
    assert set(found.inputs) == {"s1 broken", "s1 a"}


def test_as_many_runs_are_announced_as_are_made() -> None:
    recorded = (Recorded("a", 10.0), Recorded("b", 14.0))
    says = PythonCallable("t:says", function=Says({}))
    of_study = Gate("g", says, recorded, variants=(Variant("another", says),))
    filmed = Gate("g", says, quick_trials()[:1])
    for gate, repeats, n in ((of_study, 20, 8), (filmed, 3, 4), (filmed, 1, 2)):
        begun: list[str] = []
        accepted(gate, ("2026-11-29", "me", "r"), None, repeats, False, begun.append)
        assert len(begun) == n_runs_to_accept(gate, repeats) == n


def test_time_is_measured_when_asked_for() -> None:
    key = Key("all trials", "one trial", "time")
    assert key not in measure(Says({}), (Recorded("a", 10.0),)).figures
    assert measure(Says({}), (Recorded("a", 10.0),), timed=True).figures[key].unit == "s"


def test_a_pipeline_that_shares_no_coordinate_with_the_truth_is_refused() -> None:
    def other(trial: Trial) -> Motion:
        return Motion((Coordinate("RKnee"),), TIMES, np.ones((60, 1)))

    with pytest.raises(ValueRangeError):
        measure(PythonCallable("t:other", function=other), (Recorded("a", 10.0),))


def test_a_seed_draws_noise_and_leaves_the_truth() -> None:
    source = quick_trials()[1]
    one, again, other = seeded_trial(source, 3), seeded_trial(source, 3), seeded_trial(source, 4)
    assert one.keypoints == again.keypoints
    assert one.static == again.static
    apart = np.linalg.norm(one.keypoints.positions - other.keypoints.positions, axis=2)
    assert 0.001 < apart.mean() < 0.1
    assert one.static is not None
    assert one.static != other.static
    assert one.reference_motion == other.reference_motion


def test_a_recorded_trial_is_what_it_is() -> None:
    source = Recorded("a", 10.0)
    assert seeded_trial(source, 3).keypoints == seeded_trial(source, 4).keypoints
    assert seeded_trial(source, 3).name == name_of(source) == "s1 a"


def test_a_measurement_says_where_it_comes_from() -> None:
    gate = Gate("own", OwnPipeline(OWN_SPEC), ())
    _, origin = gate.measure(5)
    assert origin.seed == 5
    assert origin.parameters["pipeline digest"] == OWN_SPEC.digest
    assert len(origin.parameters["model digest"]) == 64
    assert origin.parameters["augmenter"] == '"lab-1"'
    assert "numpy" in origin.versions
    assert len(origin.machine) == 12
