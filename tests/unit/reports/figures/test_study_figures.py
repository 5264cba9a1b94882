"""Figures of study reports: grouped intervals, interactions, maps with headings, light paths."""

from __future__ import annotations

import re

import numpy as np
import pytest

from kinebench.errors import ValueRangeError
from kinebench.reports.figures import (
    as_svg,
    error_map_figure,
    grouped_interval_figure,
    interaction_figure,
)
from kinebench.reports.figures.style import _relative

GROUPS = {"filter (against none)": ["6 Hz", "12 Hz"], "augmenter (against v0.3)": ["lab-1"]}
TRIPLES = [(1.0, 0.5, 1.5), (-1.0, -1.2, -0.8), (np.nan, np.nan, np.nan)]


def test_levels_stand_under_their_factor() -> None:
    figure = grouped_interval_figure(GROUPS, {"change (°)": {"all": TRIPLES}})
    (axis,) = figure.axes
    labels = axis.get_yticklabels()
    assert [label.get_text() for label in labels] == [
        "filter (against none)", "6 Hz", "12 Hz", "augmenter (against v0.3)", "lab-1",
    ]  # fmt: skip
    assert [label.get_fontweight() == "bold" for label in labels] == [
        True,
        False,
        False,
        True,
        False,
    ]
    heights = [tick.get_position()[1] for tick in labels]
    assert heights == sorted(heights, reverse=True)
    low, high = axis.get_ylim()
    assert all(low < height < high for height in heights)


def test_points_and_intervals_stand_in_their_rows() -> None:
    figure = grouped_interval_figure(GROUPS, {"change (°)": {"all": TRIPLES}})
    (axis,) = figure.axes
    places = [tick.get_position()[1] for tick in axis.get_yticklabels()]
    x, y = (np.asarray(v, dtype=float) for v in axis.lines[0].get_data())
    assert x[:2].tolist() == [1.0, -1.0]
    assert np.isnan(x[2])
    assert y.tolist() == pytest.approx([places[1], places[2], places[4]])
    first = axis.collections[0].get_segments()[0]  # type: ignore[attr-defined]
    assert first[:, 0].tolist() == [0.5, 1.5]
    assert first[0, 1] == pytest.approx(places[1])


def test_panels_share_their_rows_and_series_do_not_hide_each_other() -> None:
    panels = {"side drop (mm)": {"hip": TRIPLES, "heel": TRIPLES}, "list (°)": {"list": TRIPLES}}
    figure = grouped_interval_figure(GROUPS, panels)
    left, right = figure.axes
    assert (left.get_xlabel(), right.get_xlabel()) == ("side drop (mm)", "list (°)")
    assert left.get_ylim() == right.get_ylim()
    hip, heel = (np.asarray(line.get_ydata(), dtype=float) for line in left.lines[:2])
    assert (hip > heel).all()
    assert "heel" in as_svg(figure)


def test_long_names_are_cut_and_series_must_fit() -> None:
    figure = grouped_interval_figure({"f": ["x" * 60]}, {"q": {"all": TRIPLES[:1]}})
    assert max(len(label.get_text()) for label in figure.axes[0].get_yticklabels()) <= 34
    with pytest.raises(ValueRangeError, match="all has 1 values for 3 rows"):
        grouped_interval_figure(GROUPS, {"q": {"all": TRIPLES[:1]}})
    with pytest.raises(ValueRangeError, match="up to 5 series can be told apart, found 6"):
        grouped_interval_figure(GROUPS, {"q": {str(i): TRIPLES for i in range(6)}})


def test_a_line_per_level_of_the_second_factor() -> None:
    means = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]])
    figure = interaction_figure(means, ("pose", ["a", "b", "c"]), ("setup", ["x", "y"]), "RMSE (°)")
    (axis,) = figure.axes
    assert [line.get_label() for line in axis.lines] == ["x", "y"]
    assert np.asarray(axis.lines[1].get_ydata()).tolist() == [2.0, 4.0, 7.0]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["a", "b", "c"]
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("pose", "RMSE (°)")
    assert "setup" in as_svg(figure)


@pytest.mark.parametrize(
    ("levels", "joined"),
    [
        (("2 Hz", "6 Hz", "12 Hz"), True),
        (("12 Hz", "6 Hz", "2.5 Hz"), True),
        (("−10°", "0°", "10°"), True),
        (("60 Hz", "30 Hz", "120 Hz"), False),
        (("none", "2 Hz", "6 Hz"), False),
        (("ideal", "knees 10°", "knees 20°"), False),
        (("upright", "any pose", "swaying"), False),
    ],
)
def test_only_levels_of_a_quantity_are_joined(levels: tuple[str, ...], joined: bool) -> None:
    """Between two categories there is nothing; side by side all marks are seen."""
    figure = interaction_figure(np.ones((3, 2)), ("f", levels), ("g", ["x", "y"]), "q")
    lines = figure.axes[0].lines
    assert [line.get_linestyle() != "None" for line in lines] == [joined] * 2
    apart = np.subtract(lines[1].get_xdata(), lines[0].get_xdata())
    np.testing.assert_allclose(apart, 0.0 if joined else 0.25)


def test_many_levels_are_told_apart_and_named_aslant() -> None:
    levels = [f"a level with a name {i}" for i in range(10)]
    figure = interaction_figure(np.eye(10), ("f", levels), ("g", levels), "q")
    styles = {(line.get_color(), line.get_linestyle()) for line in figure.axes[0].lines}
    assert len(styles) == 10
    assert {label.get_rotation() for label in figure.axes[0].get_xticklabels()} == {35.0}
    with pytest.raises(ValueRangeError, match="3 and 2 levels are named"):
        interaction_figure(np.eye(2), ("f", ["a", "b", "c"]), ("g", ["x", "y"]), "q")


def test_headings_of_a_map_have_no_cells() -> None:
    values = [[np.nan, np.nan], [1.0, 2.0], [np.nan, 3.0]]
    figure = error_map_figure(values, ["filter", "none", "6 Hz"], ["a", "b"], "q", headings=[0])
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts == ["1.0", "2.0", "–", "3.0"]
    bold = [label.get_fontweight() == "bold" for label in figure.axes[0].get_yticklabels()]
    assert bold == [True, False, False]
    # the seams between cells end below the heading: two rows of two cells
    (mesh,) = figure.axes[0].collections
    assert mesh.get_coordinates()[..., 1].min() == 1.0  # type: ignore[attr-defined]
    assert figure.axes[0].get_ylim() == (3.0, 0.0)


def test_a_map_of_headings_only_is_drawn() -> None:
    as_svg(error_map_figure([[np.nan]], ["filter"], ["a"], "q", headings=[0]))
    values = np.ones((5, 1))
    figure = error_map_figure(values, list("abcde"), ["x"], "q", headings=[0, 3])
    assert len(figure.axes[0].collections) == 2


def points_of(path: str) -> list[tuple[float, float]]:
    """Where a path of M, L, l and z goes."""
    found: list[tuple[float, float]] = []
    x = y = 0.0
    start = (0.0, 0.0)
    for command, content in re.findall(r"([MLlz])([^MLlz]*)", path):
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", content)]
        if command == "z":
            x, y = start
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = (x + dx, y + dy) if command == "l" else (dx, dy)
            start = (x, y) if command == "M" else start
            found.append((x, y))
    return found


def test_paths_go_where_they_went() -> None:
    rng = np.random.default_rng(4)
    walk = rng.normal(size=(2000, 2)).cumsum(axis=0).round(2)
    path = "M " + " \nL ".join(f"{x:.2f} {y:.2f}" for x, y in walk)
    short = _relative(path)
    assert np.abs(np.array(points_of(short)) - walk).max() < 1e-9
    assert len(short) < 0.75 * len(path)


@pytest.mark.parametrize(
    "path",
    ["M 1 2 \nL 3.5 4 \nL -5 6 \nz\nM 1 1 L 2 2", "M 1 2 \nL 3 4 \nz\nL 9 9", "M 0.00 0.00"],
)
def test_closed_and_broken_paths(path: str) -> None:
    assert points_of(_relative(path)) == points_of(path)


def test_curves_stay_as_they_are() -> None:
    for path in ("M 0 0 C 1 2 3 4 5 6", "M 0 0 \nQ 1 1 2 2", ""):
        assert _relative(path) == path
