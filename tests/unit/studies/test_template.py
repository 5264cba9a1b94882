from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from kinebench.cli.main import main
from kinebench.studies.execution.cells import run_cell
from kinebench.studies.execution.store import Store
from kinebench.studies.files.report_file import read_report
from kinebench.studies.files.template import study_template
from kinebench.studies.plan import cells, count_cells
from kinebench.studies.report_plan import SECTIONS


def test_a_new_study_runs_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.toml"
    assert main(["study", "new", str(path)]) == 0
    assert f"kinebench study run {path} --out mine" in capsys.readouterr().out
    (study,) = read_report(path).studies
    assert (study.name, study.judged.name, count_cells(study)) == ("mine", "rmse", 8)
    last = list(cells(study))[-1]
    outcome = run_cell(last, study, Store(tmp_path / "store"))
    assert (outcome.status, outcome.reason) == ("done", "")


def test_its_engine_is_the_fast_one_and_every_section_is_named() -> None:
    text = study_template("x")
    assert tomllib.loads(text)["base"]["engine"] == "fast"
    assert all(f'"{kind}"' in text for kind in SECTIONS)


def test_what_is_commented_out_is_valid_too() -> None:
    """Each commented line of TOML, uncommented, is still one study."""
    # a comment of words has no sign of equality or bracket behind its first word
    toml = re.compile(r"# (\[\[.*|\w+ = .*)")
    lines = [
        found[1] if (found := toml.fullmatch(line)) else line
        for line in study_template("x").splitlines()
    ]
    content = tomllib.loads("\n".join(lines))
    assert content["baseline"] == "baseline.json"
    session, files, dataset = content["trials"]
    assert session == {"session": "OpenCapData_1"}
    assert set(files) == {"file", "static", "reference", "mass_kg", "height_m", "lag_s",
                          "same_frame"}  # fmt: skip
    assert dataset == {
        "dataset": "opencap-session-subject0", "sample": "Squats_0", "subject": "subject 0",
         "activity": "squat", "reference": "opencap"}  # fmt: skip


def test_a_name_with_quotes_stays_a_name() -> None:
    assert tomllib.loads(study_template('a "b" \\ c'))["name"] == 'a "b" \\ c'


@pytest.mark.parametrize(("name", "told"), [("mine.toml", "is there already"), ("m.txt", ".toml")])
def test_nothing_is_overwritten(
    tmp_path: Path, name: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.toml").write_text("mine")
    assert main(["study", "new", str(tmp_path / name)]) == 2
    assert told in capsys.readouterr().err
    assert (tmp_path / "mine.toml").read_text() == "mine"


def test_help_shows_examples_of_files_and_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "--help"]) == 0
    text = capsys.readouterr().out
    own = ("[[trials]]", 'session = "OpenCapData_1"', 'reference = "squat_mocap.mot"')
    commands = ("study new filters.toml", "study run FOLDER")
    for words in (*commands, 'engine = "fast"', "[[factors]]", *own):
        assert words in text
