from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest

from kinebench.cli import main as module
from kinebench.cli.main import main
from kinebench.errors import KinebenchWarning, ScalingError


@pytest.fixture(autouse=True)
def _warnings_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch):
    """Let ``kinebench run`` do what a test wants."""

    def arrange(action) -> None:
        fake = SimpleNamespace(add_arguments=lambda parser: None, run=action)
        monkeypatch.setattr(module, "import_module", lambda name: fake)

    return arrange


def failing(error: BaseException):
    def action(arguments: object) -> int:
        raise error

    return action


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "keypoints in, motion out" in capsys.readouterr().out


def test_the_code_of_the_command_is_passed_on(command) -> None:
    command(lambda arguments: 1)
    assert main(["run"]) == 1


def test_our_errors_are_one_line_and_2(command, capsys: pytest.CaptureFixture[str]) -> None:
    command(failing(ScalingError("no window\n  found anywhere")))
    assert main(["run"]) == 2
    assert capsys.readouterr() == ("", "kinebench run: no window found anywhere\n")


def test_debug_shows_the_traceback(command) -> None:
    command(failing(ScalingError("no window")))
    with pytest.raises(ScalingError):
        main(["run", "--debug"])


def test_a_bug_is_named_with_its_place(command, capsys: pytest.CaptureFixture[str]) -> None:
    """And is no 1, which means that a check failed."""
    command(failing(ZeroDivisionError("a bug")))
    assert main(["run"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("kinebench run: unforeseen ZeroDivisionError in test_main.py, line ")
    assert said.endswith(": a bug; --debug shows the traceback\n")
    with pytest.raises(ZeroDivisionError):
        main(["run", "--debug"])


def test_ctrl_c_is_130(command, capsys: pytest.CaptureFixture[str]) -> None:
    command(failing(KeyboardInterrupt()))
    assert main(["run"]) == 130
    said = capsys.readouterr().err
    assert said == "kinebench run: interrupted; no half-written file is left\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["rnu"], "invalid choice: 'rnu'"),
        (["run", "--mass", "heavy"], "must be a mass, a number in kg or with its unit"),
        (["run", "--nonsense"], "unrecognized arguments: --nonsense"),
    ],
)
def test_wrong_usage_is_one_line_and_2(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert told in line
    assert line.endswith("--help' tells what is valid")


def test_warnings_are_lines_without_a_place(command, capsys: pytest.CaptureFixture[str]) -> None:
    def doubtful(arguments: object) -> int:
        warnings.warn("the left leg is long", KinebenchWarning, stacklevel=1)
        return 0

    command(doubtful)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        assert main(["run"]) == 0
    assert capsys.readouterr().err == "warning: the left leg is long\n"


def test_foreign_warnings_keep_their_place(command, capsys: pytest.CaptureFixture[str]) -> None:
    def old(arguments: object) -> int:
        warnings.warn("numpy will change", FutureWarning, stacklevel=1)
        return 0

    command(old)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        main(["run"])
    assert "test_main.py" in capsys.readouterr().err


def python(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kinebench", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        **options,
    )


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    """And so answers at once: seconds are measured in benchmarks, not here."""
    answer = python("--help", cwd=tmp_path)
    assert (answer.returncode, answer.stderr) == (0, "")
    code = "import sys; from kinebench.cli.main import main; main(['--help']); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()
    assert not {"numpy", "scipy", "opensim", "tensorflow", "numba", "pooch"} & set(loaded)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("kinebench ")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_a_reader_that_has_seen_enough_is_no_failure() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    code = (
        "import sys; from kinebench.cli import main as m; from types import SimpleNamespace as S;"
        "m.import_module = lambda n: S(add_arguments=lambda p: None,"
        " run=lambda a: print('x' * 10) or 0); sys.exit(m.main(['run']))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    os.close(writing)
    assert answer.returncode == 0
    assert answer.stderr == ""
