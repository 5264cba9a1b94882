"""Left and right swapped for a whole trial: found from toes, knees, hips and shoulders."""

from __future__ import annotations

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.remarks import tell

_UP = np.array([0.0, 1.0, 0.0])
_LEAST_FOOT_M = 0.05  # shorter on the ground plane: a foot that stands on its tip has no heading
_LEAST_WIDTH_M = 0.04  # narrower: hips or shoulders seen from the side of a bad reconstruction
_LEAST_BEND_M = 0.08  # off the line hip–ankle: 20° of flexion, more than any knee overextends


def sides_swapped(keypoints: Markers) -> bool | None:
    """Whether right keypoints lie on the body's left throughout the trial.

    The feet point forward (heel to toe, mean of both feet, horizontal), and ``forward × up`` is
    the body's right. Right hip and right shoulder must lie to the right of the left ones: medians
    over the frames. Bent knees must point where the toes point; else the feet cannot be trusted.

    Parameters
    ----------
    keypoints : Markers
        Y up.

    Returns
    -------
    bool or None
        None when it cannot be told: keypoints lacking, hips and shoulders disagreeing, or knees
        bending away from the toes.
    """
    places = {name: keypoints.position(name) for name in _CUES if name in keypoints.names}
    if len(places) < len(_CUES) or keypoints.n_frames == 0:
        return None
    forward = _forward(places)
    right = np.cross(forward, _UP)
    hips = _median(_along(places["RHip"] - places["LHip"], right))
    shoulders = _median(_along(places["RShoulder"] - places["LShoulder"], right))
    knees = _median(_knee_bend(places, forward))
    if np.isnan([hips, shoulders]).any() or knees < 0:
        return None
    if min(hips, shoulders) > _LEAST_WIDTH_M:
        return False
    return True if max(hips, shoulders) < -_LEAST_WIDTH_M else None


def warn_if_sides_swapped(keypoints: Markers) -> None:
    """Warn when right keypoints lie on the body's left throughout the trial."""
    if sides_swapped(keypoints):
        tell(
            "left and right",
            "right keypoints lie on the left of the body, as the direction from heel to toe tells:"
            " left and right are swapped, or an axis is mirrored, in the whole trial",
        )


_CUES = tuple(
    side + joint
    for side in "RL"
    for joint in ("Shoulder", "Hip", "Knee", "Ankle", "Heel", "BigToe")
)


def _forward(places: dict[str, FloatArray]) -> FloatArray:
    """(n_frames, 3) unit vectors in the ground plane; NaN where the feet have no heading."""
    feet = [places[f"{side}BigToe"] - places[f"{side}Heel"] for side in "RL"]
    mean = 0.5 * (feet[0] + feet[1]) * (1.0 - _UP)
    length = np.linalg.norm(mean, axis=1, keepdims=True)
    return np.asarray(mean / np.where(length > _LEAST_FOOT_M, length, np.nan))


def _knee_bend(places: dict[str, FloatArray], forward: FloatArray) -> FloatArray:
    """Forward distance (2 n_frames,) m of bent knees from the line hip–ankle; NaN when straight."""
    bends = []
    for side in "RL":
        hip, knee, ankle = (places[side + joint] for joint in ("Hip", "Knee", "Ankle"))
        leg = ankle - hip
        share = _along(knee - hip, leg) / np.maximum(_along(leg, leg), 1e-12)
        off_line = knee - hip - share[:, None] * leg
        bent = np.linalg.norm(off_line, axis=1) > _LEAST_BEND_M
        bends.append(np.where(bent, _along(off_line, forward), np.nan))
    return np.concatenate(bends)


def _along(vectors: FloatArray, directions: FloatArray) -> FloatArray:
    return np.asarray((vectors * directions).sum(axis=1))


def _median(values: FloatArray) -> float:
    """Median of the values that are there; NaN, silently, when none is."""
    present = values[~np.isnan(values)]
    return float(np.median(present)) if len(present) else float("nan")
