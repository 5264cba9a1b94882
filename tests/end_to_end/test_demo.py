from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.core.provenance import digest
from kinebench.errors import NameNotFoundError
from kinebench.lab import generic_body
from kinebench.lab.camera import plausible_preset, two_phones
from kinebench.pipeline.opencap import opencap_setup
from kinebench.studies.analysis.results import write_results
from kinebench.studies.demo import Demonstration, demonstration
from kinebench.studies.execution.cells import run_study
from kinebench.studies.execution.store import Store
from kinebench.studies.sources.laboratory import LabSource


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where nothing is."""
    return tmp_path_factory.mktemp("empty") / "cache"


def take_all_away(patch: pytest.MonkeyPatch, cache: Path) -> None:
    """No mirror, an empty cache, no network."""

    def refuse(*arguments: object) -> None:
        raise AssertionError("the demonstration must not ask the network")

    patch.delenv("KINEBENCH_MIRROR", raising=False)
    patch.setenv("KINEBENCH_CACHE", str(cache))
    patch.setattr("socket.socket.connect", refuse)


@pytest.fixture
def nothing_at_hand(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    take_all_away(monkeypatch, cache)


class Demo(NamedTuple):
    """Two runs of the command, their exit codes, and what they printed."""

    folders: tuple[Path, Path]
    codes: tuple[int, ...]
    said: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Demo:
    one, two = folders = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    given = ["demo", "--subjects", "1", "--workers", "1", "--out"]
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as said:
        take_all_away(patch, cache)
        codes = tuple(main([*given, str(out)]) for out in folders)
    return Demo((one, two), codes, said.getvalue())


def test_the_demonstration_needs_nothing(demo: Demo) -> None:
    one, two = demo.folders
    assert demo.codes == (0, 0)
    assert "16 pipeline runs: 16 done" in demo.said
    assert "v0.3, whose files are not here" in demo.said
    assert "body: the laboratory's own" in demo.said
    assert str(one / "report.html") in demo.said
    assert (one / "report.html").stat().st_size > 10_000
    for name in ("results.csv", "outcomes.csv", "manifest.json", "report.html"):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_a_worse_static_pose_is_worse(demo: Demo) -> None:
    with (demo.folders[0] / "results.csv").open() as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["metric"] == "rmse" and row["item"].startswith("knee_angle")
        ]

    def mean(pose: str) -> float:
        values = [float(row["value"]) for row in rows if row["static pose"] == pose]
        return sum(values) / len(values)

    assert mean("ideal") < mean("knees 20°") < mean("trial start")


def test_published_versions_join_when_their_files_are_here(
    mirror_file: object,
) -> None:
    assert callable(mirror_file)
    mirror_file("LSTM/v0.3_lower/weights.h5")
    labels = [level.label for level in demonstration().study.factors[-1].levels]
    assert labels == ["lab-1", "v0.0", "v0.1", "v0.2", "v0.3"]
    assert demonstration().left_out == ()


def bodies(demo: Demonstration) -> set[str]:
    """Of the virtual subjects."""
    return {source.body for source in demo.study.sources if isinstance(source, LabSource)}


MODEL = "opensimPipeline/Models/LaiUhlrich2022.osim"


def test_opencaps_body_is_used_when_its_files_are_here(mirror_file: Callable[[str], Path]) -> None:
    mirror_file(MODEL)
    assert demonstration().body == "opencap"
    asked = demonstration(1, "opencap")
    assert asked == replace(demonstration(1), study=asked.study)
    assert digest(asked.study) == digest(demonstration(1).study)
    assert bodies(asked) == {"opencap"}
    assert asked.study.base.generic == opencap_setup("augmented", "upright").generic


def test_the_laboratorys_body_may_be_asked_for(mirror_file: Callable[[str], Path]) -> None:
    mirror_file(MODEL)
    own = demonstration(1, "lab")
    assert own.body == "lab"
    assert bodies(own) == {"lab"}
    assert own.study.base.generic == generic_body().model


@pytest.mark.usefixtures("nothing_at_hand")
def test_without_files_the_body_is_the_laboratorys() -> None:
    auto, own = demonstration(1), demonstration(1, "lab")
    assert auto.body == "lab"
    assert digest(auto.study) == digest(own.study)


def test_an_unknown_body_is_refused() -> None:
    with pytest.raises(NameNotFoundError, match="opencap"):
        demonstration(1, "opencp")


def test_one_cell_on_opencaps_body(mirror_file: Callable[[str], Path], tmp_path: Path) -> None:
    mirror_file(MODEL)
    study = demonstration(1, "opencap").study
    factors = tuple(replace(factor, levels=factor.levels[:1]) for factor in study.factors)
    small = replace(study, factors=factors, sources=study.sources[:1])
    (outcome,) = run_study(small, Store(tmp_path), 1)
    assert outcome.status == "done"
    write_results(tmp_path, small, [outcome])
    with (tmp_path / "results.csv").open() as file:
        knees = [
            float(row["value"])
            for row in csv.DictReader(file)
            if row["metric"] == "rmse" and row["item"].startswith("knee_angle")
        ]
    assert knees
    assert np.radians(0.1) < max(knees) < np.radians(8)


@pytest.mark.usefixtures("nothing_at_hand")
def test_the_demonstration_takes_any_preset_of_cameras(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = demonstration(1, "lab", plausible_preset(3)).study
    assert asked.sources
    for source in asked.sources:
        assert isinstance(source, LabSource)
        assert source.errors == plausible_preset(3)
    assert demonstration(1, "lab").study == demonstration(1, "lab", two_phones()).study
    assert main(["demo", "--camera", "plausble:3", "--out", str(tmp_path / "one")]) == 2
    assert "did you mean 'plausible'" in capsys.readouterr().err
