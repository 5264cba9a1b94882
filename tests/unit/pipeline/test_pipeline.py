from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np
import pytest

from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.augmentation.floor import FloorOffset
from kinebench.cleaning import Rescale
from kinebench.core import (
    Coordinate,
    IKSolution,
    Markers,
    Model,
    Motion,
    ScalingResult,
    Subject,
    Trial,
)
from kinebench.errors import KinebenchWarning, NotApplicableError, ScalingError
from kinebench.pipeline.memo import MemoryMemo
from kinebench.pipeline.pipeline import STAGES, Pipeline

NAMES = ("Neck", "midHip", "RHip", "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle")


def standing(n_frames: int = 60, height: float = 1.0) -> Markers:
    joints = np.array(
        [[0, 1.4, 0], [0, 0.9, 0], [0, 0.9, 0.1], [0, 0.5, 0.1], [0, 0.1, 0.1],
         [0, 0.9, -0.1], [0, 0.5, -0.1], [0, 0.1, -0.1]]
    )  # fmt: skip
    return Markers(NAMES, np.arange(n_frames) / 60, height * np.tile(joints, (n_frames, 1, 1)))


@dataclass(frozen=True, slots=True)
class Shift:
    """A cleaner that moves everything up."""

    by_m: float

    def __call__(self, markers: Markers) -> Markers:
        return markers.with_positions(markers.positions + np.array([0, self.by_m, 0]))


@dataclass(frozen=True, slots=True)
class ShiftToOne:
    """An adaptive cleaner: the first marker ends at a height of 1 m."""

    def resolve(self, markers: Markers) -> Shift:
        return Shift(1.0 - float(markers.positions[0, 0, 1]))

    def __call__(self, markers: Markers) -> Markers:
        return self.resolve(markers)(markers)


@dataclass(frozen=True, slots=True)
class Doubled:
    """An augmenter that gives one marker 5 cm below the right ankle."""

    needs: tuple[str, ...] = ("RAnkle",)
    gives: tuple[str, ...] = ("r_toe_study",)

    def __call__(self, keypoints: Markers, subject: Subject) -> Markers:
        below = keypoints.position("RAnkle")[:, None] - [0, 0.05, 0]
        return Markers(self.gives, keypoints.times, below)


@dataclass(frozen=True, slots=True)
class Told:
    """A scaler that tells what it was given."""

    seen: list[Markers]
    window_s: tuple[float, float] = (0.1, 0.5)

    def __call__(self, generic: Model, static: Markers, subject: Subject) -> ScalingResult:
        self.seen.append(static)
        pose = Motion((Coordinate("knee_angle_r"),), np.array([0.0]), np.array([[0.0]]))
        return ScalingResult(generic, {}, self.window_s, pose, (), np.empty(0))

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Still:
    """Inverse kinematics of somebody who does not move."""

    def __call__(self, model: Model, markers: Markers) -> IKSolution:
        n = markers.n_frames
        motion = Motion((Coordinate("knee_angle_r"),), markers.times, np.zeros((n, 1)))
        errors = np.zeros((n, len(markers.names)))
        return IKSolution(motion, markers.names, errors, np.ones(n, bool), np.full(n, -1))


@pytest.fixture
def seen() -> list[Markers]:
    return []


@pytest.fixture
def pipeline(leg_model: Model, seen: list[Markers]) -> Pipeline:
    return Pipeline(leg_model, Doubled(), Told(seen), Still(), floor=None)


def trial(**parts) -> Trial:
    return Trial("squat", Subject(70.0, 1.75), standing(), **parts)


def test_stages_begin_in_order_and_are_timed(pipeline: Pipeline) -> None:
    begun: list[str] = []
    result = pipeline(trial(), begun.append)
    assert tuple(begun) == STAGES == tuple(result.durations_s)
    assert all(duration >= 0 for duration in result.durations_s.values())


def test_without_a_static_trial_the_movement_is_scaled_on(
    pipeline: Pipeline, seen: list[Markers]
) -> None:
    result = pipeline(trial())
    assert seen == [result.augmented]
    assert result.augmented.names == (*NAMES, "r_toe_study")


def test_the_static_trial_goes_through_the_same_stages(
    pipeline: Pipeline, seen: list[Markers]
) -> None:
    both = replace(pipeline, clean=(ShiftToOne(),), floor=FloorOffset())
    result = both(trial(static=standing(30, height=1.1)))
    (static,) = seen
    assert static.n_frames == 30
    assert static.names == (*NAMES, "r_toe_study")
    # the lowest augmented marker is put 1 cm above the floor, each trial by itself
    for markers in (static, result.augmented):
        assert markers.position("r_toe_study")[:, 1].min() == pytest.approx(0.01)
    shifts = {which: steps[0]["by_m"] for which, steps in result.records["clean"].items()}
    assert shifts == {"keypoints": pytest.approx(-0.4), "static": pytest.approx(-0.54)}
    assert set(result.records["floor"]) == {"keypoints", "static"}


def test_a_cleaner_may_need_the_static_trial(pipeline: Pipeline, seen: list[Markers]) -> None:
    rescaling = replace(pipeline, clean=(Rescale(),))
    result = rescaling(trial(static=standing(30, height=1.25)))
    np.testing.assert_allclose(result.keypoints.positions, standing(height=1.25).positions)
    (static,) = seen
    assert static.select(NAMES) == standing(30, height=1.25)
    told = str(result.records["clean"])
    assert "'kind': 'Scale', 'factor': 1.25" in told
    with pytest.raises(NotApplicableError, match="squat has none"):
        rescaling(trial())


def test_a_study_keeps_apart_what_static_trials_made_of_one_movement(pipeline: Pipeline) -> None:
    memo, rescaling = MemoryMemo(), replace(pipeline, clean=(Rescale(),))
    for height in (1.0, 1.25, 1.1):
        run = rescaling(trial(static=standing(30, height=height)), memo=memo)
        scaled = run.augmented.select(NAMES).positions
        np.testing.assert_allclose(scaled, standing(height=height).positions)


def test_keypoints_that_are_kept_are_cleaned_but_not_put_on_the_floor(pipeline: Pipeline) -> None:
    result = replace(pipeline, clean=(Shift(0.3),), floor=FloorOffset())(trial())
    raised = standing().positions + np.array([0, 0.3, 0])
    np.testing.assert_allclose(result.keypoints.positions, raised)


def test_static_markers_are_used_as_they_are(pipeline: Pipeline, seen: list[Markers]) -> None:
    given = standing(30, height=1.2)
    replace(pipeline, clean=(Shift(9.0),))(trial(static=standing(), static_markers=given))
    assert seen == [given]


def test_how_well_the_subject_stood_is_recorded(pipeline: Pipeline) -> None:
    result = pipeline(trial())
    assert result.records["standing"]["knee_flexion_deg"] == pytest.approx([0.0, 0.0])
    assert result.records["standing"]["start_s"] == 0.1
    assert [remark.text for remark in result.remarks] == [
        "the scaled model weighs 22.10 kg, the subject 70.00 kg"
    ]


def test_a_static_window_in_which_nobody_stands_is_doubted(pipeline: Pipeline) -> None:
    positions = standing().positions.copy()
    positions[:, 4] = positions[:, 3] + [-0.4, 0.0, 0.0]
    bent = replace(trial(), keypoints=standing().with_positions(positions))
    said = pipeline(bent).remarks[0].text
    assert said.startswith(
        "the subject is not standing still and upright in the static window 0.10 to 0.50 s"
    )
    assert "the right knee is bent by 90°" in said


def test_a_given_model_has_no_standing(pipeline: Pipeline, seen: list[Markers]) -> None:
    result = replace(pipeline, scale=Told(seen, (np.nan, np.nan)))(trial())
    assert "standing" not in result.records


def test_a_window_before_the_augmenter_has_warmed_up_is_doubted(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LSTMAugmenter, "__call__", lambda self, k, s: Doubled()(k, s))
    cold = replace(pipeline, augment=LSTMAugmenter("v0.3"))(trial())
    assert any("starts 0.10 s after the beginning" in remark.text for remark in cold.remarks)
    warm = replace(pipeline, augment=LSTMAugmenter("v0.3", warm_up_s=1.0))(trial())
    assert not any("warms up" in remark.text for remark in warm.remarks)


def test_start_up_counts_from_the_first_frame(
    pipeline: Pipeline, seen: list[Markers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LSTMAugmenter, "__call__", lambda self, k, s: Doubled()(k, s))
    late = replace(standing(), times=standing().times + 5.0)
    told = replace(pipeline, augment=LSTMAugmenter("v0.3"), scale=Told(seen, (5.1, 5.5)))
    result = told(replace(trial(), keypoints=late))
    assert any("starts 0.10 s after the beginning" in remark.text for remark in result.remarks)


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A cleaner that warns of what it sees and uses old code."""

    def __call__(self, markers: Markers) -> Markers:
        warnings.warn("noisy", KinebenchWarning, stacklevel=1)
        warnings.warn("old numpy", FutureWarning, stacklevel=1)
        return markers


def test_our_warnings_are_collected_once_and_others_pass(pipeline: Pipeline) -> None:
    with pytest.warns(FutureWarning, match="old numpy"):
        result = replace(pipeline, clean=(Doubtful(), Doubtful()))(trial())
    assert [remark.text for remark in result.remarks].count("noisy") == 1


def test_a_failing_stage_passes_its_error_on(pipeline: Pipeline) -> None:
    def fail(generic: Model, static: Markers, subject: Subject) -> ScalingResult:
        raise ScalingError("no window")

    with pytest.raises(ScalingError, match="no window"):
        replace(pipeline, scale=fail)(trial())
