"""One page on whether a session's trials are to be trusted."""

from __future__ import annotations

from collections.abc import Sequence

from kinebench import __version__
from kinebench.pipeline.audit import TrialAudit, worst_of
from kinebench.quality import CHECKS, Finding
from kinebench.reports.blocks import (
    Block,
    Details,
    Document,
    FigureBlock,
    Listing,
    Section,
    TableBlock,
    Text,
)
from kinebench.reports.figures.audit import lights_figure, trial_figure
from kinebench.reports.figures.style import as_svg
from kinebench.reports.tables import Table

_SAID = {
    "green": "Green: no check found anything.",
    "amber": "Amber: to be used with care.",
    "red": "Red: not to be trusted.",
}
# more columns than this are unreadable on a page
_COLUMNS = 12


def audit_document(name: str, audits: Sequence[TrialAudit], command: str) -> Document:
    """The page.

    Parameters
    ----------
    name : str
        Of the session or file.
    audits : sequence of TrialAudit
    command : str
        What makes the page again.
    """
    counts = {light: sum(audit.severity == light for audit in audits) for light in _SAID}
    counted = ", ".join(f"{count} {light}" for light, count in counts.items() if count)
    return Document(
        f"{name}: audit",
        (
            Section("Lights", _lights(audits)),
            *(Section(f"{audit.trial}: {audit.severity}", _trial(audit)) for audit in audits),
            Section("Checks", (_checks(),)),
        ),
        summary=f"{len(audits)} trials: {counted}. {_SAID[worst_of(audits)]}",
        colophon=(f"Made by kinebench {__version__}: {command}",),
    )


def _lights(audits: Sequence[TrialAudit]) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for start in range(0, len(audits), _COLUMNS):
        part = audits[start : start + _COLUMNS]
        said = "; ".join(f"{audit.trial} is {audit.severity}" for audit in part)
        blocks.append(
            FigureBlock(
                as_svg(lights_figure(part), page=True),
                "Light of each trial and of each check: green circle, amber triangle, red cross;"
                " a stroke where a check could not be made.",
                said,
            )
        )
    return tuple(blocks)


def _trial(audit: TrialAudit) -> tuple[Block, ...]:
    blocks: list[Block] = [Text(_SAID[audit.severity], lead=True)]
    if audit.findings:
        rows = tuple(map(_row, audit.findings))
        header = ("check", "what was found", "cause and cure")
        blocks.append(TableBlock(Table(header, rows, n_labels=3), "Findings, worst first."))
    drawing = trial_figure(audit)
    if drawing is not None:
        said = "; ".join(finding.message for finding in audit.findings) or "nothing was found"
        caption = (
            "From above: the person in five frames; marker errors; segment lengths; when findings"
            " hold. Values beyond the panels are drawn at their edges."
        )
        blocks.append(FigureBlock(as_svg(drawing, page=True), caption, said))
    notes = [one.text for one in audit.assessment.findings if one.severity == "green"]
    if notes:
        blocks.append(Listing(tuple(notes)))
    if audit.assessment.not_made:
        left = tuple(f"{name}: {why}" for name, why in audit.assessment.not_made.items())
        blocks.append(Details("Checks that could not be made", (Listing(left),)))
    if audit.remarks:
        blocks.append(
            Details(
                "Remarks of the pipeline",
                (Listing(tuple(remark.text for remark in audit.remarks)),),
            )
        )
    return tuple(blocks)


def _row(finding: Finding) -> tuple[str, ...]:
    place = "static trial: " if finding.recording == "static" else ""
    return (f"{finding.severity}: {finding.check}", f"{place}{finding.message}", finding.advice)


def _checks() -> Block:
    rows = tuple((name, entry.title, entry.needs) for name, entry in CHECKS.items())
    return TableBlock(Table(("check", "fine is", "needs"), rows, n_labels=3), "All checks.")
