from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinebench.core import Model, Motion
from kinebench.errors import ValueRangeError
from kinebench.geometry.rotations import rotation_angle
from kinebench.reports.player import Skeleton, orientation_errors, point_errors, skeleton_of
from kinebench.reports.player.body_errors import scale_top

BELOW_THE_KNEE = ("tibia_r", "talus_r", "calcn_r", "toes_r")


def bent(motion: Motion, degrees: float) -> Motion:
    values = np.array(motion.values)
    values[:, motion.names.index("knee_angle_r")] += np.radians(degrees)
    return replace(motion, values=values)


@pytest.mark.parametrize("degrees", [0.0, 1e-4, 7.0, -30.0, 175.0])
def test_a_bent_knee_turns_what_hangs_on_it(
    degrees: float, model: Model, motion: Motion, reference: Skeleton
) -> None:
    errors = np.degrees(orientation_errors(reference, skeleton_of(model, bent(motion, degrees))))
    for body, name in enumerate(reference.anatomy.bodies):
        expected = abs(degrees) if name in BELOW_THE_KNEE else 0.0
        np.testing.assert_allclose(errors[:, body], expected, atol=1e-6)


def test_the_angle_is_that_of_the_rotation_between(reference: Skeleton, estimate: Skeleton) -> None:
    errors = orientation_errors(reference, estimate)
    for frame, body in ((0, 0), (60, 2), (120, 5)):
        between = reference.rotations[frame, body].T @ estimate.rotations[frame, body]
        assert errors[frame, body] == pytest.approx(rotation_angle(between), abs=1e-7)


def test_a_sunk_pelvis_moves_every_joint_and_turns_none(
    model: Model, motion: Motion, reference: Skeleton
) -> None:
    values = np.array(motion.values)
    values[:, motion.names.index("pelvis_ty")] -= 0.03
    sunk = skeleton_of(model, replace(motion, values=values))
    np.testing.assert_allclose(point_errors(reference, sunk), 0.03, atol=1e-9)
    np.testing.assert_allclose(orientation_errors(reference, sunk), 0.0, atol=1e-7)


def test_bodies_of_other_names_are_not_compared(reference: Skeleton, estimate: Skeleton) -> None:
    anatomy = estimate.anatomy
    renamed = tuple("elsewhere" if name == "tibia_r" else name for name in anatomy.bodies)
    points = tuple("elsewhere" if name == "tibia_r" else name for name in anatomy.point_names)
    other = replace(estimate, anatomy=replace(anatomy, bodies=renamed, point_names=points))
    column = anatomy.bodies.index("tibia_r")
    turns, gaps = orientation_errors(reference, other), point_errors(reference, other)
    assert np.isnan(turns[:, column]).all()
    assert np.isnan(gaps[:, column]).all()
    rest = np.arange(turns.shape[1]) != column
    assert np.array_equal(turns[:, rest], orientation_errors(reference, estimate)[:, rest])


def test_other_times_or_bodies_are_refused(reference: Skeleton, estimate: Skeleton) -> None:
    part = estimate.at_frames(np.arange(5))
    anatomy = estimate.anatomy
    names = tuple(f"x{i}" for i in range(len(anatomy.bodies)))
    strange = replace(anatomy, bodies=names, point_names=("y",) * len(anatomy.point_names))
    for measure in (orientation_errors, point_errors):
        with pytest.raises(ValueRangeError, match="different times"):
            measure(reference, part)
        with pytest.raises(ValueRangeError, match="share no body"):
            measure(reference, replace(estimate, anatomy=strange))


def test_scales_end_at_round_numbers() -> None:
    assert scale_top(np.array([3.0, 11.0]), "°") == 15.0
    assert scale_top(np.array([3.0, 11.0]), "mm") == 20.0
    assert scale_top(np.array([2.000001]), "°") == 2.0
    assert scale_top(np.array([2.01]), "°") == 4.0
    assert scale_top(np.array([np.nan, 0.0]), "°") == 1.0
    assert scale_top(np.array([]), "mm") == 2.0
    assert scale_top(np.array([1e6]), "mm") == 5000.0
    # one frame in a thousand is no reason to wash out all others
    assert scale_top(np.append(np.full(999, 5.0), 170.0), "°") == 6.0
