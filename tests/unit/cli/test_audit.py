"""What `kinebench audit` says, and what it refuses before it reads anything."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from kinebench.cli import audit as command
from kinebench.cli.main import main
from kinebench.core import Coordinate, Motion
from kinebench.errors import KinebenchError
from kinebench.io.mot import write_motion
from kinebench.pipeline.audit import TrialAudit
from kinebench.quality.finding import Assessment, Finding, Severity
from kinebench.remarks import Remark


def audited(
    severity: Severity = "red",
    not_made: Mapping[str, str] = MappingProxyType({}),
    remarks: tuple[Remark, ...] = (),
) -> TrialAudit:
    findings = (
        Finding("gaps", severity, "says of gaps"),
        Finding("units", "green", "says of units"),
    )
    assessment = Assessment(findings, ("gaps", "units", "sides"), not_made)
    return TrialAudit("squat", assessment, None, remarks)


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


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["session", "--keypoints", "squat.trc"], "name either a session or --keypoints FILE"),
        (["session", "--static", "static.trc"], "--static: only with --keypoints"),
        (["--keypoints", "squat.trc", "--trial", "squat"], "--trial: only with a session"),
    ],
)
def test_an_audit_is_of_a_session_or_of_files(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "session" / "MarkerData").mkdir(parents=True)
    for name in ("squat.trc", "static.trc"):
        (tmp_path / name).touch()
    assert main(["audit", *words]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(("light", "code"), [("red", 1), ("amber", 0), ("green", 0)])
def test_the_light_is_the_exit_code_and_a_page_is_written_when_asked(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    light: Severity,
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


def test_the_page_is_of_the_source_and_the_command_as_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Any] = []
    audits = [audited(severity="green")]
    monkeypatch.setattr(command, "audited", lambda arguments, show: audits)
    monkeypatch.setattr(command, "write_report", lambda *given: written.append(given))
    monkeypatch.setattr("kinebench.pipeline.audit.worst_of", lambda audits: audits[0].severity)
    monkeypatch.setattr(sys, "argv", ["kinebench", "audit", "my session"])
    page = tmp_path / "a.html"
    for words, name in (
        ([str(tmp_path / "s1")], "s1"),
        (["--keypoints", "squat.trc"], "squat.trc"),
    ):
        assert main(["audit", *words, "--report", str(page)]) == 0
        assert written.pop() == (page, audits, name, "kinebench audit 'my session'")


def test_json_is_printed_instead_of_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "audited", lambda arguments, show: [audited(severity="green")])
    monkeypatch.setattr(command, "as_json", lambda audits: {"light": "grün"})
    monkeypatch.setattr("kinebench.pipeline.audit.worst_of", lambda audits: audits[0].severity)
    assert main(["audit", str(tmp_path), "--json"]) == 0
    out = capsys.readouterr().out
    assert json.loads(out) == {"light": "grün"}
    assert "grün" in out


def test_json_has_every_finding_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What set the light under `findings`, what is as it should be under `notes`."""
    audit = audited()
    monkeypatch.setattr(command, "audited", lambda arguments, show: [audit])
    monkeypatch.setattr("kinebench.pipeline.audit.worst_of", lambda audits: "red")
    assert main(["audit", str(tmp_path), "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)["trials"]
    for key, expected in (("findings", ("gaps", "red")), ("notes", ("units", "green"))):
        assert [(one["check"], one["severity"]) for one in told[key]] == [expected]


@dataclass(frozen=True)
class Planned:
    motion: Motion | None = None


def test_a_motion_that_lies_beside_the_keypoints_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[Motion | None] = []

    def audit_trial(plan: Planned, remarks: object) -> Any:
        judged.append(plan.motion)
        return audited(severity="green")

    monkeypatch.setattr(command, "planned", lambda arguments: (Planned(), None, ()))
    monkeypatch.setattr("kinebench.pipeline.audit.audit_trial", audit_trial)
    monkeypatch.setattr("kinebench.pipeline.audit.worst_of", lambda audits: "green")
    times, values = np.array([0.0, 0.5]), np.array([[0.1], [0.2]])
    motion = Motion((Coordinate("knee_angle_r"),), times, values)
    write_motion(tmp_path / "squat.mot", motion)
    (tmp_path / "squat.trc").touch()
    words = ["audit", "--keypoints", str(tmp_path / "squat.trc")]
    assert main(words) == 0
    assert main([*words, "--motion", str(tmp_path / "squat.mot")]) == 0
    bare, beside = judged
    assert bare is None
    assert beside is not None
    np.testing.assert_allclose(beside.values, motion.values, atol=1e-6)


def test_trials_of_a_session_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "MarkerData").mkdir()
    for name in ("walk", "neutral", "squat"):
        (tmp_path / "MarkerData" / f"{name}.trc").touch()
    shown: list[str] = []
    asked: list[str] = []

    def planned(arguments: Any) -> Any:
        asked.append(arguments.trial)
        raise KinebenchError(f"no plan for {arguments.trial}")

    monkeypatch.setattr(command, "planned", planned)
    monkeypatch.setattr(command, "status_line", lambda: nullcontext(shown.append))
    assert main(["audit", str(tmp_path)]) == 1
    assert asked == ["squat", "walk"]
    assert shown == ["1 of 2: squat …", "2 of 2: walk …"]
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == [
        "RED    squat: 0 checks", "RED    walk: 0 checks",
    ]  # fmt: skip
    assert "  red    pipeline: no result: no plan for walk" in lines
    # the one that is named, and the static trial where there is no other
    assert main(["audit", str(tmp_path), "--trial", "neutral"]) == 1
    assert asked[2:] == ["neutral"]
    for name in ("walk", "squat"):
        (tmp_path / "MarkerData" / f"{name}.trc").unlink()
    assert main(["audit", str(tmp_path)]) == 1
    assert asked[3:] == ["neutral"]
    assert main(["audit", str(tmp_path), "--trial", "walk"]) == 2


def test_what_every_trial_has_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    told = Remark("set-up", "note", "says of the static trial")
    one = audited("amber", {"floor": "needs markers"}, (told,))
    other = replace(one, trial="walk", remarks=(told, Remark("rate", "note", "says of the walk")))
    command._print([one, other])
    assert capsys.readouterr().out.splitlines() == [
        "AMBER  squat: 3 checks",
        "AMBER  walk: 3 checks",
        "  remark: says of the walk",
        "in every trial:",
        "  amber  gaps: says of gaps",
        "  note   units: says of units",
        "  not checked: floor",
        "  remark: says of the static trial",
    ]
