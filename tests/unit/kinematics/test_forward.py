"""Forward kinematics of a tree written by hand: hand-computed poses, derivatives, batches."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.errors import NameNotFoundError, ValueRangeError
from kinebench.kinematics import Tree, forward_kinematics, marker_jacobian, marker_positions
from kinebench.kinematics.functions import Sine, polynomial
from kinebench.kinematics.rotation import axis_rotation, body_fixed_xyz
from kinebench.kinematics.tree import Coupling, Joint, Offset, Term, TreeCoordinate, TreeMarker

X, Y, Z = np.eye(3)
HERE = Offset(np.eye(3), np.zeros(3))
LINEAR = polynomial((1.0, 0.0))


def at(*point: float) -> Offset:
    return Offset(np.eye(3), np.array(point))


def arm() -> Tree:
    """Upper arm hinged at (0, 2, 0), forearm 1 m below; the wrist angle follows the elbow."""
    skew = Offset(body_fixed_xyz(0.3, -0.2, 0.5), np.array([0.1, 0.0, 0.2]))
    shoulder = (
        Term(True, Z, ((0, 1.0),), LINEAR),
        Term(True, X, ((1, 1.0),), LINEAR),
        Term(False, Y, ((0, 0.5), (1, -1.0)), Sine(0.05, 2.0)),
    )
    elbow = (
        Term(True, Z, ((2, 1.0),), LINEAR),
        Term(False, X, ((2, 1.0),), polynomial((0.1, 0, 0))),
    )
    wrist = (Term(True, np.array([0.6, 0.8, 0.0]), ((3, 1.0),), LINEAR),)
    return Tree(
        "arm",
        ("upper", "fore", "hand"),
        (
            Joint("shoulder", "CustomJoint", -1, at(0, 2, 0), HERE, shoulder),
            Joint("elbow", "CustomJoint", 0, at(0, -1, 0), HERE, elbow),
            Joint("wrist", "PinJoint", 1, skew, skew, wrist),
        ),
        tuple(TreeCoordinate(name) for name in ("flexion", "abduction", "elbow", "wrist")),
        (
            TreeMarker("lateral", 0, np.array([0.0, -1.0, 0.05])),
            TreeMarker("wrist", 1, np.array([0.0, -0.5, 0.0])),
            TreeMarker("finger", 2, np.array([0.1, -0.1, 0.0])),
            TreeMarker("floor", -1, np.array([1.0, 0.0, 2.0])),
        ),
        (Coupling("follow", 3, ((2, 0.7),), polynomial((0.3, 0.5, 0.1))),),
    )


def random_q(n: int, seed: int = 0) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.random.default_rng(seed).uniform(-2, 2, (n, 4))


def test_hanging_arm_by_hand() -> None:
    positions = marker_positions(arm(), np.zeros(4))
    np.testing.assert_allclose(positions[:2], [(0, 1, 0.05), (0, 0.5, 0)])
    np.testing.assert_allclose(positions[3], (1, 0, 2))


def test_flexed_arm_by_hand() -> None:
    """Flexion takes the hanging arm forward, −y to +x; the slide is 5 cm."""
    slide = 0.05 * np.sin(np.pi / 2)
    lateral = marker_positions(arm(), np.array([np.pi / 2, 0, 0, 0]), ("lateral",))[0]
    np.testing.assert_allclose(lateral, (1, 2 + slide, 0.05), atol=1e-15)


def test_markers_follow_their_bodies() -> None:
    tree, q = arm(), random_q(6)
    R, p = forward_kinematics(tree, q)
    np.testing.assert_allclose(np.linalg.det(R), 1)
    expected = R[:, 2] @ tree.markers[2].location + p[:, 2]
    np.testing.assert_allclose(marker_positions(tree, q)[:, 2], expected)


def test_batches_equal_single_frames() -> None:
    tree, q = arm(), random_q(12).reshape(3, 4, 4)
    batched = marker_positions(tree, q)
    assert batched.shape == (3, 4, 4, 3)
    for index in np.ndindex(3, 4):
        np.testing.assert_array_equal(batched[index], marker_positions(tree, q[index]))


def test_dependent_coordinates_are_computed() -> None:
    tree, q = arm(), random_q(3)
    other = q.copy()
    other[:, 3] += 1.0
    np.testing.assert_array_equal(marker_positions(tree, q), marker_positions(tree, other))
    assert tree.free.tolist() == [0, 1, 2]


def test_jacobian_equals_finite_differences() -> None:
    tree, q, h = arm(), random_q(5), 1e-6
    J = marker_jacobian(tree, q)
    for index in range(4):
        step = h * np.eye(4)[index]
        numeric = (marker_positions(tree, q + step) - marker_positions(tree, q - step)) / (2 * h)
        np.testing.assert_allclose(J[..., index], numeric, atol=1e-9)
    assert (J[..., 3] == 0).all()
    assert (J[:, 3] == 0).all()  # the marker on the floor
    np.testing.assert_array_equal(marker_jacobian(tree, q, ("finger",))[:, 0], J[:, 2])


def test_wrong_input_is_refused() -> None:
    with pytest.raises(ValueRangeError, match="4 coordinates"):
        forward_kinematics(arm(), np.zeros(3))
    with pytest.raises(NameNotFoundError, match="did you mean 'finger'"):
        marker_positions(arm(), np.zeros(4), ("fingr",))
    with pytest.raises(NameNotFoundError, match="did you mean 'elbow'"):
        arm().coordinate_index("elbows")
    with pytest.raises(NameNotFoundError, match="it has: upper, fore, hand"):
        arm().body_index("leg")
    assert arm().body_index("ground") == -1
    assert arm().chain(2) == (0, 1, 2)


def test_axis_rotation_turns_right_handed() -> None:
    np.testing.assert_allclose(axis_rotation(Z, np.pi / 2) @ X, Y, atol=1e-15)
    np.testing.assert_allclose(body_fixed_xyz(np.pi / 2, 0, np.pi / 2) @ X, Z, atol=1e-15)
