"""Clocks and units that two recordings do not share, and the false alarms of that judgement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinebench.comparison import Procedure, compare_recordings
from kinebench.comparison.units import other_units, require_common_clock
from kinebench.core import Coordinate, Markers, Motion
from kinebench.core.motion import Kind
from kinebench.errors import ValueRangeError
from kinebench.io.mot import read_motion_file

ANGLES = ("hip_flexion_r", "knee_angle_r", "ankle_angle_r", "pat_angle_r", "mtp_angle_r")
NAMES = (*ANGLES, "pelvis_ty", "pelvis_tx")


def walk(
    seed: int = 1, rate_hz: float = 100.0, duration_s: float = 3.0, noise: float = 0.0
) -> Motion:
    """Sums of sines with an offset each; the toes are locked."""
    rng = np.random.default_rng(seed)
    times = np.arange(round(duration_s * rate_hz) + 1) / rate_hz
    amplitudes = np.array([0.4, 0.6, 0.2, 0.3, 0.0, 0.03, 0.5])
    offsets = rng.uniform(-0.5, 0.5, len(NAMES))
    phases = rng.uniform(0, 6, len(NAMES))
    values = offsets + amplitudes * np.sin(2 * np.pi * times[:, None] + phases)
    values[:, : len(ANGLES)] += noise * rng.normal(size=(len(times), len(ANGLES)))
    kinds: list[Kind] = [
        "translational" if name.startswith("pelvis") else "rotational" for name in NAMES
    ]
    coordinates = tuple(map(Coordinate, NAMES, kinds))
    return Motion(coordinates, times, values)


def scaled(motion: Motion, names: tuple[str, ...], factor: float) -> Motion:
    values = motion.values.copy()
    for name in names:
        values[:, motion.names.index(name)] *= factor
    return replace(motion, values=values)


def on_clock(motion: Motion, factor: float) -> Motion:
    return replace(motion, times=motion.times * factor)


@given(st.integers(0, 500), st.sampled_from([57.29578, 1 / 57.29578]), st.sampled_from(ANGLES[:4]))
@settings(deadline=None, max_examples=30)
def test_a_coordinate_in_the_other_unit_is_left_out(seed: int, factor: float, name: str) -> None:
    reference = walk(seed)
    estimate = scaled(walk(seed, noise=0.03), (name,), factor)
    larger = "estimate" if factor > 1 else "reference"
    reasons = other_units(reference, estimate)
    assert list(reasons) == [name]
    assert reasons[name].startswith(f"the {larger} is 57.3 times larger")


@given(st.integers(0, 500), st.integers(0, 500), st.floats(0.0, 0.1))
@settings(deadline=None, max_examples=60)
def test_two_motions_in_one_unit_raise_no_alarm(one: int, other: int, noise: float) -> None:
    assert other_units(walk(one), walk(other, noise=noise)) == {}


def test_lengths_in_millimetres() -> None:
    reasons = other_units(walk(), scaled(walk(), ("pelvis_ty", "pelvis_tx"), 1000.0))
    assert set(reasons) == {"pelvis_ty", "pelvis_tx"}
    assert reasons["pelvis_ty"] == (
        "the estimate is 1000 times larger: m on one side, mm or cm on the other"
    )


@pytest.mark.parametrize("factor", [57.29578, 1 / 57.29578])
def test_a_file_whose_header_lies_is_refused(factor: float) -> None:
    with pytest.raises(ValueRangeError, match="in another unit than its header says"):
        compare_recordings(walk(), scaled(walk(noise=0.02), ANGLES, factor), Procedure())


def test_a_locked_angle_in_the_other_unit() -> None:
    reasons = other_units(walk(), scaled(walk(), ("mtp_angle_r",), 57.29578))
    assert list(reasons) == ["mtp_angle_r"]


def test_a_lag_does_not_hide_the_unit() -> None:
    late = replace(walk(), times=walk().times + 0.4)
    assert list(other_units(walk(), scaled(late, ("pat_angle_r",), 57.29578))) == ["pat_angle_r"]


def test_what_is_left_out_is_named_when_it_is_asked_for() -> None:
    how = Procedure(coordinates=("pat_angle_r",))
    with pytest.raises(ValueRangeError, match="pat_angle_r cannot be scored: the est"):
        compare_recordings(walk(), scaled(walk(), ("pat_angle_r",), 57.29578), how)


CLOCKS = {
    "ms": (1000.0, "in ms"),
    "µs": (1e6, "in µs"),
    "minutes": (1 / 60, "in minutes"),
    "frames": (100.0, "frame numbers"),
    "nonsense": (3000.0, "cannot be seconds"),
}


@pytest.mark.parametrize("name", CLOCKS)
@pytest.mark.parametrize("which", ["reference", "estimate", "both"])
def test_times_that_are_not_seconds(name: str, which: str) -> None:
    factor, message = CLOCKS[name]
    one, other = walk(), walk(rate_hz=100.0 if which == "both" else 60.0)
    if which != "estimate":
        one = on_clock(one, factor)
    if which == "both":
        other = on_clock(other, factor)
    if which == "estimate":
        other = on_clock(other, 60.0 if name == "frames" else factor)
    with pytest.raises(ValueRangeError, match=message) as caught:
        require_common_clock(one, other)
    assert f"the {'reference' if which != 'estimate' else 'estimate'} cannot" in str(caught.value)


@pytest.mark.parametrize("video_hz", [25.0, 30.0, 60.0, 120.0, 240.0])
def test_minutes_are_seen_at_rates_that_a_camera_has(video_hz: float) -> None:
    with pytest.raises(ValueRangeError, match="in minutes"):
        require_common_clock(walk(), on_clock(walk(rate_hz=video_hz), 1 / 60))


@given(st.floats(8.0, 500.0), st.floats(8.0, 500.0), st.floats(0.5, 60.0), st.floats(0.5, 60.0))
@settings(deadline=None, max_examples=100)
def test_recordings_of_any_camera_raise_no_alarm(
    one_hz: float, other_hz: float, one_s: float, other_s: float
) -> None:
    one, other = walk(rate_hz=one_hz, duration_s=one_s), walk(rate_hz=other_hz, duration_s=other_s)
    require_common_clock(one, other)


def test_markers_have_a_clock_too() -> None:
    times = np.arange(50) / 50
    cloud = Markers(("a", "b"), times, np.zeros((50, 2, 3)))
    require_common_clock(cloud, cloud)
    with pytest.raises(ValueRangeError, match="in ms"):
        require_common_clock(cloud, replace(cloud, times=times * 1000))


REAL = (
    ("Moco/exampleWalking/walking1_videoAndMocap.mot", "OC_val/walking1.mot"),
    ("subject2/walking1_video.mot", "Moco/exampleWalking/walking1_videoAndMocap.mot"),
    ("Subject4/IK/squats1_manual_scaling_ik.mot", "Subject4/IK/walking1_manual_scaling_ik.mot"),
    ("Subject4/IK/squats1_manual_scaling_ik.mot", "Moco/exampleSquat/squats1_videoAndMocap.mot"),
    ("IK/Asym_0.mot", "IK/Squats_0.mot"),
    ("LaiArnoldSubject5/DJ1.mot", "Subject4/IK/DJ2_manual_scaling_ik.mot"),
    ("Subject4/IK/STS1_manual_scaling_ik.mot", "IK/Squats_0.mot"),
)


@pytest.mark.mirror
@pytest.mark.parametrize(("one", "other"), REAL)
def test_no_two_real_motions_raise_an_alarm(
    mirror_file: Callable[[str], Path], one: str, other: str
) -> None:
    """Other methods, other movements, other people: no unit differs."""
    first, second = (read_motion_file(mirror_file(file)).motion for file in (one, other))
    assert other_units(first, second) == {}
    require_common_clock(first, second)


@pytest.mark.parametrize("factor", [180 / np.pi, np.pi / 180])
@pytest.mark.parametrize(("gain", "offset"), [(1.3, 0.05), (0.75, 0.0), (-1.0, 0.0), (1.0, 0.12)])
def test_the_other_unit_shows_through_another_size_sign_or_zero(
    gain: float, offset: float, factor: float
) -> None:
    bent = walk(4).values.copy()
    column = walk(4).names.index("knee_angle_r")
    bent[:, column] += 0.7
    reference = replace(walk(4), values=bent)
    values = reference.values.copy()
    values[:, column] = factor * (gain * values[:, column] + offset)
    assert set(other_units(reference, replace(reference, values=values))) == {"knee_angle_r"}


def test_a_locked_angle_in_the_other_unit_need_not_be_locked_at_the_same_value() -> None:
    reference, estimate = walk(1), walk(1)
    one, other = reference.values.copy(), estimate.values.copy()
    column = reference.names.index("mtp_angle_r")
    one[:, column], other[:, column] = np.radians(26.0), np.radians(np.radians(23.0))
    found = other_units(replace(reference, values=one), replace(estimate, values=other))
    assert set(found) == {"mtp_angle_r"}


def test_what_hardly_moves_is_noise_in_any_unit() -> None:
    reference = walk(1)
    one, other = reference.values.copy(), reference.values.copy()
    wave = np.sin(3 * reference.times)
    for name, size in (("ankle_angle_r", np.radians(0.03)), ("pelvis_tx", 3e-4)):
        column = reference.names.index(name)
        one[:, column] = size * wave
        other[:, column] = size * wave * (57.3 if name.startswith("ankle") else 100.0)
    assert other_units(replace(reference, values=one), replace(reference, values=other)) == {}
