"""Where a walker goes: from the feet, stretch by stretch.

The way that the pelvis went tells the direction of a straight walk over ground, and of no other:
there and back it cancels, on a treadmill it is drift, walking backwards it is the wrong way round.
A foot points forward wherever it goes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.wrapping import unwrapped
from kinebench.errors import ValueRangeError

_SMOOTH_S = 0.5  # about a step: what one foot swings outwards the other swings back
_TURN = math.radians(60.0)  # within 1 s: a curve of 1 m radius is walked more slowly
_STRAIGHT = math.radians(45.0)
_WALKED_M, _WALKED_M_S = 0.5, 0.3  # a step, and half the speed of a slow patient
_ALONG = math.cos(math.radians(30.0))
_BACKWARDS_M_S = 0.1  # slower, and nobody can tell


class Foot(NamedTuple):
    """Heel and toe of a foot, (n_frames, 3) m each."""

    heel: FloatArray
    toe: FloatArray


class Turn(NamedTuple):
    """A change of heading.

    Parameters
    ----------
    first, half, last : int
        Frames at which a tenth, half and nine tenths of it are done.
    angle : float
        rad
    """

    first: int
    half: int
    last: int
    angle: float


class Stretch(NamedTuple):
    """Part of a walk between turns.

    Parameters
    ----------
    first, last : int
        Its frames, both included.
    forward : (n_frames, 2)
        Unit vectors along X and Z to where the feet point, or the same for all frames.
    backwards : bool
        The walker goes the other way.
    turn : Turn, optional
        From the stretch before.
    """

    first: int
    last: int
    forward: FloatArray
    backwards: bool = False
    turn: Turn | None = None


def straight(direction: tuple[float, float], n_frames: int) -> tuple[Stretch, ...]:
    """One stretch in a stated direction along X and Z.

    Raises
    ------
    ValueRangeError
        A direction that is none.
    """
    given = np.asarray(direction, dtype=np.float64)
    if given.shape != (2,) or not np.isfinite(given).all() or not np.linalg.norm(given) > 0:
        raise ValueRangeError(
            f"the direction needs two finite numbers, X and Z, not both 0; found {direction}"
        )
    forward = np.broadcast_to(given / np.linalg.norm(given), (n_frames, 2))
    return (Stretch(0, n_frames - 1, forward),)


def stretches_of_walk(
    feet: Sequence[Foot], pelvis: FloatArray, times: FloatArray
) -> tuple[Stretch, ...]:
    """Parts of a walk between turns, each with its direction.

    A turn is a change of heading by more than 60° within a second; the walk is cut where half of
    it is done. Within a stretch the heading is one when it stays within 45°, made exact by the
    pelvis' way over ground; else it follows the feet, as on a curve. Which way the walker goes is
    told by the foot on the ground: it moves backwards under the pelvis, over ground as on a
    treadmill.

    Parameters
    ----------
    feet : sequence of Foot
    pelvis : (n_frames, 3) m
    times : (n_frames,) s

    Raises
    ------
    ValueRangeError
        No frame knows where a foot points.
    """
    pointing = np.nansum([(foot.toe - foot.heel)[:, [0, 2]] for foot in feet], axis=0)
    heading = _heading(pointing, times)
    turns = [_sharpened(turn, pointing) for turn in turns_of_heading(heading, times)]
    cuts = [0, *(turn.half for turn in turns), len(times)]
    stretches = []
    for turn, (first, end) in zip([None, *turns], itertools.pairwise(cuts), strict=True):
        part = slice(first, end)
        own = _heading(pointing[part], times[part])
        # without the tails: a cut may lie a frame beside the turn
        if float(np.ptp(np.percentile(own, [5.0, 95.0]))) < _STRAIGHT:
            way = _travelled(pelvis[part][:, [0, 2]], times[part], pointing[part].sum(axis=0))
            own = np.full(len(own), math.atan2(way[1], way[0]))
        forward = np.stack([np.cos(own), np.sin(own)], axis=1)
        back = _goes_back([Foot(f.heel[part], f.toe[part]) for f in feet], pelvis[part], forward)
        speed = np.nanmean(back) / max(float(np.median(np.diff(times))), 1e-9)
        stretches.append(Stretch(first, end - 1, forward, bool(speed > _BACKWARDS_M_S), turn))
    return tuple(stretches)


def turns_of_heading(heading: FloatArray, times: FloatArray) -> list[Turn]:
    """Changes of heading by more than 60° within a second.

    Parameters
    ----------
    heading : (n_frames,) rad
        Unwrapped, without gaps.
    times : (n_frames,) s
    """
    n = len(heading)
    if n < 3:
        return []
    half = max(1, round(0.5 / float(np.median(np.diff(times)))))
    index = np.arange(n)
    before, after = np.maximum(index - half, 0), np.minimum(index + half, n - 1)
    turning = np.abs(heading[after] - heading[before]) > _TURN
    edges = np.flatnonzero(np.diff(np.concatenate([[False], turning, [False]]).astype(int)))
    found = []
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        start, stop = max(first - half, 0), min(end - 1 + half, n - 1)
        angle = float(heading[stop] - heading[start])
        done = (heading[start : stop + 1] - heading[start]) / angle
        began, half_done, over = (start + int(np.argmax(done >= part)) for part in (0.1, 0.5, 0.9))
        if 0 < half_done < n - 1:
            found.append(Turn(began, half_done, over, angle))
    return found


def alternate(right: FloatArray, left: FloatArray, smallest: float) -> bool:
    """Whether two legs move in turn, as in walking, and not together, as in a squat.

    Parameters
    ----------
    right, left : (n_frames,)
        Of one unit: how far a foot is ahead of the pelvis, a hip's flexion, ….
    smallest : float
        Range of their difference below which they stand still.
    """
    known = np.isfinite(right) & np.isfinite(left)
    if known.sum() < 3:
        return False
    apart = (right - left)[known]
    return float(np.ptp(apart)) > smallest and np.std(apart) > np.std((right + left)[known])


def _heading(pointing: FloatArray, times: FloatArray) -> FloatArray:
    """Unwrapped heading (n_frames,) rad of the smoothed direction."""
    n = len(times)
    step = float(np.median(np.diff(times))) if n > 1 else 1.0
    reach = np.minimum(round(_SMOOTH_S / 2 / step), np.minimum(np.arange(n), np.arange(n)[::-1]))
    total = np.concatenate([np.zeros((1, 2)), np.cumsum(pointing, axis=0)])
    index = np.arange(n)
    mean = (total[index + reach + 1] - total[index - reach]) / (2 * reach + 1)[:, None]
    known = np.linalg.norm(mean, axis=1) > 1e-6
    if not known.any():
        raise ValueRangeError("no frame shows where the feet point: heel and toe are missing")
    angles = unwrapped(np.where(known, np.arctan2(mean[:, 1], mean[:, 0]), np.nan))
    return np.asarray(np.interp(index, index[known], angles[known]))


def _sharpened(turn: Turn, pointing: FloatArray) -> Turn:
    """The turn at the very frame, where it takes no time, as in trials put together."""
    first, last = max(turn.first - 1, 0), turn.last + 2
    headings = np.arctan2(pointing[first:last, 1], pointing[first:last, 0])
    steps = np.abs((np.diff(headings) + np.pi) % (2 * np.pi) - np.pi)
    if not len(steps) or not np.nanmax(steps, initial=0.0) > abs(turn.angle) / 2:
        return turn
    frame = first + 1 + int(np.nanargmax(steps))
    return Turn(frame - 1, frame, frame, turn.angle)


def _travelled(ground: FloatArray, times: FloatArray, pointing: FloatArray) -> FloatArray:
    """Where the feet point, made exact by the pelvis' way where that is a walk along them.

    Feet turn outwards, each by its own angle. Drift on a treadmill is slower than a walk.
    """
    known = np.isfinite(ground).all(axis=1)
    if known.sum() < 2:
        return pointing
    way = ground[known][-1] - ground[known][0]
    far = float(np.linalg.norm(way))
    speed = far / max(float(np.ptp(times[known])), 1e-9)
    along = float(way @ pointing) / max(far * float(np.linalg.norm(pointing)), 1e-12)
    if far < _WALKED_M or speed < _WALKED_M_S or abs(along) < _ALONG:
        return pointing
    return np.asarray(way * np.sign(along))


def _goes_back(feet: Sequence[Foot], pelvis: FloatArray, forward: FloatArray) -> FloatArray:
    """How far a standing foot moves forward under the pelvis from frame to frame, m.

    A foot stands while heel and toe together are lower than 40 % of the time; feet that are
    never lifted tell nothing.
    """
    moved = [np.zeros(1)]
    for heel, toe in feet:
        height = (heel + toe)[:, 1] / 2
        known = height[np.isfinite(height)]
        if len(known) < 3 or np.ptp(known) < 0.02:
            continue
        ahead = ((heel - pelvis)[:, [0, 2]] * forward).sum(axis=1)
        step = np.diff(ahead)[height[1:] <= np.percentile(known, 40.0)]
        moved.append(step[np.isfinite(step)])
    return np.concatenate(moved)
