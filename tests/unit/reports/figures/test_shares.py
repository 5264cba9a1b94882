from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from kinebench.errors import ValueRangeError
from kinebench.reports.figures.shares import SharePanel, course_figure, shares_figure
from kinebench.reports.figures.style import BLUE, VERMILLION, as_svg

CAUSES = ("tilt", "window", "noise")
PANELS = (
    SharePanel("side drop, mm", [8.0, -2.0, 0.0], [6.0, np.nan, 0.5], 3.0),
    SharePanel("angles, °", [1.0, np.nan, 0.2], [np.nan] * 3, 1.0),
)


def bars_of(axis: Axes) -> list[Rectangle]:
    """From top to bottom; the first patch is the band of what is not notable."""
    bars = [patch for patch in axis.patches[1:] if isinstance(patch, Rectangle)]
    return sorted(bars, key=lambda bar: -bar.get_y())


def test_bars_are_as_long_as_the_parts_from_top_to_bottom() -> None:
    axis = shares_figure(CAUSES, PANELS).axes[0]
    bars = bars_of(axis)
    assert [bar.get_width() for bar in bars] == [8.0, -2.0, 0.0]
    labels = {text.get_position()[1]: text.get_text() for text in axis.get_yticklabels()}
    assert [labels[place] for place in sorted(labels, reverse=True)] == list(CAUSES)


def test_marked_causes_stand_out() -> None:
    axis = shares_figure(CAUSES, PANELS, ["window"]).axes[0]
    bars = bars_of(axis)
    assert [to_hex(bar.get_facecolor()) for bar in bars] == [BLUE, VERMILLION, BLUE]


def test_the_notable_range_is_in_sight_and_bars_too() -> None:
    for axis, panel in zip(shares_figure(CAUSES, PANELS).axes, PANELS, strict=True):
        low, high = axis.get_xlim()
        assert low < -panel.notable
        assert high > panel.notable
        assert high > np.nanmax(panel.parts)


def test_one_value_per_cause() -> None:
    with pytest.raises(ValueRangeError, match="side drop"):
        shares_figure(CAUSES[:2], PANELS)


def test_courses_have_their_names_and_values() -> None:
    times = np.linspace(0, 1, 11)
    figure = course_figure(
        times, {"as it is": -times, "swapped": times}, "height (mm)", [(0.4, 0.6)]
    )
    axis = figure.axes[0]
    named = {line.get_label(): line for line in axis.lines}
    np.testing.assert_array_equal(named["as it is"].get_ydata(), -times)
    np.testing.assert_array_equal(named["swapped"].get_ydata(), times)
    assert len(axis.patches) == 1
    assert "swapped</text>" in as_svg(figure, page=True)
