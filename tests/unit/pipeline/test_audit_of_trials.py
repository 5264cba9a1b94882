"""`audit_trial` and `failed`: lights and findings of trials, whatever becomes of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from kinebench.core import Subject
from kinebench.errors import DatasetError, KinebenchError
from kinebench.lab import Population, record
from kinebench.lab.camera import ColouredNoise
from kinebench.lab.motions.squat import Squat
from kinebench.pipeline import audit as module
from kinebench.pipeline.audit import TrialAudit, audit_trial, failed, worst_of
from kinebench.quality import Assessment, Evidence, Finding
from kinebench.remarks import Remark, carry

GREEN = Finding("gaps", "green", "none")
AMBER = Finding("speed", "amber", "quick")
RED = Finding("size", "red", "too small")
NOTE = Remark("unit", "note", "taken as m")
LATER = Remark("static", "warning", "bent")


def assessment(*found: Finding) -> Assessment:
    return Assessment(found, ("gaps",), {})


def test_a_failure_is_red_and_the_first_finding() -> None:
    sound = TrialAudit("squat", assessment(AMBER, GREEN), None)
    assert (sound.severity, sound.findings) == ("amber", (AMBER,))
    broken = TrialAudit("squat", assessment(AMBER, GREEN), None, failure="no static trial")
    assert broken.severity == "red"
    assert broken.findings == (Finding("pipeline", "red", "no result: no static trial"), AMBER)
    assert TrialAudit("squat", assessment(GREEN), None).severity == "green"
    assert TrialAudit("squat", assessment(GREEN), None).run is None


def test_the_worst_of_several() -> None:
    audits = [TrialAudit("a", assessment(one), None) for one in (GREEN, AMBER)]
    assert worst_of(audits) == "amber"
    assert worst_of([*audits, TrialAudit("b", assessment(), None, failure="x")]) == "red"
    assert worst_of(audits[:1]) == "green"


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is judged, as amber."""
    seen: list[Any] = []

    def assess(evidence: Any) -> Assessment:
        seen.append(evidence)
        return assessment(AMBER)

    monkeypatch.setattr(module, "assess", assess)
    monkeypatch.setattr(module, "evidence_of", lambda plan, run: SimpleNamespace(run=run))
    return seen


def plan(outcome: Any) -> Any:
    def pipeline(trial: Any) -> Any:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return SimpleNamespace(pipeline=pipeline, trial=SimpleNamespace(name="squat"))


def test_remarks_of_planning_come_before_those_of_the_run(judged: list[Any]) -> None:
    run = SimpleNamespace(remarks=(LATER,))
    found = audit_trial(plan(run), [NOTE])
    assert (found.trial, found.failure, found.severity) == ("squat", "", "amber")
    assert found.remarks == (NOTE, LATER)
    assert found.run is run
    assert judged[0].run is run


def test_what_breaks_is_a_finding_with_the_remarks_that_were_told_before(
    judged: list[Any],
) -> None:
    error = KinebenchError("no\n  pose fits")
    carry(error, [LATER])
    found = audit_trial(plan(error), [NOTE])
    assert (found.failure, found.severity) == ("no pose fits", "red")
    assert found.remarks == (NOTE, LATER)
    assert found.run is None


def test_what_is_not_foreseen_is_not_swallowed(judged: list[Any]) -> None:
    with pytest.raises(ZeroDivisionError):
        audit_trial(plan(ZeroDivisionError()))


def evidence() -> Evidence:
    keypoints = record(
        Population().subject(1), Squat(repetitions=1), ColouredNoise((2.0, 2.0, 2.0), 0.7)
    ).keypoints
    return Evidence(Subject(70.0, 1.75), keypoints)


def test_files_that_are_not_at_hand_say_nothing_against_a_recording() -> None:
    found = failed("squat", DatasetError("no\nnetwork here"), evidence())
    assert (found.trial, found.failure) == ("squat", "")
    assert found.severity != "red"
    unsolved = found.remarks[-1]
    assert (unsolved.code, unsolved.severity) == ("not solved", "warning")
    assert unsolved.message == "not solved: no network here"
    assert found.assessment.made


def test_a_plan_that_cannot_be_made_is_red_and_what_can_be_read_is_judged() -> None:
    error = KinebenchError("no static\ntrial")
    carry(error, [NOTE])
    found = failed("squat", error, evidence())
    assert (found.failure, found.severity) == ("no static trial", "red")
    assert found.remarks == (NOTE,)
    assert found.assessment.made
    nothing = failed("squat", DatasetError("no network"), None)
    assert (nothing.failure, nothing.assessment.made, nothing.evidence) == ("no network", (), None)
