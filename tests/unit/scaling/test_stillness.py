"""Movement within windows: the one measure that every rule of standing still uses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinebench.posture.stillness import mean_of_windows, movement_of_windows


@given(arrays(np.float64, (9, 2, 3), elements=st.floats(-2, 2)), st.integers(1, 9))
def test_movement_is_the_largest_range_of_a_column(paths: np.ndarray, n_frames: int) -> None:
    expected = [np.ptp(paths[i : i + n_frames], axis=0).max() for i in range(9 - n_frames + 1)]
    assert movement_of_windows(paths, n_frames).tolist() == expected


def test_a_recording_that_is_too_short_has_no_window() -> None:
    assert movement_of_windows(np.zeros((3, 2)), 4).shape == (0,)


def test_windows_with_gaps_are_unknown() -> None:
    paths = np.array([[0.0], [1.0], [np.nan], [0.0], [3.0]])
    np.testing.assert_array_equal(movement_of_windows(paths, 2), [1.0, np.nan, np.nan, 3.0])


def test_means_of_windows() -> None:
    assert mean_of_windows(np.array([0.0, 2.0, 4.0]), 2) == pytest.approx([1.0, 3.0])
