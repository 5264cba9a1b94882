"""Waveforms of reference and estimate, the error between them as a band."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from kinebench.core.motion import Motion
from kinebench.core.names import shared_names
from kinebench.core.wrapping import can_wrap
from kinebench.errors import ValueRangeError
from kinebench.metrics.evaluation import require_same_times
from kinebench.metrics.pairs import without_wraps
from kinebench.reports.figures.style import (
    DOUBLE_COLUMN_IN,
    ESTIMATE,
    REFERENCE,
    grid_of_axes,
    styled,
)
from kinebench.reports.units import label_of, readable, readable_unit, scale_of
from kinebench.uncertainty.marker_errors import NORMAL_95

_POINTS_OF_SHADE = 150


def waveform_figure(
    reference: Motion,
    estimate: Motion,
    coordinates: Sequence[str] | None = None,
    n_columns: int = 3,
    labels: tuple[str, str] = ("reference", "estimate"),
    standard_error: Motion | None = None,
) -> Figure:
    """One panel per coordinate: both courses, and between them the error, shaded.

    Parameters
    ----------
    reference, estimate : Motion
        Aligned: on the same times.
    coordinates : sequence of str, optional
        Those that both have, by default.
    n_columns : int
    labels : (str, str)
    standard_error : Motion, optional
        Of the estimate, at its times: its 95 % band is drawn.

    Raises
    ------
    ValueRangeError
        Times differ, or there is nothing to draw.
    """
    require_same_times(reference.times, estimate.times)
    names = coordinates or shared_names(reference.names, estimate.names)
    if not names:
        raise ValueRangeError("reference and estimate share no coordinate to draw")
    one, other = reference.select(names), estimate.select(names)
    wraps = np.array([can_wrap(coordinate) for coordinate in one.coordinates])
    truth, guess = without_wraps(one.values, other.values, wraps)
    # lines keep every frame, so that no spike is lost; a shade needs no more points than this
    step = max(1, one.n_frames // _POINTS_OF_SHADE)
    with styled():
        figure, axes = grid_of_axes(len(names), n_columns, DOUBLE_COLUMN_IN, 1.35, sharex=True)
        for i, (axis, coordinate) in enumerate(zip(axes, one.coordinates, strict=True)):
            unit = coordinate.unit
            r, e = truth[:, i] * scale_of(unit), guess[:, i] * scale_of(unit)
            axis.fill_between(
                one.times[::step], r[::step], e[::step], color=ESTIMATE, alpha=0.25, linewidth=0
            )
            if standard_error is not None and coordinate.name in standard_error.names:
                bar = NORMAL_95 * standard_error.value(coordinate.name) * scale_of(unit)
                axis.fill_between(
                    one.times[::step], (e - bar)[::step], (e + bar)[::step], color=ESTIMATE,
                    alpha=0.1, linewidth=0, label="95 % band",
                )  # fmt: skip
            axis.plot(one.times, r, color=REFERENCE, label=labels[0])
            axis.plot(one.times, e, color=ESTIMATE, linestyle=(0, (4, 1.2)), label=labels[1])
            axis.set_title(f"{label_of(coordinate.name)} ({readable_unit(unit)})")
            error = guess[:, i] - truth[:, i]
            known = error[np.isfinite(error)]
            if len(known):
                rms = readable(float(np.sqrt((known**2).mean())), unit, 1)
                axis.text(
                    0.985, 0.97, f"RMSE {rms}", transform=axis.transAxes, ha="right", va="top",
                    fontsize=7,
                )  # fmt: skip
            axis.margins(x=0, y=0.18)
        for axis in axes[-min(n_columns, len(axes)) :]:
            axis.set_xlabel("time (s)")
            axis.tick_params(labelbottom=True)
        handles, texts = axes[0].get_legend_handles_labels()
        figure.legend(handles, texts, loc="outside upper right", ncols=3)
    return figure
