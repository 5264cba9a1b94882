"""Courses of right and left that a flag leads to, of a stick figure."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.core import Markers, Subject, Trial
from kinebench.diagnosis.pictures import Panel, panels_of
from tests.unit.diagnosis.stick_figures import along, bent, figure

FOUR = np.arange(4.0)
MOVING = figure(4, {"RAnkle": bent(10 * FOUR), "LAnkle": bent(5 * FOUR)})
STATIC = figure(3, start_s=2.0)


def trial(static: Markers | None = STATIC, moving: Markers = MOVING) -> Trial:
    return Trial("t", Subject(70.0, 1.75), moving, static=static)


def shown(panels: tuple[Panel, ...]) -> list[tuple[str, str]]:
    return [(one.title, one.quantity) for one in panels]


def test_the_static_trial_comes_first_each_on_its_own_clock() -> None:
    static, moving = panels_of("stance", trial())
    assert shown((static, moving)) == [
        ("static trial", "knee flexion by keypoints (°)"),
        ("movement", "knee flexion by keypoints (°)"),
    ]
    np.testing.assert_array_equal(static.times, STATIC.times)
    np.testing.assert_array_equal(moving.times, MOVING.times)
    np.testing.assert_allclose(moving.right, 10 * FOUR, atol=1e-9)
    np.testing.assert_allclose(moving.left, 5 * FOUR, atol=1e-9)
    assert shown(panels_of("stance", trial(None))) == [shown((moving,))[0]]


@pytest.mark.parametrize(
    ("picture", "quantities", "right", "left"),
    [
        ("lengths", ["thigh by keypoints (mm)", "shank by keypoints (mm)"], [420, 380], [400, 400]),
        ("heights", ["height of the Hip keypoint (mm)", "height of the Knee keypoint (mm)"],
         [900, 480], [900, 500]),
        ("feet", ["height of the Heel keypoint (mm)", "height of the BigToe keypoint (mm)"],
         [20, 20], [20, 30]),
    ],
)  # fmt: skip
def test_lengths_and_heights_are_in_mm(
    picture: str, quantities: list[str], right: list[float], left: list[float]
) -> None:
    moving = figure(4, {"RKnee": [0.0, -0.02, 0.0], "LBigToe": [0.0, 0.01, 0.0]})
    panels = panels_of(picture, trial(None, moving))
    assert [one.quantity for one in panels] == quantities
    assert [one.title for one in panels] == ["movement"] * 2
    for panel, of_right, of_left in zip(panels, right, left, strict=True):
        np.testing.assert_allclose(panel.right, [of_right] * 4)
        np.testing.assert_allclose(panel.left, [of_left] * 4)
        np.testing.assert_array_equal(panel.times, moving.times)


@pytest.mark.parametrize("picture", ["noise", "none", ""])
def test_other_pictures_show_nothing(picture: str) -> None:
    assert panels_of(picture, trial()) == ()


@pytest.mark.parametrize(
    ("picture", "lacking", "left"),
    [
        ("stance", "Neck", []), ("lengths", "RAnkle", ["thigh"]), ("lengths", "LHip", ["shank"]),
        ("heights", "LHip", ["Knee"]), ("feet", "RBigToe", ["Heel"]),
    ],
)  # fmt: skip
def test_what_lacks_a_keypoint_is_not_shown(picture: str, lacking: str, left: list[str]) -> None:
    bare = MOVING.select([name for name in MOVING.names if name != lacking])
    panels = panels_of(picture, trial(None, bare))
    assert len(panels) == len(left)
    assert all(word in one.quantity for word, one in zip(left, panels, strict=True))


def test_what_is_never_seen_on_both_sides_is_not_shown() -> None:
    positions = np.array(MOVING.positions)
    positions[:, MOVING.names.index("LHeel")] = np.nan
    positions[1:, MOVING.names.index("RBigToe")] = np.nan
    panels = panels_of("feet", trial(None, MOVING.with_positions(positions)))
    assert [one.quantity for one in panels] == ["height of the BigToe keypoint (mm)"]


def test_noise_is_not_shown_as_bending() -> None:
    tremble = along("x", 0.01 * (-1.0) ** np.arange(60))
    panel = panels_of("stance", trial(None, figure(60, {"RKnee": tremble})))[0]
    assert np.abs(panel.right[10:-10]).max() < 0.1
    (thigh, _) = panels_of(
        "lengths",
        trial(
            None,
            figure(
                60, {"RKnee": along("y", np.abs(tremble).sum(axis=1) * (-1.0) ** np.arange(60))}
            ),
        ),
    )
    assert np.ptp(thigh.right[10:-10]) < 1.0
