"""Marker errors where the markers are."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.names import shared_names
from kinebench.errors import ValueRangeError
from kinebench.metrics.evaluation import require_same_times
from kinebench.metrics.markers import distance_mean
from kinebench.reports.figures.style import (
    DOUBLE_COLUMN_IN,
    ESTIMATE,
    INK,
    grid_of_axes,
    styled,
)

_AREA_PER_MM = 0.9  # square points


# hip, knee, ankle, heel, toe: the lines that make points a body
_CHAINS = tuple(
    tuple(tuple(name.format(side) for name in joint) for joint in joints)
    for joints in (
        (
            ("{}.ASIS_study", "{}.ASIS"),
            ("{}_knee_study", "{}_knee"),
            ("{}_ankle_study", "{}_ankle"),
            ("{}_calc_study", "{}_calc"),
            ("{}_toe_study", "{}_toe"),
        ),
        (("{}Hip",), ("{}Knee",), ("{}Ankle",), ("{}Heel",), ("{}BigToe",)),
    )
    for side in ("r", "R", "L")
)


def body_map_figure(reference: Markers, estimate: Markers, n_named: int = 5) -> Figure:
    """Seen from behind and from the right: each marker of the reference, its mean error an arrow.

    Positions are means over the frames, relative to the mean of all markers of each frame, in the
    axes of the ground: X forward, Y up, Z to the right. Arrows are true to scale: they end where
    the estimate is in the mean. The area of a disc grows with the mean distance, which is larger
    than the arrow where errors vary in direction.

    Parameters
    ----------
    reference, estimate : Markers
        Aligned: the same times, in one frame; markers that both have are drawn.
    n_named : int
        So many of the worst markers are named, with their mean distance in mm.

    Raises
    ------
    ValueRangeError
        Times differ, or no marker is in both.
    """
    require_same_times(reference.times, estimate.times)
    names = _seen_by_both(reference, estimate)
    if not names:
        raise ValueRangeError("reference and estimate share no marker to draw")
    truth, guess = reference.select(names).positions, estimate.select(names).positions
    places, arrows = _means(truth, guess)
    distances = 1e3 * distance_mean(truth, guess)
    both = np.concatenate([places, places + arrows])
    tall = float(np.nanmax(both[:, 1]) - np.nanmin(both[:, 1]))
    with styled():
        figure, axes = grid_of_axes(2, 2, DOUBLE_COLUMN_IN * 0.8, max(3.0, min(5.0, 3.4 * tall)))
        views = (("from behind", 2, "right (m)"), ("from the right", 0, "forward (m)"))
        for axis, (title, across, label) in zip(axes, views, strict=True):
            x, y = places[:, across], places[:, 1]
            for chain in _chains(names):
                axis.plot(x[chain], y[chain], color=INK, alpha=0.25, linewidth=0.8)
            axis.scatter(x, y, s=_AREA_PER_MM * distances, color=ESTIMATE, alpha=0.3, linewidth=0)
            axis.quiver(
                x, y, arrows[:, across], arrows[:, 1], angles="xy", scale_units="xy", scale=1.0,
                color=ESTIMATE, width=0.006, headwidth=3.5, headlength=4, zorder=3,
            )  # fmt: skip
            axis.scatter(x, y, s=5, color=INK, zorder=4, linewidth=0)
            axis.set_aspect("equal", adjustable="datalim")
            axis.margins(0.25, 0.06)
            axis.set_title(f"seen {title}")
            axis.set_xlabel(label)
        _name_worst(axes[0], names, places[:, [2, 1]], distances, n_named)
        axes[0].set_ylabel("up (m)")
        axes[1].tick_params(labelleft=False)
        _legend(figure)
    return figure


def _seen_by_both(reference: Markers, estimate: Markers) -> list[str]:
    """Markers that both have in one frame at least."""
    shared = shared_names(reference.names, estimate.names)
    gone = reference.select(shared).missing | estimate.select(shared).missing
    return [shared[marker] for marker in np.flatnonzero(~np.asarray(gone).all(axis=0))]


def _chains(names: list[str]) -> list[list[int]]:
    """Columns of the joints of each leg, as far as they are there."""
    chains = []
    for joints in _CHAINS:
        found = [next((name for name in joint if name in names), None) for joint in joints]
        chains.append([names.index(name) for name in found if name is not None])
    return chains


def _name_worst(
    axis: Axes, names: list[str], places: FloatArray, distances: FloatArray, n_named: int
) -> None:
    """Names beside the body, right markers on the right, none over another."""
    order = np.argsort(-np.where(np.isfinite(distances), distances, -1.0))[:n_named]
    worst = [int(marker) for marker in order if np.isfinite(distances[marker])]
    gap = 0.075 * float(np.ptp(places[:, 1]) or 1.0)
    for right in (True, False):
        above = -np.inf
        own = [m for m in worst if (places[m, 0] >= np.nanmean(places[:, 0])) == right]
        for marker in sorted(own, key=lambda m: float(places[m, 1])):
            height = max(float(places[marker, 1]), above + gap)
            above = height
            axis.annotate(
                f"{names[marker]} {distances[marker]:.0f} mm",
                (float(places[marker, 0]), float(places[marker, 1])),
                xytext=(0.98 if right else 0.02, height),
                textcoords=axis.get_yaxis_transform(),
                ha="right" if right else "left",
                va="center",
                fontsize=7,
                arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.4, "alpha": 0.6},
            )


def _legend(figure: Figure) -> None:
    dot = Line2D([], [], color=INK, marker=".", linestyle="none")
    arrow = Line2D([], [], color=ESTIMATE, linewidth=1.4)
    discs = [
        Line2D(
            [],
            [],
            color=ESTIMATE,
            alpha=0.3,
            marker="o",
            linestyle="none",
            markeredgewidth=0,
            markersize=(_AREA_PER_MM * mm) ** 0.5,
        )
        for mm in (10, 30, 60)
    ]
    figure.legend(
        [dot, arrow, *discs],
        ["reference", "mean error, to scale", "10 mm", "30 mm", "60 mm mean distance"],
        loc="outside lower center",
        ncols=5,
        handletextpad=0.4,
        columnspacing=1.0,
    )


def _means(truth: FloatArray, guess: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean places, from above the middle of the body, and mean errors, (n_markers, 3) m each."""
    here = ~np.isnan(truth[..., 0])
    both = here & ~np.isnan(guess[..., 0])
    count = np.where(both.sum(axis=0) > 0, both.sum(axis=0), np.nan)[:, None]
    n_here = np.where(here.sum(axis=1) > 0, here.sum(axis=1), np.nan)[:, None]
    middle = np.where(here[..., None], truth, 0.0).sum(axis=1) / n_here
    middle[:, 1] = 0.0
    places = np.where(both[..., None], truth - middle[:, None], 0.0).sum(axis=0) / count
    errors = np.where(both[..., None], guess - truth, 0.0).sum(axis=0) / count
    return places, errors
