"""Gravity, the ground and the order of a body, on numbers that can be followed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.core import Markers, Subject
from kinebench.core.arrays import FloatArray
from kinebench.core.keypoints import OPENCAP_20
from kinebench.core.segments import stature, typical_lengths
from kinebench.geometry.rotations import rotation_from_axis_angles
from kinebench.quality import assess_recording
from kinebench.quality.courses import jumps
from kinebench.quality.finding import Finding
from kinebench.quality.naming import names
from kinebench.quality.physics import gravity, tilt, travel
from kinebench.quality.stream import frozen, resolution, straight_lines
from kinebench.quality.world import agreement, handedness, size

SUBJECT = Subject(70.0, 1.75)
PLACES = {
    "Neck": (0.03, 1.45, 0.0), "midHip": (0.0, 0.95, 0.0),
    "Shoulder": (0.03, 1.43, 0.18), "Elbow": (0.02, 1.14, 0.22), "Wrist": (0.08, 0.89, 0.24),
    "Hip": (0.0, 0.94, 0.09), "Knee": (0.02, 0.51, 0.09), "Ankle": (0.0, 0.09, 0.10),
    "Heel": (-0.05, 0.03, 0.10), "BigToe": (0.16, 0.02, 0.10), "SmallToe": (0.13, 0.02, 0.17),
}  # fmt: skip


def standing() -> FloatArray:
    """The 20 keypoints of somebody who stands upright and looks along +X (20, 3) m."""
    found = []
    for name in OPENCAP_20:
        x, y, z = PLACES.get(name) or PLACES[name[1:]]
        found.append((x, y, -z if name.startswith("L") else z))
    return np.array(found)


def still(n_frames: int = 120, rate_hz: float = 60.0, noise_m: float = 0.002) -> Markers:
    noise = noise_m * np.random.default_rng(4).standard_normal((n_frames, 20, 3))
    return Markers(OPENCAP_20, np.arange(n_frames) / rate_hz, standing() + noise)


def jumping(rate_hz: float = 100.0, slowed: float = 1.0) -> Markers:
    """Stands for 0.5 s, is in the air for 0.5 s, stands for 0.5 s; time goes as stated."""
    times = np.arange(round(1.5 * rate_hz)) / rate_hz
    air = np.clip(times - 0.5, 0.0, 0.5)
    rise = 9.81 / 2 * air * (0.5 - air)
    positions = standing() + rise[:, None, None] * np.array([0.0, 1.0, 0.0])
    return Markers(OPENCAP_20, times * slowed, positions)


def said(found: object) -> list[Finding]:
    return list(found or ())  # type: ignore[call-overload]


def test_a_body_in_order_has_nothing() -> None:
    for recording in (still(), jumping()):
        for look in (names, tilt, gravity, travel, jumps, resolution, straight_lines):
            assert said(look(recording, SUBJECT)) == []


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        ("RElbow", "LElbow", "the right elbow is on the left as seen from the hips"),
        ("RHeel", "LHeel", "the right heel is on the left as seen from the hips"),
        ("RBigToe", "LBigToe", "the right big toe is on the left as seen from the hips"),
        ("RHeel", "RBigToe", "the right big toe is behind the heel"),
        ("LHeel", "LAnkle", "the left heel is above the ankle"),
        ("LBigToe", "LSmallToe", "the left small toe is on the inner side of the big toe"),
        ("RElbow", "RWrist", "the right upper arm is 2.1 times as long as the forearm"),
        ("RShoulder", "RElbow", "the right upper arm is 0.5 times as long as the forearm"),
        ("LKnee", "LAnkle", "the left thigh is 2.0 times as long as the shank"),
        ("LHip", "LKnee", "the left thigh is 0.5 times as long as the shank"),
    ],
)
def test_keypoints_under_each_others_names(one: str, other: str, message: str) -> None:
    exchanged = still().rename({one: other, other: one}).select(OPENCAP_20)
    found = said(names(exchanged, SUBJECT))
    assert message in [finding.message for finding in found]
    assert {finding.severity for finding in found} == {"red"}


def test_who_is_mirrored_as_a_whole_is_told_so_once() -> None:
    mirrored = still().with_positions(still().positions * np.array([1.0, 1.0, -1.0]))
    assert said(names(mirrored, SUBJECT)) == []
    checks = {finding.check for finding in assess_recording(mirrored, SUBJECT).findings}
    assert "left and right" in checks


def test_legs_that_are_exchanged_as_a_whole_are_told_by_another_check() -> None:
    parts = ("Knee", "Ankle", "Heel", "BigToe", "SmallToe")
    swap = {f"{a}{part}": f"{b}{part}" for part in parts for a, b in ("RL", "LR")}
    assert said(names(still().rename(swap).select(OPENCAP_20), SUBJECT)) == []


@given(heading=st.floats(-180.0, 180.0), place=st.floats(-20.0, 20.0))
def test_where_somebody_stands_and_looks_does_not_matter(heading: float, place: float) -> None:
    R = rotation_from_axis_angles({"y": heading})
    for recording in (still(60), jumping()):
        moved = recording.with_positions(recording.positions @ R.T + place)
        for look in (names, gravity, travel, jumps):
            assert said(look(moved, SUBJECT)) == []


@pytest.mark.parametrize(
    ("axis", "angle", "severity", "words"),
    [
        ("x", 6.0, "amber", "right"),
        ("x", -6.0, "amber", "left"),
        ("z", -9.0, "amber", "forward"),
        ("z", 14.0, "red", "backward"),
        ("x", 12.0, "red", "right"),
    ],
)
def test_a_tilted_room(axis: str, angle: float, severity: str, words: str) -> None:
    R = rotation_from_axis_angles({axis: angle})
    (found,) = said(tilt(still().with_positions(still().positions @ R.T), SUBJECT))
    assert (found.severity, found.where) == (severity, ("sideways" if axis == "x" else "forward",))
    assert found.measured == pytest.approx(abs(angle), abs=1.5)
    assert found.message.endswith(words)


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 240.0])
@pytest.mark.parametrize(
    ("slowed", "severity"), [(2.0, "red"), (0.5, "red"), (1.2, "amber"), (0.8, "red")]
)
def test_a_wrong_rate_shows_in_flight(rate_hz: float, slowed: float, severity: str) -> None:
    (found,) = said(gravity(jumping(rate_hz, slowed), SUBJECT))
    assert found.severity == severity
    assert found.measured == pytest.approx(9.81 / slowed**2, rel=0.02)
    assert f"as if {rate_hz:.0f} frames per second were stated as {rate_hz / slowed:.0f}" in (
        found.message
    )


def test_who_stands_on_a_box_does_not_fall() -> None:
    """Steps up for a second: no flight, so that nothing is judged."""
    up = 0.4 * (np.abs(np.arange(240) - 120) < 60)
    recording = still(240).with_positions(
        still(240).positions + up[:, None, None] * np.array([0.0, 1.0, 0.0])
    )
    assert gravity(recording, SUBJECT) is None


def test_who_squats_on_a_box_does_not_fall() -> None:
    """The body follows a parabola for a second, and the feet stay where they are."""
    t = np.clip((np.arange(240) - 60) / 120, 0.0, 1.0)
    dip = 4 * 0.3 * t * (1 - t)
    positions = np.array(still(240).positions)
    positions[60:180, :, 1] += 0.4
    feet = [name.endswith(("Heel", "Toe", "Ankle")) for name in OPENCAP_20]
    positions[:, np.logical_not(feet), 1] += dip[:, None]
    assert gravity(still(240).with_positions(positions), SUBJECT) is None


@pytest.mark.parametrize(("way", "backwards"), [(1.0, False), (-1.0, True)])
def test_who_travels(way: float, backwards: bool) -> None:
    path = way * 1.3 * np.arange(120) / 60
    moved = still().positions + path[:, None, None] * np.array([1.0, 0.0, 0.0])
    found = said(travel(still().with_positions(moved), SUBJECT))
    assert [finding.message for finding in found] == (
        ["the person travels 2.6 m backwards, heels first"] if backwards else []
    )
    assert travel(still(), SUBJECT) is None


@pytest.mark.parametrize(
    ("columns", "metres", "severity"),
    [(range(20), 0.15, "red"), (range(8, 14), 0.25, "amber"), (range(1), 0.35, "amber")],
)
def test_jumps_that_stay(columns: range, metres: float, severity: str) -> None:
    positions = np.array(still().positions)
    positions[60:, list(columns), 2] += metres
    (found,) = said(jumps(still().with_positions(positions), SUBJECT))
    assert found.severity == severity
    assert found.measured == pytest.approx(metres, abs=0.02)
    start, end = found.spans_s[0]
    assert start <= 60 / 60 <= end + 0.1
    assert len(found.where) == len(columns)


def test_outliers_of_a_frame_do_not_stay() -> None:
    positions = np.array(still().positions)
    positions[60, :, 2] += 0.5
    assert said(jumps(still().with_positions(positions), SUBJECT)) == []


@given(speed=st.floats(0.0, 6.0), bend=st.floats(-30.0, 30.0))
def test_steady_speed_and_acceleration_are_no_jump(speed: float, bend: float) -> None:
    t = np.arange(120) / 60
    path = speed * t + bend * t**2 / 2
    moved = still(noise_m=0.0).positions + path[:, None, None] * np.array([1.0, 0.0, 0.0])
    assert said(jumps(still().with_positions(moved), SUBJECT)) == []


@pytest.mark.parametrize(
    ("step", "light"), [(0.05, "red"), (0.02, "red"), (0.01, "amber"), (0.005, "amber")]
)
def test_coarse_positions(step: float, light: str) -> None:
    coarse = still().with_positions(np.round(still().positions / step) * step)
    (found,) = said(resolution(coarse, SUBJECT))
    assert (found.severity, found.measured) == (light, pytest.approx(step * 1e3))
    # stairs are no lost keypoints
    assert said(frozen(coarse, SUBJECT)) == said(straight_lines(coarse, SUBJECT)) == []


@pytest.mark.parametrize("step", [0.001, 1e-4, 1e-5])
def test_fine_positions(step: float) -> None:
    fine = still().with_positions(np.round(still().positions / step) * step)
    assert said(resolution(fine, SUBJECT)) == []


def test_who_sways_slowly_is_not_frozen_in_a_file_of_whole_millimetres() -> None:
    up = np.array([0.0, 1.0, 0.0])
    sway = 0.005 * up * np.arange(120)[:, None, None] / 60  # 0.2 s at each millimetre
    apart = np.linspace(0.0, 0.001, 20)[:, None] * up  # not all in one frame
    positions = np.round(np.round(standing(), 3) + apart + sway, 3)
    assert said(frozen(Markers(OPENCAP_20, np.arange(120) / 60, positions), SUBJECT)) == []


def test_a_keypoint_frozen_in_a_file_of_whole_millimetres() -> None:
    positions = np.round(still().positions, 3)
    positions[30:70, 5] = positions[30, 5]
    (found,) = said(frozen(still().with_positions(positions), SUBJECT))
    assert found.where == (OPENCAP_20[5],)


@pytest.mark.parametrize("seconds", [0.5, 1.5])
def test_a_gap_filled_by_a_polynomial_of_third_degree(seconds: float) -> None:
    n = round(60 * seconds)
    positions = np.array(still(240).positions)
    t = np.linspace(-1, 1, n)
    positions[20 : 20 + n, 3] = 0.1 * np.stack([t**3 - t, t**2, 0.3 * t], axis=1) + [0.2, 1.0, 0.3]
    recording = still(240).with_positions(np.round(positions, 5))
    (found,) = said(straight_lines(recording, SUBJECT))
    assert found.message == f"{OPENCAP_20[3]} moves along an exact curve for {n / 60:.2f} s"
    assert found.severity == ("red" if seconds > 1 else "amber")


def test_who_was_computed_without_noise_moves_along_curves_throughout() -> None:
    t = np.arange(120) / 60
    path = 0.2 * np.sin(2 * np.pi * 0.4 * t)
    positions = standing() + path[:, None, None] * np.array([0.0, 1.0, 0.3])
    recording = Markers(OPENCAP_20, t, np.round(positions, 5))
    assert said(straight_lines(recording, SUBJECT)) == []


def lunging(noise_m: float = 0.01, ahead_m: float = 0.3) -> Markers:
    """Steps so far ahead with the right foot, in line with the left, for two of three seconds."""
    recording = still(180, noise_m=noise_m)
    out = np.clip(np.minimum(np.arange(180) - 30, 150 - np.arange(180)) / 10, 0.0, 1.0)
    positions = np.array(recording.positions)
    for side, way in (("R", 1.0), ("L", -1.0)):
        for part in ("Knee", "Ankle", "Heel", "BigToe", "SmallToe"):
            column = OPENCAP_20.index(side + part)
            # 3 cm beyond the middle: feet in line, and what cameras err by
            aside = -way * PLACES[part][2] - way * 0.03
            positions[:, column] += out[:, None] * np.array([way * ahead_m, 0.0, aside])
    return recording.with_positions(positions)


def test_feet_in_line_for_most_of_the_time_are_not_exchanged() -> None:
    recording = lunging()
    assert said(names(recording, SUBJECT)) == []
    assert said(handedness(recording, SUBJECT)) == []
    swap = {f"{a}Ankle": f"{b}Ankle" for a, b in ("RL", "LR")}
    exchanged = recording.rename(swap).select(OPENCAP_20)
    (found,) = said(handedness(exchanged, SUBJECT))
    assert found.message == "the right ankle is on the left as seen from the hips"


def test_a_heel_that_is_raised_for_most_of_the_time_is_no_ankle() -> None:
    """Tiptoe with a shank bent forwards, and 2 cm of error, for two of three seconds."""
    recording = still(180)
    positions = np.array(recording.positions)
    positions[30:150, OPENCAP_20.index("LHeel"), 1] += 0.08
    assert said(names(recording.with_positions(positions), SUBJECT)) == []
    exchanged = {"LHeel": "LAnkle", "LAnkle": "LHeel"}
    swapped = recording.rename(exchanged).select(OPENCAP_20)
    assert [one.message for one in said(names(swapped, SUBJECT))] == [
        "the left heel is above the ankle"
    ]


@given(
    cosine=st.lists(st.floats(-1.0, 1.0), min_size=1, max_size=20).filter(
        lambda values: max(map(abs, values)) > 1e-3
    )
)
def test_agreement_is_of_the_clear_frames_and_changes_sign_with_names(cosine: list[float]) -> None:
    c = np.array(cosine)
    one = np.column_stack([c, np.sqrt(1 - c**2), 0 * c])
    x = np.tile([1.0, 0.0, 0.0], (len(c), 1))
    found = agreement(one, x)
    assert -1.0 - 1e-12 <= found <= 1.0 + 1e-12
    assert agreement(-one, x) == pytest.approx(-found)
    assert found == pytest.approx(float(c @ abs(c)) / float(c @ c))


def test_agreement_of_nothing_is_not_known() -> None:
    assert np.isnan(agreement(np.full((3, 3), np.nan), np.ones((3, 3))))


def bending(factor: float = 1.0) -> Markers:
    """Stands for half a second of two, and else bends with a trunk that is seen a third shorter."""
    recording = still()
    positions = np.array(recording.positions)
    above = [OPENCAP_20.index(name) for name in ("Neck", "RShoulder", "LShoulder")]
    positions[30:, above] += np.array([0.3, -0.35, 0.0])
    return recording.with_positions(factor * positions)


def test_size_is_judged_where_somebody_is_upright() -> None:
    person = Subject(70.0, stature(typical_lengths(still())))
    assert said(size(bending(), person)) == []
    (found,) = said(size(bending(0.85), person))
    assert found.measured == pytest.approx(0.85, abs=0.01)


def test_a_body_that_stands_as_a_whole_is_one_frame_repeated() -> None:
    positions = np.array(still().positions)
    positions[30:70] = positions[30]
    (found,) = said(frozen(still().with_positions(positions), SUBJECT))
    assert found.message == "no keypoint moves at all for 0.65 s"
    assert found.advice == "one frame is repeated: a still image, or a gap filled so"
    positions = np.array(still().positions)
    positions[30:70, [3, 5]] = positions[30, [3, 5]]
    (found,) = said(frozen(still().with_positions(positions), SUBJECT))
    assert found.message == f"{OPENCAP_20[3]} and 1 more do not move at all for 0.65 s"
