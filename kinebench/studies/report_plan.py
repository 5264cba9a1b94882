"""What one report is made of: a study or several, and what it shows beside their effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from kinebench.core.names import file_stem
from kinebench.errors import ValueRangeError
from kinebench.studies.design import Study, TrialSource
from kinebench.studies.evidence import EvidenceKind

SectionKind = Literal["causes", "metric", "oracle", "sinking"]

SECTIONS: tuple[SectionKind, ...] = get_args(SectionKind)
"""Sections that a file may choose: shares of the factors in the error; effects by another metric
than the primary one; regret of fixed choices against the best of each trial; shares of the factors
in left and right."""


@dataclass(frozen=True, slots=True)
class SectionChoice:
    """A section that a file asks for.

    Parameters
    ----------
    kind : {"causes", "metric", "oracle", "sinking"}
    title : str
        Empty for the usual one.
    factor : str
        Of an oracle: whose levels are judged.
    candidates : tuple of str
        Of an oracle: the levels among which it chooses for every trial.
    split : str
        Of an oracle: the label by which its choices are counted.
    metric : str
        By which the effects are shown once more.
    """

    kind: SectionKind
    title: str = ""
    factor: str = ""
    candidates: tuple[str, ...] = ()
    split: str = "activity"
    metric: str = ""


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """One report.

    Parameters
    ----------
    title, question : str
    studies : tuple of Study
        The one whose truth is known best first; all with one primary metric.
    sections : tuple of SectionChoice
        Shown after the answer.
    baseline : Path, optional
        File of the headline figures that a full run is held against.
    """

    title: str
    question: str
    studies: tuple[Study, ...]
    sections: tuple[SectionChoice, ...] = ()
    baseline: Path | None = None

    def __post_init__(self) -> None:
        stems = [file_stem(study.name) for study in self.studies]
        for stem in stems:
            if stems.count(stem) > 1:
                raise ValueRangeError(
                    f"two studies of '{self.title}' have the name '{stem}'; names must differ, for"
                    " each has a folder of tables"
                )
        metrics = list(dict.fromkeys(study.judged.name for study in self.studies))
        if len(metrics) != 1:
            raise ValueRangeError(
                f"the studies of '{self.title}' must have one primary metric, found"
                f" {', '.join(metrics) or 'no study'}; 'primary' sets it in each file"
            )

    def tables(self, out: Path, study: Study) -> Path:
        """Folder of a study's tables: `out` itself when there is one study only."""
        return out if len(self.studies) == 1 else out / file_stem(study.name)


def with_first_subjects(plan: ReportPlan, n: int) -> ReportPlan:
    """A try-out: only the first n virtual subjects of each study, all recordings, no baseline."""
    studies = tuple(replace(study, sources=_first(study.sources, n)) for study in plan.studies)
    return replace(plan, studies=studies, baseline=None)


def _first(sources: Sequence[TrialSource], n: int) -> tuple[TrialSource, ...]:
    virtual = [source.evidence == EvidenceKind.EXACT_TRUTH for source in sources]
    pairs = list(zip(sources, virtual, strict=True))
    kept = list(dict.fromkeys(source.subject for source, is_virtual in pairs if is_virtual))[:n]
    return tuple(s for s, is_virtual in pairs if not is_virtual or s.subject in kept)
