"""Every fault of the museum is caught, and the pipeline without faults is not suspected."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.gate.__main__ import size_of
from benchmarks.gate.museum import OWN_FAULTS, PUBLISHED, SPEC, Fault, Faulty, offset
from kinebench.baselines.baseline import Baseline, Origin
from kinebench.baselines.gate import Gate, accepted, quick_gate
from kinebench.baselines.judging import judge
from kinebench.baselines.measurement import Measurement
from kinebench.baselines.presets import tolerances_of
from kinebench.pipeline.under_test import OwnPipeline, UnderTest

pytestmark = pytest.mark.usefixtures("trials_filmed_once")

FAULTS = (*PUBLISHED, *OWN_FAULTS)


def gate_of(under_test: UnderTest) -> Gate:
    """Walking and an asymmetric squat: half of the quick gate, for the time's sake."""
    quick = quick_gate(under_test)
    return replace(quick, sources=(quick.sources[1], quick.sources[3]), preset="strict")


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    # enough draws for the one clean run under another seed below
    gate = gate_of(OwnPipeline(SPEC))
    return accepted(gate, ("2026-11-28", "a test", "without faults"), repeats=10)


def measured(fault: Fault, seed: int = 0) -> tuple[Measurement, Origin]:
    return gate_of(Faulty(fault)).measure(seed)


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_fault_is_caught(fault: Fault, baseline: Baseline) -> None:
    found = measured(fault)
    assert judge(baseline, *found).failures
    assert judge(replace(baseline, tolerances=tolerances_of("opencap")), *found).failures


def test_no_fault_is_none(baseline: Baseline) -> None:
    nothing = Fault("nothing", "own", "", "")
    assert not judge(baseline, *measured(nothing)).failures
    assert not judge(baseline, *measured(nothing, seed=77)).failures


@pytest.mark.parametrize(("size_deg", "caught"), [(0.03, False), (0.1, True)])
def test_strict_begins_at_a_twentieth_of_a_degree(
    size_deg: float, caught: bool, baseline: Baseline
) -> None:
    found = measured(offset(size_deg, short=True))
    assert bool(judge(baseline, *found).failures) == caught


def test_there_are_enough_faults() -> None:
    assert len(OWN_FAULTS) >= 12
    assert len(PUBLISHED) >= 24
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_a_fault_that_leaves_frames_out_has_asize_of(baseline: Baseline) -> None:
    (fault,) = [one for one in PUBLISHED if one.name == "a range that does not begin at 0"]
    clean, _ = gate_of(OwnPipeline(SPEC)).measure(0)
    found, _ = measured(fault)
    angle_deg, length_mm = size_of(clean, found)
    # ten frames of a walk
    assert angle_deg > 5
    assert length_mm > 50
