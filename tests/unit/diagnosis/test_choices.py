"""What a pipeline chose that may be wrong by itself, read from its stages."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from kinebench.augmentation.augmenter import LSTMAugmenter, NoAugmentation
from kinebench.core import Document, Markers, Model, Subject, Trial
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.marker_sets import OPTICAL_MARKERS
from kinebench.diagnosis import why
from kinebench.diagnosis.stance_features import Choices
from kinebench.pipeline.engines import ENGINES
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.given import GivenModel
from kinebench.scaling.window import StaticWindow

UPRIGHT, ANY = (
    Document(name, f"<OpenSimDocument><!--{name}--></OpenSimDocument>".encode())
    for name in ("upright", "any_pose")
)
CLEANED = Markers(("a",), np.array([0.0]), np.zeros((1, 1, 3)))
LEGS = ("RHip", "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle")
MODEL = Model("LaiUhlrich2022", b"<OpenSimDocument><Model/></OpenSimDocument>")


@pytest.fixture(autouse=True)
def _files(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenCap's set-ups, as if they were at hand."""
    setups = {"upright": UPRIGHT, "any_pose": ANY}
    monkeypatch.setattr(
        why, "opencap_setup", lambda track, pose: SimpleNamespace(scaling=setups[pose])
    )


def pipeline(setup: Document, model: Model = MODEL, engine: str = "fast") -> Pipeline:
    scaler = ENGINES[engine].make_scaler(setup, setup, StaticWindow())
    solver = ENGINES[engine].make_solver(IKTasks((("a", 1.0),)))
    return Pipeline(model, NoAugmentation(), scaler, solver)


@pytest.mark.parametrize("engine", list(ENGINES))
def test_the_set_up_for_any_pose_is_known_by_its_content(engine: str) -> None:
    renamed = Document("mine", ANY.xml)
    for setup, is_any in ((UPRIGHT, False), (ANY, True), (renamed, True)):
        assert why.choices_of(pipeline(setup, engine=engine), (0.5, 1.0), CLEANED) == Choices(
            (0.5, 1.0), is_any, cleaned=CLEANED
        )


def test_it_is_that_of_opencap_s_own_model_alone() -> None:
    other = pipeline(ANY, Model("generic", MODEL.xml))
    given = replace(pipeline(ANY), scale=GivenModel(MODEL))
    for each in (other, given):
        assert not why.choices_of(each, (0.5, 1.0), CLEANED).any_pose


def test_where_no_model_is_scaled_there_is_no_window() -> None:
    nowhere = (math.nan, math.nan)
    assert why.choices_of(pipeline(ANY), nowhere, CLEANED).window_s is None
    augmented = replace(pipeline(ANY), augment=LSTMAugmenter("lab-1"))
    assert why.choices_of(augmented, nowhere, CLEANED).window_s is None


def test_warm_up_and_rate_are_the_augmenter_s() -> None:
    for warm_up_s in (0.0, 1.5):
        augment = LSTMAugmenter("lab-1", warm_up_s=warm_up_s)
        found = why.choices_of(replace(pipeline(ANY), augment=augment), (0.5, 1.0), CLEANED)
        assert found == Choices((0.5, 1.0), True, warm_up_s, 60.0, CLEANED)
    resampling = LSTMAugmenter("lab-1", resample_hz=60.0)
    found = why.choices_of(replace(pipeline(ANY), augment=resampling), (0.5, 1.0), CLEANED)
    assert math.isnan(found.trained_hz)


def reason(names: tuple[str, ...], augmented: bool = False) -> str:
    recording = Markers(names, np.array([0.0]), np.zeros((1, len(names), 3)))
    trial = Trial("squat", Subject(70.0, 1.75), recording)
    asked = pipeline(UPRIGHT)
    if augmented:
        asked = replace(asked, augment=LSTMAugmenter("lab-1"))
    return why.unjudged_reason(asked, trial)


def test_what_is_not_video_keypoints_is_not_judged() -> None:
    learnt = "; the probabilities were learnt on video keypoints"
    assert reason(LEGS) == reason(LEGS, augmented=True) == ""
    assert reason(OPTICAL_MARKERS) == f"optical markers{learnt}"
    assert reason(OPTICAL_MARKERS[3:]) == f"optical markers{learnt}"
    # a file of both, of which the pipeline tracks what its augmenter does not need
    assert reason((*OPTICAL_MARKERS, *LEGS)) == f"optical markers{learnt}"
    assert reason((*OPTICAL_MARKERS, *LEGS), augmented=True) == ""
    assert reason(LEGS[1:]) == f"the recording has no RHip{learnt}"
