"""Courses over time of one recording: coordinates, right and left together, or markers."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.errors import ValueRangeError, require_names
from kinebench.reports.figures.style import (
    BLUE,
    DOUBLE_COLUMN_IN,
    GREEN,
    INK,
    LEFT,
    RIGHT,
    SINGLE_COLUMN_IN,
    VERMILLION,
    grid_of_axes,
    styled,
)
from kinebench.reports.units import label_of, readable_unit, scale_of
from kinebench.uncertainty.marker_errors import NORMAL_95

_SIDES = {"_r": ("right", RIGHT), "_l": ("left", LEFT)}
_AXES = (("x", VERMILLION), ("y", BLUE), ("z", GREEN))
_ROW_IN = 1.45


def motion_figure(
    motion: Motion, names: Sequence[str] | None = None, standard_error: Motion | None = None
) -> Figure:
    """A panel per coordinate, both sides in one, in ° and mm.

    Parameters
    ----------
    motion : Motion
    names : sequence of str, optional
        By default all coordinates.
    standard_error : Motion, optional
        At the motion's times: the 95 % band is drawn.
    """
    chosen = tuple(names or motion.names)
    require_names(chosen, motion.names, "coordinate", "the motion")
    panels: dict[str, list[str]] = {}
    for name in chosen:
        panels.setdefault(_stem(name), []).append(name)
    if not (panels and motion.n_frames):
        raise ValueRangeError("the motion has nothing to draw")
    with styled():
        figure, axes = _grid(len(panels))
        for axis, (stem, members) in zip(axes, panels.items(), strict=True):
            for name in members:
                unit = motion.coordinates[motion.names.index(name)].unit
                label, colour = _SIDES.get(name[-2:], ("", INK))
                course = motion.value(name) * scale_of(unit)
                axis.plot(motion.times, course, color=colour, label=label or None)
                if standard_error is not None and name in standard_error.names:
                    bar = NORMAL_95 * standard_error.value(name) * scale_of(unit)
                    axis.fill_between(
                        motion.times, course - bar, course + bar, color=colour, alpha=0.12,
                        linewidth=0,
                    )  # fmt: skip
            shown = members[0] if len(members) == 1 else stem
            axis.set_title(f"{label_of(shown)} ({readable_unit(unit)})")
        _finish(figure, axes)
    return figure


def markers_figure(markers: Markers, names: Sequence[str] | None = None) -> Figure:
    """A panel per marker, its x, y and z in m; gaps stay gaps."""
    chosen = tuple(names or markers.names)
    require_names(chosen, markers.names, "marker", "the recording")
    if not (chosen and markers.n_frames):
        raise ValueRangeError("the recording has nothing to draw")
    with styled():
        figure, axes = _grid(len(chosen))
        for axis, name in zip(axes, chosen, strict=True):
            for (label, colour), course in zip(_AXES, markers.position(name).T, strict=True):
                axis.plot(markers.times, course, color=colour, label=label)
            axis.set_title(f"{name} (m)")
        _finish(figure, axes)
    return figure


def _stem(name: str) -> str:
    """What both sides of a coordinate have in common."""
    return name[:-2] if name[-2:] in _SIDES else name


def _grid(n: int) -> tuple[Figure, list[Axes]]:
    width = SINGLE_COLUMN_IN if n == 1 else DOUBLE_COLUMN_IN
    return grid_of_axes(n, 3, width, _ROW_IN if n > 1 else 2 * _ROW_IN, sharex=True)


def _finish(figure: Figure, axes: list[Axes]) -> None:
    """Time below the last row, and one legend of what stands in any panel."""
    for axis in axes:
        axis.margins(x=0)
    for axis in axes[-min(3, len(axes)) :]:
        axis.set_xlabel("time (s)")
        axis.tick_params(labelbottom=True)
    found = {
        text: handle
        for axis in axes
        for handle, text in zip(*axis.get_legend_handles_labels(), strict=True)
    }
    if found:
        figure.legend(
            list(found.values()), list(found), loc="outside upper right", ncols=len(found)
        )
