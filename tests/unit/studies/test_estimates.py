"""Whole pipelines as the levels of a factor: ours and anyone's."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kinebench.errors import KinebenchError, ValueRangeError
from kinebench.ik.fast import FastIK
from kinebench.metrics import Kind
from kinebench.pipeline.pipeline import Pipeline
from kinebench.pipeline.spec import PipelineSpec
from kinebench.pipeline.under_test import CommandLine, PythonCallable, ReadyFiles
from kinebench.studies.analysis.exhibits import exhibits_of
from kinebench.studies.changes import ESTIMATE, with_level
from kinebench.studies.design import Factor, Level, Study
from kinebench.studies.execution.batches import batches, cells_of, recipe
from kinebench.studies.execution.cells import run_cell, run_study, stored_outcomes
from kinebench.studies.execution.store import Store
from kinebench.studies.files.levels import factor_from

OFFSET = 0.25
TOY = """\
import numpy as np
from pathlib import Path
from kinebench.core.motion import Coordinate, Motion

def estimate(trial):
    assert trial.reference_motion is None
    with Path({log!r}).open("a") as log:
        log.write(trial.name + "\\n")
    if trial.name == {fails!r}:
        raise ValueError("cannot do squats")
    heights = trial.keypoints.positions[:, 0, 1]
    names = Coordinate("knee_angle_r"), Coordinate("pelvis_ty", "translational")
    return Motion(names, trial.keypoints.times, np.stack([heights + {offset}, heights], axis=1))
"""


@pytest.fixture
def toy(tmp_path: Path) -> Callable[..., PythonCallable]:
    """A pipeline whose knee angle is wrong by `OFFSET`, and which logs its calls."""

    def make(name: str, fails: str = "") -> PythonCallable:
        text = TOY.format(log=str(tmp_path / "log"), fails=fails, offset=OFFSET)
        (tmp_path / f"{name}.py").write_text(text)
        return PythonCallable(f"{name}:estimate", folder=tmp_path)

    return make


def study_of(made_up: ModuleType, toy: PythonCallable, **changes: Any) -> Study:
    ours = made_up.study().base
    levels = (Level("ours", ours), Level("theirs", toy))
    factors = (
        Factor("noise", "data.noise_m", (Level("none", 0.0), Level("5 mm", 0.005))),
        Factor("pipeline", ESTIMATE, levels),
    )
    study: Study = made_up.study(factors=factors, **changes)
    return study


def test_each_pipeline_gets_its_own_errors(
    made_up: ModuleType, toy: Callable[..., PythonCallable], tmp_path: Path
) -> None:
    study = study_of(made_up, toy("toy_s1"))
    outcomes = run_study(study, Store(tmp_path / "store"))
    assert [o.status for o in outcomes] == ["done"] * 8
    for outcome in outcomes:
        if outcome.labels["noise"] == "none":
            bias = outcome.figures.by_item(Kind.COORDINATE, "bias")
            put_in = OFFSET if outcome.labels["pipeline"] == "theirs" else 0.0
            assert bias["knee_angle_r"] == pytest.approx(put_in, abs=1e-12)


def test_what_is_known_is_not_asked_again_until_the_code_changes(
    made_up: ModuleType, toy: Callable[..., PythonCallable], tmp_path: Path
) -> None:
    study, store, log = (
        study_of(made_up, toy("toy_s2")),
        Store(tmp_path / "store"),
        tmp_path / "log",
    )
    outcomes = run_study(study, store)
    assert len(log.read_text().splitlines()) == 4
    assert stored_outcomes(study, store) == outcomes
    run_study(study, store)
    exhibits = exhibits_of(study, outcomes, store)
    assert exhibits[0].labels["pipeline"] == "theirs"
    assert len(log.read_text().splitlines()) == 4
    with (tmp_path / "toy_s2.py").open("a") as file:
        file.write("# another version\n")
    run_study(study, store)
    assert len(log.read_text().splitlines()) == 8


def test_another_process_imports_the_function_anew(
    made_up: ModuleType, toy: Callable[..., PythonCallable], tmp_path: Path
) -> None:
    study = study_of(made_up, toy("toy_s3"))
    sent = pickle.dumps((recipe(study), list(batches(study, 2))))
    # as in a process that has never seen the module
    del sys.modules["toy_s3"]
    shared, parts = pickle.loads(sent)
    cells = [cell for part in parts for cell in cells_of(part, shared)]
    there = tuple(run_cell(cell, shared, Store(tmp_path / "a")) for cell in cells)
    assert there == run_study(study, Store(tmp_path / "b"))


def test_a_failure_is_told_and_the_others_go_on(
    made_up: ModuleType, toy: Callable[..., PythonCallable], tmp_path: Path
) -> None:
    study = study_of(made_up, toy("toy_s4", fails="t2"))
    outcomes = run_study(study, Store(tmp_path / "store"))
    failed = [o for o in outcomes if o.status == "failed"]
    assert {(o.labels["trial"], o.labels["pipeline"]) for o in failed} == {("t2", "theirs")}
    assert all("cannot do squats" in o.reason for o in failed)
    assert len(failed) == 2


def test_another_pipelines_stages_cannot_be_varied(
    made_up: ModuleType, toy: Callable[..., PythonCallable]
) -> None:
    gain = Factor("gain", "solve.gain", (Level("1", 1.0), Level("2", 2.0)))
    mixed = Factor("pipeline", ESTIMATE, (Level("theirs", toy("toy_s5")),))
    with pytest.raises(ValueRangeError, match=r"'theirs' of 'pipeline'.*'gain' \(solve.gain\)"):
        made_up.study(factors=(gain, mixed))


def test_our_own_whole_pipelines_can_in_any_order(made_up: ModuleType, tmp_path: Path) -> None:
    base = made_up.study().base
    up = with_level(base, "clean", (made_up.Shift(0.5),))
    gain = Factor("gain", "solve.gain", (Level("1", 1.0), Level("2", 2.0)))
    whole = Factor("pipeline", ESTIMATE, (Level("plain", base), Level("up", up)))
    found = []
    for factors in ((gain, whole), (whole, gain)):
        outcomes = run_study(made_up.study(factors=factors), Store(tmp_path / "store"))
        biases = {
            (o.labels["trial"], o.labels["gain"], o.labels["pipeline"]): o.figures.by_item(
                Kind.COORDINATE, "bias"
            )["knee_angle_r"]
            for o in outcomes
        }
        found.append(biases)
    assert found[0] == found[1]
    assert found[0]["t1", "1", "up"] == pytest.approx(0.5)
    assert found[0]["t1", "2", "up"] == pytest.approx(1.0 + found[0]["t1", "2", "plain"])


def test_levels_as_they_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "toy_s6.py").write_text("def estimate(trial): ...\n")
    (tmp_path / "mine").mkdir()
    base = PipelineSpec(body="lab", engine="fast", augmenter="lab-1")
    command = "x {keypoints} {out}"
    values: list[dict[str, Any]] = [
        {}, {"clean": "butterworth:6"}, {"python": "toy_s6:estimate"},
        {"command": command, "time_limit_s": 5}, {"files": "mine"},
    ]  # fmt: skip
    levels = [{"label": str(i), "value": value} for i, value in enumerate(values)]
    table = {"name": "pipeline", "path": "estimate", "levels": levels}
    plain, filtered, *others = (level.value for level in factor_from(
        table, "factor 1", base, tmp_path).levels)  # fmt: skip
    assert isinstance(plain, Pipeline)
    assert isinstance(plain.solve, FastIK)
    assert (plain.clean, len(filtered.clean)) == ((), 1)
    assert others == [
        PythonCallable("toy_s6:estimate", folder=tmp_path),
        CommandLine(command, time_limit_s=5.0, home=tmp_path),
        ReadyFiles(tmp_path / "mine"),
    ]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("kinebench", "factor 1, level 'x'"),
        ({"pyton": "a:b"}, "factor 1, level 'x'"),
        ({"files": "a", "command": "b"}, "level 'x' needs one of python, command, files, found 2"),
        ({"files": "none"}, "factor 1, level 'x': there is no folder none"),
        ({"engine": "fats"}, "did you mean 'fast'"),
    ],
)
def test_a_wrong_level_is_named(value: object, says: str, tmp_path: Path) -> None:
    levels = [{"label": "x", "value": value}]
    table = {"name": "pipeline", "path": "estimate", "levels": levels}
    with pytest.raises(KinebenchError) as caught:
        factor_from(table, "factor 1", PipelineSpec(body="lab", engine="fast"), tmp_path)
    assert says in str(caught.value)
