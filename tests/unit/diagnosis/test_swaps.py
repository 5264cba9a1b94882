"""Choices of a pipeline that can be swapped, found without running anything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinebench.augmentation import NoAugmentation
from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.augmentation.catalogue import PUBLISHED
from kinebench.core.trial import Trial
from kinebench.diagnosis.swaps import Cause, causes_of
from kinebench.ik.fast import FastIK
from kinebench.lab import Population, StaticPose, generic_body, ik_tasks, record, scaling_setup
from kinebench.lab.camera.chain import Chain
from kinebench.lab.motions.squat import Squat
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.given import GivenModel
from kinebench.scaling.window import GivenWindow

WINDOW_S = (0.0, 0.4)
PIPELINE = Pipeline(
    generic_body().model,
    NoAugmentation(),
    FastScaler(scaling_setup(), None, GivenWindow(*WINDOW_S)),
    FastIK(ik_tasks()),
)


@pytest.fixture(scope="module")
def trial() -> Trial:
    person = Population("causes").subject(2)
    filmed, standing = (
        record(person, motion, Chain(), 60.0, (name,), generic_body())
        for motion, name in ((Squat(repetitions=1), "squat"), (StaticPose(), "static"))
    )
    return filmed.as_trial("squat", "squat", standing)


def found(pipeline: Pipeline, trial: Trial) -> tuple[dict[str, Cause], dict[str, str]]:
    causes, left_out = causes_of(pipeline, trial, WINDOW_S)
    return {cause.name: cause for cause in causes}, left_out


def augmented(**options: object) -> Pipeline:
    return replace(PIPELINE, augment=LSTMAugmenter(**options))  # type: ignore[arg-type]


def test_each_cause_is_tried_or_left_out_with_a_reason(trial: Trial) -> None:
    causes, left_out = found(PIPELINE, trial)
    assert set(causes) == {"static window", "camera tilt", "keypoint noise"}
    assert set(left_out) == {"scaling set-up", "augmenter version", "augmenter start-up"}
    assert all(left_out.values())


def test_what_is_not_scaled_has_no_window(trial: Trial) -> None:
    scaled = replace(PIPELINE, scale=GivenModel(generic_body().model))
    causes, left_out = found(scaled, trial)
    assert "static window" not in causes
    assert left_out["static window"] == left_out["scaling set-up"]


def test_the_other_window_is_a_still_half_second_of_the_static_trial(trial: Trial) -> None:
    causes, _ = found(PIPELINE, trial)
    window = causes["static window"].swap(PIPELINE).scale.window
    assert isinstance(window, GivenWindow)
    assert window.end_s - window.start_s == pytest.approx(0.5, abs=0.05)
    assert trial.static is not None
    assert trial.static.times[0] <= window.start_s < window.end_s <= trial.static.times[-1]
    assert causes["static window"].now == "0.00 to 0.40 s"
    assert causes["static window"].instead.startswith(f"{window.start_s:.2f} to")


def test_keypoints_are_swapped_for_level_and_smooth_ones(trial: Trial) -> None:
    causes, _ = found(PIPELINE, trial)
    for name in ("camera tilt", "keypoint noise"):
        (cleaner,) = causes[name].swap(PIPELINE).clean
        changed = cleaner(trial.keypoints)
        assert changed.names == trial.keypoints.names
        assert not np.array_equal(changed.positions, trial.keypoints.positions)
    both = causes["keypoint noise"].swap(causes["camera tilt"].swap(PIPELINE))
    assert len(both.clean) == 2  # swaps do not disturb one another


@pytest.mark.parametrize(
    ("version", "other"),
    [(PUBLISHED[-1], PUBLISHED[-2]), (PUBLISHED[-2], PUBLISHED[-1]), (PUBLISHED[0], PUBLISHED[-1])],
)
def test_the_newest_version_is_tried_and_of_the_newest_the_one_before(
    trial: Trial, version: str, other: str
) -> None:
    pipeline = augmented(version=version, warm_up_s=1.0)
    cause = found(pipeline, trial)[0]["augmenter version"]
    assert (cause.now, cause.instead) == (version, other)
    assert cause.swap(pipeline).augment.row.name == other
    assert cause.swap(pipeline).augment.warm_up_s == 1.0


def test_a_version_of_one_s_own_has_no_other(trial: Trial) -> None:
    causes, left_out = found(augmented(version="lab-1", warm_up_s=1.0), trial)
    assert "augmenter version" not in causes
    assert "lab-1" in left_out["augmenter version"]
    assert "augmenter start-up" in left_out  # it has a warm-up, at the rate it knows


def test_a_warm_up_is_tried_where_there_is_none(trial: Trial) -> None:
    pipeline = augmented(version="lab-1")
    cause = found(pipeline, trial)[0]["augmenter start-up"]
    swapped = cause.swap(pipeline).augment
    assert (swapped.warm_up_s, swapped.resample_hz) == (1.0, None)
    assert cause.instead == "1 s of warm-up"


def test_the_rate_of_the_training_is_tried_where_it_was_another(trial: Trial) -> None:
    slow = replace(
        trial, keypoints=trial.keypoints.at_frames(np.arange(0, trial.keypoints.n_frames, 2))
    )
    pipeline = augmented(version="lab-1")
    cause = found(pipeline, slow)[0]["augmenter timing"]
    swapped = cause.swap(pipeline).augment
    assert (swapped.warm_up_s, swapped.resample_hz) == (1.0, 60.0)
    assert "60 Hz" in cause.instead
