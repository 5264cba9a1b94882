"""How straight somebody stands, from keypoints: with the sign that tells bent from bent back.

Keypoints of a straight leg do not lie on a line: a detector's hips lie too far in front, so that
straight knees appear bent backwards by 5° and more. The straightest stance is the one whose knees
appear *least* bent, which may be less than 0; how far one window is from another does not depend
on the detector.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.errors import ScalingError, require_names
from kinebench.geometry.rotations import unit
from kinebench.posture.standing import SEGMENT_M as _SEGMENT_M
from kinebench.posture.standing import STANDING_KEYPOINTS as _NEEDED

_LENGTH_S, _AVOID_START_S = 0.5, 1.0


@dataclass(frozen=True, slots=True)
class Stance:
    """How somebody stands in a window, in the mean; apparent angles, deg.

    Parameters
    ----------
    knees_deg : (float, float)
        Flexion of the right and the left knee.
    lean_deg : float
        Of the trunk, forwards.
    """

    knees_deg: tuple[float, float]
    lean_deg: float


def stance(recording: Markers, window_s: tuple[float, float]) -> Stance | None:
    """How somebody stands in a window; None when keypoints are lacking there."""
    if not set(_NEEDED) <= set(recording.names):
        return None
    inside = (recording.times >= window_s[0] - 1e-9) & (recording.times <= window_s[1] + 1e-9)
    angles = _angles_deg(recording)[inside]
    angles = angles[np.isfinite(angles).all(axis=1)]
    if not len(angles):
        return None
    right, left, lean = (float(value) for value in angles.mean(axis=0))
    return Stance((right, left), lean)


def knee_angles_deg(recording: Markers) -> FloatArray | None:
    """Apparent flexion (n_frames, 2) of the right and the left knee; None without keypoints."""
    if not set(_NEEDED) <= set(recording.names):
        return None
    return _angles_deg(recording)[:, :2]


def straightest_window(recording: Markers) -> tuple[float, float]:
    """Half a second in which somebody stands straightest and stillest, s.

    The penalty of a window is, in degrees, flexion of the more bent knee + forward lean of the
    trunk + p / (0.4 m), where p is the largest peak-to-peak movement of a joint. The first second,
    in which an augmenter starts up, is left out when anything remains.

    Raises
    ------
    NameNotFoundError
        A keypoint of legs and trunk is lacking.
    ScalingError
        The recording is shorter than half a second, or has gaps all over.
    """
    require_names(_NEEDED, recording.names, "keypoint", "the recording")
    rate = recording.rate_hz if recording.n_frames > 1 else 1.0
    n = round(_LENGTH_S * rate) + 1
    if recording.n_frames < n:
        raise ScalingError(f"no window of {_LENGTH_S:g} s fits into {recording.n_frames} frames")
    joints = recording.select(_NEEDED).positions
    paths = (joints - joints[:, 1:2]).reshape(len(joints), -1)
    views = np.lib.stride_tricks.sliding_window_view
    movement = np.ptp(views(paths, n, axis=0), axis=2).max(axis=1)
    angles = views(_angles_deg(recording), n, axis=0).mean(axis=2)
    penalty = angles[:, :2].max(axis=1) + angles[:, 2] + np.degrees(movement / _SEGMENT_M)
    usable = np.isfinite(penalty)
    if not usable.any():
        raise ScalingError("every window has missing keypoints")
    late = recording.times[: len(penalty)] >= recording.times[0] + _AVOID_START_S
    if (usable & late).any():
        usable &= late
    start = int(np.argmin(np.where(usable, penalty, np.inf)))
    return float(recording.times[start]), float(recording.times[start + n - 1])


def _angles_deg(recording: Markers) -> FloatArray:
    """Flexion of right and left knee, and forward lean of the trunk (n_frames, 3)."""
    right = recording.position("RHip") - recording.position("LHip")
    columns = []
    for side in "RL":
        hip, knee, ankle = (recording.position(side + joint) for joint in ("Hip", "Knee", "Ankle"))
        # flexion turns the shank backwards, about the axis to the left
        columns.append(-_turn_deg(knee - hip, ankle - knee, right))
    trunk = recording.position("Neck") - recording.position("midHip")
    up = np.broadcast_to([0.0, 1.0, 0.0], trunk.shape)
    columns.append(-_turn_deg(up, trunk, right))
    return np.stack(columns, axis=1)


def _turn_deg(one: FloatArray, other: FloatArray, axis: FloatArray) -> FloatArray:
    """Angle (n_frames,) by which one direction turns about an axis to become the other, deg."""
    axis = unit(axis)
    turn = (np.cross(one, other) * axis).sum(axis=1)
    along = (one * axis).sum(axis=1) * (other * axis).sum(axis=1)
    return np.asarray(np.degrees(np.arctan2(turn, (one * other).sum(axis=1) - along)))
