"""Camera errors: each has the size it says, is seeded by names, and leaves the rest alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.augmentation import LSTMAugmenter
from kinebench.core import Markers
from kinebench.core.keypoints import OPENCAP_20
from kinebench.errors import NameNotFoundError, ValueRangeError
from kinebench.io.trc import read_trc
from kinebench.lab import Population, Recording, VirtualSubject, opencap_body, record
from kinebench.lab.camera import (
    CameraError,
    Chain,
    ColouredNoise,
    Dropouts,
    FrameRateChange,
    HeavyTails,
    ImageFilter,
    KeypointBias,
    Lag,
    PoseBias,
    ScaleError,
    SideOcclusion,
    SideSwaps,
    TimeJitter,
    VerticalOffset,
    WhiteNoise,
    WorldTilt,
    two_phones,
)
from kinebench.lab.motions import Gait, MotionModel, SitToStand, Squat, Standing

AVERAGE = VirtualSubject("average", "male", 1.70, 70.0)
SQUAT = record(AVERAGE, Squat(repetitions=1)).keypoints
LONG = Markers(("RKnee", "LKnee"), np.arange(6000) / 60, np.zeros((6000, 2, 3)))
STILL = record(AVERAGE, Standing(duration_s=20.0, sway_m=0.0)).keypoints
RANDOM: tuple[CameraError, ...] = (
    WhiteNoise(),
    ColouredNoise(),
    HeavyTails(probability=0.2),
    Dropouts(rate_per_min=60.0),
    SideSwaps(rate_per_min=30.0),
    SideOcclusion(),
    TimeJitter(),
)


def changes(error: CameraError, keypoints: Markers, *names: str) -> np.ndarray:
    return error(keypoints, *names).positions - keypoints.positions


@pytest.mark.parametrize("error", RANDOM, ids=lambda e: type(e).__name__)
def test_random_errors_depend_on_names_only(error: CameraError) -> None:
    one = error(SQUAT, "subject 1", "squat")
    assert one == error(SQUAT, "subject 1", "squat")
    assert one != error(SQUAT, "subject 2", "squat")
    assert one != SQUAT
    assert one.names == SQUAT.names
    np.testing.assert_array_equal(one.times, SQUAT.times)


@pytest.mark.parametrize("error", RANDOM[:4], ids=lambda e: type(e).__name__)
def test_a_keypoint_has_its_own_noise_whoever_else_is_there(error: CameraError) -> None:
    whole = error(SQUAT, "s").select(["RKnee"])
    assert error(SQUAT.select(["RKnee", "LHip"]), "s").select(["RKnee"]) == whole


def test_white_noise_has_its_size_and_no_memory() -> None:
    noise = 1000 * changes(WhiteNoise((1.0, 2.0, 3.0)), LONG, "n")
    np.testing.assert_allclose(noise.std(axis=0), [[1, 2, 3]] * 2, rtol=0.05)
    assert abs(np.corrcoef(noise[1:, 0, 0], noise[:-1, 0, 0])[0, 1]) < 0.05
    assert abs(np.corrcoef(noise[:, 0, 0], noise[:, 1, 0])[0, 1]) < 0.05


def test_coloured_noise_has_its_size_and_corner() -> None:
    noise = 1000 * changes(ColouredNoise((4.0, 4.0, 8.0), corner_hz=2.0), LONG, "n")
    np.testing.assert_allclose(noise.std(axis=0), [[4, 4, 8]] * 2, rtol=0.2)
    decay = 2 * np.pi * 2.0 / 60
    memory = np.corrcoef(noise[1:, :, :].ravel(), noise[:-1].ravel())[0, 1]
    assert memory == pytest.approx((1 + decay) * np.exp(-decay), abs=0.005)


def test_coloured_noise_does_not_depend_on_the_frame_rate() -> None:
    spread = []
    for rate in (15, 120):
        times = np.arange(100 * rate) / rate
        still = Markers(("a",), times, np.zeros((len(times), 1, 3)))
        noise = changes(ColouredNoise((5.0, 5.0, 5.0), corner_hz=0.5), still, "n")[:: rate // 15]
        spread.append(np.std(np.diff(noise, axis=0)))
    assert spread[0] == pytest.approx(spread[1], rel=0.1)


def test_heavy_tails_hit_as_often_and_as_far_as_said() -> None:
    jumps = changes(HeavyTails(probability=0.05, scale_mm=10.0), LONG, "n")
    hit = np.abs(jumps).max(axis=2) > 0
    assert hit.mean() == pytest.approx(0.05, rel=0.2)
    # median of |t| with three degrees of freedom: 0.765
    assert np.median(np.abs(jumps[hit])) == pytest.approx(0.00765, rel=0.1)
    assert np.abs(jumps[hit]).max() > 0.05


def test_gaps_have_rate_and_length() -> None:
    lost = Dropouts(rate_per_min=6.0, duration_s=0.5)(LONG, "g").missing
    # 1 − exp(−rate × duration): the share of time in a Poisson process of gaps
    assert lost.mean() == pytest.approx(1 - np.exp(-0.05), rel=0.45)
    only = Dropouts(rate_per_min=60.0, keypoints=("LKnee",))(LONG, "g").missing
    assert only[:, 1].any()
    assert not only[:, 0].any()
    with pytest.raises(NameNotFoundError):
        Dropouts(keypoints=("LKne",))(LONG)


def test_swaps_exchange_whole_legs() -> None:
    swapped = SideSwaps(rate_per_min=20.0, duration_s=0.4)(STILL, "s")
    hit = np.abs(swapped.position("RKnee") - STILL.position("LKnee")).max(axis=1) < 1e-12
    assert 0.05 < hit.mean() < 0.4
    for part in ("Knee", "Ankle", "Heel", "BigToe"):
        for one, other in ("RL", "LR"):
            expected = np.where(
                hit[:, None], STILL.position(other + part), STILL.position(one + part)
            )
            np.testing.assert_array_equal(swapped.position(one + part), expected)
    np.testing.assert_array_equal(swapped.position("RHip"), STILL.position("RHip"))


def test_occlusion_hides_one_side_for_its_time() -> None:
    seen = SideOcclusion("L", 1.0, 3.0, guess_mm=30.0, missing=0.25)(STILL, "o")
    inside = (STILL.times >= 1.0) & (STILL.times <= 3.0)
    left = [name for name in STILL.names if name.startswith("L")]
    moved = np.abs(seen.positions - STILL.positions)
    assert np.nanmax(moved[~inside]) == 0
    assert not seen.missing[~inside].any()
    right = seen.select([name for name in STILL.names if name not in left])
    assert right == STILL.select(right.names)
    gone = seen.select(left).missing[inside]
    assert gone.mean() == pytest.approx(0.25, abs=0.05)
    guesses = (seen.select(left).positions - STILL.select(left).positions)[inside]
    assert 0.01 < np.nanstd(guesses) < 0.05


def test_tilt_turns_the_room_by_its_angle() -> None:
    points = Markers(("x", "y", "z"), np.zeros(1), np.eye(3)[None])
    forward = WorldTilt(forward_deg=2.0)(points).positions[0]
    s, c = np.sin(np.radians(2)), np.cos(np.radians(2))
    np.testing.assert_allclose(forward, [[c, s, 0], [-s, c, 0], [0, 0, 1]], atol=1e-12)
    sideways = WorldTilt(sideways_deg=2.0)(points).positions[0]
    np.testing.assert_allclose(sideways, [[1, 0, 0], [0, c, s], [0, -s, c]], atol=1e-12)


def test_scale_and_offset() -> None:
    np.testing.assert_allclose(ScaleError(1.03)(SQUAT).positions, 1.03 * SQUAT.positions)
    raised = changes(VerticalOffset(-10.0), SQUAT)
    np.testing.assert_allclose(raised, np.broadcast_to([0, -0.01, 0], raised.shape), atol=1e-15)


def test_another_frame_rate_shows_the_same_movement() -> None:
    slow = FrameRateChange(20.0)(SQUAT)
    assert slow.rate_hz == pytest.approx(20.0)
    np.testing.assert_allclose(slow.positions, SQUAT.positions[::3][: slow.n_frames], atol=1e-9)
    fast = FrameRateChange(120.0)(SQUAT)
    np.testing.assert_allclose(fast.positions[::2], SQUAT.positions, atol=1e-9)
    halfway = record(AVERAGE, Squat(repetitions=1), rate_hz=120.0).keypoints
    assert np.abs(fast.positions - halfway.positions[: fast.n_frames]).max() < 1e-4


def test_gaps_survive_resampling() -> None:
    holes = np.array(SQUAT.positions)
    holes[30:60, 2] = np.nan
    slow = FrameRateChange(20.0)(SQUAT.with_positions(holes))
    assert slow.missing[10:20, 2].all()
    assert slow.missing.sum() == 10


def test_lag_shifts_by_its_time() -> None:
    late = Lag(50.0)(SQUAT)
    np.testing.assert_allclose(late.positions[3:], SQUAT.positions[:-3], atol=1e-9)
    np.testing.assert_allclose(late.positions[0], SQUAT.positions[0])


def test_jitter_is_velocity_times_time() -> None:
    times = np.arange(3000) / 60
    moving = Markers(("a",), times, np.stack([2.0 * times, 0 * times, 0 * times], -1)[:, None])
    error = changes(TimeJitter(sd_ms=3.0), moving, "j")[10:-10, 0, 0]
    assert np.std(error) == pytest.approx(2.0 * 0.003, rel=0.1)


def test_the_image_filter_removes_what_is_fast() -> None:
    noisy = WhiteNoise((2.0, 2.0, 2.0))(LONG, "f")
    smooth = ImageFilter(6.0)(noisy).positions
    # two passes of second order: noise power falls to about 0.76 · 2 · cut-off / rate
    assert np.std(smooth) / 0.002 == pytest.approx(np.sqrt(0.76 * 2 * 6 / 60), rel=0.15)


def test_bias_of_an_upright_person_is_along_the_room() -> None:
    bias = PoseBias((KeypointBias("Hip", (20.0, 30.0, 10.0)), KeypointBias("Neck", (5.0, 0, 0))))
    shift = 1000 * changes(bias, STILL)
    at = STILL.names.index
    # a thigh leans by 4° when standing
    np.testing.assert_allclose(shift[:, at("RHip")].mean(0), [20, 30, 10], atol=2.5)
    np.testing.assert_allclose(shift[:, at("LHip")].mean(0), [20, 30, -10], atol=2.5)
    np.testing.assert_allclose(shift[:, at("Neck")].mean(0), [5, 0, 0], atol=0.5)
    untouched = [i for i, name in enumerate(STILL.names) if name not in ("RHip", "LHip", "Neck")]
    assert np.abs(shift[:, untouched]).max() == 0


def test_bias_turns_with_the_limb_and_grows_with_flexion() -> None:
    bottom = int(np.argmin(SQUAT.position("midHip")[:, 1]))
    hip = SQUAT.names.index("RHip")
    turned = changes(PoseBias((KeypointBias("Hip", (0.0, 20.0, 0.0)),)), SQUAT)[bottom, hip]
    thigh = SQUAT.position("RHip")[bottom] - SQUAT.position("RKnee")[bottom]
    np.testing.assert_allclose(turned, 0.020 * thigh / np.linalg.norm(thigh), atol=1e-12)
    grown = PoseBias((KeypointBias("Knee", (0.0, 0.0, 0.0), (0.0, 10.0, 0.0)),))
    size = np.linalg.norm(changes(grown, SQUAT)[:, SQUAT.names.index("RKnee")], axis=1)
    assert size[bottom] == pytest.approx(0.010 * np.radians(95), rel=0.01)
    assert size[0] == pytest.approx(0.010 * np.radians(5), rel=0.05)


def test_bias_of_unknown_keypoints() -> None:
    with pytest.raises(NameNotFoundError, match="did you mean 'Ankle'"):
        KeypointBias("Ankel", (0, 0, 0))
    with pytest.raises(NameNotFoundError):
        PoseBias((KeypointBias("Hip", (1, 1, 1)),))(SQUAT.select(["RHip", "LHip"]))


def test_errors_combine_in_order() -> None:
    assert Chain()(SQUAT, "n") is SQUAT
    both = Chain((ScaleError(2.0), VerticalOffset(10.0)))(SQUAT)
    np.testing.assert_allclose(both.positions, 2 * SQUAT.positions + [0, 0.01, 0])
    twice = changes(Chain((WhiteNoise(), WhiteNoise())), LONG, "n") * 1000
    # not the same noise twice: variances add
    assert np.std(twice) == pytest.approx(2 * np.sqrt(2), rel=0.05)


def test_the_preset_has_bias_and_noise() -> None:
    seen = two_phones()(STILL, "p")
    assert seen.names == OPENCAP_20 or set(seen.names) == set(OPENCAP_20)
    error = 1000 * (seen.positions - STILL.positions)
    hip = error[:, STILL.names.index("RHip")]
    np.testing.assert_allclose(hip.mean(0), [20, 25, 12], atol=9)
    assert 5 < error.std(axis=0).mean() < 15
    smooth = 1000 * changes(two_phones(12.0), STILL, "p")
    assert np.std(np.diff(error, axis=0)) > 2 * np.std(np.diff(smooth, axis=0))


def noise_floor(keypoints: Markers) -> np.ndarray:
    """RMS (3,) mm between 9 and 25 Hz, median over the keypoints."""
    from scipy.signal import welch

    hz, power = welch(  # type: ignore[call-overload]  # the stubs' detrend is no name
        keypoints.positions, fs=60.0, axis=0, nperseg=128, detrend="linear"
    )
    inside = (hz >= 9) & (hz < 25)
    return np.median(1000 * np.sqrt(power[inside].sum(axis=0) * (hz[1] - hz[0])), axis=0)


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("file", "motion"),
    [
        ("test_data/squats.trc", Squat()),
        ("test_data/sit_to_stand.trc", SitToStand()),
        ("MarkerData/Squats_0.trc", Squat()),
    ],
)
def test_the_presets_noise_is_that_of_recordings(
    file: str, motion: MotionModel, mirror_file: Callable[[str], Path]
) -> None:
    real = noise_floor(read_trc(mirror_file(file)).select(OPENCAP_20))
    virtual = noise_floor(record(AVERAGE, motion, two_phones()).keypoints)
    np.testing.assert_allclose(virtual, real, rtol=0.4)


PAIRS = [f"{side}_{stem}_study" for stem in ("ankle", "toe", "5meta", "calc", "knee")
         for side in "rL"]  # fmt: skip
PAIRS += [f"{side}.{stem}_study" for stem in ("ASIS", "PSIS") for side in "rL"]


def distance_mm(film: Recording, version: str) -> float:
    """Mean distance of 14 augmented from true markers."""
    augment = LSTMAugmenter(version, warm_up_s=1.0)
    augmented = augment(film.keypoints, film.subject.as_subject()).select(PAIRS)
    error = augmented.positions - film.true_markers.select(PAIRS).positions
    return 1000 * float(np.linalg.norm(error, axis=-1).mean())


@pytest.mark.mirror
def test_augmented_markers_are_as_far_off_as_in_a_recording(
    mirror_file: Callable[[str], Path],
) -> None:
    """Subject 3's keypoints walking: 30.7, 31.5, 32.0 and 32.5 mm with v0.0 to v0.3."""
    for file in ("LSTM/v0.3_lower/weights.h5", "Models/LaiUhlrich2022.osim"):
        mirror_file(file)
    films = []
    for number in (1, 2, 3):
        drawn = Population("walkers").subject(number)
        person = replace(drawn, sex="female", height_m=1.69, mass_kg=63.5)
        films.append(record(person, Gait(), two_phones(filter_hz=12.0), generic=opencap_body()))
    for version, real in {"v0.0": 30.7, "v0.1": 31.5, "v0.2": 32.0, "v0.3": 32.5}.items():
        mean = np.mean([distance_mm(film, version) for film in films])
        assert mean == pytest.approx(real, abs=3.5), version
    # a good part of it is the cameras'
    silent = [replace(film, keypoints=film.true_keypoints) for film in films]
    assert np.mean([distance_mm(film, "v0.1") for film in silent]) < 31.5 - 6


ILLEGAL = [
    lambda: WhiteNoise((1.0, -1.0, 1.0)),
    lambda: ColouredNoise(corner_hz=float("nan")),
    lambda: HeavyTails(probability=-0.1),
    lambda: Dropouts(duration_s=-1.0),
    lambda: SideSwaps(rate_per_min=float("inf")),
    lambda: SideOcclusion(side="X"),  # type: ignore[arg-type]
    lambda: SideOcclusion(missing=1.5),
    lambda: WorldTilt(forward_deg=float("nan")),
    lambda: ScaleError(0.0),
    lambda: VerticalOffset(float("inf")),
    lambda: FrameRateChange(0.0),
    lambda: TimeJitter(-1.0),
    lambda: Lag(float("nan")),
    lambda: ImageFilter(-2.0),
    lambda: KeypointBias("Hip", (float("nan"), 0, 0)),
]


@pytest.mark.parametrize("make", ILLEGAL)
def test_illegal_sizes_are_refused(make: object) -> None:
    with pytest.raises(ValueRangeError):
        make()  # type: ignore[operator]


def test_stages_are_values() -> None:
    assert two_phones() == two_phones()
    assert replace(WorldTilt(2.0), forward_deg=0.0) == WorldTilt()
    assert hash(two_phones(12.0)) != hash(two_phones())
