from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinebench.augmentation import augmenter as module
from kinebench.augmentation import lstm
from kinebench.augmentation.augmenter import LSTMAugmenter, NoAugmentation, tracked_markers
from kinebench.augmentation.catalogue import PUBLISHED, AugmenterVersion
from kinebench.augmentation.weights import load_networks
from kinebench.core import Augmenter, Markers, Subject
from kinebench.core.provenance import describe, digest
from kinebench.errors import (
    AugmentationError,
    KinebenchWarning,
    NameNotFoundError,
    ValueRangeError,
)
from kinebench.io.trc import read_trc

MakeBody = Callable[..., Markers]
FindFile = Callable[[str], Path]

SUBJECT_2 = Subject(mass_kg=78.2, height_m=1.96)
SUBJECT_0 = Subject(mass_kg=72.0, height_m=1.78)


def distances(one: Markers, other: Markers) -> np.ndarray:
    """(n_frames, n_markers) m, a common vertical offset removed."""
    difference = one.positions - other.positions
    difference[..., 1] -= np.median(difference[..., 1])
    return np.linalg.norm(difference, axis=2)


def rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


# known answers


@pytest.mark.mirror
@pytest.mark.parametrize("trial", ["calf_raise_fast", "drop_jump"])
def test_known_answers_of_v01(mirror_file: FindFile, trial: str) -> None:
    keypoints = read_trc(mirror_file(f"test/{trial}.trc"))
    answer = read_trc(mirror_file(f"test/augmented_{trial}_reference.trc"))
    made = LSTMAugmenter("v0.1")(keypoints, SUBJECT_2)
    shared = [name for name in made.names if name in answer.names]
    assert len(shared) == 35
    assert distances(made.select(shared), answer.select(shared)).max() <= 0.25e-3


@pytest.mark.mirror
def test_known_answer_of_v03(mirror_file: FindFile) -> None:
    folder = "82e5b7c5ac5f62afc6d056bddfe5314e16b63f73/test_data/"
    keypoints = read_trc(mirror_file(folder + "drop_vertical_jump.trc"))
    answer = read_trc(mirror_file("lstm/reference/drop_vertical_jump_enhanced.trc"))
    made = LSTMAugmenter("v0.3")(keypoints, SUBJECT_2)
    # other names there, the same order; no vertical offset was applied
    answer = answer.select(answer.names[20:]).rename(
        dict(zip(answer.names[20:], made.names, strict=True))
    )
    difference = made.positions - answer.positions
    assert np.linalg.norm(difference, axis=2).max() <= 0.25e-3
    assert rms(difference) <= 0.05e-3  # per coordinate


@pytest.mark.mirror
@pytest.mark.parametrize("trial", ["Squats_0", "Asym_0", "neutral"])
def test_a_published_session_is_reproduced_from_its_keypoints(
    mirror_file: FindFile, trial: str
) -> None:
    recording = read_trc(mirror_file(f"subject0/MarkerData/{trial}.trc"))
    made = LSTMAugmenter("v0.1")(recording, SUBJECT_0)
    assert distances(made, recording.select(made.names)).max() <= 0.5e-3


@pytest.mark.mirror
def test_another_tool_got_the_same_markers(mirror_file: FindFile) -> None:
    recording = read_trc(mirror_file("S00_P00_T01_BalancingTrial_0-100_filt_butterworth_LSTM.trc"))
    hips = recording.select(["RHip", "LHip"]).positions.mean(axis=1, keepdims=True)
    keypoints = recording.joined(Markers(("midHip",), recording.times, hips))
    made = LSTMAugmenter("v0.3")(keypoints, Subject(mass_kg=70.0, height_m=1.72))
    assert distances(made, recording.select(made.names)).max() <= 1e-6


# the contract


def test_it_is_an_augmenter(small_version: AugmenterVersion) -> None:
    assert isinstance(LSTMAugmenter(small_version), Augmenter)
    assert isinstance(NoAugmentation(), Augmenter)


def test_only_the_response_markers_come_back_at_the_same_times_and_in_the_same_frame(
    small_version: AugmenterVersion, body: Markers, subject: Subject
) -> None:
    keypoints = Markers(body.names, body.times + 3.5, body.positions, frame="laboratory")
    made = LSTMAugmenter(small_version)(keypoints, subject)
    assert made.names == small_version.gives
    np.testing.assert_array_equal(made.times, keypoints.times)
    assert made.frame == "laboratory"


def test_input_rows_and_output_follow_the_formula(
    small_version: AugmenterVersion, body: Markers, subject: Subject
) -> None:
    made = LSTMAugmenter(small_version, runtime="numpy")(body, subject)
    origin = body.position("midHip")[:, None]
    for spec, network in zip(small_version.networks, load_networks(small_version), strict=True):
        features = (body.select(spec.needs).positions - origin) / 1.75
        row = np.column_stack([features.reshape(30, -1), np.full(30, 1.75), np.full(30, 70.0)])
        normalised = ((row - network.mean) / network.std).astype(np.float32)
        response = lstm.predict(network, normalised[None])[0].reshape(30, -1, 3)
        expected = response.astype(float) * 1.75 + origin
        found = made.select(spec.gives).positions
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_a_batch_of_trials_of_different_length_equals_single_trials(
    small_version: AugmenterVersion, make_body: MakeBody, subject: Subject
) -> None:
    augment = LSTMAugmenter(small_version, warm_up_s=0.1)
    lengths = [75, *range(39, 0, -1)]  # more than one call of the networks
    people = [Subject(50.0 + n, 1.5 + 0.01 * n) for n in range(len(lengths))]
    trials = [(make_body(n, seed=n), person) for n, person in zip(lengths, people, strict=True)]
    batch = augment.augment_many(trials)
    assert [made.n_frames for made in batch] == lengths
    for made, (keypoints, person) in zip(batch, trials, strict=True):
        single = augment(keypoints, person)
        np.testing.assert_allclose(made.positions, single.positions, rtol=0, atol=5e-6)
    assert augment.augment_many([]) == []


def test_no_augmentation_returns_the_keypoints(body: Markers, subject: Subject) -> None:
    stage = NoAugmentation()
    assert stage(body, subject) is body
    assert (stage.needs, stage.gives) == ((), ())
    assert tracked_markers(body, stage(body, subject)) == body


def test_tracked_markers_are_keypoints_then_augmented(
    small_version: AugmenterVersion, body: Markers, subject: Subject
) -> None:
    tracked = tracked_markers(body, LSTMAugmenter(small_version)(body, subject))
    assert tracked.names == body.names + small_version.gives


def test_the_stage_describes_itself(small_version: AugmenterVersion) -> None:
    assert describe(LSTMAugmenter("v0.2", warm_up_s=1.0)) == {
        "kind": "LSTMAugmenter",
        "version": "v0.2",
        "runtime": "compiled",
        "warm_up_s": 1.0,
        "warm_up_kind": "repeat",
        "resample_hz": None,
    }
    assert digest(LSTMAugmenter("v0.2")) != digest(LSTMAugmenter("v0.3"))
    assert describe(LSTMAugmenter(small_version))["version"]["files"]["sha256"]


# start-up and frame rate


def as_if_running(body: Markers, n_before: int) -> Markers:
    """The recording with its first frame held before it."""
    lead = np.repeat(body.positions[:1], n_before, axis=0)
    times = body.times[0] + np.arange(-n_before, body.n_frames) / body.rate_hz
    return Markers(body.names, times, np.concatenate([lead, body.positions]))


def test_a_repeated_lead_in_equals_a_person_who_stood_still_before(
    small_version: AugmenterVersion, body: Markers, subject: Subject
) -> None:
    running = LSTMAugmenter(small_version)(as_if_running(body, 30), subject)
    warm = LSTMAugmenter(small_version, warm_up_s=0.5)(body, subject)
    np.testing.assert_allclose(warm.positions, running.positions[30:], rtol=0, atol=5e-6)
    cold = LSTMAugmenter(small_version)(body, subject)
    assert np.abs(cold.positions[0] - warm.positions[0]).max() > 0.01


def test_a_mirrored_lead_in_equals_the_trial_played_backwards_before(
    small_version: AugmenterVersion, body: Markers, subject: Subject
) -> None:
    mirrored = np.concatenate([body.positions[18:0:-1], body.positions])
    running = Markers(body.names, np.arange(48) / 60, mirrored)
    warm = LSTMAugmenter(small_version, warm_up_s=0.3, warm_up_kind="mirror")(body, subject)
    expected = LSTMAugmenter(small_version)(running, subject).positions[18:]
    np.testing.assert_allclose(warm.positions, expected, rtol=0, atol=5e-6)


def test_another_rate_is_warned_about_and_resampling_cures_it(
    small_version: AugmenterVersion, make_body: MakeBody, subject: Subject
) -> None:
    truth = LSTMAugmenter(small_version)(make_body(121), subject)
    slow = make_body(61, rate_hz=30.0)
    with pytest.warns(KinebenchWarning, match="has 30 Hz, but augmenter small knows .* 60 Hz"):
        raw = LSTMAugmenter(small_version)(slow, subject)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cured = LSTMAugmenter(small_version, resample_hz=60.0)(slow, subject)
    np.testing.assert_array_equal(cured.times, slow.times)
    there = truth.positions[::2]
    assert rms(cured.positions - there) < 0.02 * rms(raw.positions - there)


def test_resampling_leaves_a_trial_alone_that_has_the_rate(
    small_version: AugmenterVersion, make_body: MakeBody, subject: Subject
) -> None:
    body = make_body(50, rate_hz=59.94)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain = LSTMAugmenter(small_version)(body, subject)
    assert LSTMAugmenter(small_version, resample_hz=60.0)(body, subject) == plain


def test_the_lead_in_counts_frames_of_the_networks_rate(
    small_version: AugmenterVersion, make_body: MakeBody, subject: Subject
) -> None:
    fast = make_body(61, rate_hz=120.0)
    running = as_if_running(make_body(31), 30)
    expected = LSTMAugmenter(small_version)(running, subject).positions[30:]
    warm = LSTMAugmenter(small_version, warm_up_s=0.5, resample_hz=60.0)(fast, subject)
    np.testing.assert_allclose(warm.positions[::2], expected, rtol=0, atol=1e-4)


def test_irregular_times_are_made_regular(
    small_version: AugmenterVersion, make_body: MakeBody, subject: Subject
) -> None:
    body = make_body(61)
    kept = np.delete(np.arange(61), [20, 21, 40])
    truth = LSTMAugmenter(small_version)(body, subject).at_frames(kept)
    made = LSTMAugmenter(small_version, resample_hz=60.0)(body.at_frames(kept), subject)
    np.testing.assert_array_equal(made.times, body.times[kept])
    np.testing.assert_allclose(made.positions, truth.positions, rtol=0, atol=1e-3)


def test_one_frame_has_no_rate_and_is_augmented(
    small_version: AugmenterVersion, make_body: MakeBody, subject: Subject
) -> None:
    one, many = make_body(1), make_body(1).at_frames(np.array([0]))
    for stage in (LSTMAugmenter(small_version), LSTMAugmenter(small_version, resample_hz=60.0)):
        assert stage(one, subject) == LSTMAugmenter(small_version)(many, subject)


# bad input


def test_a_misspelt_keypoint_is_answered_with_the_near_one(
    small_version: AugmenterVersion, body: Markers, subject: Subject
) -> None:
    with pytest.raises(NameNotFoundError, match=r"no keypoint 'RKnee' \(did you mean 'Rknee'\?\)"):
        LSTMAugmenter(small_version)(body.rename({"RKnee": "Rknee"}), subject)


def test_gaps_are_named_with_their_frames(
    small_version: AugmenterVersion, body: Markers, subject: Subject
) -> None:
    positions = body.positions.copy()
    positions[[2, 3, 4, 9], body.names.index("RKnee")] = np.nan
    positions[0, body.names.index("LElbow")] = np.nan
    positions[:, body.names.index("RHeel")] = np.nan  # not needed by this version
    with pytest.raises(
        AugmentationError,
        match=r"missing are RKnee in frames 3–5, 10; LElbow in frame 1, for 0\.05 s at",
    ):
        LSTMAugmenter(small_version)(body.with_positions(positions), subject)


def test_keypoints_missing_everywhere_are_named_briefly(
    small_version: AugmenterVersion, body: Markers, subject: Subject
) -> None:
    empty = body.with_positions(np.full_like(body.positions, np.nan))
    with pytest.raises(
        AugmentationError,
        match=r"Neck in frames 1–30; .* and 5 more, for 0\.50 s at",
    ):
        LSTMAugmenter(small_version)(empty, subject)
    positions = body.positions.copy()
    positions[::3, 0] = np.nan
    with pytest.raises(AugmentationError, match=r"Neck in frames 1, 4, 7, 10, …, for 0\.02 s"):
        LSTMAugmenter(small_version)(body.with_positions(positions), subject)


def test_a_trial_without_frames_is_refused(
    small_version: AugmenterVersion, body: Markers, subject: Subject
) -> None:
    with pytest.raises(AugmentationError, match="one frame or more"):
        LSTMAugmenter(small_version)(body.at_frames(np.array([], dtype=np.intp)), subject)


def test_swapped_sides_are_warned_about(
    small_version: AugmenterVersion, body: Markers, subject: Subject
) -> None:
    mirrored = body.with_positions(body.positions * [1, 1, -1])
    with pytest.warns(KinebenchWarning, match="swapped"):
        LSTMAugmenter(small_version)(mirrored, subject)


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"version": "v0.4"}, r"no augmenter version 'v0\.4'.*it has: v0\.0, v0\.1, v0\.2, v0\.3"),
        ({"runtime": "tensorlow"}, "did you mean 'tensorflow'"),
        ({"warm_up_kind": "miror"}, "did you mean 'mirror'"),
    ],
)
def test_unknown_names_are_refused_at_once(parameters: dict[str, str], told: str) -> None:
    with pytest.raises(NameNotFoundError, match=told):
        LSTMAugmenter(**parameters)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "parameters",
    [
        {"warm_up_s": -0.1},
        {"warm_up_s": float("inf")},
        {"resample_hz": 0.0},
        {"resample_hz": float("nan")},
    ],
)
def test_impossible_parameters_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(ValueRangeError, match=r"(warm_up_s|resample_hz) of LSTMAugmenter must be"):
        LSTMAugmenter(**parameters)  # type: ignore[arg-type]


def test_the_rate_tolerance_is_half_a_percent(
    small_version: AugmenterVersion, make_body: MakeBody, subject: Subject
) -> None:
    assert module.RATE_TOLERANCE == 0.005
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        LSTMAugmenter(small_version)(make_body(50, rate_hz=60.29), subject)
    with pytest.warns(KinebenchWarning, match=r"60\.31 Hz"):
        LSTMAugmenter(small_version)(make_body(50, rate_hz=60.31), subject)


@pytest.mark.mirror
@pytest.mark.parametrize("name", PUBLISHED)
def test_a_standing_start_is_warm_with_a_lead_in(mirror_file: FindFile, name: str) -> None:
    """Someone who stands still: the first second should look like the second one."""
    standing = read_trc(mirror_file("subject0/MarkerData/neutral.trc"))
    keypoints = standing.select(standing.names[:20])
    whole = LSTMAugmenter(name)(keypoints, SUBJECT_0)
    later = keypoints.at_frames(np.arange(60, keypoints.n_frames))
    truth = whole.positions[60:]
    cold = LSTMAugmenter(name)(later, SUBJECT_0).positions - truth
    warm = LSTMAugmenter(name, warm_up_s=1.0)(later, SUBJECT_0).positions - truth
    assert rms(warm[:6]) < 0.6 * rms(cold[:6])
    assert np.linalg.norm(cold[0], axis=1).mean() > 5e-3


@pytest.mark.mirror
@pytest.mark.parametrize("name", PUBLISHED)
@pytest.mark.parametrize("rate_hz", [30, 120])
def test_real_squats_at_another_rate(mirror_file: FindFile, name: str, rate_hz: int) -> None:
    from kinebench.augmentation.frames import interpolate

    squats = read_trc(mirror_file("subject0/MarkerData/Squats_0.trc"))
    keypoints = squats.select(squats.names[:20]).at_frames(np.arange(300))
    truth = LSTMAugmenter(name)(keypoints, SUBJECT_0)
    times = np.arange(0.0, keypoints.times[-1], 1 / rate_hz)
    other = Markers(
        keypoints.names, times, interpolate(keypoints.times, keypoints.positions, times)
    )
    there = interpolate(truth.times, truth.positions, times)
    with pytest.warns(KinebenchWarning, match="Hz"):
        raw = LSTMAugmenter(name)(other, SUBJECT_0).positions - there
    cured = LSTMAugmenter(name, resample_hz=60.0)(other, SUBJECT_0).positions - there
    assert rms(cured[rate_hz:]) < 0.35 * rms(raw[rate_hz:])
