"""``kinebench demo`` on a made-up study: what it asks for, prints and writes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kinebench.cli.main import main
from kinebench.lab.camera.catalogue import parse_camera
from kinebench.studies.demo import Demonstration
from kinebench.studies.design import Factor, Level
from tests.unit.studies import made_up_study

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """What the demonstration is asked for; it is the made-up study."""
    calls: list[Any] = []

    def demonstration(*given: Any) -> Demonstration:
        calls.append(given)
        return Demonstration(made_up_study.study(), ("v0.2", "v0.3"), "lab")

    monkeypatch.setattr("kinebench.studies.demo.demonstration", demonstration)
    monkeypatch.chdir(tmp_path)
    return calls


def without_a_page(patch: pytest.MonkeyPatch) -> None:
    """Where another test has looked at it."""
    patch.setattr("kinebench.reports.study.study_document", lambda *_: None)
    patch.setattr("kinebench.reports.html.as_html", lambda _: "")


def test_what_it_says_and_where_the_report_is(
    asked: list[Any], tmp_path: Path, capsys: Capture
) -> None:
    assert main(["demo", "--workers", "1"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "16 pipeline runs: 16 done",
        "body: the laboratory's own",
        "left out: augmenter v0.2, v0.3, whose files are not here; 'kinebench data fetch"
        " opencap-core' gets them",
        f"report: {tmp_path / 'demo' / 'report.html'}",
    ]
    assert asked == [(4, "auto", parse_camera("two-phones"), "template")]
    names = {path.name for path in (tmp_path / "demo").iterdir()}
    assert names == {"results.csv", "outcomes.csv", "manifest.json", "report.html", "store"}
    page = (tmp_path / "demo" / "report.html").read_text("utf-8")
    assert "<title>Demonstration" in page
    assert "kinebench demo --subjects 4 --body lab<" in page
    assert "does it work?" in page


def test_the_page_names_the_command_with_what_is_not_the_default(
    asked: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    without_a_page(monkeypatch)
    monkeypatch.setattr(
        "kinebench.reports.study.study_document", lambda *given: told.append(given[-1])
    )
    words = ["--subjects", "2", "--body", "opencap", "--camera", "none", "--people", "moving"]
    assert main(["demo", *words, "--workers", "1", "--out", "mine"]) == 0
    assert asked == [(2, "opencap", parse_camera("none"), "moving")]
    assert told == ["kinebench demo --subjects 2 --body lab --camera none --people moving"]
    assert (tmp_path / "mine" / "report.html").is_file()


def test_where_nothing_can_be_written_nothing_is_computed(
    asked: list[Any], tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "demo").write_text("a file")
    assert main(["demo", "--workers", "1"]) == 2
    assert "demo" in capsys.readouterr().err
    (tmp_path / "mine" / "report.html").mkdir(parents=True)
    assert main(["demo", "--workers", "1", "--out", "mine"]) == 2
    assert "report.html" in capsys.readouterr().err
    assert asked == []


def test_everything_at_hand_is_not_told_and_opencap_s_body_is_named(
    asked: list[Any], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Demonstration(made_up_study.study(), (), "opencap")
    monkeypatch.setattr("kinebench.studies.demo.demonstration", lambda *_: made)
    without_a_page(monkeypatch)
    assert main(["demo", "--workers", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "body: OpenCap's LaiUhlrich2022"
    assert len(lines) == 3


def test_a_demonstration_of_which_all_fails_is_no_success(
    asked: list[Any], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Factor("scaler", "scale.fails", (Level("broken", True), Level("too", True)))
    failing = replace(made_up_study.study(), factors=(broken,))
    made = Demonstration(failing, (), "lab")
    monkeypatch.setattr("kinebench.studies.demo.demonstration", lambda *_: made)
    without_a_page(monkeypatch)
    assert main(["demo", "--workers", "1"]) == 1
    assert capsys.readouterr().out.startswith("4 pipeline runs: 4 failed\n")
