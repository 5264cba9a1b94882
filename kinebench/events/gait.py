"""Gait events and cycles."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.events.intervals import Cycle, signal_on_times
from kinebench.events.walking import Foot, Stretch, straight, stretches_of_walk


class GaitEvents(NamedTuple):
    """Heel strikes and toe-offs of one foot, and from when to when the walk turned, s."""

    heel_strikes_s: tuple[float, ...]
    toe_offs_s: tuple[float, ...]
    turns_s: tuple[tuple[float, float], ...] = ()


def gait_events_from_markers(
    heel: ArrayLike,
    toe: ArrayLike,
    pelvis: ArrayLike,
    times: ArrayLike,
    direction: tuple[float, float] | None = None,
    shortest_cycle_s: float = 0.5,
    stretches: Sequence[Stretch] | None = None,
) -> GaitEvents:
    """Events of one foot from where it is relative to the pelvis (Zeni et al. 2008).

    The heel is farthest ahead of the pelvis at heel strike, the toe farthest behind at toe-off.
    Extremes count when they stand out on both sides by a tenth of the foot's travel: one that the
    recording starts or ends beside, within some 0.1 s, is not seen. Who walks backwards touches
    the ground with the toe, farthest behind, and lifts the heel last, farthest ahead.

    Parameters
    ----------
    heel, toe, pelvis : (n_frames, 3) m
    times : (n_frames,) s
    direction : (float, float), optional
        Forward along X and Z; by default as this foot points.
    shortest_cycle_s : float
        Of two heel strikes (or toe-offs) that are closer, the greater extreme counts.
    stretches : sequence of Stretch, optional
        The direction as `stretches_of_walk` tells it from both feet, instead of `direction`.

    Raises
    ------
    ValueRangeError
        Shapes that do not fit, or no frame that shows where the foot points.

    References
    ----------
    Zeni, Richards, Higginson 2008, Gait Posture 27:710.
    """
    points = [np.asarray(point, dtype=np.float64) for point in (heel, toe, pelvis)]
    if any(point.ndim != 2 or point.shape != (len(points[0]), 3) for point in points):
        shapes = ", ".join(str(point.shape) for point in points)
        raise ValueRangeError(f"heel, toe and pelvis must have shape (n_frames, 3), found {shapes}")
    clock = np.asarray(times, dtype=np.float64)
    if stretches is None and direction is not None:
        stretches = straight(direction, len(clock))
    elif stretches is None:
        stretches = stretches_of_walk([Foot(points[0], points[1])], points[2], clock)
    strikes: list[float] = []
    offs: list[float] = []
    for stretch in stretches:
        part = slice(stretch.first, stretch.last + 1)
        if part.stop - part.start < 3:
            continue
        heel_ahead, toe_ahead = (
            ((point - points[2])[part][:, [0, 2]] * stretch.forward).sum(axis=1)
            for point in points[:2]
        )
        if stretch.backwards:
            heel_ahead, toe_ahead = -toe_ahead, -heel_ahead
        strikes += _peak_times(heel_ahead, clock[part], shortest_cycle_s)
        offs += _peak_times(-toe_ahead, clock[part], shortest_cycle_s)
    turns = tuple(
        (float(clock[stretch.turn.first]), float(clock[stretch.turn.last]))
        for stretch in stretches
        if stretch.turn is not None
    )
    return GaitEvents(tuple(strikes), tuple(offs), turns)


def gait_cycles(events: GaitEvents, longest_s: float = 2.5) -> tuple[Cycle, ...]:
    """Cycles of one foot, from heel strike to heel strike, without those in which the walk turns.

    Parameters
    ----------
    events : GaitEvents
    longest_s : float
        Heel strikes farther apart are no cycle: an event between them was missed.
    """
    strikes = sorted(events.heel_strikes_s)
    cycles = []
    for start, end in itertools.pairwise(strikes):
        turns = any(start < over and began < end for began, over in events.turns_s)
        if end - start <= longest_s and not turns:
            offs = [time for time in events.toe_offs_s if start < time < end]
            cycles.append(Cycle(start, offs[0] if offs else None, end))
    return tuple(cycles)


def _peak_times(signal: FloatArray, times: ArrayLike, shortest_s: float) -> tuple[float, ...]:
    from scipy.signal import find_peaks

    y, t = signal_on_times(signal, times)
    interval = float(np.median(np.diff(t)))
    peaks: NDArray[np.intp] = find_peaks(
        y,
        prominence=0.1 * float(y.max() - y.min()),
        distance=max(1, round(shortest_s / interval)),
    )[0]
    return tuple(float(t[peak]) for peak in peaks)
