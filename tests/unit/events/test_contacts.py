"""Ground contact, gait cycles and jumps."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.errors import ValueRangeError
from kinebench.events import (
    Contact,
    Flight,
    GaitEvents,
    contacts_from_feet,
    gait_cycles,
    gait_events_from_markers,
    jump_phases,
)
from kinebench.events.intervals import above_with_hysteresis

TIMES = np.arange(300) / 100


def test_hysteresis() -> None:
    signal = np.array([0, 15, 25, 15, 5, 15, 25, 15, 25, 5.0])
    assert above_with_hysteresis(signal, 20, 10) == [(2, 3), (6, 8)]
    assert above_with_hysteresis(signal, 10, 10) == [(1, 3), (5, 8)]
    assert above_with_hysteresis(np.array([15.0, 15, 25]), 20, 10) == [(2, 2)]
    assert above_with_hysteresis(np.zeros(3), 20, 10) == []
    with pytest.raises(ValueRangeError, match="release"):
        above_with_hysteresis(signal, 10, 20)


def feet(flights: tuple[tuple[float, float], ...], floor: float = 0.02) -> np.ndarray:
    """Heel and toe (300, 2, 3); the heel rises 0.15 s before the toe."""
    height = np.full((300, 2), floor)
    for a, b in flights:
        for point, start in ((0, a - 0.15), (1, a)):
            phase = np.clip((TIMES - start) / (b - start), 0, 1)
            height[:, point] += 0.8 * np.sin(np.pi * phase) ** 1.0 * (phase < 1)
    positions = np.zeros((300, 2, 3))
    positions[..., 1] = height
    return positions


def test_contacts_from_feet() -> None:
    found = contacts_from_feet(feet(((1.0, 1.5),)), TIMES)
    assert [contact[2:] for contact in found] == [(False, True), (True, False)]
    assert found[0].end_s == pytest.approx(1.0, abs=0.02)
    assert found[1].start_s == pytest.approx(1.5, abs=0.02)
    same = contacts_from_feet(feet(((1.0, 1.5),), floor=-0.4), TIMES)
    assert same == found  # wherever the floor is
    higher = contacts_from_feet(feet(((1.0, 1.5),)), TIMES, ground=-0.5)
    assert higher == ()


def test_contacts_from_feet_invalid() -> None:
    with pytest.raises(ValueRangeError, match="n_points, 3"):
        contacts_from_feet(np.zeros((300, 2)), TIMES)
    with pytest.raises(ValueRangeError, match="n_points, 3"):
        contacts_from_feet(np.zeros((300, 0, 3)), TIMES)
    with pytest.raises(ValueRangeError, match="clearance"):
        contacts_from_feet(feet(()), TIMES, clearance_m=0.0)


def test_jump_phases() -> None:
    phases = jump_phases((Contact(0.5, 0.99, True, True), Contact(1.4, 2.99, True, False)))
    assert phases.landings_s == (0.5, 1.4)
    assert phases.take_offs_s == (pytest.approx(0.99),)
    (flight,) = phases.flights
    assert flight.height_m == pytest.approx(9.80665 * 0.41**2 / 8)
    assert jump_phases(()) == ((), (), ())


def test_a_moment_without_contact_is_no_flight() -> None:
    phases = jump_phases((Contact(0.5, 0.69, True, True), Contact(0.75, 1.19, True, True)))
    assert phases.flights == ()
    assert phases.landings_s == (0.5,)
    assert phases.take_offs_s == (pytest.approx(1.19),)


def test_order_of_contacts_does_not_matter() -> None:
    one, other = Contact(0.0, 1.0, False, True), Contact(1.5, 2.0, True, False)
    assert jump_phases([other, one]) == jump_phases([one, other])
    assert jump_phases([one, other]).flights == (Flight(1.0, 1.5),)


def walker(speed: float = 1.2, heading: float = 0.4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Heel, toe and pelvis; the heel is farthest ahead at 0.6 and 1.7 s, the toe behind at 1.2 s
    and 2.3 s."""
    forward = np.array([np.cos(heading), 0, np.sin(heading)])
    pelvis = speed * TIMES[:, None] * forward + [0, 1, 0]
    heel = pelvis + 0.3 * np.cos(2 * np.pi * (TIMES - 0.6) / 1.1)[:, None] * forward - [0, 0.9, 0]
    swing = 0.3 * np.cos(2 * np.pi * (TIMES - 0.65) / 1.1)[:, None]
    toe = pelvis + (0.2 + swing) * forward - [0, 0.9, 0]
    return heel, toe, pelvis


def test_gait_events_from_markers() -> None:
    events = gait_events_from_markers(*walker(), TIMES)
    assert events.heel_strikes_s == pytest.approx((0.6, 1.7, 2.8), abs=0.011)
    assert events.toe_offs_s == pytest.approx((1.2, 2.3), abs=0.011)  # 0.1 s: too early


@pytest.mark.parametrize("heading", [0.0, np.pi / 2, np.pi, -2.0])
def test_heading_does_not_matter(heading: float) -> None:
    assert gait_events_from_markers(*walker(heading=heading), TIMES) == gait_events_from_markers(
        *walker(heading=0.3), TIMES
    )


def test_on_a_treadmill_the_feet_tell_the_direction() -> None:
    on_treadmill = walker(speed=0.0, heading=0.0)
    for speed in (0.0, -0.3):  # standing on the spot, drifting backwards
        found = gait_events_from_markers(*walker(speed=speed), TIMES)
        assert found.heel_strikes_s == pytest.approx((0.6, 1.7, 2.8), abs=0.011)
    forward = gait_events_from_markers(*on_treadmill, TIMES, direction=(2.0, 0.0))
    assert forward.heel_strikes_s == pytest.approx((0.6, 1.7, 2.8), abs=0.011)
    backward = gait_events_from_markers(*on_treadmill, TIMES, direction=(-1.0, 0.0))
    assert backward.heel_strikes_s == pytest.approx((1.15, 2.25), abs=0.011)


def test_small_wiggles_are_no_strikes() -> None:
    heel, toe, pelvis = walker()
    heel = heel + 0.01 * np.sin(60 * TIMES)[:, None]
    events = gait_events_from_markers(heel, toe, pelvis, TIMES)
    assert len(events.heel_strikes_s) == 3


def test_gait_invalid() -> None:
    heel, toe, pelvis = walker()
    with pytest.raises(ValueRangeError, match="n_frames, 3"):
        gait_events_from_markers(heel, toe[:-1], pelvis, TIMES)
    with pytest.raises(ValueRangeError, match="not both 0"):
        gait_events_from_markers(heel, toe, pelvis, TIMES, direction=(0.0, 0.0))
    with pytest.raises(ValueRangeError, match="three frames"):
        gait_events_from_markers(heel, toe, pelvis * np.nan, TIMES)
    with pytest.raises(ValueRangeError, match="heel and toe are missing"):
        gait_events_from_markers(heel * np.nan, toe, pelvis, TIMES)


def test_gait_cycles() -> None:
    events = GaitEvents((2.2, 0.0, 1.1, 9.0, 10.0), (0.6, 1.75, 9.4))
    assert gait_cycles(events) == (
        (0.0, 0.6, 1.1),
        (1.1, 1.75, 2.2),
        (9.0, 9.4, 10.0),
    )
    assert gait_cycles(GaitEvents((0.0, 1.0), ())) == ((0.0, None, 1.0),)
    assert gait_cycles(GaitEvents((1.0,), (0.5,))) == ()


def test_short_contacts_within_the_recording_do_not_count() -> None:
    """A touch of 20 ms within a flight; stays at either end are cut off, not short."""
    positions = feet(((0.5, 1.9),))
    positions[100:103, :, 1] = 0.02
    assert len(contacts_from_feet(positions, TIMES)) == 2
    assert len(contacts_from_feet(positions, TIMES, shortest_s=0.01)) == 3
