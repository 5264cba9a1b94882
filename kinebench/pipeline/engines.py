"""The same pipeline with another engine."""

from __future__ import annotations

from dataclasses import replace

from kinebench.errors import NotApplicableError
from kinebench.ik.engines import make_engine
from kinebench.ik.fast import FastIK
from kinebench.ik.opensim_engine import OpenSimIK
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.scalers import make_scaler

__all__ = ["with_engine"]


def with_engine(pipeline: Pipeline, name: str) -> Pipeline:
    """The pipeline with scaler and inverse kinematics of one engine; set-ups and tasks stay.

    Parameters
    ----------
    pipeline : Pipeline
    name : {"fast", "opensim"}

    Raises
    ------
    NameNotFoundError
        For an unknown name.
    NotApplicableError
        When the scaler or solver is of neither engine, so that it has no set-up to take over.
    """
    scale, solve = pipeline.scale, pipeline.solve
    if not isinstance(scale, FastScaler | OpenSimScaler):
        raise NotApplicableError(f"a {type(scale).__name__} scales the same with every engine")
    if not isinstance(solve, FastIK | OpenSimIK):
        raise NotApplicableError(f"a {type(solve).__name__} belongs to no engine")
    return replace(
        pipeline,
        scale=make_scaler(name, scale.setup, scale.marker_set, scale.window),
        solve=make_engine(name, solve.tasks),
    )
