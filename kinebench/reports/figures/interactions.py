"""Means per pair of levels: what is equally far apart everywhere adds up, others interact."""

from __future__ import annotations

import re
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
_BREADTH = 0.5  # of a category, which is one wide
_DASHES = ("solid", (0, (4, 1.2)), (0, (1, 1)))


def is_ordered(levels: Sequence[str]) -> bool:
    """Whether levels are one quantity that rises or falls: "30 Hz", "60 Hz", not "ideal"."""
    number = re.compile(r"[-−]?\d+(?:\.\d+)?")
    values = [number.findall(level) for level in levels]
    if len({number.sub("", level) for level in levels}) > 1 or any(len(v) != 1 for v in values):
        return False
    steps = np.diff([float(value[0].replace("−", "-")) for value in values])
    return bool((steps > 0).all() or (steps < 0).all())


def interaction_figure(
    means: ArrayLike,
    first: tuple[str, Sequence[str]],
    second: tuple[str, Sequence[str]],
    quantity: str,
) -> Figure:
    """Marks for each level of the second factor, over the levels of the first.

    They are joined where the first factor's levels are an ordered quantity: between two categories
    there is nothing.

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
    joined = is_ordered(across)
    with styled():
        figure, (axis,) = grid_of_axes(1, 1, DOUBLE_COLUMN_IN * 0.8, height)
        for i, label in enumerate(lines):
            # side by side where no line tells them apart
            aside = 0.0 if joined else _BREADTH * ((i + 0.5) / len(lines) - 0.5)
            dashes = _DASHES[(i // len(_COLOURS)) % len(_DASHES)]
            axis.plot(
                np.arange(len(across)) + aside, table[:, i], color=_COLOURS[i % len(_COLOURS)],
                marker=_MARKERS[i % len(_MARKERS)], markersize=4, markeredgewidth=0,
                linestyle=dashes if joined else "none", label=label,
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
