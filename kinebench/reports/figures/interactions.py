"""Means per pair of levels as lines: parallel ones add up, others interact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
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
    SKY,
    VERMILLION,
    grid_of_axes,
    styled,
)

_COLOURS = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, INK)
_MARKERS = ("o", "s", "D", "^", "v", "P", "X", "*")
_DASHES = ("solid", (0, (4, 1.2)), (0, (1, 1)))


def interaction_figure(
    means: ArrayLike,
    first: tuple[str, Sequence[str]],
    second: tuple[str, Sequence[str]],
    quantity: str,
) -> Figure:
    """A line for each level of the second factor, over the levels of the first.

    Parameters
    ----------
    means : (n_first, n_second)
    first, second : (str, sequence of str)
        A factor's name and its levels.
    quantity : str
        With its unit.

    Raises
    ------
    ValueRangeError
        The shape does not fit the levels.
    """
    table = np.asarray(means, dtype=np.float64)
    (name, across), (other, lines) = first, second
    if table.shape != (len(across), len(lines)):
        raise ValueRangeError(
            f"{len(across)} and {len(lines)} levels are named, found means {table.shape}"
        )
    crowded = sum(map(len, across)) > 60
    longest = max(map(len, across))
    height = 2.1 + (0.05 * longest if crowded else 0.0)
    with styled():
        figure, (axis,) = grid_of_axes(1, 1, DOUBLE_COLUMN_IN * 0.8, height)
        for i, label in enumerate(lines):
            axis.plot(
                np.arange(len(across)), table[:, i], color=_COLOURS[i % len(_COLOURS)],
                marker=_MARKERS[i % len(_MARKERS)], markersize=4, markeredgewidth=0,
                linestyle=_DASHES[(i // len(_COLOURS)) % len(_DASHES)], label=label,
            )  # fmt: skip
        axis.set_xticks(np.arange(len(across)), list(across))
        if crowded:
            for text in axis.get_xticklabels():
                text.set(rotation=35, ha="right", rotation_mode="anchor")
        axis.set_xlabel(name)
        axis.set_ylabel(quantity)
        axis.margins(x=0.06, y=0.12)
        axis.grid(axis="y", color=INK, alpha=0.1, linewidth=0.5)
        figure.legend(title=other, loc="outside right upper", alignment="left")
    return figure
