"""Laws of rotations and registration."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation

from kinebench.geometry import (
    register_rigid,
    register_vertical,
    rotate,
    rotation_about_vertical,
    rotation_between,
    unit,
)

angles = st.floats(-np.pi, np.pi)
components = st.floats(-10, 10, allow_nan=False).map(lambda v: round(v, 3))
directions = arrays(float, 3, elements=components).filter(lambda v: np.linalg.norm(v) > 0.1)
BODY = np.array([[0.0, 1.0, 0.2], [0.3, 0.9, -0.1], [-0.4, 0.1, 0.5], [0.2, 1.7, 0.3]])


@given(directions, directions)
def test_rotation_between_reaches_its_end(start: np.ndarray, end: np.ndarray) -> None:
    R = rotation_between(start, end)
    np.testing.assert_allclose(rotate(R, unit(start)), unit(end), atol=1e-9)
    np.testing.assert_allclose(R @ R.T, np.eye(3), atol=1e-12)


@given(directions, angles, arrays(float, 3, elements=components))
def test_rigid_registration_undoes_any_rigid_motion(
    axis: np.ndarray, angle: float, t: np.ndarray
) -> None:
    R = Rotation.from_rotvec(unit(axis) * angle).as_matrix()
    found = register_rigid(BODY, BODY @ R.T + t)
    np.testing.assert_allclose(found.R, R, atol=1e-9)
    np.testing.assert_allclose(found.t, t, atol=1e-9)


@given(angles, arrays(float, 3, elements=components))
def test_vertical_registration_undoes_any_turn(angle: float, t: np.ndarray) -> None:
    R = rotation_about_vertical(angle)
    found = register_vertical(BODY, BODY @ R.T + t)
    np.testing.assert_allclose(found.R, R, atol=1e-9)
    np.testing.assert_allclose(found.t, t, atol=1e-9)
