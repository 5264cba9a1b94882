"""A batch of runs as one page: every trial, and how far each is from its session's own motion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kinebench import __version__
from kinebench.batch import Outcome
from kinebench.batch.outcomes import SCALED
from kinebench.core.body_groups import BODY_GROUPS, TRANSLATIONS, group_of
from kinebench.remarks import unheard
from kinebench.reports.blocks import Block, Details, Document, Listing, Section, TableBlock, Text
from kinebench.reports.tables import Table
from kinebench.reports.units import headed, readable, readable_estimate
from kinebench.statistics import GroupFigure, Observations, group_figure


def batch_document(outcomes: Sequence[Outcome], command: str) -> Document:
    """The page.

    Parameters
    ----------
    outcomes : sequence of Outcome
    command : str
        What makes the page again.
    """
    subjects = len({one.subject for one in outcomes})
    failed = [one for one in outcomes if one.status == "failed"]
    sections = [Section("Trials", tuple(_trials(outcomes, failed)))]
    if any(one.distances for one in outcomes):
        sections.append(Section("Distance from the sessions' own motion", tuple(_far(outcomes))))
    sections.append(Section("Files", tuple(_files(outcomes))))
    ran = len(outcomes) - len(failed)
    return Document(
        f"{len(outcomes)} trials of {subjects} subject{'s' if subjects > 1 else ''}",
        tuple(sections),
        f"{ran} trials have results, {len(failed)} failed. Angles in degrees, lengths in"
        " millimetres.",
        (f"Made by kinebench {__version__}: {command}",),
    )


def trial_table(outcomes: Sequence[Outcome]) -> Table:
    """Every trial: what became of it, marker error, distance from the session's own motion."""
    groups = _groups(outcomes)
    header = (
        *("subject", "session", "trial", "status", "light", "frames", "marker error, mm"),
        *(headed(f"{group} RMSE", _unit(group)) for group in groups),
    )
    return Table(header, tuple(_trial_row(one, groups) for one in outcomes), n_labels=5)


def _trial_row(outcome: Outcome, groups: Sequence[str]) -> tuple[str, ...]:
    who = (outcome.subject, outcome.session, outcome.trial, outcome.status, outcome.light)
    if outcome.results is None:
        return (*who, *("—" for _ in ("frames", "error", *groups)))
    error = outcome.results["marker_error_rms_mm"]["mean"]
    means = outcome.group_means(SCALED[0]) or outcome.group_means(SCALED[1])
    cells = (readable(means.get(group, np.nan), _unit(group)) for group in groups)
    return (*who, str(outcome.results["frames"]), f"{error:.1f}", *cells)


def _trials(outcomes: Sequence[Outcome], failed: Sequence[Outcome]) -> Iterator[Block]:
    caption = (
        "Marker error: RMS over markers, mean over frames. RMSE from the session's own motion, mean"
        " over the coordinates of each part of the body; translations apart; toes in none."
    )
    yield TableBlock(trial_table(outcomes), caption)
    if failed:
        rows = tuple((one.subject, one.session, one.trial, one.reason) for one in failed)
        header = ("subject", "session", "trial", "reason")
        yield TableBlock(Table(header, rows, n_labels=4), "Trials that failed.")
    lacking = [f"{one.subject}, {one.trial}: {one.not_compared}" for one in outcomes
               if one.not_compared]  # fmt: skip
    if lacking:
        yield Details("Trials without a distance", (Listing(tuple(lacking)),))


def _far(outcomes: Sequence[Outcome]) -> Iterator[Block]:
    yield Text(
        "Ours − the session's own, RMSE. With the model scaled here the distance holds scaling and"
        " inverse kinematics; with the session's own scaled model it holds inverse kinematics (and"
        " the markers) alone. The session's own motion is no truth: this tells whether a session"
        " is reproduced, not whether it is right."
    )
    rows = [
        (f"{group} ({_unit_text(group)})", *_cells(outcomes, group, is_group=True))
        for group in _groups(outcomes)
    ]
    header = ("part of the body", "scaled here", "the session's model", "subjects", "trials")
    caption = (
        "Trials are averaged per subject, subjects with 95 % intervals (Student, over subjects);"
        " trials that have both."
    )
    yield TableBlock(Table(header, tuple(rows), n_labels=1), caption)
    names = dict.fromkeys(one.coordinate for outcome in outcomes for one in outcome.distances)
    units = {one.coordinate: one.unit for outcome in outcomes for one in outcome.distances}
    rows = [
        (f"{name} ({'mm' if units[name] == 'm' else '°'})", *_cells(outcomes, name, is_group=False))
        for name in names
    ]
    table = Table(("coordinate", *header[1:]), tuple(rows), n_labels=1)
    yield Details("Each coordinate", (TableBlock(table, caption),))


def _cells(outcomes: Sequence[Outcome], item: str, is_group: bool) -> tuple[str, ...]:
    """Mean with interval for each model, over the same trials; then how many these are."""
    columns = {scaled: _values(outcomes, item, scaled, is_group) for scaled in SCALED}
    both = columns[SCALED[0]].keys() & columns[SCALED[1]].keys()
    unit, cells, last = "rad", [], None
    for scaled in SCALED:
        own = {i: v for i, v in columns[scaled].items() if i in both or not both}
        if not own:
            cells.append("—")
            continue
        last = _figure(outcomes, own)
        unit = _item_unit(outcomes, item, is_group)
        cells.append(readable_estimate(last.summary.mean, last.interval, unit))
    if last is None:
        return (*cells, "0", "0")
    return (*cells, str(last.summary.n_subjects), str(last.summary.n_trials))


def _values(
    outcomes: Sequence[Outcome], item: str, scaled: str, is_group: bool
) -> dict[int, float]:
    """RMSE by place of the outcome."""
    found = {}
    for place, outcome in enumerate(outcomes):
        if is_group:
            own = outcome.group_means(scaled)
        else:
            own = {one.coordinate: one.value for one in outcome.distances
                   if (one.scaled, one.metric) == (scaled, "rmse")}  # fmt: skip
        if np.isfinite(own.get(item, np.nan)):
            found[place] = own[item]
    return found


def _figure(outcomes: Sequence[Outcome], values: dict[int, float]) -> GroupFigure:
    own = [outcomes[place] for place in values]
    blank = ("",) * len(own)
    observations = Observations(
        np.array(list(values.values())),
        tuple(one.subject for one in own),
        tuple(f"{one.session}/{one.trial}" for one in own),
        blank,
        blank,
    )
    with unheard():
        # how many subjects there are stands beside each figure
        return group_figure(observations)


def _files(outcomes: Sequence[Outcome]) -> Iterator[Block]:
    rows = tuple((f"{one.subject}, {one.trial}", *file) for one in outcomes for file in one.files)
    table = Table(("trial", "file", "changed", "SHA-256"), rows, n_labels=4)
    caption = (
        "Days in UTC, as the file system has them, of files in an archive the archive's: a copy may"
        " be younger than the data."
    )
    yield Details("Files that were read and written", (TableBlock(table, caption),))


def _groups(outcomes: Sequence[Outcome]) -> list[str]:
    there = {
        group_of(one.coordinate, one.unit) for outcome in outcomes for one in outcome.distances
    }
    return [group for group in BODY_GROUPS if group in there]


def _unit(group: str) -> str:
    return "m" if group == TRANSLATIONS else "rad"


def _unit_text(group: str) -> str:
    return "mm" if group == TRANSLATIONS else "°"


def _item_unit(outcomes: Sequence[Outcome], item: str, is_group: bool) -> str:
    if is_group:
        return _unit(item)
    return next(d.unit for one in outcomes for d in one.distances if d.coordinate == item)
