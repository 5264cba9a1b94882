"""What a recording itself says against the choices that were made on it, without a reference.

A choice that changes a figure is not thereby wrong; one that changes it *and* that the recording
contradicts probably is. Limits were set on clean laboratory sessions of the `two_phones` preset
(subjects 1 to 54 of the population "calibration"; `benchmarks/diagnosis/spread.py`), so that each
flags about one such session in a hundred or fewer; `benchmarks/diagnosis/confusion.md` has the
rates on other subjects.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kinebench.augmentation.augmenter import RATE_TOLERANCE, START_UP_S, LSTMAugmenter
from kinebench.cleaning import Butterworth
from kinebench.cleaning.rotation import Tilt
from kinebench.core.markers import Markers
from kinebench.core.trial import Trial
from kinebench.diagnosis.straightness import Stance, stance, straightest_window
from kinebench.errors import KinebenchError

__all__ = [
    "NOTHING",
    "Indication",
    "calm",
    "pose_doubt",
    "rate_doubt",
    "start_up_doubt",
    "tilt_doubt",
    "tremble_doubt",
    "tremble_mm",
    "window_doubt",
]


@dataclass(frozen=True, slots=True)
class Indication:
    """What a recording shows against a choice; false when it shows nothing.

    Parameters
    ----------
    text : str
        In words, with numbers.
    strength : float
        What was measured over the limit from which it counts: 1 or more, 0 for nothing.
    """

    text: str = ""
    strength: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.text)


NOTHING = Indication()
"""No indication."""


def _joined(found: list[tuple[str, float]]) -> Indication:
    """Several indications as one, as strong as the strongest."""
    if not found:
        return NOTHING
    return Indication("; ".join(text for text, _ in found), max(size for _, size in found))


_CUTOFF_HZ = 6.0
# Half a second of standing shows a knee's angle to 3° under the slow errors of two phones, and the
# other window is the best of many: 10° were reached in one of 30 clean sessions.
_WORSE_DEG = 12.0
# Right minus left knee over a whole static trial: SD 2.0 to 2.5° in clean sessions, largest 4.8°.
_UNEVEN_DEG = 8.0
# The straighter knee of clean static trials appears bent by −11 to −3°, by detector; people who
# stand naturally add up to 5°.
_BENT_DEG, _STRAIGHT_DEG = 8.0, -5.0
# Static trial against the straightest half second of the movement: −4.4 ± 2.6° and 0.3 ± 1.5°.
_MORE_BENT_DEG, _MORE_LEAN_DEG = 6.0, 6.0
_TILT_SIGMAS, _SMALLEST_TILT = 1.5, math.radians(1.0)
# a detector in a good recording trembles by 0.5 to 2.5 mm
_TREMBLE_MM = 5.0
# A movement that is under way; who shifts the weight turns a knee by less.
_SWING_DEG = 20.0
_LEG = ("Hip", "Knee", "Ankle", "Heel", "BigToe", "SmallToe")


def calm(recording: Markers) -> Markers:
    """Without tremble, so that noise is not taken for movement."""
    try:
        return Butterworth(_CUTOFF_HZ, short_runs="keep")(recording)
    except KinebenchError:
        return recording


def window_doubt(
    static: Markers, window_s: tuple[float, float], best_s: tuple[float, float]
) -> Indication:
    """How much worse the subject stands in a static window than in another."""
    quiet = calm(static)
    now, best = stance(quiet, window_s), stance(quiet, best_s)
    if now is None or best is None:
        return NOTHING
    found = [
        (
            f"the {side} knee is bent by {have - could:.0f}° more than in the other",
            (have - could) / _WORSE_DEG,
        )
        for side, have, could in zip(("right", "left"), now.knees_deg, best.knees_deg, strict=True)
        if have > could + _WORSE_DEG
    ]
    if now.lean_deg > best.lean_deg + _WORSE_DEG:
        lean = now.lean_deg - best.lean_deg
        found.append((f"the trunk leans by {lean:.0f}° more than in the other", lean / _WORSE_DEG))
    return _joined(found)


def pose_doubt(static: Markers, trial: Markers | None = None) -> Indication:
    """Whether the subject stands bent throughout, though the set-up assumes standing straight.

    A single knee shows against the other one, both knees and the trunk against the straightest
    half second of the movement, or by themselves. Bent throughout is what is bent in the mean and
    at its straightest alike; else another window is the remedy.

    Parameters
    ----------
    static : Markers
        Whole static trial, or the static window of a movement.
    trial : Markers, optional
        The movement, when it is another recording.
    """
    whole = stance(calm(static), (static.times[0], static.times[-1]))
    if whole is None:
        return NOTHING
    best = _straightest(static)
    if best is not None and _uneven(best) * _uneven(whole) < 0.25 * _uneven(whole) ** 2:
        right_more = 0.0  # a straighter window is there
    else:
        right_more = _uneven(whole)
    found = []
    if abs(right_more) > _UNEVEN_DEG:
        side, other = ("right", "left") if right_more > 0 else ("left", "right")
        text = f"the {side} knee is bent by {abs(right_more):.0f}° more than the {other} one"
        found.append((f"{text} throughout the static pose", abs(right_more) / _UNEVEN_DEG))
    now = whole if best is None else best
    if min(now.knees_deg) > _BENT_DEG:
        right, left = now.knees_deg
        text = (
            f"both knees are bent throughout the static pose, by {right:.0f}° (right) and"
            f" {left:.0f}° (left) as keypoints show it"
        )
        strength = (min(now.knees_deg) - _STRAIGHT_DEG) / (_BENT_DEG - _STRAIGHT_DEG)
        found.append((text, strength))
    straight = None if trial is None else _straightest(trial)
    if straight is not None:
        found += _than_in_movement(now, straight)
    return _joined(found)


def _uneven(standing: Stance) -> float:
    """How much more the right knee is bent than the left, deg."""
    right, left = standing.knees_deg
    return right - left


def _than_in_movement(now: Stance, straight: Stance) -> list[tuple[str, float]]:
    """Where the movement has a straighter stance than the static pose."""
    more = min(have - could for have, could in zip(now.knees_deg, straight.knees_deg, strict=True))
    lean = now.lean_deg - straight.lean_deg
    found = []
    if more > _MORE_BENT_DEG:
        text = f"both knees are {more:.0f}° more bent than where the movement is straightest"
        found.append((text, more / _MORE_BENT_DEG))
    if lean > _MORE_LEAN_DEG:
        text = f"the trunk leans by {lean:.0f}° more than where the movement is straightest"
        found.append((text, lean / _MORE_LEAN_DEG))
    return found


def _straightest(trial: Markers) -> Stance | None:
    quiet = calm(trial)
    try:
        return stance(quiet, straightest_window(quiet))
    except KinebenchError:
        return None


def tilt_doubt(tilt: Tilt) -> Indication:
    """A tilt larger than its uncertainty explains."""
    found = [
        (
            f"people appear to lean by {abs(math.degrees(angle)):.1f} ±"
            f" {math.degrees(uncertainty):.1f}° {positive if angle > 0 else negative}",
            abs(angle) / max(_SMALLEST_TILT, _TILT_SIGMAS * uncertainty),
        )
        for angle, uncertainty, positive, negative in (
            (tilt.frontal, tilt.frontal_uncertainty, "to the right", "to the left"),
            (tilt.sagittal, tilt.sagittal_uncertainty, "forwards", "backwards"),
        )
        if abs(angle) > max(_SMALLEST_TILT, _TILT_SIGMAS * uncertainty)
    ]
    return _joined(found)


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


def tremble_doubt(trial: Trial) -> Indication:
    """Legs whose keypoints tremble much."""
    sides = tremble_mm(trial.keypoints)
    if not sides or max(sides.values()) < _TREMBLE_MM:
        return NOTHING
    text = (
        f"the keypoints of the right leg tremble by {sides['R']:.0f} mm, of the left by"
        f" {sides['L']:.0f} mm"
    )
    return Indication(text, max(sides.values()) / _TREMBLE_MM)


def start_up_doubt(
    augment: LSTMAugmenter, trial: Trial, window_s: tuple[float, float]
) -> Indication:
    """What lies where the augmenter, without warm-up, does not know the movement yet."""
    if augment.warm_up_s >= START_UP_S:
        return NOTHING
    found = []
    if trial.static is not None and np.isfinite(window_s[0]):
        since = window_s[0] - trial.static.times[0]
        if since < START_UP_S:
            text = f"the static window begins {since:.1f} s after the first frame"
            found.append((text, 1 + (START_UP_S - since) / START_UP_S))
    swing = _knee_swing_deg(trial.keypoints, START_UP_S)
    if swing > _SWING_DEG:
        text = f"a knee turns by {swing:.0f}° within the first {START_UP_S:g} s"
        found.append((text, swing / _SWING_DEG))
    return _joined(found)


def rate_doubt(augment: LSTMAugmenter, rate_hz: float) -> Indication:
    """A frame rate that the augmenter was not trained on."""
    known = augment.row.rate_hz
    if augment.resample_hz is not None or abs(rate_hz / known - 1) <= RATE_TOLERANCE:
        return NOTHING
    text = f"the augmenter was trained on {known:g} frames per second, the trial has {rate_hz:g}"
    return Indication(text, 1 + abs(math.log2(rate_hz / known)))


def _knee_swing_deg(keypoints: Markers, duration_s: float) -> float:
    """Largest range of a knee's angle in the beginning, deg; 0 where keypoints are lacking."""
    start = calm(keypoints).between(keypoints.times[0], keypoints.times[0] + duration_s)
    found = [stance(start, (time, time)) for time in start.times.tolist()]
    knees = np.array([one.knees_deg for one in found if one is not None])
    return float(np.ptp(knees, axis=0).max()) if len(knees) else 0.0
