"""A line at a prompt, a small drawing in a notebook."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from kinebench.core import (
    Coordinate,
    IKSolution,
    Markers,
    Model,
    Motion,
    ScalingResult,
    Subject,
    Trial,
)
from kinebench.core.display import MOST_LINES, recording_line, small_drawing

TIMES = np.arange(121) / 60.0
MOTION = Motion(
    (Coordinate("knee_angle_r"), Coordinate("pelvis_ty", "translational")),
    TIMES,
    np.stack([np.linspace(0.0, np.pi / 2, 121), np.full(121, 0.9)], axis=1),
)
MARKERS = Markers(("RHeel", "RKnee"), TIMES, np.ones((121, 2, 3)))
MODEL = Model(
    "tiny",
    b'<OpenSimDocument><Model name="tiny"><Body name="pelvis"/><Body name="femur_r"/>'
    b'<Coordinate name="hip"/><Marker name="a"/></Model></OpenSimDocument>',
)


def test_frames_rate_and_duration_are_those_of_the_times() -> None:
    # 121 frames at 60 Hz: 120 intervals of 1/60 s are 2 s
    assert recording_line(TIMES) == "121 frames, 60 Hz, 2 s"
    assert recording_line(TIMES + 5.0) == "121 frames, 60 Hz, 2 s"
    assert recording_line(TIMES[:1]) == "1 frame"
    assert recording_line(TIMES[:0]) == "0 frames"


def test_values_show_themselves_in_a_line() -> None:
    assert repr(MOTION) == "<Motion: 2 coordinates, 121 frames, 60 Hz, 2 s>"
    assert repr(MARKERS) == "<Markers: 2 markers, 121 frames, 60 Hz, 2 s>"
    assert repr(MODEL) == "<Model tiny: 2 bodies, 1 coordinate, 1 marker>"
    trial = Trial("squat", Subject(70.0, 1.75), MARKERS, static=MARKERS)
    assert repr(trial) == (
        "<Trial squat: 70 kg, 1.75 m; keypoints <Markers: 2 markers, 121 frames, 60 Hz, 2 s>,"
        " with a static trial>"
    )
    assert repr(replace(trial, static=None, reference_motion=MOTION)).endswith("with a reference>")


def test_results_tell_their_marker_error() -> None:
    errors = np.full((121, 2), 0.003)
    errors[:, 1] = 0.004
    # the root of the mean of 9 and 16 is 3.54
    solution = IKSolution(MOTION, ("a", "b"), errors, np.ones(121, bool), np.ones(121, int))
    assert repr(solution).endswith("2 s>, marker error 3.5 mm RMS>")
    scaled = ScalingResult(MODEL, {}, (1.0, 2.0), MOTION, ("a",), np.array([0.02]))
    assert repr(scaled).endswith("scaled on 1 to 2 s, marker error 20.0 mm RMS>")


def test_gaps_are_told() -> None:
    positions = np.ones((121, 2, 3))
    positions[:, 0] = np.nan
    assert repr(MARKERS.with_positions(positions)).endswith("50.0% missing>")


def points(html: str) -> list[list[tuple[float, float]]]:
    """Of each line that is drawn."""
    svg = re.search(r"<svg.*</svg>", html)
    assert svg is not None
    return [
        [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path.get("d", ""))]
        for path in ElementTree.fromstring(svg[0])
    ]


def test_a_motion_is_drawn_in_degrees_and_rises_where_it_rises() -> None:
    html = MOTION._repr_html_()
    assert "0 to 90 °" in html
    (line,) = points(html)
    across, down = np.array(line).T
    assert (np.diff(across) > 0).all()
    assert (np.diff(down) < 0).all()  # upwards on a screen


def test_heights_of_markers_are_drawn() -> None:
    positions = np.ones((121, 2, 3))
    positions[:, 1, 1] = TIMES
    html = MARKERS.with_positions(positions)._repr_html_()
    assert html.index("RKnee") < html.index("RHeel"), "what moves most comes first"


def test_a_gap_is_not_bridged() -> None:
    course = np.linspace(0.0, 1.0, 121)
    course[40:60] = np.nan
    html = small_drawing("x", TIMES, [("a", course)], "m")
    assert html.count("M") == 2
    assert "nan" not in html


@pytest.mark.parametrize(
    ("times", "course"), [(TIMES[:1], [1.0]), (TIMES[:2], [np.nan, np.nan]), (TIMES[:0], [])]
)
def test_without_a_course_the_caption_stays(times: np.ndarray, course: list[float]) -> None:
    assert small_drawing("a < b", times, [("a", np.array(course))], "m") == "<div>a &lt; b</div>"


def test_no_more_lines_than_can_be_told_apart() -> None:
    many = [(f"c{i}", np.full(121, float(i))) for i in range(20)]
    assert len(points(small_drawing("x", TIMES, many, "m"))) == MOST_LINES
