"""One description of a pipeline: from TOML, options and code alike, and back."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.augmentation import FloorOffset, LSTMAugmenter, NoAugmentation
from kinebench.cleaning import Butterworth, FillGaps, Rotate
from kinebench.cleaning.catalogue import parse_cleaners
from kinebench.core.model import Model
from kinebench.core.stages import Cleaner
from kinebench.errors import FileFormatError, KinebenchError, NameNotFoundError, ValueRangeError
from kinebench.ik.fast import FastIK
from kinebench.lab import generic_body, ik_tasks, scaling_setup
from kinebench.pipeline.engines import ENGINES
from kinebench.pipeline.opencap import opencap_tasks
from kinebench.pipeline.spec import BODIES, WINDOWS, PipelineSpec
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.standing_window import StandingWindow
from kinebench.scaling.window import GivenWindow, StaticWindow

seconds = st.floats(0.0, 5.0)
windows = st.one_of(
    st.sampled_from(list(WINDOWS.values())),
    st.tuples(seconds, st.floats(0.1, 3.0)).map(lambda w: GivenWindow(w[0], w[0] + w[1])),
)
cleaning = st.lists(
    st.sampled_from(["fill-linear:0.2", "butterworth:6", "residual", "rotate:y=90", "savgol"]),
    max_size=3,
).map(lambda steps: parse_cleaners("+".join(steps) or "none"))
specs = st.builds(
    PipelineSpec,
    body=st.sampled_from(BODIES),
    augmenter=st.sampled_from([None, "v0.1", "v0.3", "lab-1"]),
    warm_up_s=seconds,
    resample_hz=st.none() | st.floats(1.0, 500.0),
    clean=st.none() | cleaning,
    floor=st.booleans(),
    static_pose=st.sampled_from([None, "upright", "any_pose"]),
    window=st.none() | windows,
    engine=st.sampled_from(list(ENGINES)),
)


@given(specs)
def test_what_is_written_to_toml_comes_back(spec: PipelineSpec) -> None:
    again = PipelineSpec.from_table(tomllib.loads(spec.to_toml())["pipeline"])
    assert again == spec
    assert again.digest == spec.digest


@given(specs, specs)
def test_one_digest_for_one_meaning(one: PipelineSpec, other: PipelineSpec) -> None:
    assert (one.digest == other.digest) == (one == other)


def test_spellings_of_one_meaning_are_one_value() -> None:
    table = {"clean": "fill-linear+butterworth:6"}
    in_code = PipelineSpec(clean=(FillGaps("linear"), Butterworth(6.0)))
    assert PipelineSpec.from_table(table) == in_code
    assert PipelineSpec.from_table({"clean": " fill-linear + butterworth:6.0:4 "}) == in_code
    assert PipelineSpec.from_table({"clean": "none"}) == PipelineSpec(clean=())
    assert PipelineSpec.from_table({"window": [0, 1]}).window == GivenWindow(0.0, 1.0)
    assert PipelineSpec.from_table({"window": "standing"}).window == StandingWindow()


@pytest.mark.parametrize(
    ("table", "error", "message"),
    [
        ({"windw": "opencap"}, NameNotFoundError, "did you mean 'window'"),
        ({"scaler": "fast"}, NameNotFoundError, r"key 'scaler'"),
        ({"engine": "fats"}, NameNotFoundError, "did you mean 'fast'"),
        ({"body": "opencup"}, NameNotFoundError, "did you mean 'opencap'"),
        ({"window": "stand"}, NameNotFoundError, r"\[pipeline\]: window"),
        ({"window": ["a", 1]}, FileFormatError, "must be a finite number, found 'a'"),
        ({"warm_up_s": "1"}, FileFormatError, r"\[pipeline\]: warm_up_s must be a finite number"),
        ({"warm_up_s": float("nan")}, FileFormatError, "must be a finite number, found nan"),
        ({"floor": "no"}, FileFormatError, "must be true or false, found 'no'"),
        ({"augmenter": 3}, FileFormatError, "must be a text, found 3"),
        ({"track": "mocap", "augmenter": "v0.3"}, ValueRangeError, "nothing is augmented"),
        ({"body": "lab", "track": "openpose"}, ValueRangeError, "augmented markers only"),
        ({"static_pose": "uprite"}, NameNotFoundError, "did you mean 'upright'"),
    ],
)
def test_mistakes_are_named(table: dict, error: type[KinebenchError], message: str) -> None:
    with pytest.raises(error, match=message):
        PipelineSpec.from_table(table)


def test_a_stage_of_ones_own_has_no_text() -> None:
    class Own:
        def __call__(self, markers: object) -> object:
            return markers

    own: Cleaner = Own()  # type: ignore[assignment]
    with pytest.raises(ValueRangeError, match="cannot be written as text"):
        PipelineSpec(clean=(own,)).to_table()
    with pytest.raises(ValueRangeError, match="has no name"):
        PipelineSpec(window=StaticWindow(threshold_m=0.1)).to_table()


def test_the_laboratorys_body_needs_no_files() -> None:
    spec = PipelineSpec(body="lab", augmenter="lab-1", engine="fast", clean=(Butterworth(6.0),))
    pipeline = spec.build()
    assert pipeline.generic == generic_body().model
    assert pipeline.augment == LSTMAugmenter("lab-1")
    assert pipeline.scale == FastScaler(scaling_setup(), None, StaticWindow())
    assert pipeline.solve == FastIK(ik_tasks())
    assert pipeline.clean == (Butterworth(6.0),)
    assert pipeline.floor == FloorOffset()


def test_each_choice_reaches_its_stage() -> None:
    base = PipelineSpec(body="lab", augmenter="lab-1")
    assert isinstance(base.build().scale, OpenSimScaler)
    assert base.with_given(floor=False).build().floor is None
    assert base.with_given(warm_up_s=1.0).build().augment.warm_up_s == 1.0  # type: ignore[attr-defined]
    assert base.with_given(resample_hz=60.0).build().augment.resample_hz == 60.0  # type: ignore[attr-defined]
    assert base.with_given(window=GivenWindow(0, 1)).build().scale.window == GivenWindow(0, 1)  # type: ignore[attr-defined]
    pose = base.with_given(static_pose="any_pose").build()
    assert pose.scale.setup == scaling_setup(pull_upright=False)  # type: ignore[attr-defined]
    stored = PipelineSpec(body="lab", track="stored").build()
    assert (stored.augment, stored.floor) == (NoAugmentation(), None)


def test_what_is_not_given_stays() -> None:
    spec = PipelineSpec(warm_up_s=2.0, engine="fast")
    assert spec.with_given(warm_up_s=None, engine=None, augmenter="v0.1") == PipelineSpec(
        warm_up_s=2.0, engine="fast", augmenter="v0.1"
    )
    # zero and an empty tuple are values, not absences
    assert spec.with_given(warm_up_s=0.0, clean=()).warm_up_s == 0.0


def test_a_rotation_is_written_by_its_angles(tmp_path: Path) -> None:
    spec = PipelineSpec(clean=(Rotate.from_axis_angles({"y": 90, "z": 180}),))
    assert PipelineSpec.from_table(tomllib.loads(spec.to_toml())["pipeline"]) == spec


@pytest.mark.mirror
def test_the_laboratory_s_tasks_weigh_as_opencap_s(mirror_file: Callable[[str], Path]) -> None:
    mirror_file("opensimPipeline/IK/Setup_IK.xml")
    ours, theirs = ik_tasks(), opencap_tasks("augmented")
    assert dict(ours.marker_weights) == dict(theirs.marker_weights)
    assert ours.coordinate_tasks == theirs.coordinate_tasks == ()


def test_a_scaled_model_needs_no_files_of_scaling(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*names: str) -> None:
        raise AssertionError(f"asked for public data: {names}")

    monkeypatch.setattr("kinebench.pipeline.opencap.fetch_file", refused)
    monkeypatch.setattr("kinebench.pipeline.opencap.local_file", lambda *names: None)
    model = generic_body().model
    spec = PipelineSpec(track="stored", engine="fast")
    pipeline = spec.build_on(model, spec.make_augmenter(""))
    assert pipeline.solve == FastIK(ik_tasks())
    assert pipeline.generic == pipeline.scale.model == model  # type: ignore[attr-defined]
    # what a scaled model was scaled from: of the laboratory's body always there
    other = Model("other", model.xml)
    assert spec.build_on(other, NoAugmentation()).generic == other
    of_lab = replace(spec, body="lab").build_on(other, NoAugmentation())
    assert of_lab.generic == model
    with pytest.raises(AssertionError, match="Setup_IK_openpose"):
        PipelineSpec(track="openpose").build_on(model, NoAugmentation())


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"warm_up_s": True}, "[pipeline]: warm_up_s must be a finite number, found True"),
        (
            {"resample_hz": float("inf")},
            "[pipeline]: resample_hz must be a finite number, found inf",
        ),
        ({"floor": 1}, "[pipeline]: floor must be true or false, found 1"),
        ({"clean": ["none"]}, "[pipeline]: clean must be a text, found ['none']"),
        ({"engine": None}, "[pipeline]: engine must be a text, found None"),
        (
            {"track": "stored", "warm_up_s": 1.0},
            "a warm-up asked for, but stored markers are tracked as they are: nothing is augmented",
        ),
        (
            {"track": "openpose", "augmenter": "v0.1", "warm_up_s": 1, "resample_hz": 60},
            "an augmenter version and a warm-up and a rate for the augmenter asked for, but"
            " openpose markers are tracked as they are: nothing is augmented",
        ),
        (
            {"body": "lab", "track": "mocap"},
            "the laboratory's body has augmented markers only, not 'mocap'",
        ),
        ({"window": [2, 1]}, "a window must not end before it starts: 2 to 1 s"),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_full(table: dict, said: str) -> None:
    with pytest.raises(KinebenchError) as refused:
        PipelineSpec.from_table(table)
    assert str(refused.value) == said


def test_a_window_is_two_times_or_a_name() -> None:
    for times in ([1.0], [1.0, 2.0, 3.0]):
        with pytest.raises(NameNotFoundError):
            PipelineSpec.from_table({"window": times})
    assert PipelineSpec.from_table({"window": (1, 2)}).window == GivenWindow(1.0, 2.0)
    name = "standing from start"
    assert PipelineSpec.from_table({"window": name}).window == StandingWindow(avoid_start_s=0.0)
    unnamed = PipelineSpec(window=StaticWindow(threshold_m=0.1))
    with pytest.raises(ValueRangeError, match=r"opencap, standing, standing from start$"):
        unnamed.to_table()


def test_only_what_differs_from_the_default_is_written() -> None:
    assert PipelineSpec().to_table() == {}
    assert PipelineSpec().to_toml() == "[pipeline]\n"
    spec = PipelineSpec(augmenter="v0.1", floor=False, window=GivenWindow(1.0, 2.5), clean=())
    assert spec.to_table() == {
        "augmenter": "v0.1", "clean": "none", "floor": False, "window": [1.0, 2.5],
    }  # fmt: skip
    assert spec.to_toml().splitlines() == [
        "[pipeline]", 'augmenter = "v0.1"', 'clean = "none"', "floor = false",
        "window = [1.0, 2.5]",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("track", "first"),
    [("augmented", "C7_study"), ("stored", "C7_study"), ("mocap", "C7"), ("openpose", "Neck")],
)
def test_markers_that_must_stand_still_are_those_that_are_tracked(track: str, first: str) -> None:
    spec = PipelineSpec(track=track)
    assert first in spec.watched
    assert spec.augments == (track == "augmented")


def test_without_augmentation_a_version_is_of_no_use() -> None:
    assert PipelineSpec(track="stored").make_augmenter("v0.1") == NoAugmentation()
    made = PipelineSpec(warm_up_s=1.0, resample_hz=60.0).make_augmenter("lab-1")
    assert made == LSTMAugmenter("lab-1", warm_up_s=1.0, resample_hz=60.0)


def test_what_was_chosen_by_the_data_is_built_in() -> None:
    spec = PipelineSpec(body="lab", augmenter="lab-1", engine="fast")
    scale, augment = FastScaler(scaling_setup(), None, GivenWindow(1, 2)), NoAugmentation()
    pipeline = spec.build(augment=augment, scale=scale)
    assert (pipeline.scale, pipeline.augment) == (scale, augment)
    assert PipelineSpec(body="lab").build().augment == LSTMAugmenter("v0.3")
    assert spec.build_on(generic_body().model, augment).generic == generic_body().model
