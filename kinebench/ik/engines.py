"""Engines by name: one contract, several solvers."""

from __future__ import annotations

from importlib import import_module

from kinebench.core.stages import InverseKinematics
from kinebench.core.tasks import IKTasks
from kinebench.errors import require_names

__all__ = ["ENGINES", "make_engine"]

_PLACES = {
    "opensim": "kinebench.ik.opensim_engine:OpenSimIK",
    "fast": "kinebench.ik.fast:FastIK",
}

ENGINES = tuple(_PLACES)
"""Names of the engines."""


def make_engine(name: str, tasks: IKTasks) -> InverseKinematics:
    """The engine of that name, set up for tasks; its module is imported only now.

    Raises
    ------
    NameNotFoundError
        For an unknown name.
    """
    require_names([name], ENGINES, "inverse kinematics engine", "kinebench")
    module, _, attribute = _PLACES[name].partition(":")
    engine: InverseKinematics = getattr(import_module(module), attribute)(tasks)
    return engine
