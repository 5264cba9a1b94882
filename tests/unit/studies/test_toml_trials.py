"""Study files that need no data: the laboratory's own body."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kinebench.augmentation import LSTMAugmenter, NoAugmentation
from kinebench.errors import FileFormatError, KinebenchError
from kinebench.lab import (
    PEOPLE,
    STATIC_POSES,
    Population,
    SoftTissue,
    generic_body,
    scaling_setup,
)
from kinebench.lab.camera.catalogue import parse_camera
from kinebench.lab.camera.chain import Chain
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.camera.rig_presets import plausible_preset, plausible_presets, rig
from kinebench.lab.camera.space import WorldTilt
from kinebench.lab.motions import (
    SitToStand,
    Squat,
)
from kinebench.scaling.standing_window import StandingWindow
from kinebench.studies.changes import EngineChoice, WarmUp
from kinebench.studies.files import trials
from kinebench.studies.files.study_file import read_study
from kinebench.studies.files.trials import ACTIVITIES, datasets_named, sources_of
from kinebench.studies.sources.laboratory import LabSource

TEXT = """
name = "mine"
question = "does the static pose matter?"

[base]
body = "lab"
augmenter = "lab-1"
warm_up_s = 1
window = "standing from start"

[laboratory]
subjects = 2
first = 3
activities = ["squat", "sit-to-stand"]
rate_hz = 100

[[factors]]
name = "static pose"
path = "data.static"
levels = ["ideal", "knees 20°", "trial start"]

[[factors]]
name = "tilt"
path = "data.extra.tilt"
levels = ["none", { label = "right side 2° low", value = "tilt:0:2" }]

[[factors]]
name = "set-up"
path = "scale.setup"
levels = ["upright", "any_pose"]

[[factors]]
name = "engine"
path = "engine"
levels = ["fast", "opensim"]
"""


def read(folder: Path, text: str = TEXT) -> Any:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return read_study(path)


def test_virtual_subjects_do_every_activity(tmp_path: Path) -> None:
    study = read(tmp_path)
    people = Population()
    assert study.sources == tuple(
        LabSource(people.subject(index), motion, activity, two_phones(), "lab", 100.0)
        for index in (3, 4)
        for activity, motion in (("squat", Squat()), ("sit-to-stand", SitToStand()))
    )


def test_the_body_comes_with_its_set_ups(tmp_path: Path) -> None:
    base = read(tmp_path).base
    assert base.generic == generic_body().model
    assert base.augment == LSTMAugmenter("lab-1", warm_up_s=1.0)
    assert base.scale.marker_set is None
    assert base.scale.window == StandingWindow(avoid_start_s=0.0)


def test_levels_are_values_with_labels(tmp_path: Path) -> None:
    pose, tilt, setup, engine = read(tmp_path).factors
    assert [level.value for level in pose.levels] == [
        STATIC_POSES["ideal"], STATIC_POSES["knees 20°"], "trial start",
    ]  # fmt: skip
    assert [(level.label, level.value) for level in tilt.levels] == [
        ("none", None), ("right side 2° low", WorldTilt(0.0, 2.0)),
    ]  # fmt: skip
    assert [level.value for level in setup.levels] == [scaling_setup(), scaling_setup(False)]
    assert [level.value for level in engine.levels] == [
        EngineChoice("fast"), EngineChoice("opensim"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("subjects = 2", "subject = 2", "did you mean 'subjects'"),
        ("subjects = 2", "subjects = 2000000000", "subjects must be 0 to 10000, found 2e"),
        ("rate_hz = 100", "rate_hz = 1e9", "rate_hz must be 1 to 10000 Hz, found 1e"),
        ("subjects = 2", 'subjects = "two"', "subjects must be a whole number, found 'two'"),
        ("subjects = 2", "subjects = true", "subjects must be a whole number, found True"),
        ('"squat", "sit', '"sqat", "sit', "did you mean 'squat'"),
        ('activities = ["squat", "sit-to-stand"]', "", "activities or replays must name"),
        ('body = "lab"', 'body = "labb"', "did you mean 'lab'"),
        ("tilt:0:2", "tilt:0", "it is written tilt:FORWARD_DEG:SIDEWAYS_DEG"),
        ('"knees 20°"', '"knees 25°"', "did you mean 'knees 20°'"),
        ('value = "tilt:0:2"', 'valeu = "tilt:0:2"', "did you mean 'value'"),
        ('"any_pose"', '"anypose"', "did you mean 'any_pose'"),
        ('["fast", "opensim"]', '["fast", "opensm"]', "did you mean 'opensim'"),
        ("warm_up_s = 1", 'warm_up_s = "1"', "warm_up_s must be a finite number, found '1'"),
        ("rate_hz = 100", 'camera = "two-phone"', "did you mean 'two-phones'"),
        ("subjects = 2", "subjects = 2000000000", "subjects must be 0 to 10000"),
        ("subjects = 2", "subjects = -1", "subjects must be 0 to 10000"),
        ("subjects = 2", "subjects = " + "9" * 5000, "cannot read study.toml"),
        ("first = 3", "first = 99999999999", "first must be 0 to 1e+09"),
        ("rate_hz = 100", "rate_hz = 1e300", "rate_hz must be 1 to 10000 Hz"),
        ("rate_hz = 100", "rate_hz = inf", "a number is inf"),
        ('name = "mine"', 'name = "\\u001b[2J"', "control character"),
        ("[laboratory]", "[[trials]]\ndataset = []\nsample = 1\n[laboratory]", "must be a text"),
        ("[laboratory]", "[[trials]]", "did you mean"),
        ("rate_hz = 100", 'static = "ideal"', "has no key 'static'"),
        ('name = "engine"', "name = 7", "name must be a text, found 7"),
        ("[base]", 'metrics = ["rsme"]\n[base]', "did you mean 'rmse'"),
        (
            'window = "standing from start"',
            'window = [0, "end"]',
            "must be a finite number, found 'end'",
        ),
        ('value = "tilt:0:2"', "value = 2", "data.extra.tilt: level must be a text, found 2"),
    ],
)
def test_mistakes_are_told_with_the_file(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(FileFormatError, match=r"study\.toml") as caught:
        read(tmp_path, TEXT.replace(old, new, 1))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("path", "level", "said"),
    [
        ("clean", "6", "clean: level must be a text, found 6"),
        ("floor", '"no"', "floor: level must be true or false, found 'no'"),
        ("data.errors", "1.5", "data.errors: level must be a text, found 1.5"),
        ("augment.version", "3", "augment.version: level must be a text, found 3"),
    ],
)
def test_levels_are_of_the_kind_that_their_path_wants(
    tmp_path: Path, path: str, level: str, said: str
) -> None:
    text = TEXT.replace(
        'path = "engine"\nlevels = ["fast", "opensim"]', f'path = "{path}"\nlevels = [{level}]'
    )
    assert text != TEXT
    with pytest.raises(FileFormatError) as caught:
        read(tmp_path, text)
    assert said in str(caught.value)


REPLAY = """
[[laboratory.replays]]
activity = "squat"
dataset = "d"
sample = "s"

[[factors]]"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "", "activity 'squat' is there already"),
        ('dataset = "d"', "dataset = 3", "dataset must be a text, found 3"),
    ],
)
def test_replays_are_named_once(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = TEXT.replace("[[factors]]", REPLAY.replace(old, new, 1), 1)
    with pytest.raises(FileFormatError) as caught:
        read(tmp_path, text)
    assert said in str(caught.value)


def test_a_study_needs_trials(tmp_path: Path) -> None:
    start, end = TEXT.index("[laboratory]"), TEXT.index("[[factors]]")
    with pytest.raises(FileFormatError, match=r"a \[laboratory\] table or \[\[trials\]\]"):
        read(tmp_path, TEXT[:start] + TEXT[end:])


def test_a_warm_up_is_for_augmenters_only(tmp_path: Path) -> None:
    base = read(tmp_path).base
    warm = WarmUp(0.5).applied_to(base).augment
    assert isinstance(warm, LSTMAugmenter)
    assert warm.warm_up_s == 0.5
    plain = replace(base, augment=NoAugmentation())
    assert WarmUp(0.5).applied_to(plain) == plain


def test_a_warm_up_is_a_number(tmp_path: Path) -> None:
    text = TEXT.replace('path = "engine"', 'path = "augment.warm_up_s"')
    with pytest.raises(FileFormatError, match="must be a number, found 'fast'"):
        read(tmp_path, text)


def test_datasets_are_known_wherever_they_are_named() -> None:
    content = {
        "laboratory": {"replays": [{"dataset": "walks"}, {"dataset": "jumps"}]},
        "trials": [{"dataset": "jumps"}, {"dataset": "mine", "reference_from": ["theirs", "x"]}],
    }
    assert datasets_named(content) == ("walks", "jumps", "mine", "theirs")
    assert datasets_named({}) == ()


def test_presets_of_cameras_are_levels_of_a_factor(tmp_path: Path) -> None:
    presets = """
[[factors]]
name = "camera"
path = "data.errors"
levels = ["two-phones", "rig:3:60", "plausible:0", "plausible:1", "plausible:1:5+tilt:0:2"]
"""
    camera = read(tmp_path, TEXT + presets).factors[-1]
    assert [level.label for level in camera.levels][2:4] == ["plausible:0", "plausible:1"]
    assert [level.value for level in camera.levels] == [
        two_phones(),
        rig(3, 60.0),
        *plausible_presets(2),
        Chain((plausible_preset(1, 5), WorldTilt(0.0, 2.0))),
    ]


def test_a_laboratory_s_camera_may_be_a_preset(tmp_path: Path) -> None:
    study = read(tmp_path, TEXT.replace("rate_hz = 100", 'rate_hz = 100\ncamera = "plausible:4"'))
    assert {source.errors for source in study.sources} == {plausible_preset(4)}


def test_plausible_without_a_number_is_another_member_for_each_person(tmp_path: Path) -> None:
    laboratory = {
        "subjects": 2, "first": 3, "activities": ["squat"], "camera": "plausible+tilt:0:2",
    }  # fmt: skip
    sources = sources_of({"laboratory": laboratory}, "lab", tmp_path)
    expected = [parse_camera(f"plausible:{index}+tilt:0:2") for index in (3, 4)]
    assert [source.errors for source in sources] == expected  # type: ignore[attr-defined]
    assert expected[0] != expected[1]


def with_people(tmp_path: Path, keys: str) -> tuple[LabSource, ...]:
    path = tmp_path / "people.toml"
    path.write_text(TEXT.replace("rate_hz = 100\n", f"rate_hz = 100\n{keys}\n"), encoding="utf-8")
    sources = read_study(path).sources
    assert all(isinstance(source, LabSource) for source in sources)
    return sources  # type: ignore[return-value]


def test_people_trials_noise_and_skin_of_the_laboratory(tmp_path: Path) -> None:
    keys = 'people = "varied"\ntrials = 2\nnoise_seeds = 3\nplayed_by = "opencap"\nskin = true'
    sources = with_people(tmp_path, keys)
    # two subjects, two activities, two trials, three seeds
    assert len(sources) == 24
    assert len({(source.subject, source.name) for source in sources}) == 24
    assert {source.person for source in sources} == {PEOPLE["varied"].subject(n) for n in (3, 4)}
    assert {source.body for source in sources} == {"opencap"}
    assert {source.tissue for source in sources} == {SoftTissue()}
    assert sorted({source.noise for source in sources}) == [0, 1, 2]


def test_without_these_keys_everything_is_as_before(tmp_path: Path) -> None:
    plain, spelt = (
        with_people(tmp_path, keys)
        for keys in (
            "",
            'people = "template"\ntrials = 1\nnoise_seeds = 1\nplayed_by = "lab"\nskin = false',
        )
    )
    assert plain == spelt
    assert plain[0].person == Population().subject(3)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ('people = "variedd"', "did you mean 'varied'"),
        ("trials = 0", "trials must be 1 to 1000"),
        ("noise_seeds = -1", "noise_seeds must be 1 to 1000"),
        ('played_by = "labb"', "did you mean 'lab'"),
        ('skin = "yes"', "skin"),
    ],
)
def test_wrong_keys_of_people(tmp_path: Path, keys: str, message: str) -> None:
    with pytest.raises(FileFormatError, match=message):
        with_people(tmp_path, keys)


def test_one_of_a_movement_is_that_movement_once() -> None:
    for name in ("squat", "sit-to-stand"):
        several, once = ACTIVITIES[name], ACTIVITIES[f"one {name}"]
        assert isinstance(several, Squat | SitToStand)
        assert several.repetitions > 1
        assert once == replace(several, repetitions=1)


def test_an_asymmetric_squat_differs_from_a_squat_by_the_side_it_leans_to_alone() -> None:
    squat, lopsided = ACTIVITIES["squat"], ACTIVITIES["asymmetric squat"]
    assert isinstance(squat, Squat)
    assert isinstance(lopsided, Squat)
    assert lopsided == replace(squat, drop_deg=lopsided.drop_deg, shift_m=lopsided.shift_m)
    assert min(lopsided.drop_deg, lopsided.shift_m) > 0 == squat.drop_deg == squat.shift_m


def lab_table(**changes: Any) -> tuple[Any, ...]:
    table = {"subjects": 1, "activities": ["squat"], **changes}
    return sources_of({"laboratory": table}, "lab")


@pytest.mark.parametrize(
    ("key", "least", "most", "too_few", "too_many", "limits"),
    [
        ("first", 0, 10**9, -1, 10**9 + 1, "0 to 1e+09"),
        ("rate_hz", 1.0, 10_000.0, 0.99, 10_001.0, "1 to 10000 Hz"),
        ("trials", 1, 1_000, 0, 1_001, "1 to 1000"),
        ("noise_seeds", 1, 1_000, 0, 1_001, "1 to 1000"),
    ],
)
def test_numbers_of_the_laboratory_have_limits(
    key: str, least: float, most: float, too_few: float, too_many: float, limits: str
) -> None:
    for value in (least, most):
        assert lab_table(**{key: value})
    for value in (too_few, too_many):
        with pytest.raises(KinebenchError) as caught:
            lab_table(**{key: value})
        assert str(caught.value).startswith(f"[laboratory]: {key} must be {limits}, found")


def test_there_may_be_ten_thousand_subjects_and_one_is_the_least() -> None:
    with pytest.raises(KinebenchError, match=r"subjects must be 0 to 10000, found"):
        lab_table(subjects=10_001)
    with pytest.raises(FileFormatError, match="a study needs trials"):
        lab_table(subjects=0)


def test_what_a_laboratory_leaves_out_has_defaults() -> None:
    (found,) = lab_table()
    assert found == LabSource(
        Population().subject(0), Squat(), "squat", two_phones(), "lab", 60.0, number=1, noise=0
    )


def test_trials_are_numbered_from_one_and_noise_from_zero_noise_innermost() -> None:
    found = lab_table(trials=2, noise_seeds=2, activities=["one squat", "standing"])
    assert [(source.activity, source.number, source.noise) for source in found] == [
        ("one squat", 1, 0), ("one squat", 1, 1), ("one squat", 2, 0), ("one squat", 2, 1),
        ("standing", 1, 0), ("standing", 1, 1), ("standing", 2, 0), ("standing", 2, 1),
    ]  # fmt: skip


def test_an_asymmetric_squat_drops_by_5_degrees_and_shifts_by_3_cm() -> None:
    assert ACTIVITIES["asymmetric squat"] == Squat(drop_deg=5.0, shift_m=0.03)


def test_subjects_stand_before_recordings(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = {
        "trials": [{"dataset": "d", "sample": "s"}],
        "laboratory": {"subjects": 1, "activities": ["squat"]},
    }
    assert [source.name for source in sources_of(tables, "lab")] == ["squat", "s"]


@pytest.mark.parametrize("kind", ["session", "file"])
def test_a_table_with_a_session_or_a_file_is_one_s_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    asked: list[Any] = []

    def own_trials(*given: Any) -> list[str]:
        asked.append(given)
        return ["own"]

    monkeypatch.setattr(trials, "own_trials", own_trials)
    table = {kind: "x"}
    assert sources_of({"trials": [table]}, "lab", tmp_path) == ("own",)
    assert asked == [(table, "[[trials]] number 1", tmp_path)]
    sources_of({"trials": [table]}, "lab")
    assert asked[1][2] == Path()


def test_replays_are_played_by_every_subject(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "recorded_motion", lambda *names: " of ".join(reversed(names)))
    replays = [{"activity": "walk", "dataset": "d", "sample": "s"}]
    found = lab_table(subjects=2, activities=[], replays=replays)
    assert [(source.activity, source.motion) for source in found] == [("walk", "s of d")] * 2
    both = lab_table(replays=replays)
    assert [source.activity for source in both] == ["squat", "walk"]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"dataset": "d"}, "[[trials]] number 1"),
        ({"dataset": "d", "sample": "s", "keypoints": "reel"}, "[[trials]] number 1 has no kind"),
        ({"dataset": "d", "sample": "s", "camera": "two-phones"}, "[[trials]] number 1"),
        ({"dataset": "d", "sample": "s", "keypoints": "mocap-driven", "lag_s": 0.1},
         "[[trials]] number 1"),
        ({"dataset": "d", "sample": "s", "reference_from": ["a", "b", "c"]},
         "[[trials]] number 1: reference_from must be [dataset, sample], found ('a', 'b', 'c')"),
    ],
)  # fmt: skip
def test_a_recorded_trial_is_refused_with_its_number(table: dict[str, Any], told: str) -> None:
    with pytest.raises(KinebenchError) as caught:
        sources_of({"trials": [table]}, "lab")
    assert str(caught.value).startswith(told)


def test_a_mocap_driven_trial_has_a_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "mocap_driven", lambda *given: given)
    table = {"dataset": "d", "sample": "s", "keypoints": "mocap-driven"}
    more = {"camera": "tilt:0:2", "subject": "p", "activity": "walk"}
    found = sources_of({"trials": [table, {**table, **more}]}, "lab")
    assert found == (
        ("d", "s", "d", "unknown", two_phones()), ("d", "s", "p", "walk", WorldTilt(0.0, 2.0)),
    )  # fmt: skip
