"""Levelling of people who are tilted by known angles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from kinebench.cleaning import Level, Rotate, Tilt
from kinebench.core import AdaptiveCleaner, Markers
from kinebench.core.provenance import describe
from kinebench.errors import CleaningError, NameNotFoundError, ValueRangeError
from kinebench.geometry.rotations import angle_between

Person = Callable[..., Markers]


def tilted(markers: Markers, x: float = 0.0, z: float = 0.0) -> Markers:
    """Turned about X, then Z, by degrees, and moved."""
    R = Rotation.from_euler("xz", [x, z], degrees=True).as_matrix()
    return markers.with_positions(markers.positions @ R.T + [0.4, -0.2, 3.0])


def found(markers: Markers) -> Tilt:
    tilt = Level().resolve(markers).tilt
    assert tilt is not None
    return tilt


def test_level_is_an_adaptive_cleaner_with_a_record(person: Person) -> None:
    stage = Level()
    assert isinstance(stage, AdaptiveCleaner)
    markers = tilted(person(), 3.0)
    rotation = stage.resolve(markers)
    assert isinstance(rotation, Rotate)
    np.testing.assert_array_equal(stage(markers).positions, rotation(markers).positions)
    record = describe(rotation)
    assert record["tilt"]["posture"] == "standing"
    assert record["tilt"]["n_rests"] == 2


def test_a_level_recording_stays_level_within_the_uncertainty(person: Person) -> None:
    tilt = found(person())
    assert abs(tilt.frontal) < 1e-6
    assert abs(tilt.sagittal) < tilt.sagittal_uncertainty
    assert tilt.residual_m < 0.002


@pytest.mark.parametrize(
    ("x", "z"), [(4.0, 0.0), (0.0, 5.0), (-6.0, 3.0), (80.0, 0.0), (170.0, 9.0)]
)
def test_an_extra_tilt_is_found_again(person: Person, x: float, z: float) -> None:
    straight = person(noise_m=0.003)
    R = Rotation.from_euler("xz", [x, z], degrees=True).as_matrix()
    expected = R @ found(straight).up
    assert np.degrees(angle_between(found(tilted(straight, x, z)).up, expected)) < 1e-6


def test_signs_of_sagittal_and_frontal(person: Person) -> None:
    base = found(person())
    # about Z (to the right) by a negative angle the top goes forward, about X by a positive
    # angle it goes right
    forward, right = found(tilted(person(), z=-5.0)), found(tilted(person(), x=5.0))
    assert np.degrees(forward.sagittal - base.sagittal) == pytest.approx(5.0, abs=1e-6)
    assert np.degrees(forward.frontal - base.frontal) == pytest.approx(0.0, abs=0.05)
    assert np.degrees(right.frontal - base.frontal) == pytest.approx(5.0, abs=0.05)
    assert forward.angle == pytest.approx(np.hypot(forward.sagittal, forward.frontal), rel=1e-2)


def test_levelling_sets_the_feet_flat_and_leaves_them_in_place(person: Person) -> None:
    markers = tilted(person(), x=6.0)
    levelled = Level()(markers)
    gap = levelled.position("LHeel")[:, 1] - levelled.position("RHeel")[:, 1]
    assert np.abs(gap).max() < 1e-6
    feet = [n for n in markers.names if "Heel" in n or "Toe" in n]
    middle = [m.select(feet).positions.mean(axis=(0, 1)) for m in (markers, levelled)]
    np.testing.assert_allclose(middle[0], middle[1], atol=1e-9)


def test_one_facing_cannot_tell_heel_height_from_tilt_and_says_so(person: Person) -> None:
    once = found(person(heel_height=0.05))
    assert abs(once.frontal) < 1e-6
    assert np.degrees(once.sagittal_uncertainty) > 1.0
    assert once.frontal_uncertainty < once.sagittal_uncertainty


def test_a_person_who_turns_separates_heel_height_from_tilt(person: Person) -> None:
    once = found(person(heel_height=0.06))
    turned = found(person(facings=(0.0, 90.0, 180.0, 270.0), heel_height=0.06))
    assert np.degrees(once.angle) > 0.5
    assert np.degrees(turned.angle) < 0.01
    assert turned.sagittal_uncertainty < 0.5 * once.sagittal_uncertainty
    heights = dict(turned.heights_m)
    assert heights["Heel"] - heights["BigToe"] == pytest.approx(0.04, abs=0.005)


def test_uncertainty_grows_with_the_assumed_sigmas(person: Person) -> None:
    markers = person()
    loose = Level(forward_sigma_m=0.1, height_sigma_m=0.03).resolve(markers).tilt
    assert loose is not None
    assert loose.sagittal_uncertainty > 2 * found(markers).sagittal_uncertainty


def test_squatting_only_is_told_apart_from_standing(person: Person) -> None:
    squat = person().at_frames(np.arange(72, 108))
    tilt = found(squat)
    assert tilt.posture == "feet at rest"
    assert tilt.sagittal_uncertainty > found(person()).sagittal_uncertainty
    assert abs(tilt.frontal) < 1e-6


def test_a_raised_foot_does_not_tilt_the_floor(person: Person) -> None:
    markers = person()
    positions = markers.positions.copy()
    left = [i for i, n in enumerate(markers.names) if n in ("LHeel", "LBigToe", "LSmallToe")]
    positions[130:, left] += [0.0, 0.15, 0.0]
    raised = found(markers.with_positions(positions))
    assert abs(np.degrees(raised.frontal)) < 0.3
    # and a heel that is raised for a while counts little
    positions = markers.positions.copy()
    positions[130:, [markers.names.index("LHeel"), markers.names.index("RHeel")], 1] += 0.08
    heels_up = found(markers.with_positions(positions))
    assert abs(np.degrees(heels_up.sagittal - found(markers).sagittal)) < 1.0


def test_feet_that_rest_in_turn_are_enough(person: Person) -> None:
    markers = person(noise_m=0.001)
    positions = markers.positions.copy()
    wobble = 0.15 * np.sin(np.arange(180) / 6)[:, None, None] * [1.0, 0.0, 0.0]
    left = [i for i, n in enumerate(markers.names) if n in ("LHeel", "LBigToe", "LSmallToe")]
    right = [i for i, n in enumerate(markers.names) if n in ("RHeel", "RBigToe", "RSmallToe")]
    positions[:90, left] += wobble[:90]
    positions[90:, right] += wobble[90:]
    tilt = found(markers.with_positions(positions))
    assert tilt.posture == "whole trial"
    assert abs(np.degrees(tilt.frontal)) < 1.0


def test_gaps_do_not_matter_much(person: Person) -> None:
    markers = person(noise_m=0.002)
    positions = markers.positions.copy()
    positions[20:40, 3] = np.nan
    positions[50:55] = np.nan
    gappy = found(markers.with_positions(positions))
    assert np.degrees(angle_between(gappy.up, found(markers).up)) < 0.3


def test_what_is_needed_is_said(person: Person) -> None:
    markers = person()
    with pytest.raises(NameNotFoundError, match="LHeel"):
        Level()(markers.select(n for n in markers.names if n != "LHeel"))
    moving = markers.with_positions(
        markers.positions + np.linspace(0, 3, 180)[:, None, None] * [1.0, 0.0, 0.0]
    )
    with pytest.raises(CleaningError, match=r"both feet.*neither was"):
        Level()(moving)
    one = markers.positions.copy()
    one[:, markers.names.index("RHeel")] = np.nan
    with pytest.raises(CleaningError, match="only one of them was"):
        Level()(markers.with_positions(one))
    no_shoulders = markers.positions.copy()
    no_shoulders[:, markers.names.index("LShoulder")] = np.nan
    with pytest.raises(CleaningError, match="both shoulders and both ankles"):
        Level()(markers.with_positions(no_shoulders))
    with pytest.raises(ValueRangeError, match="height_sigma_m"):
        Level(height_sigma_m=0.0)


def test_without_hips_the_feet_alone_tell(person: Person) -> None:
    markers = person()
    positions = markers.positions.copy()
    positions[:, markers.names.index("LHip")] = np.nan
    tilt = found(markers.with_positions(positions))
    assert tilt.posture == "none"
    assert abs(tilt.frontal) < 1e-6
    assert np.degrees(tilt.sagittal_uncertainty) > 3.0


def test_slow_frames_at_other_rates(person: Person) -> None:
    markers = person(noise_m=0.001)
    fast = replace(markers, times=markers.times / 2)
    assert np.degrees(angle_between(found(fast).up, found(markers).up)) < 0.2
