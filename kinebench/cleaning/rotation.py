"""Stage that rotates a recording, and what a levelling tells of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.limits import Limit, require_limit
from kinebench.core.markers import Markers
from kinebench.core.notation import Syntax
from kinebench.core.parameters import Parameter
from kinebench.errors import ValueRangeError
from kinebench.geometry.rotations import (
    require_rotation,
    rotate,
    rotation_angle,
    rotation_from_axis_angles,
)

_TURN = Limit(-360, 360, "degrees", "more than a full turn is a slip of the unit")

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Tilt:
    """How far the vertical of a recording lies from the direction estimated to be up.

    Angles in rad, in the planes of the person. The uncertainties are standard deviations that
    follow from what levelling takes for granted; see `Level`.

    Parameters
    ----------
    up : (float, float, float)
        Direction estimated to be up, in the recording's frame.
    sagittal : float
        Positive when a plumb person appears to lean forward.
    frontal : float
        Positive when a plumb person appears to lean to the right.
    sagittal_uncertainty, frontal_uncertainty : float
    residual_m : float
        RMS distance of the resting foot keypoints from the floor found, each kind of keypoint at
        its height.
    heights_m : tuple of (str, float)
        Height of each kind of foot keypoint above the floor, as estimated.
    n_rests : int
        Rests of a foot on the floor that were used.
    posture : str
        Which frames told the balance of the body: "standing", "feet at rest", "whole trial", or
        "none" when no frame has all keypoints.
    """

    up: Vector
    sagittal: float
    frontal: float
    sagittal_uncertainty: float
    frontal_uncertainty: float
    residual_m: float
    heights_m: tuple[tuple[str, float], ...]
    n_rests: int
    posture: str

    @property
    def angle(self) -> float:
        """Angle between the recording's vertical and up, rad."""
        return float(np.arctan2(np.hypot(self.up[0], self.up[2]), self.up[1]))


@dataclass(frozen=True, slots=True)
class Rotate:
    """Rotate all positions: ``p → R (p − centre) + centre``.

    Parameters
    ----------
    R : (3, 3)
        Proper rotation; anything array-like is taken and kept as tuples.
    centre : (3,) m
        Point that stays where it is; the origin of the frame by default, as in OpenCap's writer.
    tilt : Tilt, optional
        What a levelling found, for the record.
    axis_angles : tuple of (str, float or tuple of float)
        Turns in degrees that `R` was made from, for the record; empty for another rotation.

    Raises
    ------
    ValueRangeError
        When `R` is no proper rotation.
    """

    title: ClassVar[str] = "a rotation"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("rotate", "turn about fixed axes, in order", usage="AXIS=DEGREES[,…]"),
    )

    R: ArrayLike
    centre: Vector = (0.0, 0.0, 0.0)
    tilt: Tilt | None = None
    axis_angles: tuple[tuple[str, float | tuple[float, ...]], ...] = ()

    def __post_init__(self) -> None:
        rows = tuple(tuple(map(float, row)) for row in require_rotation(self.R))
        object.__setattr__(self, "R", rows)
        x, y, z = (float(value) for value in self.centre)
        object.__setattr__(self, "centre", (x, y, z))

    @classmethod
    def from_axis_angles(cls, angles: Mapping[str, float | Sequence[float]]) -> Rotate:
        """From axis angles in degrees, as OpenCap's TRC writer takes them.

        ``{"y": 90, "z": 180}`` turns about the fixed Y, then the fixed Z; uppercase axes of one
        entry, ``{"YZ": (-90, 180)}``, turn along with the body.
        """
        written = tuple((axes, _plain(turn)) for axes, turn in angles.items())
        return cls(rotation_from_axis_angles(angles), axis_angles=written)

    @classmethod
    def from_text(cls, text: str) -> Rotate:
        """From ``y=90,z=180``: turns about fixed axes, degrees."""
        angles: dict[str, float] = {}
        for part in text.split(","):
            name, equals, degrees = part.partition("=")
            axis = name.strip()
            if not equals:
                raise ValueRangeError(
                    f"'{part}' is no rotation: write axis=degrees, as in y=90,z=180"
                )
            if axis in angles:
                raise ValueRangeError(f"axis '{axis}' is given twice")
            angle = Parameter(f"angle about {axis}", "number", limit=_TURN)
            angles[axis] = angle.read(degrees)
            require_limit(angles[axis], _TURN, angle.name)
        return cls.from_axis_angles(angles)

    def options_text(self) -> str:
        """The turns that it was made from, ``y=90,z=180``; empty for another rotation."""
        return ",".join(
            f"{axis}={turn!r}" for axis, turn in self.axis_angles if isinstance(turn, float)
        )

    @property
    def angle(self) -> float:
        """Angle of the rotation, rad."""
        return rotation_angle(self.R)

    def __call__(self, markers: Markers) -> Markers:
        R = np.asarray(self.R, dtype=np.float64)
        centre = np.asarray(self.centre)
        return markers.with_positions(rotate(R, markers.positions - centre) + centre)

    def inverse(self) -> Rotate:
        """The rotation that undoes this one."""
        R: Any = np.asarray(self.R, dtype=np.float64).T
        return Rotate(R, self.centre)


def _plain(turn: float | Sequence[float]) -> float | tuple[float, ...]:
    return tuple(map(float, turn)) if isinstance(turn, Sequence) else float(turn)
