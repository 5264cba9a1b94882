"""Errors by coordinate and trial (or method) as a map of colours with the numbers in it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.reports.figures.style import DOUBLE_COLUMN_IN, INK, grid_of_axes, styled

# light to dark in one hue: readable in grey, and by every kind of colour vision
_SCALE = LinearSegmentedColormap.from_list(
    "error", ["#f2f7fb", "#a6cee3", "#3f8fc4", "#0b4a7d", "#062a4a"]
)


def error_map_figure(
    values: ArrayLike,
    rows: Sequence[str],
    columns: Sequence[str],
    quantity: str,
    digits: int = 1,
    headings: Collection[int] = (),
) -> Figure:
    """A cell per row and column, coloured by its value and with the value written in it.

    Parameters
    ----------
    values : (n_rows, n_columns)
        One unit for all, 0 or more; NaN leaves a hatched cell.
    rows, columns : sequence of str
    quantity : str
        With its unit, for the scale: "RMSE (°)".
    digits : int
    headings : collection of int
        Rows that are headings of those below: bold, and without cells.

    Raises
    ------
    ValueRangeError
        The shape does not fit the names.
    """
    table = np.asarray(values, dtype=np.float64)
    if table.shape != (len(rows), len(columns)):
        raise ValueRangeError(
            f"{len(rows)} rows and {len(columns)} columns are named, found values {table.shape}"
        )
    known = table[np.isfinite(table)]
    top = float(known.max()) if len(known) else 1.0
    norm = Normalize(0.0, top or 1.0)
    longest = max(map(len, columns), default=0)
    width = min(DOUBLE_COLUMN_IN, 2.1 + 0.52 * len(columns))
    tilted = longest > 7
    height = 0.7 + 0.19 * len(rows) + (0.045 * longest if tilted else 0.0)
    with styled():
        figure, (axis,) = grid_of_axes(1, 1, width, height)
        _cells(axis, table, norm, digits, headings)
        axis.set_ylim(0, len(rows))
        axis.invert_yaxis()
        axis.set_xticks(np.arange(len(columns)) + 0.5, columns)
        axis.set_yticks(np.arange(len(rows)) + 0.5, rows)
        axis.tick_params(length=0, labeltop=True, labelbottom=False)
        for i in headings:
            axis.get_yticklabels()[i].set_fontweight("bold")
        if tilted:
            for label in axis.get_xticklabels():
                label.set(rotation=40, ha="left", rotation_mode="anchor")
        axis.spines[:].set_visible(False)
        colours = ScalarMappable(norm, _SCALE)
        size = min(1.0, 2.0 / height)
        scale = figure.colorbar(colours, ax=axis, shrink=size, aspect=14, pad=0.02)
        scale.set_label(quantity)
        scale.outline.set_visible(False)
    return figure


def _cells(
    axis: Axes, table: FloatArray, norm: Normalize, digits: int, headings: Collection[int]
) -> None:
    """Cells as vectors with a seam between them, which ends where a heading stands."""
    n_rows, n_columns = table.shape
    for first, last in _runs(n_rows, headings):
        axis.pcolormesh(
            np.arange(n_columns + 1),
            np.arange(first, last + 1),
            np.ma.masked_invalid(table[first:last]),
            cmap=_SCALE,
            norm=norm,
            edgecolors="white",
            linewidth=0.8,
        )
    for (i, j), value in np.ndenumerate(table):
        if i in headings:
            continue
        if not np.isfinite(value):
            axis.text(j + 0.5, i + 0.5, "–", ha="center", va="center", fontsize=7, color=INK)
            continue
        dark = norm(value) > 0.45
        axis.text(
            j + 0.5, i + 0.5, f"{value:.{digits}f}", ha="center", va="center_baseline",
            fontsize=7, color="#ffffff" if dark else "#000000",
        )  # fmt: skip


def _runs(n_rows: int, headings: Collection[int]) -> list[tuple[int, int]]:
    """First row and the row after the last of the stretches between headings."""
    edges = [-1, *sorted(headings), n_rows]
    return [(a + 1, b) for a, b in itertools.pairwise(edges) if b > a + 1]
