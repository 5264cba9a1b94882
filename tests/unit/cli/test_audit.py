"""What `kinebench audit` says, and what it refuses before it reads anything."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kinebench.cli import audit as command
from kinebench.cli.main import main
from kinebench.remarks import Remark


def finding(severity: str, check: str) -> SimpleNamespace:
    return SimpleNamespace(severity=severity, check=check, text=f"says of {check}")


def audited(**changes: Any) -> SimpleNamespace:
    worst = [finding("red", "gaps")]
    assessment = SimpleNamespace(
        made=("gaps", "units", "sides"),
        findings=[*worst, finding("green", "units")],
        not_made=changes.pop("not_made", {}),
    )
    told = {"severity": "red", "trial": "squat", "findings": worst, "remarks": ()}
    return SimpleNamespace(assessment=assessment, **{**told, **changes})


def printed(capsys: pytest.CaptureFixture[str], **changes: Any) -> list[str]:
    command._print([audited(**changes)])
    return capsys.readouterr().out.splitlines()


def test_light_findings_and_notes_come_in_this_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys) == [
        "RED    squat: 3 checks",
        "  red    gaps: says of gaps",
        "  note   units: says of units",
    ]


def test_what_was_not_checked_is_listed_where_there_is_any(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reasons = {"floor": "no feet", "static trial": "there is none"}
    assert printed(capsys, not_made=reasons)[-1] == "  not checked: floor, static trial"
    assert not any("not checked" in line for line in printed(capsys))


def test_remarks_come_last(capsys: pytest.CaptureFixture[str]) -> None:
    remarks = (Remark("static", "note", "no static trial"), Remark("unit", "note", "a guess"))
    lines = printed(capsys, remarks=remarks)
    assert lines[-2:] == ["  remark: no static trial", "  remark: a guess"]


def test_a_motion_goes_with_files_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(tmp_path), "--motion", "squat.mot"]) == 2
    assert "--motion: only with --keypoints" in capsys.readouterr().err


@pytest.mark.parametrize(("light", "code"), [("red", 1), ("amber", 0), ("green", 0)])
def test_the_light_is_the_exit_code_and_a_page_is_written_when_asked(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    light: str,
    code: int,
) -> None:
    written: list[Any] = []
    monkeypatch.setattr(command, "_session", lambda arguments, show: [audited(severity=light)])
    monkeypatch.setattr(command, "write_report", lambda *given: written.append(given))
    monkeypatch.setattr("kinebench.pipeline.audit.worst_of", lambda audits: audits[0].severity)
    assert main(["audit", str(tmp_path)]) == code
    assert written == []
    assert main(["audit", str(tmp_path), "--report", str(tmp_path / "a.html")]) == code
    assert len(written) == 1
    assert capsys.readouterr().out.count(light.upper()) == 2
