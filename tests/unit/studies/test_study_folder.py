"""Folders of studies: what their files state, and what a run of them leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from kinebench.cli.main import main
from kinebench.cli.study_files import _study_files
from kinebench.errors import FileFormatError, KinebenchError
from kinebench.studies.design import Study
from kinebench.studies.files import report_file as toml_report
from kinebench.studies.files.report_file import read_report
from kinebench.studies.report_plan import ReportPlan, SectionChoice, with_first_subjects

pytestmark = pytest.mark.usefixtures("undrawn")

PART = """
name = "{name}"
[base]
body = "lab"
augmenter = "lab-1"
engine = "fast"
[laboratory]
subjects = 2
activities = ["one squat"]
[[factors]]
name = "filter"
path = "clean"
levels = ["none", "butterworth:6", "butterworth:12", "median"]
"""
INDEX = """
title = "Filters"
question = "Which filter?"
baseline = "known.json"
sections = ["causes", { kind = "oracle", candidates = ["butterworth:*"] }]
"""


def written(folder: Path, **texts: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    parts = {name: PART.format(name=name) for name in ("b", "a")}
    return written(tmp_path / "mine", study=INDEX, **parts)


def test_files_are_parts_in_the_order_of_their_names(folder: Path) -> None:
    plan = read_report(folder)
    assert [study.name for study in plan.studies] == ["a", "b"]
    assert (plan.title, plan.question) == ("Filters", "Which filter?")
    assert {study.question for study in plan.studies} == {"Which filter?"}
    assert plan.baseline == folder / "known.json"
    assert plan.sections == (
        SectionChoice("causes"),
        SectionChoice("oracle", "", "filter", ("butterworth:6", "butterworth:12")),
    )


def test_the_index_may_order_and_choose_the_parts(folder: Path) -> None:
    written(folder, study='parts = ["b.toml"]\n' + INDEX)
    assert [study.name for study in read_report(folder).studies] == ["b"]
    written(folder, study='parts = ["c.toml"]\n' + INDEX)
    with pytest.raises(FileFormatError, match=r"part 'c\.toml' is not in .*a\.toml, b\.toml"):
        read_report(folder)


def test_a_part_that_is_run_alone_has_the_question_of_its_folder(folder: Path) -> None:
    plan = read_report(folder / "b.toml")
    assert (plan.title, plan.question) == ("b", "Which filter?")
    assert (plan.sections, plan.baseline) == ((), None)


def test_without_an_index_the_first_file_states_what_is_shared(tmp_path: Path) -> None:
    head = 'title = "T"\nquestion = "Q?"\nsections = ["causes"]\n'
    other = 'question = "R?"\n' + PART.format(name="second")
    folder = written(tmp_path, one=head + PART.format(name="first"), two=other)
    plan = read_report(folder)
    assert (plan.title, plan.question, len(plan.sections)) == ("T", "Q?", 1)
    assert [study.question for study in plan.studies] == ["Q?", "R?"]
    written(folder, two='title = "U"\n' + other)
    with pytest.raises(FileFormatError, match=r"two\.toml: title .* stands in one\.toml"):
        read_report(folder)


def test_what_is_stated_nowhere_is_that_of_the_first_part(tmp_path: Path) -> None:
    """Title and question of a report; without any file's word there is no baseline."""
    texts = {
        name: f'question = "{name}?"\n' + PART.format(name=f"the {name}")
        for name in ("c", "a", "b")
    }
    plan = read_report(written(tmp_path, **texts))
    assert (plan.title, plan.question, plan.baseline) == ("the a", "a?", None)
    assert [(study.name, study.question) for study in plan.studies] == [
        ("the a", "a?"), ("the b", "b?"), ("the c", "c?"),
    ]  # fmt: skip


def test_a_study_file_named_like_the_index_is_a_study(tmp_path: Path) -> None:
    folder = written(tmp_path, study='question = "Q?"\n' + PART.format(name="only"))
    assert read_report(folder).studies == read_report(folder / "study.toml").studies


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("sections = [", "sections = ['cuases', "), "did you mean 'causes'"),
        (("sections = [", "sections = ['sinking', "), "sinking needs metric bias"),
        (
            ("sections = [", "sections = [{ kind = 'metric', metric = 'mae' }, "),
            "it shows metric mae, which study 'a' does not have; its metrics are rmse",
        ),
        (("sections = [", "sections = ['metric', "), "'metric'"),
        (("butterworth:*", "butterwort:*"), "butterwort:"),
        (("butterworth:*", "median"), "two candidates or more"),
        (("candidates", "candidate"), "did you mean 'candidates'"),
        (('kind = "oracle"', 'kind = "oracle", factor = "fitler"'), "did you mean 'filter'"),
        (('kind = "oracle"', 'kind = "oracle", split = "nothing"'), "split|label"),
        (("question", "qestion"), "did you mean 'question'"),
        (('"known.json"', "3"), "baseline must be a text"),
    ],
)
def test_a_fault_of_the_index_is_one_line_with_file_and_word(
    folder: Path, change: tuple[str, str], told: str
) -> None:
    written(folder, study=INDEX.replace(*change))
    for name in "ab":
        written(folder, **{name: 'metrics = ["rmse"]\n' + PART.format(name=name)})
    with pytest.raises(KinebenchError, match=told) as error:
        read_report(folder)
    assert str(error.value).startswith("study.toml: ")
    assert len(str(error.value).splitlines()) == 1


def test_parts_differ_in_name_and_agree_in_the_primary_metric(folder: Path) -> None:
    written(folder, b=PART.format(name="A!"))
    with pytest.raises(KinebenchError, match="names must differ"):
        read_report(folder)
    written(folder, b='metrics = ["mae"]\n' + PART.format(name="b"))
    with pytest.raises(KinebenchError, match="one primary metric, found rmse, mae"):
        read_report(folder)


def test_an_empty_folder_and_an_index_without_parts(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="no study file"):
        read_report(tmp_path)
    written(tmp_path, study=INDEX)
    with pytest.raises(FileFormatError, match="no study file beside it"):
        read_report(tmp_path)


def test_a_try_out_has_the_first_subjects_and_no_baseline(folder: Path) -> None:
    plan = with_first_subjects(read_report(folder), 1)
    assert [len(study.sources) for study in plan.studies] == [1, 1]
    assert plan.baseline is None


def test_a_folder_is_listed_as_one_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "list", str(folder.parent), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row == {"file": str(folder), "name": "Filters", "question": "Which filter?", "cells": 16}
    assert main(["study", "plan", str(folder), "--subjects", "1"]) == 0
    assert capsys.readouterr().out.count("cells    4") == 2


Command = Callable[..., int]


@pytest.fixture
def two(made_up: ModuleType, tmp_path: Path) -> ReportPlan:
    """Two made-up studies of three subjects, held against a baseline."""
    sources = tuple(made_up.MadeUpSource("t", f"s{i}") for i in range(3))
    first: Study = made_up.study(sources=sources)
    sections = (
        SectionChoice("causes"),
        SectionChoice("sinking"),
        SectionChoice("oracle", "Gains", "gain", ("1", "2")),
        SectionChoice("metric", metric="bias"),
    )
    second = replace(first, name="other", sources=sources[:1])
    return ReportPlan("Two", "why?", (first, second), sections, tmp_path / "known.json")


@pytest.fixture
def command(two: ReportPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setattr(toml_report, "read_report", lambda path: two)
    monkeypatch.setattr("warnings.showwarning", None)
    monkeypatch.chdir(tmp_path)
    return lambda *words: main(["study", *words])


def run(command: Command, *words: str) -> int:
    return command("run", "mine", "--out", "out", "--workers", "1", *words)


def test_a_run_of_a_folder_is_one_page_with_tables_of_each_part(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command, "--accept") == 0
    printed, said = capsys.readouterr()
    assert printed == "Two: 32 done; tables and report.html in out\n"
    assert "known.json written: 3 figures" in said
    for name in ("made-up", "other"):
        names = {path.name for path in (tmp_path / "out" / name).iterdir()}
        assert names == {"results.csv", "outcomes.csv", "manifest.json"}
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert page.count("why?</p>") == 1
    for title in ("Virtual subjects, made-up", "Virtual subjects, other", "Gains",
                  "Causes of the error: virtual subjects, other",
                  "Effects by bias: virtual subjects, other"):  # fmt: skip
        assert title in page
    assert page.index("Gains") < page.index("Effects</h3>")
    # the report of the same store is the same page
    first = page
    assert command("report", "mine", "--out", "out") == 0
    assert (tmp_path / "out" / "report.html").read_text(encoding="utf-8") == first


def test_a_full_run_is_held_against_the_baseline(
    command: Command,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # the page is looked at above; six more of them would say nothing new
    monkeypatch.setattr("kinebench.reports.study.write_page", lambda *_: None)
    known = tmp_path / "known.json"
    assert run(command) == 2  # before anything is run
    assert "baseline" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert run(command, "--accept") == 0
    assert run(command) == 0
    assert "all 3 figures equal known.json within 0.01" in capsys.readouterr().err
    content = json.loads(known.read_text())
    gain = content["changes"]["gain: 2, squat"]
    content["changes"]["gain: 2, squat"] = gain + 0.0101
    known.write_text(json.dumps(content))
    assert run(command) == 1
    said = capsys.readouterr().err
    assert f"  gain: 2, squat: {gain + 0.0101} → {gain}" in said
    content["changes"] = {"gain: 2, squat": gain, "gone: x": 0.0}
    known.write_text(json.dumps(content))
    assert run(command) == 1
    assert "gone: x: 0.0 → —" in capsys.readouterr().err
    # a try-out is held against nothing, and cannot be accepted
    assert run(command, "--subjects", "1") == 0
    assert run(command, "--subjects", "1", "--accept") == 2
    known.write_text("[]")
    assert run(command) == 2


def test_a_part_of_which_all_failed_is_no_success(
    two: ReportPlan, made_up: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two.studies
    levels = (made_up.Level("broken", True), made_up.Level("gone", True))
    failing = replace(second, factors=(made_up.Factor("scaler", "scale.fails", levels),))
    plan = replace(two, studies=(first, failing), sections=(), baseline=None)
    monkeypatch.setattr(toml_report, "read_report", lambda path: plan)
    monkeypatch.setattr("warnings.showwarning", None)
    monkeypatch.chdir(tmp_path)
    assert run(lambda *words: main(["study", *words])) == 1
    assert "What was left out" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


@pytest.mark.mirror
def test_the_projects_own_folders_choose_sections_and_baselines(
    mirror_file: Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mirror_file("opensimPipeline/Models/LaiUhlrich2022.osim")
    read: dict[Path, ReportPlan] = {}

    def reading(path: Path) -> ReportPlan:
        return read.setdefault(path, read_report(path))

    monkeypatch.setattr(toml_report, "read_report", reading)
    assert main(["study", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == len(read)
    assert all(row["cells"] > 1 and row["question"].endswith("?") for row in rows)
    plans = {path.name: plan for path, plan in read.items() if path.is_dir()}
    # real recordings refer to what one of the versions gave: no part of the version study
    assert {name: len(plan.studies) for name, plan in plans.items()} == {
        "augmenter_version": 1, "filtering": 2, "right_side_sinks": 2, "static_pose": 2,
    }  # fmt: skip
    assert all(plan.baseline is not None for plan in plans.values())
    # stated before results are seen
    assert {study.margin for plan in plans.values() for study in plan.studies} == {0.5}
    oracle, *derivatives = plans["filtering"].sections
    assert (oracle.kind, len(oracle.candidates)) == ("oracle", 10)
    assert [one.metric for one in derivatives] == ["velocity_rmse", "acceleration_rmse"]
    assert [one.kind for one in plans["right_side_sinks"].sections] == ["sinking"]


def test_files_of_a_folder_are_those_that_end_so_by_name(tmp_path: Path) -> None:
    for name in ("b.toml", "A.TOML", "c.txt", "toml"):
        (tmp_path / name).write_text("")
    assert [path.name for path in toml_report.study_files(tmp_path)] == ["A.TOML", "b.toml"]


def test_an_index_is_a_file_of_its_name_without_factors(folder: Path) -> None:
    assert toml_report.is_index(folder / "study.toml")
    assert not toml_report.is_index(folder / "a.toml")
    written(folder, other=INDEX)
    assert not toml_report.is_index(folder / "other.toml")
    written(folder, study="")
    assert not toml_report.is_index(folder / "study.toml")
    written(folder, study=PART.format(name="s"))
    assert not toml_report.is_index(folder / "study.toml")


def test_a_part_with_a_question_of_its_own_keeps_it(folder: Path) -> None:
    written(folder, b='question = "Mine?"\n' + PART.format(name="b"))
    assert read_report(folder / "b.toml").question == "Mine?"
    whole = read_report(folder)
    assert whole.question == "Which filter?"
    assert [study.question for study in whole.studies] == ["Which filter?", "Mine?"]


def test_a_part_without_any_question_is_refused_with_its_name(tmp_path: Path) -> None:
    folder = written(tmp_path, a=PART.format(name="a"))
    for path in (folder, folder / "a.toml"):
        with pytest.raises(FileFormatError, match=r"^a\.toml: .*question"):
            read_report(path)


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ({"study": INDEX.replace('title = "Filters"', "")}, "study.toml: the index of a folder"),
        ({"study": 'parts = "a"\n' + INDEX}, "study.toml: the index: parts must be"),
        ({"a": 'sections = ["causes"]\n' + PART.format(name="a")},
         "a.toml: sections is that of the whole report and stands in study.toml"),
        ({"a": 'baseline = "x"\n' + PART.format(name="a")},
         "a.toml: baseline is that of the whole report and stands in study.toml"),
        ({"a": PART.format(name="a").replace('"median"', '"mdian"')}, "a.toml: "),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_the_file_that_has_it(
    folder: Path, texts: dict[str, str], told: str
) -> None:
    written(folder, **texts)
    with pytest.raises(FileFormatError) as caught:
        read_report(folder)
    assert str(caught.value).startswith(told)


def test_folders_without_studies_are_told_with_their_path(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError) as caught:
        read_report(tmp_path)
    assert str(caught.value) == f"{tmp_path} has no study file (*.toml)"
    written(tmp_path, study=INDEX)
    with pytest.raises(FileFormatError) as caught:
        read_report(tmp_path)
    assert str(caught.value) == f"{tmp_path} has an index, and no study file beside it"
    written(tmp_path, study='parts = ["a.toml"]\n' + INDEX)
    with pytest.raises(FileFormatError) as caught:
        read_report(tmp_path)
    assert str(caught.value) == f"study.toml: part 'a.toml' is not in {tmp_path}; it has none"


def test_the_order_of_parts_may_be_another_than_that_of_names(folder: Path) -> None:
    written(folder, study='parts = ["b.toml", "a.toml"]\n' + INDEX)
    plan = read_report(str(folder))
    assert [study.name for study in plan.studies] == ["b", "a"]
    assert plan.baseline == folder / "known.json"


def test_an_index_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    written(tmp_path / "a", study="[[")
    for name in "bc":
        written(tmp_path / name, study=INDEX, part=PART.format(name=name))
    assert list(_study_files([tmp_path])) == [
        tmp_path / "a" / "study.toml", tmp_path / "b", tmp_path / "c",
    ]  # fmt: skip
