"""Pictures of a recording itself: right and left over time, and how unusual its features are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from kinebench.diagnosis.pictures import Panel
from kinebench.reports.figures.style import (
    BLUE,
    DOUBLE_COLUMN_IN,
    INK,
    VERMILLION,
    grid_of_axes,
    styled,
)

_USUAL = 2.0  # spreads: 95 % of clean sessions


def recorded_figure(panels: Sequence[Panel], window_s: tuple[float, float] | None = None) -> Figure:
    """Right and left over time, a panel each.

    Parameters
    ----------
    panels : sequence of Panel
    window_s : (float, float), optional
        Static window, shaded in panels of the static trial.
    """
    with styled():
        figure, axes = grid_of_axes(len(panels), 2, DOUBLE_COLUMN_IN, 1.9)
        for axis, panel in zip(axes, panels, strict=True):
            if window_s is not None and panel.title == "static trial":
                axis.axvspan(*window_s, color=INK, alpha=0.1, linewidth=0)
            axis.plot(panel.times, panel.right, color=VERMILLION, label="right")
            axis.plot(panel.times, panel.left, color=BLUE, linestyle=(0, (4, 1.5)), label="left")
            axis.margins(x=0)
            axis.set_title(panel.title)
            axis.set_xlabel("time (s)")
            axis.set_ylabel(panel.quantity)
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper right", ncols=2)
    return figure


def deviations_figure(deviations: Sequence[tuple[str, float]]) -> Figure:
    """How far features lie from what is usual in clean sessions.

    Parameters
    ----------
    deviations : sequence of (str, float)
        Name and deviation, in spreads of clean sessions.
    """
    names = [name for name, _ in deviations]
    values = np.array([value for _, value in deviations])
    places = np.arange(len(names))[::-1]
    reach = max(4.0, 1.15 * float(np.abs(values).max(initial=0.0)))
    with styled():
        figure, (axis,) = grid_of_axes(1, 1, DOUBLE_COLUMN_IN, 0.75 + 0.22 * len(names))
        axis.axvspan(-_USUAL, _USUAL, color=INK, alpha=0.1, linewidth=0)
        axis.axvline(0.0, color=INK, linewidth=0.7)
        odd = np.abs(values) > _USUAL
        for chosen, colour in ((odd, VERMILLION), (~odd, BLUE)):
            axis.plot(values[chosen], places[chosen], "o", color=colour)
        axis.set_yticks(places, names)
        axis.set_ylim(-0.6, len(names) - 0.4)
        axis.set_xlim(-reach, reach)
        axis.set_xlabel("spreads of clean sessions from their middle")
    return figure
