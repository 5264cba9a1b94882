"""What a recording itself says against the choices that were made on it, without a reference.

Each function gives a sentence, or nothing when nothing speaks against the choice. A choice that
changes a figure is not thereby wrong; one that changes it *and* is spoken against probably is.
"""

from __future__ import annotations

import math

import numpy as np

from kinebench.augmentation.augmenter import RATE_TOLERANCE, START_UP_S, LSTMAugmenter
from kinebench.augmentation.catalogue import PUBLISHED
from kinebench.cleaning import Butterworth
from kinebench.cleaning.rotation import Tilt
from kinebench.core.markers import Markers
from kinebench.core.trial import Trial
from kinebench.diagnosis.straightness import stance
from kinebench.errors import KinebenchError

__all__ = [
    "calm",
    "pose_doubt",
    "rate_doubt",
    "start_up_doubt",
    "tilt_doubt",
    "tremble_doubt",
    "tremble_mm",
    "version_doubt",
    "window_doubt",
]

_CUTOFF_HZ = 6.0
# keypoints of somebody who stands still tell angles to a few degrees
_WORSE_DEG, _BENT_DEG = 6.0, 15.0
_TILT_SIGMAS, _SMALLEST_TILT = 1.5, math.radians(1.0)
# a detector in a good recording trembles by 0.5 to 2.5 mm
_TREMBLE_MM = 5.0
_SWING_DEG = 10.0
_LEG = ("Hip", "Knee", "Ankle", "Heel", "BigToe", "SmallToe")


def calm(recording: Markers) -> Markers:
    """Without tremble, so that noise is not taken for movement."""
    try:
        return Butterworth(_CUTOFF_HZ, short_runs="keep")(recording)
    except KinebenchError:
        return recording


def window_doubt(
    static: Markers, window_s: tuple[float, float], best_s: tuple[float, float]
) -> str:
    """How much worse the subject stands in a static window than in another."""
    quiet = calm(static)
    now, best = stance(quiet, window_s), stance(quiet, best_s)
    if now is None or best is None:
        return ""
    found = [
        f"the {side} knee is bent by {have - could:.0f}° more than in the other"
        for side, have, could in zip(("right", "left"), now.knees_deg, best.knees_deg, strict=True)
        if have > could + _WORSE_DEG
    ]
    if now.lean_deg > best.lean_deg + _WORSE_DEG:
        lean = now.lean_deg - best.lean_deg
        found.append(f"the trunk leans by {lean:.0f}° more than in the other")
    return "; ".join(found)


def pose_doubt(static: Markers, best_s: tuple[float, float]) -> str:
    """Whether the subject stands upright nowhere, though the set-up takes for granted that."""
    best = stance(calm(static), best_s)
    if best is None or max(best.knees_deg) < _BENT_DEG:
        return ""
    right, left = best.knees_deg
    return f"at their straightest the knees are bent by {right:.0f}° (right) and {left:.0f}° (left)"


def tilt_doubt(tilt: Tilt) -> str:
    """A tilt larger than its uncertainty explains."""
    found = [
        f"people appear to lean by {abs(math.degrees(angle)):.1f} ±"
        f" {math.degrees(uncertainty):.1f}° {positive if angle > 0 else negative}"
        for angle, uncertainty, positive, negative in (
            (tilt.frontal, tilt.frontal_uncertainty, "to the right", "to the left"),
            (tilt.sagittal, tilt.sagittal_uncertainty, "forwards", "backwards"),
        )
        if abs(angle) > max(_SMALLEST_TILT, _TILT_SIGMAS * uncertainty)
    ]
    return "; ".join(found)


def tremble_mm(recording: Markers) -> dict[str, float]:
    """Noise per axis from frame to frame, mm, median over the keypoints of a leg, by side.

    White noise of variance s² has second differences of variance 6 s², a movement hardly any.
    """
    sides = {}
    for side in "RL":
        names = [side + joint for joint in _LEG if side + joint in recording.names]
        if not names or recording.n_frames < 3:
            return {}
        bends = np.diff(recording.select(names).positions, 2, axis=0)
        known = np.isfinite(bends).all(axis=(1, 2))
        if not known.any():
            return {}
        spread = np.sqrt((bends[known] ** 2).mean(axis=(0, 2)) / 6)
        sides[side] = float(np.median(spread) * 1e3)
    return sides


def tremble_doubt(trial: Trial) -> str:
    """Legs whose keypoints tremble much."""
    sides = tremble_mm(trial.keypoints)
    if not sides or max(sides.values()) < _TREMBLE_MM:
        return ""
    return (
        f"the keypoints of the right leg tremble by {sides['R']:.0f} mm, of the left by"
        f" {sides['L']:.0f} mm"
    )


def version_doubt(augment: LSTMAugmenter) -> str:
    """An augmenter that its authors have replaced."""
    name, newest = augment.row.name, PUBLISHED[-1]
    return f"{name} is older than {newest}" if name in PUBLISHED[:-1] else ""


def start_up_doubt(augment: LSTMAugmenter, trial: Trial, window_s: tuple[float, float]) -> str:
    """What lies where the augmenter, without warm-up, does not know the movement yet."""
    if augment.warm_up_s >= START_UP_S:
        return ""
    found = []
    if trial.static is not None and np.isfinite(window_s[0]):
        since = window_s[0] - trial.static.times[0]
        if since < START_UP_S:
            found.append(f"the static window begins {since:.1f} s after the first frame")
    swing = _knee_swing_deg(trial.keypoints, START_UP_S)
    if swing > _SWING_DEG:
        found.append(f"a knee turns by {swing:.0f}° within the first {START_UP_S:g} s")
    return "; ".join(found)


def rate_doubt(augment: LSTMAugmenter, rate_hz: float) -> str:
    """A frame rate that the augmenter was not trained on."""
    known = augment.row.rate_hz
    if augment.resample_hz is not None or abs(rate_hz / known - 1) <= RATE_TOLERANCE:
        return ""
    return f"the augmenter knows {known:g} frames per second, the trial has {rate_hz:g}"


def _knee_swing_deg(keypoints: Markers, duration_s: float) -> float:
    """Largest range of a knee's angle in the beginning, deg; 0 where keypoints are lacking."""
    start = calm(keypoints).between(keypoints.times[0], keypoints.times[0] + duration_s)
    found = [stance(start, (time, time)) for time in start.times.tolist()]
    knees = np.array([one.knees_deg for one in found if one is not None])
    return float(np.ptp(knees, axis=0).max()) if len(knees) else 0.0
