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


GH = """\
#!/bin/sh
# what GitHub's own program would do, with artifacts, head and comments from files
case "$*" in
  "run download 7 --dir results") mkdir results && cp -r artifacts/. results ;;
  *pulls*) cat head ;;
  "api --paginate"*) cat old ;;
  *--method*) echo "$*" >> calls ;;
  *) echo "unforeseen: $*" >&2; exit 9 ;;
esac
"""


@pytest.fixture
def commenting(repository: Path) -> Path:
    """What the comment's workflow finds: the artifacts of a check that was red."""
    program = repository / "bin" / "gh"
    program.write_text(GH)
    program.chmod(0o755)
    for name, text in (("exit-code", "1"), ("summary.md", "### a knee moved @everybody")):
        place = repository / "artifacts" / uploaded("keep results")["name"]
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    request = repository / "artifacts" / "kinebench-request"
    request.mkdir()
    (request / "number").write_text("12; rm -rf /")
    (repository / "head").write_text("abc")
    (repository / "old").write_text("")
    return repository


def uploaded(name: str) -> dict[str, str]:
    """Artifact and folder that the action keeps, with the default of its input."""
    given = dict(step(name)["with"])
    assert given["name"] == "${{ inputs.artifact }}"
    return {**given, "name": document(ROOT / "action.yml")["inputs"]["artifact"]["default"]}


def commented(folder: Path) -> tuple[int, str]:
    """Run the steps of the workflow that comments; gives the exit code and the calls."""
    job = document(EXAMPLES / "github-comment.yml")["jobs"]["comment"]
    code = 0
    for each in job["steps"]:
        code = code or run(each["run"], folder, GH_REPO="a/b", RUN="7", HEAD="abc").returncode
    calls = folder / "calls"
    return code, calls.read_text() if calls.is_file() else ""


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_a_red_check_is_commented_once(commenting: Path) -> None:
    code, calls = commented(commenting)
    assert (code, calls.split(" -F")[0]) == (0, "api --method POST repos/a/b/issues/12/comments")
    body = (commenting / "comment.md").read_text()
    assert body.startswith("<!-- kinebench gate -->\nkinebench check ended with 1")
    # a code block: nobody is called by a stranger's text
    assert "\n    ### a knee moved @everybody" in body
    shutil.rmtree(commenting / "results")
    (commenting / "old").write_text("345")
    (commenting / "calls").unlink()
    assert "--method PATCH repos/a/b/issues/comments/345" in commented(commenting)[1]


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("case", "code", "called"),
    [
        ("green", 0, False),
        ("another head", 1, False),
        ("no result", 0, False),
        ("bad input", 0, True),
    ],
)
def test_what_is_commented_and_what_not(
    commenting: Path, case: str, code: int, called: bool
) -> None:
    results = commenting / "artifacts" / "kinebench-results"
    if case == "green":
        (results / "exit-code").write_text("0")
    elif case == "another head":
        (commenting / "head").write_text("def")
    elif case == "no result":
        shutil.rmtree(results)
    else:
        (results / "exit-code").write_text("2")
        (results / "summary.md").unlink()
    found, calls = commented(commenting)
    assert (found, bool(calls)) == (code, called)
    if case == "bad input":
        assert "The log of the job says why." in (commenting / "comment.md").read_text()


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_what_is_uploaded_is_there_whatever_happened(repository: Path) -> None:
    """Bad input leaves the exit code alone, and nothing of the gate that ran before."""
    folder = repository / uploaded("keep results")["path"]
    folder.mkdir()
    (folder / "summary.md").write_text("of another gate")
    assert run(step("check")["run"], repository, GATE="no-such.toml").returncode == 2
    assert [path.name for path in folder.iterdir()] == ["exit-code"]
    assert (folder / "exit-code").read_text() == "2\n"
    assert not (repository / "summary").exists()
    check = document(EXAMPLES / "github-check.yml")["jobs"]["check"]["steps"]
    (kept,) = (s["with"] for s in check if "upload-artifact" in s.get("uses", ""))
    (said,) = (s["run"] for s in check if "NUMBER" in s.get("env", {}))
    assert run(said, repository, NUMBER="12").returncode == 0
    assert (repository / kept["path"] / "number").read_text() == "12\n"
    assert kept["name"] == "kinebench-request"


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_the_action_installs_what_is_asked_for(repository: Path) -> None:
    (repository / "bin" / "python").write_text('#!/bin/sh\necho "$@" > installed\n')
    assert run(step("install")["run"], repository, INSTALL="a b; touch c").returncode == 0
    assert (repository / "installed").read_text() == "-m pip install --quiet a b; touch c\n"


def test_pose2sim_is_installed_and_tested_somewhere() -> None:
    workflow = document(ROOT / ".github" / "workflows" / "pose2sim.yml")
    steps = workflow["jobs"]["pose2sim"]["steps"]
    scripts = "\n".join(s.get("run", "") for s in steps)
    version = (ROOT / "examples" / "pose2sim" / "README.md").read_text().split("pose2sim==")[1][:7]
    assert f"pose2sim=={version}" in scripts
    assert "pytest tests/end_to_end/test_pose2sim.py" in scripts
    # without the variable its tests are skipped
    assert workflow["jobs"]["pose2sim"]["env"]["KINEBENCH_POSE2SIM"].endswith("venv/bin/python")


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


def test_the_test_of_pytest_is_the_readme_s_and_its_workflow_runs_it() -> None:
    """What the test itself does is tried in test_pytest_plugin.py, from README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    example = EXAMPLES / "test_gate.py"
    assert f"```python\n{example.read_text(encoding='utf-8')}```" in readme
    workflow = document(EXAMPLES / "github-pytest.yml")
    # a pull request of a stranger runs their code: it may read and no more
    assert workflow["permissions"] == {"contents": "read"}
    assert list(workflow[True]) == ["push", "pull_request"]
    scripts = {s["name"]: s["run"] for s in workflow["jobs"]["pytest"]["steps"] if "run" in s}
    assert scripts["install"].split()[-3:] == ["pytest", "kinebench", "."]
    assert f"-m pytest {example.name} " in scripts["test"]


def test_every_command_of_the_examples_exists() -> None:
    from kinebench.cli.main import _parser

    script = document(EXAMPLES / "gitlab-ci.yml")["gate"]["script"][1].split()
    assert script[0] == "kinebench"
    parsed = _parser(script[1:]).parse_args(script[1:])
    assert parsed.command == "check"
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    words = hook["entry"].split()[1:]
    assert _parser(words).parse_args(words).command == "check"


WORKFLOWS = [*EXAMPLES.glob("*.yml"), *(ROOT / ".github" / "workflows").glob("*.yml")]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_scripts_are_good_bash(path: Path) -> None:
    for job in document(path).get("jobs", {}).values():
        for each in job["steps"]:
            done = subprocess.run(["bash", "-n", "-c", each.get("run", "true")], check=False)
            assert done.returncode == 0
