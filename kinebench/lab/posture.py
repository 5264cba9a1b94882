"""Poses of a whole body: pelvis over planted feet, trunk and arms."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.core.provenance import ADDED
from kinebench.errors import ValueRangeError
from kinebench.geometry.rotations import rotation_about_vertical
from kinebench.kinematics import Tree
from kinebench.kinematics.rotation import axis_rotation
from kinebench.lab.body import Body
from kinebench.lab.feet import Foot, FootPath, foot_of, standing
from kinebench.lab.legs import LegSizes, as_motion, leg_sizes, require_in_range, solve_legs

X, Y, Z = np.eye(3)
SIDES = (("r", 1.0), ("l", -1.0))


def frame_times(duration_s: float, rate_hz: float) -> FloatArray:
    """Times 0, 1/rate, … up to the duration, s.

    Raises
    ------
    ValueRangeError
        Without a positive duration and rate.
    """
    if not (duration_s > 0 and rate_hz > 0 and np.isfinite(duration_s * rate_hz)):
        raise ValueRangeError(
            f"duration and rate must be above 0, found {duration_s!r} s and {rate_hz!r} Hz"
        )
    return np.asarray(np.arange(round(duration_s * rate_hz) + 1) / rate_hz)


@dataclass(frozen=True, slots=True)
class Stance:
    """How somebody stands.

    Parameters
    ----------
    width_m : float
        Between the ankles; None puts them under the hips.
    toe_out_deg : float
    knee_deg : float
        Knee flexion when standing; a leg that is straight cannot be steered.
    wider_m : float
        By which the ankles are further apart than `width_m` says.
    right_ahead_m : float
        By which the right foot stands in front of the left.
    right_toe_out_deg : float
        By which the right foot points more outwards than the left.
    """

    width_m: float | None = None
    toe_out_deg: float = 7.0
    knee_deg: float = 5.0
    wider_m: float = field(default=0.0, metadata=ADDED)
    right_ahead_m: float = field(default=0.0, metadata=ADDED)
    right_toe_out_deg: float = field(default=0.0, metadata=ADDED)


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A body's tree with what posing it needs."""

    tree: Tree
    feet: dict[str, Foot]
    legs: dict[str, LegSizes]

    @classmethod
    def of(cls, body: Body) -> Figure:
        """Measure a body in its upright default pose."""
        tree = body.tree
        feet = {side: foot_of(tree, side) for side, _ in SIDES}
        return cls(tree, feet, {side: leg_sizes(tree, side) for side, _ in SIDES})

    @property
    def hips_breadth(self) -> float:
        """Distance of the hips' centres along Z, m."""
        return self.legs["r"].hip[2] - self.legs["l"].hip[2]

    @property
    def thigh(self) -> float:
        """Length of the thigh, mean of both sides, m."""
        return (self.legs["r"].thigh + self.legs["l"].thigh) / 2

    @property
    def shank(self) -> float:
        """Length of the shank, mean of both sides, m."""
        return (self.legs["r"].shank + self.legs["l"].shank) / 2

    def ankle_z(self, stance: Stance, side: str) -> float:
        """Sideways place of an ankle."""
        width = self.hips_breadth if stance.width_m is None else stance.width_m
        width += stance.wider_m
        return width / 2 if side == "r" else -width / 2

    def ball_place(self, side: str, ankle_x: float, ankle_z: float, heading: float) -> FloatArray:
        """Where the ball is (on the ground) when the ankle is there and the foot flat."""
        x, _, z = rotation_about_vertical(heading) @ self.legs[side].ankle_to_ball
        return np.array([ankle_x + x, 0.0, ankle_z + z])

    def planted(self, stance: Stance, n_frames: int, ankle_x: float = 0.0) -> dict[str, FootPath]:
        """Both feet flat, the middle of the ankles at `ankle_x`."""
        paths = {}
        for side, sign in SIDES:
            toe_out = stance.toe_out_deg + sign * stance.right_toe_out_deg / 2
            ahead = sign * stance.right_ahead_m / 2
            heading = -sign * np.radians(toe_out)
            ankle_z = self.ankle_z(stance, side)
            place = self.ball_place(side, ankle_x + ahead, ankle_z, heading)
            paths[side] = standing(self.feet[side], place, heading, n_frames)
        return paths

    def upright(self, n_frames: int) -> FloatArray:
        """Default coordinates (n_frames, n_coordinates) with arms hanging loosely."""
        q = np.repeat(self.tree.defaults[None], n_frames, axis=0)
        for side, _ in SIDES:
            for name, degrees in (("arm_add", -10), ("elbow_flex", 12), ("pro_sup", 80)):
                self.set(q, f"{name}_{side}", np.radians(degrees))
        return q

    def set(self, q: FloatArray, coordinate: str, values: ArrayLike) -> None:
        """Set a coordinate in all frames, rad or m."""
        q[:, self.tree.coordinate_index(coordinate)] = values

    def set_pelvis(
        self,
        q: FloatArray,
        hips: FloatArray,
        tilt: ArrayLike = 0.0,
        list_: ArrayLike = 0.0,
        rotation: ArrayLike = 0.0,
    ) -> None:
        """Turn the pelvis (rad), and put the middle of its hip centres at `hips` (n_frames, 3)."""
        for name, angle in (("tilt", tilt), ("list", list_), ("rotation", rotation)):
            self.set(q, f"pelvis_{name}", angle)
        angles = [q[:, self.tree.coordinate_index(f"pelvis_{n}")] for n in ("tilt", "list")]
        turn = q[:, self.tree.coordinate_index("pelvis_rotation")]
        R = axis_rotation(Z, angles[0]) @ axis_rotation(X, angles[1]) @ axis_rotation(Y, turn)
        middle = np.mean([leg.hip for leg in self.legs.values()], axis=0)
        origin = hips - R @ middle
        for axis, column in zip("xyz", origin.T, strict=True):
            self.set(q, f"pelvis_t{axis}", column)

    def hips_over_feet(
        self, knee: ArrayLike, forward: ArrayLike, stance: Stance
    ) -> tuple[FloatArray, FloatArray]:
        """Middle of the hips (n_frames, 3), and pelvis list, for a knee angle of both sides.

        `forward` is how far the hips are in front of the ankles, m. Where the legs differ in
        length, the pelvis is listed so that both knees have the angle.
        """
        k, x = np.broadcast_arrays(np.atleast_1d(knee), forward)
        heights = []
        for side, sign in SIDES:
            leg = self.legs[side]
            sideways = sign * self.hips_breadth / 2 - self.ankle_z(stance, side)
            a, b = leg.thigh, leg.shank
            square = a * a + b * b + 2 * a * b * np.cos(k) - x**2 - sideways**2
            if square.min() <= 0:
                raise ValueRangeError(
                    f"no leg spans {np.abs(x).max():.2f} m forward and {abs(sideways):.2f} m"
                    f" sideways with the knee at {np.degrees(k).max():.0f}°"
                )
            heights.append(leg.ankle_height + np.sqrt(square))
        middle = np.stack([x, (heights[0] + heights[1]) / 2, np.zeros_like(x)], axis=-1)
        # one hip may lie higher in the pelvis than the other
        uneven = self.legs["r"].hip[1] - self.legs["l"].hip[1]
        lower = heights[1] - heights[0] + uneven
        return middle, np.asarray(np.arctan2(lower, self.hips_breadth))

    def finish(
        self, times: FloatArray, q: FloatArray, feet: dict[str, FootPath], what: str
    ) -> Motion:
        """Legs solved, ranges checked, as a `Motion`."""
        return self.finish_without_legs(times, solve_legs(self.tree, q, feet), what)

    def finish_without_legs(self, times: FloatArray, q: FloatArray, what: str) -> Motion:
        """Ranges checked, as a `Motion`."""
        require_in_range(self.tree, q, what)
        return as_motion(self.tree, times, q)
