"""Which coverages are outside of what is wanted: a list, made of the tables of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

__all__ = ["missed_said"]

_ON_PEOPLE, _ON_RECORDINGS = (92.0, 97.0), (88.0, 98.0)
"""Wanted coverage, %: of groups of virtual people's coordinates, and of single recordings."""
_ALL = "all"  # the row over all sessions of a table
_CELL = re.compile(r"\*\*([\d.]+)\*\*(?: ± ([\d.]+))?")


class _Cell(NamedTuple):
    """A coverage as it is printed, with its standard error over sessions, 0 where there is none."""

    title: str
    group: str
    percent: float
    error: float

    @property
    def shown(self) -> str:
        return f"{self.group} ({self.percent} %)"

    @property
    def placed(self) -> str:
        return f"{self.group} in {self.title} ({self.percent} %)"


def missed_said(people: Mapping[str, Sequence[str]], recordings: Sequence[str]) -> str:
    """What is wanted, and what misses it, in Markdown.

    Parameters
    ----------
    people : mapping of str to sequence of str
        Setting to the lines of its tables, whose cells begin with the coverage in bold. Groups are
        judged over all sessions; single rows are named where they miss by more than two standard
        errors on a side on which their group does not miss already.
    recordings : sequence of str
        Lines of the table of recordings.
    """
    lines = [
        f"Wanted: {_span(_ON_PEOPLE)} per group on virtual people, {_span(_ON_RECORDINGS)} on"
        " recordings with optical markers.",
        "Missed, as the tables below have it:",
        "",
    ]
    found = [f"- {name}: {said}" for name, own in people.items() if (said := _of_setting(own))]
    on_recordings = _of_recordings(recordings)
    found += [f"- recordings: {on_recordings}"] if on_recordings else []
    return "\n".join([*lines, *(found or ["- nothing"])])


def _span(wanted: tuple[float, float]) -> str:
    return f"{wanted[0]:g} to {wanted[1]:g} %"


def _of_setting(lines: Sequence[str]) -> str:
    cells = list(dict.fromkeys(_cells(lines)))
    low, high = _ON_PEOPLE
    whole = [c for c in cells if c.title == _ALL and not low <= c.percent <= high]
    told = {(cell.group, cell.percent > high) for cell in whole}
    single = [
        cell
        for cell in cells
        if cell.title != _ALL
        and (cell.percent - 2 * cell.error > high or cell.percent + 2 * cell.error < low)
        and (cell.group, cell.percent > high) not in told
    ]
    parts = [", ".join(cell.shown for cell in whole)] if whole else []
    if single:
        named = ", ".join(cell.placed for cell in single)
        parts.append(f"single rows, by more than two standard errors: {named}")
    return "; ".join(parts)


def _of_recordings(lines: Sequence[str]) -> str:
    cells = list(_cells(lines))
    low, high = _ON_RECORDINGS
    parts = [f"{c.group} of {c.title} ({c.percent} %)" for c in cells if c.percent < low]
    above = sum(cell.percent > high for cell in cells)
    parts += [f"too wide, above {high:g} %, in {above} of {len(cells)} cells"] if above else []
    return "; ".join(parts)


def _cells(lines: Sequence[str]) -> Iterator[_Cell]:
    groups: list[str] = []
    for line in lines:
        texts = [cell.strip() for cell in line.strip("| \n").split("|")]
        found = [_CELL.match(text) for text in texts]
        if not any(found):
            # of a header the last columns are the groups; the line of dashes is no header
            groups = texts if "legs" in texts else groups
            continue
        n = len(texts)
        for group, cell in zip(groups[-n + 1 :], found[1:], strict=True):
            if cell:
                yield _Cell(texts[0], group, float(cell[1]), float(cell[2] or 0.0))
