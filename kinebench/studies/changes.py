"""What a level does to a pipeline: one field replaced, or a change that knows what it entails."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

from kinebench.augmentation import NoAugmentation
from kinebench.core.value import fields_of
from kinebench.errors import ValueRangeError, require_names
from kinebench.pipeline.engines import with_engine
from kinebench.pipeline.pipeline import Pipeline

ESTIMATE = "estimate"
"""Path of the factor whose levels are whole pipelines: ours, or any `UnderTest`."""


@runtime_checkable
class PipelineChange(Protocol):
    """The value of a level that changes more than the field at its factor's path."""

    def applied_to(self, pipeline: Pipeline) -> Pipeline: ...


@dataclass(frozen=True, slots=True)
class Changes:
    """Values for several fields at once, where one choice entails others.

    Doing without an augmenter, for instance, asks for another marker set, scaling and IK tasks.

    Parameters
    ----------
    fields : tuple of (str, object)
        Field path of the pipeline, and its value.
    """

    fields: tuple[tuple[str, Any], ...]

    def applied_to(self, pipeline: Pipeline) -> Pipeline:
        """The pipeline with every field replaced."""
        for path, value in self.fields:
            pipeline = with_level(pipeline, path, value)
        return pipeline


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Scaler and inverse kinematics of one engine.

    Parameters
    ----------
    name : {"fast", "opensim"}
    """

    name: str

    def applied_to(self, pipeline: Pipeline) -> Pipeline:
        """The pipeline with this engine, set-ups and tasks as they were."""
        return with_engine(pipeline, self.name)


@dataclass(frozen=True, slots=True)
class WarmUp:
    """Lead-in of the augmenter; without an augmenter there is nothing to warm up.

    Parameters
    ----------
    seconds : float
    """

    seconds: float

    def applied_to(self, pipeline: Pipeline) -> Pipeline:
        """The pipeline with this warm-up."""
        if isinstance(pipeline.augment, NoAugmentation):
            return pipeline
        warm: Pipeline = with_level(pipeline, "augment.warm_up_s", self.seconds)
        return warm


def with_level(stage: Any, path: str, value: Any) -> Any:
    """A stage with one field, at a dotted path, replaced; or changed by a `PipelineChange`.

    The value at `ESTIMATE` stands for the whole pipeline.

    Raises
    ------
    NameNotFoundError
        When a stage has no such field, with its fields.
    """
    if path == ESTIMATE:
        return value
    if isinstance(value, PipelineChange) and isinstance(stage, Pipeline):
        return value.applied_to(stage)
    name, _, rest = path.partition(".")
    named = fields_of(stage)
    if named is None:
        raise ValueRangeError(f"'{path}' leads into a {type(stage).__name__}, which has no fields")
    require_names([name], named, "field", type(stage).__name__)
    inner = with_level(named[name], rest, value) if rest else value
    return replace(stage, **{name: inner})
