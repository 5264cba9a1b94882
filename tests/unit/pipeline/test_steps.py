"""Laws of the one orchestration: keys know everything, and a memo changes nothing."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from kinebench.augmentation.augmenter import LSTMAugmenter, NoAugmentation
from kinebench.augmentation.floor import FloorOffset, VerticalShift
from kinebench.cleaning.catalogue import CLEANERS, parse_cleaners
from kinebench.core import Augmenter, Document, Markers, Model, Subject, Trial
from kinebench.core.ik_tasks import IKTasks
from kinebench.errors import ValueRangeError
from kinebench.lab import Population, generic_body, ik_tasks, record, scaling_setup
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions.squat import Squat
from kinebench.lab.static_poses import STATIC_POSES
from kinebench.pipeline.engines import ENGINES
from kinebench.pipeline.memo import STAGE_VERSIONS, MemoryMemo
from kinebench.pipeline.pipeline import STAGES, Pipeline
from kinebench.pipeline.steps import stage_keys, steps_of
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.given import GivenModel
from kinebench.scaling.standing_window import StandingWindow
from kinebench.scaling.window import GivenWindow, StaticWindow

DOCUMENT = Document("setup", b"<OpenSimDocument/>")
MODEL = Model("model", b"<OpenSimDocument><Model/></OpenSimDocument>")
OTHER_MODEL = Model("model", MODEL.xml.replace(b"<Model/>", b"<Model></Model>"))
TASKS = IKTasks((("a", 1.0),))
SUBJECT = Subject(70.0, 1.75)

# every cleaner as it may be written; a new one has to be added here
WRITTEN = {
    "butterworth": "butterworth:6",
    "resample": "resample:60",
    "rotate": "rotate:y=90",
}
CLEANING = [parse_cleaners(WRITTEN.get(name, name))[0] for name in CLEANERS]
AUGMENTING: list[Augmenter] = [LSTMAugmenter("lab-1"), NoAugmentation()]
SCALING = [
    *(
        chosen.make_scaler(DOCUMENT, DOCUMENT, window)
        for chosen in ENGINES.values()
        for window in (StaticWindow(), GivenWindow(0.0, 1.0), StandingWindow())
    ),
    GivenModel(MODEL),
]
SOLVING = [chosen.make_solver(TASKS) for chosen in ENGINES.values()]
BASE = Pipeline(MODEL, AUGMENTING[0], SCALING[0], SOLVING[0], (CLEANING[0],))
PIPELINES = [
    *(replace(BASE, clean=(cleaner,)) for cleaner in CLEANING),
    *(replace(BASE, augment=augment) for augment in AUGMENTING),
    *(replace(BASE, scale=scale) for scale in SCALING),
    *(replace(BASE, solve=solve) for solve in SOLVING),
    replace(BASE, floor=FloorOffset(0.02)),
]


def markers(height: float = 1.0, n_frames: int = 3) -> Markers:
    positions = np.full((n_frames, 1, 3), height)
    return Markers(("a",), np.arange(n_frames) / 60, positions)


TRIAL = Trial("t", SUBJECT, markers(), static=markers(1.1))


def inner_paths(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every field of a stage, and of the values inside it."""
    for field in fields(value):
        here = (*path, field.name)
        inner = getattr(value, field.name)
        yield here
        if is_dataclass(inner) and not isinstance(inner, Document):
            yield from inner_paths(inner, here)


def with_field(value: Any, path: tuple[str, ...], new: Any) -> Any:
    """A copy with one field replaced, unchecked: what matters is that the key sees it."""
    name, *rest = path
    changed = copy.copy(value)
    new = with_field(getattr(value, name), tuple(rest), new) if rest else new
    object.__setattr__(changed, name, new)
    return changed


PLACES = [
    (pipeline, stage, path)
    for pipeline in PIPELINES
    for stage in ("augment", "scale", "solve", "floor")
    if (value := getattr(pipeline, stage)) is not None
    for path in inner_paths(value)
] + [(pipeline, "clean", path) for pipeline in PIPELINES for path in inner_paths(pipeline.clean[0])]
ANYTHING = st.one_of(
    st.floats(), st.text(max_size=3), st.booleans(), st.none(), st.tuples(st.floats())
)


def final(pipeline: Pipeline, trial: Trial = TRIAL) -> str:
    return stage_keys(pipeline, trial)["solution"]


@given(st.sampled_from(PLACES), st.data())
def test_any_field_of_any_stage_changes_the_key(
    place: tuple[Pipeline, str, tuple[str, ...]], data: st.DataObject
) -> None:
    pipeline, stage, path = place
    whole = getattr(pipeline, stage)
    old = whole[0] if stage == "clean" else whole
    for name in path:
        old = getattr(old, name)
    new = data.draw(st.floats() if isinstance(old, float) else ANYTHING)
    if stage == "clean":
        changed = replace(pipeline, clean=(with_field(whole[0], path, new),))
    else:
        changed = replace(pipeline, **{stage: with_field(whole, path, new)})
    same = type(old) is type(new) and (old == new or (old != old and new != new))
    try:
        key = final(changed)
    except ValueRangeError:
        reject()  # a cleaner that takes its sizes from the trial checks its fields again
    assert (key == final(pipeline)) == same


def test_every_stage_of_different_kind_has_another_key() -> None:
    keys = [final(pipeline) for pipeline in PIPELINES]
    distinct = {
        tuple(map(repr, (p.clean, p.augment, p.scale, p.solve, p.floor))) for p in PIPELINES
    }
    assert len(set(keys)) == len(distinct)


@pytest.mark.parametrize(
    ("change", "unchanged"),
    [
        (
            lambda p: replace(p, generic=OTHER_MODEL),
            {"floor", "augment"},
        ),
        (lambda p: replace(p, floor=None), {"augment", "clean"}),
        (lambda p: replace(p, floor=FloorOffset(0.02)), {"augment", "clean"}),
        (lambda p: replace(p, augment=LSTMAugmenter("lab-1", warm_up_s=2.0)), {"clean"}),
        (lambda p: replace(p, clean=parse_cleaners("butterworth:7")), set()),
        (lambda p: replace(p, solve=SOLVING[1]), {"clean", "augment", "floor", "scale"}),
    ],
)
def test_a_change_reaches_its_own_stage_and_all_later_ones(
    change: Callable[[Pipeline], Pipeline], unchanged: set[str]
) -> None:
    before, after = stage_keys(BASE, TRIAL), stage_keys(change(BASE), TRIAL)
    stages = {step.gives: step.stage for step in steps_of(BASE, TRIAL)}
    same = {stage for gives, stage in stages.items() if before[gives] == after[gives]}
    assert unchanged <= same
    assert "solve" not in same
    # a stage is the same for all recordings or for none
    assert not same & {stage for gives, stage in stages.items() if before[gives] != after[gives]}


@pytest.mark.parametrize(
    "trial",
    [
        replace(TRIAL, keypoints=markers(1.01)),
        replace(TRIAL, static=markers(1.11)),
        replace(TRIAL, static=None),
        replace(TRIAL, static_markers=markers(1.1)),
        replace(TRIAL, subject=replace(SUBJECT, mass_kg=71.0)),
        replace(TRIAL, subject=replace(SUBJECT, height_m=1.76)),
    ],
)
def test_any_recording_and_the_subject_change_the_key(trial: Trial) -> None:
    assert final(BASE, trial) != final(BASE)


def test_what_a_trial_is_called_changes_no_key() -> None:
    other = replace(TRIAL, name="other", activity="squat")
    assert stage_keys(BASE, other) == stage_keys(BASE, TRIAL)


def test_trials_that_differ_in_their_static_pose_share_what_is_made_of_the_movement() -> None:
    before = stage_keys(BASE, TRIAL)
    after = stage_keys(BASE, replace(TRIAL, static=markers(1.3)))
    movement = [name for name in before if name.startswith("keypoints")]
    assert len(movement) == 4
    assert all(before[name] == after[name] for name in movement)


def test_static_markers_take_precedence_over_static_keypoints() -> None:
    given = replace(TRIAL, static_markers=markers(1.2))
    steps = {step.gives: step for step in steps_of(BASE, given)}
    assert steps["scaling"].inputs == ("static markers",)
    assert not [name for name in steps if name.startswith("static")]


def test_steps_come_stage_after_stage() -> None:
    order = [STAGES.index(step.stage) for step in steps_of(BASE, TRIAL)]
    assert order == sorted(order)
    assert set(STAGES) == set(STAGE_VERSIONS)


def test_each_result_has_a_name_that_tells_what_was_done_to_what() -> None:
    two = replace(BASE, clean=(CLEANING[0], CLEANING[1]))
    assert [(step.inputs, step.gives) for step in steps_of(two, TRIAL)] == [
        (("keypoints",), "keypoints, cleaned 1"),
        (("keypoints, cleaned 1",), "keypoints, cleaned 2"),
        (("static",), "static, cleaned 1"),
        (("static, cleaned 1",), "static, cleaned 2"),
        (("keypoints, cleaned 2",), "keypoints, augmented"),
        (("static, cleaned 2",), "static, augmented"),
        (("keypoints, cleaned 2", "keypoints, augmented"), "keypoints, on the floor"),
        (("static, cleaned 2", "static, augmented"), "static, on the floor"),
        (("static, on the floor",), "scaling"),
        (("scaling", "keypoints, on the floor"), "solution"),
    ]


@dataclass(frozen=True, slots=True)
class FloorOfTheLowest:
    """A ground offset that records what it was resolved on."""

    seen: list[tuple[str, ...]]

    def resolve(self, augmented: Markers) -> VerticalShift:
        self.seen.append(augmented.names)
        return FloorOffset().resolve(augmented)

    __hash__ = None  # type: ignore[assignment]


@pytest.fixture(scope="module")
def virtual() -> tuple[Pipeline, Trial]:
    subject = Population().subject(3)
    moving = record(subject, Squat(), two_phones())
    static = record(subject, STATIC_POSES["ideal"], two_phones())
    pipeline = Pipeline(
        generic_body().model,
        LSTMAugmenter("lab-1"),
        FastScaler(scaling_setup(), None, StandingWindow()),
        ENGINES["fast"].make_solver(ik_tasks()),
        parse_cleaners("butterworth:6+residual"),
    )
    return pipeline, moving.as_trial("squat", "squat", static)


def test_a_run_with_a_memo_equals_one_without(virtual: tuple[Pipeline, Trial]) -> None:
    pipeline, trial = virtual
    memo = MemoryMemo()
    plain = pipeline(trial)
    for remembered in (pipeline(trial, memo=memo), pipeline(trial, memo=memo)):
        assert replace(remembered, durations_s={}) == replace(plain, durations_s={})
    assert plain.remarks  # the lead-in is missing: remarks are remembered too
    assert set(memo.content) == {
        stage_keys(pipeline, trial)[step.gives] for step in steps_of(pipeline, trial)
    }


def test_a_remembered_stage_is_not_computed_again(virtual: tuple[Pipeline, Trial]) -> None:
    pipeline, trial = virtual
    seen: list[tuple[str, ...]] = []
    pipeline = replace(pipeline, augment=LSTMAugmenter("lab-1", warm_up_s=1.0))
    memo = MemoryMemo()
    pipeline(trial, memo=memo)
    kept = len(memo.content)
    pipeline(replace(trial, name="again"), memo=memo)
    assert len(memo.content) == kept
    floored = replace(pipeline, floor=FloorOfTheLowest(seen))
    floored(trial)
    # OpenCap's rule looks at augmented markers alone, in each recording by itself
    assert seen == [pipeline.augment.gives, pipeline.augment.gives]
