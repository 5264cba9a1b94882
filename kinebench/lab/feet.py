"""Feet on the ground: where the sole is, and poses of a foot that stands, rolls or swings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.core.identity import kept_by_object
from kinebench.core.value import Value
from kinebench.kinematics import Tree, forward_kinematics
from kinebench.kinematics.rotation import axis_rotation

X, Y, Z = np.eye(3)
_HALF_BALL_M = 0.04


@dataclass(frozen=True, slots=True, eq=False)
class Foot(Value):
    """What the laboratory needs to know of a model's foot, found in its upright default pose.

    The foot's frame has its origin at the joint of the toes, projected on nothing: that joint lies
    at the level of the sole. Its axes are the room's when the foot points forward, flat.

    Parameters
    ----------
    side : str
        "r" or "l".
    calcn, toes : int
        Bodies.
    R_frame_calcn : (3, 3)
    ball_in_calcn : (3,) m
        The frame's origin in the calcaneus.
    toe_axis : (3,)
        In the foot's frame: toes bend down about it.
    heel : (3,) m
        Where the heel touches the ground, in the foot's frame.
    """

    side: str
    calcn: int
    toes: int
    R_frame_calcn: FloatArray
    ball_in_calcn: FloatArray
    toe_axis: FloatArray
    heel: FloatArray

    @property
    def length(self) -> float:
        """From heel to ball, m."""
        return float(np.linalg.norm(self.heel))

    @property
    def inner_ball(self) -> FloatArray:
        """The inner end of the ball, m, in the foot's frame: in front of its middle."""
        along = np.array([self.toe_axis[0], 0.0, self.toe_axis[2]])
        along *= _HALF_BALL_M / np.linalg.norm(along)
        return along if along[0] > 0 else -along

    @property
    def toe_tip(self) -> FloatArray:
        """Tip of the toes, m, in the foot's frame, while they are straight."""
        return np.array([0.3 * self.length, 0.0, 0.0])


@kept_by_object(16)  # every movement asks for both feet of a body many times
def foot_of(tree: Tree, side: str) -> Foot:
    """The foot of a model with bodies calcn_ and toes_ and a heel marker.

    Raises
    ------
    NameNotFoundError
        When one of them is lacking.
    """
    calcn, toes = tree.body_index(f"calcn_{side}"), tree.body_index(f"toes_{side}")
    marker = {"r": "r_calc_study", "l": "L_calc_study"}[side]
    (back,) = tree.select_markers((marker,))
    R, p = forward_kinematics(tree, tree.defaults)
    joint = tree.joints[toes]
    ball = R[calcn] @ joint.in_parent.p + p[calcn]
    behind = R[calcn] @ back.location + p[calcn] - ball
    axis = R[calcn] @ joint.in_parent.R @ joint.terms[0].axis
    heel = np.array([behind[0] + 0.015, 0.0, behind[2]])
    return Foot(side, calcn, toes, R[calcn], joint.in_parent.p, axis, heel)


def sole_points(tree: Tree, side: str) -> tuple[tuple[str, int, FloatArray], ...]:
    """Points that touch the ground: name, body, and location in it.

    Heel, both ends of the ball (they lie on the axis of the toes, at the level of the sole) and the
    tip of the toes.
    """
    foot = foot_of(tree, side)
    places = {
        "heel": (foot.calcn, foot.heel),
        "inner ball": (foot.calcn, foot.inner_ball),
        "outer ball": (foot.calcn, -foot.inner_ball),
        "toe": (foot.toes, foot.toe_tip),
    }
    R, p = forward_kinematics(tree, tree.defaults)
    origin = R[foot.calcn] @ foot.ball_in_calcn + p[foot.calcn]
    return tuple(
        (f"{name} {side}", body, R[body].T @ (origin + point - p[body]))
        for name, (body, point) in places.items()
    )


@dataclass(frozen=True, slots=True, eq=False)
class FootPath(Value):
    """Pose of a foot over time.

    Parameters
    ----------
    ball : (n_frames, 3) m
        The ball in the room, before the heel rises.
    heading : (n_frames,) rad
        Turn about the vertical; the right foot's toe-out is negative.
    rise : (n_frames,) rad
        Pitch of the foot while the heel rises, 0 or more: the foot rolls over the inner ball, which
        stays where it is, and the toes bend by as much.
    tip : (n_frames,) rad
        Toes up, while the foot rests on its heel or swings.
    """

    ball: FloatArray
    heading: FloatArray
    rise: FloatArray
    tip: FloatArray

    def rotations(self, foot: Foot) -> FloatArray:
        """R_ground_frame (n_frames, 3, 3)."""
        return axis_rotation(Y, self.heading) @ axis_rotation(Z, self.tip - self.rise)

    def balls(self, foot: Foot) -> FloatArray:
        """The ball (n_frames, 3) m: a raised heel lifts it over the inner ball."""
        inner = foot.inner_ball
        moved = inner - axis_rotation(Z, -self.rise) @ inner
        return np.asarray(
            self.ball + np.einsum("...ij,...j->...i", axis_rotation(Y, self.heading), moved)
        )

    def calcn_pose(self, foot: Foot) -> tuple[FloatArray, FloatArray]:
        """R_ground_calcn (n_frames, 3, 3) and p_ground_calcn (n_frames, 3)."""
        R = self.rotations(foot) @ foot.R_frame_calcn
        return R, self.balls(foot) - R @ foot.ball_in_calcn


def standing(foot: Foot, place: ArrayLike, heading: float, n_frames: int) -> FootPath:
    """A foot that stays flat where it is."""
    zeros = np.zeros(n_frames)
    return FootPath(
        np.broadcast_to(np.asarray(place, dtype=np.float64), (n_frames, 3)).copy(),
        np.full(n_frames, heading),
        zeros,
        zeros,
    )
