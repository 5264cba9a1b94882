"""Rests of the feet on the floor.

Two estimators, for two kinds of points. Video keypoints are noisy: `feet_at_rest` takes the
distance between means of 0.15 s, and believes rests from 0.3 s on. Points of a model that was
fitted are smooth, and their short rests in fast gait count: `foot_at_rest` takes the displacement
over 0.1 s.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.errors import ValueRangeError
from kinebench.signals.gaps import fill_gaps
from kinebench.signals.runs import runs

FOOT_KINDS = ("Heel", "BigToe", "SmallToe")
# s: speed is the distance between the means of this long before and after a frame
_HALF_WINDOW_S = 0.15
# s: shorter rests are not believed
_SHORTEST_S = 0.3
# m: a foot that rests within this distance of an earlier rest has not moved
_SAME_PLACE_M = 0.05
# a floor keypoint may be off by this, m, plus this fraction of its distance, the tangent of 8°
_FLOOR_M, _FLOOR_SLOPE = 0.04, 0.14


@dataclass(frozen=True, slots=True, eq=False)
class FootRest:
    """One foot in one place.

    Parameters
    ----------
    side : {"L", "R"}
    positions : (3, 3) m
        Mean position of heel, big toe and small toe.
    n_frames : int
    """

    side: str
    positions: FloatArray
    n_frames: int


def feet_at_rest(markers: Markers, speed: float) -> NDArray[np.bool_]:
    """(n_frames, 2) bool: left and right foot, True where all three keypoints are slow.

    Parameters
    ----------
    markers : Markers
    speed : float
        Largest speed at rest, m/s.
    """
    half = max(1, round(_HALF_WINDOW_S * markers.rate_hz))
    shortest = max(2, round(_SHORTEST_S * markers.rate_hz))
    resting = np.zeros((markers.n_frames, 2), dtype=bool)
    for side, prefix in enumerate("LR"):
        foot = markers.select(prefix + kind for kind in FOOT_KINDS).positions
        slow = _speeds(fill_gaps(foot, ends=True), half, markers.rate_hz) < speed
        for start, stop in runs(slow.all(axis=1)):
            resting[start:stop, side] = stop - start >= shortest
    return resting


def _speeds(positions: FloatArray, half: int, rate_hz: float) -> FloatArray:
    """Speeds (n_frames, n_markers) m/s over `half` frames either side; NaN where not known."""
    n = len(positions)
    # the ends lean on the frames that there are
    padded = np.pad(positions, ((half, half), (0, 0), (0, 0)), mode="edge")
    sums = np.concatenate([np.zeros_like(padded[:1]), np.cumsum(padded, axis=0)])
    before = (sums[half : half + n] - sums[:n]) / half
    after = (sums[2 * half + 1 : 2 * half + 1 + n] - sums[half + 1 : half + 1 + n]) / half
    # the centres of the two means lie half + 1 frames apart
    return np.asarray(np.linalg.norm(after - before, axis=2) * rate_hz / (half + 1))


def foot_at_rest(
    positions: ArrayLike,
    times: ArrayLike,
    speed_limit: float = 0.2,
    span_s: float = 0.1,
    shortest_s: float = 0.1,
) -> NDArray[np.bool_]:
    """Frames in which a foot is at rest, (n_frames,) bool.

    Parameters
    ----------
    positions : (n_frames, n_points, 3) m
    times : (n_frames,) s
    speed_limit : float
        m/s; the speed of a foot at mid-swing is ten times that and more.
    span_s : float
        The speed is the displacement over this time, centred: less sensitive to noise than a
        difference of neighbouring frames.
    shortest_s : float
        Shorter rests do not count.

    Raises
    ------
    ValueRangeError
        Shapes that do not fit, or parameters that are not above 0.
    """
    p, t = require_foot(positions, times)
    if not (speed_limit > 0 and span_s > 0 and shortest_s >= 0):
        raise ValueRangeError(
            f"speed_limit and span_s must be above 0 and shortest_s not below, found"
            f" {speed_limit:g} m/s, {span_s:g} s, {shortest_s:g} s"
        )
    if len(t) < 2:
        return np.zeros(len(t), dtype=bool)
    half = span_s / 2 * (1 + 1e-9)
    before = np.searchsorted(t, t - half, side="left")
    after = np.searchsorted(t, t + half, side="right") - 1
    still_one = before == after  # a span shorter than a frame interval: use the neighbours
    before = np.where(still_one, np.maximum(before - 1, 0), before)
    after = np.where(still_one, np.minimum(after + 1, len(t) - 1), after)
    speed = np.linalg.norm(p[after] - p[before], axis=2) / (t[after] - t[before])[:, None]
    known = ~np.isnan(speed)
    slow = np.where(known, speed < speed_limit, True).all(axis=1) & known.any(axis=1)
    rest = np.zeros(len(t), dtype=bool)
    for first, stop in runs(slow):
        rest[first:stop] = t[stop - 1] - t[first] >= shortest_s * (1 - 1e-9)
    return rest


def require_foot(positions: ArrayLike, times: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Positions (n_frames, n_points, 3) and times (n_frames,) of a foot as arrays that fit."""
    p, t = np.asarray(positions, dtype=np.float64), np.asarray(times, dtype=np.float64)
    if p.ndim != 3 or p.shape[2] != 3 or t.shape != p.shape[:1]:
        raise ValueRangeError(
            "positions (n_frames, n_points, 3) and times (n_frames,) do not fit:"
            f" {p.shape} and {t.shape}"
        )
    return p, t


def find_rests(markers: Markers, resting: NDArray[np.bool_]) -> list[FootRest]:
    """Places in which a foot rested; returns to a place count as one rest.

    Parameters
    ----------
    markers : Markers
    resting : (n_frames, 2) bool
        From `feet_at_rest`.
    """
    rests: list[FootRest] = []
    for index, prefix in enumerate("LR"):
        foot = markers.select(prefix + kind for kind in FOOT_KINDS).positions
        places: list[FootRest] = []
        for start, stop in runs(resting[:, index]):
            stretch = foot[start:stop]
            if np.isnan(stretch).any(axis=2).all(axis=0).any():
                continue
            _add(places, FootRest(prefix, np.nanmean(stretch, axis=0), stop - start))
        rests += places
    return rests


def _add(places: list[FootRest], rest: FootRest) -> None:
    """Join a rest to the place where the foot has been before, or open a new one."""
    for index, place in enumerate(places):
        if np.linalg.norm(place.positions - rest.positions, axis=1).max() < _SAME_PLACE_M:
            total = place.n_frames + rest.n_frames
            mean = (place.n_frames * place.positions + rest.n_frames * rest.positions) / total
            places[index] = FootRest(rest.side, mean, total)
            return
    places.append(rest)


def on_the_floor(rests: list[FootRest], up: FloatArray) -> list[FootRest]:
    """Rests on a common floor, as far as a rough `up` (3,) can tell; a raised foot is dropped."""
    long = 0.3 * max(rest.n_frames for rest in rests)
    lowest = min(
        (rest for rest in rests if rest.n_frames >= long),
        key=lambda rest: float(rest.positions.mean(axis=0) @ up),
    )
    kept = []
    for rest in rests:
        apart = rest.positions.mean(axis=0) - lowest.positions.mean(axis=0)
        height = float(apart @ up)
        distance = float(np.linalg.norm(apart - height * up))
        if abs(height) <= _FLOOR_M + _FLOOR_SLOPE * distance:
            kept.append(rest)
    return kept
