from __future__ import annotations

import numpy as np
import pytest

from kinebench.augmentation.frames import interpolate, uniform_times


def test_the_grid_spans_the_recording_at_nearly_the_rate() -> None:
    times = np.arange(200) / 99.7
    grid = uniform_times(times, 60.0)
    assert (grid[0], grid[-1]) == (times[0], times[-1])
    assert 1 / np.diff(grid).mean() == pytest.approx(60.0, rel=1 / (2 * len(grid)) + 1e-12)
    np.testing.assert_allclose(np.diff(grid), np.diff(grid)[0], rtol=1e-9)


def test_a_very_short_recording_keeps_both_ends() -> None:
    np.testing.assert_array_equal(uniform_times(np.array([0.0, 0.001]), 60.0), [0.0, 0.001])


def test_cubics_are_reproduced() -> None:
    times, at = np.array([0.0, 0.1, 0.25, 0.3, 0.5, 0.7]), np.linspace(0, 0.7, 23)

    def cubic(t: np.ndarray) -> np.ndarray:
        return np.stack([t**3 - t, 2 * t**2, 1 + 0 * t], axis=-1)[:, None]

    np.testing.assert_allclose(interpolate(times, cubic(times), at), cubic(at), atol=1e-12)


@pytest.mark.parametrize("n", [2, 3])
def test_two_or_three_frames_suffice(n: int) -> None:
    times = np.linspace(0.0, 0.1 * (n - 1), n)
    straight = np.tile(times[:, None, None], (1, 2, 3))
    np.testing.assert_allclose(interpolate(times, straight, np.array([0.05]))[0], 0.05, atol=1e-15)
