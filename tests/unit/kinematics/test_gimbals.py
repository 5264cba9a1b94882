"""Equivalent triples of angles, for any axes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.kinematics.gimbals import (
    Gimbal,
    equivalents,
    is_ambiguous,
    other_angles,
    turned_apart,
)
from kinebench.kinematics.rotation import axis_rotation

Array = np.ndarray[Any, Any]
X, Y, Z = np.eye(3)
AXES = {
    "arm_r": (Z, X, Y),
    "arm_l": (Z, -X, -Y),
    "hip": (Z, X, Y),
    "proper": (Z, X, Z),
    "skew": tuple(
        np.array(v) / np.linalg.norm(v) for v in ((1, 0.2, 0.1), (0.1, 1, -0.3), (0.4, 0.2, 1))
    ),
}
angle = st.floats(-3.0, 3.0)


def rotation(axes: Array, angles: Array) -> Array:
    R = np.eye(3)
    for axis, value in zip(axes, angles, strict=True):
        R = R @ axis_rotation(axis, np.asarray(value))
    return R


@pytest.mark.parametrize("name", AXES)
@given(angles=st.tuples(angle, angle, angle))
def test_the_other_triple_is_the_same_rotation(name: str, angles: tuple[float, ...]) -> None:
    axes = np.array(AXES[name])
    first = np.array(angles)
    other = other_angles(axes, first[None])[0]
    if np.isnan(other).any():  # gimbal lock: any share of the first and third turn would do
        return
    np.testing.assert_allclose(rotation(axes, other), rotation(axes, first), atol=1e-6)
    again = other_angles(axes, other[None])[0]
    np.testing.assert_allclose(np.cos(again - first), 1.0, atol=1e-6)


def test_perpendicular_axes_give_the_familiar_pair() -> None:
    axes = np.array(AXES["hip"])
    other = other_angles(axes, np.array([[0.3, 0.2, -0.4]]))[0]
    wrapped = (other + np.pi) % (2 * np.pi) - np.pi
    np.testing.assert_allclose(wrapped, [0.3 - np.pi, np.pi - 0.2, np.pi - 0.4], atol=1e-12)


def test_equivalents_stay_within_the_limits() -> None:
    gimbal = Gimbal((0, 1, 2), np.array(AXES["arm_r"]))
    limit = np.full(3, np.pi)
    angles = np.array([[np.pi, 0.2, 0.1], [0.0, 0.3, -0.2]])
    kinds = equivalents(gimbal, angles, -limit, limit)
    there = ~np.asarray(np.isnan(kinds).any(axis=2))
    # at the limit: a whole turn less, and the other triple
    assert there[:, 0].sum() >= 2
    assert there[:, 1].sum() >= 1
    for frame in range(2):
        for kind in kinds[there[:, frame], frame]:
            assert (np.abs(kind) <= np.pi).all()
            np.testing.assert_allclose(
                rotation(gimbal.axes, kind), rotation(gimbal.axes, angles[frame]), atol=1e-9
            )
    narrow = np.deg2rad(60)
    kinds = equivalents(gimbal, angles[1:], -np.full(3, narrow), np.full(3, narrow))
    assert np.isnan(kinds).all()
    assert is_ambiguous(gimbal, -limit, limit)
    assert not is_ambiguous(gimbal, -np.full(3, narrow), np.full(3, narrow))
    wide = np.deg2rad([60, 91, 60])  # the second angle mirrors at 90°
    assert is_ambiguous(gimbal, -wide, wide)


def test_several_joints_at_once_are_each_alone() -> None:
    """To the last bit of what decides: the nearer of the two triples, joint by joint."""
    generator = np.random.default_rng(4)
    gimbals = [
        Gimbal((3 * k, 3 * k + 1, 3 * k + 2), np.array(axes))
        for k, axes in enumerate(AXES.values())
    ]
    n = 3 * len(gimbals) + 1  # and a hinge
    poses = generator.uniform(-3, 3, (200, n))
    others = poses + generator.normal(0, 0.1, poses.shape)
    for k, gimbal in enumerate(gimbals):  # a third of the frames say the same by other angles
        rows, columns = slice(k, None, 3), slice(3 * k, 3 * k + 3)
        others[rows, columns] = other_angles(gimbal.axes, others[rows, columns])
    together = turned_apart(gimbals, range(n), poses, others)
    plain = np.abs(np.mod(others - poses + np.pi, 2 * np.pi) - np.pi)
    for k, gimbal in enumerate(gimbals):
        alone = turned_apart([gimbal], range(n), poses, others)
        columns = slice(3 * k, 3 * k + 3)
        np.testing.assert_allclose(together[:, columns], alone[:, columns], atol=1e-12)
        assert (together[k::3, columns].max(axis=1) < 0.8).mean() > 0.9
        assert (plain[k::3, columns].max(axis=1) > 0.8).mean() > 0.9
    np.testing.assert_array_equal(together[:, -1], plain[:, -1])
    np.testing.assert_array_equal(turned_apart(gimbals, range(n), poses, others, 4.0), plain)
    np.testing.assert_array_equal(turned_apart([], range(n), poses, others), plain)
