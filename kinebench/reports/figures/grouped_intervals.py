"""Estimates with intervals for the levels of several factors, panels of one scale side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kinebench.reports.figures.intervals import Triple, draw_intervals, require_rows
from kinebench.reports.figures.style import DOUBLE_COLUMN_IN, INK, grid_of_axes, styled

_LONGEST = 34
_HEADING_IN = 0.19


def grouped_interval_figure(
    groups: Mapping[str, Sequence[str]],
    panels: Mapping[str, Mapping[str, Sequence[Triple]]],
) -> Figure:
    """Rows under the headings of their groups, one panel per quantity.

    Parameters
    ----------
    groups : mapping of str to sequence of str
        Heading to the rows below it.
    panels : mapping of str to mapping of str to sequence of (value, low, high)
        Quantity with its unit, to series, to one triple per row in the order of the groups; up
        to five series.

    Raises
    ------
    ValueRangeError
        A series has not one triple per row, or a panel has more than five.
    """
    n_rows = sum(map(len, groups.values()))
    for series in panels.values():
        require_rows(series, n_rows)
    most = max((len(series) for series in panels.values()), default=1)
    step = 0.12 + 0.05 * most
    # in rows: a heading needs no more than a line of text
    heading = _HEADING_IN / step
    height = n_rows + heading * len(groups)
    with styled():
        figure, axes = grid_of_axes(
            len(panels), len(panels), DOUBLE_COLUMN_IN, 0.75 + height * step, sharey=True
        )
        places = _label_rows(axes[0], groups, height, heading)
        for axis, (quantity, series) in zip(axes, panels.items(), strict=True):
            _draw(axis, places, series)
            axis.set_xlabel(quantity)
        handles, names = axes[0].get_legend_handles_labels()
        if len(names) > 1:
            figure.legend(handles, names, loc="outside upper right", ncols=len(names))
    return figure


def _label_rows(
    axis: Axes, groups: Mapping[str, Sequence[str]], top: float, heading: float
) -> list[float]:
    """Name the rows, from the top; where their middles are."""
    ticks: list[tuple[float, str, bool]] = []
    at = top
    for name, rows in groups.items():
        ticks.append((at - heading / 2, name, True))
        at -= heading
        for row in rows:
            ticks.append((at - 0.5, row, False))
            at -= 1
    axis.set_yticks([y for y, _, _ in ticks], [_shortened(text) for _, text, _ in ticks])
    for label, (_, _, heads) in zip(axis.get_yticklabels(), ticks, strict=True):
        if heads:
            label.set_fontweight("bold")
    axis.set_ylim(-0.1, top + 0.1)
    return [y for y, _, heads in ticks if not heads]


def _draw(axis: Axes, places: Sequence[float], series: Mapping[str, Sequence[Triple]]) -> None:
    draw_intervals(axis, places, series, spread=0.7, marker_size=3.6)
    for place in places:
        axis.axhline(place - 0.5, color=INK, alpha=0.1, linewidth=0.4)
    axis.tick_params(axis="y", length=0)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
