"""Inverse kinematics of legs: hip, knee, ankle and subtalar joint from pelvis and foot.

A leg has six coordinates and a foot's pose six numbers: a planted foot stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.identity import kept_by_object
from kinebench.core.motion import Motion
from kinebench.errors import ValueRangeError
from kinebench.kinematics import Tree, forward_kinematics, marker_jacobian, marker_positions
from kinebench.kinematics.tree import GROUND, TreeMarker
from kinebench.lab.feet import Foot, FootPath, foot_of

_LEG = ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle",
        "subtalar_angle")  # fmt: skip
_TOLERANCE_M = 1e-10
_LARGEST_STEP = 0.35
_SLIGHT = float(np.radians(4.0))


@dataclass(frozen=True, slots=True)
class LegSizes:
    """Lengths of a side's leg in m, its hip in the pelvis, and from ankle to ball of the foot."""

    thigh: float
    shank: float
    hip: tuple[float, float, float]
    ankle_to_ball: tuple[float, float, float]

    @property
    def ankle_height(self) -> float:
        """Of the ankle's centre above the sole."""
        return -self.ankle_to_ball[1]

    def reach(self, knee: float) -> float:
        """Distance from hip to ankle at a knee angle, rad."""
        a, b = self.thigh, self.shank
        return float(np.sqrt(a * a + b * b + 2 * a * b * np.cos(knee)))


@kept_by_object(16)
def leg_sizes(tree: Tree, side: str) -> LegSizes:
    """Distances of the joint centres in the upright default pose."""
    R, p = forward_kinematics(tree, tree.defaults)
    femur, tibia, talus = (tree.body_index(f"{n}_{side}") for n in ("femur", "tibia", "talus"))
    centre = {b: p[b] + R[b] @ tree.joints[b].in_child.p for b in (femur, tibia, talus)}
    hip = tree.joints[femur].in_parent.p
    foot = foot_of(tree, side)
    span = R[foot.calcn] @ foot.ball_in_calcn + p[foot.calcn] - centre[talus]
    return LegSizes(
        float(np.linalg.norm(centre[femur] - centre[tibia])),
        float(np.linalg.norm(centre[tibia] - centre[talus])),
        (float(hip[0]), float(hip[1]), float(hip[2])),
        (float(span[0]), float(span[1]), float(span[2])),
    )


def solve_legs(tree: Tree, q: FloatArray, feet: dict[str, FootPath]) -> FloatArray:
    """Coordinates (n_frames, n_coordinates) in which the feet are where they should be.

    Parameters
    ----------
    tree : Tree
    q : (n_frames, n_coordinates) rad or m
        The pelvis is read; leg coordinates are replaced.
    feet : mapping of side to FootPath

    Raises
    ------
    ValueRangeError
        When a foot is out of reach, with the frame and the distance that is lacking.
    """
    solved = np.array(q)
    for side, path in feet.items():
        foot = foot_of(tree, side)
        columns = [tree.coordinate_index(f"{name}_{side}") for name in _LEG]
        solved[:, columns] = _near(tree, leg_sizes(tree, side), foot, path, solved)
        _solve_leg(_leg_tree(tree, side), side, path.calcn_pose(foot), solved)
        solved[:, tree.coordinate_index(f"mtp_angle_{side}")] = -path.rise
    return solved


def require_in_range(tree: Tree, q: FloatArray, what: str) -> None:
    """Raise a `ValueRangeError` when a clamped coordinate leaves its range by more than 1e-9."""
    for column, coordinate in enumerate(tree.coordinates):
        low, high = coordinate.limits
        values = q[:, column]
        if values.min() < low - 1e-9 or values.max() > high + 1e-9:
            raise ValueRangeError(
                f"{what} needs {coordinate.name} from {np.degrees(values.min()):.1f} to"
                f" {np.degrees(values.max()):.1f}°, but its range is"
                f" {np.degrees(low):.0f} to {np.degrees(high):.0f}°: ask for a smaller movement"
            )


def as_motion(tree: Tree, times: FloatArray, q: FloatArray) -> Motion:
    """Coordinates over time as a `Motion`."""
    return Motion(tuple(c.as_coordinate() for c in tree.coordinates), times, q)


@kept_by_object(16)
def _leg_tree(tree: Tree, side: str) -> Tree:
    """Pelvis and one leg, with three points on the calcaneus as markers."""
    foot = foot_of(tree, side)
    chain = tree.chain(foot.calcn)
    index = {body: number for number, body in enumerate(chain)} | {GROUND: GROUND}
    joints = tuple(
        replace(tree.joints[body], parent=index[tree.joints[body].parent]) for body in chain
    )
    corners = foot.ball_in_calcn + 0.15 * np.array([[0, 0, 0], [1, 0, 0], [0, 0, 1]])
    markers = tuple(
        TreeMarker(f"corner {i}", len(chain) - 1, corner) for i, corner in enumerate(corners)
    )
    bodies = tuple(tree.bodies[body] for body in chain)
    return Tree(tree.name, bodies, joints, tree.coordinates, markers, ())


def _near(tree: Tree, leg: LegSizes, foot: Foot, path: FootPath, q: FloatArray) -> FloatArray:
    """The leg's coordinates (n_frames, 6) of a planar leg with the foot near its place."""
    R, p = forward_kinematics(tree, q)
    pelvis = tree.body_index("pelvis")
    R_frame = path.rotations(foot)
    ankle = path.balls(foot) - R_frame @ np.array(leg.ankle_to_ball)
    hip = p[:, pelvis] + R[:, pelvis] @ np.array(leg.hip)
    v = np.einsum("fji,fj->fi", R[:, pelvis], ankle - hip)
    distance = np.linalg.norm(v, axis=1)
    a, b = leg.thigh, leg.shank
    cosine = np.clip((distance**2 - a * a - b * b) / (2 * a * b), -1.0, 0.99999)
    knee = np.arccos(cosine)
    flexion = np.arctan2(v[:, 0], -v[:, 1]) + np.arcsin(np.clip(b * np.sin(knee) / distance, -1, 1))
    outwards = 1.0 if foot.side == "r" else -1.0
    adduction = -np.arcsin(np.clip(outwards * v[:, 2] / distance, -1, 1))
    R_pelvis_foot = np.swapaxes(R[:, pelvis], 1, 2) @ R_frame
    pitch = np.arctan2(R_pelvis_foot[:, 1, 0], R_pelvis_foot[:, 0, 0])
    zeros = np.zeros(len(q))
    return np.stack([flexion, adduction, zeros, knee, pitch - flexion + knee, zeros], axis=-1)


def solve_legs_again(tree: Tree, q: FloatArray, before: FloatArray) -> FloatArray:
    """Coordinates whose feet are where those of other coordinates are, frame by frame.

    Parameters
    ----------
    tree : Tree
    q : (n_frames, n_coordinates) rad or m
        The pelvis is read; leg coordinates are replaced, toes are kept.
    before : (n_frames, n_coordinates)
        Where the feet should be, and from where the legs start.

    Raises
    ------
    ValueRangeError
        When a foot is out of reach.
    """
    solved = np.array(q)
    R, p = forward_kinematics(tree, before)
    for side in "rl":
        columns = [tree.coordinate_index(f"{name}_{side}") for name in _LEG]
        # a straight leg would not know which way to bend
        hip, knee, ankle = (columns[_LEG.index(n)] for n in ("hip_flexion", "knee_angle",
                                                             "ankle_angle"))  # fmt: skip
        solved[:, columns] = before[:, columns]
        bend = np.maximum(_SLIGHT - before[:, knee], 0.0)
        solved[:, knee] += bend
        solved[:, [hip, ankle]] += bend[:, None] / 2
        calcn = tree.body_index(f"calcn_{side}")
        _solve_leg(_leg_tree(tree, side), side, (R[:, calcn], p[:, calcn]), solved)
    return solved


def _solve_leg(leg: Tree, side: str, calcn: tuple[FloatArray, FloatArray], q: FloatArray) -> None:
    """Newton's method on all frames at once; q is changed in place."""
    columns = [leg.coordinate_index(f"{name}_{side}") for name in _LEG]
    R, p = calcn
    corners = np.array([marker.location for marker in leg.markers])
    target = np.einsum("fij,mj->fmi", R, corners) + p[:, None]
    active = np.arange(len(q))
    for _ in range(60):
        here = q[active]
        residual = (target[active] - marker_positions(leg, here)).reshape(len(active), 9)
        open_ = np.abs(residual).max(axis=1) > _TOLERANCE_M
        active, here, residual = active[open_], here[open_], residual[open_]
        if not len(active):
            return
        J = marker_jacobian(leg, here)[..., columns].reshape(len(active), 9, 6)
        N = np.swapaxes(J, 1, 2) @ J + 1e-12 * np.eye(6)
        gradient = np.swapaxes(J, 1, 2) @ residual[..., None]
        step = np.linalg.solve(N, gradient)[..., 0]
        length = np.abs(step).max(axis=1, keepdims=True)
        q[np.ix_(active, columns)] += step * np.minimum(1.0, _LARGEST_STEP / length)
    worst = int(np.argmax(np.abs(residual).max(axis=1)))
    raise ValueRangeError(
        f"the {'right' if side == 'r' else 'left'} foot is out of reach in frame"
        f" {active[worst] + 1}: {1000 * np.abs(residual[worst]).max():.1f} mm are lacking;"
        " lower the pelvis or bring the foot nearer"
    )
