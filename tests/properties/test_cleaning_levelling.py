"""Levelling is equivariant: a turned recording has a turned up."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from kinebench.cleaning import Level
from kinebench.core import Markers
from kinebench.geometry.rotations import angle_between

SIDE = {
    "Shoulder": (0.01, 1.45, 0.18),
    "Hip": (0.02, 0.95, 0.09),
    "Knee": (0.03, 0.50, 0.10),
    "Ankle": (0.0, 0.09, 0.11),
    "Heel": (-0.05, 0.03, 0.11),
    "BigToe": (0.15, 0.02, 0.10),
    "SmallToe": (0.13, 0.02, 0.17),
}
NAMES = tuple(side + joint for side in "RL" for joint in SIDE)
PLACES = np.array([(x, y, sign * z) for sign in (1, -1) for x, y, z in SIDE.values()])
signed = st.floats(-180, 180)


@given(x=signed, y=signed, z=signed, seed=st.integers(0, 50))
@settings(max_examples=40, deadline=None)
def test_up_turns_with_the_recording(x: float, y: float, z: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    # someone a little crooked, who sways
    places = PLACES + rng.normal(scale=0.01, size=PLACES.shape)
    positions = places + rng.normal(scale=0.002, size=(60, *PLACES.shape))
    person = Markers(NAMES, np.arange(60) / 60, positions)
    R = Rotation.from_euler("xyz", [x, y, z], degrees=True).as_matrix()
    turned = person.with_positions(positions @ R.T + rng.normal(size=3))
    before, after = Level().resolve(person).tilt, Level().resolve(turned).tilt
    assert before is not None
    assert after is not None
    assert np.degrees(angle_between(after.up, R @ before.up)) < 1e-5
    assert abs(after.sagittal_uncertainty - before.sagittal_uncertainty) < 1e-9
    assert np.degrees(before.angle) < 8.0
    levelled = Level()(turned)
    again = Level().resolve(levelled).tilt
    assert again is not None
    assert np.degrees(again.angle) < 1e-5
