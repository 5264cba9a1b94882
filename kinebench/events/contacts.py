"""Ground contact of feet, from their height, and the jumps between."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from kinebench.errors import ValueRangeError
from kinebench.events.intervals import Contact, Flight, above_with_hysteresis, signal_on_times


def contacts_from_feet(
    positions: ArrayLike,
    times: ArrayLike,
    ground: float | None = None,
    clearance_m: float = 0.03,
    shortest_s: float = 0.05,
) -> tuple[Contact, ...]:
    """Contacts of the points of one foot, or of both, from their height.

    Less sharp than forces: take-off is seen when the last point has risen by the clearance.

    Parameters
    ----------
    positions : (n_frames, n_points, 3) m
        Heels and toes.
    times : (n_frames,) s
    ground : float, optional
        Height, m, of the lowest point while the foot stands on the ground. By default the 5th
        percentile of the lowest point's height: right when the feet are on the ground for a
        twentieth of the recording or more.
    clearance_m, shortest_s : float
        How far the lowest point rises before contact is lost (half of it when contact is
        regained), and how long a contact lasts.
    """
    p = np.asarray(positions, dtype=np.float64)
    if p.ndim != 3 or p.shape[2] != 3 or p.shape[1] == 0:
        raise ValueRangeError(f"positions must have shape (n_frames, n_points, 3), found {p.shape}")
    if not clearance_m > 0:
        raise ValueRangeError(f"the clearance must be above 0 m, found {clearance_m:g}")
    lowest, t = signal_on_times(np.fmin.reduce(p[..., 1], axis=1), times)
    floor = float(np.percentile(lowest, 5.0)) if ground is None else ground
    found = []
    for first, last in above_with_hysteresis(floor - lowest, -clearance_m / 2, -clearance_m):
        starts, ends = first > 0, last < len(t) - 1
        if starts and ends and t[last] - t[first] < shortest_s:
            continue
        found.append(Contact(float(t[first]), float(t[last]), starts, ends))
    return tuple(found)


class JumpPhases(NamedTuple):
    """Events of a jump trial, s.

    Parameters
    ----------
    landings_s, take_offs_s : tuple of float
        In a drop jump the first landing is the one from the box.
    flights : tuple of Flight
        From a take-off to the landing after it.
    """

    landings_s: tuple[float, ...]
    take_offs_s: tuple[float, ...]
    flights: tuple[Flight, ...]


def jump_phases(contacts: Sequence[Contact], shortest_flight_s: float = 0.1) -> JumpPhases:
    """Take-offs and landings from the contacts of both feet together.

    Parameters
    ----------
    contacts : sequence of Contact
        Of the lowest point of both feet.
    shortest_flight_s : float
        Contacts with less between them are one: noise, not flight.
    """
    merged: list[Contact] = []
    for contact in sorted(contacts):
        if merged and contact.start_s - merged[-1].end_s < shortest_flight_s:
            last = merged.pop()
            contact = Contact(last.start_s, contact.end_s, last.starts_inside, contact.ends_inside)
        merged.append(contact)
    return JumpPhases(
        tuple(contact.start_s for contact in merged if contact.starts_inside),
        tuple(contact.end_s for contact in merged if contact.ends_inside),
        tuple(Flight(one.end_s, other.start_s) for one, other in itertools.pairwise(merged)),
    )
