"""The parts of a trial that are scored one by one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.marker_regions import foot_points, segment_of
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.wrapping import unwrapped
from kinebench.errors import NotApplicableError, ValueRangeError, listed
from kinebench.events import (
    Cycle,
    Foot,
    GaitEvents,
    ManualEvent,
    Stretch,
    Turn,
    alternate,
    contacts_from_feet,
    gait_cycles,
    gait_events_from_markers,
    jump_phases,
    sit_to_stand_repetitions,
    squat_repetitions,
    straight,
    stretches_of_walk,
    turns_of_heading,
)
from kinebench.remarks import tell

_SIDES = ("right", "left")
_OTHERS = (
    "; --events gait is for walking: squats, rises and jumps are found by squat, sts and jump, and"
    " whatever else by a CSV of intervals"
)
_STEP_M, _STEP_RAD = 0.2, 0.2  # between the feet, and between the hips: less is swaying


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
    walking_direction: tuple[float, float] | None = None,
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
    walking_direction : (float, float), optional
        Forward along X and Z, for gait cycles of markers; by default as the feet point, stretch
        by stretch.

    Raises
    ------
    NotApplicableError
        Jump phases of a motion without markers.
    ValueRangeError
        There is no such interval, or the legs do not move in turn.

    Warns
    -----
    KinebenchWarning
        The walk turns, or goes backwards.

    Notes
    -----
    Gait cycles of a motion without markers run from one peak extension of the *other* hip to the
    next, which is close to heel strike (De Asha, Robinson, Barton 2012, Gait Posture 36:650).
    """
    if not isinstance(events, str):
        found = _named(events, trial)
        wanted = f"interval of trial '{trial}' in the list of events"
    elif events == "gait":
        found, wanted = _gait(reference, markers, walking_direction), "whole gait cycle"
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


def _gait(
    reference: Motion | Markers,
    markers: Markers | None,
    direction: tuple[float, float] | None,
) -> list[ScoredInterval]:
    source = reference if markers is None else markers
    if isinstance(source, Markers):
        cycles = _marker_cycles(source, direction)
    elif direction is None:
        cycles = _hip_cycles(source)
    else:
        raise ValueRangeError(
            "a walking direction is for markers: a motion's gait cycles come from its hip angles;"
            " give the reference's markers (--event-markers FILE.trc)"
        )
    return [
        ScoredInterval(f"{side} cycle {i}", cycle.start_s, cycle.end_s, side)
        for side in _SIDES
        for i, cycle in enumerate(cycles[side], start=1)
    ]


def _marker_cycles(
    markers: Markers, direction: tuple[float, float] | None
) -> dict[str, tuple[Cycle, ...]]:
    names = [name for name in markers.names if segment_of(name) == "pelvis"]
    if not names:
        raise NotApplicableError(
            "gait cycles need a marker of the pelvis or the hips; the reference has"
            f" {listed(markers.names, 6)}"
        )
    pelvis = markers.select(names).positions.mean(axis=1)
    feet = [
        Foot(markers.position(points[0]), markers.position(points[1]))
        for points in foot_points(markers.names)
    ]
    _require_y_up(feet, pelvis)
    if direction is None:
        stretches = stretches_of_walk(feet, pelvis, markers.times)
    else:
        stretches = straight(direction, markers.n_frames)
    _require_steps(feet, pelvis, stretches)
    _tell_directions(stretches, markers.times)
    return {
        side: gait_cycles(
            gait_events_from_markers(*foot, pelvis, markers.times, stretches=stretches)
        )
        for side, foot in zip(_SIDES, feet, strict=True)
    }


def _require_y_up(feet: list[Foot], pelvis: FloatArray) -> None:
    above = np.nanmean([np.nanmean(pelvis - foot.heel, axis=0) for foot in feet], axis=0)
    if np.isfinite(above).all() and int(np.argmax(np.abs(above))) != 1:
        axis = "XYZ"[int(np.argmax(np.abs(above)))]
        raise ValueRangeError(
            f"the pelvis is above the feet along {axis}: gait cycles need markers with Y up, as"
            " OpenSim takes them"
        )


def _require_steps(feet: list[Foot], pelvis: FloatArray, stretches: tuple[Stretch, ...]) -> None:
    ahead = []
    for foot in feet:
        parts = [
            ((foot.heel - pelvis)[s.first : s.last + 1, [0, 2]] * s.forward).sum(axis=1)
            for s in stretches
        ]
        ahead.append(np.concatenate(parts))
    right, left = ahead
    if not alternate(right, left, _STEP_M):
        raise ValueRangeError(f"the feet do not move in turn: there are no gait cycles{_OTHERS}")


def _tell_directions(stretches: tuple[Stretch, ...], times: FloatArray) -> None:
    _tell_turns([stretch.turn for stretch in stretches if stretch.turn is not None], times)
    for stretch in stretches:
        if stretch.backwards:
            tell(
                "backward walk",
                f"the walk goes backwards from {times[stretch.first]:.2f} to"
                f" {times[stretch.last]:.2f} s: its gait cycles start when the toe touches down",
                spans_s=((float(times[stretch.first]), float(times[stretch.last])),),
            )


def _tell_turns(turns: Sequence[Turn], times: FloatArray) -> None:
    for turn in turns:
        tell(
            "turn",
            f"the walk turns by {abs(math.degrees(turn.angle)):.0f}° at {times[turn.half]:.2f} s:"
            " no gait cycle in the turn is scored",
        )


def _hip_cycles(motion: Motion) -> dict[str, tuple[Cycle, ...]]:
    if not {"hip_flexion_r", "hip_flexion_l"} <= set(motion.names):
        raise NotApplicableError(
            "gait cycles of a motion come from hip_flexion_r and hip_flexion_l, and the reference"
            f" has {listed(motion.names, 6)}: give the reference's markers (--event-markers"
            " FILE.trc) or a CSV of events"
        )
    if not alternate(motion.value("hip_flexion_r"), motion.value("hip_flexion_l"), _STEP_RAD):
        raise ValueRangeError(f"the hips do not move in turn: there are no gait cycles{_OTHERS}")
    turns = _turns_of_pelvis(motion)
    cycles = {}
    for side, other in (("right", "l"), ("left", "r")):
        strikes = _peaks(-motion.value(f"hip_flexion_{other}"), motion.times)
        cycles[side] = gait_cycles(GaitEvents(strikes, (), turns))
    return cycles


def _turns_of_pelvis(motion: Motion) -> tuple[tuple[float, float], ...]:
    """From when to when the walk turns, s, as far as the pelvis' heading is known."""
    if "pelvis_rotation" not in motion.names:
        return ()
    heading = motion.value("pelvis_rotation")
    known = np.isfinite(heading)
    times = motion.times[known]
    turns = turns_of_heading(unwrapped(heading[known]), times)
    _tell_turns(turns, times)
    return tuple((float(times[turn.first]), float(times[turn.last])) for turn in turns)


def _peaks(signal: FloatArray, times: FloatArray) -> tuple[float, ...]:
    """Times of maxima, half a second apart or more, that stand out by a quarter of the range."""
    from scipy.signal import find_peaks

    known = np.isfinite(signal)
    y, t = signal[known], times[known]
    if len(y) < 3:
        return ()
    distance = max(1, round(0.5 / float(np.median(np.diff(t)))))
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
