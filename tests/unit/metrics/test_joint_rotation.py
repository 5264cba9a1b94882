"""A joint whose frame is turned: its error is constant in no angle, and one rotation removes it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from kinebench.alignment.joint_frames import LAI_RAJAGOPAL
from kinebench.comparison import Procedure, compare_recordings
from kinebench.comparison.error_kinds import error_kinds, mean_error_kinds
from kinebench.core import Coordinate, Motion
from kinebench.metrics import CATALOGUE, evaluate_motion
from kinebench.metrics.joint_rotation import rotation_removed_rmse, with_rotation_removed
from kinebench.remarks import unheard

HIP = ("hip_flexion_r", "hip_adduction_r", "hip_rotation_r")
NAMES = (*HIP, "knee_angle_r", "pelvis_tx")
TIMES = np.arange(101) / 50
TURN = Rotation.from_euler("ZXY", [4.0, -12.0, 15.0], degrees=True)


def motion(values: np.ndarray) -> Motion:
    *angles, last = NAMES
    coordinates = (*map(Coordinate, angles), Coordinate(last, "translational"))
    return Motion(coordinates, TIMES, values)


def reference() -> Motion:
    swing = np.sin(2 * np.pi * TIMES)
    return motion(np.stack([swing, 0.2 * swing, 0.1 - 0.3 * swing, 1 + swing, TIMES], axis=1))


def estimate() -> Motion:
    """The hip's rotation times a constant one; 3° on the knee, 20 mm on the pelvis."""
    own = reference().values.copy()
    turned = Rotation.from_euler("ZXY", own[:, :3]) * TURN
    own[:, :3] = turned.as_euler("ZXY")
    return motion(own + np.array([0, 0, 0, np.radians(3), 0.02]))


def test_a_constant_rotation_of_the_joint_is_removed_and_nothing_else() -> None:
    result = compare_recordings(reference(), estimate(), Procedure())
    rows = {row.item: row for row in error_kinds(result.evaluation)}
    for name in HIP:
        assert rows[name].raw > np.radians(1)
        assert rows[name].without_rotation == pytest.approx(0, abs=1e-9)
    # its errors follow the pose: no constant offset removes them
    assert max(rows[name].without_offset for name in HIP) > np.radians(2)
    assert rows["knee_angle_r"].raw == pytest.approx(np.radians(3))
    assert rows["knee_angle_r"].without_rotation == pytest.approx(0, abs=1e-9)
    assert rows["pelvis_tx"].without_rotation is None
    legs = mean_error_kinds([result])[0]
    assert legs.item == "legs"
    assert legs.raw == pytest.approx(np.mean([rows[n].raw for n in NAMES[:4]]))
    assert legs.without_rotation == pytest.approx(0, abs=1e-9)


def test_an_error_that_is_no_rotation_of_the_frame_stays() -> None:
    moving = reference().values.copy()
    moving[:, 0] += 0.1 * np.cos(2 * np.pi * TIMES)
    found = rotation_removed_rmse(reference(), motion(moving), LAI_RAJAGOPAL)
    assert list(found) == list(HIP)
    assert found["hip_flexion_r"] > 0.05


def test_angles_that_are_not_scored_still_belong_to_the_joint() -> None:
    how = Procedure(coordinates=("hip_flexion_r",))
    (row,) = error_kinds(compare_recordings(reference(), estimate(), how).evaluation)
    assert row.item == "hip_flexion_r"
    assert row.without_rotation == pytest.approx(0, abs=1e-9)


def test_without_the_whole_joint_the_offset_is_what_can_be_removed() -> None:
    one, other = (each.select(("hip_adduction_r",)) for each in (reference(), estimate()))
    (row,) = error_kinds(compare_recordings(one, other, Procedure()).evaluation)
    assert row.without_rotation == row.without_offset > np.radians(0.1)


def test_the_joints_are_those_of_the_model() -> None:
    whole = compare_recordings(reference(), estimate(), Procedure(joints=()))
    rows = {row.item: row for row in error_kinds(whole.evaluation)}
    assert rows["hip_adduction_r"].without_rotation == rows["hip_adduction_r"].without_offset


def test_every_figure_keeps_its_place_and_its_count() -> None:
    with unheard():
        plain = evaluate_motion(reference(), estimate())
    found = with_rotation_removed(plain, reference(), estimate(), LAI_RAJAGOPAL)
    assert repr(found.figures[: len(plain.figures)]) == repr(plain.figures)  # NaN too
    more = found.figures[len(plain.figures) :]
    assert [figure.item for figure in more] == list(NAMES[:4])
    assert {(figure.unit, figure.n) for figure in more} == {("rad", len(TIMES))}
    assert CATALOGUE["rotation_removed_rmse"].family == "joint"
