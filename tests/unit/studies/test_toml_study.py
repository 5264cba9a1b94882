from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.cleaning import Butterworth
from kinebench.errors import FileFormatError
from kinebench.ik.fast import FastIK
from kinebench.ik.opensim_engine import OpenSimIK
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.window import GivenWindow
from kinebench.studies.files.study_file import read_study

TEXT = """
name = "mine"
question = "does the filter matter?"

[base]
augmenter = "v0.1"
window = [0.5, 1.0]

[[trials]]
dataset = "opencap-session-subject0"
sample = "Squats_0"

[[factors]]
name = "filter"
path = "clean"
levels = ["none", "butterworth:6"]

[[factors]]
name = "warm-up"
path = "augment.warm_up_s"
levels = [0.0, 1.0]
"""


@pytest.fixture
def read(tmp_path: Path, mirror_file: Callable[[str], Path]) -> Callable[[str], Any]:
    mirror_file("opensimPipeline/Models/LaiUhlrich2022.osim")

    def from_text(text: str) -> Any:
        path = tmp_path / "study.toml"
        path.write_text(text)
        return read_study(path)

    return from_text


@pytest.mark.mirror
def test_levels_become_values(read: Callable[[str], Any]) -> None:
    study = read(TEXT)
    assert [level.label for level in study.factors[0].levels] == ["none", "butterworth:6"]
    assert study.factors[0].levels[1].value == (Butterworth(6.0),)
    assert study.base.augment == LSTMAugmenter("v0.1")
    assert study.base.scale.window == GivenWindow(0.5, 1.0)


@pytest.mark.mirror
def test_an_engine_is_scaler_and_solver(read: Callable[[str], Any]) -> None:
    default = read(TEXT).base
    assert isinstance(default.solve, OpenSimIK)
    assert isinstance(default.scale, OpenSimScaler)
    asked = read(TEXT.replace("[base]", '[base]\nengine = "fast"')).base
    assert isinstance(asked.solve, FastIK)
    assert isinstance(asked.scale, FastScaler)


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("question =", "qestion =", "did you mean 'question'"),
        ("window =", "windw =", "did you mean 'window'"),
        ('path = "clean"', 'path = "claen"', "starts with none of"),
        ("levels = [0.0, 1.0]", "levels = []", "list with a level or more"),
        ("butterworth:6", "buterworth:6", "did you mean 'butterworth'"),
        ("augment.warm_up_s", "augment.warmup_s", "did you mean 'warm_up_s'"),
        ('sample = "Squats_0"', "", "sample"),
        ("[base]", "[base", "cannot read"),
    ],
)
def test_mistakes_are_told_with_the_file(
    read: Callable[[str], Any], old: str, new: str, said: str
) -> None:
    assert old in TEXT
    with pytest.raises(FileFormatError, match=r"study\.toml") as caught:
        read(TEXT.replace(old, new, 1))
    assert said in str(caught.value)
