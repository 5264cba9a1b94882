"""A stick figure of whole centimetres, whose features are known by hand.

It faces x and stands on z's two sides: right is positive. Legs are plumb, thigh and shank 0.4 m.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core import Markers
from kinebench.core.arrays import FloatArray

HALF = {
    "Shoulder": (0.0, 1.4, 0.2), "Elbow": (0.0, 1.1, 0.2), "Wrist": (0.0, 0.85, 0.2),
    "Hip": (0.0, 0.9, 0.1), "Knee": (0.0, 0.5, 0.1), "Ankle": (0.0, 0.1, 0.1),
    "Heel": (-0.05, 0.02, 0.1), "BigToe": (0.2, 0.02, 0.1), "SmallToe": (0.15, 0.02, 0.14),
}  # fmt: skip
PLACES = {
    "Neck": (0.0, 1.4, 0.0),
    "midHip": (0.0, 0.9, 0.0),
    **{"R" + name: place for name, place in HALF.items()},
    **{"L" + name: (x, y, -z) for name, (x, y, z) in HALF.items()},
}
LEG = ("Hip", "Knee", "Ankle", "Heel", "BigToe", "SmallToe")


def figure(
    n_frames: int,
    shifts: Mapping[str, ArrayLike] | None = None,
    rate_hz: float = 60.0,
    start_s: float = 0.0,
) -> Markers:
    """Somebody who stands, but for shifts (3,) or (n_frames, 3), m, of keypoints."""
    positions = np.tile(np.array(list(PLACES.values())), (n_frames, 1, 1))
    for column, name in enumerate(PLACES):
        positions[:, column] += np.asarray((shifts or {}).get(name, 0.0))
    return Markers(tuple(PLACES), start_s + np.arange(n_frames) / rate_hz, positions)


def along(axis: str, course: ArrayLike) -> FloatArray:
    """Shifts (n_frames, 3) by a course (n_frames,) along x, y or z."""
    return np.outer(np.asarray(course), np.eye(3)["xyz".index(axis)])


def bent(course_deg: ArrayLike) -> FloatArray:
    """Shifts (n_frames, 3) of an ankle that bend its knee by a course of angles."""
    turn = np.radians(np.asarray(course_deg, dtype=float))
    return 0.4 * np.stack([-np.sin(turn), 1.0 - np.cos(turn), 0.0 * turn], axis=-1)


def of_both(shifts: Mapping[str, ArrayLike]) -> dict[str, ArrayLike]:
    """The same for right and left, of joints without side."""
    return {side + name: shift for name, shift in shifts.items() for side in "RL"}
