from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import ArrayLike

from kinebench.cleaning import Butterworth, Rotate
from kinebench.core import Markers, Subject, Trial
from kinebench.diagnosis.features import FEATURES, Choices, Feature, comparable, measured
from kinebench.lab import StaticPose
from kinebench.lab.camera import Chain, ColouredNoise, ScaleError, WhiteNoise, WorldTilt
from kinebench.lab.motions import SitToStand
from tests.unit.diagnosis.stick_figures import along, figure
from tests.unit.diagnosis.virtual_sessions import SQUAT, STANDING, mirrored_trial, session


def moved(recording: Markers, name: str, shift: ArrayLike, frames: slice = slice(None)) -> Markers:
    positions = np.array(recording.positions)
    positions[frames, recording.names.index(name)] += np.asarray(shift)
    return recording.with_positions(positions)


@pytest.fixture(scope="module")
def clean() -> dict[str, float]:
    return measured(session())


def test_every_feature_of_a_whole_session_is_known(clean: dict[str, float]) -> None:
    assert set(clean) == set(FEATURES)
    unknown = {name for name, value in clean.items() if not math.isfinite(value)}
    assert unknown == {"no static trial"}


@pytest.mark.parametrize("seed", ["one", "two"])
def test_a_mirror_turns_sides_and_nothing_else(seed: str) -> None:
    noise = Chain((ColouredNoise(), WhiteNoise()))
    trial = session(moving=noise, both=ColouredNoise((8.0, 8.0, 8.0), 0.5), seed=seed)
    here, there = measured(trial), measured(mirrored_trial(trial))
    for name, feature in FEATURES.items():
        expected = -here[name] if feature.sided else here[name]
        np.testing.assert_allclose(there[name], expected, atol=1e-6, err_msg=name)


def test_a_size_is_a_logarithm_in_percent(clean: dict[str, float]) -> None:
    grown = measured(session(moving=ScaleError(1.08)))
    assert grown["size, change"] - clean["size, change"] == pytest.approx(100 * math.log(1.08))
    both = measured(session(both=ScaleError(1.08)))
    assert both["size, change"] == pytest.approx(clean["size, change"], abs=1e-9)
    assert both["size, static"] - clean["size, static"] == pytest.approx(100 * math.log(1.08))


@pytest.mark.parametrize(
    ("pose", "feature", "expected"),
    [
        (StaticPose(duration_s=2.0, right_knee_deg=14), "static uneven, own", 14),
        (StaticPose(duration_s=2.0, knee_deg=14, right_knee_deg=-14), "static uneven", -14),
        (StaticPose(duration_s=2.0, knee_deg=20), "static bent, own", 20),
        # the trunk turns about the lumbar joint, above the hips
        (StaticPose(duration_s=2.0, lean_deg=12), "static lean, own", 9.5),
    ],
)
def test_a_bent_static_pose_is_measured(
    clean: dict[str, float], pose: StaticPose, feature: str, expected: float
) -> None:
    bent = measured(session(static=pose))
    assert bent[feature] - clean[feature] == pytest.approx(expected, abs=2.5)


def test_a_window_is_held_against_the_best_of_its_recording() -> None:
    times = np.arange(241) / 60
    trial = session(static=StaticPose(duration_s=4.0, knee_deg=20))
    straight = session(static=StaticPose(duration_s=4.0))
    assert trial.static is not None
    assert straight.static is not None
    early = (times < 2.0)[:, None, None]
    both = np.where(early, trial.static.positions, straight.static.positions)
    turning = replace(trial, static=trial.static.with_positions(both))
    assert measured(turning, Choices((0.5, 1.5)))["window knee"] == pytest.approx(20, abs=2.5)
    assert measured(turning, Choices((2.6, 3.6)))["window knee"] == pytest.approx(0, abs=2.5)


def test_a_tilt_is_seen_by_feet_and_posture(clean: dict[str, float]) -> None:
    right = measured(session(both=WorldTilt(0.0, 4.0)))
    assert right["trunk to the right"] - clean["trunk to the right"] == pytest.approx(4, abs=0.2)
    assert right["tilt sideways"] - clean["tilt sideways"] > 2.0
    forwards = measured(session(both=WorldTilt(-4.0, 0.0)))
    assert forwards["trunk forwards"] - clean["trunk forwards"] == pytest.approx(4, abs=0.2)
    assert forwards["tilt forwards"] - clean["tilt forwards"] > 1.0


def test_a_low_keypoint_lengthens_one_segment_and_shortens_the_other(
    clean: dict[str, float],
) -> None:
    trial = session()
    assert trial.static is not None
    down = [0.0, -0.04, 0.0]
    low = replace(
        trial,
        keypoints=moved(trial.keypoints, "RKnee", down),
        static=moved(trial.static, "RKnee", down),
    )
    found = measured(low)
    assert found["thigh length, static"] - clean["thigh length, static"] > 6.0
    assert found["shank length, static"] - clean["shank length, static"] < -6.0
    assert found["knee height"] - clean["knee height"] == pytest.approx(-40)
    assert found["thigh length, change"] == pytest.approx(clean["thigh length, change"], abs=4.0)


def test_a_keypoint_that_sinks_with_depth_is_measured_at_the_deepest(
    clean: dict[str, float],
) -> None:
    trial = session()
    height = trial.keypoints.position("midHip")[:, 1]
    high, low = np.percentile(height, (90, 10))
    depth = np.clip((high - height) / (high - low), 0, 1)
    sinking = moved(trial.keypoints, "RHip", -0.04 * depth[:, None] * [0.0, 1.0, 0.0])
    found = measured(replace(trial, keypoints=sinking))
    assert found["hip sinks"] - clean["hip sinks"] == pytest.approx(-40, abs=1.5)


def test_hips_that_seem_turned_move_sideways_only_a_little(clean: dict[str, float]) -> None:
    # 10 mm of one hip turn the line of the hips by 3°, and 0.3 m of depth then go 16 mm sideways
    trial = session()
    forwards = moved(trial.keypoints, "RHip", [0.010, 0.0, 0.0])
    found = measured(replace(trial, keypoints=forwards))
    assert abs(found["pelvis shifts"] - clean["pelvis shifts"]) < 6.0


def test_a_late_leg_is_late() -> None:
    trial = session()
    late = np.array(trial.keypoints.positions)
    for joint in ("Knee", "Ankle", "Heel", "BigToe", "SmallToe"):
        column = trial.keypoints.names.index("L" + joint)
        late[6:, column] = late[:-6, column]
    found = measured(replace(trial, keypoints=trial.keypoints.with_positions(late)))
    assert found["late path"] == pytest.approx(-100.0, abs=25.0)
    assert found["late"] < -20.0


def test_one_frame_of_one_toe_is_an_outlier(clean: dict[str, float]) -> None:
    trial = session()
    low = moved(trial.keypoints, "LBigToe", [0.0, -0.1, 0.0], slice(70, 72))
    found = measured(replace(trial, keypoints=low))
    assert math.exp(found["low outlier"]) - 1 == pytest.approx(100, abs=8)
    assert math.exp(clean["low outlier"]) - 1 < 10


def test_tremble_is_in_mm(clean: dict[str, float]) -> None:
    found = measured(session(moving=WhiteNoise((12.0, 12.0, 12.0))))
    assert math.exp(found["tremble, most"]) == pytest.approx(12.0, rel=0.1)
    assert found["tremble, most"] > clean["tremble, most"] + 2.0


def test_choices_are_held_against_the_recording() -> None:
    trial = session(rate_hz=120.0)
    assert measured(trial, Choices(trained_hz=60.0))["rate"] == pytest.approx(1.0)
    assert measured(trial, Choices())["rate"] == 0.0
    rising = session(SitToStand(pause_s=0.05, rise_s=0.8))
    assert measured(rising, Choices(warm_up_s=0.0))["start"] > 20.0
    assert measured(rising, Choices(warm_up_s=1.0))["start"] == 0.0
    heavy = replace(trial.subject, mass_kg=trial.subject.mass_kg * 1.2)
    change = measured(replace(trial, subject=heavy))["mass"] - measured(trial)["mass"]
    assert change == pytest.approx(math.log(1.2))


def test_a_low_pass_below_the_movement_takes_speed_away_and_a_turn_none() -> None:
    trial = session()
    filtered = Butterworth(0.4)(trial.keypoints)
    turned = Rotate.from_axis_angles({"y": 40.0, "x": 5.0})(trial.keypoints)
    lost = [
        math.exp(measured(trial, Choices(cleaned=cleaned))["smoothed away"]) - 0.5
        for cleaned in (filtered, Butterworth(6.0)(trial.keypoints), turned)
    ]
    assert lost[0] > 20.0
    assert lost[1] < 1.0
    assert lost[2] == pytest.approx(0.0, abs=1e-6)


def test_without_a_static_trial_the_movement_is_what_is_scaled_on() -> None:
    seated = measured(session(SitToStand(), None), Choices((0.0, 0.5)))
    assert seated["no static trial"] > 60.0
    standing = measured(session(static=None), Choices((0.0, 0.4)))
    assert standing["no static trial"] < 15.0
    assert math.isnan(standing["size, change"])


def test_the_set_up_for_any_pose_is_needless_on_a_straight_pose_alone() -> None:
    bent = session(static=StaticPose(duration_s=2.0, knee_deg=30))
    straight, crooked = (
        measured(trial, Choices(any_pose=True))["needless set-up"] for trial in (session(), bent)
    )
    assert straight > 0.8
    assert crooked < 0.3
    assert measured(session(), Choices())["needless set-up"] == 0.0


def test_keypoints_that_are_lacking_make_features_unknown() -> None:
    trial = session()
    assert trial.static is not None
    names = [name for name in trial.keypoints.names if "Toe" not in name and "Heel" not in name]
    without = replace(
        trial, keypoints=trial.keypoints.select(names), static=trial.static.select(names)
    )
    found = measured(without)
    assert math.isnan(found["low outlier"])
    assert math.isnan(found["tilt sideways"])
    assert math.isfinite(found["static uneven"])
    assert math.isfinite(found["thigh length"])


@pytest.mark.parametrize("n_frames", [1, 2, 4, 9, 30])
def test_short_recordings_raise_nothing(n_frames: int) -> None:
    trial = session()
    short = trial.keypoints.at_frames(np.arange(n_frames))
    assert set(measured(replace(trial, keypoints=short))) == set(FEATURES)


def test_recordings_with_gaps_raise_nothing() -> None:
    trial = session(SQUAT, STANDING)
    positions = np.array(trial.keypoints.positions)
    positions[:, trial.keypoints.names.index("RKnee")] = np.nan
    positions[10:40] = np.nan
    found = measured(replace(trial, keypoints=trial.keypoints.with_positions(positions)))
    assert math.isnan(found["late"])


def test_sides_that_do_not_move_alike_are_not_compared() -> None:
    trial = session()
    positions = np.array(trial.keypoints.positions)
    half = len(positions) // 2
    for name in ("LKnee", "LAnkle", "LHeel", "LBigToe", "LSmallToe"):
        column = trial.keypoints.names.index(name)
        positions[:half, column] = positions[0, column]  # the left leg stands, then squats
    found = measured(replace(trial, keypoints=trial.keypoints.with_positions(positions)))
    assert math.exp(found["alike"]) > 0.1
    assert math.isnan(found["late"])
    assert math.isnan(found["hip sinks"])
    assert math.isfinite(found["thigh length"])
    assert math.isfinite(found["floor slope"])  # of the static trial


def test_what_compares_sides_is_left_out_where_they_have_a_tenth_less_than_all_in_common() -> None:
    """Correlations of 0.9 are alike; with less, standing is known of a static trial alone."""
    known = dict.fromkeys(FEATURES, 1.0)
    same = {**known, "alike": math.log(1 - 0.9)}
    assert comparable(same, False) is same
    other = {**known, "alike": math.log(0.1001)}
    left_out = {name for name, value in comparable(other, True).items() if math.isnan(value)}
    assert left_out == {
        "late", "late path", "hip sinks", "knee sinks", "shoulder sinks", "pelvis shifts",
        "deep uneven", "feet wander", "feet wander, most", "hip height, movement",
        "knee height, movement", "ankle height, movement", "tilt sideways, movement",
        "tilt forwards, movement", "thigh with depth", "shank with depth", "foot with depth",
    }  # fmt: skip
    without = {name for name, value in comparable(other, False).items() if math.isnan(value)}
    assert without - left_out == {
        "floor slope", "heel over toes", "trunk to the right", "trunk forwards", "shoulder height",
    }  # fmt: skip
    # without a lag nothing is known of sides that move alike
    unknown = {**known, "alike": math.nan}
    assert math.isnan(comparable(unknown, True)["hip sinks"])


def test_five_frames_are_measured_and_four_are_not() -> None:
    for n_frames, is_known in ((5, True), (4, False)):
        trial = Trial("t", Subject(70.0, 1.75), figure(n_frames))
        found = measured(trial)
        assert set(found) == set(FEATURES)
        assert math.isfinite(found["static uneven"]) is is_known
        assert any(map(math.isfinite, found.values())) is is_known


def test_a_static_trial_and_a_movement_are_measured_without_tremble() -> None:
    """Trembling knees of both, at 20 Hz, do not bend; of the movement they are tremble."""
    knees = {"RKnee": along("x", 0.01 * np.sin(2 * np.pi * 20 * np.arange(120) / 60))}
    restless = figure(120, knees)
    trial = Trial("t", Subject(70.0, 1.75), restless, static=restless)
    found = measured(trial, Choices((0.5, 1.5), warm_up_s=0.0))
    assert found["static uneven"] == pytest.approx(0.0, abs=0.05)
    assert found["start"] == pytest.approx(0.0, abs=1.0)
    assert found["tremble, most"] > math.log(0.5)
    quiet = Trial("t", Subject(70.0, 1.75), figure(120), static=figure(120))
    assert measured(quiet)["tremble, most"] == pytest.approx(math.log(0.1))


@pytest.mark.parametrize(
    ("name", "unit", "sided", "logarithm"),
    [
        ("static uneven", "°", True, False), ("static bent", "°", False, False),
        ("tremble", "log", True, False), ("tremble, most", "mm", False, True),
        ("foot with depth", "mm", True, False), ("shank length, change", "%", True, False),
        ("thigh length", "%", True, False), ("thigh length, static", "%", True, False),
    ],
)  # fmt: skip
def test_a_feature_says_what_it_is(name: str, unit: str, sided: bool, logarithm: bool) -> None:
    feature = FEATURES[name]
    assert (feature.unit, feature.sided, feature.logarithm) == (unit, sided, logarithm)
    assert ("{side}" in feature.meaning) is sided
    assert Feature(unit, "") == Feature(unit, "", sided=False, logarithm=False)


def test_what_has_a_side_names_it_and_nothing_else_does() -> None:
    units = {"", "°", "mm", "ms", "%", "% of the frames", "log", "octaves", "times 24 kg/m²"}
    assert {feature.unit for feature in FEATURES.values()} == units
    for name, feature in FEATURES.items():
        assert feature.sided is ("{side}" in feature.meaning or "{other}" in feature.meaning), name
        assert not (feature.sided and feature.logarithm), name
        # logarithms of sizes and of shares: what is above zero by nature
        is_size = name.endswith(", most") or name in (
            "swaps", "jumps", "low outlier", "smoothed away", "mass", "alike",
        )  # fmt: skip
        assert feature.logarithm is is_size, name
