"""Which factor moves which figure: Shapley shares as a ranked list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kinebench.reports.blocks import Details, FigureBlock, Flat, Listing, Section, TableBlock, Text
from kinebench.reports.figures.intervals import interval_figure
from kinebench.reports.figures.style import as_svg
from kinebench.reports.study.activities import by_activity, for_each_activity, said_of
from kinebench.reports.study.parts import StudyPart
from kinebench.reports.study.wording import counted, signed_estimate
from kinebench.reports.tables import Table
from kinebench.reports.units import readable, readable_estimate, readable_unit, triple_of
from kinebench.studies.analysis.attribution import Reading, Share, shares_of


@dataclass(frozen=True, slots=True)
class SharedFigure:
    """A figure whose change is shared out among the factors.

    Parameters
    ----------
    name : str
    unit : {"m", "rad"}
    reading : callable
        The figure out of a cell's rows.
    """

    name: str
    unit: str
    reading: Reading


def causes_section(
    title: str, part: StudyPart, figures: Sequence[SharedFigure], note: str = ""
) -> Section:
    """A ranked list by the first figure, all figures as a table, and a drawing per unit.

    Parameters
    ----------
    title : str
    part : StudyPart
        Its factors go from their first to their last level.
    figures : sequence of SharedFigure
        The one that ranks first.
    note : str
        What a reader must know of the figures.
    """
    parts = by_activity(part)
    found = {name: told for name, one in parts.items() if (told := _causes(one, figures, note))}
    if not found:
        return Section(title, (Text("No trial was done at all levels of all factors."),))
    leads = (Text(said_of(name, found, lead), lead=True) for name, (lead, _) in found.items())
    return Section(title, (*leads, *for_each_activity(found, lambda name: found[name][1])))


def _causes(
    part: StudyPart, figures: Sequence[SharedFigure], note: str
) -> tuple[str, list[Flat | Details]] | None:
    """The finding of one activity and its blocks; None where no trial counts."""
    shared = [(figure, *shares_of(part.study, part.outcomes, figure.reading)) for figure in figures]
    known = [(figure, shares) for figure, shares, _ in shared if shares]
    if not known:
        return None
    order = sorted(known[0][1], key=lambda share: -share.size)
    ranked = [share.factor for share in order]
    n_trials = max(n for _, _, n in shared)
    told = (
        f"All factors change together from {_ends(part, 0)} to {_ends(part, -1)}. What that"
        " changes of a figure is shared out among them, averaged over all orders in which they"
        f" could change (Shapley), on {counted(n_trials, 'trial')}. Shares add up to the whole."
    )
    blocks: list[Flat | Details] = [
        Text(f"Ranked by {known[0][0].name}:"),
        Listing(tuple(_line(name, known) for name in ranked)),
        Text(f"{told} {note}".strip()),
        TableBlock(
            _table(known, ranked),
            f"{part.title}: share of each factor, mean over subjects with 95 % interval, and its"
            " mean size",
        ),
    ]
    for unit in dict.fromkeys(figure.unit for figure, _ in known):
        blocks.append(_drawing([pair for pair in known if pair[0].unit == unit], ranked))
    return _finding(known, ranked), blocks


Known = Sequence[tuple[SharedFigure, tuple[Share, ...]]]


def _ends(part: StudyPart, place: int) -> str:
    return ", ".join(f"{f.name} '{f.levels[place].label}'" for f in part.study.factors)


def _finding(known: Known, ranked: Sequence[str]) -> str:
    figure, shares = known[0]
    first = _of(shares, ranked[0])
    whole = sum(share.size for share in shares)
    portion = first.size / whole * 100 if whole else 0.0
    # the sizes rank, and tell nothing of chance: the interval does
    chance = ", not told apart from none" if 0.0 in first.interval else ""
    return (
        f"{ranked[0]} moves the {figure.name} most:"
        f" {signed_estimate(first.mean, first.interval, figure.unit)}{chance}, {portion:.0f} % of"
        " the sizes of all shares."
    )


def _line(name: str, known: Known) -> str:
    parts = [
        f"{figure.name} {signed_estimate(share.mean, share.interval, figure.unit)}"
        for figure, shares in known
        for share in [_of(shares, name)]
    ]
    return f"{name}: {'; '.join(parts)}"


def _table(known: Known, ranked: Sequence[str]) -> Table:
    header = ["factor"]
    for figure, _ in known:
        unit = readable_unit(figure.unit)
        header += [f"{figure.name}, {unit}", f"mean size, {unit}"]
    rows = []
    for name in ranked:
        row = [name]
        for figure, shares in known:
            share = _of(shares, name)
            row += [
                readable_estimate(share.mean, share.interval, figure.unit),
                readable(share.size, figure.unit),
            ]
        rows.append(tuple(row))
    return Table(tuple(header), tuple(rows), n_labels=1)


def _drawing(known: Known, ranked: Sequence[str]) -> FigureBlock:
    unit = known[0][0].unit
    series = {
        figure.name: [
            triple_of(share.mean, share.interval, unit)
            for share in (_of(shares, name) for name in ranked)
        ]
        for figure, shares in list(known)[:5]
    }
    drawn = interval_figure(ranked, series, f"share ({readable_unit(unit)})")
    told = "; ".join(_line(name, known) for name in ranked)
    caption = "Share of each factor with its 95 % interval over subjects."
    return FigureBlock(as_svg(drawn, page=True), caption, told)


def _of(shares: Sequence[Share], name: str) -> Share:
    return next(share for share in shares if share.factor == name)
