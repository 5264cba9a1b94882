"""Mocap markers to a motion: static trial, scaling, inverse kinematics with the mocap set-up."""

from __future__ import annotations

from collections.abc import Mapping

from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.remarks import collected_remarks
from kinebench.core.results import PipelineRun
from kinebench.core.subject import Subject
from kinebench.errors import ValueRangeError
from kinebench.kinematics import read_tree
from kinebench.osim.edits import with_marker_set
from kinebench.pipeline.spec import PipelineSpec
from kinebench.pipeline.plan import Plan, plan_from_markers
from kinebench.validation.names import Coverage, require_known

__all__ = ["mocap_spec", "plan_mocap", "solved"]


def mocap_spec(body: str = "opencap", engine: str = "opensim") -> PipelineSpec:
    """The mocap set-up: OpenCap's optical markers, or the laboratory's body with its own."""
    track = "mocap" if body == "opencap" else "stored"
    return PipelineSpec(body=body, track=track, engine=engine, clean=())


def plan_mocap(
    name: str,
    markers: Markers,
    static: Markers | None,
    subject: Subject,
    spec: PipelineSpec,
    model: Model | None = None,
) -> tuple[Plan, Coverage]:
    """A run on optical markers whose names are known to be enough.

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
        As `mocap_spec` gives it.
    model : Model, optional
        Scaled already, with its markers.

    Raises
    ------
    NameNotFoundError
        Too few of the markers are tracked, with the map that would give more.
    ValueRangeError
        There is neither a static trial nor a model.
    """
    if static is None and model is None:
        raise ValueRangeError(
            f"{name} is markers: inverse kinematics needs --static-mocap FILE to scale a model, or"
            " --scaled-model FILE"
        )
    tracked, body_of = _tasks(spec, model)
    found = require_known(markers.names, tracked, body_of, name)
    if static is not None:
        require_known(static.names, tracked, body_of, "the static mocap trial")
    plan = plan_from_markers(name, markers, static, subject, spec, model)
    return plan, found


def solved(plan: Plan) -> tuple[PipelineRun, tuple[str, ...]]:
    """The run, and what was warned of."""
    with collected_remarks() as told:
        run = plan.pipeline(plan.trial)
    return run, tuple(dict.fromkeys((*told, *run.warnings)))


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
