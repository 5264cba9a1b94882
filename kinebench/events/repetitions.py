"""Repetitions of squats and of sit-to-stand, from one signal.

A repetition is an excursion: away from rest, to a turning point, and back. With the excursion's
size taken from the trial itself (largest minus smallest value, after a moving mean of 0.1 s), one
begins to count when the signal is half the size away from rest, and has ended when it is back
within a quarter; its start and end are where it leaves and regains the last twentieth.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.errors import NameNotFoundError, ValueRangeError
from kinebench.events.intervals import Repetition, above_with_hysteresis, signal_on_times
from kinebench.remarks import tell

COUNTS, RETURNED, AT_REST = 0.5, 0.25, 0.05
_SMALLEST_M = 0.1

_PELVIS = (
    ("midHip",),
    ("r.ASIS_study", "L.ASIS_study", "r.PSIS_study", "L.PSIS_study"),
    ("r.ASIS", "L.ASIS", "r.PSIS", "L.PSIS"),
    ("RHip", "LHip"),
)


def pelvis_height(recording: Motion | Markers) -> FloatArray:
    """Height (n_frames,) m of the pelvis.

    ``pelvis_ty`` of a motion; of markers midHip, or the mean of the pelvis markers.

    Raises
    ------
    NameNotFoundError
        The recording has no pelvis.
    """
    if isinstance(recording, Motion):
        return recording.value("pelvis_ty")
    names = next((group for group in _PELVIS if set(group) <= set(recording.names)), None)
    if names is None:
        raise NameNotFoundError(
            "the recording has no pelvis: midHip, the four ASIS and PSIS, or RHip and LHip are"
            f" needed; it has: {', '.join(recording.names[:60])}"
        )
    return np.asarray(recording.select(names).positions[..., 1].mean(axis=1))


def squat_repetitions(recording: Motion | Markers) -> tuple[Repetition, ...]:
    """Squats: the pelvis goes down by 0.1 m or more and comes up again."""
    height = pelvis_height(recording)
    return repetitions(height, recording.times, "down", _SMALLEST_M)


def sit_to_stand_repetitions(recording: Motion | Markers) -> tuple[Repetition, ...]:
    """Sit-to-stands: the pelvis rises by 0.1 m or more from sitting, and comes down again."""
    height = pelvis_height(recording)
    return repetitions(height, recording.times, "up", _SMALLEST_M)


def repetitions(
    signal: ArrayLike, times: ArrayLike, direction: Literal["up", "down"], smallest: float
) -> tuple[Repetition, ...]:
    """Excursions of a signal away from rest and back.

    Parameters
    ----------
    signal : (n_frames,)
        Pelvis height (m), a knee angle (rad), …; frames without a value are skipped.
    times : (n_frames,) s
    direction : {"up", "down"}
        Which way from rest.
    smallest : float
        Unit of the signal: a trial that moves less has no repetition.

    Warns
    -----
    KinebenchWarning
        The recording starts or ends within a repetition, which is not counted.
    """
    if direction not in ("up", "down"):
        raise ValueRangeError(f"direction must be 'up' or 'down', found {direction!r}")
    if not smallest > 0:
        raise ValueRangeError(f"the smallest excursion must be above 0, found {smallest:g}")
    y, t = signal_on_times(signal, times)
    y = _moving_mean(y, t)
    away = y - y.min() if direction == "up" else y.max() - y
    size = float(away.max())
    if size < smallest:
        return ()
    found, cut = [], []
    runs = above_with_hysteresis(away, COUNTS * size, RETURNED * size)
    for i, (first, last) in enumerate(runs):
        before = 0 if i == 0 else runs[i - 1][1]
        after = len(away) - 1 if i == len(runs) - 1 else runs[i + 1][0]
        if away[before : first + 1].min() > RETURNED * size:
            cut.append("starts")
        elif away[last : after + 1].min() > RETURNED * size:
            cut.append("ends")
        else:
            start = _last_at_rest(away[before : first + 1], AT_REST * size) + before
            end = last + _first_at_rest(away[last : after + 1], AT_REST * size)
            turn = first + int(away[first : last + 1].argmax())
            found.append(Repetition(float(t[start]), float(t[turn]), float(t[end])))
    for what in cut:
        tell(
            "cut repetition",
            f"the recording {what} within a repetition, which is not counted",
        )
    return tuple(found)


def _moving_mean(y: FloatArray, t: FloatArray) -> FloatArray:
    """Mean over a centred tenth of a second, shortened alike on both sides near the ends."""
    half = round(0.05 / float(np.median(np.diff(t))))
    index = np.arange(len(y))
    reach = np.minimum(half, np.minimum(index, len(y) - 1 - index))
    total = np.concatenate([[0.0], np.cumsum(y)])
    return np.asarray((total[index + reach + 1] - total[index - reach]) / (2 * reach + 1))


def _last_at_rest(away: FloatArray, level: float) -> int:
    """Index of the last value at rest, or of the nearest to it."""
    rest = np.flatnonzero(away <= level)
    return int(rest[-1]) if len(rest) else int(away.argmin())


def _first_at_rest(away: FloatArray, level: float) -> int:
    rest = np.flatnonzero(away <= level)
    return int(rest[0]) if len(rest) else int(away.argmin())
