"""Run what a report plan holds, and write tables and page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kinebench.io.atomic import write_atomically
from kinebench.reports.html import as_html
from kinebench.reports.study.document import study_document
from kinebench.reports.study.parts import StudyPart, parts_of
from kinebench.reports.study.sections import chosen_sections
from kinebench.studies.analysis.results import with_reasons, write_results
from kinebench.studies.design import Study
from kinebench.studies.execution.cells import Outcome, run_study, stored_outcomes
from kinebench.studies.execution.store import Store
from kinebench.studies.report_plan import ReportPlan


@dataclass(frozen=True, slots=True)
class RanStudy:
    """A study of a report with what became of its cells.

    Parameters
    ----------
    study : Study
    outcomes : tuple of Outcome
    """

    study: Study
    outcomes: tuple[Outcome, ...]


def run_report(
    plan: ReportPlan,
    out: Path,
    store: Store,
    workers: int = 1,
    scheduler: str | None = None,
    on_outcome: Callable[[Outcome], None] | None = None,
    parquet: bool = False,
) -> tuple[RanStudy, ...]:
    """Run all studies of a report, and write their tables as each ends.

    Parameters
    ----------
    plan : ReportPlan
    out : Path
        Folder of the tables; of several studies each has one below it.
    store : Store
        What it holds is not computed again.
    workers, scheduler, on_outcome
        As of `kinebench.studies.execution.cells.run_study`.
    parquet : bool
        Write results.parquet too, which needs the extra ``parquet``.
    """
    ran = []
    for study in plan.studies:
        outcomes = run_study(study, store, workers, scheduler, on_outcome)
        write_results(plan.tables(out, study), study, outcomes, store.environments(), parquet)
        ran.append(RanStudy(study, outcomes))
    return tuple(ran)


def stored_report(plan: ReportPlan, out: Path, store: Store) -> tuple[RanStudy, ...]:
    """What the store holds of a report, with the reasons that the tables of the last run name."""
    return tuple(
        RanStudy(study, with_reasons(stored_outcomes(study, store), study, plan.tables(out, study)))
        for study in plan.studies
    )


def parts_of_report(ran: Sequence[RanStudy], store: Store) -> tuple[StudyPart, ...]:
    """Parts of all studies in their order; those of equal titles get the names of their studies."""
    parts = [part for one in ran for part in parts_of(one.study, one.outcomes, store)]
    titles = [part.title for part in parts]
    return tuple(
        replace(part, title=f"{part.title}, {part.study.name}")
        if titles.count(part.title) > 1
        else part
        for part in parts
    )


def write_page(plan: ReportPlan, parts: Sequence[StudyPart], page: Path, command: str) -> None:
    """The report: the answer, the sections that the plan chooses, then each part."""
    document = study_document(plan.title, plan.question, parts, command)
    answer, *rest = document.sections
    sections = (answer, *chosen_sections(plan.sections, parts), *rest)
    write_atomically(page, as_html(replace(document, sections=sections)))
