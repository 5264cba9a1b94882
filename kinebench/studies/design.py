"""What a study asks: factors with levels, trials, and what is measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Protocol, runtime_checkable

from kinebench.core.trial import Trial
from kinebench.errors import ValueRangeError, require_names
from kinebench.pipeline.engines import with_engine
from kinebench.pipeline.pipeline import Pipeline

__all__ = [
    "DATA",
    "Changes",
    "EngineChoice",
    "Factor",
    "Level",
    "PipelineChange",
    "Study",
    "TrialSource",
    "with_level",
]

DATA = "data."
"""Paths that start so change the recording; all others are field paths of the pipeline."""


@runtime_checkable
class TrialSource(Protocol):
    """Where a trial comes from: a frozen value that loads or makes it when called.

    ``source(choices, seed)`` gives the trial, with its reference motion or markers where there are
    any. `choices` holds the values of the study's data factors, by path without ``data.``; `seed`
    is for whatever is random, and depends on names only.
    """

    @property
    def name(self) -> str: ...

    @property
    def subject(self) -> str: ...

    @property
    def activity(self) -> str: ...

    @property
    def evidence(self) -> str:
        """What the reference is worth: results of unlike evidence are never averaged."""
        ...

    def __call__(self, choices: Mapping[str, Any], seed: int) -> Trial: ...


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
class Level:
    """One choice: a label for people, and the value itself.

    Parameters
    ----------
    label : str
    value : object
        Of the field at the factor's path; or a `PipelineChange`.
    """

    label: str
    value: Any


@dataclass(frozen=True, slots=True)
class Factor:
    """Something that is varied.

    Parameters
    ----------
    name : str
    path : str
        Field path of the pipeline, such as ``clean`` or ``augment.warm_up_s``, or ``data.`` and
        what the trial sources understand.
    levels : tuple of Level
        The first is the baseline.
    """

    name: str
    path: str
    levels: tuple[Level, ...]

    def __post_init__(self) -> None:
        labels = [level.label for level in self.levels]
        doubled = [label for label, count in Counter(labels).items() if count > 1]
        if not labels or doubled:
            found = f"twice: {', '.join(doubled)}" if doubled else "none"
            raise ValueRangeError(f"factor '{self.name}' needs levels of different names, {found}")

    @property
    def of_data(self) -> bool:
        return self.path.startswith(DATA)


@dataclass(frozen=True, slots=True)
class Study:
    """A full factorial over factors and trials.

    Parameters
    ----------
    name, question : str
    base : Pipeline
        What the factors are applied to.
    factors : tuple of Factor
    sources : tuple of TrialSource
    metrics : tuple of str
        Waveform metrics, of `kinebench.metrics.CATALOGUE`.
    """

    name: str
    question: str
    base: Pipeline
    factors: tuple[Factor, ...]
    sources: tuple[TrialSource, ...]
    metrics: tuple[str, ...] = ("bias", "rmse", "offset_removed_rmse")

    def __post_init__(self) -> None:
        for what, names in (
            ("factor", [factor.name for factor in self.factors]),
            ("factor path", [factor.path for factor in self.factors]),
            ("trial", [f"{source.subject}/{source.name}" for source in self.sources]),
        ):
            doubled = [name for name, count in Counter(names).items() if count > 1]
            if doubled:
                raise ValueRangeError(
                    f"study '{self.name}' has {what} '{doubled[0]}' twice; names must differ"
                )
        for factor in self.factors:
            if not factor.of_data:
                for level in factor.levels:
                    with_level(self.base, factor.path, level.value)


def with_level(stage: Any, path: str, value: Any) -> Any:
    """A stage with one field, at a dotted path, replaced; or changed by a `PipelineChange`.

    Raises
    ------
    NameNotFoundError
        When a stage has no such field, with its fields.
    """
    if isinstance(value, PipelineChange) and isinstance(stage, Pipeline):
        return value.applied_to(stage)
    name, _, rest = path.partition(".")
    if not is_dataclass(stage) or isinstance(stage, type):
        raise ValueRangeError(f"'{path}' leads into a {type(stage).__name__}, which has no fields")
    names = [field.name for field in fields(stage)]
    require_names([name], names, "field", type(stage).__name__)
    inner = with_level(getattr(stage, name), rest, value) if rest else value
    return replace(stage, **{name: inner})
