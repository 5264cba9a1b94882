"""Forward kinematics over many frames at once: the readable reference of the compiled solver."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.kinematics.rotation import axis_rotation
from kinebench.kinematics.tree import GROUND, Joint, Term, Tree, TreeMarker


def forward_kinematics(tree: Tree, q: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Poses of all bodies.

    Parameters
    ----------
    tree : Tree
    q : (..., n_coordinates) rad or m
        In the tree's order. Coordinates that a coupling determines are computed, not read.

    Returns
    -------
    R_ground_body : (..., n_bodies, 3, 3)
    p_ground_body : (..., n_bodies, 3) m
    """
    q = couple(tree, q)
    R = np.empty((*q.shape[:-1], len(tree.bodies), 3, 3))
    p = np.empty((*q.shape[:-1], len(tree.bodies), 3))
    for body, joint in enumerate(tree.joints):
        R_parent_child, p_parent_child = _joint_pose(joint, q)
        if joint.parent == GROUND:
            R[..., body, :, :], p[..., body, :] = R_parent_child, p_parent_child
        else:
            R_ground_parent = R[..., joint.parent, :, :]
            R[..., body, :, :] = R_ground_parent @ R_parent_child
            moved = R_ground_parent @ p_parent_child[..., None]
            p[..., body, :] = p[..., joint.parent, :] + moved[..., 0]
    return R, p


def marker_positions(tree: Tree, q: ArrayLike, names: tuple[str, ...] | None = None) -> FloatArray:
    """Markers (..., n_markers, 3) m in ground: all of the model, or the named ones in order."""
    markers = tree.markers if names is None else tree.select_markers(names)
    return _positions(markers, *forward_kinematics(tree, q))


def _positions(markers: tuple[TreeMarker, ...], R: FloatArray, p: FloatArray) -> FloatArray:
    """Of markers (..., n_markers, 3) m on bodies in these poses."""
    bodies = np.array([marker.body for marker in markers], dtype=np.intp)
    locations = np.array([marker.location for marker in markers]).reshape(-1, 3)
    positions: FloatArray = (R[..., bodies, :, :] @ locations[:, :, None])[..., 0]
    positions += p[..., bodies, :]
    fixed = bodies == GROUND
    positions[..., fixed, :] = locations[fixed]
    return positions


def couple(tree: Tree, q: ArrayLike) -> FloatArray:
    """Copy of q (..., n_coordinates) in which the couplings hold."""
    values: FloatArray = np.array(q, dtype=np.float64)
    if values.shape[-1:] != (len(tree.coordinates),):
        raise ValueRangeError(
            f"the last axis of q must hold {len(tree.coordinates)} coordinates,"
            f" found shape {values.shape}"
        )
    for coupling in tree.couplings:
        values[..., coupling.dependent] = coupling.function(_argument(coupling.weights, values))
    return values


def marker_jacobian(
    tree: Tree,
    q: ArrayLike,
    names: tuple[str, ...] | None = None,
    poses: tuple[FloatArray, FloatArray] | None = None,
) -> FloatArray:
    """Derivatives (..., n_markers, 3, n_coordinates) of marker positions.

    Columns of coupled coordinates are zero: their effect is in the columns of the coordinates
    that determine them. `poses` are those of `forward_kinematics` for q, where they are at hand.
    """
    markers = tree.markers if names is None else tree.select_markers(names)
    q = couple(tree, q)
    R, p = poses or forward_kinematics(tree, q)
    positions = _positions(markers, R, p)
    # coordinate after coordinate: what is added to lies together
    J = np.zeros((len(tree.coordinates), *positions.shape))
    for body, joint in enumerate(tree.joints):
        below = [m for m, marker in enumerate(markers) if body in tree.chain(marker.body)]
        if not below or not joint.terms:
            continue
        R_ground_parent = np.broadcast_to(np.eye(3), R[..., 0, :, :].shape)
        if joint.parent != GROUND:
            R_ground_parent = R[..., joint.parent, :, :]
        centre = R[..., body, :, :] @ joint.in_child.p + p[..., body, :]
        arms = positions[..., below, :] - centre[..., None, :]
        R_ground_F = R_ground_parent @ joint.in_parent.R
        for term, R_F_axis, slope in _term_frames(joint, q):
            frame = R_ground_F @ R_F_axis if term.rotation else R_ground_F
            direction = frame @ term.axis
            motion = arms @ _crossing(direction) if term.rotation else direction[..., None, :]
            for index, factor in term.weights:
                J[index][..., below, :] += (factor * slope)[..., None, None] * motion
    return np.moveaxis(_eliminate_couplings(tree, q, J), 0, -1)


def _crossing(v: FloatArray) -> FloatArray:
    """Matrices (..., 3, 3) that give v × a, for rows a, as a @ matrix."""
    matrix = np.zeros((*v.shape, 3))
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        matrix[..., j, i], matrix[..., i, j] = -v[..., k], v[..., k]
    return matrix


def _term_frames(joint: Joint, q: FloatArray) -> Iterator[tuple[Term, FloatArray, FloatArray]]:
    """Terms of a joint, the rotation before each, and the slope of its function."""
    R = np.broadcast_to(np.eye(3), (*q.shape[:-1], 3, 3))
    for term in joint.terms:
        value, slope, _ = term.function.derivatives(_argument(term.weights, q))
        yield term, R, slope
        if term.rotation:
            R = R @ axis_rotation(term.axis, value)


def _eliminate_couplings(tree: Tree, q: FloatArray, J: FloatArray) -> FloatArray:
    """J (n_coordinates, ..., n_markers, 3), changed in place."""
    for coupling in reversed(tree.couplings):
        slope = coupling.function.derivatives(_argument(coupling.weights, q))[1]
        column = J[coupling.dependent] * slope[..., None, None]
        for index, factor in coupling.weights:
            J[index] += factor * column
        J[coupling.dependent] = 0.0
    return J


def _joint_pose(joint: Joint, q: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Pose of the child in the parent: X_parent_F · X_F_M(q) · X_child_M⁻¹."""
    shape = q.shape[:-1]
    R_F_M = np.broadcast_to(np.eye(3), (*shape, 3, 3))
    p_F_M = np.zeros((*shape, 3))
    for term in joint.terms:
        value = term.function(_argument(term.weights, q))
        if term.rotation:
            R_F_M = R_F_M @ axis_rotation(term.axis, value)
        else:
            p_F_M = p_F_M + value[..., None] * term.axis
    back = joint.in_child.inverse()
    R = joint.in_parent.R @ R_F_M @ back.R
    inner = R_F_M @ back.p + p_F_M
    return R, inner @ joint.in_parent.R.T + joint.in_parent.p


def _argument(weights: tuple[tuple[int, float], ...], q: FloatArray) -> FloatArray:
    u = np.zeros(q.shape[:-1])
    for index, factor in weights:
        u = u + factor * q[..., index]
    return u
