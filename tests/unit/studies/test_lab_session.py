"""Visits of virtual subjects: who is filmed doing what, by which errors, and what is written."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.core import Subject, Trial
from kinebench.errors import KinebenchWarning, ValueRangeError
from kinebench.ik.fast import FastIK
from kinebench.lab import (
    Population,
    SoftTissue,
    StaticPose,
    generic_body,
    ik_tasks,
    record,
    scaling_setup,
)
from kinebench.lab.body import Body
from kinebench.lab.camera.chain import Chain
from kinebench.lab.camera.space import VerticalOffset
from kinebench.lab.motions import Squat
from kinebench.lab.setups import ik_setup
from kinebench.pipeline.opencap import OpenCapSetup
from kinebench.remarks import tell
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.given import GivenModel
from kinebench.scaling.standing_window import StandingWindow
from kinebench.studies.sources import lab_session
from kinebench.studies.sources.lab_session import LabSession

PERSON, OTHER = (Population("visits").subject(number) for number in (1, 2))
SQUAT, STANDING = Squat(repetitions=1), StaticPose(duration_s=1.0)
BARE = LabSession(PERSON, (("squats", SQUAT),), static=STANDING, rate_hz=20.0, results=False)
HIGH, HIGHER = VerticalOffset(10.0), VerticalOffset(30.0)


def filmed(motion: Any = SQUAT, name: str = "squats", person: Any = PERSON) -> Any:
    return record(person, motion, Chain(), 20.0, (name,), generic_body())


def test_a_visit_is_filmed_at_60_hz_without_errors_on_the_laboratory_s_own_body() -> None:
    motions = (("squats", SQUAT),)
    assert LabSession(PERSON, motions) == LabSession(
        PERSON, motions, StaticPose(duration_s=3.0), Chain(), None, None, 60.0, "lab-1", "lab",
        True, None, "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"body": "template"}, "body must be 'lab' or 'opencap', found 'template'"),
        ({"played_by": "template"}, "body must be 'lab' or 'opencap', found 'template'"),
        ({"motions": ()}, "a session needs one trial or more"),
    ],
)
def test_other_bodies_and_empty_visits_are_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueRangeError) as caught:
        replace(BARE, **changes)
    assert str(caught.value) == told
    assert replace(BARE, played_by="opencap").played_by == "opencap"


def test_a_visit_without_results_has_keypoints_truth_and_the_body_s_own_files() -> None:
    content = BARE.content()
    assert content.subject == PERSON.as_subject()
    assert list(content.trials) == ["squats", "neutral"]
    for name, expected in (("squats", filmed()), ("neutral", filmed(STANDING, "static"))):
        trial = content.trials[name]
        assert trial.keypoints == expected.keypoints
        assert trial.optical_markers == expected.true_markers
        assert trial.optical_motion == expected.true_motion
        assert (trial.augmented, trial.motion) == (None, None)
    assert content.generic_model == generic_body().model
    assert content.scaling_setup == scaling_setup()
    assert content.ik_setup == ik_setup(ik_tasks())
    assert dict(content.metadata) == {}
    assert (content.scaled_model, content.optical_model) == (None, None)
    assert list(BARE.content("static1").trials) == ["squats", "static1"]
    assert list(replace(BARE, static=None).content().trials) == ["squats"]


def test_errors_are_of_every_recording_and_the_static_trial_may_have_its_own() -> None:
    def heights(**changes: Any) -> list[float]:
        seen, plain = replace(BARE, **changes).content().trials, BARE.content().trials
        moved = [seen[name].keypoints.positions - plain[name].keypoints.positions for name in plain]
        return [float(shift[..., 1].mean()) for shift in moved]

    assert heights(errors=HIGH) == pytest.approx([0.01, 0.01])
    assert heights(errors=HIGH, static_errors=HIGHER) == pytest.approx([0.01, 0.03])
    assert heights(static_errors=HIGHER) == pytest.approx([0.0, 0.03])


def test_another_person_may_have_stood_in_the_static_trial() -> None:
    content = replace(BARE, static_person=OTHER).content()
    assert content.subject == PERSON.as_subject()
    assert content.trials["squats"].keypoints == filmed().keypoints
    expected = filmed(STANDING, "static", OTHER).keypoints
    assert content.trials["neutral"].keypoints == expected


def test_optical_markers_may_sit_on_skin() -> None:
    tissue = SoftTissue()
    found = replace(BARE, tissue=tissue).content().trials["squats"]
    assert found.optical_markers == filmed().optical_markers(tissue, "squats")
    assert found.optical_markers != filmed().true_markers
    assert found.keypoints == filmed().keypoints


def test_opencap_s_body_brings_no_files_and_names_its_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its files are public ones: here the laboratory's stand for them."""
    asked: list[tuple[str, ...]] = []
    other = generic_body()
    setup = OpenCapSetup(other.model, None, scaling_setup(), ik_tasks())

    def opencap_setup(*names: str) -> Any:
        asked.append(names)
        return setup

    monkeypatch.setattr(lab_session, "opencap_setup", opencap_setup)
    monkeypatch.setattr(lab_session, "opencap_body", lambda: other)
    content = replace(BARE, body="opencap").content()
    assert asked == [("augmented", "upright")]
    assert dict(content.metadata) == {"openSimModel": "LaiUhlrich2022"}
    assert (content.generic_model, content.scaling_setup, content.ik_setup) == (None, None, None)


@pytest.mark.parametrize(("body", "played_by", "player"), [("lab", "opencap", "opencap"),
                                                           ("lab", "", "lab"),
                                                           ("lab", "lab", "lab")])  # fmt: skip
def test_the_truth_may_be_played_by_another_body(
    monkeypatch: pytest.MonkeyPatch, body: str, played_by: str, player: str
) -> None:
    own = generic_body()
    used: list[str] = []

    def body_of(name: str) -> Callable[[], Body]:
        def made() -> Body:
            used.append(name)
            return own

        return made

    for name in ("generic", "opencap"):
        monkeypatch.setattr(lab_session, f"{name}_body", body_of(name))
    monkeypatch.setattr(LabSession, "_setup", lambda _self: SimpleNamespace(
        generic=own.model, scaling=scaling_setup(), ik=ik_tasks()))  # fmt: skip
    replace(BARE, body=body, played_by=played_by).content()
    assert set(used) == {"generic" if player == "lab" else "opencap"}
    assert len(used) == 2  # the movement and the static trial


@pytest.mark.parametrize(
    ("layout", "name"),
    [("downloaded", "neutral"), ("local", "neutral"), ("labvalidation", "static1")],
)
def test_a_layout_has_its_own_name_for_the_static_trial(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, layout: str, name: str
) -> None:
    written: list[Any] = []

    def write_session(*given: Any) -> Path:
        written.append(given)
        return tmp_path

    monkeypatch.setattr(lab_session, "write_session", write_session)
    assert BARE.write(tmp_path / "s", layout) == tmp_path
    ((folder, content, of_layout),) = written
    assert (folder, of_layout) == (tmp_path / "s", layout)
    assert list(content.trials) == ["squats", name]
    BARE.write(tmp_path / "s")
    assert written[1][2] == "downloaded"


# ---- results


@dataclass(frozen=True)
class Reading:
    """A pipeline that notes what it is run on."""

    log: list[Any]
    scale: Any = "as the file says"

    def __call__(self, trial: Trial) -> Any:
        tell("a fact", "faults are planted on purpose")
        self.log.append((trial, self.scale))
        model = generic_body().model
        scaling = SimpleNamespace(model=model, window_s=(0.25, 0.75))
        truth = filmed().true_motion
        return SimpleNamespace(scaling=scaling, augmented=trial.keypoints, motion=truth)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    found: list[Any] = []
    monkeypatch.setattr(LabSession, "_pipeline", lambda _self, _setup: Reading(found))
    return found


FULL = replace(BARE, results=True, motions=(("squats", SQUAT), ("again", SQUAT)), augmenter="v0.3")


def test_one_model_is_scaled_on_the_static_trial_for_all(log: list[Any]) -> None:
    content = FULL.content()
    trials = {trial.name: (trial, scale) for trial, scale in log}
    assert list(trials) == ["squats", "again", "neutral"]
    standing = content.trials["neutral"].keypoints
    assert [trials[name][0].static for name in trials] == [standing, standing, None]
    for name, (trial, _) in trials.items():
        assert trial.keypoints == content.trials[name].keypoints
        assert trial.subject == PERSON.as_subject()
    given = GivenModel(generic_body().model)
    assert [scale for _, scale in trials.values()] == ["as the file says", given, given]


def test_what_was_computed_is_written_beside(log: list[Any]) -> None:
    content = FULL.content()
    assert content.augmenter == "v0.3"
    assert list(content.trials) == ["squats", "again", "neutral"]
    for trial in content.trials.values():
        assert trial.augmented == trial.keypoints
        assert trial.motion == filmed().true_motion
        assert trial.optical_markers is not None
    assert content.scaled_model == generic_body().model
    assert content.optical_model == filmed().model
    assert content.scaling_setup == scaling_setup(window_s=(0.25, 0.75))
    assert content.generic_model == generic_body().model
    alone = replace(FULL, static=None).content()
    assert alone.scaling_setup == scaling_setup(window_s=None)
    assert [trial.static for trial, _ in log[3:]] == [None, None]


def test_who_stands_for_another_scales_with_its_own_size(log: list[Any]) -> None:
    replace(FULL, static_person=OTHER).content()
    subjects = {trial.name: trial.subject for trial, _ in log}
    assert subjects["squats"] == PERSON.as_subject()
    assert subjects["neutral"] == OTHER.as_subject() != PERSON.as_subject()
    assert isinstance(subjects["neutral"], Subject)


def test_the_pipeline_is_the_session_s_own() -> None:
    setup = FULL._setup()
    pipeline = FULL._pipeline(setup)
    assert pipeline.generic == generic_body().model
    assert pipeline.augment == LSTMAugmenter("v0.3")
    assert pipeline.scale == FastScaler(scaling_setup(), None, StandingWindow(avoid_start_s=0.0))
    assert pipeline.solve == FastIK(ik_tasks())
    assert pipeline.clean == ()


def test_facts_that_a_run_tells_are_not_told(log: list[Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", KinebenchWarning)
        FULL.content()
    assert len(log) == 3


def test_seeds_are_the_names_of_trials() -> None:
    again = replace(BARE, motions=(("again", SQUAT),)).content().trials["again"].keypoints
    np.testing.assert_array_equal(again.positions, filmed(name="again").keypoints.positions)
