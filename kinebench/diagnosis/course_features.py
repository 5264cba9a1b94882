"""Features of how a movement goes, with depth, over time, by frames; and what is done to it."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping

import numpy as np

from kinebench.cleaning.sides import SwapSides
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.segments import segment_lengths
from kinebench.core.trial import Trial
from kinebench.diagnosis.stance_features import (
    FOOT,
    SEGMENTS,
    Choices,
    apart,
    calm,
    directions,
    highest,
    middle,
)
from kinebench.diagnosis.straightness import knee_angles_deg
from kinebench.errors import KinebenchError
from kinebench.signals.lag import lag_by_slope

ALIKE = 0.9
"""Correlation of both knees from which both legs do the same, and a lag between them is one."""

_START_S = 1.0
_FARTHEST_S = 0.2
_BENDING_DEG = 20.0
_LEG = ("Hip", "Knee", "Ankle", *FOOT)
_SMALL_M = 1e-4
_JUMP_M = 0.1
_SIDES = (("R", "right"), ("L", "left"))


def of_depth(moving: Markers) -> dict[str, float]:
    """What changes from highest to deepest, by a line through all frames.

    A line uses every frame: slow errors of the few deepest frames matter less.
    """
    high = highest(moving)
    angles = knee_angles_deg(moving)
    if angles is None:
        return {}
    depth = _depth(moving)

    def change(course: FloatArray) -> float:
        known = np.isfinite(depth) & np.isfinite(course)
        off = depth[known] - depth[known].mean() if known.any() else depth[known]
        return float(off @ course[known] / max(float(off @ off), 1e-12)) if len(off) else math.nan

    lengths = segment_lengths(moving)
    _, right = directions(moving, high)
    shift = (middle(moving, "Hip") - middle(moving, "Ankle")) @ right
    found = {
        "hip sinks": 1e3 * change(apart(moving, "Hip")),
        "knee sinks": 1e3 * change(apart(moving, "Knee")),
        "shoulder sinks": 1e3 * change(apart(moving, "Shoulder")),
        "pelvis shifts": 1e3 * change(shift),
        "deep uneven": change(angles[:, 0] - angles[:, 1]),
    }
    for name in SEGMENTS:
        right_of, left_of = lengths.get(f"right {name}"), lengths.get(f"left {name}")
        if right_of is not None and left_of is not None:
            found[f"{name} with depth"] = 1e3 * change(right_of - left_of)
    return found


def of_time(recording: Markers, moving: Markers) -> dict[str, float]:
    """Right against left, in time; only where both move alike, as in squats and rising."""
    angles = knee_angles_deg(moving)
    rate = recording.rate_hz
    farthest = round(_FARTHEST_S * rate)
    if angles is None or len(angles) < 4 * _FARTHEST_S * rate or not farthest:
        return {}
    turned = np.nanmax(angles, axis=0) - np.nanmin(angles, axis=0)
    if not turned.min() >= _BENDING_DEG:
        return {}
    right, left = angles.T
    lag, alike = _lag(right, left, farthest)
    found = {"alike": math.log(max(1 - alike, 1e-6))}
    if alike > ALIKE:
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


def of_wandering(moving: Markers) -> dict[str, float]:
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
        points = np.stack([moving.position(side + name) for name in ("Ankle", *FOOT)], axis=1)
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


def of_frames(recording: Markers, moving: Markers) -> dict[str, float]:
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


def of_choices(trial: Trial, choices: Choices, moving: Markers) -> dict[str, float]:
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
        moved = float((before[known] ** 2).sum())
        lost = 1.0 - float((after[known] ** 2).sum()) / moved if moved > 0 else 0.0
    return math.log(0.5 + 100 * max(lost, 0.0))


def _low_outlier_mm(recording: Markers) -> float:
    """How far the lowest frame of a foot's keypoint lies below its usual lowest place, mm."""
    lowest = 0.0
    n = max(3, round(0.5 * recording.rate_hz)) | 1
    for side in "RL":
        for point in FOOT:
            height = recording.position(side + point)[:, 1]
            if len(height) <= n:
                continue
            windows = np.lib.stride_tricks.sliding_window_view(
                np.pad(height, n // 2, mode="edge"), n
            )
            usual = np.nanmedian(windows, axis=1)
            lowest = max(lowest, float(np.nanmax(usual - height)))
    return 1e3 * lowest


def _depth(recording: Markers) -> FloatArray:
    """Depth (n_frames,) of the hips: 0 at the 90th percentile of their height, 1 at the 10th."""
    height = middle(recording, "Hip")[:, 1]
    low, high = np.nanpercentile(height, (10.0, 90.0))
    return np.asarray(np.clip((high - height) / max(float(high - low), 1e-9), 0.0, 1.0))
