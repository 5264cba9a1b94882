from __future__ import annotations

import numpy as np
import pytest

from kinebench.augmentation.floor import FloorOffset, VerticalShift
from kinebench.core import Markers
from kinebench.core.provenance import describe
from kinebench.errors import AugmentationError, ValueRangeError


@pytest.fixture
def augmented() -> Markers:
    positions = np.full((4, 2, 3), 0.5)
    positions[2, 1] = [0.1, -0.03, 0.2]
    positions[3, 0] = np.nan
    return Markers(("r_toe_study", "L_toe_study"), np.arange(4) / 60, positions)


def test_the_lowest_marker_of_any_frame_sets_the_offset(augmented: Markers) -> None:
    shift = FloorOffset().resolve(augmented)
    assert shift.shift_m == pytest.approx(0.04, abs=1e-15)
    assert (shift.marker, shift.frame, shift.time_s) == ("L_toe_study", 2, 2 / 60)
    assert FloorOffset(clearance_m=0.0).resolve(augmented).shift_m == pytest.approx(0.03, abs=1e-15)
    assert describe(shift)["marker"] == "L_toe_study"


def test_keypoints_and_markers_move_together_and_only_upwards(augmented: Markers) -> None:
    shift = FloorOffset().resolve(augmented)
    moved = shift(augmented)
    assert np.nanmin(moved.positions[..., 1]) == pytest.approx(0.01, abs=1e-15)
    np.testing.assert_array_equal(moved.positions[..., [0, 2]], augmented.positions[..., [0, 2]])
    keypoints = augmented.rename({"r_toe_study": "RBigToe", "L_toe_study": "LBigToe"})
    np.testing.assert_array_equal(shift(keypoints).positions, moved.positions)
    assert FloorOffset().resolve(moved).shift_m == pytest.approx(0.0, abs=1e-15)


def test_a_given_shift_names_no_marker() -> None:
    assert (VerticalShift(0.1).marker, VerticalShift(0.1).frame) == ("", -1)


def test_without_markers_there_is_no_offset(augmented: Markers) -> None:
    with pytest.raises(AugmentationError, match="needs augmented markers, found none"):
        FloorOffset().resolve(augmented.select([]))
    with pytest.raises(AugmentationError, match="found none"):
        FloorOffset().resolve(augmented.with_positions(np.full((4, 2, 3), np.nan)))


def test_the_clearance_must_be_a_number() -> None:
    with pytest.raises(ValueRangeError, match="clearance_m"):
        FloorOffset(clearance_m=float("nan"))
