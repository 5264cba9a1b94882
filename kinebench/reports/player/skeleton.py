"""`Skeleton`: where the joints of a model are while it moves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kinebench.alignment import interpolated
from kinebench.core.arrays import FloatArray, read_only, strictly_increasing
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.value import Value
from kinebench.errors import ValueRangeError, require_names
from kinebench.geometry.registration import register_vertical
from kinebench.kinematics import Tree, forward_kinematics, read_tree
from kinebench.kinematics.poses import poses_of
from kinebench.reports.player.anatomy import Anatomy, anatomy_of


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton(Value):
    """A moving skeleton.

    Parameters
    ----------
    anatomy : Anatomy
    times : (n_frames,) s
    positions : (n_frames, n_points, 3) m
        Points of the anatomy in ground; NaN in frames that the motion lacks.
    rotations : (n_frames, n_bodies, 3, 3)
        R_ground_body of the drawn bodies.

    Raises
    ------
    ValueRangeError
        Shapes that disagree.
    """

    anatomy: Anatomy
    times: FloatArray
    positions: FloatArray
    rotations: FloatArray

    def __post_init__(self) -> None:
        times = strictly_increasing(self.times, "times")
        n, n_points = len(times), len(self.anatomy.point_names)
        positions = read_only(self.positions, (n, n_points, 3), "positions")
        shape = (n, len(self.anatomy.bodies), 3, 3)
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "positions", positions)
        object.__setattr__(self, "rotations", read_only(self.rotations, shape, "rotations"))

    def at_frames(self, frames: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> Skeleton:
        """The frames with these indices."""
        return Skeleton(
            self.anatomy, self.times[frames], self.positions[frames], self.rotations[frames]
        )


def skeleton_of(model: Model, motion: Motion, rate_hz: float = 60.0) -> Skeleton:
    """The skeleton of a model that moves, by forward kinematics.

    Frames lie at whole multiples of 1/`rate_hz`, so that skeletons of different recordings share
    them; coordinates are interpolated there by cubic splines.

    Parameters
    ----------
    model : Model
    motion : Motion
        Coordinates that it lacks stay at the model's default.
    rate_hz : float

    Raises
    ------
    NameNotFoundError
        The motion has a coordinate that the model has not.
    ValueRangeError
        The rate is not positive, or the motion is too short to hold two such frames.
    ModelError
        The model cannot be read or has nothing to draw.
    """
    if not (np.isfinite(rate_hz) and rate_hz > 0):
        raise ValueRangeError(f"rate_hz must be positive, found {rate_hz!r}")
    tree = read_tree(model)
    require_names(motion.names, tree.coordinate_names, "coordinate", f"model {tree.name}")
    # a time stamp that rounding has moved past a frame still counts as being there
    first = int(np.ceil(motion.times[0] * rate_hz - 1e-3)) if motion.n_frames else 0
    last = int(np.floor(motion.times[-1] * rate_hz + 1e-3)) if motion.n_frames else -1
    if last - first < 1:
        raise ValueRangeError(
            f"the motion holds {max(0, last - first + 1)} frames at {rate_hz:g} Hz;"
            " a player needs two or more"
        )
    times = np.arange(first, last + 1) / rate_hz
    inside = np.clip(times, motion.times[0], motion.times[-1])
    moved = interpolated(motion, inside)
    assert isinstance(moved, Motion)
    return _moving(tree, replace(moved, times=times))


def turned_onto(reference: Skeleton, estimate: Skeleton) -> Skeleton:
    """The estimate in the reference's frame, when both share no more than their vertical.

    One turn about the vertical and one translation for the whole trial, least squares over the
    joint centres that both have, in the frames that both have (`register_vertical`).

    Raises
    ------
    ValueRangeError
        They share no frames or no joints.
    """
    one, other = shared_frames(reference, estimate)
    names = [name for name in one.anatomy.bodies if name in other.anatomy.bodies]
    source = other.positions[:, [other.anatomy.bodies.index(name) for name in names]]
    target = one.positions[:, [one.anatomy.bodies.index(name) for name in names]]
    found = register_vertical(source, target)
    return replace(
        estimate,
        positions=estimate.positions @ found.R.T + found.t,
        rotations=found.R @ estimate.rotations,
    )


def shared_frames(reference: Skeleton, estimate: Skeleton) -> tuple[Skeleton, Skeleton]:
    """Both skeletons in the frames that both have, which must be two or more."""
    gap = np.abs(reference.times[:, None] - estimate.times)
    mine, theirs = np.nonzero(gap < 1e-6)
    if len(mine) < 2:
        spans = [f"{s.times[0]:g} to {s.times[-1]:g} s" for s in (reference, estimate)]
        raise ValueRangeError(
            f"reference ({spans[0]}) and estimate ({spans[1]}) share {len(mine)} frames; align"
            " the motions first, and make both skeletons at one rate"
        )
    return reference.at_frames(mine), estimate.at_frames(theirs)


def _moving(tree: Tree, motion: Motion) -> Skeleton:
    anatomy = anatomy_of(tree)
    q = poses_of(tree, motion)
    known = np.isfinite(q).all(axis=1)
    R = np.full((motion.n_frames, len(anatomy.bodies), 3, 3), np.nan)
    p = np.full((motion.n_frames, len(anatomy.bodies), 3), np.nan)
    if known.any():
        R_all, p_all = forward_kinematics(tree, q[known])
        R[known], p[known] = R_all[:, list(anatomy.columns)], p_all[:, list(anatomy.columns)]
    bodies = list(anatomy.point_bodies)
    positions = np.einsum("fpij,pj->fpi", R[:, bodies], anatomy.locations) + p[:, bodies]
    return Skeleton(anatomy, motion.times, positions, R)
