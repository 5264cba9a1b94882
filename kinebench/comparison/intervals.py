"""The parts of a trial that are scored one by one."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.errors import NotApplicableError, ValueRangeError, require_names
from kinebench.events import (
    Cycle,
    GaitEvents,
    ManualEvent,
    contacts_from_feet,
    gait_cycles,
    gait_events_from_markers,
    jump_phases,
    sit_to_stand_repetitions,
    squat_repetitions,
)
from kinebench.metrics.landmarks import foot_points, segment_of

__all__ = ["ScoredInterval", "scored_intervals"]

_SIDES = ("right", "left")


class ScoredInterval(NamedTuple):
    """A part of a trial, on the reference's clock.

    Parameters
    ----------
    name : str
        "squat 2", "right cycle 1", "flight 1", or what a person named it.
    start_s, end_s : float
    side : str
        "right" or "left" for gait cycles: the other leg is not scored on them. Empty otherwise.
    """

    name: str
    start_s: float
    end_s: float
    side: str = ""


def scored_intervals(
    events: str | Sequence[ManualEvent],
    reference: Motion | Markers,
    markers: Markers | None = None,
    trial: str = "",
) -> tuple[ScoredInterval, ...]:
    """Repetitions, cycles or phases of a trial.

    Parameters
    ----------
    events : str or sequence of ManualEvent
        "squat", "sts", "gait", "jump", or named events. Of named events those with an end are
        taken as they are; moments of one name bound intervals from each to the next.
    reference : Motion or Markers
    markers : Markers, optional
        On the reference's clock, for events that a motion does not show.
    trial : str
        Named events that name another trial are left out.

    Raises
    ------
    NotApplicableError
        Jump phases of a motion without markers.
    ValueRangeError
        There is no such interval.

    Notes
    -----
    Gait cycles of a motion without markers run from one peak extension of the *other* hip to the
    next, which is close to heel strike (De Asha, Robinson, Barton 2012, Gait Posture 36:650).
    """
    if not isinstance(events, str):
        found = _named(events, trial)
        wanted = f"interval of trial '{trial}' in the list of events"
    elif events == "gait":
        found, wanted = _gait(reference, markers), "whole gait cycle"
    elif events == "jump":
        found, wanted = _jump(reference, markers), "flight between two contacts"
    else:
        find = squat_repetitions if events == "squat" else sit_to_stand_repetitions
        turns = find(reference if markers is None else markers)
        found = [
            ScoredInterval(f"{events} {i}", turn.start_s, turn.end_s)
            for i, turn in enumerate(turns, start=1)
        ]
        wanted = f"whole repetition ({events})"
    if not found:
        raise ValueRangeError(f"the reference has no {wanted}")
    return tuple(found)


def _named(events: Sequence[ManualEvent], trial: str) -> list[ScoredInterval]:
    own = [event for event in events if event.trial in ("", trial)]
    found = [ScoredInterval(e.name, e.start_s, e.end_s) for e in own if e.end_s is not None]
    for name in dict.fromkeys(event.name for event in own if event.end_s is None):
        moments = sorted(e.start_s for e in own if e.name == name and e.end_s is None)
        found += [
            ScoredInterval(f"{name} {i}", start, end)
            for i, (start, end) in enumerate(itertools.pairwise(moments), start=1)
        ]
    return found


def _gait(reference: Motion | Markers, markers: Markers | None) -> list[ScoredInterval]:
    source = reference if markers is None else markers
    cycles = _marker_cycles(source) if isinstance(source, Markers) else _hip_cycles(source)
    return [
        ScoredInterval(f"{side} cycle {i}", cycle.start_s, cycle.end_s, side)
        for side in _SIDES
        for i, cycle in enumerate(cycles[side], start=1)
    ]


def _marker_cycles(markers: Markers) -> dict[str, tuple[Cycle, ...]]:
    names = [name for name in markers.names if segment_of(name) == "pelvis"]
    if not names:
        raise NotApplicableError("gait cycles need a marker of the pelvis or the hips")
    pelvis = markers.select(names).positions.mean(axis=1)
    cycles = {}
    for side, points in zip(_SIDES, foot_points(markers.names), strict=True):
        heel, toe = markers.position(points[0]), markers.position(points[1])
        cycles[side] = gait_cycles(gait_events_from_markers(heel, toe, pelvis, markers.times))
    return cycles


def _hip_cycles(motion: Motion) -> dict[str, tuple[Cycle, ...]]:
    require_names(["hip_flexion_r", "hip_flexion_l"], motion.names, "coordinate", "the reference")
    cycles = {}
    for side, other in (("right", "l"), ("left", "r")):
        strikes = _peaks(-motion.value(f"hip_flexion_{other}"), motion.times)
        cycles[side] = gait_cycles(GaitEvents(strikes, ()))
    return cycles


def _peaks(signal: FloatArray, times: FloatArray, shortest_s: float = 0.5) -> tuple[float, ...]:
    """Times of maxima that stand out by a quarter of the signal's range."""
    from scipy.signal import find_peaks

    known = np.isfinite(signal)
    y, t = signal[known], times[known]
    if len(y) < 3:
        return ()
    distance = max(1, round(shortest_s / float(np.median(np.diff(t)))))
    peaks = find_peaks(y, prominence=0.25 * float(np.ptp(y)), distance=distance)[0]
    return tuple(float(t[peak]) for peak in peaks)


def _jump(reference: Motion | Markers, markers: Markers | None) -> list[ScoredInterval]:
    source = reference if markers is None else markers
    if not isinstance(source, Markers):
        raise NotApplicableError(
            "jump phases need the height of the feet: give the reference's markers"
            " (--event-markers FILE.trc) or a CSV of events"
        )
    right, left = foot_points(source.names)
    feet = source.select([*right, *left]).positions
    phases = jump_phases(contacts_from_feet(feet, source.times))
    found = [
        ScoredInterval(f"flight {i}", flight.take_off_s, flight.landing_s)
        for i, flight in enumerate(phases.flights, start=1)
    ]
    for i, (before, after) in enumerate(itertools.pairwise(phases.flights), start=1):
        found.append(ScoredInterval(f"contact {i}", before.landing_s, after.take_off_s))
    return sorted(found, key=lambda interval: interval.start_s)
