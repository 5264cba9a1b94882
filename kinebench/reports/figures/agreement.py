"""Bland–Altman plots."""

from __future__ import annotations

from collections.abc import Sequence

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
from kinebench.reports.units import readable, readable_unit, scale_of
from kinebench.statistics import BlandAltman

_COLOURS = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY)
_MARKERS = "osD^vP"


def bland_altman_figure(
    reference: ArrayLike,
    estimate: ArrayLike,
    subjects: Sequence[str],
    agreement: BlandAltman,
    quantity: str,
    unit: str = "rad",
) -> Figure:
    """Differences against means, with bias, limits of agreement and their intervals.

    Parameters
    ----------
    reference, estimate : (n_pairs,)
        As they went into `bland_altman`.
    subjects : sequence of str
        Each has its own colour and sign, as far as they go.
    agreement : BlandAltman
    quantity : str
        "peak knee flexion".
    unit : str
        Of the samples: "rad", "m", …
    """
    scale = scale_of(unit)
    r = np.asarray(reference, dtype=np.float64) * scale
    e = np.asarray(estimate, dtype=np.float64) * scale
    means, differences = (r + e) / 2, e - r
    readable_u = readable_unit(unit)
    gap = "" if readable_u == "°" else " "
    with styled():
        figure, (axis,) = grid_of_axes(1, 1, SINGLE_COLUMN_IN, 2.6)
        for i, subject in enumerate(dict.fromkeys(subjects)):
            own = [j for j, name in enumerate(subjects) if name == subject]
            axis.scatter(
                means[own],
                differences[own],
                s=16,
                color=_COLOURS[i % len(_COLOURS)],
                marker=_MARKERS[(i // len(_COLOURS) + i) % len(_MARKERS)],
                linewidth=0,
                alpha=0.85,
                zorder=3,
            )
        lines = (
            (agreement.upper, agreement.upper_interval, "upper limit", (0, (4, 2))),
            (agreement.bias, agreement.bias_interval, "bias", "solid"),
            (agreement.lower, agreement.lower_interval, "lower limit", (0, (4, 2))),
        )
        for value, interval, name, dashes in lines:
            axis.axhline(value * scale, color=INK, linewidth=0.9, linestyle=dashes)
            if np.isfinite([interval.low, interval.high]).all():
                axis.axhspan(
                    interval.low * scale, interval.high * scale, color=INK, alpha=0.1, linewidth=0
                )
            axis.annotate(
                f"{name}\n{readable(value, unit, 1)}{gap}{readable_u}",
                (1.01, value * scale),
                xycoords=("axes fraction", "data"),
                va="center",
                fontsize=7,
                annotation_clip=False,
            )
        axis.margins(x=0.08, y=0.12)
        axis.set_xlabel(f"mean of both, {quantity} ({readable_u})")
        axis.set_ylabel(f"estimate − reference ({readable_u})")
        axis.set_title(f"{agreement.n_pairs} pairs, {agreement.n_subjects} subjects")
    return figure
