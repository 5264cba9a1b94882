"""An estimate at other times."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.alignment import interpolated
from kinebench.alignment.resampling import Interpolation, at_reference_times
from kinebench.core import Coordinate, Markers, Motion
from kinebench.errors import AlignmentError, KinebenchWarning

TIMES = np.arange(60) / 60
NEW = np.arange(1, 95) / 100


def motion(values: np.ndarray, times: np.ndarray = TIMES, name: str = "knee_angle_r") -> Motion:
    return Motion((Coordinate(name),), times, values[:, None])


def test_same_times_give_the_same_object() -> None:
    recording = motion(np.sin(TIMES))
    assert interpolated(recording, TIMES.copy()) is recording


def test_cubic_is_exact_for_cubics_and_linear_for_lines() -> None:
    cubic = interpolated(motion(TIMES**3 - TIMES), NEW)
    np.testing.assert_allclose(cubic.values[:, 0], NEW**3 - NEW, atol=1e-12)
    linear = interpolated(motion(2 * TIMES), NEW, "linear")
    np.testing.assert_allclose(linear.values[:, 0], 2 * NEW, atol=1e-12)
    straight = interpolated(motion(TIMES**2), np.array([0.5 / 60]), "linear")
    assert straight.values[0, 0] == pytest.approx(0.5 / 60**2)  # not the parabola


def test_times_of_the_recording_keep_their_values() -> None:
    values = np.random.default_rng(0).normal(size=60)
    found = interpolated(motion(values), TIMES[10:40:3])
    np.testing.assert_allclose(found.values[:, 0], values[10:40:3], atol=1e-12)


def test_gaps_stay_gaps() -> None:
    values = np.sin(TIMES)
    values[20:30] = np.nan
    found = interpolated(motion(values), NEW).values[:, 0]
    inside = (TIMES[19] + 1e-9 < NEW) & (TIMES[30] - 1e-9 > NEW)
    np.testing.assert_array_equal(np.isnan(found), inside)
    np.testing.assert_allclose(found[~inside], np.sin(NEW[~inside]), atol=1e-5)


def test_holes_in_the_times_are_gaps() -> None:
    kept = np.delete(np.arange(60), np.arange(20, 30))
    found = interpolated(motion(np.sin(TIMES[kept]), TIMES[kept]), NEW).values[:, 0]
    inside = (TIMES[19] < NEW) & (TIMES[30] > NEW)
    np.testing.assert_array_equal(np.isnan(found), inside)


def test_one_dropped_frame_is_no_hole() -> None:
    kept = np.delete(np.arange(60), [20, 40, 41])
    found = interpolated(motion(np.sin(TIMES[kept]), TIMES[kept]), NEW).values[:, 0]
    np.testing.assert_allclose(found, np.sin(NEW), atol=1e-4)


def test_outside_is_missing() -> None:
    found = interpolated(motion(np.sin(TIMES)), np.array([-0.1, 0.5, 1.2])).values[:, 0]
    np.testing.assert_array_equal(np.isnan(found), [True, False, True])


@pytest.mark.parametrize("interpolation", ["cubic", "linear"])
def test_angles_that_wrap_are_unwrapped_first(interpolation: Interpolation) -> None:
    truth = 2.5 + 2 * TIMES
    recording = motion((truth + np.pi) % (2 * np.pi) - np.pi, name="pelvis_rotation")
    found = interpolated(recording, NEW, interpolation).values[:, 0]
    np.testing.assert_allclose(found, 2.5 + 2 * NEW, atol=1e-9)


def test_markers_and_their_confidence() -> None:
    positions = np.stack([np.sin(TIMES), np.cos(TIMES), TIMES], axis=1)[:, None]
    recording = Markers(("a",), TIMES, positions, confidence=TIMES[:, None])
    found = interpolated(recording, NEW)
    expected = np.stack([np.sin(NEW), np.cos(NEW), NEW], axis=1)
    np.testing.assert_allclose(found.positions[:, 0], expected, atol=1e-6)
    assert found.confidence is not None
    np.testing.assert_allclose(found.confidence[:, 0], NEW)
    assert found.names == ("a",)


def test_overlap_is_the_references_frames() -> None:
    reference = motion(np.zeros(60))
    estimate = motion(np.arange(60.0), TIMES + 0.4)
    common, moved = at_reference_times(reference, estimate, 0.0)
    np.testing.assert_array_equal(common.times, TIMES[24:])
    np.testing.assert_array_equal(moved.times, common.times)
    np.testing.assert_allclose(moved.values[:, 0], np.arange(36), atol=1e-9)


def test_lag_is_taken_from_the_estimates_clock() -> None:
    reference = motion(np.sin(TIMES))
    late = motion(np.sin(TIMES), TIMES + 0.25)
    common, moved = at_reference_times(reference, late, 0.25)
    assert common.n_frames == 60
    np.testing.assert_allclose(moved.values, common.values, atol=1e-9)


def test_too_little_overlap() -> None:
    with pytest.raises(
        AlignmentError, match=r"0 to 0\.983333 s.*3 to 3\.98333 s.*overlap in 0 frames"
    ):
        at_reference_times(motion(TIMES), motion(TIMES, TIMES + 3), 0.0)
    with pytest.warns(KinebenchWarning, match="overlap for"):
        at_reference_times(motion(TIMES), motion(TIMES, TIMES + 0.6), 0.0)


def test_half_overlap_is_no_warning_when_one_is_short() -> None:
    short = motion(TIMES).at_frames(np.arange(20, 26))
    common, _ = at_reference_times(motion(TIMES), short, 0.0)
    assert common.n_frames == 6
