from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from kinebench.augmentation.augmenter import LSTMAugmenter, NoAugmentation
from kinebench.augmentation.floor import FloorOffset
from kinebench.core import Document, Markers, Model, Subject
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.keypoints import BODY_25, OPENCAP_20
from kinebench.core.marker_sets import ANATOMICAL_MARKERS, KEYPOINT_MARKERS, OPTICAL_MARKERS
from kinebench.errors import KinebenchWarning, NameNotFoundError, ValueRangeError
from kinebench.ik.opensim_engine import OpenSimIK
from kinebench.pipeline import spec as spec_module
from kinebench.pipeline.choices import Choice, ChoiceKey, Source
from kinebench.pipeline.opencap import OpenCapSetup, opencap_setup
from kinebench.pipeline.plan import Plan, plan_from_markers
from kinebench.pipeline.spec import DEFAULT_VERSION, TRACKED, PipelineSpec
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.given import GivenModel
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.standing_window import StandingWindow
from kinebench.scaling.window import (
    GivenWindow,
    StaticWindow,
)

SUBJECT = Subject(70.0, 1.75)


@dataclass
class Asked:
    """Arguments of the last call for OpenCap's files."""

    arguments: tuple[object, ...] = ()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, leg_model: Model, leg_setup: Document) -> Asked:
    """Let the leg stand for OpenCap's files."""
    asked = Asked()

    def files(*arguments: object) -> OpenCapSetup:
        asked.arguments = arguments
        return OpenCapSetup(leg_model, None, leg_setup, IKTasks((("KNEE", 1.0),)))

    monkeypatch.setattr(spec_module, "opencap_setup", files)
    return asked


def recording(names: tuple[str, ...] = OPENCAP_20, n_frames: int = 4) -> Markers:
    """From the neck down to the heels, one below the other."""
    positions = np.zeros((n_frames, len(names), 3))
    positions[..., 1] = np.linspace(1.5, 0.05, len(names))
    return Markers(names, np.arange(n_frames) / 60, positions)


def planned(static: Markers | None = None, names=OPENCAP_20, model=None, **options) -> Plan:
    return plan_from_markers(
        "squat", recording(names), static, SUBJECT, PipelineSpec(**options), model
    )


def chosen(plan: Plan, key: ChoiceKey) -> Choice:
    (choice,) = (choice for choice in plan.choices if choice.key is key)
    return choice


def window_of(plan: Plan) -> object:
    scaler = plan.pipeline.scale
    assert isinstance(scaler, FastScaler | OpenSimScaler)
    return scaler.window


@pytest.mark.usefixtures("asked")
class TestStaticWindow:
    def test_opencap_s_rule_on_a_static_trial(self) -> None:
        plan = planned(recording())
        assert window_of(plan) == StaticWindow(ANATOMICAL_MARKERS)
        assert chosen(plan, ChoiceKey.STATIC_WINDOW).source is Source.OPENCAP_RULE

    def test_the_best_standing_without_one_with_a_warning(self) -> None:
        with pytest.warns(KinebenchWarning, match="no static trial: .*constant error"):
            plan = planned()
        assert window_of(plan) == StandingWindow()
        assert plan.trial.static is None

    def test_a_window_that_is_asked_for_wins(self) -> None:
        plan = planned(recording(), window=GivenWindow(1.0, 2.0))
        assert window_of(plan) == GivenWindow(1.0, 2.0)
        assert str(chosen(plan, ChoiceKey.STATIC_WINDOW)) == "1 to 2 s (asked for)"

    @pytest.mark.parametrize(
        ("track", "watched"),
        [
            ("openpose", KEYPOINT_MARKERS),
            ("mocap", OPTICAL_MARKERS),
            ("stored", ANATOMICAL_MARKERS),
        ],
    )
    def test_what_is_tracked_is_watched(self, track: str, watched: tuple[str, ...]) -> None:
        assert window_of(planned(recording(), track=track)) == StaticWindow(watched)

    def test_optical_markers_have_no_makeshift(self) -> None:
        with pytest.raises(ValueRangeError, match="need a static trial"):
            planned(track="mocap")


@pytest.mark.usefixtures("asked")
class TestAugmentation:
    def test_the_default_version_is_told_apart_from_one_asked_for(self) -> None:
        assert (
            str(chosen(planned(recording()), ChoiceKey.AUGMENTER)) == f"{DEFAULT_VERSION} (default)"
        )
        asked_for = planned(recording(), augmenter="v0.1", warm_up_s=1.0, resample_hz=60.0)
        assert str(chosen(asked_for, ChoiceKey.AUGMENTER)) == "v0.1 (asked for)"
        expected = LSTMAugmenter("v0.1", warm_up_s=1.0, resample_hz=60.0)
        assert asked_for.pipeline.augment == expected
        assert asked_for.pipeline.floor == FloorOffset()

    def test_the_floor_can_be_left_alone(self) -> None:
        assert planned(recording(), floor=False).pipeline.floor is None

    def test_faces_and_stored_markers_are_dropped(self) -> None:
        names = (*BODY_25, "r_knee_study", "C7")
        plan = planned(recording(names), names)
        assert set(plan.trial.keypoints.names) == set(OPENCAP_20)
        assert plan.trial.static is not None
        assert set(plan.trial.static.names) == set(OPENCAP_20)
        assert chosen(plan, ChoiceKey.KEYPOINTS).value == "20 of 27 points"

    def test_nothing_is_dropped_when_a_keypoint_is_lacking(self) -> None:
        """So that the augmenter's error can show the misspelt name."""
        names = (*(name for name in OPENCAP_20 if name != "RKnee"), "RKne")
        assert "RKne" in planned(recording(), names).trial.keypoints.names

    def test_neck_and_hip_are_derived(self) -> None:
        names = tuple(name for name in OPENCAP_20 if name not in ("Neck", "midHip"))
        with pytest.warns(KinebenchWarning, match="added as midpoint"):
            plan = planned(recording(), names)
        assert {"Neck", "midHip"} <= set(plan.trial.keypoints.names)

    @pytest.mark.parametrize("track", [track for track in TRACKED if track != "augmented"])
    def test_other_markers_are_taken_as_they_are(self, track: str) -> None:
        plan = planned(recording(), track=track)
        assert plan.pipeline.augment == NoAugmentation()
        assert plan.pipeline.floor is None
        assert plan.trial.keypoints == recording()
        assert ChoiceKey.AUGMENTER not in {choice.key for choice in plan.choices}

    @pytest.mark.parametrize(
        "option", [{"augmenter": "v0.1"}, {"warm_up_s": 1.0}, {"resample_hz": 60.0}]
    )
    def test_options_of_the_augmenter_need_one(self, option: dict[str, object]) -> None:
        with pytest.raises(ValueRangeError, match="nothing is augmented"):
            planned(recording(), track="openpose", **option)


def test_unknown_kinds_get_the_near_match() -> None:
    with pytest.raises(NameNotFoundError, match="did you mean 'openpose'"):
        PipelineSpec(track="openpos")


@pytest.mark.usefixtures("asked")
def test_a_scaled_model_gets_the_stored_markers_that_it_was_scaled_on(leg_model: Model) -> None:
    """A marker that the file holds twice, with and without the mocap frame's offset."""
    ended = leg_model.xml.replace(b'"KNEE"', b'"KNEE_offsetRemoved"')
    names = ("HIP", "KNEE", "KNEE_offsetRemoved", "TOE")
    for xml, held in ((ended, 2), (leg_model.xml, 1)):
        tracked = planned(names=names, model=Model("leg", xml), track="stored").trial.keypoints
        expected = recording(names).positions[:, held]
        np.testing.assert_array_equal(tracked.position("KNEE"), expected)


@pytest.mark.usefixtures("asked")
def test_a_scaled_model_needs_no_static_trial(leg_model: Model) -> None:
    plan = planned(model=leg_model)
    assert plan.pipeline.scale == GivenModel(leg_model)
    assert str(chosen(plan, ChoiceKey.SCALING)) == "leg (asked for, scaled already)"
    without_effect = (
        {"static": recording()},
        {"window": GivenWindow(0.0, 1.0)},
        {"static_pose": "any_pose"},
    )
    for useless in without_effect:
        with pytest.raises(ValueRangeError, match="would have no effect"):
            planned(model=leg_model, **useless)


def test_the_engine_gets_opencap_s_tasks(asked: Asked) -> None:
    plan = planned(recording(), static_pose="any_pose")
    assert plan.pipeline.solve == OpenSimIK(IKTasks((("KNEE", 1.0),)))
    assert asked.arguments == ("augmented", "any_pose", False)


def test_unknown_names_of_opencap_s_files_are_told_before_anything_is_fetched() -> None:
    with pytest.raises(NameNotFoundError, match=r"no marker set 'vicon'"):
        opencap_setup("vicon")
    with pytest.raises(NameNotFoundError, match=r"mocap markers has no scaling set-up 'any_pose'"):
        opencap_setup("mocap", "any_pose")


@pytest.mark.mirror
@pytest.mark.parametrize("marker_set", ["augmented", "mocap", "openpose", "mmpose"])
def test_opencap_s_files_fit_together(marker_set: str, mirror_file) -> None:
    from kinebench.osim.edits import marker_names, with_marker_set
    from kinebench.osim.soundness import require_sound

    mirror_file("Models/LaiUhlrich2022.osim")  # skips without it
    setup = opencap_setup(marker_set)
    assert setup.marker_set is not None
    model = with_marker_set(setup.generic, setup.marker_set)
    require_sound(model)
    assert {name for name, _ in setup.ik.marker_weights} <= set(marker_names(model))
