"""The same pipeline with another engine."""

from __future__ import annotations

from dataclasses import replace

from kinebench.errors import NotApplicableError, require_names
from kinebench.ik.engines import ENGINES, make_engine
from kinebench.ik.fast import FastIK
from kinebench.ik.opensim_engine import OpenSimIK
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.scalers import make_scaler

__all__ = ["with_engine"]


def with_engine(pipeline: Pipeline, name: str, keep_foreign: bool = False) -> Pipeline:
    """The pipeline with scaler and inverse kinematics of one engine; set-ups and tasks stay.

    Parameters
    ----------
    pipeline : Pipeline
        A scaler or solver that is of this engine already stays as it is.
    name : {"fast", "opensim"}
    keep_foreign : bool
        Leave a scaler or solver of neither engine as it is.

    Raises
    ------
    NameNotFoundError
        For an unknown name.
    NotApplicableError
        When the scaler or solver is of neither engine, so that it has no set-up to take over, and
        is not to be kept.
    """
    require_names([name], ENGINES, "engine", "kinebench")
    scale, solve = pipeline.scale, pipeline.solve
    if isinstance(scale, FastScaler | OpenSimScaler):
        other = make_scaler(name, scale.setup, scale.marker_set, scale.window)
        scale = scale if type(other) is type(scale) else other
    elif not keep_foreign:
        raise NotApplicableError(f"a {type(scale).__name__} scales the same with every engine")
    if isinstance(solve, FastIK | OpenSimIK):
        solve = make_engine(name, solve.tasks)
    elif not keep_foreign:
        raise NotApplicableError(f"a {type(solve).__name__} belongs to no engine")
    return replace(pipeline, scale=scale, solve=solve)
