"""What a study asks: factors with levels, trials, and what is measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from kinebench.core.trial import Trial
from kinebench.errors import ValueRangeError
from kinebench.pipeline.pipeline import Pipeline
from kinebench.studies.changes import with_level

__all__ = ["DATA", "Factor", "Level", "Study", "TrialSource"]

DATA = "data."
"""Paths that start so change the recording; all others are field paths of the pipeline."""


@runtime_checkable
class TrialSource(Protocol):
    """Where a trial comes from: a frozen value that loads or makes it when called.

    ``source(choices)`` gives the trial, with its reference motion or markers where there are any.
    `choices` holds the values of the study's data factors, by path without ``data.``. What is
    random in it is seeded by the names of subject and trial: a level more moves no other cell.
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

    def __call__(self, choices: Mapping[str, Any]) -> Trial: ...


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
    datasets : tuple of str
        Public datasets that movements and references come from, to be cited.
    """

    name: str
    question: str
    base: Pipeline
    factors: tuple[Factor, ...]
    sources: tuple[TrialSource, ...]
    metrics: tuple[str, ...] = ("bias", "rmse", "offset_removed_rmse")
    datasets: tuple[str, ...] = ()

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
