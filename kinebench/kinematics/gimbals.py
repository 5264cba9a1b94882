"""Joints that turn about three axes: the other angles that give the same rotation.

Rot(a, α) Rot(b, β) Rot(c, γ) is the same for two triples of angles, and for all that differ from
them by whole turns. An angle that rests on its limit in one triple may be free in another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.kinematics.functions import PiecewisePolynomial
from kinebench.kinematics.tree import Term, Tree

_TURN = 2 * np.pi
FAR = 2 * _TURN  # stands for an angle without a limit
_LOCKED = 1e-9  # length of an axis' part across another below which no second triple exists


@dataclass(frozen=True, slots=True)
class Gimbal:
    """Three rotations one after the other, each by one variable of its own.

    Parameters
    ----------
    variables : tuple of int
        Of the mechanism, in the order of the rotations.
    axes : (3, 3)
        Row i: unit axis of rotation i in the joint's frame; each moves with those before it.
    """

    variables: tuple[int, int, int]
    axes: FloatArray


def gimbals_of(tree: Tree, variables: Sequence[int]) -> tuple[Gimbal, ...]:
    """The joints among whose terms are exactly three rotations, by variables used nowhere else."""
    uses = [i for joint in tree.joints for term in joint.terms for i, _ in term.weights]
    uses += [i for coupling in tree.couplings for i, _ in coupling.weights]
    found = []
    for joint in tree.joints:
        turns = [term for term in joint.terms if term.rotation and term.weights]
        moved = [term.weights[0][0] for term in turns]
        alone = all(_is_angle(term) for term in turns) and all(uses.count(i) == 1 for i in moved)
        if len(turns) == 3 and alone and set(moved) <= set(variables):
            first, second, third = (variables.index(i) for i in moved)
            axes = np.array([term.axis * _slope(term) for term in turns])
            found.append(Gimbal((first, second, third), axes))
    return tuple(found)


def _is_angle(term: Term) -> bool:
    return len(term.weights) == 1 and abs(_slope(term)) == 1.0


def _slope(term: Term) -> float:
    """Of a rotation that is ± its coordinate; 0 for any other."""
    function = term.function
    if not isinstance(function, PiecewisePolynomial) or len(function.origins) != 1:
        return 0.0
    row = function.coefficients[0]
    linear = len(row) >= 2 and not row[2:].any() and row[0] == row[1] * function.origins[0]
    return float(row[1] * term.weights[0][1]) if linear else 0.0


def other_angles(axes: FloatArray, angles: FloatArray) -> FloatArray:
    """The second triples (n, ..., 3) rad for the rotations of first ones; NaN in gimbal lock.

    With c' = Rot(b, β) c, the rotation leaves a · c' as it is. Two angles β give the same: they
    lie on both sides of the one that brings c nearest to a. What α and γ then have to make up for
    is how far c' moves about a, and a about c.

    Parameters
    ----------
    axes : (..., 3, 3)
        Unit axes of three rotations, or of those of several joints.
    angles : (n, ..., 3) rad
    """
    nearest, forth, back = _geometry(axes.tobytes(), axes.shape)
    beta = angles[..., 1]
    other = 2 * nearest - beta
    (c, s), (c_other, s_other) = ((np.cos(b), np.sin(b)) for b in (beta, other))
    alpha = angles[..., 0] + _azimuth(forth, c, s) - _azimuth(forth, c_other, s_other)
    gamma = angles[..., 2] - _azimuth(back, c, -s) + _azimuth(back, c_other, -s_other)
    return np.stack([alpha, other, gamma], axis=-1)


@lru_cache(maxsize=64)
def _geometry(axes: bytes, shape: tuple[int, ...]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What `other_angles` needs of axes that come again and again."""
    a, b, c = np.moveaxis(np.frombuffer(axes).reshape(shape), -2, 0)
    return _nearest(a, b, c), _turned(a, b, c), _turned(c, b, a)


def _nearest(a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    """The second angle (...,) rad that brings the third axis nearest to the first."""
    return np.asarray(np.arctan2(_dot(a, np.cross(b, c)), _dot(a, c) - _dot(a, b) * _dot(b, c)))


def _turned(about: FloatArray, axis: FloatArray, v: FloatArray) -> FloatArray:
    """Coordinates across one axis of a vector that turns about another: (..., 2, 3).

    Of 1, cosine and sine of the angle, by Rodrigues' formula.
    """
    helper = np.eye(3)[np.argmin(np.abs(about), axis=-1)]
    first = np.cross(helper, about)
    first /= np.sqrt(_dot(first, first))[..., None]
    plane = np.stack([first, np.cross(about, first)], axis=-2)
    along = axis * _dot(axis, v)[..., None]
    return np.asarray(plane @ np.stack([along, v - along, np.cross(axis, v)], axis=-1))


def _dot(u: FloatArray, v: FloatArray) -> FloatArray:
    return np.asarray((u * v).sum(axis=-1))


def _azimuth(turned: FloatArray, cosine: FloatArray, sine: FloatArray) -> FloatArray:
    """Where the vector stands about the axis when it has turned; NaN where it lies on it."""
    x = turned[..., 0, 0] + turned[..., 0, 1] * cosine + turned[..., 0, 2] * sine
    y = turned[..., 1, 0] + turned[..., 1, 1] * cosine + turned[..., 1, 2] * sine
    return np.where(x * x + y * y > _LOCKED**2, np.arctan2(y, x), np.nan)


def equivalents(
    gimbal: Gimbal, angles: FloatArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    """All triples (n_kinds, n, 3) with the rotations of `angles` (n, 3), within a turn of limits.

    NaN where a triple leaves the limits; the angles themselves are not among them.
    """
    centre = (np.maximum(low, -FAR) + np.minimum(high, FAR)) / 2
    other = other_angles(gimbal.axes, angles)
    other = centre + np.mod(other - centre + np.pi, _TURN) - np.pi
    shifts = np.array([s for s in product((0, -_TURN, _TURN), repeat=3) if np.count_nonzero(s) < 2])
    kinds = np.concatenate([angles + shifts[1:, None], other + shifts[:, None]])
    outside = ((kinds < low) | (kinds > high)).any(axis=2)
    kinds[outside] = np.nan
    return kinds


def is_ambiguous(gimbal: Gimbal, low: FloatArray, high: FloatArray) -> bool:
    """Whether a triple within the limits (3,) can have an equivalent within them."""
    low, high = np.maximum(low, -FAR), np.minimum(high, FAR)
    middle = (low[1] + high[1]) / 2
    mirrored = 2 * float(_nearest(*gimbal.axes)) - middle
    off = np.abs(np.mod(mirrored - middle + np.pi, _TURN) - np.pi)
    return bool((high - low >= _TURN).any() or off <= high[1] - low[1])


def turned_apart(
    gimbals: Sequence[Gimbal],
    turning: Sequence[int],
    poses: FloatArray,
    others: FloatArray,
    enough: float = 0.0,
) -> FloatArray:
    """Differences (n_poses, n_turning) rad of angles, of whichever equivalents are nearest.

    Joints that do not differ by more than `enough` anyhow are not asked for nearer ones.

    Parameters
    ----------
    gimbals : sequence of Gimbal
    turning : sequence of int
        Variables that are angles.
    poses, others : (n_poses, n_variables)
    """
    apart = np.abs(np.mod(others - poses + np.pi, _TURN) - np.pi)
    variables = np.array([gimbal.variables for gimbal in gimbals], dtype=np.intp).reshape(-1, 3)
    asked = np.flatnonzero((apart[:, variables] > enough).any(axis=(0, 2)))
    if asked.size:
        variables = variables[asked]
        axes = np.array([gimbals[index].axes for index in asked.tolist()])
        there = apart[:, variables]
        second = other_angles(axes, others[:, variables]) - poses[:, variables]
        across = np.abs(np.mod(second + np.pi, _TURN) - np.pi)
        nearer = across.max(axis=2, keepdims=True) < there.max(axis=2, keepdims=True)
        apart[:, variables] = np.where(nearer, across, there)
    return apart[:, list(turning)]
