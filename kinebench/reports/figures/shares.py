"""What each of several causes changes, figure by figure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.reports.figures.style import (
    BLUE,
    DOUBLE_COLUMN_IN,
    GREEN,
    INK,
    VERMILLION,
    grid_of_axes,
    styled,
)

_DASHES = ("solid", (0, (4, 1.5)), (0, (1, 1.2)))


@dataclass(frozen=True, slots=True, eq=False)
class SharePanel:
    """One figure and what each cause changes of it.

    Parameters
    ----------
    title : str
        With the unit.
    parts : (n_causes,)
        NaN leaves a gap.
    alone : (n_causes,)
        What the cause changes when nothing else is changed; NaN draws nothing.
    notable : float
        Smaller changes are drawn on a shade.
    """

    title: str
    parts: ArrayLike
    alone: ArrayLike
    notable: float


def shares_figure(
    causes: Sequence[str], panels: Sequence[SharePanel], marked: Collection[str] = ()
) -> Figure:
    """A panel of bars per figure, the causes in the same order in each.

    Parameters
    ----------
    causes : sequence of str
        From top to bottom.
    panels : sequence of SharePanel
    marked : collection of str
        Causes whose bars stand out.

    Raises
    ------
    ValueRangeError
        A panel has not one value per cause.
    """
    for panel in panels:
        if np.shape(panel.parts) != (len(causes),) or np.shape(panel.alone) != (len(causes),):
            raise ValueRangeError(f"{panel.title} has not one value per cause ({len(causes)})")
    places = np.arange(len(causes))[::-1]
    colours = [VERMILLION if cause in marked else BLUE for cause in causes]
    with styled():
        height = 0.62 + 0.17 * len(causes)
        figure, axes = grid_of_axes(len(panels), 3, DOUBLE_COLUMN_IN, height, sharey=True)
        for axis, panel in zip(axes, panels, strict=True):
            parts, alone = (np.asarray(v, dtype=np.float64) for v in (panel.parts, panel.alone))
            axis.axvspan(-panel.notable, panel.notable, color=INK, alpha=0.08, linewidth=0)
            axis.axvline(0.0, color=INK, linewidth=0.7)
            axis.barh(places, np.nan_to_num(parts), height=0.62, color=colours)
            axis.plot(alone, places, linestyle="none", marker="|", color=INK, markersize=7)
            axis.set_xlim(*_limits(np.concatenate([parts, alone]), panel.notable))
            axis.set_title(panel.title)
            axis.set_yticks(places, list(causes))
            axis.tick_params(axis="y", length=0)
            axis.set_ylim(-0.6, len(causes) - 0.4)
    return figure


def _limits(values: FloatArray, notable: float) -> tuple[float, float]:
    """Zero and the shade in sight, on a side only as far as bars go."""
    known = values[np.isfinite(values)]
    low = min(known.min(initial=0.0) * 1.08, -1.15 * notable)
    high = max(known.max(initial=0.0) * 1.08, 1.15 * notable)
    return float(low), float(high)


def course_figure(
    times: ArrayLike,
    courses: dict[str, ArrayLike],
    quantity: str,
    marked_s: Sequence[tuple[float, float]] = (),
) -> Figure:
    """Up to three courses over time, the first as the one that the others are held against.

    Parameters
    ----------
    times : (n_frames,) s
    courses : dict of str to (n_frames,)
    quantity : str
        With its unit.
    marked_s : sequence of (float, float)
        Spans that are shaded, s.
    """
    with styled():
        figure, (axis,) = grid_of_axes(1, 1, DOUBLE_COLUMN_IN, 2.3)
        for start, end in marked_s:
            axis.axvspan(start, end, color=INK, alpha=0.1, linewidth=0)
        axis.axhline(0.0, color=INK, linewidth=0.6, alpha=0.6)
        colours = (INK, VERMILLION, GREEN)
        for (name, values), colour, dashes in zip(courses.items(), colours, _DASHES, strict=False):
            axis.plot(times, values, color=colour, linestyle=dashes, label=name)
        axis.margins(x=0)
        axis.set_xlabel("time (s)")
        axis.set_ylabel(quantity)
        figure.legend(loc="outside upper right", ncols=3)
    return figure
