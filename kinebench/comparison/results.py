"""What comes out of a comparison."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import fmean
from typing import NamedTuple

from kinebench.alignment import AlignmentRecord, PolicyResult, Shifted
from kinebench.comparison.intervals import ScoredInterval
from kinebench.comparison.procedure import Procedure
from kinebench.comparison.scoring import headline_name
from kinebench.comparison.trial_kinds import require_one_kind, trial_kind
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.metrics import Evaluation, Exclusion
from kinebench.remarks import Remark
from kinebench.statistics import GroupFigure


class RepetitionResult(NamedTuple):
    """Figures of one repetition, cycle or phase of a trial."""

    interval: ScoredInterval
    evaluation: Evaluation


class GroupRow(NamedTuple):
    """A metric of one item over all pairs.

    Parameters
    ----------
    item : str
        A coordinate or marker, or "all angles", "all translations".
    metric : str
    unit : str
        "rad", "m", "s" or "1".
    figure : GroupFigure
    """

    item: str
    metric: str
    unit: str
    figure: GroupFigure


@dataclass(frozen=True, slots=True)
class PairResult:
    """What came out of one pair.

    Parameters
    ----------
    subject, trial : str
    reference, estimate : Motion or Markers
        Aligned, as they were scored.
    evaluation : Evaluation
        Of the whole trial, or of the procedure's window.
    alignment : AlignmentRecord
    repetitions : tuple of RepetitionResult
        When the procedure names events.
    excluded : tuple of Exclusion
        Repetitions that could not be scored, with the reason.
    sensitivity : tuple of Shifted
        The headline metric per item, at the lag and beside it; empty when a shift leaves no
        overlap.
    policies : mapping of str to PolicyResult
        The headline metric per item under the other policies.
    remarks : tuple of Remark
    standard_error : Motion, optional
        What the estimate states of itself, at its aligned times.
    activity : str
        As a person states it; else the trial's name tells its kind.
    """

    subject: str
    trial: str
    reference: Motion | Markers
    estimate: Motion | Markers
    evaluation: Evaluation
    alignment: AlignmentRecord
    repetitions: tuple[RepetitionResult, ...]
    excluded: tuple[Exclusion, ...]
    sensitivity: tuple[Shifted[dict[str, float]], ...]
    policies: Mapping[str, PolicyResult[dict[str, float]]]
    remarks: tuple[Remark, ...] = ()
    standard_error: Motion | None = None
    activity: str = ""

    @property
    def trial_kind(self) -> str:
        """What kind of movement it is: see `kinebench.comparison.trial_kinds`."""
        return trial_kind(self.trial, self.activity)

    def mean_values(self, metric: str) -> dict[str, float]:
        """The trial's figure by item: the mean over its repetitions, or that of the whole trial."""
        parts = [part.evaluation for part in self.repetitions] or [self.evaluation]
        found: dict[str, list[float]] = {}
        for evaluation in parts:
            for item, value in evaluation.values(metric).items():
                if math.isfinite(value):
                    found.setdefault(item, []).append(value)
        return {item: fmean(values) for item, values in found.items()}


@dataclass(frozen=True, slots=True)
class Comparison:
    """All pairs, and what they say together.

    Parameters
    ----------
    procedure : Procedure
    pairs : tuple of PairResult
    excluded : tuple of Exclusion
        Pairs that could not be compared and files without a partner, with the reason.
    groups : tuple of GroupRow
        Only when there are several pairs, of one kind of trial.
    remarks : tuple of Remark
        Of the group figures.
    parts : mapping of str to Comparison
        The pairs of each kind of trial, where there are several kinds and the procedure does not
        pool them: then figures over subjects are of the parts alone.
    """

    procedure: Procedure
    pairs: tuple[PairResult, ...]
    excluded: tuple[Exclusion, ...] = ()
    groups: tuple[GroupRow, ...] = ()
    remarks: tuple[Remark, ...] = ()
    parts: Mapping[str, Comparison] = field(default_factory=dict)

    @property
    def by_kind(self) -> Mapping[str, Comparison]:
        """What may be averaged over subjects: the parts, or all of it under the name ""."""
        return self.parts or {"": self}

    def require_poolable(self) -> None:
        """Refuse figures over subjects where nobody asked to pool several kinds of trials.

        Raises
        ------
        ValueRangeError
            There are several: take each of `by_kind`.
        """
        if not self.procedure.pool_kinds:
            require_one_kind(pair.trial_kind for pair in self.pairs)

    @property
    def pooled_kinds(self) -> tuple[str, ...]:
        """Kinds of trials over which a mean was asked for although they differ."""
        kinds = sorted({pair.trial_kind for pair in self.pairs})
        return tuple(kinds) if len(kinds) > 1 and not self.parts else ()

    @property
    def n_subjects(self) -> int:
        """Number of different subjects among the pairs."""
        return len({pair.subject for pair in self.pairs})

    def headline_of(self, pair: PairResult) -> str:
        """The metric that stands for a pair: of motions or of markers."""
        return headline_name(pair.reference, self.procedure)
