"""How the pose answers when markers are displaced: first derivatives of the solver's solution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.kinematics.forward import couple, forward_kinematics, marker_jacobian
from kinebench.kinematics.mechanism import Mechanism, build_mechanism
from kinebench.kinematics.newton.records import new_work
from kinebench.kinematics.tree import GROUND, Tree

# of the scaled matrix, whose largest is about 1: directions that are stiffer are determined
_OPEN = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """Derivatives of poses with respect to displacements of markers.

    Parameters
    ----------
    coordinates : tuple of int
        Coordinates of the tree that the markers move.
    markers : tuple of str
    gain : (n_frames, n_coordinates, n_markers, 3) rad or m per m
        Displacements in the frame of the marker's body; 0 where a marker is missing.
    determined : (n_frames, n_coordinates) bool
        Whether markers or tasks determine the coordinate.
    """

    coordinates: tuple[int, ...]
    markers: tuple[str, ...]
    gain: FloatArray
    determined: NDArray[np.bool_]


def response(
    tree: Tree,
    weights: Mapping[str, float],
    wishes: Mapping[int, tuple[float, float]],
    q: FloatArray,
    measured: FloatArray,
    names: tuple[str, ...],
) -> Response:
    """The answer dq = H⁻¹ Jᵀ W dm of a least-squares pose, with the exact second derivatives H.

    Limits do not count: a coordinate that rests on one is taken as free.

    Parameters
    ----------
    tree : Tree
    weights : mapping of str to float
        Of tracked markers.
    wishes : mapping of int to (float, float)
        Weight and value of coordinate tasks, by coordinate of the tree.
    q : (n_frames, n_coordinates) rad or m
        Poses, whoever solved them.
    measured : (n_frames, n_names, 3) m
        NaN where a marker is missing.
    names : tuple of str
        Of the measured markers, every weighted one among them.
    """
    mechanism = build_mechanism(tree, dict(weights), dict(wishes))
    columns = np.array([names.index(name) for name in mechanism.markers], dtype=np.int64)
    q = couple(tree, q)
    H, determined = _curvature(mechanism, q, measured, columns)
    poses = forward_kinematics(tree, q)
    J = marker_jacobian(tree, q, mechanism.markers, poses)[..., list(mechanism.variables)]
    J = np.swapaxes(_axes(tree, poses[0], mechanism.markers), -1, -2) @ J
    amounts = np.array([weights[name] for name in mechanism.markers])
    present = np.where(np.isnan(measured[:, columns, 0]), 0.0, amounts)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.nan_to_num(present / present.sum(axis=1, keepdims=True))
    pull = (J * shares[:, :, None, None]).reshape(len(q), -1, len(mechanism.variables))
    gain = np.linalg.inv(H) @ np.swapaxes(pull, 1, 2)
    gain = gain.reshape(*gain.shape[:2], len(mechanism.markers), 3)
    return Response(mechanism.variables, mechanism.markers, gain, determined)


def body_axes(tree: Tree, q: FloatArray, names: tuple[str, ...]) -> FloatArray:
    """Orientation (n_frames, n_markers, 3, 3) in ground of the body that carries each marker."""
    return _axes(tree, forward_kinematics(tree, q)[0], names)


def _axes(tree: Tree, R: FloatArray, names: tuple[str, ...]) -> FloatArray:
    bodies = [marker.body for marker in tree.select_markers(names)]
    axes = R[:, bodies]
    axes[:, [body == GROUND for body in bodies]] = np.eye(3)
    return axes


def _curvature(
    mechanism: Mechanism, q: FloatArray, measured: FloatArray, columns: NDArray[np.int64]
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """H (n_frames, n, n), invertible, and what is determined (n_frames, n)."""
    from kinebench.kinematics.newton.curvature import curvatures

    flat, n = mechanism.flat, len(mechanism.variables)
    x = np.ascontiguousarray(q[:, list(mechanism.variables)])
    rows = np.zeros((len(q), *flat.variable_chain.shape))
    told = np.zeros(len(q), np.int64)
    markers = np.array(measured, dtype=np.float64)
    markers.flags.writeable = False  # the compiled code is made for read-only markers
    frozen = np.zeros(n, np.bool_)
    curvatures(flat, new_work(flat), markers, columns, x, frozen, rows, told)
    H = np.zeros((len(q), n, n))
    for k in range(n):
        chain = flat.variable_chain[k, : flat.variable_depth[k] + 1]
        H[:, k, chain] = rows[:, k, : len(chain)]
        H[:, chain, k] = rows[:, k, : len(chain)]
    determined = np.ones((len(q), n), np.bool_)
    for frame in np.flatnonzero(told).tolist():
        H[frame], determined[frame] = _closed(H[frame])
    return H, determined


def _closed(H: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """H made invertible along the directions that nothing holds, and what takes no part in them."""
    size = np.sqrt(np.abs(np.diagonal(H)))
    size = np.where(size > 0, size, 1.0)
    values, vectors = np.linalg.eigh(H / np.outer(size, size))
    loose = values < _OPEN
    vectors = vectors[:, loose]
    open_ = (np.abs(vectors) > 1e-3).any(axis=1)
    return H + np.outer(size, size) * (vectors @ vectors.T), ~open_
