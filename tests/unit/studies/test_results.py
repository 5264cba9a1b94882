from __future__ import annotations

import itertools
import json
import math
import sys
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import pytest

from kinebench.core.environment import environment
from kinebench.core.provenance import describe
from kinebench.errors import KinebenchWarning
from kinebench.metrics import Alignment, FigureRow, FigureTable, Kind
from kinebench.studies.analysis.results import (
    PARQUET,
    TABLES,
    counts_in_words,
    manifest,
    outcome_counts,
    outcome_table,
    result_table,
    with_reasons,
    write_results,
)
from kinebench.studies.design import Study
from kinebench.studies.execution.cells import Outcome, Status
from kinebench.studies.files.study_file import read_study
from kinebench.studies.plan import cells


def test_outcomes_are_counted_in_the_order_of_the_words() -> None:
    outcomes = [
        Outcome(0, {}, "skipped", "why"),
        Outcome(1, {}, "done"),
        Outcome(2, {}, "failed", "why"),
        Outcome(3, {}, "done"),
    ]
    assert list(outcome_counts(outcomes).items()) == [("done", 2), ("failed", 1), ("skipped", 1)]
    assert counts_in_words(outcomes) == "2 done, 1 failed, 1 skipped"
    assert counts_in_words([]) == "none"


STUDY = """
name = "mine"
question = "which?"
[base]
body = "lab"
augmenter = "lab-1"
[laboratory]
subjects = 1
activities = ["squat"]
[[factors]]
name = "=cut-off"
path = "clean"
levels = ["none", { label = "@6", value = "butterworth:6" }, { label = "-5", value = "median" }]
"""


@pytest.fixture
def outcomes(tmp_path: Path) -> tuple[Study, list[Outcome], list[Outcome]]:
    """A study, its outcomes of the last run, and those of the store, where all is to do."""
    (tmp_path / "study.toml").write_text(STUDY)
    study = read_study(tmp_path / "study.toml")
    labels = [cell.labels for cell in cells(study)]
    words: list[tuple[Status, str]] = [("failed", "a, b\nc"), ("skipped", "=1+1"), ("done", "")]
    last = [Outcome(i, labels[i], *words[i]) for i in range(3)]
    write_results(tmp_path, study, last)
    return study, last, [Outcome(i, labels[i], "not run") for i in range(3)]


def test_reasons_of_the_last_run_are_known_again(
    tmp_path: Path, outcomes: tuple[Study, list[Outcome], list[Outcome]]
) -> None:
    study, last, stored = outcomes
    table = (tmp_path / "outcomes.csv").read_text()
    assert "'=cut-off" in table
    assert "'@6" in table
    assert ",-5," in table  # a number
    assert "'=1+1" in table
    found = with_reasons(stored, study, tmp_path)
    assert [(one.status, one.reason) for one in found[:2]] == [
        (one.status, one.reason) for one in last[:2]
    ]
    assert found[2].status == "not run"


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"\xff\xfe" + data,
        lambda data: data + b"a,b\n",
        lambda data: data + b"\n",
        lambda data: data.replace(b",failed,", b"\x00"),
        lambda data: data + b'"' + b"x" * 200_000 + b'"\n',
    ],
)
def test_a_damaged_table_of_reasons_costs_reasons_only(
    tmp_path: Path, outcomes: tuple[Study, list[Outcome], list[Outcome]], damage: Any
) -> None:
    study, _, stored = outcomes
    path = tmp_path / "outcomes.csv"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.warns(KinebenchWarning, match=r"outcomes\.csv"):
        assert len(with_reasons(stored, study, tmp_path)) == 3


def test_an_empty_or_foreign_table_tells_nothing(
    tmp_path: Path, outcomes: tuple[Study, list[Outcome], list[Outcome]]
) -> None:
    study, _, stored = outcomes
    for content in ("", "a,b\n1,2\n"):
        (tmp_path / "outcomes.csv").write_text(content)
        assert list(with_reasons(stored, study, tmp_path)) == stored
    (tmp_path / "outcomes.csv").unlink()
    assert list(with_reasons(stored, study, tmp_path)) == stored


# ---- what is written


@pytest.fixture
def done(made_up: ModuleType) -> tuple[Study, list[Outcome]]:
    """Two cells that are done with known figures, and one that failed."""
    study: Study = made_up.study(metrics=("rmse", "bias"), primary="bias")
    first, second, third = (cell.labels for cell in itertools.islice(cells(study), 3))
    rows = [
        FigureRow(Kind.COORDINATE, "knee_angle_r", "rmse", 0.1 + 0.2, "rad"),
        FigureRow(Kind.COORDINATE, "knee_angle_r", "rmse", math.nan, "rad", Alignment.LAG_REMOVED),
    ]
    return study, [
        Outcome(0, first, "done", "", FigureTable.of(rows)),
        Outcome(1, second, "failed", "no, never"),
        Outcome(2, third, "done", "", FigureTable.of(rows[:1])),
    ]


def test_tables_have_a_row_for_each_figure_and_for_each_cell(
    done: tuple[Study, list[Outcome]],
) -> None:
    """Numbers with all digits; what is undefined is empty."""
    assert result_table(*done).splitlines() == [
        "subject,trial,activity,noise,shift,gain,kind,item,metric,value,unit",
        "s1,t1,squat,none,0 m,1,coordinate,knee_angle_r,rmse,0.30000000000000004,rad",
        's1,t1,squat,none,0 m,1,"coordinate, lag removed",knee_angle_r,rmse,,rad',
        "s1,t1,squat,none,0.01 m,1,coordinate,knee_angle_r,rmse,0.30000000000000004,rad",
    ]
    assert outcome_table(*done).splitlines() == [
        "subject,trial,activity,noise,shift,gain,status,reason",
        "s1,t1,squat,none,0 m,1,done,",
        's1,t1,squat,none,0 m,2,failed,"no, never"',
        "s1,t1,squat,none,0.01 m,1,done,",
    ]


def test_a_manifest_says_what_was_asked_and_what_computed_it(
    done: tuple[Study, list[Outcome]],
) -> None:
    study, outcomes = done
    there = MappingProxyType({"blas": "another"})
    found = manifest(study, outcomes, [there])
    assert list(found) == [
        "study", "question", "base", "factors", "trials", "metrics", "primary", "outcomes",
        "versions", "computed_with",
    ]  # fmt: skip
    assert (found["study"], found["question"]) == ("made-up", "does it work?")
    assert found["base"] == describe(study.base)
    assert found["factors"] == describe(study.factors)
    assert found["trials"] == describe(study.sources)
    assert (found["metrics"], found["primary"]) == (["rmse", "bias"], "bias")
    assert found["outcomes"] == {"done": 2, "failed": 1}
    assert found["versions"] == environment()
    assert found["computed_with"] == [{"blas": "another"}]
    assert type(found["computed_with"][0]) is dict
    assert manifest(study, outcomes)["computed_with"] == []


def test_what_is_written_is_the_three_tables_for_people_too(
    done: tuple[Study, list[Outcome]], tmp_path: Path
) -> None:
    study, outcomes = done
    folder = tmp_path / "new" / "folder"
    for _ in range(2):  # a second time over the first
        write_results(folder, replace(study, question="läuft es?"), outcomes, [{"a": "b"}])
    assert {path.name for path in folder.iterdir()} == set(TABLES)
    assert (folder / "results.csv").read_text("utf-8") == result_table(study, outcomes)
    assert (folder / "outcomes.csv").read_text("utf-8") == outcome_table(study, outcomes)
    text = (folder / "manifest.json").read_text("utf-8")
    assert '\n  "question": "läuft es?",\n' in text
    assert text.endswith("}\n")
    assert json.loads(text)["computed_with"] == [{"a": "b"}]


def test_parquet_is_written_when_it_is_asked_for_and_goes_when_it_is_not(
    done: tuple[Study, list[Outcome]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever pyarrow makes of the table."""
    study, outcomes = done
    asked: list[Any] = []

    def to_parquet(table: Any, *given: Any, **options: Any) -> bytes:
        asked.append((len(table), given, options))
        return b"PAR1"

    monkeypatch.setattr("pandas.DataFrame.to_parquet", to_parquet)
    monkeypatch.setitem(sys.modules, "pyarrow", ModuleType("pyarrow"))
    write_results(tmp_path, study, outcomes, parquet=True)
    assert (tmp_path / PARQUET).read_bytes() == b"PAR1"
    assert asked == [(3, (None,), {"engine": "pyarrow", "index": False})]
    write_results(tmp_path, study, outcomes)
    assert not (tmp_path / PARQUET).exists()


def test_a_line_of_another_length_is_told_with_its_cells(
    tmp_path: Path, outcomes: tuple[Study, list[Outcome], list[Outcome]]
) -> None:
    study, last, stored = outcomes
    path = tmp_path / "outcomes.csv"
    path.write_text(path.read_text() + "a,b\n")
    with pytest.warns(KinebenchWarning) as caught:
        found = with_reasons(stored, study, tmp_path)
    told = f"{path}: a line has 2 cells, not 6; it is left out"
    assert [str(one.message) for one in caught] == [told]
    assert [one.status for one in found] == ["failed", "skipped", "not run"]
    assert found[0].reason == last[0].reason
    # what was run since is as the store has it
    known = [replace(one, status="done") for one in stored]
    with pytest.warns(KinebenchWarning):
        assert list(with_reasons(known, study, tmp_path)) == known
