"""How figures move with the lag."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from kinebench.reports.figures.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    SINGLE_COLUMN_IN,
    SKY,
    VERMILLION,
    grid_of_axes,
    styled,
)
from kinebench.reports.units import label_of, readable_unit, scale_of

_STYLES = (
    (BLUE, "solid"),
    (VERMILLION, "solid"),
    (GREEN, "solid"),
    (ORANGE, "dashed"),
    (PURPLE, "dashed"),
    (SKY, "dashed"),
    (INK, "dotted"),
)


def lag_figure(
    shifts_s: ArrayLike,
    curves: Mapping[str, ArrayLike],
    quantity: str,
    unit: str = "rad",
    frame_s: float | None = None,
    lags: Mapping[str, float] | None = None,
) -> Figure:
    """A metric against a shift of the lag.

    Parameters
    ----------
    shifts_s : (n_shifts,) s
        Added to the lag that is used.
    curves : mapping of str to (n_shifts,)
        The metric by coordinate; up to seven.
    quantity : str
        "RMSE".
    unit : str
        Of the curves.
    frame_s : float, optional
        Frame interval: ± one frame is shaded.
    lags : mapping of str to float, optional
        What other policies chose, s relative to the lag that is used.
    """
    shifts = np.asarray(shifts_s, dtype=np.float64)
    with styled():
        figure, (axis,) = grid_of_axes(1, 1, SINGLE_COLUMN_IN, 2.5)
        for (name, values), (colour, dashes) in zip(curves.items(), _STYLES, strict=False):
            scaled = np.asarray(values, dtype=np.float64) * scale_of(unit)
            axis.plot(1e3 * shifts, scaled, color=colour, linestyle=dashes, label=label_of(name))
        axis.axvline(0.0, color=INK, linewidth=0.8)
        if frame_s is not None:
            axis.axvspan(-1e3 * frame_s, 1e3 * frame_s, color=INK, alpha=0.1, linewidth=0)
        for i, (name, lag) in enumerate(sorted((lags or {}).items(), key=lambda item: item[1])):
            before = i == 0 and len(lags or {}) > 1
            axis.annotate(
                name,
                (1e3 * lag, 0.0),
                xycoords=axis.get_xaxis_transform(),
                xytext=(-14 if before else 14, 7 + 9 * max(0, i - 1)),
                textcoords="offset points",
                ha="right" if before else "left",
                va="center",
                fontsize=7,
                arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 0.6, "shrinkB": 0},
            )
        axis.set_ylim(bottom=0.0)
        axis.margins(x=0.0)
        axis.set_xlabel("shift of the lag (ms)")
        axis.set_ylabel(f"{quantity} ({readable_unit(unit)})")
        figure.legend(loc="outside upper center", ncols=2)
    return figure
