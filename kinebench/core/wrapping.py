"""Angles that turn past ±180°."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Coordinate

_WRAPPING_NAMES = ("pelvis_rotation", "arm_flex_*", "arm_add_*", "arm_rot_*")


@lru_cache(maxsize=1024)  # the same few coordinates at every lag of every pair
def can_wrap(coordinate: Coordinate) -> bool:
    """True for an angle that may turn past ±180°.

    A rotational coordinate whose range exceeds ±180°, or, since .mot files carry no ranges, one of
    the pelvis' heading and the shoulders' three angles.
    """
    if coordinate.kind != "rotational":
        return False
    if coordinate.range is not None and (
        coordinate.range[0] < -np.pi - 1e-9 or coordinate.range[1] > np.pi + 1e-9
    ):
        return True
    return any(fnmatchcase(coordinate.name, pattern) for pattern in _WRAPPING_NAMES)


def unwrapped(angles: FloatArray) -> FloatArray:
    """Angles (n_frames,) or (n_frames, n_angles) rad without jumps of a turn over time.

    From each known frame to the next; NaN stays NaN; across a gap the shorter way is taken.
    """
    missing = np.isnan(angles)
    if missing.any():
        result = np.array(angles)
        for index in np.ndindex(angles.shape[1:]):
            known = ~missing[:, *index]
            result[known, *index] = np.unwrap(result[known, *index])
        return result
    jumps = np.abs(np.diff(angles, axis=0)) >= np.pi
    return np.unwrap(angles, axis=0) if jumps.any() else np.array(angles)
