"""Writing values, and drawing them in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import kinebench as kb
from kinebench.errors import NameNotFoundError, ValueRangeError
from kinebench.reports.figures.courses import markers_figure, motion_figure


def test_what_is_written_is_read_back(squat: kb.Trial, result: Any, tmp_path: Path) -> None:
    for name in ("a.trc", "a.c3d", "B.TRC"):
        kb.write(tmp_path / name, squat.keypoints)
        again = kb.read_markers(tmp_path / name)
        np.testing.assert_allclose(again.positions, squat.keypoints.positions, atol=1e-6)
    kb.write(tmp_path / "a.mot", result.motion)
    np.testing.assert_allclose(
        kb.read_motion(tmp_path / "a.mot").values, result.motion.values, atol=1e-8
    )
    kb.write(str(tmp_path / "a.osim"), result.model)
    assert kb.read_model(tmp_path / "a.osim").xml == result.model.xml


def test_an_ending_that_is_not_the_values_is_refused(result: Any, tmp_path: Path) -> None:
    for name, value in (("a.trc", result.motion), ("a.mot", result.markers), ("a", result.model)):
        with pytest.raises(ValueRangeError, match=r"is written as \."):
            kb.write(tmp_path / name, value)
    with pytest.raises(ValueRangeError, match="only Markers, Motion and Model can be written"):
        kb.write(tmp_path / "a.mot", result)
    assert list(tmp_path.iterdir()) == []


def drawn(figure: Any) -> dict[str, list[np.ndarray]]:
    """Lines of each panel, by its title."""
    return {
        axis.get_title(loc="left"): [line.get_ydata() for line in axis.lines]
        for axis in figure.axes
    }


def test_both_sides_stand_in_one_panel_in_degrees(result: Any) -> None:
    names = ["knee_angle_r", "knee_angle_l", "pelvis_tilt", "pelvis_ty"]
    panels = drawn(motion_figure(result.motion, names))
    assert list(panels) == ["knee angle (°)", "pelvis tilt (°)", "pelvis ty (mm)"]
    right, left = panels["knee angle (°)"]
    np.testing.assert_allclose(right, np.degrees(result.motion.value("knee_angle_r")))
    np.testing.assert_allclose(left, np.degrees(result.motion.value("knee_angle_l")))
    (height,) = panels["pelvis ty (mm)"]
    np.testing.assert_allclose(height, 1e3 * result.motion.value("pelvis_ty"))


def test_one_side_alone_says_which(result: Any) -> None:
    assert list(drawn(motion_figure(result.motion, ["knee_angle_l"]))) == ["knee angle, left (°)"]


def test_a_run_is_drawn_with_its_band(result: Any) -> None:
    """1.96 standard errors to both sides."""
    figure = kb.plot(result, names=["knee_angle_r"]).figure
    (axis,) = figure.axes
    (band,) = axis.collections
    high = np.max(np.asarray(band.get_paths()[0].vertices)[:, 1])
    top = result.motion.value("knee_angle_r") + 1.96 * result.standard_error.value("knee_angle_r")
    assert high == pytest.approx(np.degrees(top.max()), abs=0.01)
    assert not kb.plot(result.motion, names=["knee_angle_r"]).figure.axes[0].collections


def test_markers_are_drawn_in_their_three_components(squat: kb.Trial) -> None:
    panels = drawn(markers_figure(squat.keypoints, ["RKnee"]))
    np.testing.assert_allclose(
        np.stack(panels["RKnee (m)"], axis=1), squat.keypoints.position("RKnee")
    )


def test_a_comparison_is_drawn(squat: kb.Trial, result: Any) -> None:
    found = kb.compare(squat.reference_motion, result.motion)
    (panel,) = drawn(kb.plot(found, names=["knee_angle_r"]).figure).values()
    assert len(panel) == 2


@pytest.mark.parametrize(
    ("name", "start"), [("k.svg", b"<?xml"), ("k.PNG", b"\x89PNG"), ("k.pdf", b"%PDF")]
)
def test_a_figure_is_saved_as_its_ending_says(
    result: Any, tmp_path: Path, name: str, start: bytes
) -> None:
    kb.plot(result.motion, tmp_path / name, names=["knee_angle_r"])
    assert (tmp_path / name).read_bytes().startswith(start)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_notebook_shows_the_figure(result: Any) -> None:
    svg = kb.plot(result.motion, names=["knee_angle_r"])._repr_svg_()
    assert ElementTree.fromstring(svg).tag.endswith("svg")


def test_what_cannot_be_drawn_is_told(result: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueRangeError, match=r"saved as \.svg, \.pdf, \.png, not '\.jpg'"):
        kb.plot(result.motion, tmp_path / "a.jpg", names=["knee_angle_r"])
    with pytest.raises(ValueRangeError, match="can be drawn, found Model"):
        kb.plot(result.model)
    with pytest.raises(NameNotFoundError, match="knee_angle_r"):
        kb.plot(result.motion, names=["knee_angel_r"])
    empty = kb.Motion((), np.array([]), np.empty((0, 0)))
    with pytest.raises(ValueRangeError, match="nothing to draw"):
        kb.plot(empty)
