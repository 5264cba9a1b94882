"""Standing: finding it in a trial without a static one, and judging a static pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.errors import ScalingError, ValueRangeError, require_names

__all__ = ["StandingQuality", "StandingWindow", "far_from_standing", "standing_quality"]

_NEEDED = ("Neck", "midHip", *(s + j for s in "RL" for j in ("Hip", "Knee", "Ankle")))

# Noise of video keypoints moves those of somebody who stands still by up to 20 mm peak to peak.
_LARGEST_MOVEMENT_M = 0.04
_LARGEST_LEAN_DEG = 15.0
_SEGMENT_M = 0.4

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
        Right and left angle between thigh and shank of the keypoints, in the mean.
    trunk_lean_deg : float
        Angle of midHip–Neck to the vertical, in the mean.
    """

    start_s: float
    end_s: float
    movement_m: float
    knee_flexion_deg: tuple[float, float]
    trunk_lean_deg: float

    def faults(self) -> tuple[str, ...]:
        """What speaks against the window, in words; empty when somebody stands there."""
        found = []
        if self.movement_m > _LARGEST_MOVEMENT_M:
            found.append(f"a joint moves by {self.movement_m * 1e3:.0f} mm")
        for side, angle in zip(("right", "left"), self.knee_flexion_deg, strict=True):
            if angle > _STANDING_LIMITS_DEG["knee_angle"]:
                found.append(f"the {side} knee is bent by {angle:.0f}°")
        if self.trunk_lean_deg > _LARGEST_LEAN_DEG:
            found.append(f"the trunk leans by {self.trunk_lean_deg:.0f}°")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class StandingWindow:
    """The window of a movement trial in which the subject stands most upright and stillest.

    For trials recorded without a static one. Each window gets the penalty, in degrees, flexion
    of the more bent knee + trunk lean + p / (0.4 m), where p is the largest peak-to-peak
    movement: about what that turns a thigh or shank by. The smallest wins, the earlier one of
    equals. A window of `longest_s` is sought; if the best one is no standing, shorter ones are
    tried in steps of 0.1 s; if none is, the smallest penalty of all wins. Such a window is a
    makeshift: its pose error becomes a constant offset of the joint angles.

    Parameters
    ----------
    longest_s, shortest_s : float
    avoid_start_s : float
        Leave out the beginning, where the augmenter is not yet warmed up, if anything remains.
    """

    longest_s: float = 0.5
    shortest_s: float = 0.1
    avoid_start_s: float = 1.0

    def __post_init__(self) -> None:
        if not (0 < self.shortest_s <= self.longest_s < np.inf and self.avoid_start_s >= 0):
            raise ValueRangeError(
                "a standing window needs 0 < shortest_s ≤ longest_s and avoid_start_s of 0 or"
                f" above, found {self.shortest_s}, {self.longest_s} and {self.avoid_start_s}"
            )

    def __call__(self, trial: Markers) -> tuple[float, float]:
        """Start and end of the window, s.

        Raises
        ------
        ScalingError
            When the trial is shorter than the shortest window, or keypoints are missing all over.
        """
        quality = self.search(trial)
        return quality.start_s, quality.end_s

    def search(self, trial: Markers) -> StandingQuality:
        """The window with its quality."""
        require_names(_NEEDED, trial.names, "keypoint", "the trial")
        lengths = self._lengths(trial)
        if not lengths:
            span = trial.times[-1] - trial.times[0] if trial.n_frames else 0.0
            raise ScalingError(
                f"no standing window of {self.shortest_s:g} s fits into a trial of {span:g} s"
            )
        found: list[tuple[float, StandingQuality]] = []
        for n_frames in lengths:
            best = self._best(trial, n_frames)
            if best is not None:
                found.append(best)
                if not best[1].faults():
                    return best[1]
        if not found:
            raise ScalingError("no standing window: every window has missing keypoints")
        return min(found, key=lambda candidate: candidate[0])[1]

    def _lengths(self, trial: Markers) -> list[int]:
        """Window lengths in frames that fit into the trial, longest first."""
        if trial.n_frames < 2:
            return []
        durations = np.arange(self.longest_s, self.shortest_s - 1e-9, -0.1)
        frames = (max(2, round(float(duration) * trial.rate_hz) + 1) for duration in durations)
        return [length for length in dict.fromkeys(frames) if length <= trial.n_frames]

    def _best(self, trial: Markers, n_frames: int) -> tuple[float, StandingQuality] | None:
        """Smallest penalty, deg, among windows of n_frames, and its window."""
        movement, knees, lean = _pose(trial, n_frames)
        penalty = knees.max(axis=1) + lean + np.degrees(movement / _SEGMENT_M)
        usable = np.isfinite(penalty)
        late = trial.times[: len(penalty)] >= trial.times[0] + self.avoid_start_s
        if (usable & late).any():
            usable &= late
        if not usable.any():
            return None
        start = int(np.argmin(np.where(usable, penalty, np.inf)))
        return float(penalty[start]), StandingQuality(
            float(trial.times[start]),
            float(trial.times[start + n_frames - 1]),
            float(movement[start]),
            (float(knees[start, 0]), float(knees[start, 1])),
            float(lean[start]),
        )


def standing_quality(static: Markers, window_s: tuple[float, float]) -> StandingQuality | None:
    """How well a given window shows somebody standing.

    None when keypoints that tell are lacking, or missing in every frame of the window.
    """
    if not set(_NEEDED) <= set(static.names):
        return None
    inside = static.select(_NEEDED).between(*window_s)
    whole = inside.at_frames(np.flatnonzero(~inside.missing.any(axis=1)))
    if whole.n_frames == 0:
        return None
    movement, knees, lean = _pose(whole, whole.n_frames)
    flexion = (float(knees[0, 0]), float(knees[0, 1]))
    return StandingQuality(*window_s, float(movement[0]), flexion, float(lean[0]))


def far_from_standing(static_pose: Motion) -> dict[str, str]:
    """Coordinates of a static pose that are far from upright standing, each with it in words.

    The upright scaling set-up pulls hips, knees and trunk towards zero: what the subject really
    bends there ends up as a constant offset of the angles.
    """
    found = {}
    for name, values in zip(static_pose.names, static_pose.values.T, strict=True):
        limit = _STANDING_LIMITS_DEG.get(name.removesuffix("_r").removesuffix("_l"))
        degrees = float(np.degrees(values[0]))
        if limit is not None and abs(degrees) > limit:
            found[name] = (
                f"{name} is {degrees:.1f}° in the static pose (standing: within {limit:g}°)"
            )
    return found


def _pose(trial: Markers, n_frames: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Movement m, knee flexion (…, 2) deg and trunk lean deg of each window of n_frames."""
    joints = trial.select(_NEEDED).positions
    relative = (joints - joints[:, 1:2]).reshape(len(joints), -1)
    windows = np.lib.stride_tricks.sliding_window_view(relative, n_frames, axis=0)
    movement = np.asarray((windows.max(axis=2) - windows.min(axis=2)).max(axis=1))
    knees = np.stack([_mean(_knee_flexion_deg(trial, side), n_frames) for side in "RL"], axis=1)
    return movement, knees, _mean(_trunk_lean_deg(trial), n_frames)


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
