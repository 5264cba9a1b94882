"""How large the recorded body is, by which a wrong unit is told."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.core.keypoints import OPENCAP_20
from kinebench.core.upright import up_axes
from kinebench.pipeline.unit_check import body_extent


def box(n_frames: int, n_markers: int, size_m: float = 2.0) -> np.ndarray:
    """Markers along a vertical line."""
    positions = np.zeros((n_frames, n_markers, 3))
    positions[..., 1] = np.linspace(0, size_m, n_markers)
    return positions


def extent(positions: np.ndarray) -> float:
    n_frames, n_markers = positions.shape[:2]
    names = tuple(f"M{i}" for i in range(n_markers))
    return body_extent(Markers(names, np.arange(n_frames) / 60, positions))


@pytest.mark.parametrize(
    ("n_frames", "n_markers", "known"),
    [(1, 20, True), (3, 8, True), (50, 7, False), (50, 8, True)],
)
def test_few_markers_do_not_tell_but_few_frames_do(
    n_frames: int, n_markers: int, known: bool
) -> None:
    assert math.isfinite(extent(box(n_frames, n_markers))) == known


def test_one_marker_of_twenty_may_lie_anywhere() -> None:
    positions = box(30, 20)
    usual = extent(positions)
    assert 1.7 < usual < 2.0  # the middle nine tenths of two metres
    positions[:, -1] = 50.0
    assert extent(positions) == pytest.approx(usual, abs=0.11)


def test_frames_that_show_less_than_half_are_left_out() -> None:
    positions = box(9, 20)
    positions[:5, 3:] = np.nan  # most frames see the feet alone
    assert extent(positions) == extent(box(9, 20))
    positions[:, 3:] = np.nan
    assert math.isnan(extent(positions))


def test_a_minority_of_odd_frames_does_not_count() -> None:
    positions = box(1000, 20)
    positions[:400] *= 1000.0
    assert extent(positions) == extent(box(1000, 20))


def test_nobody_who_is_seen_has_no_direction() -> None:
    nothing = np.full((5, len(OPENCAP_20), 3), np.nan)
    assert up_axes(Markers(OPENCAP_20, np.arange(5) / 60, nothing)) == ""
