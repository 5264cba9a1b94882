"""Laws of cleaning stages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinebench.cleaning import (
    Butterworth,
    FillGaps,
    KalmanSmoother,
    Median,
    RemoveOutliers,
    ResidualAnalysis,
    Rotate,
    SavitzkyGolay,
    SmoothingSpline,
)
from kinebench.core import Cleaner, Markers
from kinebench.geometry.rotations import rotation_about_vertical

values = st.floats(-2, 2).map(lambda v: round(v, 4))
frames = st.integers(20, 40)


@st.composite
def recordings(draw: st.DrawFn) -> Markers:
    n = draw(frames)
    positions = draw(arrays(float, (n, 2, 3), elements=values))
    return Markers(("one", "two"), np.arange(n) / 60, positions)


ISOTROPIC = [
    Butterworth(6.0),
    Butterworth((4.0, 9.0)),
    SavitzkyGolay(),
    SmoothingSpline(1e-4),
    KalmanSmoother(10.0, 0.01),
    FillGaps(),
]
ALL = [*ISOTROPIC, Median(), RemoveOutliers(), SmoothingSpline(), ResidualAnalysis("marker")]


@pytest.mark.parametrize("stage", ISOTROPIC, ids=repr)
@given(recording=recordings(), angle=st.floats(-3, 3))
@settings(max_examples=8, deadline=None)
def test_linear_stages_do_not_care_how_the_frame_is_turned(
    stage: Cleaner, recording: Markers, angle: float
) -> None:
    turn = Rotate(rotation_about_vertical(angle))
    one, other = stage(turn(recording)), turn(stage(recording))
    np.testing.assert_allclose(one.positions, other.positions, atol=1e-6)


@pytest.mark.parametrize("stage", ALL, ids=repr)
@given(recording=recordings())
@settings(max_examples=8, deadline=None)
def test_stages_give_the_same_answer_twice_and_keep_the_markers(
    stage: Cleaner, recording: Markers
) -> None:
    once, again = stage(recording), stage(recording)
    assert once == again
    assert once.names == recording.names
    np.testing.assert_array_equal(once.times, recording.times)


@pytest.mark.parametrize("stage", [s for s in ALL if s != ResidualAnalysis("marker")], ids=repr)
@given(recording=recordings())
@settings(max_examples=8, deadline=None)
def test_markers_are_cleaned_independently(stage: Cleaner, recording: Markers) -> None:
    alone = Butterworth(4.0) if stage == Butterworth((4.0, 9.0)) else stage
    both, single = stage(recording), alone(recording.select(["one"]))
    np.testing.assert_allclose(both.positions[:, :1], single.positions, atol=1e-9)


@given(recording=recordings(), x=st.floats(-180, 180), y=st.floats(-180, 180))
@settings(max_examples=20)
def test_rotations_keep_distances_and_can_be_undone(recording: Markers, x: float, y: float) -> None:
    stage = Rotate.from_axis_angles({"x": x, "y": y})
    turned = stage(recording)
    before = np.linalg.norm(recording.positions[:, 0] - recording.positions[:, 1], axis=1)
    after = np.linalg.norm(turned.positions[:, 0] - turned.positions[:, 1], axis=1)
    np.testing.assert_allclose(after, before, atol=1e-12)
    np.testing.assert_allclose(stage.inverse()(turned).positions, recording.positions, atol=1e-12)
