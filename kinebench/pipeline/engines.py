"""Engines: each scales models and solves inverse kinematics in its own way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

from kinebench.core.extensions import Catalogue, of_type
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.model import Document
from kinebench.core.stages import InverseKinematics, Scaler
from kinebench.errors import NotApplicableError
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.standing_window import StandingWindow
from kinebench.scaling.window import OPENCAP_STATIC_WINDOW, GivenWindow, StaticWindow

DEFAULT_ENGINE = "opensim"
"""Where nothing says otherwise, OpenSim's own tools scale and solve, in every command."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A scaler and an inverse kinematics solver that belong together.

    Parameters
    ----------
    name : str
    title : str
        What scales and solves, for tables and help.
    scaler, solver : str
        ``module:class`` of the two stages, imported only when they are made.
    """

    name: str
    title: str
    scaler: str
    solver: str

    def make_scaler(
        self,
        setup: Document,
        marker_set: Document | None = None,
        window: StaticWindow | GivenWindow | StandingWindow = OPENCAP_STATIC_WINDOW,
    ) -> Scaler:
        """The engine's scaler.

        Parameters
        ----------
        setup : Document
            A ScaleTool set-up.
        marker_set : Document, optional
            Replaces the generic model's markers.
        window : StaticWindow, GivenWindow or StandingWindow
            Where the static trial is used.
        """
        scaler: Scaler = _imported(self.scaler)(setup, marker_set, window)
        return scaler

    def make_solver(self, tasks: IKTasks) -> InverseKinematics:
        """The engine's inverse kinematics, set up for tasks."""
        solver: InverseKinematics = _imported(self.solver)(tasks)
        return solver


ENGINES: Catalogue[Engine] = Catalogue(
    {
        made.name: made
        for made in (
            Engine(
                "opensim",
                "OpenSim's ScaleTool and InverseKinematicsTool",
                "kinebench.scaling.opensim_scaler:OpenSimScaler",
                "kinebench.ik.opensim_engine:OpenSimIK",
            ),
            Engine(
                "fast",
                "kinebench's own scaler and solver, without OpenSim",
                "kinebench.scaling.fast_scaler:FastScaler",
                "kinebench.ik.fast:FastIK",
            ),
        )
    },
    "engine",
    lambda value: {of_type(Engine, value).name: value},
)
"""Kinebench's engines and those of other packages, by name."""


@runtime_checkable
class ScalesBySetUp(Protocol):
    """A scaler that works by a ScaleTool set-up, as those of engines do."""

    setup: Document
    marker_set: Document | None
    window: StaticWindow | GivenWindow | StandingWindow


@runtime_checkable
class _SolvesTasks(Protocol):
    tasks: IKTasks


def engine(name: str) -> Engine:
    """The engine of that name.

    Raises
    ------
    NameNotFoundError
        For an unknown name.
    """
    return ENGINES.named(name, "kinebench")


def with_engine(pipeline: Pipeline, name: str, keep_foreign: bool = False) -> Pipeline:
    """The pipeline with scaler and inverse kinematics of one engine; set-ups and tasks stay.

    Parameters
    ----------
    pipeline : Pipeline
        A scaler or solver that is of this engine already stays as it is.
    name : one of ENGINES
    keep_foreign : bool
        Leave a scaler or solver that belongs to no engine as it is.

    Raises
    ------
    NameNotFoundError
        For an unknown name.
    NotApplicableError
        When the scaler or solver has no set-up or tasks to take over, and is not to be kept.
    """
    chosen = engine(name)
    scale, solve = pipeline.scale, pipeline.solve
    if isinstance(scale, ScalesBySetUp):
        other = chosen.make_scaler(scale.setup, scale.marker_set, scale.window)
        scale = scale if type(other) is type(scale) else other
    elif not keep_foreign:
        raise NotApplicableError(f"a {type(scale).__name__} scales the same with every engine")
    if isinstance(solve, _SolvesTasks):
        solved = chosen.make_solver(solve.tasks)
        solve = solve if type(solved) is type(solve) else solved
    elif not keep_foreign:
        raise NotApplicableError(f"a {type(solve).__name__} belongs to no engine")
    return replace(pipeline, scale=scale, solve=solve)


def _imported(place: str) -> Any:
    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)
