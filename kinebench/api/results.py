"""What the commands give: values that print as a command does, and become tables and pages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kinebench.core.display import counted

if TYPE_CHECKING:
    import pandas as pd

    from kinebench.baselines.judging import Verdict
    from kinebench.cli.check import Checked
    from kinebench.comparison import Comparison, MethodComparison
    from kinebench.core.model import Model
    from kinebench.diagnosis.why import Diagnosis
    from kinebench.pipeline.audit import TrialAudit
    from kinebench.pipeline.plan import Plan
    from kinebench.remarks import Remark
    from kinebench.reports.blocks import Document
    from kinebench.reports.study.making import RanStudy
    from kinebench.studies.report_plan import ReportPlan
    from kinebench.validation import ManyValidations

    PathLike = str | Path

_WIDTH = 120  # characters: a notebook's cell, a wide terminal


class _Shown:
    """Base of results whose text is what the command prints."""

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


@dataclass(frozen=True, eq=False, repr=False)
class ComparisonResult(_Shown):
    """How far one or several estimates are from a reference.

    Parameters
    ----------
    comparison : Comparison or MethodComparison
        The latter of several methods.
    files : tuple of (str, Path)
        What was compared, with its part.
    margin : float, optional
        Of the test of equivalence, rad.
    models : mapping of str to Model
        Scaled models by subject, for joint centres.
    """

    comparison: Comparison | MethodComparison
    files: tuple[tuple[str, Path], ...] = ()
    margin: float | None = None
    models: Mapping[str, Model] = field(default_factory=dict)

    def to_dataframe(self) -> pd.DataFrame:
        """All figures in ° and mm, one a row, as ``--csv`` writes them."""
        from kinebench.comparison import Comparison
        from kinebench.reports.comparison_tables import tidy_rows
        from kinebench.reports.method_report import tidy_method_rows
        from kinebench.reports.over_subjects import subject_rows

        found = self.comparison
        return _frame(
            (*tidy_rows(found), *subject_rows(found, self.margin))
            if isinstance(found, Comparison)
            else tidy_method_rows(found, self.margin)
        )

    def report(self, path: PathLike) -> None:
        """Write the page, as ``--report`` does."""
        from kinebench.comparison import Comparison
        from kinebench.reports.comparison_report import comparison_document
        from kinebench.reports.method_report import methods_document

        found, files = self.comparison, self.files
        _write_page(
            path,
            comparison_document(found, self.models, self.margin, files)
            if isinstance(found, Comparison)
            else methods_document(found, files, self.margin, self.models),
        )

    def ranking(self) -> pd.DataFrame:
        """Of several methods: means, ranks and paired differences, as ``--ranking`` writes them."""
        from kinebench.comparison import Comparison
        from kinebench.errors import ValueRangeError
        from kinebench.reports.method_report import ranking_rows

        if isinstance(self.comparison, Comparison):
            raise ValueRangeError("a ranking is of several methods: name two estimates or more")
        return _frame(ranking_rows(self.comparison))

    def __str__(self) -> str:
        from kinebench.comparison import Comparison
        from kinebench.reports.comparison_remarks import (
            comparison_title,
            kind_title,
            kinds_remarks,
        )
        from kinebench.reports.comparison_tables import main_table
        from kinebench.reports.method_report import methods_in_words, ranking_table
        from kinebench.reports.tables import as_text

        found = self.comparison
        if isinstance(found, Comparison):
            texts = [f"estimate − reference: {comparison_title(found)}"]
            for kind, part in found.by_kind.items():
                texts += [kind_title(kind, part)] if kind else []
                texts.append(as_text(main_table(part), _WIDTH))
            return "\n\n".join((*texts, *kinds_remarks(found)))
        return f"{methods_in_words(found)}\n\n{as_text(ranking_table(found), _WIDTH)}"

    def __repr__(self) -> str:
        from kinebench.comparison import Comparison
        from kinebench.metrics import CATALOGUE
        from kinebench.reports.comparison_remarks import mean_text

        found = self.comparison
        if not isinstance(found, Comparison):
            trials = counted(len(found.trials), "trial")
            return f"<ComparisonResult: {len(found.methods)} methods, {trials}>"
        first = found.pairs[0]
        metric = found.headline_of(first)
        if len(found.pairs) == 1:
            mean = mean_text(first, metric, first.evaluation.values(metric))
            return f"<ComparisonResult: {CATALOGUE[metric].title} {mean}>"
        subjects = counted(found.n_subjects, "subject")
        return f"<ComparisonResult: {len(found.pairs)} trials, {subjects}>"


@dataclass(frozen=True, eq=False, repr=False)
class ValidationResult(_Shown):
    """Mocap against video: errors, and what was found to bring the two together.

    Parameters
    ----------
    found : ManyValidations
        Each trial with its `validation` (`clock`, `frame`, …), and the comparison of all.
    """

    found: ManyValidations

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Every step that was taken or doubted, each once."""
        from kinebench.remarks import each_once

        return each_once(remark for trial in self.found.trials for remark in trial.remarks)

    def to_dataframe(self) -> pd.DataFrame:
        """All figures in ° and mm, one a row, as ``--csv`` writes them."""
        from kinebench.reports.comparison_tables import tidy_rows
        from kinebench.reports.over_subjects import subject_rows

        found = self.found.comparison
        return _frame((*tidy_rows(found), *subject_rows(found)))

    def report(self, path: PathLike) -> None:
        """Write the page, as ``--report`` does."""
        from kinebench.reports.validation_report import validation_document

        _write_page(path, validation_document(self.found.trials, self.found.comparison))

    def __str__(self) -> str:
        from kinebench.reports.comparison_remarks import (
            comparison_title,
            kind_title,
            kinds_remarks,
        )
        from kinebench.reports.comparison_tables import kinds_table
        from kinebench.reports.tables import as_text

        compared = self.found.comparison
        texts = [f"video − mocap: {comparison_title(compared)}"]
        for kind, part in compared.by_kind.items():
            texts += [kind_title(kind, part)] if kind else []
            texts.append(as_text(kinds_table(part.pairs), _WIDTH))
        return "\n\n".join((*texts, *kinds_remarks(compared)))

    def __repr__(self) -> str:
        return f"<ValidationResult: {ComparisonResult(self.found.comparison)!r}>"


@dataclass(frozen=True, eq=False, repr=False)
class WhyResult(_Shown):
    """What makes one side sink, and what is likely to be wrong.

    Parameters
    ----------
    diagnosis : Diagnosis
    plan : Plan
    inputs : mapping of str to Path
    remarks : tuple of Remark
    command : str
        What makes it again.
    """

    diagnosis: Diagnosis
    plan: Plan
    inputs: Mapping[str, Path]
    remarks: tuple[Remark, ...]
    command: str

    @property
    def verdict(self) -> tuple[str, ...]:
        """What is wrong and what to do about it, what is seen, and how far it can be taken."""
        from kinebench.diagnosis.verdict import verdict

        return verdict(self.diagnosis)

    def to_dataframe(self) -> pd.DataFrame:
        """Every cause: how likely it is wrong, what it changes, and what to do; SI units."""
        from kinebench.cli.why import as_json

        return _frame(as_json(self.diagnosis)["causes"])

    def report(self, path: PathLike) -> None:
        """Write the page, as ``--report`` does."""
        from kinebench.cli.why import write_report

        found, told = (self.diagnosis, self.plan, self.inputs), (self.remarks, self.command)
        write_report(Path(path), *found, *told)

    def __str__(self) -> str:
        return "\n".join(self.verdict)

    def __repr__(self) -> str:
        return f"<WhyResult {self.diagnosis.trial}: {self.verdict[0]}>"


@dataclass(frozen=True, eq=False, repr=False)
class AuditResult(_Shown):
    """Whether recordings and results are to be trusted.

    Parameters
    ----------
    trials : tuple of TrialAudit
    name : str
        Of the session or file.
    command : str
        What makes it again.
    """

    trials: tuple[TrialAudit, ...]
    name: str
    command: str

    @property
    def light(self) -> str:
        """The worst of all trials: "green", "amber" or "red"."""
        from kinebench.pipeline.audit import worst_of

        return worst_of(self.trials)

    def to_dataframe(self) -> pd.DataFrame:
        """A row per finding, worst first in each trial."""
        return _frame(
            {
                "trial": audit.trial,
                "check": one.check,
                "severity": one.severity,
                "message": one.message,
                "advice": one.advice,
            }
            for audit in self.trials
            for one in audit.findings
        )

    def report(self, path: PathLike) -> None:
        """Write the page, as ``--report`` does."""
        from kinebench.cli.audit import write_report

        write_report(Path(path), list(self.trials), self.name, self.command)

    def __str__(self) -> str:
        lines = []
        for audit in self.trials:
            lines.append(f"{audit.severity}: {audit.trial}")
            lines += [f"  {one.severity}: {one.check}: {one.text}" for one in audit.findings]
        return "\n".join(lines)

    def __repr__(self) -> str:
        lights = ", ".join(f"{audit.trial} {audit.severity}" for audit in self.trials)
        return f"<AuditResult {self.name}: {lights}>"


@dataclass(frozen=True, eq=False, repr=False)
class CheckResult(_Shown):
    """Whether a pipeline has moved since its baseline was accepted.

    Parameters
    ----------
    checked : Checked
        Verdict, baseline, measurement and remarks.
    """

    checked: Checked

    @property
    def verdict(self) -> Verdict:
        """Every figure, expected and obtained."""
        return self.checked.verdict

    @property
    def passed(self) -> bool:
        """Something was compared, and no figure moved or vanished."""
        return bool(self.verdict.n_compared) and not self.verdict.failures

    def to_dataframe(self) -> pd.DataFrame:
        """A row per figure, SI units."""
        return _frame(
            {
                **one.key._asdict(),
                "outcome": one.outcome.value,
                "unit": one.unit,
                "expected": one.expected,
                "obtained": one.obtained,
                "change": one.change,
                "limit": one.limit,
            }
            for one in self.verdict.findings
        )

    def report(self, path: PathLike) -> None:
        """Write the page, as ``--html`` does."""
        from kinebench.reports.gate_report import gate_document

        verdict, baseline, measured, _ = self.checked
        _write_page(path, gate_document(verdict, baseline, measured))

    def __str__(self) -> str:
        from kinebench.reports.gate_words import in_text

        return in_text(self.verdict, self.checked.baseline)

    def __repr__(self) -> str:
        from kinebench.reports.gate_words import headline

        return f"<CheckResult: {headline(self.verdict)}>"


@dataclass(frozen=True, eq=False, repr=False)
class StudyResult(_Shown):
    """What became of a study's cells; tables and page are in its folder.

    Parameters
    ----------
    plan : ReportPlan
    ran : tuple of RanStudy
        The studies of one report, each with its outcomes.
    page : Path
    """

    plan: ReportPlan
    ran: tuple[RanStudy, ...]
    page: Path

    def to_dataframe(self) -> pd.DataFrame:
        """A row per cell and figure, SI units, as results.csv has them; of several studies all."""
        import pandas as pd

        from kinebench.studies.analysis.results import tidy_table

        tables = {one.study.name: tidy_table(one.study, one.outcomes) for one in self.ran}
        if len(tables) == 1:
            return next(iter(tables.values()))
        return pd.concat(tables, names=["study"]).reset_index("study").reset_index(drop=True)

    def __str__(self) -> str:
        from kinebench.studies.analysis.results import counts_in_words

        outcomes = [outcome for one in self.ran for outcome in one.outcomes]
        return f"{self.plan.title}: {counts_in_words(outcomes)}; {self.page}"

    def __repr__(self) -> str:
        return f"<StudyResult {self}>"


def _frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    listed = list(rows)
    # what a CSV leaves empty is NaN among numbers
    numbers = {name for row in listed for name, one in row.items() if isinstance(one, float)}
    return pd.DataFrame(
        [
            {name: math.nan if name in numbers and one == "" else one for name, one in row.items()}
            for row in listed
        ]
    )


def _write_page(path: PathLike, document: Document) -> None:
    from kinebench.io.atomic import write_atomically
    from kinebench.reports.html import as_html

    write_atomically(Path(path), as_html(document))
