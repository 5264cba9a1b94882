from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from kinebench.cli.main import main
from kinebench.errors import KinebenchError
from kinebench.metrics import CATALOGUE, FigureRow, FigureTable, Kind
from kinebench.studies.analysis.results import tidy_table, write_results
from kinebench.studies.analysis.scores import scores_of
from kinebench.studies.execution.cells import Outcome, run_study
from kinebench.studies.execution.store import Store
from kinebench.studies.files import report_file as toml_report
from kinebench.studies.report_plan import ReportPlan


def test_the_table_is_results_csv_with_types(made_up: ModuleType, tmp_path: Path) -> None:
    study = made_up.study()
    outcomes = run_study(study, Store(tmp_path / "store"))
    table = tidy_table(study, outcomes)
    write_results(tmp_path, study, outcomes)
    read = pd.read_csv(tmp_path / "results.csv", dtype=str, keep_default_na=False)
    assert list(table.columns) == list(read.columns)
    values = pd.to_numeric(read.pop("value"), errors="coerce")
    np.testing.assert_array_equal(values, table.pop("value"))
    assert (table == read).all(axis=None)


def test_means_of_the_table_are_those_of_the_scores(made_up: ModuleType, tmp_path: Path) -> None:
    study = made_up.study()
    outcomes = run_study(study, Store(tmp_path))
    table = tidy_table(study, outcomes)
    knee = table[(table.kind == "coordinate") & (table.metric == "rmse")
                 & (table.item == "knee_angle_r")]  # fmt: skip
    by_gain = knee.groupby("gain")["value"].mean()
    scores = scores_of(outcomes)
    for gain in ("1", "2"):
        errors = [score.error() for score in scores if score.labels["gain"] == gain]
        assert by_gain[gain] == pytest.approx(np.mean(errors))
    assert set(table.metric) <= set(CATALOGUE)


def test_what_is_not_defined_is_nan_and_nothing_done_is_no_row(made_up: ModuleType) -> None:
    study = made_up.study()
    row = FigureRow(Kind.COORDINATE, "x", "rmse", np.inf, "rad")
    labels = {"subject": "s", "trial": "t", "activity": "a", "noise": "none", "shift": "0 m",
              "gain": "1"}  # fmt: skip
    table = tidy_table(study, [Outcome(0, labels, "done", "", FigureTable.of([row]))])
    assert np.isnan(table.value).tolist() == [True]
    empty = tidy_table(study, [Outcome(0, labels, "failed", "why")])
    assert (len(empty), list(empty.columns)) == (0, list(table.columns))


def test_parquet_holds_the_same_table(made_up: ModuleType, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    study = made_up.study()
    outcomes = run_study(study, Store(tmp_path / "store"))
    write_results(tmp_path, study, outcomes, parquet=True)
    path = tmp_path / "results.parquet"
    found, table = pd.read_parquet(path), tidy_table(study, outcomes)
    assert (found.drop(columns="value") == table.drop(columns="value")).all(axis=None)
    np.testing.assert_array_equal(found.value, table.value)
    # a file of other results does not stay beside the new ones
    write_results(tmp_path, study, outcomes[:1])
    assert not path.exists()


def test_without_pyarrow_the_extra_is_named_before_anything_runs(
    made_up: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    study = made_up.study()
    plan = ReportPlan(study.name, study.question, (study,))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setattr(toml_report, "read_report", lambda path: plan)
    out = tmp_path / "out"
    assert main(["study", "run", "s.toml", "--out", str(out), "--parquet"]) == 2
    said = capsys.readouterr().err
    assert "pip install 'kinebench[parquet]'" in said
    assert len(said.splitlines()) == 1
    assert not out.exists()
    with pytest.raises(KinebenchError, match="extra 'parquet'"):
        write_results(out, study, (), parquet=True)
