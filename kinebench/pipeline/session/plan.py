"""Planning a run on an OpenCap session: its own choices, wherever they can be read or found out."""

from __future__ import annotations

from pathlib import Path

from kinebench.core.stages import Scaler
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.io.session import Session, SessionFiles
from kinebench.pipeline.engines import engine
from kinebench.pipeline.offset_names import plain_model
from kinebench.pipeline.plan import Plan
from kinebench.pipeline.session.decision import Decision, decide
from kinebench.pipeline.session.facts import SessionFacts
from kinebench.pipeline.session.reading import read_facts
from kinebench.pipeline.spec import PipelineSpec
from kinebench.remarks import hand_on
from kinebench.scaling.given import GivenModel


def plan_from_session(
    session: Session, files: SessionFiles, subject: Subject, spec: PipelineSpec
) -> Plan:
    """Plan a run on one trial of a session.

    The session's own generic model, set-ups and time range are used where they are there; the
    augmenter version is the one that made the stored markers, found by making them again; the
    static window is the one that gives the session's own scale factors.

    Raises
    ------
    KinebenchError
        When something that is asked for is not in the session.
    """
    facts = read_facts(session, files, subject, spec)
    decision = decide(facts, spec)
    hand_on(*decision.remarks)
    static_markers = facts.static_stored if decision.static_markers else None
    trial = Trial(files.trial, subject, facts.movement, facts.static, static_markers)
    augment = spec.make_augmenter(decision.version)
    pipeline = spec.build(facts.setup, augment, _scaler(facts, decision, spec))
    return Plan(pipeline, trial, decision.choices, spec, facts.origin, facts.motion)


def inputs_of(files: SessionFiles, spec: PipelineSpec) -> dict[str, Path]:
    """Files that a run reads, by role."""
    inputs = {
        "keypoints": files.keypoints,
        "static": files.static,
        "generic model": files.generic_model,
        "scaled model": files.scaled_model,
        "scaling set-up": files.scaling_setup,
        "IK set-up": files.ik_setup,
    }
    if spec.track == "stored":
        inputs |= {"keypoints": files.stored, "static": files.static_stored}
    return {role: path for role, path in inputs.items() if path is not None}


def _scaler(facts: SessionFacts, decision: Decision, spec: PipelineSpec) -> Scaler:
    if decision.window is None:
        assert facts.scaled is not None
        return GivenModel(plain_model(facts.scaled))
    setup = facts.setup
    return engine(spec.engine).make_scaler(setup.scaling, setup.marker_set, decision.window)
