from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.augmentation.augmenter import LSTMAugmenter, tracked_markers
from kinebench.augmentation.catalogue import VERSIONS, AugmenterVersion, version
from kinebench.augmentation.floor import VerticalShift
from kinebench.augmentation.identify import OTHER_NAMES, Candidate, _Question, identify
from kinebench.augmentation.weights import load_networks, write_version
from kinebench.core import Markers, Subject
from kinebench.errors import AugmentationError, NameNotFoundError
from kinebench.io.trc import read_trc
from kinebench.training.lab_1 import HELD_OUT

SUBJECT_2 = Subject(mass_kg=78.2, height_m=1.96)
SUBJECT_0 = Subject(mass_kg=72.0, height_m=1.78)
SUBJECT_3 = Subject(mass_kg=63.5, height_m=1.69)


@pytest.fixture(scope="module")
def two_versions(
    small_version: AugmenterVersion, tmp_path_factory: pytest.TempPathFactory
) -> tuple[AugmenterVersion, AugmenterVersion]:
    """A version, and one with other weights."""
    lower, upper = load_networks(small_version)
    folder = tmp_path_factory.mktemp("other")
    named = replace(small_version, name="other")
    return small_version, write_version(folder, named, (replace(lower, bias=-lower.bias), upper))


@pytest.fixture
def recording(
    two_versions: tuple[AugmenterVersion, ...], body: Markers, subject: Subject
) -> Markers:
    return tracked_markers(body, LSTMAugmenter(two_versions[1])(body, subject))


def test_the_version_that_made_the_markers_is_named(
    two_versions: tuple[AugmenterVersion, ...], recording: Markers, subject: Subject
) -> None:
    found = identify(recording, subject, two_versions)
    assert found.version == "other"
    assert not found.cut_or_resampled
    assert [candidate.version for candidate in found.candidates] == ["other", "small"]
    assert found.candidates[0].rms_m < 1e-9
    assert found.candidates[1].rms_m > 0.01
    assert (found.n_frames, found.n_markers) == (30, 10)


def test_a_vertical_offset_of_the_markers_is_removed_and_told(
    two_versions: tuple[AugmenterVersion, ...], body: Markers, subject: Subject
) -> None:
    made = LSTMAugmenter(two_versions[0])(body, subject)
    found = identify(tracked_markers(body, VerticalShift(0.2)(made)), subject, two_versions)
    assert found.version == "small"
    assert found.candidates[0].offset_m == pytest.approx(0.2, abs=1e-9)
    sideways = made.with_positions(made.positions + np.array([0.002, 0.0, 0.0]))
    assert identify(tracked_markers(body, sideways), subject, two_versions).version is None


def test_residuals_are_distances(
    two_versions: tuple[AugmenterVersion, ...], body: Markers, subject: Subject
) -> None:
    made = LSTMAugmenter(two_versions[0])(body, subject)
    positions = made.positions.copy()
    positions[4, 2] += [0.0003, 0.0, 0.0004]
    found = identify(tracked_markers(body, made.with_positions(positions)), subject, two_versions)
    assert found.version == "small"
    assert found.candidates[0].max_m == pytest.approx(0.0005, abs=1e-9)
    assert found.candidates[0].rms_m == pytest.approx(0.0005 / np.sqrt(30 * 10), abs=1e-9)


def test_one_marker_of_one_frame_that_is_off_by_4_mm_fits_nothing(
    two_versions: tuple[AugmenterVersion, ...], body: Markers, subject: Subject
) -> None:
    made = LSTMAugmenter(two_versions[0])(body, subject)
    positions = made.positions.copy()
    positions[4, 2, 0] += 0.004
    found = identify(tracked_markers(body, made.with_positions(positions)), subject, two_versions)
    assert found.candidates[0].rms_m < 0.5e-3
    assert found.version is None


def test_another_height_fits_nothing(
    two_versions: tuple[AugmenterVersion, ...], recording: Markers
) -> None:
    assert identify(recording, Subject(70.0, 1.5), two_versions).version is None


def test_some_of_the_markers_suffice_and_gaps_in_them_too(
    two_versions: tuple[AugmenterVersion, ...], recording: Markers, body: Markers, subject: Subject
) -> None:
    part = recording.select([*body.names, "r_knee_study"])
    positions = part.positions.copy()
    positions[5:9, -1] = np.nan
    found = identify(part.with_positions(positions), subject, two_versions)
    assert (found.version, found.n_markers) == ("other", 1)
    positions[:, -1] = np.nan
    nothing = identify(part.with_positions(positions), subject, two_versions)
    assert nothing.version is None
    assert np.isnan(nothing.candidates[0].rms_m)


def test_neck_and_mid_hip_may_be_lacking(
    two_versions: tuple[AugmenterVersion, ...], body: Markers, subject: Subject
) -> None:
    positions = body.positions.copy()
    for name, sides in (("Neck", "Shoulder"), ("midHip", "Hip")):
        pair = [body.names.index(side + sides) for side in "RL"]
        positions[:, body.names.index(name)] = positions[:, pair].mean(axis=1)
    keypoints = body.with_positions(positions)
    made = LSTMAugmenter(two_versions[0])(keypoints, subject)
    bare = keypoints.select([n for n in keypoints.names if n not in ("Neck", "midHip")])
    assert identify(tracked_markers(bare, made), subject, two_versions).version == "small"


def test_a_trial_that_was_cut_is_recognised_after_the_start_up(
    two_versions: tuple[AugmenterVersion, ...], make_body: Callable[..., Markers], subject: Subject
) -> None:
    body = make_body(150)
    whole = tracked_markers(body, LSTMAugmenter(two_versions[0])(body, subject))
    found = identify(whole.at_frames(np.arange(20, 150)), subject, two_versions)
    assert (found.version, found.cut_or_resampled, found.n_frames) == ("small", True, 70)
    assert found.candidates[0].rms_m < 1e-4


def test_bad_input_is_named(recording: Markers, body: Markers, subject: Subject) -> None:
    with pytest.raises(AugmentationError, match="holds no augmented markers"):
        identify(body, subject)
    lacking = recording.select([name for name in recording.names if name != "LElbow"])
    with pytest.raises(NameNotFoundError, match="keypoint 'LElbow'"):
        identify(lacking, subject)


def test_every_marker_has_one_other_name() -> None:
    assert sorted(OTHER_NAMES.values()) == sorted(version("v0.3").gives)


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("ending", "subject", "expected", "n_markers"),
    [
        ("test/augmented_calf_raise_fast_reference.trc", SUBJECT_2, "v0.1", 35),
        ("test/augmented_drop_jump_reference.trc", SUBJECT_2, "v0.1", 35),
        ("lstm/reference/drop_vertical_jump_enhanced.trc", SUBJECT_2, "v0.3", 43),
        ("subject0/MarkerData/Squats_0.trc", SUBJECT_0, "v0.1", 43),
        ("subject0/MarkerData/Asym_0.trc", SUBJECT_0, "v0.1", 43),
        ("subject0/MarkerData/neutral.trc", SUBJECT_0, "v0.1", 43),
    ],
)
def test_known_files(
    mirror_file: Callable[[str], Path],
    ending: str,
    subject: Subject,
    expected: str,
    n_markers: int,
) -> None:
    found = identify(read_trc(mirror_file(ending)), subject)
    assert (found.version, found.n_markers) == (expected, n_markers)
    assert not found.cut_or_resampled
    best, *others = found.candidates
    assert best.rms_m < 0.15e-3
    assert all(one.excluded and one.max_m > 6e-3 for one in others)
    assert {candidate.version for candidate in found.candidates} == set(VERSIONS)


@pytest.mark.mirror
def test_a_published_trial_that_was_cut_and_resampled_afterwards(
    mirror_file: Callable[[str], Path],
) -> None:
    found = identify(read_trc(mirror_file("OC_val/walking1.trc")), SUBJECT_3)
    assert (found.version, found.cut_or_resampled) == ("v0.1", True)
    assert found.candidates[1].rms_m > 7e-3


@pytest.fixture
def long_recording(
    two_versions: tuple[AugmenterVersion, ...], body: Markers, subject: Subject
) -> Markers:
    """4 s of somebody who moves, with the markers of the second version."""
    n_frames = 240
    sway = 0.05 * np.sin(np.arange(n_frames) / 17)[:, None, None] * np.array([1.0, 0.3, -0.7])
    shape = np.sin(np.arange(n_frames)[:, None] / 11 + np.arange(len(body.names)))[..., None]
    positions = body.positions[:1] + sway + 0.03 * shape
    moving = Markers(body.names, np.arange(n_frames) / 60, positions)
    return tracked_markers(moving, LSTMAugmenter(two_versions[1])(moving, subject))


def everything(
    recording: Markers, subject: Subject, versions: tuple[AugmenterVersion, ...]
) -> tuple[str | None, bool, dict[str, Candidate]]:
    """Answer and residuals when every version is run on the whole trial."""
    question = _Question(
        recording, subject, tuple(n for n in recording.names if n.endswith("_study")), cut=False
    )
    residuals = {row.name: question.as_a_whole(row) for row in versions}
    for asked in (question, replace(question, cut=True)):
        best = min((asked.as_a_whole(row) for row in versions), key=lambda one: one.rms_m)
        if best.fits:
            return best.version, asked.cut, residuals
    return None, False, residuals


CASES = ("whole", "cut", "other rate", "raised", "one frame off", "another mass", "another height")
FIT_NOTHING = CASES[4:]
LOSE_MUCH = ("other rate", *FIT_NOTHING)  # half of the frames of a fast movement are too few


def changed(case: str, recording: Markers, subject: Subject) -> tuple[Markers, Subject]:
    """What may have happened to a recording after it was augmented, or to what is known of it."""
    positions = recording.positions.copy()
    augmented = np.array([name.endswith("_study") for name in recording.names])
    frames = np.arange(recording.n_frames)
    if case == "cut":
        return recording.at_frames(frames[40:]), subject
    if case == "other rate":
        return recording.at_frames(frames[::2]), subject
    if case == "raised":
        positions[:, augmented, 1] += 0.1
    elif case == "one frame off":
        positions[-40, -1, 0] += 0.004
    elif case == "another mass":
        return recording, replace(subject, mass_kg=subject.mass_kg + 2.0)
    elif case == "another height":
        return recording, replace(subject, height_m=subject.height_m - 0.2)
    return recording.with_positions(positions), subject


@pytest.mark.parametrize("case", CASES)
def test_a_short_stretch_changes_no_answer(
    case: str,
    two_versions: tuple[AugmenterVersion, ...],
    long_recording: Markers,
    subject: Subject,
) -> None:
    recording, person = changed(case, long_recording, subject)
    answer, cut, residuals = everything(recording, person, two_versions)
    found = identify(recording, person, two_versions)
    assert (found.version, found.cut_or_resampled) == (answer, cut)
    assert len(found.candidates) == 2
    best = found.candidates[0]
    assert best.n_frames == found.n_frames
    if not cut:
        assert best == residuals[best.version]
    assert answer == (None if case in FIT_NOTHING else "other")


@pytest.mark.parametrize("case", CASES)
def test_the_answer_is_that_of_everything_for_other_people(
    case: str, two_versions: tuple[AugmenterVersion, ...]
) -> None:
    """People and movements of the virtual laboratory, by the shipped version and two others."""
    versions = (VERSIONS["lab-1"], *two_versions)
    cohort = replace(HELD_OUT, n_subjects=2, activities=("squat", "gait"))
    for trial, row in zip(cohort, (*versions, versions[0]), strict=True):
        made = LSTMAugmenter(row)(trial.keypoints, trial.subject)
        recording, person = changed(case, tracked_markers(trial.keypoints, made), trial.subject)
        answer, cut, _ = everything(recording, person, versions)
        found = identify(recording, person, versions)
        assert (found.version, found.cut_or_resampled) == (answer, cut)
        assert answer == row.name or (answer is None and case in LOSE_MUCH)


def test_excluded_versions_and_only_those_are_run_on_a_stretch_alone(
    two_versions: tuple[AugmenterVersion, ...],
    long_recording: Markers,
    subject: Subject,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole: list[str] = []
    original = LSTMAugmenter.__call__

    def call(self: LSTMAugmenter, keypoints: Markers, who: Subject) -> Markers:
        if keypoints.n_frames == long_recording.n_frames:
            whole.append(self.row.name)
        else:
            assert keypoints.n_frames < 90  # 1.4 s
        return original(self, keypoints, who)

    monkeypatch.setattr(LSTMAugmenter, "__call__", call)
    found = identify(long_recording, subject, two_versions)
    assert (found.version, whole) == ("other", ["other"])
    assert [one.excluded for one in found.candidates] == [False, True]
    assert [one.n_frames for one in found.candidates] == [240, 12]
    (alone,) = identify(long_recording, subject, two_versions[:1]).candidates
    assert (alone.n_frames, alone.fits) == (240, False)
    assert whole == ["other", "small"]


@pytest.mark.mirror
@pytest.mark.parametrize("case", CASES)
def test_the_answer_is_that_of_everything_on_a_real_session(
    mirror_file: Callable[[str], Path], case: str
) -> None:
    folder = mirror_file("test_data/subject0/metadata.yaml").parent / "MarkerData"
    recording = read_trc(folder / "Squats_0.trc").at_frames(np.arange(240))
    recording, person = changed(case, recording, SUBJECT_0)
    answer, cut, _ = everything(recording, person, tuple(VERSIONS.values()))
    found = identify(recording, person)
    assert (found.version, found.cut_or_resampled) == (answer, cut)
    assert answer == "v0.1" or (answer is None and case in LOSE_MUCH)
