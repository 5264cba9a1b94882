"""Swapping causes whose effects are known by hand, on a pipeline whose solver reads off angles."""

from __future__ import annotations

import math
import sys
import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from kinebench.augmentation import NoAugmentation
from kinebench.core import Coordinate, Markers, Model, Motion, Subject, Trial
from kinebench.core.results import IKSolution
from kinebench.diagnosis import why
from kinebench.diagnosis.faults import CAUSES
from kinebench.diagnosis.figures import COURSES, FIGURES
from kinebench.diagnosis.swaps import Cause
from kinebench.diagnosis.why import SOLVERS, Diagnosis, diagnose
from kinebench.errors import CleaningError
from kinebench.lab import generic_body
from kinebench.pipeline.pipeline import Pipeline
from kinebench.remarks import tell
from kinebench.scaling.given import GivenModel
from tests.unit.diagnosis.stick_figures import along, bent, figure, of_both

MODEL = generic_body().model
KNEE, HIP = (
    [figure.name for figure in FIGURES].index(name) for name in ("knee_flexion", "hip_flexion")
)
KNEE_COURSE = COURSES.index("knee_angle_r")


@dataclass(frozen=True, slots=True)
class Reading:
    """The right knee bends by a + b + a·b, of shifts a and b of two keypoints, in m for rad."""

    more: float = 0.0

    def __call__(self, model: Model, markers: Markers) -> IKSolution:
        a, b = (markers.position(name)[:, 0] for name in ("RWrist", "LWrist"))
        n = markers.n_frames
        values = np.stack([a + b + a * b + self.more, np.zeros(n)], axis=1)
        coordinates = (Coordinate("knee_angle_r"), Coordinate("knee_angle_l"))
        motion = Motion(coordinates, markers.times, values)
        return IKSolution(motion, (), np.empty((n, 0)), np.ones(n, bool), np.zeros(n, int))


@dataclass(frozen=True, slots=True)
class Shift:
    """Moves a keypoint ahead."""

    name: str
    ahead_m: float

    def __call__(self, markers: Markers) -> Markers:
        positions = np.array(markers.positions)
        positions[:, markers.names.index(self.name), 0] += self.ahead_m
        return markers.with_positions(positions)


@dataclass(frozen=True, slots=True)
class Failing:
    """Fails where the other wrist was moved."""

    def __call__(self, markers: Markers) -> Markers:
        if markers.position("RWrist")[0, 0] > 0.25:
            raise CleaningError("the wrist is not where it was")
        return markers


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells something, and changes nothing."""

    def __call__(self, markers: Markers) -> Markers:
        tell("a fact", "this is told")
        return markers


def cause(name: str, cleaner: Any) -> Cause:
    return Cause(name, "now", "instead", lambda p: replace(p, clean=(*p.clean, cleaner)))


def trial() -> Trial:
    """Two squats in four seconds; the right wrist is 0.2 m ahead, which says 0.2 rad."""
    t = np.arange(240) / 60
    depth = np.sin(np.pi * np.clip((t - 0.5) / 1.5, 0, 2)) ** 2
    down = along("y", -0.2 * depth)
    hips = {**of_both({"Hip": down}), "midHip": down}
    moving = figure(240, {**hips, "RWrist": [0.2, 0.0, 0.0]})
    static = figure(60, {"RAnkle": bent(np.full(60, 30.0))})
    return Trial("squats", Subject(70.0, 1.75), moving, static=static, static_markers=figure(60))


PIPELINE = Pipeline(MODEL, NoAugmentation(), GivenModel(MODEL), Reading(), (Telling(),), None)
A, B = Shift("RWrist", 0.1), Shift("LWrist", 0.2)


def found(
    monkeypatch: pytest.MonkeyPatch, *causes: Cause, exact: float = 0.0, **options: Any
) -> Diagnosis:
    asked: list[Any] = []

    def with_engine(pipeline: Pipeline, name: str, keep_foreign: bool = False) -> Pipeline:
        assert (name, keep_foreign) == ("fast", True)
        return replace(pipeline, solve=Reading(exact))

    def causes_of(*given: Any) -> tuple[tuple[Cause, ...], dict[str, str]]:
        asked.append(given)
        return causes, {"camera tilt": "not here"}

    monkeypatch.setattr(why, "with_engine", with_engine)
    monkeypatch.setattr(why, "causes_of", causes_of)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        diagnosis = diagnose(PIPELINE, trial(), **options)
    ((pipeline, swapped_trial, window_s),) = asked
    assert pipeline is PIPELINE
    assert swapped_trial.name == "squats"
    assert np.isnan(window_s).all()
    return diagnosis


def test_parts_are_shapley_s_and_effects_alone_those_of_one_swap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """a: 0.2 → 0.3, b: 0 → 0.2, and 0.05 by the exact solver, which runs where a swap is tried.

    As it is 0.2. Alone a adds 0.1 and b 0.2·(1 + 0.2) = 0.24; together 0.3 + 0.2 + 0.06 − 0.2 =
    0.36, so that each takes half of the 0.02 that neither does alone.
    """
    diagnosis = found(monkeypatch, cause("first", A), cause("second", B), exact=0.05)
    assert diagnosis.as_is[KNEE] == pytest.approx(0.2)
    assert diagnosis.swapped[KNEE] == pytest.approx(0.2 + 0.05 + 0.36)
    for values, expected in (
        (diagnosis.parts, {SOLVERS: 0.05, "first": 0.11, "second": 0.25}),
        (diagnosis.alone, {SOLVERS: 0.05, "first": 0.1, "second": 0.24}),
    ):
        assert list(values) == list(expected)
        knees = {name: float(part[KNEE]) for name, part in values.items()}
        assert knees == pytest.approx(expected)
        assert {part.shape for part in values.values()} == {(len(FIGURES),)}
    for name, part in diagnosis.parts.items():
        course = diagnosis.course_parts[name]
        assert course.shape == (240, len(COURSES))
        np.testing.assert_allclose(course[:, KNEE_COURSE], part[KNEE], atol=1e-12)
        np.testing.assert_allclose(course[:, KNEE_COURSE + 1], 0.0)
    np.testing.assert_allclose(diagnosis.course[:, KNEE_COURSE], 0.2)
    np.testing.assert_allclose(diagnosis.swapped_course[:, KNEE_COURSE], 0.61)
    assert [one.name for one in diagnosis.causes] == ["first", "second"]
    assert diagnosis.n_runs == 5
    # what the motion does not have is not known of any part
    assert np.isnan(diagnosis.parts["first"][HIP])


def test_a_diagnosis_tells_of_its_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    diagnosis = found(monkeypatch)
    assert diagnosis.trial == "squats"
    assert list(diagnosis.parts) == list(diagnosis.alone) == [SOLVERS]
    assert diagnosis.left_out == {"camera tilt": "not here"}
    assert diagnosis.n_runs == 2
    # 0.1 s around 1.25 s and 2.75 s, where hips are lowest
    spans = diagnosis.deep_spans_s
    assert [round((start + end) / 2, 2) for start, end in spans] == [1.25, 2.75]
    assert [end - start for start, end in spans] == pytest.approx([0.183, 0.183], abs=0.018)
    assert diagnosis.n_deep_frames == len(diagnosis.deep)
    np.testing.assert_array_equal(diagnosis.times, trial().keypoints.times)
    codes = [remark.code for remark in diagnosis.remarks]
    assert codes == ["frozen", "frozen", "a fact"]  # the figure of sticks stands still, static too
    assert diagnosis.augmenter == ""
    assert np.isnan(diagnosis.window_s).all()
    recording = diagnosis.recording
    assert recording is not None
    # the static trial is augmented here, so that augmenter and cleaning can be swapped for it
    assert recording.static_markers is None
    # every cause with a probability, and a static knee that is bent by 30° comes first of poses
    assert {fault.name for fault in diagnosis.faults} == set(CAUSES)
    assert diagnosis.anything >= diagnosis.faults[0].probability
    pose = next(one for one in diagnosis.faults if one.name == "static pose")
    assert pose.kind == "one knee"
    assert "30°" in pose.shown


def test_of_optical_markers_swaps_are_made_and_nothing_is_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(why, "OPTICAL_MARKERS", trial().keypoints.names)
    diagnosis = found(monkeypatch, cause("first", A))
    assert diagnosis.unjudged.startswith("optical markers; ")
    assert diagnosis.faults == ()
    assert math.isnan(diagnosis.anything)
    assert diagnosis.parts["first"][KNEE] == pytest.approx(0.1)


def test_angles_are_taken_by_whole_turns_as_near_as_can_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two whole turns and 0.3 rad more of the knee are 0.3 rad over time."""
    turned = cause("turn", Shift("RWrist", 4 * math.pi + 0.3))
    diagnosis = found(monkeypatch, turned)
    course = diagnosis.course_parts["turn"]
    np.testing.assert_allclose(course[:, KNEE_COURSE], 0.3, atol=1e-9)
    back = found(monkeypatch, cause("turn", Shift("RWrist", -2 * math.pi - 0.3)))
    np.testing.assert_allclose(back.course_parts["turn"][:, KNEE_COURSE], -0.3, atol=1e-9)


def test_a_swap_that_fails_with_any_before_it_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    causes = (cause("first", A), cause("failing", Failing()), cause("second", B))
    diagnosis = found(monkeypatch, *causes)
    assert [one.name for one in diagnosis.causes] == ["first", "second"]
    assert diagnosis.left_out == {
        "camera tilt": "not here", "failing": "the wrist is not where it was",
    }  # fmt: skip
    knees = {name: float(part[KNEE]) for name, part in diagnosis.parts.items()}
    assert knees == pytest.approx({SOLVERS: 0.0, "first": 0.11, "second": 0.25})
    assert diagnosis.n_runs == 5


def test_runs_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first two, as it is and by exact solvers, are done before anything is told."""
    told: list[tuple[int, int]] = []
    found(
        monkeypatch, cause("first", A), cause("second", B),
        on_run=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told == [(3, 5), (4, 5), (5, 5)]


SEEN: list[int] = []


@dataclass(frozen=True, slots=True)
class Seen:
    """Notes what it is called with, and changes nothing."""

    def __call__(self, markers: Markers) -> Markers:
        SEEN.append(markers.n_frames)
        return markers


def test_what_runs_share_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cleaning of movement and static trial, in nine runs of as many pipelines."""
    SEEN.clear()
    monkeypatch.setattr(sys.modules[__name__], "PIPELINE", replace(PIPELINE, clean=(Seen(),)))
    causes = [cause("first", A), cause("second", B), cause("third", Shift("RElbow", 0.1))]
    assert found(monkeypatch, *causes).n_runs == 9
    assert sorted(SEEN) == [60, 240]
