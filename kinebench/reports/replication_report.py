"""A repeated study in tables, as rows, and as a page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from kinebench import __version__
from kinebench.comparison import Procedure
from kinebench.core.provenance import without_nan
from kinebench.core.references import Reference
from kinebench.literature import Replication, Row
from kinebench.literature.published import ANGLES, LARGEST, SMALLEST, TRANSLATIONS
from kinebench.metrics import CATALOGUE
from kinebench.reports.blocks import (
    Block,
    Details,
    Document,
    Listing,
    References,
    Section,
    TableBlock,
    Text,
)
from kinebench.reports.source_files import files_details
from kinebench.reports.tables import Table
from kinebench.reports.units import readable, readable_interval, readable_unit, scale_of

_SUMMARIES = (ANGLES, SMALLEST, LARGEST, TRANSLATIONS)


def summary_table(replication: Replication) -> Table:
    """Means over coordinates, an activity after the other."""
    return _table(replication, [row for row in replication.rows if row.of in _SUMMARIES])


def coordinate_table(replication: Replication) -> Table:
    """Each coordinate over all trials, both sides as one."""
    return _table(replication, [row for row in replication.rows if row.of not in _SUMMARIES])


def _table(replication: Replication, rows: Sequence[Row]) -> Table:
    metric, own = (
        CATALOGUE[name].title for name in (replication.metric, replication.default_metric)
    )
    header = (
        "activity", "of", "unit", "published", f"authors' procedure ({metric})", "distance",
        f"kinebench's default ({own})", "[95 %]", "subjects", "trials",
    )  # fmt: skip
    return Table(header, tuple(map(_cells, rows)), n_labels=3)


def _cells(row: Row) -> tuple[str, ...]:
    published = "—"
    if row.published is not None:
        published = readable(row.published.value, row.unit, 1)
        published += "*" if row.published.read == "quoted" else ""
    distance = "—" if row.distance is None else readable(row.distance, row.unit)
    return (
        row.activity,
        row.of,
        readable_unit(row.unit),
        published,
        readable(row.authors, row.unit),
        distance,
        readable(row.default, row.unit),
        readable_interval(row.interval, row.unit) or "—",
        str(row.n_subjects),
        str(row.n_trials),
    )


def step_table(replication: Replication) -> Table:
    """How the figures move from the default to the authors' procedure, decision by decision."""
    rows = [row for row in replication.rows if row.of in (ANGLES, TRANSLATIONS)]
    decisions = [step.decision for step in rows[0].steps]
    cells = []
    for row in rows:
        values = [step.value for step in row.steps]
        moves = [f"{readable(b - a, row.unit)}" for a, b in pairwise(values)]
        cells.append(
            (row.activity, row.of, readable_unit(row.unit), readable(values[0], row.unit), *moves,
             readable(values[-1], row.unit))
        )  # fmt: skip
    header = ("activity", "of", "unit", decisions[0], *decisions[1:], "authors' procedure")
    return Table(header, tuple(cells), n_labels=3)


def comparability(replication: Replication) -> tuple[str, ...]:
    """Of every figure that the study prints, whether it may be compared and if not, why."""
    lines = []
    for row in replication.rows:
        if row.published is None or row.distance is None:
            continue
        what = f"{row.activity}, {row.of}: {_signed(row)} {readable_unit(row.unit)}"
        if row.reasons:
            lines.append(f"{what}, not comparable: {'; '.join(row.reasons)}")
        else:
            lines.append(f"{what}, comparable as far as is known")
    return tuple(lines)


def _signed(row: Row) -> str:
    assert row.distance is not None
    text = readable(row.distance, row.unit)
    return text if text.startswith("−") else f"+{text}"


def said(replication: Replication) -> str:
    """The outcome in a sentence."""
    study, trials = replication.study, replication.trials
    rows = [row for row in replication.rows if row.published is not None]
    subjects = max(row.n_subjects for row in replication.rows)
    n = max(row.n_trials for row in replication.rows)
    good = sum(not row.reasons for row in rows)
    return (
        f"{study.title} on {n} trial{'s' * (n != 1)} of {subjects} of its {study.subjects}"
        f" subjects, estimates of {trials.estimate}: {good} of the {len(rows)} published figures"
        " that these trials have are comparable as far as is known"
    )


def notes(replication: Replication) -> tuple[str, ...]:
    """What the procedure does otherwise, what is not known, and what was left out."""
    how: Procedure = replication.study.procedure
    lines = [f"procedure {how.name} after {how.source}", *how.differs]
    lines += [f"not known, or not repeated: {caveat}" for caveat in replication.study.caveats]
    lines += [f"left out: {one.item}: {one.reason}" for one in replication.left_out]
    return (*lines, *(f"note: {remark}" for remark in replication.remarks))


READ = (
    "* read in a quotation, not in the source. Distance: the authors' procedure here minus the"
    " published figure. Angles: the mean over the study's coordinates. The default's interval is"
    " over subjects."
)


def replication_document(replication: Replication) -> Document:
    """The page."""
    study = replication.study
    sections = (
        Section("Published, repeated, and by default", tuple(_figures(replication))),
        Section("What separates the two procedures", tuple(_steps(replication))),
        Section("May the figures be compared?", (Listing(comparability(replication)),)),
        Section("What is in the copy", tuple(_copy(replication))),
        Section("Procedure, and what is not known", (Listing(notes(replication)),)),
        Section("Source", (References((Reference(study.citation, _doi(study.link)),)),)),
        Section("Files", (files_details(_files(replication)),)),
    )
    return Document(
        f"{study.title}, repeated",
        sections,
        f"{said(replication)}.",
        (f"Made by kinebench {__version__}; published figures as read on {study.read_on}.",),
    )


def _doi(link: str) -> str:
    return link if link.startswith("10.") else ""


def _files(replication: Replication) -> Iterator[tuple[str, Path]]:
    """What was scored, trial by trial."""
    estimate = replication.trials.estimate
    for pair in replication.trials.pairs:
        trial = f"{pair.subject}, {pair.trial}"
        yield f"{trial}: reference", pair.reference
        yield f"{trial}: {estimate}", pair.estimate


def _figures(replication: Replication) -> Iterator[Block]:
    yield TableBlock(summary_table(replication), READ)
    caption = f"Each coordinate over all trials, left and right as one. {READ}"
    yield TableBlock(coordinate_table(replication), caption)


def _steps(replication: Replication) -> Iterator[Block]:
    yield Text(
        "The same trials and coordinates by kinebench's default; then one decision after the other"
        " is the authors'. What is left to the published figure is other data, or what is not"
        " known of the procedure."
    )
    yield TableBlock(step_table(replication), "Differences of the figure at each step.")


def _copy(replication: Replication) -> Iterator[Block]:
    holdings = replication.trials.holdings
    short = holdings.shortfalls()
    yield Text(
        f"{len(holdings.values('subject'))} subjects, {len(holdings.samples)} trials with a mocap"
        f" motion; of {len(short)} kinds of files some are missing."
    )
    if short:
        rows = tuple(
            (one.what, str(one.found), str(one.expected), ", ".join(one.absent[:12])
             + (", …" if len(one.absent) > 12 else ""))
            for one in short
        )  # fmt: skip
        table = Table(("what", "there", "expected", "missing"), rows, n_labels=1)
        yield Details("What is missing", (TableBlock(table, "Of the published layout."),))


def replication_rows(replication: Replication) -> Iterator[dict[str, Any]]:
    """A row for every figure, in ° and mm."""
    for row in replication.rows:
        scale = scale_of(row.unit)
        published = row.published
        yield {
            "study": replication.study.name,
            "activity": row.activity,
            "of": row.of,
            "unit": readable_unit(row.unit),
            "published": "" if published is None else published.value * scale,
            "read": "" if published is None else published.read,
            "authors_metric": replication.metric,
            "authors_procedure": row.authors * scale,
            "distance": "" if row.distance is None else row.distance * scale,
            "default_metric": replication.default_metric,
            "default": row.default * scale,
            "default_low": _or_empty(row.interval.low * scale),
            "default_high": _or_empty(row.interval.high * scale),
            "n_subjects": row.n_subjects,
            "n_trials": row.n_trials,
            "comparable": "" if published is None else ("no" if row.reasons else "yes"),
            "reasons": "" if published is None else "; ".join(row.reasons),
        }


def _or_empty(value: float) -> float | str:
    return value if math.isfinite(value) else ""


def replication_json(replication: Replication) -> dict[str, Any]:
    """All of it, SI units and radians; NaN becomes null."""
    study = replication.study
    content = {
        "study": study.name,
        "citation": study.citation,
        "estimate": replication.trials.estimate,
        "said": said(replication),
        "rows": [
            {
                "activity": row.activity,
                "of": row.of,
                "unit": row.unit,
                "published": None if row.published is None else row.published.value,
                "read": None if row.published is None else row.published.read,
                "authors_procedure": row.authors,
                "distance": row.distance,
                "default": row.default,
                "default_interval": [row.interval.low, row.interval.high],
                "steps": [step._asdict() for step in row.steps],
                "n_subjects": row.n_subjects,
                "n_trials": row.n_trials,
                "reasons": list(row.reasons),
            }
            for row in replication.rows
        ],
        "notes": list(notes(replication)),
        "missing": [
            {"what": one.what, "found": one.found, "expected": one.expected}
            for one in replication.trials.holdings.shortfalls()
        ],
    }
    plain: dict[str, Any] = without_nan(content)
    return plain
