"""Mean ± SD of curves over a repetition: the reference, and one method or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kinebench.comparison.cycles import CycleCurves
from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.reports.figures.style import (
    BLUE,
    DOUBLE_COLUMN_IN,
    GREEN,
    ORANGE,
    PURPLE,
    REFERENCE,
    SKY,
    VERMILLION,
    grid_of_axes,
    styled,
)
from kinebench.reports.units import label_of, readable_unit, scale_of

_COLOURS = (VERMILLION, BLUE, GREEN, ORANGE, PURPLE, SKY)
_DASHES = ((0, (4, 1.2)), (0, (1, 1)), (0, (6, 1.2, 1, 1.2)), "-")


def cycle_figure(
    methods: Mapping[str, Sequence[CycleCurves]], items: Sequence[str], n_columns: int = 3
) -> Figure:
    """One panel per coordinate: mean curves with a band of ± 1 SD over subjects or repetitions.

    Parameters
    ----------
    methods : mapping of str to sequence of CycleCurves
        By method; the reference is drawn from the first that has the coordinate.
    items : sequence of str
        Coordinates to draw.
    n_columns : int

    Raises
    ------
    ValueRangeError
        Nothing to draw.
    """
    found = {
        name: {curves.item: curves for curves in own if curves.item in items}
        for name, own in methods.items()
    }
    drawn = [item for item in items if any(item in own for own in found.values())]
    if not drawn:
        raise ValueRangeError("no repetition was scored of any of these coordinates")
    with styled():
        figure, axes = grid_of_axes(len(drawn), n_columns, DOUBLE_COLUMN_IN, 1.35, sharex=True)
        for axis, item in zip(axes, drawn, strict=True):
            own = {name: curves[item] for name, curves in found.items() if item in curves}
            first = next(iter(own.values()))
            _band(axis, first.reference * scale_of(first.unit), REFERENCE, "-", "reference")
            for place, (name, curves) in enumerate(own.items()):
                colour = _COLOURS[place % len(_COLOURS)]
                dash = _DASHES[place % len(_DASHES)]
                _band(axis, curves.estimate * scale_of(curves.unit), colour, dash, name)
            axis.set_title(f"{label_of(item)} ({readable_unit(first.unit)})")
            axis.set_xlim(0, 100)
        axes[0].legend(loc="best")
        figure.supxlabel("repetition (%)", fontsize=8)
    return figure


def _band(axis: Axes, curves: FloatArray, colour: str, dash: Any, label: str) -> None:
    at, mean = np.linspace(0, 100, curves.shape[1]), curves.mean(axis=0)
    if len(curves) > 1:
        sd = curves.std(axis=0, ddof=1)
        axis.fill_between(at, mean - sd, mean + sd, color=colour, alpha=0.15, linewidth=0)
    axis.plot(at, mean, color=colour, linestyle=dash, label=label)
