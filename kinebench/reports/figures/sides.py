"""Right and left side by side: does one side err otherwise than the other?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from kinebench.core.marker_regions import bilateral_pairs
from kinebench.errors import ValueRangeError
from kinebench.metrics import CATALOGUE, Evaluation
from kinebench.reports.figures.style import (
    DOUBLE_COLUMN_IN,
    INK,
    LEFT,
    RIGHT,
    grid_of_axes,
    styled,
)
from kinebench.reports.units import readable_unit, scale_of


def sides_figure(evaluation: Evaluation) -> Figure:
    """Of bias and RMSE a panel each; in it for each bilateral item the right and the left value.

    Parameters
    ----------
    evaluation : Evaluation

    Raises
    ------
    ValueRangeError
        No item exists on both sides.
    """
    pairs = bilateral_pairs(evaluation.items)
    if not pairs:
        raise ValueRangeError("no item exists on both sides")
    with styled():
        height = 0.75 + 0.24 * len(pairs)
        figure, axes = grid_of_axes(2, 2, DOUBLE_COLUMN_IN, height, sharey=True)
        for axis, metric in zip(axes, ("bias", "rmse"), strict=True):
            values = evaluation.values(metric)
            unit = next(figure.unit for figure in evaluation.figures if figure.metric == metric)
            places = np.arange(len(pairs))[::-1]
            points = _scaled(values, pairs, scale_of(unit))
            axis.hlines(places, points.min(axis=1), points.max(axis=1), color=INK, alpha=0.35)
            axis.scatter(
                points[:, 0], places, color=RIGHT, marker=">", s=28, label="right", zorder=3
            )
            axis.scatter(points[:, 1], places, color=LEFT, marker="<", s=28, label="left", zorder=3)
            if CATALOGUE[metric].better == "zero":
                axis.axvline(0.0, color=INK, linewidth=0.8)
            else:
                axis.set_xlim(left=0.0)
            axis.set_yticks(places, [stem.replace("_", " ") for stem in pairs])
            axis.set_ylim(-0.6, len(pairs) - 0.4)
            shown = readable_unit(unit)
            axis.set_xlabel(f"{CATALOGUE[metric].title} ({shown})" if shown else metric)
            axis.grid(axis="y", color=INK, alpha=0.12, linewidth=0.5)
            axis.set_axisbelow(True)
            axis.tick_params(axis="y", length=0)
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper right", ncols=2)
    return figure


def _scaled(
    values: Mapping[str, float], pairs: Mapping[str, tuple[str, str]], scale: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Right and left (n_pairs, 2)."""
    return scale * np.array([[values[right], values[left]] for right, left in pairs.values()])
