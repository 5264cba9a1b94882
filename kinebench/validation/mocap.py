"""Mocap markers to a motion: static trial, scaling, inverse kinematics with the mocap set-up."""

from __future__ import annotations

from collections.abc import Mapping

from kinebench.core.marker_sets import ANATOMICAL_MARKERS
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.results import PipelineRun
from kinebench.core.subject import Subject
from kinebench.errors import NameNotFoundError, listed
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
        Too few, with the map that would give more; or the model was scaled for other markers.
    """
    tracked, body_of = _tasks(spec, model)
    if model is not None and not tracked:
        raise NameNotFoundError(_no_markers_of_mocap(model, body_of))
    return require_known(markers.names, tracked, body_of, which)


def _no_markers_of_mocap(model: Model, body_of: Mapping[str, str]) -> str:
    """That a scaled model has no marker of a mocap, and what to give instead."""
    augmented = [name for name in body_of if name in ANATOMICAL_MARKERS]
    if augmented:
        why = f"was scaled for video: its markers are augmented ones such as {augmented[0]}"
    elif body_of:
        why = f"has other markers than a mocap's: {listed(body_of, 4)}"
    else:
        why = "has no markers"
    return (
        f"the scaled model {model.name} {why}; give --static-mocap FILE with --mass and --height,"
        " to scale a model on the mocap's own markers, or a --scaled-model that has them"
    )


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
