"""Laws of rotations, functions and forward kinematics."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kinebench.kinematics import Tree, forward_kinematics, marker_positions
from kinebench.kinematics.functions import piecewise_linear, polynomial, simm_spline
from kinebench.kinematics.rotation import axis_rotation
from kinebench.kinematics.tree import Joint, Offset, Term, TreeCoordinate, TreeMarker

angles = st.floats(-7, 7)
components = st.floats(-1, 1)
HERE = Offset(np.eye(3), np.zeros(3))
LINEAR = polynomial((1.0, 0.0))
X, Y, Z = np.eye(3)


@st.composite
def axes(draw: st.DrawFn) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    vector = np.array([draw(components), draw(components), draw(components)])
    length = np.linalg.norm(vector)
    return vector / length if length > 1e-3 else Z


@given(axes(), angles, angles)
def test_rotations_about_one_axis_add_up(
    axis: np.ndarray[tuple[int, ...], np.dtype[np.float64]], a: float, b: float
) -> None:
    R = axis_rotation(axis, a)
    np.testing.assert_allclose(R @ axis_rotation(axis, b), axis_rotation(axis, a + b), atol=1e-12)
    np.testing.assert_allclose(R @ R.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(R @ axis, axis, atol=1e-12)


@given(st.lists(components, min_size=4, max_size=8), st.floats(-2, 9))
def test_splines_reproduce_straight_lines(noise: list[float], u: float) -> None:
    x = np.arange(len(noise)) + 0.3 * np.array(noise)
    np.testing.assert_allclose(simm_spline(x, 2 * x - 1)(u), 2 * u - 1, atol=1e-9)
    np.testing.assert_allclose(simm_spline(x, noise)(x), noise, atol=1e-9)
    np.testing.assert_allclose(piecewise_linear(x, noise)(x), noise, atol=1e-12)


def two_links() -> Tree:
    root = tuple(Term(True, axis, ((i, 1.0),), LINEAR) for i, axis in enumerate((Z, X, Y)))
    root += tuple(Term(False, axis, ((3 + i, 1.0),), LINEAR) for i, axis in enumerate((X, Y, Z)))
    hinge = (Term(True, Z, ((6, 1.0),), LINEAR),)
    below = Offset(np.eye(3), np.array([0.0, -0.4, 0.0]))
    return Tree(
        "links",
        ("upper", "lower"),
        (Joint("root", "", -1, HERE, HERE, root), Joint("hinge", "", 0, below, HERE, hinge)),
        tuple(TreeCoordinate(f"q{i}") for i in range(7)),
        (
            TreeMarker("top", 0, np.zeros(3)),
            TreeMarker("joint", 0, np.array([0.0, -0.4, 0.0])),
            TreeMarker("same", 1, np.zeros(3)),
            TreeMarker("end", 1, np.array([0.1, -0.3, 0.05])),
        ),
    )


@given(st.lists(angles, min_size=7, max_size=7), st.lists(components, min_size=3, max_size=3))
def test_bodies_are_rigid_and_translation_only_shifts(q: list[float], shift: list[float]) -> None:
    tree = two_links()
    top, joint, same, end = marker_positions(tree, np.array(q))
    np.testing.assert_allclose(joint, same, atol=1e-12)
    assert np.isclose(np.linalg.norm(top - joint), 0.4)
    assert np.isclose(np.linalg.norm(end - joint), np.linalg.norm((0.1, 0.3, 0.05)))
    moved = np.array(q)
    moved[3:6] += shift
    np.testing.assert_allclose(marker_positions(tree, moved)[3], end + shift, atol=1e-12)
    R, _ = forward_kinematics(tree, moved)
    np.testing.assert_allclose(np.linalg.det(R), 1.0)
