from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.cleaning import Rotate
from kinebench.core import Trial
from kinebench.diagnosis.figures import FIGURES
from kinebench.diagnosis.why import SOLVERS, Diagnosis, diagnose
from kinebench.io.session import read_session
from kinebench.pipeline.engines import with_engine
from kinebench.pipeline.pipeline import Pipeline
from kinebench.pipeline.session.plan import plan_from_session
from kinebench.pipeline.spec import PipelineSpec

pytestmark = pytest.mark.mirror


@pytest.fixture(scope="module")
def planned(mirror_file: Callable[[str], Path]) -> tuple[Pipeline, Trial]:
    """A real squat, from standing to standing once, with exact solvers."""
    session = read_session(mirror_file("subject0/metadata.yaml").parent)
    assert session.subject is not None
    plan = plan_from_session(session, session.files("Squats_0"), session.subject, PipelineSpec())
    short = replace(plan.trial, keypoints=plan.trial.keypoints.between(0.0, 5.0))
    return with_engine(plan.pipeline, "fast"), short


@pytest.fixture(scope="module")
def diagnosis(planned: tuple[Pipeline, Trial]) -> Diagnosis:
    return diagnose(*planned)


def tilted(trial: Trial, frontal_deg: float) -> Trial:
    turn = Rotate.from_axis_angles({"x": frontal_deg})
    assert trial.static is not None
    return replace(
        trial,
        keypoints=turn(trial.keypoints),
        static=turn(trial.static),
        static_markers=None,
    )


def test_parts_add_up_to_the_whole(diagnosis: Diagnosis) -> None:
    total = sum(diagnosis.parts.values())
    np.testing.assert_allclose(total, diagnosis.swapped - diagnosis.as_is, atol=1e-12)
    assert np.isfinite(diagnosis.as_is).all()


def test_exact_solvers_leave_nothing_to_the_solvers(diagnosis: Diagnosis) -> None:
    np.testing.assert_allclose(diagnosis.parts[SOLVERS], 0.0, atol=1e-9)


def test_every_cause_was_tried_with_every_other(diagnosis: Diagnosis) -> None:
    assert diagnosis.n_runs == 2 ** len(diagnosis.causes) + 1
    assert {cause.name for cause in diagnosis.causes} == set(diagnosis.alone) - {SOLVERS}


@pytest.mark.parametrize("frontal_deg", [-4.0, 4.0])
def test_levelling_takes_a_planted_tilt_away(
    planned: tuple[Pipeline, Trial], diagnosis: Diagnosis, frontal_deg: float
) -> None:
    pipeline, trial = planned
    found = diagnose(pipeline, tilted(trial, frontal_deg))
    assert np.abs(found.as_is - diagnosis.as_is)[0] > 2e-3
    # levelled, the tilted recording is the untilted one but for a fraction of a degree of
    # heading, which the pelvis angles know and the heights do not
    levelled = found.as_is + found.alone["camera tilt"]
    expected = diagnosis.as_is + diagnosis.alone["camera tilt"]
    angular = np.array([figure.unit == "rad" for figure in FIGURES])
    np.testing.assert_allclose(levelled[~angular], expected[~angular], atol=1e-4)
    np.testing.assert_allclose(levelled[angular], expected[angular], atol=1e-3)


def test_ranking_is_by_size(diagnosis: Diagnosis) -> None:
    sizes = [abs(part) for _, part in diagnosis.ranked("side_drop")]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == len(diagnosis.parts)
