"""Scalers by name: one contract, several ways."""

from __future__ import annotations

from importlib import import_module

from kinebench.core.model import Document
from kinebench.core.stages import Scaler
from kinebench.errors import require_names
from kinebench.scaling.standing import StandingWindow
from kinebench.scaling.window import GivenWindow, StaticWindow

__all__ = ["SCALERS", "make_scaler"]

_PLACES = {
    "opensim": "kinebench.scaling.opensim_scaler:OpenSimScaler",
    "fast": "kinebench.scaling.fast_scaler:FastScaler",
}
_TODAYS_WINDOW = StaticWindow()

SCALERS = tuple(_PLACES)
"""Names of the scalers."""


def make_scaler(
    name: str,
    setup: Document,
    marker_set: Document | None = None,
    window: StaticWindow | GivenWindow | StandingWindow = _TODAYS_WINDOW,
) -> Scaler:
    """The scaler of that name; its module is imported only now.

    Parameters
    ----------
    name : str
        "opensim" runs ScaleTool, "fast" does the same without OpenSim, solves the static pose to
        its optimum and gives a model without muscles.
    setup : Document
        A ScaleTool set-up.
    marker_set : Document, optional
        Replaces the generic model's markers.
    window : StaticWindow, GivenWindow or StandingWindow
        Where the static trial is used.

    Raises
    ------
    NameNotFoundError
        For an unknown name.
    """
    require_names([name], SCALERS, "scaler", "kinebench")
    module, _, attribute = _PLACES[name].partition(":")
    scaler: Scaler = getattr(import_module(module), attribute)(setup, marker_set, window)
    return scaler
