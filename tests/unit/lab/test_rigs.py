"""Camera rigs: what each error of a rig does to the reconstruction, and the family of presets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.core.keypoints import OPENCAP_20
from kinebench.core.limits import require_within
from kinebench.errors import NameNotFoundError, NotApplicableError, ValueRangeError
from kinebench.geometry.rotations import rotation_from_axis_angles
from kinebench.lab import Population, VirtualSubject, generic_body, opencap_body, record
from kinebench.lab.camera import (
    BEST_GUESS,
    Calibration,
    Chain,
    Detector,
    Dropouts,
    KeypointBias,
    Phones,
    Rig,
    ScaleError,
    WorldTilt,
    plausible_preset,
    plausible_presets,
    rig,
)
from kinebench.lab.camera.posture import joint_flexions, posture, posture_function
from kinebench.lab.motions import Gait, SitToStand, Squat, Standing

AVERAGE = VirtualSubject("average", "male", 1.70, 70.0)
SQUAT = record(AVERAGE, Squat(repetitions=1)).true_keypoints
STILL = record(AVERAGE, Standing(duration_s=10.0, sway_m=0.0)).true_keypoints
WALK = record(AVERAGE, Gait()).true_keypoints
WHITE = Detector(white_px=(0.5, 0.5))


def errors_mm(rig: Rig, keypoints: Markers, *names: str) -> np.ndarray:
    return 1000 * (rig(keypoints, *names).positions - keypoints.positions)


@pytest.mark.parametrize("keypoints", [SQUAT, WALK, STILL], ids=["squat", "walk", "still"])
@pytest.mark.parametrize("phones", [Phones(), Phones(3, 70.0), Phones(5, 100.0, 5.0, 2.0)])
def test_a_perfect_rig_gives_the_truth(keypoints: Markers, phones: Phones) -> None:
    seen = Rig(phones)(keypoints, "p", "t")
    np.testing.assert_allclose(seen.positions, keypoints.positions, rtol=0, atol=1e-9)
    assert seen.names == keypoints.names
    np.testing.assert_array_equal(seen.times, keypoints.times)


# --- calibration


@pytest.mark.parametrize("scale", [0.97, 1.02])
def test_a_wrong_scale_of_the_calibration_is_that_scale(scale: float) -> None:
    seen = Rig(calibration=Calibration(scale=scale))(SQUAT)
    expected = ScaleError(scale)(SQUAT)
    np.testing.assert_allclose(seen.positions, expected.positions, rtol=0, atol=1e-9)


def test_a_leaning_board_is_a_tilted_world() -> None:
    seen = Rig(calibration=Calibration(forward_deg=2.0, sideways_deg=-1.0))(SQUAT)
    expected = WorldTilt(2.0, -1.0)(SQUAT)
    np.testing.assert_allclose(seen.positions, expected.positions, rtol=0, atol=1e-9)


def test_spreads_of_scale_and_lean_are_what_they_say() -> None:
    drawn = [Calibration(scale_sd=0.01, lean_sd_deg=2.0).world(str(n)) for n in range(300)]
    assert np.std([scale for scale, _ in drawn]) == pytest.approx(0.01, rel=0.1)
    # R[1, 0] and R[2, 1] are the sines of small angles about z and x
    for row, column in ((1, 0), (2, 1)):
        angles = np.degrees([R[row, column] for _, R in drawn])
        assert np.std(angles) == pytest.approx(2.0, rel=0.1)


def board_distortion(calibration: Calibration, *names: str) -> np.ndarray:
    """Gradient of the error over the room (3, 3), mm per m."""
    error = errors_mm(Rig(calibration=calibration), SQUAT, *names).reshape(-1, 3)
    places = SQUAT.positions.reshape(-1, 3)
    design = np.column_stack([places, np.ones(len(places))])
    return np.asarray(np.linalg.lstsq(design, error, rcond=None)[0][:3])


def test_noisy_corners_make_lean_size_and_shear_in_proportion() -> None:
    one, two = (board_distortion(Calibration(corner_px=px), "p") for px in (0.01, 0.02))
    np.testing.assert_allclose(two, 2 * one, rtol=0.05, atol=0.05)
    spread = np.std([board_distortion(Calibration(corner_px=0.15), str(n)) for n in range(12)], 0)
    # not the same in all directions: a small board shows distance and pitch badly
    assert spread.min() > 0.3
    assert spread.max() > 1.5 * spread.min()


def mean_error(rig: Rig, *people: str) -> float:
    return float(np.mean([np.abs(errors_mm(rig, few(SQUAT), name)).mean() for name in people]))


def test_errors_of_calibration_grow_with_distance() -> None:
    near, far = (
        mean_error(Rig(Phones(distance_m=d), Calibration(corner_px=0.1)), *"abcdefgh")
        for d in (4.0, 8.0)
    )
    assert far == pytest.approx(2 * near, rel=0.25)


def test_a_wrong_focal_length_harms_little_where_the_board_stood() -> None:
    near, away = (
        mean_error(Rig(calibration=Calibration(focal_sd=0.02, board_m=(x, 0.9, 0.0))), *"abcd")
        for x in (0.0, 1.5)
    )
    assert near < 0.2 * away


def test_a_calibration_is_the_same_in_all_trials_of_a_person() -> None:
    wrong = Rig(calibration=Calibration(corner_px=0.3, lean_sd_deg=1.0, scale_sd=0.01))
    assert wrong(SQUAT, "p", "one") == wrong(SQUAT, "p", "two")
    assert wrong(SQUAT, "p") != wrong(SQUAT, "q")


# --- noise, and what triangulation makes of it


@pytest.mark.parametrize("angle", [15.0, 45.0, 75.0])
def test_noise_grows_with_depth_as_the_baseline_shrinks(angle: float) -> None:
    """Two cameras at ± θ: σ / (√2 sin θ) along depth, σ / (√2 cos θ) across, σ / √2 upwards."""
    wide = Rig(Phones(angle_deg=angle, distance_m=4.0, height_m=0.9), detector=WHITE)
    middle = STILL.names.index("midHip")
    found = errors_mm(wide, STILL, "p", "t")[:, middle].std(axis=0)
    # 0.94: how hard the middle of the hips is to point at; half a pixel at four metres
    sigma = 0.94 * 0.5 * 4000 / 920
    bearing = np.radians(angle)
    expected = sigma / np.sqrt(2) / np.array([np.sin(bearing), 1.0, np.cos(bearing)])
    np.testing.assert_allclose(found, expected, rtol=0.12)


def test_more_cameras_less_noise() -> None:
    spreads = [
        errors_mm(Rig(Phones(count, 60.0), detector=WHITE), STILL, "p").std() for count in (2, 4, 8)
    ]
    for few, many in pairwise(spreads):
        assert many < 0.85 * few


def test_noise_grows_with_distance_and_shrinks_with_focal_length() -> None:
    base, far, tele = (
        errors_mm(Rig(phones, detector=WHITE), STILL, "p").std()
        for phones in (
            Phones(distance_m=4.0),
            Phones(distance_m=8.0),
            Phones(distance_m=4.0, focal_px=1840.0, width_px=1440, height_px=2560),
        )
    )
    assert far == pytest.approx(2 * base, rel=0.1)
    assert tele == pytest.approx(base / 2, rel=0.1)


def test_hidden_and_moving_keypoints_tremble_more() -> None:
    noise = errors_mm(Rig(detector=WHITE), SQUAT, "p").std(axis=2)
    speed = np.linalg.norm(np.gradient(SQUAT.positions, SQUAT.times, axis=0), axis=2)
    hips = [SQUAT.names.index(name) for name in ("RHip", "LHip")]
    fast = speed[:, hips] > 0.3
    assert noise[:, hips][fast].mean() > 1.2 * noise[:, hips][speed[:, hips] < 0.05].mean()
    # both cameras on the right of the person: the left side is hidden
    aside = SQUAT.with_positions(SQUAT.positions @ rotation_from_axis_angles({"y": 80.0}).T)
    spread = errors_mm(Rig(Phones(angle_deg=20.0), detector=WHITE), aside, "p").std(axis=(0, 2))
    legs = ("Knee", "Ankle", "Heel", "BigToe", "SmallToe")
    right, left = (np.mean([spread[SQUAT.names.index(s + leg)] for leg in legs]) for s in "RL")
    assert left > 1.15 * right


# --- time


@pytest.mark.parametrize("late_ms", [5.0, 20.0])
def test_a_late_camera_errs_in_proportion_to_speed(late_ms: float) -> None:
    velocity = np.gradient(SQUAT.positions, SQUAT.times, axis=0)
    error = errors_mm(Rig(late_ms=late_ms), SQUAT)
    # two cameras: what one sees late comes half-way late, upwards (speed in mm per ms is m/s)
    expected = -late_ms / 2 * velocity[..., 1]
    inside = slice(10, -10)
    hip = SQUAT.names.index("midHip")
    assert np.abs(expected[inside, hip]).max() > 1.0
    np.testing.assert_allclose(
        error[inside, hip, 1], expected[inside, hip], atol=0.06 * np.abs(expected).max()
    )
    assert np.abs(errors_mm(Rig(late_ms=late_ms), STILL)).max() < 0.1


def test_the_last_camera_is_the_late_one() -> None:
    """Walking at v, seen late by τ by the camera at +θ: half of τ v behind, τ v tan θ / 2 to it."""
    late_s, bearing = 0.02, np.radians(30.0)
    filmed = Rig(Phones(angle_deg=30.0, distance_m=8.0), late_ms=1000 * late_s)
    error = errors_mm(filmed, WALK)[20:-20, WALK.names.index("midHip")].mean(axis=0)
    middle = WALK.position("midHip")[20:-20, 0]
    speed = (middle[-1] - middle[0]) / (WALK.times[-21] - WALK.times[20])
    expected = 1000 * late_s * speed / 2 * np.array([-1, np.tan(bearing)])
    np.testing.assert_allclose(error[[0, 2]], expected, rtol=0.05)


def test_synchronisation_is_drawn_for_each_trial() -> None:
    unsteady = Rig(sync_sd_ms=10.0)
    assert unsteady(SQUAT, "p", "one") == unsteady(SQUAT, "p", "one")
    assert unsteady(SQUAT, "p", "one") != unsteady(SQUAT, "p", "two")


# --- detector


def test_shared_bias_is_what_it_says_in_every_rig() -> None:
    bias = KeypointBias("Hip", (20.0, 25.0, 12.0))
    error = errors_mm(Rig(Phones(4, 100.0), detector=Detector((bias,))), STILL)[0]
    right, left = (STILL.names.index(name) for name in ("RHip", "LHip"))
    # standing, forwards is nearly +x, upwards +y, outwards +z on the right
    np.testing.assert_allclose(error[right], [20, 25, 12], atol=2.0)
    np.testing.assert_allclose(error[left], [20, 25, -12], atol=2.0)
    others = [column for column in range(20) if column not in (right, left)]
    assert np.abs(error[others]).max() < 1e-6


def test_bias_grows_with_the_flexion_of_its_own_joint() -> None:
    bias = KeypointBias("Hip", (0.0, 0.0, 0.0), (0.0, -50.0, 0.0))
    error = np.linalg.norm(errors_mm(Rig(detector=Detector((bias,))), SQUAT), axis=2)
    flexion = joint_flexions(SQUAT, "R")["Hip"]
    np.testing.assert_allclose(error[:, SQUAT.names.index("RHip")], 50 * flexion, atol=0.01)


def person_bias(detector: Detector, name: str) -> np.ndarray:
    """Where a detector places a keypoint, from where it is, by person (30, 3), mm, z outwards."""
    still, column = few(STILL), STILL.names.index(name)
    places = np.array([detector.places(still, str(n))[0, column] for n in range(30)])
    return 1000 * (places - still.positions[0, column]) * [1, 1, 1 if name[0] == "R" else -1]


def few(keypoints: Markers) -> Markers:
    return keypoints.at_frames(np.arange(3))


def test_people_differ_alike_on_both_sides_and_sides_differ_by_themselves() -> None:
    alike = Detector(person_sd_mm=(8.0, 5.0, 3.0))
    right, left = (person_bias(alike, name) for name in ("RKnee", "LKnee"))
    np.testing.assert_allclose(right, left, atol=0.2)
    # 1.08: how hard a knee is to point at; 30 draws know a spread to 13 %
    np.testing.assert_allclose(right.std(axis=0), 1.08 * np.array([8, 5, 3]), rtol=0.35)
    apart = Detector(side_sd_mm=6.0)
    right, left = (person_bias(apart, name) for name in ("RKnee", "LKnee"))
    np.testing.assert_allclose(np.std(right - left, axis=0), 1.08 * 6 * np.sqrt(2), rtol=0.35)
    assert np.abs(np.corrcoef(right[:, 1], left[:, 1])[0, 1]) < 0.5


def test_views_disagree_and_triangulation_takes_their_mean() -> None:
    disagreeing = Rig(detector=Detector(view_sd_mm=6.0))
    knee = STILL.names.index("RKnee")
    errors = np.array([errors_mm(disagreeing, few(STILL), str(n))[0, knee] for n in range(20)])
    # two views: the spread of a mean of two; along depth it is divided by the sine of 40° besides
    assert np.std(errors[:, 1]) == pytest.approx(1.08 * 6 / np.sqrt(2), rel=0.4)
    assert np.std(errors[:, 0]) > 1.2 * np.std(errors[:, 2])
    assert disagreeing(few(STILL), "p", "one") == disagreeing(few(STILL), "p", "two")


def test_errors_of_posture_return_with_it_and_differ_between_sides() -> None:
    twice = record(AVERAGE, Squat(repetitions=2)).true_keypoints
    error = errors_mm(Rig(detector=Detector(side_posture_sd_mm=10.0)), twice, "p")
    angles = posture(twice)["R"]
    knee = twice.names.index("RKnee")
    # frames of the second squat in the postures of the first
    half = twice.n_frames // 2
    gap = np.linalg.norm(angles[:half, None] - angles[None, half:], axis=2)
    first, second = np.arange(half), half + gap.argmin(axis=1)
    same = gap.min(axis=1) < 1e-3
    assert same.sum() > half // 3
    np.testing.assert_allclose(error[first[same], knee], error[second[same], knee], atol=0.2)
    assert np.ptp(error[:, knee], axis=0).max() > 5
    left = error[:, twice.names.index("LKnee")] * [1, 1, -1]
    assert np.abs(error[:, knee] - left).max() > 5


def test_functions_of_posture_are_smooth_zero_upright_and_of_unit_spread() -> None:
    far = np.full((1, 11), 2.0)
    values = np.array([posture_function(far, 1, n)[0, 0] for n in range(600)])
    assert abs(values.mean()) < 0.15
    assert values.std() == pytest.approx(1.0, rel=0.12)
    np.testing.assert_allclose(posture_function(np.zeros((2, 11)), 3, "n"), 0)
    path = np.linspace(0, 1, 100)[:, None] * np.ones(11)
    steps = np.abs(np.diff(posture_function(path, 5, "n"), axis=0))
    assert steps.max() < 0.2


def test_short_gaps_are_closed_and_long_ones_stay() -> None:
    short = Rig(detector=Detector(lost_per_min=10.0, lost_s=0.02))(SQUAT, "p", "t")
    # nothing before the first detection to draw a line from
    assert not short.missing[30:-30].any()
    moved = np.linalg.norm(short.positions - SQUAT.positions, axis=2)[30:-30]
    assert 0 < (moved > 1e-9).mean() < 0.2
    assert moved.max() < 0.05
    long = Rig(detector=Detector(lost_per_min=20.0, lost_s=2.0))(SQUAT, "p", "t")
    assert long.missing.any()
    seen = ~long.missing
    assert np.linalg.norm(long.positions - SQUAT.positions, axis=2)[seen].max() < 0.2


def test_midpoints_follow_from_their_pairs() -> None:
    noisy = Rig(detector=Detector(white_px=(1.0, 1.0), midpoints=True))
    seen = noisy(SQUAT, "p", "t")
    middle = (seen.position("RHip") + seen.position("LHip")) / 2
    # not exactly: the middle of two images is not the image of the middle
    assert np.abs(seen.position("midHip") - middle).max() < 0.005
    apart = Rig(detector=Detector(white_px=(1.0, 1.0)))(SQUAT, "p", "t")
    assert np.abs(apart.position("midHip") - middle).max() > 0.005


@pytest.mark.parametrize("stage", ["detector", "sync"])
def test_names_seed_everything(stage: str) -> None:
    filmed = BEST_GUESS if stage == "detector" else Rig(sync_sd_ms=5.0)
    one = filmed(SQUAT, "p", "squat")
    assert one == filmed(SQUAT, "p", "squat")
    assert one != filmed(SQUAT, "p", "other")
    assert one != filmed(SQUAT, "q", "squat")


# --- placing, and what cannot be filmed


def test_phones_stand_back_until_everything_is_in_the_picture() -> None:
    long_walk = record(AVERAGE, Gait(strides=4)).true_keypoints
    middle = np.array([(long_walk.positions[:, 0, 0].min() + 2.5), 0.0, 0.0])
    near = Phones(distance_m=2.0)
    assert near.distance_for(long_walk.positions, middle) > 3.0
    assert near.distance_for(STILL.positions, np.zeros(3)) < 2.5
    assert not Rig(near)(long_walk, "p").missing.any()


def test_a_rig_must_come_first_and_sees_whole_people() -> None:
    with pytest.raises(NotApplicableError, match="put it first in the chain"):
        Chain((Dropouts(60.0, 0.2), Rig()))(SQUAT, "p")
    with pytest.raises(NameNotFoundError, match="LBigToe"):
        Rig()(SQUAT.select([name for name in SQUAT.names if name != "LBigToe"]))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Phones(count=1),
        lambda: Phones(distance_m=0.5),
        lambda: Calibration(scale=0.0),
        lambda: Calibration(corner_px=-1.0),
        lambda: Detector(view_sd_mm=-1.0),
        lambda: Rig(late_ms=float("nan")),
        lambda: plausible_preset(-1),
        lambda: plausible_preset(0, -1),
    ],
)
def test_impossible_parameters_are_refused(make) -> None:
    with pytest.raises(ValueRangeError, match="must be"):
        make()


# --- presets


def test_a_rig_films_joint_centres_on_the_laboratory_s_body() -> None:
    person = Population("rigs, tests").subject(1)
    plain = record(person, SitToStand(repetitions=1)).true_keypoints
    filmed = record(person, SitToStand(repetitions=1), Rig())
    # the laboratory's own keypoints are joint centres already
    np.testing.assert_allclose(filmed.true_keypoints.positions, plain.positions, atol=1e-9)
    np.testing.assert_allclose(filmed.keypoints.positions, plain.positions, atol=1e-9)


def test_every_plausible_preset_is_legal_and_films_a_person() -> None:
    family = plausible_presets(8)
    assert family[3] == plausible_preset(3)
    assert len(set(family)) == len(family)
    assert plausible_presets(3, seed=1) != family[:3]
    brief = few(SQUAT)
    for preset in family:
        for part in (preset, preset.phones, preset.calibration, preset.detector):
            require_within(part)
        assert 30 <= preset.phones.angle_deg <= 45
        seen = preset(brief, "p", "t")
        assert not seen.missing.any()
        error = np.linalg.norm(seen.positions - brief.positions, axis=2)
        assert 0.005 < error.mean() < 0.15


def test_the_family_surrounds_the_best_guess() -> None:
    family = plausible_presets(60)
    for name in ("side_sd_mm", "posture_sd_mm", "slow_sd_mm"):
        values = np.array([getattr(preset.detector, name) for preset in family])
        guess = getattr(BEST_GUESS.detector, name)
        assert values.min() < guess < values.max()
        # five degrees of freedom: the central 80 % of √(5 / χ²) is 0.736 to 1.762
        assert 0.735 * guess < values.min() * 1.01
        assert values.max() < 1.77 * guess
    forwards = [preset.detector.biases[0].offset_mm[0] for preset in family]
    assert min(forwards) < BEST_GUESS.detector.biases[0].offset_mm[0] < max(forwards)


def test_sides_of_people_differ_in_the_presets() -> None:
    difference = [
        np.linalg.norm(
            filmed.positions[:, STILL.names.index("RHip")]
            - filmed.positions[:, STILL.names.index("RKnee")],
            axis=1,
        ).mean()
        - np.linalg.norm(
            filmed.positions[:, STILL.names.index("LHip")]
            - filmed.positions[:, STILL.names.index("LKnee")],
            axis=1,
        ).mean()
        for filmed in (BEST_GUESS(few(STILL), str(n), "t") for n in range(12))
    ]
    # recordings differ by 1 to 12 mm between right and left thigh
    assert 0.003 < np.std(difference) < 0.02


def test_a_rig_with_other_phones_is_the_best_guess_otherwise() -> None:
    other = rig(3, 60.0, 4.0, 15.0, 0.3)
    assert (other.phones.count, other.phones.angle_deg, other.phones.distance_m) == (3, 60.0, 4.0)
    assert (other.late_ms, other.calibration.corner_px) == (15.0, 0.3)
    assert other.detector == BEST_GUESS.detector
    assert replace(other, phones=BEST_GUESS.phones, late_ms=0.0) == replace(
        BEST_GUESS, calibration=other.calibration
    )
    assert rig() == BEST_GUESS


def test_eight_hundred_frames_take_well_under_a_second() -> None:
    from time import process_time

    squats = record(AVERAGE, Squat(repetitions=5)).true_keypoints
    frames = np.arange(800) % squats.n_frames
    long = Markers(squats.names, np.arange(800) / 60, squats.positions[frames])
    start = process_time()
    BEST_GUESS(long, "p", "t")
    assert process_time() - start < 2.0


def test_generic_body_has_all_bodies_that_carry_joints() -> None:
    assert set(OPENCAP_20) == set(generic_body().keypoint_names)


@pytest.mark.mirror
def test_on_opencap_s_body_a_rig_films_joints_and_not_openpose_s_markers(
    mirror_file: Callable[[str], Path],
) -> None:
    """The model's RHJC_study sits in its hip joint; its RHip 36 mm before and 17.5 mm outside."""
    mirror_file("Models/LaiUhlrich2022.osim")
    person = VirtualSubject("opencap's", "male", 1.70, 70.0)
    plain, filmed = (
        record(person, Standing(duration_s=1.0), errors, generic=opencap_body())
        for errors in (Chain(), Rig())
    )
    hip = filmed.true_markers.position("RHJC_study")
    np.testing.assert_allclose(filmed.keypoints.position("RHip"), hip, atol=1e-9)
    apart = np.linalg.norm(plain.keypoints.position("RHip") - hip, axis=1)
    np.testing.assert_allclose(apart, 0.0400, atol=0.0001)
    np.testing.assert_array_equal(
        plain.true_keypoints.position("RHeel"), filmed.true_keypoints.position("RHeel")
    )
