"""Pipelines for planted sessions: OpenCap's steps, with exact solvers."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.diagnosis.planting import Session
from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.cleaning import Butterworth
from kinebench.core.stages import Cleaner
from kinebench.core.trial import Trial
from kinebench.ik.opensim_engine import OpenSimIK
from kinebench.pipeline.engines import with_engine
from kinebench.pipeline.opencap import opencap_setup
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.window import GivenWindow, StaticWindow

__all__ = ["pipeline_of", "steps"]

_BY_RULE = StaticWindow()


def pipeline_of(session: Session, trial: Trial, engine: str = "fast") -> Pipeline:
    """What a session's choices ask for.

    Parameters
    ----------
    session : Session
    trial : Trial
        Filmed; the static window is the middle of its static trial, unless one was planted.
    engine : str
        As of ``kinebench run --engine``.
    """
    window = session.window_s
    if window is None:
        standing = trial.keypoints if trial.static is None else trial.static
        start, end = float(standing.times[0]), float(standing.times[-1])
        middle = (start + end) / 2
        window = (start, start + 1.0) if trial.static is None else (middle - 0.5, middle + 0.5)
    augment = LSTMAugmenter(session.augmenter, warm_up_s=session.warm_up_s)
    if session.resample and session.rate_hz != augment.row.rate_hz:
        augment = replace(augment, resample_hz=augment.row.rate_hz)
    clean = (Butterworth(session.cutoff_hz),) if session.cutoff_hz else ()
    pipeline = steps(augment, GivenWindow(*window), session.any_pose, clean)
    return pipeline if engine == "opensim" else with_engine(pipeline, engine)


def steps(
    augment: LSTMAugmenter | None = None,
    window: StaticWindow | GivenWindow = _BY_RULE,
    any_pose: bool = False,
    clean: tuple[Cleaner, ...] = (),
) -> Pipeline:
    """OpenCap's steps by OpenSim's tools: v0.3, but for a second of warm-up, by default."""
    setup = opencap_setup("augmented", "any_pose" if any_pose else "upright")
    return Pipeline(
        setup.generic,
        augment or LSTMAugmenter("v0.3", warm_up_s=1.0),
        OpenSimScaler(setup.scaling, setup.marker_set, window),
        OpenSimIK(setup.ik),
        clean=clean,
    )
