"""Levels of a study file: what each path makes of what is written, without public files."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kinebench.augmentation import FloorOffset, NoAugmentation
from kinebench.cleaning import Butterworth
from kinebench.errors import FileFormatError, KinebenchError, NameNotFoundError
from kinebench.lab import STATIC_POSES, ik_tasks, scaling_setup
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.camera.space import WorldTilt
from kinebench.pipeline.spec import PipelineSpec
from kinebench.scaling.standing_window import StandingWindow
from kinebench.scaling.window import GivenWindow
from kinebench.studies.changes import Changes, EngineChoice, WarmUp
from kinebench.studies.design import Factor, Level
from kinebench.studies.files import levels as module
from kinebench.studies.files.levels import factor_from

LAB = PipelineSpec(body="lab", engine="fast", augmenter="lab-1")


def factor(path: str, *levels: Any, base: PipelineSpec = LAB, folder: Path = Path()) -> Factor:
    table = {"name": "what", "path": path, "levels": list(levels)}
    return factor_from(table, "factor 1", base, folder)


def values(path: str, *levels: Any) -> list[Any]:
    return [level.value for level in factor(path, *levels).levels]


def test_a_level_is_called_as_it_is_written_or_as_its_table_says() -> None:
    found = factor("solve.accuracy", True, False, 0.25, 3, [0.5, 2], "x",
                   {"label": "mine", "value": 7})  # fmt: skip
    assert found == Factor(
        "what",
        "solve.accuracy",
        (
            Level("yes", True), Level("no", False), Level("0.25", 0.25), Level("3", 3),
            Level("0.5 to 2", [0.5, 2]), Level("x", "x"), Level("mine", 7),
        ),
    )  # fmt: skip
    assert factor("solve.accuracy", {"label": 5, "value": 7}).levels == (Level("5", 7),)


def test_values_of_each_path_are_of_its_kind() -> None:
    assert values("clean", "none", "butterworth:6") == [(), (Butterworth(6.0),)]
    assert values("augment.warm_up_s", 0.5, 1) == [WarmUp(0.5), WarmUp(1.0)]
    assert values("engine", "fast") == [EngineChoice("fast")]
    assert values("floor", True, False) == [FloorOffset(), None]
    assert values("scale.window", [0.5, 1.0], "standing from start") == [
        GivenWindow(0.5, 1.0), StandingWindow(avoid_start_s=0.0),
    ]  # fmt: skip
    assert values("scale.setup", "upright", "any_pose") == [scaling_setup(), scaling_setup(False)]
    assert values("data.static", "ideal", "own", "none", "trial start") == [
        STATIC_POSES["ideal"], "own", "none", "trial start",
    ]  # fmt: skip
    assert values("data.errors", "two-phones") == [two_phones()]
    assert values("data.extra.tilt", "none", "tilt:0:2") == [None, WorldTilt(0.0, 2.0)]
    assert values("data.rate_hz", 30) == [30]
    assert values("augment.version", "lab-1", "v0.2") == ["lab-1", "v0.2"]


def test_no_augmenter_is_another_model_with_set_ups_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """OpenCap's files for keypoints, for which others stand here."""
    asked: list[Any] = []
    plain = SimpleNamespace(
        generic="generic", scaling=scaling_setup(), marker_set="markers", ik=ik_tasks()
    )

    def opencap_setup(*names: str) -> SimpleNamespace:
        asked.append(names)
        return plain

    monkeypatch.setattr(module, "opencap_setup", opencap_setup)
    (found,) = values("augment.version", "none")
    assert asked == [("openpose",)]
    assert found == Changes(
        (
            ("augment", NoAugmentation()), ("generic", "generic"), ("scale.setup", plain.scaling),
            ("scale.marker_set", "markers"), ("solve.tasks", plain.ik),
        )
    )  # fmt: skip


def test_opencap_s_body_has_opencap_s_set_ups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "opencap_setup", lambda *names: SimpleNamespace(scaling=names))
    found = factor("scale.setup", "upright", "any_pose", base=PipelineSpec())
    assert [level.value for level in found.levels] == [
        ("augmented", "upright"), ("augmented", "any_pose"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "level", "told"),
    [
        ("engine", "fats", "a study has no engine 'fats'"),
        ("scale.setup", "uprigt", "a study has no scaling set-up 'uprigt'"),
        ("data.static", "idael", "the laboratory has no static pose 'idael'"),
        ("data.extra.tilt", 2, "data.extra.tilt: level must be a text, found 2"),
        ("clean", 2, "clean: level must be a text, found 2"),
        ("floor", 1, "floor: level must be true or false, found 1"),
        ("augment.warm_up_s", "x", "augment.warm_up_s: level must be a number, found 'x'"),
        ("estimate", "x", "factor 1, level 'x': x must be a table, found 'x'"),
    ],
)
def test_a_level_of_another_kind_is_one_line(path: str, level: Any, told: str) -> None:
    with pytest.raises(KinebenchError) as caught:
        factor(path, level)
    assert str(caught.value).startswith(told)


def test_paths_start_with_a_stage_or_with_data() -> None:
    for path in (
        "generic",
        "augment",
        "scale.window",
        "solve",
        "clean",
        "floor",
        "engine",
        "data.x",
    ):
        levels: dict[str, list[Any]] = {
            "clean": ["none"],
            "floor": [True],
            "engine": ["fast"],
            "scale.window": [[0, 1]],
        }
        assert factor(path, *levels.get(path, [3])).path == path
    with pytest.raises(FileFormatError) as caught:
        factor("camera.errors", 3)
    assert str(caught.value) == (
        "factor 1: path 'camera.errors' starts with none of generic, augment, scale, solve, clean,"
        " floor, engine, estimate, data.…"
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"levels": []}, "factor 1: levels must be a list with a level or more"),
        ({"levels": "none"}, "factor 1: levels must be a list, found 'none'"),
        ({"levels": [{"label": "x"}]}, "factor 1, levels"),
        ({"levels": [{"label": "x", "value": 1, "valeu": 2}]}, "factor 1, levels"),
        ({"name": None}, "factor 1"),
        ({"kind": "x"}, "factor 1"),
    ],
)
def test_a_factor_has_name_path_and_levels(changes: dict[str, Any], told: str) -> None:
    table = {"name": "what", "path": "clean", "levels": ["none"], **changes}
    table = {key: value for key, value in table.items() if value is not None}
    with pytest.raises((FileFormatError, NameNotFoundError)) as caught:
        factor_from(table, "factor 1", LAB)
    assert str(caught.value).startswith(told)


def test_whole_pipelines_are_the_base_with_other_settings() -> None:
    found = factor("estimate", {"label": "ours", "value": {}},
                   {"label": "filtered", "value": {"clean": "butterworth:6"}})  # fmt: skip
    filtered = PipelineSpec.from_table({**LAB.to_table(), "clean": "butterworth:6"}, "here")
    assert found == Factor(
        "what", "estimate", (Level("ours", LAB.build()), Level("filtered", filtered.build()))
    )
