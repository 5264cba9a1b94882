"""``kinebench study`` in full sentences, on a made-up study that takes no time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kinebench.cli import study as command
from kinebench.cli.main import main
from kinebench.errors import FileFormatError, KinebenchError
from kinebench.studies.design import Factor, Level
from kinebench.studies.files import report_file
from kinebench.studies.files.template import study_template
from kinebench.studies.report_plan import ReportPlan
from tests.unit.studies import made_up_study

Capture = pytest.CaptureFixture[str]
Study = Callable[..., int]


def one(**options: Any) -> ReportPlan:
    made = made_up_study.study()
    return ReportPlan(made.name, made.question, (made,), **options)


def two(**options: Any) -> ReportPlan:
    made = made_up_study.study()
    other = replace(made, name="other", question="and this?", sources=made.sources[:1])
    return ReportPlan("Both", "why?", (made, other), **options)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """``study(plan, *words)``: the command where every file tells this plan; no page is drawn."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kinebench.reports.study.write_page", write_page)

    def run(plan: ReportPlan, *words: str) -> int:
        monkeypatch.setattr(report_file, "read_report", lambda path: plan)
        return main(["study", *words])

    return run


def write_page(plan: ReportPlan, parts: Any, page: Path, told: str) -> None:
    page.write_text(f"{plan.title}: {len(parts)} parts\n{told}\n")


def said(capsys: Capture) -> list[str]:
    out, err = capsys.readouterr()
    assert out == ""
    lines: list[str] = err.splitlines()
    return lines


RUN = ("run", "mine.toml", "--workers", "1", "--out", "out")


def test_a_plan_shows_trials_judge_factors_and_cells(study: Study, capsys: Capture) -> None:
    assert study(two(), "plan", "mine") == 0
    first, second = made_up_study.study(), two().studies[1]
    lines = capsys.readouterr().out.splitlines()
    expected = []
    for made in (first, second):
        cells = len(made.sources)
        expected += [
            f"{made.name}: {made.question}",
            f"  trials   {len(made.sources)}",
            f"  judged   by {made.judged.name}",
        ]
        for factor in made.factors:
            levels = ", ".join(level.label for level in factor.levels)
            expected.append(f"  factor   {factor.name} ({factor.path}): {levels}")
            cells *= len(factor.levels)
        expected.append(f"  cells    {cells}")
    assert lines == expected


def test_a_plan_as_json_lists_every_cell(study: Study, capsys: Capture) -> None:
    assert study(one(), "plan", "mine", "--json") == 0
    alone = json.loads(capsys.readouterr().out)
    assert list(alone) == ["study", "cells"]
    assert alone["study"] == "made-up"
    assert len(alone["cells"]) == 16
    assert all(isinstance(cell, dict) for cell in alone["cells"])
    assert study(two(), "plan", "mine", "--json") == 0
    both = json.loads(capsys.readouterr().out)
    assert both["report"] == "Both"
    assert both["parts"][0] == alone
    assert both["parts"][1]["study"] == "other"


def test_a_list_names_each_report_and_what_is_none(
    study: Study, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("b.toml", "a.TOML", "note.txt", "deep/c.toml"):
        (tmp_path / "s" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "s" / name).touch()

    def read(path: Path) -> ReportPlan:
        if path.name == "b.toml":
            raise FileFormatError("b.toml: empty")
        if path.name == "c.toml":
            raise KinebenchError("no\nquestion")
        return two()

    assert study(two(), "list", "s") == 0
    capsys.readouterr()
    monkeypatch.setattr(report_file, "read_report", read)
    assert main(["study", "list", "s"]) == 1
    out, err = capsys.readouterr()
    cells = 16 + 16 * len(two().studies[1].sources) // len(made_up_study.study().sources)
    assert out.splitlines() == [f"Both  ({cells} cells)  s/a.TOML", "  why?"]
    assert err.splitlines() == [
        "not a valid study: b.toml: empty",
        "not a valid study: s/deep/c.toml: no question",
    ]
    assert main(["study", "list", "s", "--json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert rows == [{"file": "s/a.TOML", "name": "Both", "question": "why?", "cells": cells}]


def test_an_empty_folder_has_no_study(study: Study, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "empty").mkdir()
    assert study(one(), "list", "empty") == 0
    assert capsys.readouterr() == ("", "")
    assert study(one(), "list", "empty", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_new_study_is_the_template(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "filters.TOML"
    assert main(["study", "new", str(path)]) == 0
    assert capsys.readouterr().out == (
        f"{path}: 'kinebench study run {path} --out filters' runs it\n"
    )
    assert path.read_text("utf-8") == study_template("filters")
    assert main(["study", "new", str(path)]) == 2
    assert said(capsys) == [f"kinebench study: {path} is there already, and is not overwritten"]
    assert main(["study", "new", str(tmp_path / "filters.yaml")]) == 2
    assert said(capsys) == ["kinebench study: a study file ends with .toml, found 'filters.yaml'"]
    assert main(["study", "new", str(tmp_path / "no" / "filters.toml")]) == 2
    assert not (tmp_path / "no").exists()


def test_results_as_json(study: Study, tmp_path: Path, capsys: Capture) -> None:
    assert study(one(), *RUN, "--json") == 0
    content = json.loads(capsys.readouterr().out)
    assert list(content) == ["study", "outcomes", "out"]
    assert (content["study"], content["out"]) == ("made-up", "out")
    assert content["outcomes"]["done"] == 16
    assert (tmp_path / "out" / "report.html").read_text() == (
        "made-up: 1 parts\nkinebench study run mine.toml --out DIR\n"
    )


def test_a_try_out_says_so_in_its_command(study: Study, tmp_path: Path, capsys: Capture) -> None:
    words = (*RUN, "--subjects", "1", "--store", "kept", "--report", "page.html")
    assert study(one(), *words) == 0
    assert capsys.readouterr().out.endswith("; tables and page.html in out\n")
    assert (tmp_path / "page.html").read_text().endswith("mine.toml --out DIR --subjects 1\n")
    assert (tmp_path / "kept").is_dir()
    assert not (tmp_path / "out" / "store").exists()
    assert not (tmp_path / "out" / "report.html").exists()


def test_cells_that_lack_are_told_with_the_whole_command(
    study: Study, tmp_path: Path, capsys: Capture
) -> None:
    words = ("report", "mine.toml", "--out", "out", "--store", "kept", "--subjects", "2")
    assert study(one(), *words) == 2
    assert said(capsys) == [
        "kinebench study: the store kept holds no cell of made-up as it is now; 'kinebench study"
        " run mine.toml --out out --store kept --subjects 2' runs it"
    ]
    assert study(two(), "report", "mine.toml", "--out", "out") == 2
    assert "holds no cell of Both as it is now" in said(capsys)[0]


def test_reasons_are_counted_the_most_frequent_first(study: Study, capsys: Capture) -> None:
    made = made_up_study.study()
    levels = tuple(Level(str(i), i > 0) for i in range(3))
    failing = replace(made, factors=(Factor("scaler", "scale.fails", levels),))
    assert study(ReportPlan("x", "y?", (failing,)), *RUN) == 0
    out, err = capsys.readouterr()
    n = len(made.sources)
    assert out == f"made-up: {n} done, {2 * n} failed; tables and report.html in out\n"
    assert err.splitlines() == [f"{2 * n} cells: no static window (before that: the subject sways)"]


@pytest.mark.parametrize(
    ("plan", "words", "told"),
    [
        (one(), ("--accept",), "--accept writes the baseline, and the study names none"),
        (
            one(),
            ("--accept", "--subjects", "1"),
            "--accept writes the baseline, and a try-out has none",
        ),
        (
            one(baseline=Path("known.json")),
            (),
            "baseline known.json is not there; --accept writes it",
        ),
        (
            one(),
            ("--report", "no/page.html"),
            "cannot write no/page.html: there is no folder no",
        ),
    ],
)
def test_what_cannot_end_well_does_not_begin(
    plan: ReportPlan, words: tuple[str, ...], told: str, study: Study, tmp_path: Path,
    capsys: Capture,
) -> None:  # fmt: skip
    assert study(plan, *RUN, *words) == 2
    assert said(capsys) == [f"kinebench study: {told}"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["results.csv", "outcomes.csv", "manifest.json", "report.html"])
def test_a_folder_in_the_place_of_a_table_is_found_before_the_work(
    name: str, study: Study, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "out" / name).mkdir(parents=True)
    assert study(one(), *RUN) == 2
    assert name in said(capsys)[0]
    assert not (tmp_path / "out" / "store").exists()


def test_the_study_itself_is_not_replaced(study: Study, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "mine.toml").write_text("a study")
    assert study(one(), *RUN, "--report", "mine.toml") == 2
    assert "mine.toml" in said(capsys)[0]
    assert (tmp_path / "mine.toml").read_text() == "a study"


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        (("done", "failed"), 0),
        (("failed", "not applicable"), 1),
        (("not applicable",), 3),
        ((), 3),
    ],
)
def test_codes_of_one_study(statuses: tuple[str, ...], code: int) -> None:
    class Outcome:
        def __init__(self, status: str) -> None:
            self.status = status

    assert command.study_exit_code([Outcome(status) for status in statuses]) == code  # type: ignore[misc]


def test_the_help_shows_a_study_in_short(capsys: Capture) -> None:
    assert main(["study", "--help"]) == 0
    text = capsys.readouterr().out
    assert '  [[factors]]\n  name = "filter"\n  path = "clean"\n' in text
