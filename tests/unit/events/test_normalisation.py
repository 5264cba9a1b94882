"""Cycles on 0 to 100 %."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.core import Coordinate, Motion
from kinebench.errors import ValueRangeError
from kinebench.events import normalised, normalised_cycles

TIMES = np.arange(121) / 60


def test_101_points_from_start_to_end() -> None:
    found = normalised(np.stack([TIMES, TIMES**3], axis=1), TIMES, 0.25, 1.5)
    grid = np.linspace(0.25, 1.5, 101)
    np.testing.assert_allclose(found, np.stack([grid, grid**3], axis=1), atol=1e-12)
    assert normalised(TIMES, TIMES, 0.25, 1.5, 11).shape == (11,)


def test_speed_does_not_matter() -> None:
    """A movement and the same movement at half the speed are one curve."""
    fast = normalised(np.sin(4 * TIMES), TIMES, 0.1, 0.9)
    slow = normalised(np.sin(2 * TIMES), TIMES, 0.2, 1.8)
    np.testing.assert_allclose(fast, slow, atol=1e-5)


def test_gaps_stay_gaps() -> None:
    values = np.sin(TIMES)
    values[60:65] = np.nan
    found = normalised(values, TIMES, 0.0, 2.0)
    grid = np.linspace(0, 2, 101)
    np.testing.assert_array_equal(np.isnan(found), (grid > 59.02 / 60) & (grid < 64.98 / 60))


@pytest.mark.parametrize("interval", [(-0.5, 1.0), (0.5, 2.5), (1.0, 1.0), (1.5, 1.0)])
def test_interval_must_lie_within(interval: tuple[float, float]) -> None:
    with pytest.raises(ValueRangeError, match="within the recording, 0 to 2 s"):
        normalised(TIMES, TIMES, *interval)


def test_two_points_at_least() -> None:
    with pytest.raises(ValueRangeError, match="two points"):
        normalised(TIMES, TIMES, 0.0, 1.0, 1)
    with pytest.raises(ValueRangeError, match="within the recording"):
        normalised(np.zeros(0), np.zeros(0), 0.0, 1.0)


def test_all_coordinates_of_a_motion() -> None:
    heading = 3.0 + 0.5 * TIMES
    values = np.stack([(heading + np.pi) % (2 * np.pi) - np.pi, TIMES], axis=1)
    motion = Motion((Coordinate("pelvis_rotation"), Coordinate("knee_angle_r")), TIMES, values)
    cycles = normalised_cycles(motion, [(0.0, 1.0), (1.0, 2.0)])
    assert cycles.shape == (2, 101, 2)
    np.testing.assert_allclose(cycles[0, :, 0], 3.0 + 0.5 * np.linspace(0, 1, 101), atol=1e-9)
    np.testing.assert_allclose(cycles[1, :, 1], np.linspace(1, 2, 101), atol=1e-12)
    assert normalised_cycles(motion, []).shape == (0, 101, 2)
