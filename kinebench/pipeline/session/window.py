"""Which part of its static trial a session's model was scaled on."""

from __future__ import annotations

import numpy as np

from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.subject import Subject
from kinebench.errors import KinebenchError, ScalingError
from kinebench.osim.edits import body_scale_factors
from kinebench.pipeline.opencap import OpenCapSetup
from kinebench.pipeline.session.decision import SAME_FACTORS
from kinebench.pipeline.session.facts import FittedWindow, WindowFit
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.window import PAST_RULES, GivenWindow
from kinebench.scaling.window_search import window_of_factors

Factors = dict[str, tuple[float, float, float]]


def fitted_window(
    setup: OpenCapSetup, static: Markers, subject: Subject, scaled: Model | None
) -> FittedWindow:
    """The window, of those that OpenCap's rules have picked, that fits the scaled model.

    Where none fits, any part of the trial may; without a model that shows what it was scaled on,
    today's rule decides.

    Parameters
    ----------
    setup : OpenCapSetup
    static : Markers
        The session's augmented markers of the static trial.
    subject : Subject
    scaled : Model or None

    Raises
    ------
    ScalingError
        When no rule picks a window and no model could show one.
    """
    published = {} if scaled is None else body_scale_factors(scaled, setup.generic)
    if not published:
        return FittedWindow(_windows(static)[0], WindowFit.TODAYS_RULE)
    try:
        windows = _windows(static)
    except ScalingError:
        windows = []
    tried: list[FittedWindow] = []
    for window in windows:
        fit = WindowFit.PAST_RULE if tried else WindowFit.TODAYS_RULE
        misfit = _misfit(setup, window, static, subject, published)
        tried.append(FittedWindow(window, fit, misfit))
        if misfit < SAME_FACTORS:
            return tried[-1]
    found, misfit = window_of_factors(
        setup.scaling, setup.marker_set, setup.generic, static, published
    )
    tried.append(FittedWindow(found, WindowFit.SEARCH, misfit))
    return min(tried, key=lambda candidate: candidate.misfit or 0.0)


def _windows(static: Markers) -> list[GivenWindow]:
    """Different windows that the rules pick, today's first."""
    picked: dict[tuple[float, float], None] = {}
    failure: ScalingError | None = None
    for rule in PAST_RULES:
        try:
            picked[rule(static)] = None
        except ScalingError as error:
            failure = failure or error
    if not picked and failure is not None:
        raise failure
    return [GivenWindow(*window) for window in picked]


def _misfit(
    setup: OpenCapSetup,
    window: GivenWindow,
    static: Markers,
    subject: Subject,
    published: Factors,
) -> float:
    """Largest relative difference between a body's scale factors and the published ones."""
    scaler = OpenSimScaler(setup.scaling, setup.marker_set, window)
    try:
        factors = scaler(setup.generic, static, subject).body_scale_factors
    except KinebenchError:
        return np.inf
    shared = [name for name in factors if name in published]
    if not shared:
        return np.inf
    ours = np.array([factors[name] for name in shared])
    theirs = np.array([published[name] for name in shared])
    return float(np.abs(ours / theirs - 1).max())
