"""Every fault of the audit's benchmark on one virtual subject, and the same session without any."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.audit.catalogue import FAULTS
from benchmarks.audit.faults import Base, Fault
from benchmarks.audit.sessions import audit_content
from kinebench.lab import Population
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions.squat import Squat
from kinebench.pipeline.audit import TrialAudit
from kinebench.quality import CHECKS
from kinebench.studies.sources.lab_session import LabSession

IN_RECORDING = [fault for fault in FAULTS if not fault.in_result]
IN_RESULT = [fault for fault in FAULTS if fault.in_result]


@pytest.fixture(scope="module")
def base() -> Base:
    squats = (("squats", Squat(repetitions=1)),)
    session = LabSession(
        Population("audit tests").subject(2), squats, errors=two_phones(), results=False
    )
    return Base(session, session.content())


@pytest.fixture(scope="module")
def clean(base: Base) -> TrialAudit:
    return audit_content(base.content())


def test_a_sound_session_is_green(clean: TrialAudit) -> None:
    assert [finding.text for finding in clean.findings] == []
    assert clean.severity == "green"


def test_most_checks_are_made_on_a_session(clean: TrialAudit) -> None:
    assert set(clean.assessment.not_made) == {
        "augmenter version", "cut-off", "filters in series", "gravity", "rival poses", "travel",
        "unscaled model",
    } - set(clean.assessment.made)  # fmt: skip
    assert set(clean.assessment.made) | set(clean.assessment.not_made) == set(CHECKS)


@pytest.mark.parametrize("fault", IN_RECORDING, ids=lambda fault: fault.name)
def test_a_fault_of_the_recording_is_found(fault: Fault, base: Base) -> None:
    judge(fault, base)


@pytest.mark.parametrize("fault", IN_RESULT, ids=lambda fault: fault.name)
def test_a_fault_of_the_result_is_found(fault: Fault, base: Base) -> None:
    judge(fault, base)


def judge(fault: Fault, base: Base) -> None:
    planted: Any = fault.plant(base, np.random.default_rng(5))
    # every fault through session folders and the pipeline, whatever becomes of it
    audit = audit_content(planted.content, planted.options)
    found = [finding for finding in audit.findings if finding.check in fault.expected]
    assert found, [finding.text for finding in audit.findings]
    # a failure of the pipeline is a finding, but no check
    assert all(one.message and one.check in (*CHECKS, "pipeline") for one in audit.findings)
    if fault.red:
        assert audit.severity == "red"
