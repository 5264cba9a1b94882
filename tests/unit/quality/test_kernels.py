"""The parts that checks are made of, on numbers that can be followed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.cleaning import Butterworth, parse_cleaners
from kinebench.core import Coordinate, Markers, Motion, Subject
from kinebench.core.arrays import FloatArray
from kinebench.core.segments import segment_lengths, stature
from kinebench.quality import assess_recording
from kinebench.quality.anatomy import swaps
from kinebench.quality.filtering import _loss, effective_cutoff
from kinebench.quality.finding import Assessment, Finding, graded, spans_of, worst
from kinebench.quality.result import smeared_wraps
from kinebench.signals.butterworth import butterworth

TIMES = np.arange(100) / 100.0


def _legs(right: FloatArray, left: FloatArray) -> Markers:
    """Right and left legs (n_frames, 3) as keypoints at 60 Hz."""
    parts = ("Knee", "Ankle", "Heel")
    names = tuple(f"{side}{part}" for side in "RL" for part in parts)
    below = np.array([[0.0, 0.0, 0.0], [0.0, -0.4, 0.0], [-0.05, -0.45, 0.0]])
    positions = np.concatenate([right[:, None] + below, left[:, None] + below], axis=1)
    return Markers(names, np.arange(len(right)) / 60, positions)


def _found(recording: Markers) -> list[Finding]:
    return list(swaps(recording, Subject(70.0, 1.75)) or ())


def _apart(n_frames: int) -> tuple[FloatArray, FloatArray]:
    return np.tile([0.0, 0.5, 0.2], (n_frames, 1)), np.tile([0.0, 0.5, 0.0], (n_frames, 1))


def test_exchanges_are_found_where_sides_change_places() -> None:
    right, left = _apart(20)
    right[7:12], left[7:12] = left[7:12].copy(), right[7:12].copy()
    (found,) = _found(_legs(right, left))
    assert found.spans_s[0] == pytest.approx((7 / 60, 11 / 60))
    assert found.measured == 5
    assert found.message.startswith("the legs are on the other side in 5 frames")
    assert set(found.where) == {
        f"{side}{part}" for side in "RL" for part in ("Knee", "Ankle", "Heel")
    }


def test_an_exchange_until_the_end_is_the_lesser_part() -> None:
    right, left = _apart(20)
    right[4:], left[4:] = left[4:].copy(), right[4:].copy()
    (found,) = _found(_legs(right, left))
    assert found.spans_s[0] == pytest.approx((0.0, 3 / 60))


@given(speed=st.floats(0.0, 5.0), apart=st.floats(0.15, 0.5))
def test_legs_that_pass_each_other_are_no_exchange(speed: float, apart: float) -> None:
    """At 60 Hz, right forwards and left backwards at up to 5 m/s, a hand's breadth apart."""
    way = speed * (np.arange(60) - 30) / 60
    zero = np.zeros(60)
    right = np.stack([way, zero, zero + apart], axis=1)
    left = np.stack([-way, zero, zero], axis=1)
    assert not _found(_legs(right, left))


def test_missing_points_are_no_exchange() -> None:
    right, left = _apart(20)
    right[5] = np.nan
    assert not _found(_legs(right, left))
    assert swaps(Markers(("Neck",), TIMES, np.zeros((100, 1, 3))), Subject(70.0, 1.75)) is None


def test_segments_of_known_length() -> None:
    names = ("RHip", "RKnee", "RAnkle", "midHip", "Neck")
    places = np.array([[0, 1, 0], [0, 0.6, 0], [0.3, 0.2, 0], [0, 1, 0], [0, 1.5, 0]], dtype=float)
    recording = Markers(names, TIMES, np.tile(places, (100, 1, 1)))
    lengths = {name: float(course[0]) for name, course in segment_lengths(recording).items()}
    assert lengths == pytest.approx({"right thigh": 0.4, "right shank": 0.5, "trunk": 0.5})
    assert stature(lengths) == pytest.approx(1.4 / (0.245 + 0.246 + 0.288))
    assert np.isnan(stature({}))


@given(scale=st.floats(0.01, 100.0))
def test_stature_scales_with_its_segments(scale: float) -> None:
    lengths = {"right thigh": 0.42, "left thigh": 0.44, "trunk": 0.5}
    larger = {name: scale * length for name, length in lengths.items()}
    assert stature(larger) == pytest.approx(scale * stature(lengths))


def test_grades() -> None:
    assert [graded(value, 1.0, 2.0) for value in (1.0, 1.1, 2.1, float("nan"))] == [
        "green", "amber", "red", "green",
    ]  # fmt: skip
    assert worst(["green", "amber"]) == "amber"
    assert worst([]) == "green"


def test_frames_carry_the_worst_that_is_said_of_them() -> None:
    found = (
        Finding("speed", "amber", "fast", spans_s=((0.1, 0.3),)),
        Finding("zeros", "red", "zeros", spans_s=((0.2, 0.2),)),
        Finding("gaps", "red", "a gap", spans_s=((0.5, 0.6),), recording="static"),
    )
    flags = Assessment(found, (), {}).flags(TIMES)
    assert set(flags[:10]) == {0}
    assert flags[10] == flags[30] == 1
    assert flags[20] == 2
    assert set(flags[31:]) == {0}
    everywhere = (Finding("size", "amber", "too tall"),)
    assert set(Assessment(everywhere, (), {}).flags(TIMES)) == {1}


def test_spans_are_first_and_last_times() -> None:
    mask = np.zeros(100, bool)
    mask[[3, 4, 5, 50]] = True
    assert spans_of(mask, TIMES) == ((0.03, 0.05), (0.5, 0.5))


@pytest.mark.parametrize("cutoffs", [[6.0], [6.0, 6.0], [6.0, 12.0]])
def test_the_effective_cutoff_is_where_a_sine_keeps_its_half_power(cutoffs: list[float]) -> None:
    together = effective_cutoff([(cut, 2) for cut in cutoffs])
    times = np.arange(0, 20, 1 / 1000)  # so fast that the bilinear transform warps nothing
    course = np.sin(2 * np.pi * together * times)
    for cut in cutoffs:
        course = butterworth(course[:, None], 1000.0, cut)[:, 0]
    assert np.abs(course[5000:15000]).max() == pytest.approx(np.sqrt(0.5), abs=2e-3)


def test_a_smeared_wrap_is_found_and_a_plain_one_is_not() -> None:
    turning = np.radians(170.0 + 40.0 * TIMES)
    wrapped = (turning + np.pi) % (2 * np.pi) - np.pi
    coordinate = Coordinate("arm_rot_r")
    plain = Motion((coordinate,), TIMES, wrapped[:, None])
    assert list(smeared_wraps(plain)) == []
    filtered = butterworth(wrapped[:, None], 100.0, 6.0)
    (found,) = smeared_wraps(Motion((coordinate,), TIMES, filtered))
    assert found.where == ("arm_rot_r",)
    assert found.spans_s[0][0] < 0.25 < found.spans_s[0][1]


def test_a_finding_becomes_plain_json() -> None:
    found = Finding("size", "red", "too large", measured=float("nan")).as_dict()
    assert found["measured"] is None
    assert found["check"] == "size"


def test_findings_come_worst_first() -> None:
    """Two frames of a hand far off, in a recording of 15 frames a second."""
    names = ("Neck", "midHip", "RHip", "LHip", "RWrist")
    places = np.array([[0, 1.5, 0], [0, 1, 0], [0, 1, 0.1], [0, 1, -0.1], [0.2, 1, 0.3]])
    rng = np.random.default_rng(1)
    positions = places + 0.002 * rng.standard_normal((60, 5, 3))
    positions[20:22, 4] += 1e3
    found = assess_recording(Markers(names, np.arange(60) / 15, positions), Subject(70.0, 1.75))
    lights = [finding.severity for finding in found.findings]
    assert lights == sorted(lights, key=("red", "amber", "green").index)
    assert {"red", "amber"} <= set(lights)
    assert found.severity == "red"


def test_levelling_takes_no_movement_away_and_a_low_cutoff_does() -> None:
    # knees that go up and down by 0.2 m at 1.5 Hz; a turn of 4° moves what is 0.5 m up by 35 mm
    course = 0.2 * np.sin(2 * np.pi * 1.5 * np.arange(240) / 60)
    right, left = _apart(240)
    rise = np.array([0.0, 1.0, 0.0])
    walking = _legs(right + course[:, None] * rise, left - course[:, None] * rise)
    level = parse_cleaners("rotate:x=4,z=-3")[0]
    names = list(walking.names)
    assert list(_loss(walking, level(walking), names)) == []
    (lost,) = _loss(walking, Butterworth(0.5)(walking), names)
    assert lost.severity == "red"
    # a turn hides nothing that the filter took
    (both,) = _loss(walking, level(Butterworth(0.5)(walking)), names)
    assert both.severity == "red"
