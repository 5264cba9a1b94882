"""Gait events and cycles."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.events.intervals import Contact, Cycle, signal_on_times

__all__ = ["GaitEvents", "gait_cycles", "gait_events_from_contacts", "gait_events_from_markers"]


class GaitEvents(NamedTuple):
    """Heel strikes and toe-offs of one foot, s."""

    heel_strikes_s: tuple[float, ...]
    toe_offs_s: tuple[float, ...]


def gait_events_from_markers(
    heel: ArrayLike,
    toe: ArrayLike,
    pelvis: ArrayLike,
    times: ArrayLike,
    direction: tuple[float, float] | None = None,
    shortest_cycle_s: float = 0.5,
) -> GaitEvents:
    """Events of one foot from where it is relative to the pelvis (Zeni et al. 2008).

    The heel is farthest ahead of the pelvis at heel strike, the toe farthest behind at toe-off.
    Extremes count when they stand out on both sides by a tenth of the foot's travel: one that the
    recording starts or ends beside, within some 0.1 s, is not seen.

    Parameters
    ----------
    heel, toe, pelvis : (n_frames, 3) m
    times : (n_frames,) s
    direction : (float, float), optional
        Forward along X and Z. By default the way the pelvis went; on a treadmill it must be given.
    shortest_cycle_s : float
        Of two heel strikes (or toe-offs) that are closer, the greater extreme counts.

    Raises
    ------
    ValueRangeError
        Shapes that do not fit, or a pelvis that stays within 0.5 m and no direction.

    References
    ----------
    Zeni, Richards, Higginson 2008, Gait Posture 27:710.
    """
    points = [np.asarray(point, dtype=np.float64) for point in (heel, toe, pelvis)]
    if any(point.ndim != 2 or point.shape != (len(points[0]), 3) for point in points):
        shapes = ", ".join(str(point.shape) for point in points)
        raise ValueRangeError(f"heel, toe and pelvis must have shape (n_frames, 3), found {shapes}")
    forward = _forward(points[2], direction)
    heel_ahead = (points[0] - points[2])[:, [0, 2]] @ forward
    toe_ahead = (points[1] - points[2])[:, [0, 2]] @ forward
    return GaitEvents(
        _peak_times(heel_ahead, times, shortest_cycle_s),
        _peak_times(-toe_ahead, times, shortest_cycle_s),
    )


def gait_events_from_contacts(contacts: Sequence[Contact]) -> GaitEvents:
    """Events of one foot from its contacts with the ground; cut-off ends are no events."""
    return GaitEvents(
        tuple(contact.start_s for contact in contacts if contact.starts_inside),
        tuple(contact.end_s for contact in contacts if contact.ends_inside),
    )


def gait_cycles(events: GaitEvents, longest_s: float = 2.5) -> tuple[Cycle, ...]:
    """Cycles of one foot, from heel strike to heel strike.

    Parameters
    ----------
    events : GaitEvents
    longest_s : float
        Heel strikes farther apart are no cycle: an event between them was missed.
    """
    strikes = sorted(events.heel_strikes_s)
    cycles = []
    for start, end in itertools.pairwise(strikes):
        if end - start <= longest_s:
            offs = [time for time in events.toe_offs_s if start < time < end]
            cycles.append(Cycle(start, offs[0] if offs else None, end))
    return tuple(cycles)


def _forward(pelvis: FloatArray, direction: tuple[float, float] | None) -> FloatArray:
    """Unit vector (2,) along X and Z."""
    if direction is not None:
        given = np.asarray(direction, dtype=np.float64)
        if given.shape != (2,) or not np.linalg.norm(given) > 0:
            raise ValueRangeError(f"the direction needs X and Z, not both 0; found {direction}")
        return np.asarray(given / np.linalg.norm(given))
    ground = pelvis[:, [0, 2]]
    ground = ground[~np.isnan(ground[:, 0])]
    if len(ground) < 3:
        raise ValueRangeError("the pelvis is known in fewer than three frames")
    way = ground[-1] - ground[0]
    if np.linalg.norm(way) < 0.5:
        raise ValueRangeError(
            f"the pelvis moves {np.linalg.norm(way):.2f} m only: give the walking direction"
            " (a treadmill?)"
        )
    return np.asarray(way / np.linalg.norm(way))


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
