"""Standing: finding it in a trial without a static one, and judging a static pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.errors import ScalingError, require_names

__all__ = ["StandingQuality", "StandingWindow", "far_from_standing"]

_NEEDED = ("Neck", "midHip", *(s + j for s in "RL" for j in ("Hip", "Knee", "Ankle")))

# Coordinates that an upright standing pose keeps small, deg. Generous: adults in a neutral pose
# stay well inside, a started squat does not.
_STANDING_LIMITS_DEG = {
    "knee_angle": 15.0,
    "hip_flexion": 20.0,
    "hip_adduction": 12.0,
    "ankle_angle": 20.0,
    "lumbar_extension": 20.0,
    "lumbar_bending": 10.0,
    "pelvis_list": 8.0,
}


@dataclass(frozen=True, slots=True)
class StandingQuality:
    """How well a window shows somebody standing still and upright.

    Parameters
    ----------
    start_s, end_s : float
    movement_m : float
        Largest peak-to-peak movement of a joint relative to midHip, per axis.
    knee_flexion_deg : (float, float)
        Right and left angle between thigh and shank, in the mean.
    trunk_lean_deg : float
        Angle of midHip–Neck to the vertical, in the mean.
    """

    start_s: float
    end_s: float
    movement_m: float
    knee_flexion_deg: tuple[float, float]
    trunk_lean_deg: float


@dataclass(frozen=True, slots=True)
class StandingWindow:
    """The window of a movement trial in which the subject stands stillest and most upright.

    For trials recorded without a static one. Each window of `duration_s` gets the penalty
    movement / 5 mm + mean knee flexion / 10° + trunk lean / 10°; the smallest wins, the earlier
    one of equals. Such a window is a makeshift: its pose error becomes a constant offset of the
    joint angles.

    Parameters
    ----------
    duration_s : float
    avoid_start_s : float
        Leave out the beginning, where the augmenter is not yet warmed up, if anything remains.
    """

    duration_s: float = 0.5
    avoid_start_s: float = 1.0

    def __call__(self, trial: Markers) -> tuple[float, float]:
        """Start and end of the window, s.

        Raises
        ------
        ScalingError
            When the trial is shorter than the window.
        """
        quality = self.search(trial)
        return quality.start_s, quality.end_s

    def search(self, trial: Markers) -> StandingQuality:
        """The window with its quality."""
        require_names(_NEEDED, trial.names, "keypoint", "the trial")
        n_frames = max(2, round(self.duration_s * trial.rate_hz) + 1)
        if n_frames > trial.n_frames:
            raise ScalingError(
                f"no standing window of {self.duration_s:g} s fits into a trial of"
                f" {trial.times[-1] - trial.times[0]:g} s"
            )
        joints = trial.select(_NEEDED).positions
        movement = _movement(joints - joints[:, 1:2], n_frames)
        knees = np.stack([_mean(_knee_flexion_deg(trial, side), n_frames) for side in "RL"], axis=1)
        lean = _mean(_trunk_lean_deg(trial), n_frames)
        penalty = movement / 0.005 + knees.mean(axis=1) / 10 + lean / 10
        late = trial.times[: len(penalty)] >= trial.times[0] + self.avoid_start_s
        usable = np.isfinite(penalty)
        if not usable.any():
            raise ScalingError("no standing window: every window has missing keypoints")
        if (usable & late).any():
            usable &= late
        start = int(np.argmin(np.where(usable, penalty, np.inf)))
        return StandingQuality(
            float(trial.times[start]),
            float(trial.times[start + n_frames - 1]),
            float(movement[start]),
            (float(knees[start, 0]), float(knees[start, 1])),
            float(lean[start]),
        )


def far_from_standing(static_pose: Motion) -> tuple[str, ...]:
    """Coordinates of a static pose that are far from upright standing, in words.

    The upright scaling set-up pulls hips, knees and trunk towards zero: what the subject really
    bends there ends up as a constant offset of the angles.
    """
    remarks = []
    for name, values in zip(static_pose.names, static_pose.values.T, strict=True):
        limit = _STANDING_LIMITS_DEG.get(name.removesuffix("_r").removesuffix("_l"))
        degrees = float(np.degrees(values[0]))
        if limit is not None and abs(degrees) > limit:
            remarks.append(
                f"{name} is {degrees:.1f}° in the static pose (standing: within {limit:g}°)"
            )
    return tuple(remarks)


def _movement(paths: FloatArray, n_frames: int) -> FloatArray:
    flat = paths.reshape(len(paths), -1)
    windows = np.lib.stride_tricks.sliding_window_view(flat, n_frames, axis=0)
    return np.asarray((windows.max(axis=2) - windows.min(axis=2)).max(axis=1))


def _mean(values: FloatArray, n_frames: int) -> FloatArray:
    windows = np.lib.stride_tricks.sliding_window_view(values, n_frames)
    return np.asarray(windows.mean(axis=1))


def _knee_flexion_deg(trial: Markers, side: str) -> FloatArray:
    hip, knee, ankle = (trial.position(side + joint) for joint in ("Hip", "Knee", "Ankle"))
    return _angle_deg(knee - hip, ankle - knee)


def _trunk_lean_deg(trial: Markers) -> FloatArray:
    trunk = trial.position("Neck") - trial.position("midHip")
    return _angle_deg(trunk, np.broadcast_to([0.0, 1.0, 0.0], trunk.shape))


def _angle_deg(one: FloatArray, other: FloatArray) -> FloatArray:
    cross = np.linalg.norm(np.cross(one, other), axis=-1)
    return np.asarray(np.degrees(np.arctan2(cross, (one * other).sum(axis=-1))))
