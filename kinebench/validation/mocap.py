"""Mocap markers to a motion: static trial, scaling, inverse kinematics with the mocap set-up."""

from __future__ import annotations

from collections.abc import Mapping

from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.results import PipelineRun
from kinebench.core.subject import Subject
from kinebench.kinematics import read_tree
from kinebench.osim.edits import with_marker_set
from kinebench.pipeline.plan import plan_from_markers
from kinebench.pipeline.spec import PipelineSpec
from kinebench.remarks import hand_on
from kinebench.validation.marker_maps import Coverage, require_known


def mocap_spec(body: str = "opencap", engine: str = "opensim") -> PipelineSpec:
    """The mocap set-up: OpenCap's optical markers, or the laboratory's body with its own."""
    track = "mocap" if body == "opencap" else "stored"
    return PipelineSpec(body=body, track=track, engine=engine, clean=())


def require_tracked(
    markers: Markers, which: str, spec: PipelineSpec, model: Model | None = None
) -> Coverage:
    """How many of the markers that inverse kinematics tracks a recording has.

    Parameters
    ----------
    markers : Markers
    which : str
        What the recording is called.
    spec : PipelineSpec
        As `mocap_spec` gives it.
    model : Model, optional
        Scaled already, with its markers.

    Raises
    ------
    NameNotFoundError
        Too few, with the map that would give more.
    """
    tracked, body_of = _tasks(spec, model)
    return require_known(markers.names, tracked, body_of, which)


def solved(
    name: str,
    markers: Markers,
    static: Markers | None,
    subject: Subject,
    spec: PipelineSpec,
    model: Model | None = None,
) -> PipelineRun:
    """Scaling on the static trial, or a model, then inverse kinematics; its remarks are told.

    Parameters
    ----------
    name : str
        Of the trial.
    markers : Markers
        By the names of the set-up, Y up, m.
    static : Markers, optional
        Of the static trial, unless a model is given.
    subject : Subject
    spec : PipelineSpec
    model : Model, optional
    """
    plan = plan_from_markers(name, markers, static, subject, spec, model)
    run = plan.pipeline(plan.trial)
    hand_on(*run.remarks)
    return run


def _tasks(spec: PipelineSpec, model: Model | None) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Tracked markers, and the body of each."""
    setup = spec.setup()
    marked = model
    if marked is None:
        marked = setup.generic
        if setup.marker_set is not None:
            marked = with_marker_set(marked, setup.marker_set)
    tree = read_tree(marked)
    bodies = {m.name: tree.bodies[m.body] for m in tree.markers if m.body >= 0}
    tracked = tuple(name for name in setup.ik.weights if name in bodies)
    return tracked, bodies
