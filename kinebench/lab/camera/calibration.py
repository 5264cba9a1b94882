"""What software believes of its cameras after it saw a checkerboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.limits import Limit, require_within
from kinebench.geometry.cameras import camera_matrix
from kinebench.geometry.rotations import rotation_from_axis_angles
from kinebench.lab.camera.phones import Phones
from kinebench.lab.seeds import generator

# OpenCap's board: 4 x 5 corners, squares of 35 mm, as its site offers it for printing.
_CORNERS, _SQUARE_M = (4, 5), 0.035
# Rotations of a few tenths of a degree, shifts of a tenth of a millimetre: differences are exact.
_STEP = 1e-4
_ANGLE = Limit(-90, 90, "degrees", "a world on its side is a slip of the unit")
_SPREAD = Limit(0, 1, reason="larger than the length itself")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Errors of intrinsic and extrinsic calibration.

    Each phone finds its pose from one picture of a small board that stands where the person will:
    noise of the corners makes the pose wrong in the directions that such a board shows badly, by
    the covariance of the least-squares solution. A wrong focal length puts the phone nearer or
    farther, so that the board has its size. The board itself leans, and its squares are misread.
    All of it is drawn once for a person's visit, by the first name of a recording.

    Parameters
    ----------
    scale : float
        All lengths, multiplied.
    forward_deg, sideways_deg : float
        Lean of the world, with the signs of `WorldTilt`.
    scale_sd : float
        Spread of further errors of scale, as a fraction.
    lean_sd_deg : float
        Spread of further lean of the board, both ways.
    corner_px : float
        Spread of a corner's place, per axis.
    focal_sd : float
        Of each phone's focal length, as a fraction.
    board_m : (float, float, float)
        The board's middle, from the floor in the middle of the recording.
    """

    limits: ClassVar[Mapping[str, Limit]] = {
        "scale": Limit(0, 10, reason="ten times the size is a slip of the unit", positive=True),
        "forward_deg": _ANGLE,
        "sideways_deg": _ANGLE,
        "scale_sd": _SPREAD,
        "lean_sd_deg": Limit(0, 45, "degrees"),
        "corner_px": Limit(0, 5, "px", "such corners are not found"),
        "focal_sd": _SPREAD,
        "board_m": Limit(-5, 5, "m", "OpenCap wants the board within 5 m"),
    }

    scale: float = 1.0
    forward_deg: float = 0.0
    sideways_deg: float = 0.0
    scale_sd: float = 0.0
    lean_sd_deg: float = 0.0
    corner_px: float = 0.0
    focal_sd: float = 0.0
    board_m: tuple[float, float, float] = (0.0, 0.8, 0.0)

    def __post_init__(self) -> None:
        require_within(self)

    def believed(
        self, phones: Phones, middle: FloatArray, distance_m: float, *names: str
    ) -> FloatArray:
        """P of every phone (count, 3, 4) as the software has it."""
        board = middle + self.board_m
        visit = names[:1]
        found = []
        for number, (R, place) in enumerate(phones.poses(middle, distance_m)):
            draws = generator("calibration", *visit, number).standard_normal(7)
            turn, shift = _pose_error(phones.focal_px, R, place, board, self.corner_px, draws[:6])
            error = self.focal_sd * draws[6]
            centre = R @ (board - place) + shift
            centre[2] *= 1 + error
            R = R @ turn
            focal = phones.focal_px * (1 + error)
            found.append(camera_matrix(focal, phones.centre_px, R, centre - R @ board))
        return np.stack(found)

    def world(self, *names: str) -> tuple[float, FloatArray]:
        """Scale, and rotation (3, 3), of the board's world in the room's."""
        size, forward, sideways = generator("board", *names[:1]).standard_normal(3)
        R = rotation_from_axis_angles(
            {
                "z": self.forward_deg + self.lean_sd_deg * forward,
                "x": self.sideways_deg + self.lean_sd_deg * sideways,
            }
        )
        return self.scale * (1 + self.scale_sd * size), R


def _pose_error(
    focal_px: float,
    R: FloatArray,
    place: FloatArray,
    board: FloatArray,
    corner_px: float,
    draws: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Rotation about the board (3, 3), shift in camera axes (3,) m, of a pose from noisy corners.

    The covariance of a least-squares pose is corner_px² (JᵀJ)⁻¹, J the Jacobian of the corners.
    """
    if corner_px == 0:
        return np.eye(3), np.zeros(3)
    up, across = ((np.arange(n) - (n - 1) / 2) * _SQUARE_M for n in _CORNERS)
    ys, zs = np.meshgrid(up, across, indexing="ij")
    corners = np.stack([np.zeros(ys.size), ys.ravel(), zs.ravel()], axis=1)

    def seen(change: FloatArray) -> FloatArray:
        points = corners @ (R @ _turned(change[:3])).T + R @ (board - place) + change[3:]
        return np.asarray(focal_px * (points[:, :2] / points[:, 2:])).ravel()

    J = np.stack(
        [(seen(_STEP * axis) - seen(-_STEP * axis)) / (2 * _STEP) for axis in np.eye(6)], axis=1
    )
    # QR: the covariance's factor without squaring J, whose columns differ in size
    upper = np.linalg.qr(J, mode="r")
    upper *= np.sign(np.diag(upper))[:, None]  # libraries differ in the signs of rows
    error = corner_px * np.linalg.solve(upper, draws)
    return _turned(error[:3]), error[3:]


def _turned(vector: FloatArray) -> FloatArray:
    """Rotation (3, 3) about axes of the room, rad."""
    from scipy.spatial.transform import Rotation

    return np.asarray(Rotation.from_rotvec(vector).as_matrix())
