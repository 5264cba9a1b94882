"""What a study asks: factors with levels, trials, and what is measured."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from kinebench.core.trial import Trial
from kinebench.errors import ValueRangeError, require_names
from kinebench.metrics.catalogue import CATALOGUE, Metric, metrics_of
from kinebench.metrics.figure_table import COLUMNS
from kinebench.metrics.quantities import Alignment
from kinebench.pipeline.pipeline import Pipeline
from kinebench.studies.changes import ESTIMATE, with_level
from kinebench.studies.evidence import EvidenceKind

DATA = "data."
"""Paths that start so change the recording; all others are field paths of the pipeline."""

METRICS = ("rmse", "bias", "offset_removed_rmse")
"""Metrics of a study that names none."""

LABELS = ("subject", "trial", "activity")
"""What every cell is labelled with, beside the levels of its factors."""

# a factor becomes a column beside these, in the labels of a cell and in the tables written
RESERVED = frozenset(
    {
        *LABELS, *COLUMNS, "status", "reason", "on",
        *(
            f"{alignment.column}{unit}"
            for alignment in Alignment
            for unit in ("", "_deg", "_s")
        ),
    }
)  # fmt: skip
"""Columns of the results, which no factor may be named after."""


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
    def evidence(self) -> EvidenceKind:
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
        Field path of the pipeline, such as ``clean`` or ``augment.warm_up_s``; ``estimate`` for
        whole pipelines; or ``data.`` and what the trial sources understand.
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
        """Whether the factor changes the data, not the pipeline."""
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
    primary : str
        The metric that headlines, effects and rankings are about; empty for the first that has a
        better and a worse.
    datasets : tuple of str
        Public datasets that movements and references come from, to be cited.
    margin : float, optional
        A change of the primary metric within ± this is too small to matter, in the unit of reports
        (degrees for errors of angles). Stated before results are seen; without it no level is
        called equivalent to another.
    """

    name: str
    question: str
    base: Pipeline
    factors: tuple[Factor, ...]
    sources: tuple[TrialSource, ...]
    metrics: tuple[str, ...] = METRICS
    primary: str = ""
    datasets: tuple[str, ...] = ()
    margin: float | None = None

    @property
    def judged(self) -> Metric:
        """The row of the primary metric in the catalogue."""
        rows = (CATALOGUE[name] for name in self.metrics)
        first = next(row for row in rows if row.better != "none")
        return CATALOGUE[self.primary] if self.primary else first

    @property
    def runs_own(self) -> bool:
        """Whether any cell runs a pipeline of ours, and not programs or files alone."""
        levels = [level for factor in self.factors if factor.path == ESTIMATE
                  for level in factor.levels]  # fmt: skip
        return not levels or any(isinstance(level.value, Pipeline) for level in levels)

    def __post_init__(self) -> None:
        _require_metrics(self)
        if self.margin is not None and not 0 < self.margin < math.inf:
            raise ValueRangeError(
                f"study '{self.name}': the margin must be positive, found {self.margin:g}"
            )
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
        kinds = [kind.value for kind in EvidenceKind]
        for source in self.sources:
            where = f"the list of kinds, for trial {source.subject}/{source.name},"
            require_names([source.evidence], kinds, "evidence", where)
        _require_ours(self)
        for factor in self.factors:
            _require_free(factor.name, self.name)
            if not factor.of_data:
                for level in factor.levels:
                    with_level(self.base, factor.path, level.value)


def _require_ours(study: Study) -> None:
    """Stages can be varied in our own pipelines only."""
    others = [factor for factor in study.factors if not factor.of_data and factor.path != ESTIMATE]
    for factor in study.factors:
        strange = [level for level in factor.levels if not isinstance(level.value, Pipeline)]
        if factor.path == ESTIMATE and strange and others:
            raise ValueRangeError(
                f"study '{study.name}': level '{strange[0].label}' of '{factor.name}' is not"
                f" kinebench's own pipeline, so factor '{others[0].name}' ({others[0].path}) cannot"
                " vary it; beside such levels factors start with data., and a pipeline of our own"
                f" with another setting is a level of '{factor.name}'"
            )


def _require_free(name: str, study: str) -> None:
    """A factor's name is a column of its own: ``"Subject "`` would be taken for ``subject``."""
    if not name.strip():
        raise ValueRangeError(f"study '{study}' has a factor without a name")
    if name.strip().casefold() in RESERVED:
        raise ValueRangeError(
            f"study '{study}' has a factor '{name}', which is the name of a column of the results;"
            f" choose another, such as '{name.strip()} level'"
        )


def _require_metrics(study: Study) -> None:
    """Metrics of waveforms, each once; the primary among them, with a better and a worse."""
    known = {metric.name: metric for metric in metrics_of("waveform")}
    if not study.metrics:
        raise ValueRangeError(f"study '{study.name}' has no metrics; name one, such as rmse")
    require_names(study.metrics, known, "metric", "a study's waveform metrics")
    doubled = [name for name, count in Counter(study.metrics).items() if count > 1]
    if doubled:
        raise ValueRangeError(f"study '{study.name}' has metric '{doubled[0]}' twice")
    if study.primary:
        require_names([study.primary], study.metrics, "primary metric", "the study's metrics")
    judged = [name for name in study.metrics if known[name].better != "none"]
    if not judged or (study.primary and study.primary not in judged):
        raise ValueRangeError(
            f"study '{study.name}': {study.primary or study.metrics[0]} has no better or worse, so"
            " it cannot be the primary metric; add one that has, such as rmse"
        )
