"""``kinebench study`` on a made-up study: TOML of a real one needs OpenCap's files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kinebench.cli.main import main
from kinebench.errors import FileFormatError
from kinebench.reports.pdf import BROWSER, browser
from kinebench.studies.design import Study
from kinebench.studies.execution.store import Store
from kinebench.studies.files import report_file as toml_report
from kinebench.studies.report_plan import ReportPlan

pytestmark = pytest.mark.usefixtures("undrawn")

Command = Callable[..., int]


@pytest.fixture
def study(made_up: ModuleType) -> Study:
    found: Study = made_up.study()
    return found


@pytest.fixture
def command(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run ``kinebench study`` where every TOML file but bad.toml tells the made-up study."""

    def read(path: Path) -> ReportPlan:
        if path.name == "bad.toml":
            raise FileFormatError("bad.toml: unknown key 'qestion'")
        return alone(study)

    monkeypatch.setattr(toml_report, "read_report", read)
    monkeypatch.setattr("warnings.showwarning", None)
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> int:
        return main(["study", *words])

    return run


def alone(study: Study, **options: Any) -> ReportPlan:
    """The report of one study."""
    return ReportPlan(study.name, study.question, (study,), **options)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test that needs a finished run leaves it for the others."""
    return tmp_path_factory.mktemp("kept") / "out"


@pytest.fixture
def finished(
    command: Command, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The command, where a run into ``out`` has ended."""
    if not kept.exists():
        assert command("run", "mine.toml", "--out", "out", "--workers", "1") == 0
        capsys.readouterr()
        shutil.copytree(tmp_path / "out", kept)
    else:
        shutil.copytree(kept, tmp_path / "out")
    return command


def test_a_run_ends_with_tables_and_report(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("run", "mine.toml", "--out", "out", "--workers", "1") == 0
    assert capsys.readouterr().out == "made-up: 16 done; tables and report.html in out\n"
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"results.csv", "outcomes.csv", "manifest.json", "report.html", "store"}
    page = (tmp_path / "out" / "report.html").read_text()
    assert "kinebench study run mine.toml --out DIR" in page
    assert str(tmp_path) not in page


def test_the_report_of_a_finished_run_computes_nothing(
    finished: Command,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report = tmp_path / "out" / "report.html"
    first = report.read_bytes()
    report.unlink()
    monkeypatch.setattr(Store, "put", lambda *_: pytest.fail("computed"))
    assert finished("report", "mine.toml", "--out", "out") == 0
    assert capsys.readouterr() == ("made-up: 16 done; out/report.html\n", "")
    assert report.read_bytes() == first


def test_cells_that_the_store_lacks_are_not_run_and_how_to_run_them_is_told(
    finished: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = sorted((tmp_path / "out" / "store").rglob("*/*"), key=lambda path: path.as_posix())
    for path in entries[::2]:
        path.unlink()
    assert finished("report", "mine.toml", "--out", "out") == 0
    printed, said = capsys.readouterr()
    assert " not run; out/report.html" in printed
    lacking = int(printed.split(" done, ")[1].split(" not run")[0])
    assert 0 < lacking < 16
    assert f"{lacking} cells are not run: 'kinebench study run mine.toml --out out' runs" in said
    assert f"{lacking} not run" in (tmp_path / "out" / "report.html").read_text()


def test_an_empty_store_is_an_error_that_tells_the_command(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("report", "mine.toml", "--out", "out", "--store", "elsewhere") == 2
    said = capsys.readouterr().err
    assert "elsewhere holds no cell of made-up" in said
    assert "kinebench study run mine.toml --out out --store elsewhere" in said
    assert list(tmp_path.iterdir()) == []


def test_failures_of_the_last_run_keep_their_reasons(
    command: Command,
    study: Study,
    made_up: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    levels = (made_up.Level("fine", False), made_up.Level("broken", True))
    failing = replace(study, factors=(made_up.Factor("scaler", "scale.fails", levels),))
    monkeypatch.setattr(toml_report, "read_report", lambda path: alone(failing))
    assert command("run", "mine.toml", "--out", "out", "--workers", "1") == 0
    ran = capsys.readouterr()
    assert command("report", "mine.toml", "--out", "out") == 0
    reported = capsys.readouterr()
    assert reported.out == "made-up: 2 done, 2 failed; out/report.html\n"
    assert reported.err == ran.err == "2 cells: no static window (before that: the subject sways)\n"
    # a table of another study tells nothing about this one
    (tmp_path / "out" / "outcomes.csv").write_text("subject,status,reason\ns1,failed,x\n")
    assert command("report", "mine.toml", "--out", "out") == 0
    assert "2 done, 2 not run" in capsys.readouterr().out


def test_a_study_of_which_every_cell_fails_is_exit_1(
    command: Command,
    study: Study,
    made_up: ModuleType,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = (made_up.Level("broken", True), made_up.Level("broken too", True))
    failing = replace(study, factors=(made_up.Factor("scaler", "scale.fails", broken),))
    monkeypatch.setattr(toml_report, "read_report", lambda path: alone(failing))
    assert command("run", "mine.toml", "--out", "out", "--workers", "1") == 1
    assert "4 failed" in capsys.readouterr().out


def test_a_study_that_measures_nothing_is_exit_3(
    command: Command,
    study: Study,
    made_up: ModuleType,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    odd = made_up.Factor("noise", "data.noise_m", (made_up.Level("odd", -1.0),))
    monkeypatch.setattr(
        toml_report, "read_report", lambda path: alone(replace(study, factors=(odd,)))
    )
    assert command("run", "mine.toml", "--out", "out", "--workers", "1") == 3
    assert "no such noise here" in capsys.readouterr().err


def test_studies_of_a_folder_are_listed(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "studies" / "a").mkdir(parents=True)
    (tmp_path / "studies" / "a" / "study.toml").touch()
    assert command("list", "studies") == 0
    assert capsys.readouterr() == (
        "made-up  (16 cells)  studies/a/study.toml\n  does it work?\n",
        "",
    )
    assert command("list", "studies", "--json") == 0
    row = {
        "file": "studies/a/study.toml",
        "name": "made-up",
        "question": "does it work?",
        "cells": 16,
    }
    assert json.loads(capsys.readouterr().out) == [row]


def test_a_file_that_is_no_study_is_named_beside_those_that_are(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("bad.toml", "good.toml"):
        (tmp_path / name).touch()
    assert command("list", ".") == 1
    printed, said = capsys.readouterr()
    assert "good.toml" in printed
    assert said == "not a valid study: bad.toml: unknown key 'qestion'\n"


def test_a_folder_that_is_not_there(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("list", "nowhere") == 2
    assert capsys.readouterr().err == "kinebench study: nowhere is no folder\n"


def test_without_a_folder_it_is_the_projects_own(
    command: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("list") == 0
    assert "filtering" in capsys.readouterr().out
    monkeypatch.setattr("kinebench.__file__", "/nowhere/kinebench/__init__.py")
    assert command("list") == 2
    assert "name a folder: kinebench study list FOLDER" in capsys.readouterr().err


def test_no_workers_is_an_error(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("run", "mine.toml", "--out", "out", "--workers", "0") == 2
    told = capsys.readouterr().err
    assert "argument --workers: must be a whole number, 1 or more, found '0'" in told


def test_a_scheduler_that_is_not_there_is_one_line(
    command: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kinebench.studies.execution.cluster.CONNECT_S", 0.3)
    words = ("run", "mine.toml", "--out", "out", "--scheduler", "tcp://127.0.0.1:1")
    assert command(*words) == 2
    said = capsys.readouterr().err
    assert said.startswith("kinebench study: no Dask scheduler answers at tcp://127.0.0.1:1")
    assert len(said.splitlines()) == 1


def test_without_a_browser_the_page_is_there_and_the_print_is_told(
    finished: Command,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(BROWSER, "no-such-browser")
    (tmp_path / "out" / "report.html").unlink()
    assert finished("report", "mine.toml", "--out", "out", "--pdf") == 2
    assert "KINEBENCH_BROWSER names 'no-such-browser'" in capsys.readouterr().err
    assert (tmp_path / "out" / "report.html").is_file()
    assert not (tmp_path / "out" / "report.pdf").exists()


@pytest.mark.skipif(browser() is None, reason="no Chromium, Chrome or Edge is installed")
def test_the_report_is_printed_when_asked(finished: Command, tmp_path: Path) -> None:
    assert finished("report", "mine.toml", "--out", "out", "--pdf") == 0
    assert (tmp_path / "out" / "report.pdf").read_bytes().startswith(b"%PDF")
