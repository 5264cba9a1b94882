"""What is done to recordings that come as files, where nobody says how to clean them."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.core import Document, Markers, Model, Subject
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.keypoints import OPENCAP_20
from kinebench.pipeline import spec as spec_module
from kinebench.pipeline.opencap import OpenCapSetup
from kinebench.pipeline.plan import Plan, plan_from_markers
from kinebench.pipeline.spec import PipelineSpec


@pytest.fixture(autouse=True)
def _leg(monkeypatch: pytest.MonkeyPatch, leg_model: Model, leg_setup: Document) -> None:
    """Let the leg stand for OpenCap's files."""
    setup = OpenCapSetup(leg_model, None, leg_setup, IKTasks((("KNEE", 1.0),)))
    monkeypatch.setattr(spec_module, "opencap_setup", lambda *_: setup)


def with_gap(seconds: float) -> Markers:
    """Two seconds of a person whose neck is not seen for some of them."""
    times = np.arange(120) / 60
    positions = np.zeros((120, len(OPENCAP_20), 3))
    positions[..., 1] = np.linspace(1.5, 0.05, len(OPENCAP_20))
    positions[(times > 0.5) & (times < 0.5 + seconds), 0] = np.nan
    return Markers(OPENCAP_20, times, positions)


def planned(spec: PipelineSpec) -> Plan:
    markers = with_gap(0.3)
    return plan_from_markers("squat", markers, markers, Subject(70.0, 1.75), spec)


def cleaned(spec: PipelineSpec, seconds: float) -> Markers:
    markers = with_gap(seconds)
    for step in planned(spec).pipeline.clean:
        markers = step(markers)
    return markers


@pytest.mark.parametrize(("seconds", "left"), [(0.3, False), (0.8, True)])
def test_short_gaps_are_filled_and_long_ones_are_left(seconds: float, left: bool) -> None:
    """Half a second is the limit: a straight line over more is made up."""
    assert np.isnan(cleaned(PipelineSpec(), seconds).positions).any() == left


def test_what_is_asked_for_replaces_it() -> None:
    assert np.isnan(cleaned(PipelineSpec(clean=()), 0.3).positions).any()


def test_the_plan_says_what_is_done() -> None:
    """So that it can be written down and run again."""
    plan = planned(PipelineSpec())
    assert planned(plan.spec).pipeline.clean == plan.pipeline.clean
    assert planned(PipelineSpec(clean=())).pipeline.clean != plan.pipeline.clean
