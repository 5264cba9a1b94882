"""What other repositories' servers run: well formed, with least rights, and each step run here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "ci"
GATE = "[under_test]\npython = 'toy_action:estimate'\n[laboratory]\nsubjects = 1\n" \
       "activities = ['one squat']\n"  # fmt: skip
PIPELINE = """\
from kinebench.core.motion import Coordinate, Motion


def estimate(trial):
    height = trial.keypoints.position("midHip")[:, 1:2]
    return Motion((Coordinate("pelvis_ty", "translational"),), trial.keypoints.times, height)
"""


def document(path: Path) -> dict[Any, Any]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def step(name: str) -> dict[str, Any]:
    (found,) = (s for s in document(ROOT / "action.yml")["runs"]["steps"] if s["name"] == name)
    return found


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "gate.toml").write_text(GATE)
    (tmp_path / "toy_action.py").write_text(PIPELINE)
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (programs / "python").chmod(0o755)
    return tmp_path


def run(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "GITHUB_OUTPUT": str(folder / "output"),
            "BASELINE": "",
            **environment,
        },
    )


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_the_action_passes_the_exit_code_on_and_keeps_what_was_said(repository: Path) -> None:
    accept = 'python -m kinebench baseline accept gate.toml --reason "the first" --repeats 2'
    assert run(accept, repository).returncode == 0
    script = step("check")["run"]
    fine = run(script, repository, GATE="gate.toml")
    assert fine.returncode == 0, fine.stderr
    assert "exit-code=0" in (repository / "output").read_text()
    (repository / "toy_action.py").write_text(PIPELINE.replace("1:2]", "1:2] + 0.01"))
    red = run(script, repository, GATE="gate.toml")
    assert red.returncode == 1
    assert "::error file=gate.baseline.toml" in red.stdout
    assert "exit-code=1" in (repository / "output").read_text()
    assert "### ❌" in (repository / "summary").read_text()
    kept = sorted(path.name for path in (repository / "kinebench-results").iterdir())
    assert kept == ["exit-code", "junit.xml", "report.html", "summary.md"]
    bad = run(script, repository, GATE="no-such.toml", BASELINE="also no such.toml")
    assert bad.returncode == 2


def test_inputs_reach_no_script_as_code() -> None:
    for path in (ROOT / "action.yml", *EXAMPLES.glob("github-*.yml")):
        content = document(path)
        jobs = content.get("jobs", {"": content.get("runs")})
        scripts = [s["run"] for job in jobs.values() for s in job["steps"] if "run" in s]
        assert scripts
        assert not [script for script in scripts if "${{" in script]


def test_what_runs_a_strangers_code_has_no_rights() -> None:
    check = document(EXAMPLES / "github-check.yml")
    # YAML 1.1 reads the key "on" as true
    assert list(check[True]) == ["pull_request"]
    assert check["permissions"] == {"contents": "read"}
    comment = document(EXAMPLES / "github-comment.yml")
    assert list(comment[True]) == ["workflow_run"]
    assert comment[True]["workflow_run"]["workflows"] == [check["name"]]
    assert comment["permissions"] == {"actions": "read", "pull-requests": "write"}
    uses = [s.get("uses", "") for job in comment["jobs"].values() for s in job["steps"]]
    assert not [one for one in uses if "checkout" in one]


def test_every_command_of_the_examples_exists() -> None:
    from kinebench.cli.main import _parser

    script = document(EXAMPLES / "gitlab-ci.yml")["gate"]["script"][1].split()
    assert script[0] == "kinebench"
    parsed = _parser(script[1:]).parse_args(script[1:])
    assert parsed.command == "check"
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    words = hook["entry"].split()[1:]
    assert _parser(words).parse_args(words).command == "check"


@pytest.mark.parametrize("path", [*EXAMPLES.glob("*.yml")], ids=lambda path: path.name)
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_scripts_are_good_bash(path: Path) -> None:
    for job in document(path).get("jobs", {}).values():
        for each in job["steps"]:
            done = subprocess.run(["bash", "-n", "-c", each.get("run", "true")], check=False)
            assert done.returncode == 0
