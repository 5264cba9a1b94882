"""What a recording and the choices made on it show: numbers that speak for or against causes.

Nothing here runs a pipeline. A feature that cannot be measured, for want of keypoints or of a
static trial, is NaN and speaks for nothing.
"""

from __future__ import annotations

import contextlib
import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from kinebench.cleaning import Butterworth, Level
from kinebench.cleaning.sides import SwapSides
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.segments import segment_lengths, stature, typical_lengths
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.diagnosis.straightness import (
    Stance,
    knee_angles_deg,
    stance,
    straightest_window,
)
from kinebench.errors import KinebenchError, NameNotFoundError
from kinebench.signals.lag import lag_by_slope

__all__ = ["FEATURES", "Choices", "Feature", "calm", "comparable", "measured"]

_CUTOFF_HZ = 6.0
_SLOW_HZ = 1.5
_START_S = 1.0
_FARTHEST_S = 0.2
_SEGMENTS = ("thigh", "shank", "foot")
_FOOT = ("Heel", "BigToe", "SmallToe")
_LEG = ("Hip", "Knee", "Ankle", *_FOOT)
_SMALL_M = 1e-4
_JUMP_M = 0.1
_FEWEST = 5
# Correlation of both knees from which a lag between them is one.
_ALIKE = 0.9
_SIDES = (("R", "right"), ("L", "left"))


@dataclass(frozen=True, slots=True)
class Feature:
    """A number that a recording is judged by.

    Parameters
    ----------
    unit : str
    meaning : str
        What is measured; of a side, what a positive value says of the right one, in words in
        which ``{side}`` and ``{other}`` stand for right and left.
    sided : bool
        Right against left: a mirrored recording has the opposite value.
    logarithm : bool
        Whether the value is the logarithm of what is shown.
    """

    unit: str
    meaning: str
    sided: bool = False
    logarithm: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """What was done with the recording, as far as it can be wrong by itself.

    Parameters
    ----------
    window_s : (float, float), optional
        Static window; None where no model is scaled.
    any_pose : bool
        The scaling set-up for any static pose.
    warm_up_s : float
        Of the augmenter.
    trained_hz : float
        Rate that the augmenter knows; NaN without one, or when it resamples.
    cleaned : Markers, optional
        The movement after the pipeline's cleaning.
    """

    window_s: tuple[float, float] | None = None
    any_pose: bool = False
    warm_up_s: float = 1.0
    trained_hz: float = math.nan
    cleaned: Markers | None = None


def _plain(unit: str, meaning: str) -> Feature:
    return Feature(unit, meaning)


def _sided(unit: str, meaning: str) -> Feature:
    return Feature(unit, meaning, sided=True)


def _log(unit: str, meaning: str) -> Feature:
    return Feature(unit, meaning, logarithm=True)


def _features() -> dict[str, Feature]:
    found = {
        "static uneven": _sided("°", "the {side} knee is more bent than the {other} one where the"
                                " model is scaled"),
        "static uneven, own": _sided("°", "the {side} knee is more bent than the {other} one where"
                                     " the model is scaled, beyond the straightest movement"),
        "static bent": _plain("°", "both knees appear bent where the model is scaled"),
        "static bent, own": _plain("°", "both knees are more bent in the static trial than where"
                                   " the movement is straightest"),
        "static lean": _plain("°", "the trunk appears to lean forwards where the model is scaled"),
        "static lean, own": _plain("°", "the trunk leans more in the static trial than where the"
                                   " movement is straightest"),
        "static hips": _plain("mm", "hips in front of the ankles where the model is scaled"),
        "static hips, own": _plain("mm", "hips farther in front of the ankles in the static trial"
                                   " than where the movement is straightest"),
        "window knee": _plain("°", "a knee is more bent in the static window than in another"),
        "window lean": _plain("°", "the trunk leans more in the static window than in another"),
        "no static trial": _plain("°", "a knee is bent where the model is scaled, for want of a"
                                  " static trial"),
        "needless set-up": _plain("", "the set-up for any pose is used on a straight one"),
        "tilt sideways": _sided("°", "feet and posture lean to the {side}"),
        "tilt forwards": _plain("°", "feet and posture lean forwards"),
        "tilt sideways, movement": _sided("°", "feet and posture of the movement lean to the"
                                          " {side}"),
        "tilt forwards, movement": _plain("°", "feet and posture of the movement lean forwards"),
        "floor slope": _sided("mm", "the {side} foot rests higher than the {other} one"),
        "heel over toes": _plain("mm", "heels rest higher than toes"),
        "trunk to the right": _sided("°", "the line from ankles to shoulders leans to the {side}"),
        "trunk forwards": _plain("°", "the line from ankles to shoulders leans forwards"),
        "size, movement": _plain("%", "segments of the movement are longer than the stated height"
                                 " suggests"),
        "size, static": _plain("%", "segments of the static trial are longer than the stated"
                               " height suggests"),
        "size, change": _plain("%", "segments of the movement are longer than in the static trial"),
        "shear": _plain("%", "legs are longer than in the static trial, more than arms are"),
        "changing": _plain("%", "a segment of the leg changes its length within the movement"),
        "changing, static": _plain("%", "a segment of the leg changes its length within the static"
                                   " trial"),
        "hip height": _sided("mm", "the {side} hip is higher in the static trial"),
        "knee height": _sided("mm", "the {side} knee is higher in the static trial"),
        "ankle height": _sided("mm", "the {side} ankle is higher in the static trial"),
        "hip height, movement": _sided("mm", "the {side} hip is higher where the movement is"
                                       " highest"),
        "knee height, movement": _sided("mm", "the {side} knee is higher where the movement is"
                                        " highest"),
        "ankle height, movement": _sided("mm", "the {side} ankle is higher where the movement is"
                                         " highest"),
        "shoulder height": _sided("mm", "the {side} shoulder is higher, standing"),
        "hip sinks": _sided("mm", "the {other} hip sinks against the {side} one with depth"),
        "knee sinks": _sided("mm", "the {other} knee sinks against the {side} one with depth"),
        "shoulder sinks": _sided("mm", "the {other} shoulder sinks against the {side} with depth"),
        "pelvis shifts": _sided("mm", "the hips move to the {side} with depth"),
        "deep uneven": _sided("°", "the {side} knee bends more than the {other} with depth"),
        "late": _sided("ms", "the {side} knee bends later than the {other}"),
        "late path": _sided("ms", "the {side} knee's path is later than the {other}'s"),
        "alike": _log("", "what both knees do not have in common"),
        "wandering": _sided("log", "lengths of the {side} leg change more than the {other}'s"),
        "wandering, most": _log("mm", "slow changes of a leg's lengths, beyond those with depth"),
        "feet wander": _sided("log", "the {side} foot, at rest, moves more than the {other}"),
        "feet wander, most": _log("mm", "movement of a foot that should be at rest"),
        "swaps": _log("% of the frames", "left and right exchanged"),
        "jumps": _log("% of the frames", "keypoints of the legs 0.1 m off their course"),
        "low outlier": _log("mm", "lowest frame of a foot's keypoint below the course around it"),
        "tremble": _sided("log", "the {side} leg trembles more than the {other}"),
        "tremble, most": _log("mm", "tremble of the more restless leg"),
        "start": _plain("°", "a knee turns within the augmenter's first second, without warm-up"),
        "rate": _plain("octaves", "frame rate over the one that the augmenter knows"),
        "smoothed away": _log("%", "speed of the legs (squared) that the cleaning takes away"),
        "mass": _log("times 24 kg/m²", "stated body-mass index"),
    }  # fmt: skip
    for name in _SEGMENTS:
        longer = f"the {{side}} {name} is longer than the {{other}} one"
        found |= {
            f"{name} length": _sided("%", f"{longer} in the movement"),
            f"{name} length, static": _sided("%", f"{longer} in the static trial"),
            f"{name} length, change": _sided("%", f"{longer}, beyond the static trial"),
            f"{name} with depth": _sided("mm", f"the {{side}} {name} lengthens more with depth"),
        }
    return found


# What means something only where both legs do the same, and what needs both feet on the floor.
_OF_BOTH = (
    "late", "late path", "hip sinks", "knee sinks", "shoulder sinks", "pelvis shifts",
    "deep uneven", "feet wander", "feet wander, most", "hip height, movement",
    "knee height, movement", "ankle height, movement", "tilt sideways, movement",
    "tilt forwards, movement", *(f"{name} with depth" for name in _SEGMENTS),
)  # fmt: skip
_OF_STANDING = (
    "floor slope", "heel over toes", "trunk to the right", "trunk forwards", "shoulder height",
)  # fmt: skip

FEATURES: Mapping[str, Feature] = MappingProxyType(_features())
"""Every feature by name."""


def calm(recording: Markers) -> Markers:
    """Without tremble, so that noise is not taken for movement."""
    try:
        return Butterworth(_CUTOFF_HZ, short_runs="keep")(recording)
    except KinebenchError:
        return recording


def measured(trial: Trial, choices: Choices = Choices()) -> dict[str, float]:
    """Every one of `FEATURES`; NaN where it cannot be measured, as in less than five frames.

    Parameters
    ----------
    trial : Trial
    choices : Choices
    """
    moving = calm(trial.keypoints)
    static = None if trial.static is None else calm(trial.static)
    if moving.n_frames < _FEWEST:
        return dict.fromkeys(FEATURES, math.nan)
    groups: tuple[Callable[[], dict[str, float]], ...] = (
        lambda: _of_pose(moving, static, choices),
        lambda: _of_tilt(moving, static),
        lambda: _of_size(moving, static, trial.subject),
        lambda: _of_sides(moving, static),
        lambda: _of_depth(moving),
        lambda: _of_time(trial.keypoints, moving),
        lambda: _of_wandering(moving),
        lambda: _of_frames(trial.keypoints, moving),
        lambda: _of_choices(trial, choices, moving),
    )
    found = dict.fromkeys(FEATURES, math.nan)
    for group in groups:
        with warnings.catch_warnings(), contextlib.suppress(NameNotFoundError):
            warnings.simplefilter("ignore")
            found |= {name: float(value) for name, value in group().items()}
    return comparable(found, trial.static is not None)


def comparable(features: dict[str, float], with_static: bool) -> dict[str, float]:
    """Without what compares sides that do not move alike, as in walking: NaN.

    Parameters
    ----------
    features : dict of str to float
    with_static : bool
        Without a static trial, standing is what the movement has of it.
    """
    if features["alike"] <= math.log(1 - _ALIKE):
        return features
    unknown = _OF_BOTH if with_static else (*_OF_BOTH, *_OF_STANDING)
    return {**features, **dict.fromkeys(unknown, math.nan)}


def _standing(
    moving: Markers, static: Markers | None, choices: Choices
) -> tuple[Markers, tuple[float, float]]:
    """The recording that the model is scaled on, and where."""
    recording = moving if static is None else static
    whole = float(recording.times[0]), float(recording.times[-1])
    return recording, choices.window_s or whole


def _of_pose(moving: Markers, static: Markers | None, choices: Choices) -> dict[str, float]:
    recording, window_s = _standing(moving, static, choices)
    now = stance(recording, window_s)
    if now is None:
        return {}
    hips = _hips_forwards_mm(recording, window_s)
    right, left = now.knees_deg
    found = {
        "static uneven": right - left,
        "static bent": min(right, left),
        "static lean": now.lean_deg,
        "static hips": hips,
        "no static trial": max(right, left) if static is None else math.nan,
        "needless set-up": 0.0,
    }
    if choices.any_pose:
        off = max(max(right, left), now.lean_deg, abs(right - left), 0.0)
        found["needless set-up"] = 1.0 / (1.0 + (off / 10.0) ** 2)
    span = _straightest(moving)
    straight = None if span is None else stance(moving, span)
    if static is not None and straight is not None and span is not None:
        could = straight.knees_deg
        found["static uneven, own"] = right - left - (could[0] - could[1])
        found["static bent, own"] = min(right - could[0], left - could[1])
        found["static lean, own"] = now.lean_deg - straight.lean_deg
        found["static hips, own"] = hips - _hips_forwards_mm(moving, span)
    best = _straightest(recording)
    could_be = None if best is None else stance(recording, best)
    if could_be is not None:
        found |= _better(now, could_be)
    return found


def _better(now: Stance, best: Stance) -> dict[str, float]:
    more = [have - could for have, could in zip(now.knees_deg, best.knees_deg, strict=True)]
    return {"window knee": max(more), "window lean": now.lean_deg - best.lean_deg}


def _straightest(recording: Markers) -> tuple[float, float] | None:
    try:
        return straightest_window(recording)
    except KinebenchError:
        return None


def _hips_forwards_mm(recording: Markers, window_s: tuple[float, float]) -> float:
    inside = (recording.times >= window_s[0] - 1e-9) & (recording.times <= window_s[1] + 1e-9)
    forwards, _ = _directions(recording, inside)
    shift = _middle(recording, "Hip") - _middle(recording, "Ankle")
    return float(np.nanmean((shift[inside] * forwards).sum(axis=1))) * 1e3


def _directions(recording: Markers, frames: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """Level directions forwards and to the right (3,), of the hips in some frames."""
    across = (recording.position("RHip") - recording.position("LHip"))[frames]
    right = np.nanmean(across, axis=0) * [1.0, 0.0, 1.0]
    right = right / max(float(np.linalg.norm(right)), 1e-9)
    return np.cross([0.0, 1.0, 0.0], right), right


def _middle(recording: Markers, joint: str) -> FloatArray:
    return (recording.position("R" + joint) + recording.position("L" + joint)) / 2


def _of_tilt(moving: Markers, static: Markers | None) -> dict[str, float]:
    found = {}
    for where, recording in (("", static), (", movement", moving)):
        if recording is None:
            continue
        try:
            tilt = Level().resolve(recording).tilt
        except KinebenchError:
            continue
        if tilt is not None:
            found[f"tilt sideways{where}"] = math.degrees(tilt.frontal)
            found[f"tilt forwards{where}"] = math.degrees(tilt.sagittal)
    still = moving if static is None else static
    every = np.ones(still.n_frames, dtype=bool)
    if static is None:
        every = _highest(still)
    forwards, right = _directions(still, every)
    line = (_middle(still, "Shoulder") - _middle(still, "Ankle"))[every]
    up = line[:, 1]
    found["trunk to the right"] = _mean_deg(line @ right, up)
    found["trunk forwards"] = _mean_deg(line @ forwards, up)
    feet = {side: _foot_heights(still, side)[every] for side in "RL"}
    found["floor slope"] = 1e3 * float(np.nanmean(feet["R"] - feet["L"]))
    both = np.nanmean((feet["R"] + feet["L"]) / 2, axis=0)
    found["heel over toes"] = 1e3 * float(both[0] - (both[1] + both[2]) / 2)
    return found


def _mean_deg(across: FloatArray, up: FloatArray) -> float:
    return float(np.degrees(np.nanmean(np.arctan2(across, up))))


def _foot_heights(recording: Markers, side: str) -> FloatArray:
    return np.stack([recording.position(side + point)[:, 1] for point in _FOOT], axis=1)


def _highest(recording: Markers) -> NDArray[np.bool_]:
    """Frames (n_frames,) bool in which the hips are among their highest tenth."""
    height = _middle(recording, "Hip")[:, 1]
    return np.asarray(height >= np.nanpercentile(height, 90.0))


def _deepest(recording: Markers) -> NDArray[np.bool_]:
    """Frames (n_frames,) bool in which the hips are among their lowest tenth."""
    height = _middle(recording, "Hip")[:, 1]
    return np.asarray(height <= np.nanpercentile(height, 10.0))


def _of_size(moving: Markers, static: Markers | None, subject: Subject) -> dict[str, float]:
    lengths = typical_lengths(moving)
    found = {"size, movement": _percent(stature(lengths) / subject.height_m)}
    found["changing"] = _changing(moving)
    if static is None:
        return found
    before = typical_lengths(static)
    found["size, static"] = _percent(stature(before) / subject.height_m)
    found["changing, static"] = _changing(static)
    ratios = {
        part: float(np.nanmean([
            _percent(lengths.get(f"{side} {name}", np.nan) / before.get(f"{side} {name}", np.nan))
            for name in names for side in ("right", "left")
        ]))
        for part, names in {
            "legs": ("thigh", "shank"), "arms": ("upper arm", "forearm"),
        }.items()
    }  # fmt: skip
    trunk = _percent(lengths.get("trunk", np.nan) / before.get("trunk", np.nan))
    found["size, change"] = float(np.nanmean([ratios["legs"], ratios["arms"], trunk]))
    found["shear"] = ratios["legs"] - ratios["arms"]
    return found


def _percent(ratio: float) -> float:
    """As a change in percent, of the logarithm; NaN for what is no ratio."""
    return 100.0 * math.log(ratio) if ratio > 0 and math.isfinite(ratio) else math.nan


def _changing(recording: Markers) -> float:
    """Largest deviation from its median of a long segment, %, of what lasts a fifth of a second."""
    names = [f"{side} {name}" for name in ("thigh", "shank") for side in ("right", "left")]
    worst = 0.0
    for name, course in segment_lengths(recording, names).items():
        usual = float(np.nanmedian(course))
        if usual > 0 and name:
            worst = max(worst, float(np.nanpercentile(np.abs(course / usual - 1), 98.0)))
    return 100.0 * worst


def _of_sides(moving: Markers, static: Markers | None) -> dict[str, float]:
    found = {}
    now = typical_lengths(moving)
    before = {} if static is None else typical_lengths(static)
    for name in _SEGMENTS:
        both = [
            _percent(lengths.get(f"right {name}", np.nan) / lengths.get(f"left {name}", np.nan))
            for lengths in (now, before)
        ]
        found[f"{name} length"], found[f"{name} length, static"] = both
        found[f"{name} length, change"] = both[0] - both[1]
    every = np.ones(0 if static is None else static.n_frames, dtype=bool)
    for where, recording, frames in (
        ("", static, every), (", movement", moving, _highest(moving)),
    ):  # fmt: skip
        if recording is not None:
            for joint in ("Hip", "Knee", "Ankle"):
                apart = _apart(recording, joint)[frames]
                found[f"{joint.lower()} height{where}"] = 1e3 * float(np.nanmean(apart))
    still = moving if static is None else static
    found["shoulder height"] = 1e3 * float(np.nanmean(_apart(still, "Shoulder")))
    return found


def _apart(recording: Markers, joint: str) -> FloatArray:
    """Height (n_frames,) of the right joint above the left."""
    return np.asarray(recording.position("R" + joint)[:, 1] - recording.position("L" + joint)[:, 1])


def _of_depth(moving: Markers) -> dict[str, float]:
    """What differs between the deepest and the highest tenth of the frames."""
    high, deep = _highest(moving), _deepest(moving)
    angles = knee_angles_deg(moving)
    if angles is None:
        return {}

    def change(course: FloatArray) -> float:
        return float(np.nanmean(course[deep]) - np.nanmean(course[high]))

    lengths = segment_lengths(moving)
    _, right = _directions(moving, high)
    shift = (_middle(moving, "Hip") - _middle(moving, "Ankle")) @ right
    found = {
        "hip sinks": 1e3 * change(_apart(moving, "Hip")),
        "knee sinks": 1e3 * change(_apart(moving, "Knee")),
        "shoulder sinks": 1e3 * change(_apart(moving, "Shoulder")),
        "pelvis shifts": 1e3 * change(shift),
        "deep uneven": change(angles[:, 0] - angles[:, 1]),
    }
    for name in _SEGMENTS:
        right_of, left_of = lengths.get(f"right {name}"), lengths.get(f"left {name}")
        if right_of is not None and left_of is not None:
            found[f"{name} with depth"] = 1e3 * change(right_of - left_of)
    return found


def _of_time(recording: Markers, moving: Markers) -> dict[str, float]:
    """Right against left, in time; only where both move alike, as in squats and rising."""
    angles = knee_angles_deg(moving)
    rate = recording.rate_hz
    if angles is None or len(angles) < 4 * _FARTHEST_S * rate or np.ptp(angles, axis=0).min() < 20:
        return {}
    right, left = angles.T
    lag, alike = _lag(right, left, round(_FARTHEST_S * rate))
    found = {"alike": math.log(max(1 - alike, 1e-6))}
    if alike > _ALIKE:
        found["late"] = 1e3 * lag / rate
        one, other = (_centred(moving.position(side + "Knee")) for side in "LR")
        # half of it from each side, so that a mirror turns it
        there, back = lag_by_slope(one, other, rate), lag_by_slope(other, one, rate)
        found["late path"] = 1e3 * (there - back) / 2
    return found


def _lag(one: FloatArray, other: FloatArray, farthest: int) -> tuple[float, float]:
    """Frames by which one course is later than another, and their correlation there.

    Between frames by a parabola; exchanged, the courses give exactly the opposite lag, which a
    search on one of them does not.
    """
    scores = np.full(2 * farthest + 1, -1.0)
    for k in range(-farthest, farthest + 1):
        late, early = (
            one[max(k, 0) : len(one) + min(k, 0)],
            other[max(-k, 0) : len(one) - max(k, 0)],
        )
        known = np.isfinite(late) & np.isfinite(early)
        if known.sum() > 8:
            scores[k + farthest] = np.corrcoef(late[known], early[known])[0, 1]
    best = int(np.clip(np.nanargmax(scores), 1, 2 * farthest - 1))
    before, at, after = scores[best - 1 : best + 2]
    bend = before - 2 * at + after
    shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return best - farthest + float(np.clip(shift, -1, 1)), float(at)


def _centred(path: FloatArray) -> FloatArray:
    return np.asarray(path - np.nanmean(path, axis=0))


def _of_wandering(moving: Markers) -> dict[str, float]:
    """Slow changes that depth does not explain."""
    angles = knee_angles_deg(moving)
    if angles is None or moving.n_frames < 20:
        return {}
    lengths = segment_lengths(moving)
    sizes = {}
    for column, (letter, side) in enumerate(_SIDES):
        bend = np.radians(angles[:, column])
        basis = np.stack([np.ones_like(bend), bend, bend**2], axis=1)
        courses = np.stack([lengths[f"{side} {name}"] for name in ("thigh", "shank")], axis=1)
        sizes[letter] = _rest(basis, courses)
    found = _both("wandering", sizes)
    return {**found, **_both("feet wander", _feet_at_rest(moving))}


def _rest(basis: FloatArray, courses: FloatArray) -> float:
    """RMS of courses (n_frames, n) that a basis (n_frames, k) does not explain."""
    known = np.isfinite(basis).all(axis=1) & np.isfinite(courses).all(axis=1)
    if known.sum() < 20:
        return math.nan
    solution, *_ = np.linalg.lstsq(basis[known], courses[known], rcond=None)
    return float(np.sqrt(np.mean((courses[known] - basis[known] @ solution) ** 2)))


def _feet_at_rest(moving: Markers) -> dict[str, float]:
    """Spread of each foot about its place in the calmest quarter of two-second stretches, m."""
    n = max(2, round(0.5 * moving.rate_hz))
    if moving.n_frames < 4 * n:
        return {}
    sizes = {}
    for side in "RL":
        points = np.stack([moving.position(side + name) for name in ("Ankle", *_FOOT)], axis=1)
        windows = np.lib.stride_tricks.sliding_window_view(points, 4 * n, axis=0)[:: n // 2]
        spread = np.sqrt(np.nanvar(windows, axis=-1).sum(axis=2).mean(axis=1))
        sizes[side] = float(np.nanpercentile(spread, 25.0))
    return sizes


def _both(name: str, sizes: Mapping[str, float]) -> dict[str, float]:
    """Right over left, and the larger in mm, as logarithms."""
    if not sizes:
        return {}
    right, left = (max(sizes[side], _SMALL_M) for side in "RL")
    return {name: math.log(right / left), f"{name}, most": math.log(1e3 * max(right, left))}


def _of_frames(recording: Markers, moving: Markers) -> dict[str, float]:
    """Outliers, exchanges and tremble."""
    positions = recording.select([side + joint for side in "RL" for joint in _LEG]).positions
    windows = np.lib.stride_tricks.sliding_window_view(positions, 5, axis=0)
    off = np.linalg.norm(positions[2:-2] - np.median(windows, axis=-1), axis=2)
    found = {
        "jumps": math.log(0.05 + 100 * float((off > _JUMP_M).any(axis=1).mean())),
        "low outlier": math.log(1.0 + _low_outlier_mm(recording)),
    }
    with contextlib.suppress(KinebenchError):
        frames = np.zeros(recording.n_frames, dtype=bool)
        for burst in SwapSides().resolve(recording).bursts:
            frames |= burst.frames(recording.times)
        found["swaps"] = math.log(0.1 + 100 * float(frames.mean()))
    bends = np.abs(np.diff(positions, 2, axis=0)).reshape(len(positions) - 2, 2, -1)
    # of a normal distribution the median size is 0.6745 standard deviations
    noise = np.nanmedian(bends, axis=0).mean(axis=1) / 0.6745 / math.sqrt(6.0)
    return {**found, **_both("tremble", dict(zip("RL", noise.tolist(), strict=True)))}


def _of_choices(trial: Trial, choices: Choices, moving: Markers) -> dict[str, float]:
    """What the augmenter and the cleaning do with this recording, and what is stated of it."""
    bmi = trial.subject.mass_kg / trial.subject.height_m**2
    found = {"start": 0.0, "rate": 0.0, "mass": math.log(bmi / 24.0)}
    if choices.warm_up_s < _START_S:
        start = moving.times <= moving.times[0] + _START_S
        angles = knee_angles_deg(moving)
        if angles is not None:
            found["start"] = float(np.ptp(angles[start], axis=0).max())
    if math.isfinite(choices.trained_hz):
        found["rate"] = math.log2(trial.keypoints.rate_hz / choices.trained_hz)
    found["smoothed away"] = _smoothed_away(moving, choices.cleaned)
    return found


def _smoothed_away(moving: Markers, cleaned: Markers | None) -> float:
    """Share of the squared speeds of the legs that cleaning takes away, %, as a logarithm.

    Turning and scaling a recording changes no share of note; a low-pass below the movement does.
    """
    lost = 0.0
    if cleaned is not None and cleaned.n_frames == moving.n_frames:
        names = [side + joint for side in "RL" for joint in _LEG]
        before, after = (
            np.diff(one.select(names).positions, axis=0) for one in (moving, calm(cleaned))
        )
        known = np.isfinite(before + after)
        lost = 1.0 - float((after[known] ** 2).sum() / max((before[known] ** 2).sum(), 1e-12))
    return math.log(0.5 + 100 * max(lost, 0.0))


def _low_outlier_mm(recording: Markers) -> float:
    """How far the lowest frame of a foot's keypoint lies below its usual lowest place, mm."""
    lowest = 0.0
    n = max(3, round(0.5 * recording.rate_hz)) | 1
    for side in "RL":
        for point in _FOOT:
            height = recording.position(side + point)[:, 1]
            if len(height) <= n:
                continue
            windows = np.lib.stride_tricks.sliding_window_view(
                np.pad(height, n // 2, mode="edge"), n
            )
            usual = np.nanmedian(windows, axis=1)
            lowest = max(lowest, float(np.nanmax(usual - height)))
            lowest = max(lowest, 0.0)
    return 1e3 * lowest
