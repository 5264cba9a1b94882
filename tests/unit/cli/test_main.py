from __future__ import annotations

import os
import signal
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest

from kinebench.cli import main as module
from kinebench.cli.main import _parser, main
from kinebench.errors import KinebenchWarning, ScalingError
from kinebench.io.interrupts import Interrupted
from kinebench.remarks import Remark, carry, tell


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


def test_debug_takes_no_value() -> None:
    """What follows it is the command's own."""
    words = ["data", "--debug", "list"]
    found = _parser(words).parse_args(words)
    assert found.debug is True


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


def helped(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main([*words, "--help"]) == 0
    return " ".join(capsys.readouterr().out.split())


def test_the_help_names_every_command_with_what_it_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = helped(capsys)
    assert text.startswith("usage: kinebench [-h] [--version] COMMAND ...")
    assert "Validate and benchmark markerless-motion pipelines of the OpenCap kind." in text
    assert text.endswith("'kinebench COMMAND --help' tells more.")
    for name, purpose in module.COMMANDS.items():
        assert f" {name} {purpose}" in text


@pytest.mark.parametrize("name", list(module.COMMANDS))
def test_each_command_helps_with_its_own_options(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = helped(capsys, name)
    assert text.startswith(f"usage: kinebench {name} ")
    assert module.COMMANDS[name] in text
    assert "--debug show a traceback on failure" in text


def test_a_wrong_option_is_told_with_the_command_it_belongs_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["power", "--margin", "wide"]) == 2
    assert capsys.readouterr().err == (
        "kinebench power: argument --margin: invalid float value: 'wide'; 'kinebench power --help'"
        " tells what is valid\n"
    )


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (FileNotFoundError(2, "No such file", "a.trc"), "a.trc: No such file"),
        (OSError(28, "No space left"), "No space left"),
        (MemoryError("8 GB"), "not enough memory: 8 GB"),
        (MemoryError(), "not enough memory"),
    ],
)
def test_failures_of_the_machine_are_told_in_its_words(
    error: Exception, told: str, command, capsys: pytest.CaptureFixture[str]
) -> None:
    command(failing(error))
    assert main(["run"]) == 2
    assert capsys.readouterr().err == f"kinebench run: {told}\n"


def test_a_failure_of_the_system_without_words_is_not_foreseen(
    command, capsys: pytest.CaptureFixture[str]
) -> None:
    command(failing(OSError("odd")))
    assert main(["run"]) == 2
    assert "unforeseen OSError in test_main.py, line " in capsys.readouterr().err


NOTE = Remark("unit", "note", "taken\n as m")
BENT = Remark("static", "warning", "the knee is bent")


def test_what_is_told_is_printed_once_as_it_comes(
    command, capsys: pytest.CaptureFixture[str]
) -> None:
    def telling(arguments: object) -> int:
        for text in ("a", "b", "a"):
            tell("code", text)
        return 0

    command(telling)
    assert main(["run"]) == 0
    assert capsys.readouterr() == ("", "warning: a\nwarning: b\n")


def test_remarks_of_an_error_come_before_it_and_not_twice(
    command, capsys: pytest.CaptureFixture[str]
) -> None:
    error = ScalingError("no window")
    carry(error, [NOTE, BENT, Remark("scaling", "warning", "no window")])
    command(failing(error))
    assert main(["run"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "note: taken as m", "warning: the knee is bent", "kinebench run: no window",
    ]  # fmt: skip


def test_a_remark_from_a_thread_reaches_standard_error(
    command, capsys: pytest.CaptureFixture[str]
) -> None:
    def doubtful(arguments: object) -> int:
        warnings.warn("doubtful\x1b[2J", KinebenchWarning, stacklevel=1)
        return 3

    command(doubtful)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert main(["run"]) == 3
    assert capsys.readouterr().err == "warning: doubtful\\x1b[2J\n"


def test_the_arguments_are_those_of_the_process_unless_given(
    command, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def noting(arguments: object) -> int:
        seen.append(vars(arguments)["debug"])
        return 0

    command(noting)
    monkeypatch.setattr(sys, "argv", ["kinebench", "run", "--debug"])
    assert main() == 0
    assert main(["run"]) == 0
    assert seen == [True, False]


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (Interrupted(signal.SIGTERM), 143)]
)
def test_an_interrupted_command_ends_as_the_signal_would_have_ended_it(
    error: KeyboardInterrupt, code: int, command, capsys: pytest.CaptureFixture[str]
) -> None:
    command(failing(error))
    assert main(["run"]) == code
    assert capsys.readouterr() == (
        "", "kinebench run: interrupted; no half-written file is left\n",
    )  # fmt: skip


def test_a_failing_answer_is_an_error_of_the_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(given: object) -> int:
        raise ScalingError("standard output is full")

    monkeypatch.setattr(module, "_answer", fail)
    assert main(["run"]) == 2
    assert capsys.readouterr().err == "kinebench: standard output is full\n"
    with pytest.raises(ScalingError):
        main(["run", "--debug"])


def test_only_the_command_that_is_asked_for_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def importing(name: str) -> SimpleNamespace:
        asked.append(name)
        return SimpleNamespace(add_arguments=lambda parser: None, run=lambda parsed: 0)

    monkeypatch.setattr(module, "import_module", importing)
    assert main(["power"]) == 0
    assert asked == ["kinebench.cli.power"] * 2
