"""The lag of OpenCapBench: the mean of what both knees ask for, in whole frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinebench.comparison import MeanOfBestLags, Procedure, compare_recordings
from kinebench.core import Coordinate, Markers, Motion
from kinebench.errors import AlignmentError, NameNotFoundError

KNEES = ("knee_angle_r", "knee_angle_l")
POLICY = MeanOfBestLags(KNEES)


def walk(lags_s: tuple[float, float] = (0.0, 0.0), rate_hz: float = 100.0) -> Motion:
    """Two knees that rise once, each late by its own lag."""
    times = np.arange(0.0, 3.0, 1 / rate_hz)
    values = np.stack([np.exp(-(((times - 1.5 - lag) / 0.2) ** 2)) for lag in lags_s], axis=1)
    return Motion(tuple(map(Coordinate, KNEES)), times, values)


@pytest.mark.parametrize("rate_hz", [60.0, 100.0])
@pytest.mark.parametrize("frames", [-40, -7, 0, 12])
def test_a_common_delay_is_found_in_frames_of_the_estimate(frames: int, rate_hz: float) -> None:
    lag_s = frames / rate_hz
    found = POLICY(walk(), walk((lag_s, lag_s), rate_hz)).record
    assert found.lag_s == pytest.approx(lag_s, abs=1e-9)
    assert any("largest that was tried" in flag for flag in found.flags) == (abs(frames) == 40)


@pytest.mark.parametrize(
    ("frames", "mean"), [((4, 8), 6), ((4, 7), 5), ((-4, -7), -5), ((0, -1), 0)]
)
def test_the_mean_of_both_loses_its_fraction(frames: tuple[int, int], mean: int) -> None:
    """int() of the authors' code: towards zero."""
    late = walk((frames[0] / 100, frames[1] / 100))
    record = POLICY(walk(), late).record
    assert record.lag_s == pytest.approx(mean / 100, abs=1e-9)
    assert any("different lags" in flag for flag in record.flags) == (
        abs(frames[0] - frames[1]) > 1
    )


def test_it_is_what_a_comparison_reports() -> None:
    how = Procedure(time=POLICY, coordinates=KNEES)
    result = compare_recordings(walk(), walk((0.05, 0.05)), how, other_policies=False)
    assert result.alignment.lag_s == pytest.approx(0.05)
    assert result.alignment.stage == POLICY
    assert max(result.evaluation.values("rmse").values()) < 1e-6


def test_what_it_cannot_do() -> None:
    with pytest.raises(NameNotFoundError, match="the estimate"):
        POLICY(walk(), walk().select(KNEES[:1]))
    later = replace(walk(), times=walk().times + 10)
    with pytest.raises(AlignmentError, match="no frame in common"):
        POLICY(walk(), later)
    cloud = Markers(("a",), walk().times, np.zeros((300, 1, 3)))
    with pytest.raises(AlignmentError, match="for motions"):
        POLICY(cloud, cloud)
