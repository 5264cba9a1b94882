"""A stranger's repository with its own pipeline: green when clean, red when a fault is planted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kinebench.baselines.gate import QUICK_BASELINE
from kinebench.baselines.text import baseline_text, read_baseline
from kinebench.cli.main import main

pytestmark = pytest.mark.usefixtures("trials_filmed_once")

ROOT = Path(__file__).resolve().parents[2]
PIPELINE = '''\
"""Knees from keypoints."""

import numpy as np

from kinebench.core.motion import Coordinate, Motion

KNEES = (("knee_angle_r", "R"), ("knee_angle_l", "L"))


def estimate(trial):
    keypoints = trial.keypoints
    angles = [knee(keypoints, side) for _, side in KNEES]
    coordinates = tuple(Coordinate(name) for name, _ in KNEES)
    return Motion(coordinates, keypoints.times, np.stack(angles, axis=1))


def knee(keypoints, side):
    hip, knee, ankle = (keypoints.position(side + name) for name in ("Hip", "Knee", "Ankle"))
    thigh, shank = hip - knee, ankle - knee
    cosine = (thigh * shank).sum(axis=1)
    cosine /= np.linalg.norm(thigh, axis=1) * np.linalg.norm(shank, axis=1)
    return np.pi - np.arccos(cosine)
'''
GATE = """\
[under_test]
python = "{module}:estimate"

[laboratory]
subjects = 1
activities = ["one squat", "gait"]
"""
CLEAN = "toy_without_faults"
Check = Callable[..., int]


class Repository:
    """A folder with a pipeline and its gate."""

    def __init__(self, folder: Path, module: str) -> None:
        self.folder, self.module, self.n_faults = folder, module, 0
        self.gate = folder / "gate.toml"
        self.baseline = folder / "gate.baseline.toml"
        self.write(PIPELINE)

    def write(self, pipeline: str) -> None:
        # a module that Python has imported stays: each version is a module of its own, and the
        # first, the same in every repository, is one
        name = f"{self.module}_{self.n_faults}" if self.n_faults else CLEAN
        self.n_faults += 1
        (self.folder / f"{name}.py").write_text(pipeline)
        self.gate.write_text(GATE.format(module=name))

    def plant(self, old: str, new: str) -> None:
        assert old in PIPELINE
        self.write(PIPELINE.replace(old, new))

    def accept(self, *more: str) -> int:
        return main(
            ["baseline", "accept", str(self.gate), "--reason", "the knees were looked at",
             "--by", "a person", "--date", "2026-11-28", "--repeats", "3", *more]
        )  # fmt: skip

    def check(self, *more: str) -> int:
        return main(["check", str(self.gate), *more])


@pytest.fixture(scope="module")
def accepted_baseline(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of the first version, as the command writes it: every test begins with it."""
    first = Repository(tmp_path_factory.mktemp("first"), "toy")
    assert first.accept() == 0
    return first.baseline.read_text()


@pytest.fixture
def repository(
    tmp_path: Path, request: pytest.FixtureRequest, accepted_baseline: str
) -> Repository:
    made = Repository(tmp_path, f"toy_{abs(hash(request.node.nodeid)) % 10**9}")
    made.baseline.write_text(accepted_baseline)
    return made


def test_a_clean_change_is_green(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.plant("np.pi - np.arccos(cosine)", "np.arccos(-cosine)")
    assert repository.check() == 0
    out = capsys.readouterr().out
    assert "gate: nothing moved: " in out
    assert "accepted 2026-11-28 by a person: the knees were looked at" in out


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return np.pi - np.arccos(cosine)", "return np.degrees(np.pi - np.arccos(cosine))"),
        ("keypoints, side) for _, side in KNEES", 'keypoints, "R") for _, side in KNEES'),
        ("keypoints.times, np.stack", "keypoints.times + 0.05, np.stack"),
        ("return np.pi - np.arccos(cosine)", "return 0.9 * (np.pi - np.arccos(cosine))"),
    ],
    ids=["degrees", "right for left", "late", "a tenth too little"],
)
def test_a_planted_fault_is_red_and_described(
    repository: Repository, old: str, new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.plant(old, new)
    capsys.readouterr()
    assert repository.check() == 1
    out = capsys.readouterr().out
    assert "failed: adults-0 gait, knee_angle_" in out
    assert "limit " in out
    assert "by tolerance 'angle" in out
    assert " from " in out
    assert "changed besides: parameter python" in out


def test_a_coordinate_that_is_gone_is_red(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.plant(', ("knee_angle_l", "L")', ",")
    assert repository.check() == 1
    assert "knee_angle_l: course is no longer there" in capsys.readouterr().out


def test_a_coordinate_that_is_new_is_reported(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.plant('("knee_angle_l", "L"))', '("knee_angle_l", "L"), ("ankle_angle_l", "L"))')
    assert repository.check() == 0
    assert "new: adults-0 one squat, ankle_angle_l" in capsys.readouterr().out
    assert repository.accept() == 0
    capsys.readouterr()
    assert repository.check() == 0
    assert "new" not in capsys.readouterr().out


def test_one_trial_that_crashes_is_red_all_of_them_are_nothing_measured(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.plant(
        "keypoints = trial.keypoints",
        "keypoints = trial.keypoints\n    assert 'gait' not in trial.name, 'no gait'",
    )
    assert repository.check() == 1
    assert "no longer there: AssertionError: no gait" in capsys.readouterr().out
    repository.plant("keypoints = trial.keypoints", "keypoints = trial.keypoint")
    assert repository.check() == 3
    assert "nothing was measured" in capsys.readouterr().err
    assert repository.check("--bisect") == 125


def test_an_empty_baseline_measures_nothing(repository: Repository) -> None:
    text = repository.baseline.read_text()
    repository.baseline.write_text(text[: text.index("[figures")])
    assert repository.check() == 3


def test_other_noise_is_no_alarm_and_a_larger_error_is(repository: Repository) -> None:
    assert repository.check("--seed", "11") == 0
    repository.plant("return np.pi - np.arccos(cosine)", "return np.pi - np.arccos(cosine) + 0.4")
    assert repository.check("--seed", "11") == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda r: r.gate.write_text("[gate]\nnam = 'x'"), "did you mean 'name'"),
        (
            lambda r: r.gate.write_text("[under_test]\npython = 'no_such_thing:f'"),
            "no Python module",
        ),
        (lambda r: r.baseline.unlink(), "there is no baseline"),
        (lambda r: r.baseline.write_text("format = 1"), "'gate'"),
        (lambda r: r.plant('"knee_angle_r"', '"RKnee"'), ""),
    ],
    ids=["gate", "module", "no baseline", "baseline", "vanished"],
)
def test_bad_input_is_two_and_cannot_be_bisected(
    repository: Repository, change: Callable[[Repository], object], says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    change(repository)
    capsys.readouterr()
    code = repository.check()
    err = capsys.readouterr().err
    if says:
        assert code == 2
        assert says in err
        assert repository.check("--bisect") == 125
    else:
        # a pipeline that can be run is judged
        assert code == 1


def test_what_nobody_foresaw_cannot_be_bisected_either(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*anything: object) -> None:
        raise RuntimeError("a library's own")

    monkeypatch.setattr("kinebench.baselines.gate.Gate.measure", broken)
    assert repository.check("--bisect") == 125
    assert repository.check() == 2


def test_what_a_pipeline_tells_is_printed_and_in_the_json(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "import warnings\n    warnings.warn('the toes were guessed', KinebenchWarning)\n    "
    repository.plant("return np.pi - np.arccos(cosine)", f"{said}return np.pi - np.arccos(cosine)")
    module = sorted(repository.folder.glob("*.py"), key=lambda path: path.stat().st_mtime_ns)[-1]
    module.write_text("from kinebench.errors import KinebenchWarning\n" + module.read_text())
    capsys.readouterr()
    assert repository.check("--json") == 0
    printed = capsys.readouterr()
    (remark,) = json.loads(printed.out)["remarks"]
    assert remark["message"] == "the toes were guessed"
    assert printed.err.count("the toes were guessed") == 1


def test_every_output_says_the_same(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.plant("return np.pi - np.arccos(cosine)", "return 3 - np.arccos(cosine)")
    files = {name: tmp_path / f"out.{name}" for name in ("junit", "markdown", "html")}
    capsys.readouterr()
    arguments = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    assert repository.check("--json", *arguments) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["failed"]
    course = next(f for f in told["findings"] if f["quantity"] == "course" and f["failed"])
    assert course["unit"] == "°"
    assert course["change"] == pytest.approx(-8.11, abs=0.01)
    assert course["from_s"] < course["to_s"]
    assert course["one_way"] is True
    failures = ElementTree.parse(files["junit"]).getroot().iter("failure")
    assert len(list(failures)) == sum(finding["failed"] for finding in told["findings"])
    markdown = files["markdown"].read_text()
    assert markdown.startswith("### ❌ gate: ")
    assert "| adults-0 gait | knee\\_angle\\_l | 8.11° lower" in markdown
    page = files["html"].read_text()
    assert page.count("<svg") == 4
    assert "8.11° lower" in page
    assert repository.check("--github") == 1
    assert "::error file=" in capsys.readouterr().out


def test_accepting_keeps_tolerances_that_were_edited(repository: Repository) -> None:
    text = repository.baseline.read_text()
    line = next(line for line in text.splitlines() if line.startswith('"angle largest"'))
    mine = '"angle largest" = { limit = 30.0, unit = "deg", kind = "identical", reason = "a toy" }'
    repository.baseline.write_text(text.replace(line, mine))
    assert repository.accept() == 0
    assert mine in repository.baseline.read_text()
    assert repository.accept("--preset", "strict") == 0
    assert mine not in repository.baseline.read_text()


def test_show_and_diff(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["baseline", "show", str(repository.baseline)]) == 0
    shown = capsys.readouterr().out
    assert "all trials / knee_angle_r / rmse" in shown
    assert "limit of opencap-core's own regression tests" in shown
    before = repository.folder / "before.toml"
    before.write_text(repository.baseline.read_text())
    assert main(["baseline", "diff", str(before), str(repository.baseline)]) == 0
    repository.plant("return np.pi - np.arccos(cosine)", "return 3.1 - np.arccos(cosine)")
    assert repository.accept() == 0
    capsys.readouterr()
    assert main(["baseline", "diff", str(before), str(repository.baseline)]) == 1
    assert "knee_angle_r: course by up to −2.383 °" in capsys.readouterr().out


def test_files_of_an_earlier_step_are_checked(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from kinebench.core.subject import Subject
    from kinebench.core.trial import Trial
    from kinebench.io.mot import write_motion
    from kinebench.io.trc import read_trc
    from kinebench.pipeline.under_test import PythonCallable

    trials, results = tmp_path / "trials", tmp_path / "results"
    results.mkdir()
    assert repository.check("--write-trials", str(trials)) == 0
    named = capsys.readouterr().out.split()
    assert set(named) < {path.name for path in trials.iterdir()}
    assert {"adults-0_one_squat.trc", "adults-0_gait.trc"} <= set(named)
    estimate = PythonCallable(f"{CLEAN}:estimate", folder=tmp_path).estimate
    assert estimate is not None
    for name in ("adults-0_one_squat", "adults-0_gait"):
        told = json.loads((trials / f"{name}.json").read_text())
        trial = Trial(name, Subject(**told), read_trc(trials / f"{name}.trc"))
        write_motion(results / f"{name}.mot", estimate(trial))
    text = repository.gate.read_text()
    repository.gate.write_text("[under_test]\nfiles = 'results'\n" + text[text.index("\n[lab") :])
    assert repository.check() == 0
    (results / "adults-0_gait.mot").unlink()
    assert repository.check() == 1
    assert "has no adults-0_gait.mot" in capsys.readouterr().out


def test_git_bisect_finds_the_commit(repository: Repository, tmp_path: Path) -> None:
    home = tmp_path / "history"
    home.mkdir()
    kept = tmp_path / "kept.toml"
    kept.write_text(repository.baseline.read_text())
    broken = "def estimate(trial:\n"
    faulty = PIPELINE.replace("return np.pi -", "return 3 -")
    versions = [PIPELINE, PIPELINE + "\n", broken, faulty, faulty + "\n"]
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }  # fmt: skip

    def run(*words: str) -> str:
        done = subprocess.run(
            words, cwd=home, capture_output=True, text=True, env=environment, timeout=280
        )
        return done.stdout + done.stderr

    run("git", "init", "-q")
    (home / "gate.toml").write_text(GATE.format(module="pipeline"))
    for number, text in enumerate(versions):
        (home / "pipeline.py").write_text(text)
        run("git", "add", "-A")
        run("git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", f"v{number}")
    run("git", "bisect", "start", "HEAD", "HEAD~4")
    said = run(
        "git", "bisect", "run", sys.executable, "-m", "kinebench", "check", "gate.toml",
        "--baseline", str(kept), "--bisect",
    )  # fmt: skip
    # the broken commit cannot be judged: it, or the one after it, is the first bad one
    assert "only skipped commits left" in said or "v3" in said, said
    assert "v1" not in said.splitlines()[-1]


def test_kinebench_has_not_moved_since_its_own_baseline(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["check", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (code, [f for f in told["findings"] if f["outcome"] != "fine"]) == (0, [])
    assert len(told["findings"]) > 500


def test_another_processor_raises_no_alarm(tmp_path: Path) -> None:
    old = "X86_V4 AVX512_ICL X86_V3 AVX512F AVX512CD AVX512_SKX AVX2 FMA3"
    done = subprocess.run(
        [sys.executable, "-m", "kinebench", "check"],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "OPENBLAS_CORETYPE": "Prescott",
            "NPY_DISABLE_CPU_FEATURES": old,
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "quick: nothing moved: " in done.stdout


def test_the_baseline_that_comes_along_is_as_the_command_writes_it() -> None:
    text = QUICK_BASELINE.read_text(encoding="utf-8")
    assert baseline_text(read_baseline(QUICK_BASELINE)) == text
