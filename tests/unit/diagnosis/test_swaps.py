"""Choices of a pipeline that can be swapped, found without running anything."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from kinebench.augmentation import NoAugmentation
from kinebench.augmentation.augmenter import RATE_TOLERANCE, LSTMAugmenter
from kinebench.augmentation.catalogue import PUBLISHED
from kinebench.cleaning import Butterworth, Level, Rotate
from kinebench.core import Document, Markers, Model
from kinebench.core.trial import Trial
from kinebench.diagnosis import swaps
from kinebench.diagnosis.features import calm
from kinebench.diagnosis.straightness import straightest_window
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
    scale = causes["static window"].swap(PIPELINE).scale
    assert isinstance(scale, FastScaler)
    window = scale.window
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
    swapped = cause.swap(pipeline).augment
    assert isinstance(swapped, LSTMAugmenter)
    assert swapped.row.name == other
    assert swapped.warm_up_s == 1.0


def test_a_version_of_one_s_own_has_no_other(trial: Trial) -> None:
    causes, left_out = found(augmented(version="lab-1", warm_up_s=1.0), trial)
    assert "augmenter version" not in causes
    assert "lab-1" in left_out["augmenter version"]
    assert "augmenter start-up" in left_out  # it has a warm-up, at the rate it knows


def test_a_warm_up_is_tried_where_there_is_none(trial: Trial) -> None:
    pipeline = augmented(version="lab-1")
    cause = found(pipeline, trial)[0]["augmenter start-up"]
    swapped = cause.swap(pipeline).augment
    assert isinstance(swapped, LSTMAugmenter)
    assert (swapped.warm_up_s, swapped.resample_hz) == (1.0, None)
    assert cause.instead == "1 s of warm-up"


def test_the_rate_of_the_training_is_tried_where_it_was_another(trial: Trial) -> None:
    slow = replace(
        trial, keypoints=trial.keypoints.at_frames(np.arange(0, trial.keypoints.n_frames, 2))
    )
    pipeline = augmented(version="lab-1")
    cause = found(pipeline, slow)[0]["augmenter timing"]
    swapped = cause.swap(pipeline).augment
    assert isinstance(swapped, LSTMAugmenter)
    assert (swapped.warm_up_s, swapped.resample_hz) == (1.0, 60.0)
    assert "60 Hz" in cause.instead


def test_words_and_values_of_swaps_of_the_recording(trial: Trial) -> None:
    causes, _ = found(PIPELINE, trial)
    noise, tilt = causes["keypoint noise"], causes["camera tilt"]
    assert (noise.now, noise.instead) == ("as recorded", "Butterworth 6 Hz")
    assert noise.swap(PIPELINE).clean == (Butterworth(6.0, short_runs="keep"),)
    assert trial.static is not None
    level = Level().resolve(calm(trial.static))  # cameras do not move between the two
    assert level.tilt is not None
    assert tilt.swap(PIPELINE).clean == (Rotate(level.R),)
    sagittal, frontal = (
        f"{math.degrees(angle):+.1f} ± {math.degrees(spread):.1f}°"
        for angle, spread in (
            (level.tilt.sagittal, level.tilt.sagittal_uncertainty),
            (level.tilt.frontal, level.tilt.frontal_uncertainty),
        )
    )
    text = f"levelled by {sagittal} sagittal, {frontal} frontal".replace("-", "−")
    assert (tilt.now, tilt.instead) == ("as recorded", text)
    # what a pipeline cleans already comes first
    filtered = replace(PIPELINE, clean=(Butterworth(12.0),))
    assert noise.swap(filtered).clean == (Butterworth(12.0), Butterworth(6.0, short_runs="keep"))


def test_without_a_static_trial_somebody_stands_in_the_movement(trial: Trial) -> None:
    causes, _ = found(PIPELINE, replace(trial, static=None))
    level = Level().resolve(calm(trial.keypoints))
    assert causes["camera tilt"].swap(PIPELINE).clean == (Rotate(level.R),)
    start, end = straightest_window(calm(trial.keypoints))
    assert causes["static window"].instead == (
        f"{start:.2f} to {end:.2f} s, the straightest and stillest half second"
    )
    window = causes["static window"].swap(PIPELINE).scale.window  # type: ignore[attr-defined]
    assert window == GivenWindow(start, end)


def test_what_cannot_be_tried_is_told_with_the_reason(trial: Trial) -> None:
    assert trial.static is not None
    names = [name for name in trial.static.names if name not in ("Neck", "RHeel")]
    bare = replace(trial, static=trial.static.select(names))
    causes, left_out = found(PIPELINE, bare)
    assert set(causes) == {"keypoint noise"}
    assert "Neck" in left_out["static window"]
    assert "RHeel" in left_out["camera tilt"]
    short = replace(trial, static=trial.static.at_frames(np.arange(20)))
    assert found(PIPELINE, short)[1]["static window"].startswith("no window of 0.5 s fits")
    given = replace(PIPELINE, scale=GivenModel(generic_body().model))
    assert found(given, trial)[1] == {
        "static window": "the model is not scaled here",
        "scaling set-up": "the model is not scaled here",
        "augmenter version": "nothing is augmented here",
        "augmenter start-up": "nothing is augmented here",
    }


UPRIGHT, ANY = (
    Document(name, f"<OpenSimDocument><!--{name}, r_mknee_study--></OpenSimDocument>".encode())
    for name in ("upright", "any_pose")
)


def on_opencap_s_model(setup: Document, name: str = "LaiUhlrich2022") -> Pipeline:
    model = Model(name, b"<OpenSimDocument><Model/></OpenSimDocument>")
    return replace(PIPELINE, generic=model, scale=FastScaler(setup, None, GivenWindow(*WINDOW_S)))


@pytest.mark.parametrize(
    ("setup", "now", "instead", "other"),
    [
        (UPRIGHT, "the set-up that pulls towards standing", "the any_pose set-up", ANY),
        (ANY, "the any_pose set-up", "the set-up that pulls towards standing", UPRIGHT),
        (Document("mine", ANY.xml), "the any_pose set-up",
         "the set-up that pulls towards standing", UPRIGHT),
    ],
)  # fmt: skip
def test_of_opencap_s_two_set_ups_the_other_is_tried(
    trial: Trial, monkeypatch: pytest.MonkeyPatch,
    setup: Document, now: str, instead: str, other: Document,
) -> None:  # fmt: skip
    setups = {("augmented", "upright"): UPRIGHT, ("augmented", "any_pose"): ANY}
    monkeypatch.setattr(
        swaps, "opencap_setup", lambda *names: SimpleNamespace(scaling=setups[names])
    )
    pipeline = on_opencap_s_model(setup)
    cause = found(pipeline, trial)[0]["scaling set-up"]
    assert (cause.now, cause.instead) == (now, instead)
    swapped = cause.swap(pipeline)
    assert swapped == on_opencap_s_model(other)


def test_other_models_and_markers_have_no_other_set_up(trial: Trial) -> None:
    left_out = found(on_opencap_s_model(UPRIGHT, "generic"), trial)[1]
    assert left_out["scaling set-up"] == "OpenCap has no set-ups for generic"
    video = Document("video", b"<OpenSimDocument><!--RKnee--></OpenSimDocument>")
    left_out = found(on_opencap_s_model(video), trial)[1]
    assert left_out["scaling set-up"] == "OpenCap has one set-up for these markers"


@pytest.mark.parametrize(
    ("rate_hz", "options", "name", "instead"),
    [
        (60.0, {}, "augmenter start-up", "1 s of warm-up"),
        (60.0, {"warm_up_s": 0.99}, "augmenter start-up", "1 s of warm-up"),
        (60.0, {"warm_up_s": 1.0}, None, None),
        (60.0, {"warm_up_s": 2.0}, None, None),
        (30.0, {}, "augmenter timing", "1 s of warm-up and run at 60 Hz"),
        (30.0, {"warm_up_s": 1.0}, "augmenter timing", "run at 60 Hz"),
        (120.0, {"warm_up_s": 1.0}, "augmenter timing", "run at 60 Hz"),
        (30.0, {"resample_hz": 60.0}, "augmenter start-up", "1 s of warm-up"),
        (60.0 * (1 + 0.9 * RATE_TOLERANCE), {"warm_up_s": 1.0}, None, None),
        (60.0 * (1 - 1.1 * RATE_TOLERANCE), {"warm_up_s": 1.0}, "augmenter timing",
         "run at 60 Hz"),
    ],
)  # fmt: skip
def test_warm_up_and_rate_are_tried_where_they_are_others(
    trial: Trial, rate_hz: float, options: dict[str, float], name: str | None, instead: str | None
) -> None:
    filmed = trial.keypoints
    times = np.arange(filmed.n_frames) / rate_hz
    other = replace(trial, keypoints=Markers(filmed.names, times, filmed.positions))
    causes, left_out = found(augmented(version="lab-1", **options), other)
    timing = {key: one for key, one in causes.items() if key.startswith("augmenter")}
    if name is None:
        assert timing == {}
        expected = "it has a warm-up, and frames at the rate it knows"
        assert left_out["augmenter start-up"] == expected
    else:
        assert {key: (one.now, one.instead) for key, one in timing.items()} == {
            name: ("none of it", instead)
        }
        assert "augmenter start-up" not in left_out
    assert left_out["augmenter version"] == "lab-1 is not one of OpenCap's"
