"""Tests on curves: the mean difference, and where it is more than chance."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from kinebench.reports.figures.style import (
    BLUE,
    INK,
    SINGLE_COLUMN_IN,
    VERMILLION,
    grid_of_axes,
    styled,
)
from kinebench.reports.units import readable_unit, scale_of
from kinebench.statistics import CurveTest


def curve_test_figure(
    test: CurveTest, quantity: str, unit: str = "rad", domain: str = "cycle (%)"
) -> Figure:
    """Above the mean difference, below t with its critical height and the clusters that exceed it.

    Parameters
    ----------
    test : CurveTest
    quantity : str
        "knee flexion".
    unit : str
        Of the curves.
    domain : str
        What runs from 0 to 100 along the axis.
    """
    at = np.linspace(0.0, 100.0, len(test.t))
    with styled():
        figure, (above, below) = grid_of_axes(2, 1, SINGLE_COLUMN_IN, 1.6, sharex=True)
        above.axhline(0.0, color=INK, linewidth=0.6)
        above.plot(at, test.difference * scale_of(unit), color=BLUE)
        above.set_ylabel(f"difference ({readable_unit(unit)})")
        above.set_title(f"{quantity}, {test.n_subjects} subjects")
        below.axhline(0.0, color=INK, linewidth=0.6)
        below.plot(at, test.t, color=INK)
        for sign in (1, -1):
            below.axhline(
                sign * test.height, color=VERMILLION, linewidth=0.9, linestyle=(0, (4, 2))
            )
        below.set_title(f"critical |t| = {test.height:.2f} at α = {test.alpha:g}")
        for cluster in test.clusters:
            inside = slice(cluster.start, cluster.stop)
            edge = cluster.sign * test.height
            below.fill_between(
                at[inside], edge, test.t[inside], color=VERMILLION, alpha=0.45, linewidth=0
            )
            above.axvspan(
                at[cluster.start], at[cluster.stop - 1], color=VERMILLION, alpha=0.15, linewidth=0
            )
            middle = at[(cluster.start + cluster.stop - 1) // 2]
            below.annotate(
                f"p = {cluster.p:.3f}" if cluster.p >= 0.001 else "p < 0.001",
                (middle, cluster.peak), xytext=(0, 4 * cluster.sign), textcoords="offset points",
                ha="center", va="bottom" if cluster.sign > 0 else "top", fontsize=7,
            )  # fmt: skip
        below.set_ylabel("t")
        below.set_xlabel(domain)
        below.margins(y=0.22)
        below.set_xlim(0.0, 100.0)
    return figure
