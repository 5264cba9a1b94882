"""Balance of a body over its feet, from keypoints.

Source
------
Winter, D. A. (2009). Biomechanics and motor control of human movement, 4th ed., table 4.1: masses
and centres of mass of segments, as fractions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.geometry.rotations import unit
from kinebench.posture.standing import middle

BODY_KEYPOINTS = tuple(
    side + joint
    for side in "LR"
    for joint in ("Shoulder", "Hip", "Knee", "Ankle", "Heel", "BigToe", "SmallToe")
)
# head, arms and trunk; thigh, shank and foot of one side
_MASS_HAT, _MASS_THIGH, _MASS_SHANK, _MASS_FOOT = 0.678, 0.100, 0.0465, 0.0145
_CENTRE_HAT, _CENTRE_LIMB, _CENTRE_FOOT = 0.626, 0.433, 0.5
# from heel to toes, where the centre of pressure of standing lies
_SUPPORT = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Balance:
    """Centre of mass relative to the support, by facing direction.

    Parameters
    ----------
    offsets : (n_facings, 3) m
        Mean of centre of mass minus support point.
    rights : (n_facings, 3)
        Mean direction from the left hip to the right one.
    posture : str
        "standing", "feet at rest" or "whole trial": the frames that were taken.
    """

    offsets: FloatArray
    rights: FloatArray
    posture: str


def body_axis(markers: Markers, standing: NDArray[np.bool_]) -> FloatArray:
    """Direction (3,) from ankles to shoulders: of standing frames, else of the longest bodies.

    NaN when no frame has them all.
    """
    axis = middle(markers, "Shoulder") - middle(markers, "Ankle")
    length = np.linalg.norm(axis, axis=1)
    chosen = standing & np.isfinite(length)
    if not np.isfinite(length).any():
        return np.full(3, np.nan)
    if not chosen.any():
        chosen = length >= np.nanpercentile(length, 90)
    return unit(unit(axis[chosen]).mean(axis=0))


def centre_of_mass(markers: Markers) -> FloatArray:
    """(n_frames, 3) m, from mid-shoulders, hips, knees, ankles and feet."""
    hips, shoulders = middle(markers, "Hip"), middle(markers, "Shoulder")
    knees, ankles = middle(markers, "Knee"), middle(markers, "Ankle")
    heels, toes = middle(markers, "Heel"), middle(markers, "BigToe")
    return np.asarray(
        _MASS_HAT * (hips + _CENTRE_HAT * (shoulders - hips))
        + 2 * _MASS_THIGH * (hips + _CENTRE_LIMB * (knees - hips))
        + 2 * _MASS_SHANK * (knees + _CENTRE_LIMB * (ankles - knees))
        + 2 * _MASS_FOOT * (heels + _CENTRE_FOOT * (toes - heels))
    )


def measure_balance(
    markers: Markers, resting: NDArray[np.bool_], standing: NDArray[np.bool_], up: FloatArray
) -> Balance | None:
    """Mean offset of the centre of mass from the support, per facing direction.

    Taken are the standing frames in which both feet rest; if there are none, all frames in which
    both feet rest; if there are none either, as in gait, the whole trial, in which the body on
    average is above its feet. None when no frame has all keypoints.
    """
    heels = middle(markers, "Heel")
    toes = (middle(markers, "BigToe") + middle(markers, "SmallToe")) / 2
    offsets = centre_of_mass(markers) - (heels + _SUPPORT * (toes - heels))
    rights = markers.position("RHip") - markers.position("LHip")
    known = np.isfinite(offsets).all(axis=1) & np.isfinite(rights).all(axis=1)
    both = resting.all(axis=1) & known
    for chosen, posture in (
        (both & standing, "standing"),
        (both, "feet at rest"),
        (known, "whole trial"),
    ):
        if chosen.any():
            return _by_facing(offsets[chosen], rights[chosen], up, posture)
    return None


def _by_facing(offsets: FloatArray, rights: FloatArray, up: FloatArray, posture: str) -> Balance:
    """Means over sectors of 45°, counted from the mean facing, so that no axis is special."""
    level = unit(rights - np.outer(rights @ up, up))
    first = level.mean(axis=0)
    first = unit(first) if np.linalg.norm(first) > 0.1 else level[0]
    angles = np.arctan2(level @ np.cross(up, first), level @ first)
    sectors = np.round(angles / (np.pi / 4)).astype(int) % 8
    members = [sectors == sector for sector in np.unique(sectors)]
    return Balance(
        np.array([offsets[m].mean(axis=0) for m in members]),
        np.array([unit(rights[m].mean(axis=0)) for m in members]),
        posture,
    )
