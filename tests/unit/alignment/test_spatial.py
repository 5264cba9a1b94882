"""Rigid and vertical-axis alignment of markers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from kinebench.alignment import GivenLag, RigidAlignment, VerticalAxisAlignment, align
from kinebench.core import Coordinate, Markers, Motion
from kinebench.errors import AlignmentError, NameNotFoundError

TIMES = np.arange(5) / 10
NAMES = ("r_knee", "L_knee", "C7", "r_calc")
REFERENCE = Markers(NAMES, TIMES, np.random.default_rng(3).normal(size=(5, 4, 3)))


def elsewhere(rotation: list[float]) -> Markers:
    R = Rotation.from_rotvec(rotation).as_matrix()
    return replace(REFERENCE, positions=(REFERENCE.positions - [1, 2, 3]) @ R, frame="camera")


def test_rigid_brings_the_estimate_into_the_references_frame() -> None:
    moved, record = RigidAlignment()(REFERENCE, elsewhere([0.3, -2.0, 0.5]))
    np.testing.assert_allclose(moved.positions, REFERENCE.positions, atol=1e-12)
    assert moved.frame == "ground"
    assert record.markers == NAMES
    assert record.n_points == 20
    assert record.transform.rms == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(record.transform.t, [1, 2, 3])
    assert record.stage == RigidAlignment()


def test_vertical_axis_keeps_a_tilt() -> None:
    moved, record = VerticalAxisAlignment()(REFERENCE, elsewhere([0, 1.2, 0]))
    np.testing.assert_allclose(moved.positions, REFERENCE.positions, atol=1e-12)
    _, record = VerticalAxisAlignment()(REFERENCE, elsewhere([0.1, 0, 0]))
    assert record.transform.rms > 0.02
    np.testing.assert_allclose(record.transform.R[1], [0, 1, 0], atol=1e-12)
    _, record = RigidAlignment()(REFERENCE, elsewhere([0.1, 0, 0]))
    assert record.transform.rms < 1e-12


def test_only_named_markers_are_registered() -> None:
    estimate = elsewhere([0, 1, 0])
    positions = estimate.positions.copy()
    positions[:, 3] += 5.0
    bent = replace(estimate, positions=positions)
    moved, record = RigidAlignment(NAMES[:3])(REFERENCE, bent)
    np.testing.assert_allclose(moved.positions[:, :3], REFERENCE.positions[:, :3], atol=1e-12)
    assert record.markers == NAMES[:3]
    assert record.n_points == 15
    assert RigidAlignment()(REFERENCE, bent)[1].transform.rms > 0.5


def test_missing_markers_do_not_count() -> None:
    positions = elsewhere([0, 1, 0]).positions.copy()
    positions[2, 1] = np.nan
    moved, record = RigidAlignment()(REFERENCE, replace(REFERENCE, positions=positions))
    assert record.n_points == 19
    assert np.isnan(moved.positions[2, 1]).all()
    np.testing.assert_allclose(moved.positions[0], REFERENCE.positions[0], atol=1e-12)


def test_align_does_time_first_and_records_both() -> None:
    late = replace(elsewhere([0.2, 1, 0]), times=TIMES + 0.2)
    aligned = align(REFERENCE, late, GivenLag(0.2), RigidAlignment())
    np.testing.assert_allclose(aligned.estimate.positions, REFERENCE.positions, atol=1e-9)
    assert aligned.record.lag_s == 0.2
    assert aligned.record.spatial is not None
    assert aligned.record.spatial.n_points == 20
    assert align(REFERENCE, late, GivenLag(0.2)).record.spatial is None


def test_invalid() -> None:
    with pytest.raises(NameNotFoundError, match="the reference has no marker 'nose'"):
        RigidAlignment(("nose",))(REFERENCE, REFERENCE)
    with pytest.raises(AlignmentError, match="no marker in common"):
        RigidAlignment()(REFERENCE, REFERENCE.rename(dict(zip(NAMES, "abcd", strict=True))))
    with pytest.raises(AlignmentError, match="same times"):
        RigidAlignment()(REFERENCE, replace(REFERENCE, times=TIMES + 1))
    line = replace(REFERENCE, positions=np.ones((5, 4, 3)))
    with pytest.raises(AlignmentError, match="on r_knee, L_knee, C7, r_calc failed"):
        RigidAlignment()(REFERENCE, line)
    motion = Motion((Coordinate("knee_angle_r"),), TIMES, np.zeros((5, 1)))
    with pytest.raises(AlignmentError, match="motions cannot be aligned in space"):
        align(motion, motion, space=RigidAlignment())
    with pytest.raises(AlignmentError, match="a Motion cannot be aligned to a Markers"):
        align(REFERENCE, motion)  # type: ignore[type-var]
