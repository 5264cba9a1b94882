"""What a report is made from: parts, each a study with its outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kinebench.studies.design import Study
from kinebench.studies.execution import Outcome
from kinebench.studies.exhibits import Exhibit

__all__ = ["StudyPart"]


@dataclass(frozen=True, slots=True)
class StudyPart:
    """One study of a report: on virtual subjects, or on recordings of some kind.

    Parameters
    ----------
    title : str
        What it was run on: "Virtual subjects".
    study : Study
    outcomes : sequence of Outcome
        All of them, in the order of the plan.
    exhibits : sequence of Exhibit
        Cells to show as waveforms; of `kinebench.studies.exhibits.exhibits_of`.
    note : str
        What a reader must know of these recordings, such as what counts as reference.
    """

    title: str
    study: Study
    outcomes: Sequence[Outcome]
    exhibits: Sequence[Exhibit] = ()
    note: str = ""
