"""Which part of a static trial a session's model was scaled on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.errors import ScalingError
from kinebench.lab import ik_tasks, scaling_setup
from kinebench.lab.sessions import SessionContent
from kinebench.pipeline.opencap import OpenCapSetup
from kinebench.pipeline.session.decision import SAME_FACTORS
from kinebench.pipeline.session.facts import WindowFit
from kinebench.pipeline.session.window import fitted_window
from kinebench.scaling.window import PAST_RULES


@pytest.fixture(scope="module")
def setup(lab_content: SessionContent) -> OpenCapSetup:
    assert lab_content.generic_model is not None
    return OpenCapSetup(lab_content.generic_model, None, scaling_setup(), ik_tasks())


@pytest.fixture(scope="module")
def static(lab_content: SessionContent) -> Markers:
    augmented = lab_content.trials["neutral"].augmented
    assert augmented is not None
    return augmented


def restless(static: Markers) -> Markers:
    """The same person, who grows and shrinks by a tenth of a second: no part is still."""
    wave = 1 + 0.1 * np.sin(2 * np.pi * 3 * static.times)
    return static.with_positions(static.positions * wave[:, None, None])


@pytest.mark.parametrize("mass_factor", [1.0, 1.3])
def test_the_model_shows_which_window_it_was_scaled_on(
    lab_content: SessionContent, setup: OpenCapSetup, static: Markers, mass_factor: float
) -> None:
    """Factors are lengths: what a session says of mass hides no window."""
    subject = lab_content.subject
    assert subject is not None
    person = replace(subject, mass_kg=subject.mass_kg * mass_factor)
    found = fitted_window(setup, static, person, lab_content.scaled_model)
    assert found.fit in (WindowFit.TODAYS_RULE, WindowFit.PAST_RULE)
    assert found.misfit is not None
    assert 0.0 <= found.misfit < SAME_FACTORS
    picked = [rule(static) for rule in PAST_RULES]
    window = (found.window.start_s, found.window.end_s)
    assert window in picked
    assert (found.fit is WindowFit.TODAYS_RULE) == (window == picked[0])


def test_without_a_model_today_s_rule_is_all_there_is(
    lab_content: SessionContent, setup: OpenCapSetup, static: Markers
) -> None:
    assert lab_content.subject is not None
    found = fitted_window(setup, static, lab_content.subject, None)
    assert (found.fit, found.misfit) == (WindowFit.TODAYS_RULE, None)
    assert (found.window.start_s, found.window.end_s) == PAST_RULES[0](static)


def test_where_nobody_stands_still_and_no_model_tells_there_is_none(
    lab_content: SessionContent, setup: OpenCapSetup, static: Markers
) -> None:
    assert lab_content.subject is not None
    with pytest.raises(ScalingError, match="no static window"):
        fitted_window(setup, restless(static), lab_content.subject, None)
