"""Public recordings; the counts were read off the curves by eye."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kinebench.core import Markers, Motion
from kinebench.errors import KinebenchWarning
from kinebench.events import (
    GaitEvents,
    contacts_from_feet,
    gait_events_from_markers,
    jump_phases,
    repetitions,
    sit_to_stand_repetitions,
    squat_repetitions,
)
from kinebench.events.intervals import Contact, above_with_hysteresis
from kinebench.io.mot import read_motion
from kinebench.io.sto import Table, read_table
from kinebench.io.trc import read_trc
from kinebench.signals.resampling import resample

pytestmark = pytest.mark.mirror

PELVIS = ("r.ASIS", "L.ASIS", "r.PSIS", "L.PSIS")


def read(path: Path) -> Motion | Markers:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        return read_motion(path) if path.suffix == ".mot" else read_trc(path)


def read_forces(path: Path) -> Table:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        return read_table(path, strict=False)  # subject 3's header miscounts its columns


@pytest.mark.parametrize(
    "name",
    [
        "subject0/OpenSimData/IK/Squats_0.mot",
        "subject0/OpenSimData/IK/Asym_0.mot",
        "subject0/MarkerData/Squats_0.trc",
        "Subject4/IK/squats1_manual_scaling_ik.mot",
        "Subject4/IK/squatsAsym1_manual_scaling_ik.mot",
        "Subject4/MarkerData/squats1.trc",
        "exampleSquat/squats1_videoAndMocap.mot",
    ],
)
def test_five_squats(mirror_file: Callable[[str], Path], name: str) -> None:
    recording = read(mirror_file(name))
    found = squat_repetitions(recording)
    assert len(found) == 5
    assert all(0.9 < repetition.end_s - repetition.start_s < 2.5 for repetition in found)
    assert all(one.end_s <= other.start_s for one, other in pairwise(found))
    if isinstance(recording, Motion):
        knee = repetitions(recording.value("knee_angle_r"), recording.times, "up", 0.35)
        one, other = ([r.turn_s for r in listed] for listed in (found, knee))
        np.testing.assert_allclose(one, other, atol=0.15)


@pytest.mark.parametrize(
    "name", ["Subject4/IK/STS1_manual_scaling_ik.mot", "test_data/sit_to_stand.trc"]
)
def test_five_sit_to_stands(mirror_file: Callable[[str], Path], name: str) -> None:
    found = sit_to_stand_repetitions(read(mirror_file(name)))
    assert len(found) == 5
    assert all(0.9 < repetition.end_s - repetition.start_s < 2.5 for repetition in found)


def vertical_force(table: Table, plate: str) -> np.ndarray:
    return table.values[:, table.columns.index(f"{plate}_vy")]


def contacts_from_force(force: np.ndarray, times: np.ndarray) -> tuple[Contact, ...]:
    """From 20 N until 10 N: any onset up to 50 N tells heel contact (Tirosh & Sparrow 2003)."""
    spans = above_with_hysteresis(force, 20.0, 10.0)
    last = len(times) - 1
    found = (Contact(times[a], times[b], a > 0, b < last) for a, b in spans)
    return tuple(
        contact
        for contact in found
        if contact.end_s - contact.start_s >= 0.05 or contact[2:] != (True, True)
    )


def side_on_plate(table: Table, plate: str, contact: Contact, markers: Markers) -> str:
    """The foot that is nearer to the centre of pressure in the mean."""
    axes = [table.columns.index(f"{plate}_p{axis}") for axis in "xz"]
    at = markers.times[(markers.times >= contact.start_s) & (markers.times <= contact.end_s)]
    centre = resample(table.values[:, axes], table.times, at)
    distances = {}
    for side in "rL":
        foot = markers.select([f"{side}_calc", f"{side}_toe"]).positions.mean(axis=1)[:, [0, 2]]
        apart = np.linalg.norm(resample(foot, markers.times, at) - centre, axis=1)
        distances[side] = float(np.nanmean(apart))
    return min(distances, key=distances.__getitem__)


def test_drop_jump_by_force_and_by_feet(mirror_file: Callable[[str], Path]) -> None:
    table = read_forces(mirror_file("Subject4/ID/DJ2_grf.mot"))
    plates = [name[:-3] for name in table.columns if name.endswith("_vy")]
    force = np.sum([vertical_force(table, plate) for plate in plates], axis=0)
    by_force = jump_phases(contacts_from_force(force, table.times))
    assert (len(by_force.landings_s), len(by_force.take_offs_s)) == (2, 1)
    (flight,) = by_force.flights
    assert 0.1 < flight.height_m < 0.4
    markers = read(mirror_file("Subject4/MarkerData/DJ2.trc"))
    assert isinstance(markers, Markers)
    feet = markers.select(["r_calc", "r_toe", "r_5meta", "L_calc", "L_toe", "L_5meta"])
    by_feet = jump_phases(contacts_from_feet(feet.positions, feet.times))
    np.testing.assert_allclose(by_feet.landings_s, by_force.landings_s, atol=0.03)
    np.testing.assert_allclose(by_feet.take_offs_s, by_force.take_offs_s, atol=0.03)


def zeni(markers: Markers, side: str) -> GaitEvents:
    pelvis = markers.select(PELVIS).positions.mean(axis=1)
    heel, toe = markers.position(f"{side}_calc"), markers.position(f"{side}_toe")
    return gait_events_from_markers(heel, toe, pelvis, markers.times)


@pytest.mark.parametrize(
    ("markers", "forces", "plates"),
    [
        (
            "Subject4/MarkerData/walking1.trc",
            "Subject4/ID/walking1_grf.mot",
            {"r": "ground_force_1", "L": "ground_force_2"},
        ),
        (
            "OC_val/walking1.trc",
            "OC_val/walking1_forces.mot",
            {"r": "R_ground_force", "L": "L_ground_force"},
        ),
    ],
    ids=["subject 4", "subject 3"],
)
def test_walking_by_markers_and_by_force(
    mirror_file: Callable[[str], Path], markers: str, forces: str, plates: dict[str, str]
) -> None:
    """Each event that the markers tell is one of the force plates', within 60 ms.

    The plates see what the markers cannot: events on the first and last frames.
    """
    recording, table = read(mirror_file(markers)), read_forces(mirror_file(forces))
    assert isinstance(recording, Markers)
    for side, plate in plates.items():
        contacts = contacts_from_force(vertical_force(table, plate), table.times)
        assert {side_on_plate(table, plate, contact, recording) for contact in contacts} == {side}
        by_force = GaitEvents(
            tuple(contact.start_s for contact in contacts if contact.starts_inside),
            tuple(contact.end_s for contact in contacts if contact.ends_inside),
        )
        by_markers = zeni(recording, side)
        assert len(by_markers.heel_strikes_s) == 1
        for events, truth in zip(by_markers[:2], by_force[:2], strict=True):
            for event in events:
                first_contact = event < 0.15  # on subject 4's left, before the plate
                assert first_contact or min(abs(event - np.array(truth))) < 0.06
