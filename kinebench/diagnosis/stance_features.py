"""Features of how somebody stands: pose, lean, size, and right against left."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinebench.cleaning import Butterworth, Level
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.segments import segment_lengths, stature, typical_lengths
from kinebench.core.subject import Subject
from kinebench.diagnosis.straightness import Stance, stance, straightest_window
from kinebench.errors import KinebenchError

SEGMENTS = ("thigh", "shank", "foot")
"""Segments of which right and left are compared."""
FOOT = ("Heel", "BigToe", "SmallToe")
"""Keypoints of a foot, without side."""

_CUTOFF_HZ = 6.0


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


def calm(recording: Markers) -> Markers:
    """Without tremble, so that noise is not taken for movement."""
    try:
        return Butterworth(_CUTOFF_HZ, short_runs="keep")(recording)
    except KinebenchError:
        return recording


def _standing(
    moving: Markers, static: Markers | None, choices: Choices
) -> tuple[Markers, tuple[float, float]]:
    """The recording that the model is scaled on, and where."""
    recording = moving if static is None else static
    whole = float(recording.times[0]), float(recording.times[-1])
    return recording, choices.window_s or whole


def of_pose(moving: Markers, static: Markers | None, choices: Choices) -> dict[str, float]:
    """Features of the pose that a model is scaled on."""
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
        off = max(right, left, now.lean_deg, abs(right - left))
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
    forwards, _ = directions(recording, inside)
    shift = middle(recording, "Hip") - middle(recording, "Ankle")
    return float(np.nanmean((shift[inside] * forwards).sum(axis=1))) * 1e3


def of_tilt(moving: Markers, static: Markers | None) -> dict[str, float]:
    """Features of lean: of feet, posture and trunk."""
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
        every = highest(still)
    forwards, right = directions(still, every)
    line = (middle(still, "Shoulder") - middle(still, "Ankle"))[every]
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
    return np.stack([recording.position(side + point)[:, 1] for point in FOOT], axis=1)


def of_size(moving: Markers, static: Markers | None, subject: Subject) -> dict[str, float]:
    """Features of size, against the stated height and the static trial."""
    lengths = typical_lengths(moving)
    found = {"size, movement": _percent(stature(lengths), subject.height_m)}
    found["changing"] = _changing(moving)
    if static is None:
        return found
    before = typical_lengths(static)
    found["size, static"] = _percent(stature(before), subject.height_m)
    found["changing, static"] = _changing(static)
    ratios = {
        part: float(np.nanmean([
            _percent(lengths.get(f"{side} {name}", np.nan), before.get(f"{side} {name}", np.nan))
            for name in names for side in ("right", "left")
        ]))
        for part, names in {
            "legs": ("thigh", "shank"), "arms": ("upper arm", "forearm"),
        }.items()
    }  # fmt: skip
    trunk = _percent(lengths.get("trunk", np.nan), before.get("trunk", np.nan))
    found["size, change"] = float(np.nanmean([ratios["legs"], ratios["arms"], trunk]))
    found["shear"] = ratios["legs"] - ratios["arms"]
    return found


def _percent(length: float, before: float) -> float:
    """A change in percent, of the logarithm; NaN for what is not known, or has no length."""
    return 100.0 * math.log(length / before) if length > 0 and before > 0 else math.nan


def _changing(recording: Markers) -> float:
    """Largest deviation from its median of a long segment, %, of what lasts a fifth of a second."""
    names = [f"{side} {name}" for name in ("thigh", "shank") for side in ("right", "left")]
    worst = 0.0
    for course in segment_lengths(recording, names).values():
        usual = float(np.nanmedian(course))
        if usual > 0:
            worst = max(worst, float(np.nanpercentile(np.abs(course / usual - 1), 98.0)))
    return 100.0 * worst


def of_sides(moving: Markers, static: Markers | None) -> dict[str, float]:
    """Features of right against left: lengths and heights."""
    found = {}
    now = typical_lengths(moving)
    before = {} if static is None else typical_lengths(static)
    for name in SEGMENTS:
        both = [
            _percent(lengths.get(f"right {name}", np.nan), lengths.get(f"left {name}", np.nan))
            for lengths in (now, before)
        ]
        found[f"{name} length"], found[f"{name} length, static"] = both
        found[f"{name} length, change"] = both[0] - both[1]
    for where, recording, frames in (
        ("", static, slice(None)), (", movement", moving, highest(moving)),
    ):  # fmt: skip
        if recording is not None:
            for joint in ("Hip", "Knee", "Ankle"):
                height = apart(recording, joint)[frames]
                found[f"{joint.lower()} height{where}"] = 1e3 * float(np.nanmean(height))
    still = moving if static is None else static
    found["shoulder height"] = 1e3 * float(np.nanmean(apart(still, "Shoulder")))
    return found


def directions(recording: Markers, frames: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """Level directions forwards and to the right (3,), of trunk and legs in some frames.

    Of all pairs of joints together: of the hips alone, 8 mm of a detector's bias turn them by 3°,
    and hips that go back by 0.3 m then seem to go sideways by 17 mm.
    """
    across = sum(
        np.nanmean((recording.position("R" + joint) - recording.position("L" + joint))[frames], 0)
        for joint in ("Shoulder", "Hip", "Knee", "Ankle")
    )
    right = np.asarray(across) * [1.0, 0.0, 1.0]
    right = right / max(float(np.linalg.norm(right)), 1e-9)
    return np.cross([0.0, 1.0, 0.0], right), right


def middle(recording: Markers, joint: str) -> FloatArray:
    """Middle of a recording."""
    return (recording.position("R" + joint) + recording.position("L" + joint)) / 2


def highest(recording: Markers) -> NDArray[np.bool_]:
    """Frames (n_frames,) bool in which the hips are among their highest tenth."""
    height = middle(recording, "Hip")[:, 1]
    return np.asarray(height >= np.nanpercentile(height, 90.0))


def apart(recording: Markers, joint: str) -> FloatArray:
    """Height (n_frames,) of the right joint above the left."""
    return np.asarray(recording.position("R" + joint)[:, 1] - recording.position("L" + joint)[:, 1])
