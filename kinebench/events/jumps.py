"""Jump phases from ground contact."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from kinebench.events.intervals import Contact, Flight

__all__ = ["JumpPhases", "jump_phases"]


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
        Of the summed force, or of the lowest point of both feet.
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
