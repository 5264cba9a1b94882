"""Estimates with their intervals, a row each: effects, causes, methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from kinebench.errors import ValueRangeError
from kinebench.reports.figures.style import (
    BLUE,
    DOUBLE_COLUMN_IN,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    VERMILLION,
    grid_of_axes,
    styled,
)

Triple = tuple[float, float, float]
"""Value, low, high; NaN leaves a gap."""

_STYLES = ((BLUE, "o"), (VERMILLION, "s"), (GREEN, "D"), (ORANGE, "^"), (PURPLE, "v"))

MOST_SERIES = len(_STYLES)
"""That can be told apart in one panel."""


def interval_figure(
    rows: Sequence[str],
    series: Mapping[str, Sequence[Triple]],
    quantity: str,
) -> Figure:
    """Points with intervals, the series of one row under each other.

    Parameters
    ----------
    rows : sequence of str
    series : mapping of str to sequence of (value, low, high)
        One triple per row and series, up to five series.
    quantity : str
        With its unit.

    Raises
    ------
    ValueRangeError
        A series has not one triple per row, or there are more than five.
    """
    require_rows(series, len(rows))
    places = np.arange(len(rows))[::-1].astype(np.float64)
    height = 0.8 + len(rows) * (0.14 + 0.09 * len(series))
    with styled():
        figure, (axis,) = grid_of_axes(1, 1, DOUBLE_COLUMN_IN * 0.8, height)
        draw_intervals(axis, places, series, spread=0.6, marker_size=4.0)
        for place in places[:-1]:
            axis.axhline(place - 0.5, color=INK, alpha=0.12, linewidth=0.5)
        axis.set_yticks(places, list(rows))
        axis.set_ylim(-0.6, len(rows) - 0.4)
        axis.tick_params(axis="y", length=0)
        axis.set_xlabel(quantity)
        if len(series) > 1:
            figure.legend(loc="outside upper right", ncols=min(5, len(series)))
    return figure


def require_rows(series: Mapping[str, Sequence[Triple]], n_rows: int) -> None:
    """Raise a `ValueRangeError` unless there are five series or fewer, each with all rows."""
    if len(series) > len(_STYLES):
        raise ValueRangeError(f"up to {len(_STYLES)} series can be told apart, found {len(series)}")
    for name, triples in series.items():
        if len(triples) != n_rows:
            raise ValueRangeError(f"{name} has {len(triples)} values for {n_rows} rows")


def draw_intervals(
    axis: Axes,
    places: ArrayLike,
    series: Mapping[str, Sequence[Triple]],
    spread: float,
    marker_size: float,
) -> None:
    """Points with intervals on rows, and a line at zero.

    Parameters
    ----------
    axis : Axes
    places : (n_rows,)
        Middles of the rows.
    series : mapping of str to sequence of (value, low, high)
        As `require_rows` wants them.
    spread : float
        Part of a row's height that its series share.
    marker_size : float
        Points.
    """
    step = spread / max(1, len(series))
    styles = zip(series.items(), _STYLES, strict=False)
    for i, ((name, triples), (colour, marker)) in enumerate(styles):
        value, low, high = np.array(triples, dtype=np.float64).reshape(-1, 3).T
        y = np.asarray(places) + step * ((len(series) - 1) / 2 - i)
        axis.hlines(y, low, high, color=colour, linewidth=1.2)
        axis.plot(value, y, color=colour, marker=marker, markersize=marker_size,
                  linestyle="none", markeredgewidth=0, label=name)  # fmt: skip
    axis.axvline(0.0, color=INK, linewidth=0.8)
