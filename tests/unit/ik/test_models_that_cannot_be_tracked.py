"""Models and trials with nothing to track: one short line, from both engines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kinebench.core import Markers, Model
from kinebench.core.ik_tasks import IKTasks
from kinebench.errors import InverseKinematicsError, KinebenchError, ModelError
from kinebench.ik.fast import FastIK
from kinebench.ik.opensim_engine import OpenSimIK
from kinebench.ik.tracked import shared_markers
from kinebench.io.models import read_model
from kinebench.io.trc import read_trc

CASE = Path(__file__).parents[2] / "cases" / "16-step-function-in-a-joint"
ENGINES = [OpenSimIK, FastIK]
TASKS = IKTasks((("C7_study", 1.0), ("r_knee_study", 1.0), ("L_knee_study", 1.0)))


@pytest.fixture(scope="module")
def model() -> Model:
    return read_model(CASE / "step.osim")


@pytest.fixture(scope="module")
def trial() -> Markers:
    return read_trc(CASE / "trial.trc")


def changed(model: Model, pattern: str, new: str) -> Model:
    text, count = re.subn(pattern, new, model.xml.decode(), flags=re.DOTALL)
    assert count
    return Model(model.name, text.encode())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("pattern", [r"<Marker .*?</Marker>", r"<MarkerSet.*?</MarkerSet>"])
def test_a_model_without_markers(engine: type, pattern: str, model: Model, trial: Markers) -> None:
    bare = changed(model, pattern, "")
    with pytest.raises(InverseKinematicsError, match=r"^the model has no marker: there is nothing"):
        engine(TASKS)(bare, trial)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_model_with_other_markers(engine: type, model: Model, trial: Markers) -> None:
    other = changed(model, '<Marker name="', '<Marker name="zz_')
    with pytest.raises(InverseKinematicsError) as caught:
        engine(TASKS)(other, trial)
    assert str(caught.value) == (
        "tasks, model and trial share no marker: the tasks name C7_study, r_knee_study,"
        " L_knee_study; the model has zz_C7_study, zz_L.ASIS_study, zz_L.PSIS_study and 6 more;"
        " the trial has r.ASIS_study, L.ASIS_study, r.PSIS_study and 6 more"
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_model_that_cannot_move(engine: type, model: Model, trial: Markers) -> None:
    bodies = re.findall(r'<Body name="([^"]*)"', model.xml.decode())
    welds = "".join(
        f'<WeldJoint name="{name}_weld"><socket_parent_frame>/ground</socket_parent_frame>'
        f"<socket_child_frame>/bodyset/{name}</socket_child_frame></WeldJoint>"
        for name in bodies
    )
    still = changed(
        model, r"<JointSet.*?</JointSet>", f"<JointSet><objects>{welds}</objects></JointSet>"
    )
    with pytest.raises(KinebenchError, match="step has no coordinate"):
        engine(TASKS)(still, trial)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_doubled_marker(engine: type, model: Model, trial: Markers) -> None:
    doubled = changed(model, '<Marker name="r_knee_study"', '<Marker name="C7_study"')
    with pytest.raises(ModelError, match=r"^step is damaged: 2 markers are called C7_study$"):
        engine(TASKS)(doubled, trial)


def test_nothing_at_all_is_named() -> None:
    with pytest.raises(
        InverseKinematicsError, match=r"^the tasks name no marker: there is nothing"
    ):
        shared_markers(IKTasks(()), ["a"], ["a"])
    with pytest.raises(InverseKinematicsError, match=r"^the trial has no marker: there is nothing"):
        shared_markers(IKTasks((("a", 1.0),)), ["a"], [])
