"""True markers in the place of an augmenter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinebench.augmentation.augmenter import tracked_markers
from kinebench.augmentation.floor import FloorOffset
from kinebench.core.provenance import describe, digest
from kinebench.core.stages import Augmenter
from kinebench.errors import NameNotFoundError
from kinebench.lab import StaticPose, VirtualSubject, generic_body, opencap_body, record
from kinebench.lab.camera import Chain, VerticalOffset, WhiteNoise
from kinebench.lab.motions import Squat
from kinebench.lab.truth import TrueMarkers, marker_trial

PERSON = VirtualSubject("average", "female", 1.65, 62.0)
FILM = record(PERSON, Squat(repetitions=1), WhiteNoise(), rate_hz=30.0)
STATIC = record(PERSON, StaticPose(), WhiteNoise(), rate_hz=30.0)


def test_it_is_an_augmenter_with_a_name_in_records() -> None:
    stage = TrueMarkers()
    assert isinstance(stage, Augmenter)
    assert stage.needs == stage.gives == generic_body().marker_names
    assert len(stage.gives) == 43
    assert "TrueMarkers" in str(describe(stage))
    assert digest(stage) == digest(TrueMarkers())


@pytest.mark.mirror
def test_a_published_model_has_the_same_markers(mirror_file: Callable[[str], Path]) -> None:
    mirror_file("opensimPipeline/Models/LaiUhlrich2022_markers_augmenter.xml")
    assert set(TrueMarkers().gives) == set(opencap_body().marker_names)


def test_the_trial_holds_keypoints_and_true_markers_without_the_films_errors() -> None:
    trial = marker_trial(FILM, "squat 1", "squat", STATIC)
    assert trial.keypoints.select(FILM.true_keypoints.names) == FILM.true_keypoints
    assert TrueMarkers()(trial.keypoints, trial.subject) == FILM.true_markers
    assert trial.static is not None
    assert TrueMarkers()(trial.static, trial.subject) == STATIC.true_markers
    assert (trial.name, trial.activity) == ("squat 1", "squat")
    assert trial.subject == PERSON.as_subject()
    assert trial.reference_motion == FILM.true_motion
    assert trial.reference_markers == FILM.true_markers
    assert marker_trial(FILM, "alone").static is None


def test_what_is_tracked_holds_each_marker_once() -> None:
    trial = marker_trial(FILM, "squat 1")
    markers = TrueMarkers()(trial.keypoints, trial.subject)
    assert tracked_markers(trial.keypoints, markers).names == trial.keypoints.names


def test_the_floor_is_set_by_markers_and_not_by_keypoints() -> None:
    trial = marker_trial(FILM, "squat 1")
    markers = TrueMarkers()(trial.keypoints, trial.subject)
    assert FloorOffset().resolve(markers).marker in TrueMarkers().gives
    lowest = FILM.true_markers.positions[..., 1].min()
    assert FloorOffset().resolve(markers).shift_m == pytest.approx(0.01 - lowest)


def test_errors_reach_keypoints_and_markers_of_both_recordings() -> None:
    trial = marker_trial(FILM, "squat 1", static=STATIC, errors=VerticalOffset(25.0))
    for seen, film in ((trial.keypoints, FILM), (trial.static, STATIC)):
        assert seen is not None
        for true in (film.true_keypoints, film.true_markers):
            moved = seen.select(true.names).positions - true.positions
            np.testing.assert_allclose(moved, np.broadcast_to([0, 0.025, 0], moved.shape))


def test_random_errors_are_seeded_by_subject_name_and_recording() -> None:
    noise = Chain((WhiteNoise((2.0, 2.0, 2.0)),))

    def seen(name: str) -> tuple[np.ndarray, np.ndarray]:
        trial = marker_trial(STATIC, name, static=STATIC, errors=noise)
        assert trial.static is not None
        return trial.keypoints.positions, trial.static.positions

    np.testing.assert_array_equal(seen("a")[0], seen("a")[0])
    assert np.abs(seen("a")[0] - seen("b")[0]).max() > 1e-3
    # the static trial has noise of its own
    assert np.abs(seen("a")[0] - seen("a")[1]).max() > 1e-3


def test_keypoints_alone_are_refused() -> None:
    with pytest.raises(NameNotFoundError, match="C7_study"):
        TrueMarkers()(FILM.keypoints, PERSON.as_subject())
