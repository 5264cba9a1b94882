from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.core import Coordinate, Model, Motion
from kinebench.errors import NameNotFoundError, ValueRangeError
from kinebench.geometry.rotations import rotation_about_vertical
from kinebench.io.mot import read_motion
from kinebench.kinematics import forward_kinematics, read_tree
from kinebench.reports.player import Skeleton, orientation_errors, skeleton_of, turned_onto
from kinebench.reports.player.skeleton import shared_frames


def test_positions_are_those_of_forward_kinematics(model: Model, motion: Motion) -> None:
    skeleton = skeleton_of(model, motion, rate_hz=50.0)
    tree = read_tree(model)
    R, p = forward_kinematics(tree, motion.values[::2])
    assert np.array_equal(skeleton.times, motion.times[::2])
    for i, name in enumerate(skeleton.anatomy.bodies):
        body = tree.bodies.index(name)
        centre = R[:, body] @ tree.joints[body].in_child.p + p[:, body]
        np.testing.assert_allclose(skeleton.positions[:, i], centre, atol=1e-12)
        np.testing.assert_allclose(skeleton.rotations[:, i], R[:, body], atol=1e-12)


def test_added_points_are_fixed_in_their_body(reference: Skeleton) -> None:
    anatomy = reference.anatomy
    for point, body in enumerate(anatomy.point_bodies):
        arm = reference.positions[:, point] - reference.positions[:, body]
        local = np.einsum("fji,fj->fi", reference.rotations[:, body], arm)
        np.testing.assert_allclose(local, np.broadcast_to(local[0], local.shape), atol=1e-12)


def test_frames_lie_at_multiples_of_the_rate(model: Model, motion: Motion) -> None:
    late = replace(motion, times=motion.times + 0.0073)
    one, other = skeleton_of(model, motion), skeleton_of(model, late)
    assert (one.times[0], one.times[-1], len(one.times)) == (0.0, 2.0, 121)
    np.testing.assert_allclose(other.times * 60, np.round(other.times * 60), atol=1e-9)
    assert other.times[0] >= late.times[0]
    mine, theirs = shared_frames(one, other)
    assert np.array_equal(mine.times, theirs.times)
    # 2 m/s for 7.3 ms
    gap = mine.positions[:, 0, 0] - theirs.positions[:, 0, 0]
    np.testing.assert_allclose(gap, 2.0 * 0.0073, atol=1e-6)


def test_rounded_time_stamps_lose_no_frame(model: Model, motion: Motion) -> None:
    rounded = replace(motion, times=np.round(motion.times / 0.6, 5))
    assert len(skeleton_of(model, rounded).times) == 201
    late = replace(motion, times=motion.times + 0.01667)  # 1/60 s, rounded up
    assert skeleton_of(model, late).times[0] == 1 / 60


def test_coordinates_that_the_motion_lacks_stay_at_default(model: Model, motion: Motion) -> None:
    some = motion.select(["knee_angle_r", "pelvis_tx"])
    part, whole = skeleton_of(model, some), skeleton_of(model, motion)
    knee = part.anatomy.bodies.index("tibia_l")
    assert np.ptp(part.positions[:, knee, 1]) == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(part.positions[0], whole.positions[0], atol=1e-12)


def test_frames_with_missing_values_stay_missing(model: Model, motion: Motion) -> None:
    values = np.array(motion.values)
    values[40:61, 3] = np.nan
    skeleton = skeleton_of(model, replace(motion, values=values))
    gone = np.asarray(np.isnan(skeleton.positions).all(axis=(1, 2)))
    assert np.array_equal(gone, np.isnan(skeleton.positions).any(axis=(1, 2)))
    inside = (skeleton.times >= 0.4) & (skeleton.times <= 0.6)
    assert gone[inside].all()
    assert not gone[skeleton.times < 0.38].any()
    nothing = skeleton_of(model, replace(motion, values=np.full_like(values, np.nan)))
    assert np.isnan(nothing.positions).all()


def test_what_does_not_fit_is_refused(model: Model, motion: Motion) -> None:
    other = Motion((Coordinate("knee_angel_r"),), motion.times, motion.values[:, :1])
    with pytest.raises(NameNotFoundError, match="knee_angle_r"):
        skeleton_of(model, other)
    for rate in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(ValueRangeError, match="rate_hz must be positive"):
            skeleton_of(model, motion, rate)
    with pytest.raises(ValueRangeError, match="1 frames at 60 Hz"):
        skeleton_of(model, motion.at_frames(np.arange(1)))
    with pytest.raises(ValueRangeError, match="0 frames at 60 Hz"):
        skeleton_of(model, motion.at_frames(np.arange(0)))


def test_skeletons_check_their_shapes(reference: Skeleton) -> None:
    with pytest.raises(ValueRangeError, match="positions must have shape"):
        replace(reference, positions=reference.positions[:, :-1])
    with pytest.raises(ValueRangeError, match="rotations must have shape"):
        replace(reference, rotations=reference.rotations[:-1])
    assert pickle.loads(pickle.dumps(reference)) == reference
    assert not reference.positions.flags.writeable


def test_shared_frames_need_an_overlap(reference: Skeleton) -> None:
    late = replace(reference, times=reference.times + 10.0)
    with pytest.raises(ValueRangeError, match=r"0 to 2 s.*10 to 12 s.*share 0 frames"):
        shared_frames(reference, late)


def test_turned_onto_undoes_another_heading(reference: Skeleton, estimate: Skeleton) -> None:
    R = rotation_about_vertical(1.2)
    moved = replace(
        estimate,
        positions=estimate.positions @ R.T + [3.0, 0.1, -2.0],
        rotations=R @ estimate.rotations,
    )
    back = turned_onto(reference, moved)
    expected = turned_onto(reference, estimate)
    np.testing.assert_allclose(back.positions, expected.positions, atol=1e-9)
    # a turn about the vertical cannot repair the knee, and must not add to other bodies
    errors = np.degrees(orientation_errors(reference, back))
    assert errors[:, reference.anatomy.bodies.index("pelvis")].max() < 1.0
    assert np.degrees(orientation_errors(reference, moved)).min() > 30.0


@pytest.mark.mirror
def test_a_published_motion_stands_on_the_floor(mirror_file: Callable[[str], Path]) -> None:
    model = Model("m", mirror_file("data/grf/Subject4/Models/manually_scaled.osim").read_bytes())
    motion = read_motion(mirror_file("data/grf/Subject4/IK/squats1_manual_scaling_ik.mot"))
    skeleton = skeleton_of(model, motion)
    assert skeleton.times[1] - skeleton.times[0] == pytest.approx(1 / 60)
    heights = skeleton.positions[..., 1]
    assert -0.05 < heights.min() < 0.1
    assert 1.5 < heights.max() < 2.1
