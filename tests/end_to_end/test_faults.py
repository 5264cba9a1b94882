"""What can go wrong around the command: streams, encodings, folders, signals, limits.

Every fault ends in the right code and at most one line, and never in a traceback or half a file.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.cli.study import study_exit_code
from kinebench.core import Coordinate, Motion
from kinebench.io.atomic import OutputError, alone_in, require_folder, require_writable
from kinebench.io.mot import write_motion
from kinebench.studies.execution.cells import Outcome

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")
full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Two motions, the estimate with a gap: its report has remarks, and signs beyond ASCII."""
    folder = tmp_path_factory.mktemp("pair")
    times = np.arange(60) / 60
    names = (Coordinate("knee_angle_r"), Coordinate("Hüfte_λ"))
    angles = np.stack([np.sin(times), np.cos(times)], axis=1)
    estimate = angles + 0.1
    estimate[5:9, 0] = np.nan
    files = folder / "reference.mot", folder / "estimate.mot"
    for path, values in zip(files, (angles, estimate), strict=True):
        write_motion(path, Motion(names, times, values))
    return str(files[0]), str(files[1])


def command(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONIOENCODING"}
    defaults: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.run(
        [sys.executable, *options.pop("python", ()), "-m", "kinebench", *words],
        check=False,
        timeout=120,
        encoding=options.pop("encoding", "utf-8"),
        env=environment | options.pop("env", {}),
        **defaults | options,
    )


def in_shell(redirected: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The command behind redirections that only a shell can make."""
    line = f'exec "$@" {redirected}'
    return subprocess.run(
        ["sh", "-c", line, "sh", sys.executable, "-m", "kinebench", *words],
        check=False,
        timeout=120,
        capture_output=True,
        encoding="utf-8",
    )


class Plain(NamedTuple):
    """The command with all streams open: what it prints and writes."""

    done: subprocess.CompletedProcess[str]
    csv: bytes


@pytest.fixture(scope="module")
def plain(pair: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Plain:
    csv = tmp_path_factory.mktemp("plain") / "figures.csv"
    done = in_shell("", "compare", *pair, "--csv", str(csv))
    assert done.returncode == 0
    return Plain(done, csv.read_bytes())


class TestStreams:
    @full
    @pytest.mark.parametrize("words", [["compare"], ["--help"], ["--version"], ["data", "list"]])
    def test_an_answer_that_cannot_be_written_is_2(
        self, words: list[str], pair: tuple[str, str]
    ) -> None:
        given = [*words, *(pair if words == ["compare"] else ())]
        done = in_shell("> /dev/full", *given)
        assert done.returncode == 2
        assert "cannot write to standard output: No space left on device" in done.stderr
        assert len(done.stderr.splitlines()) == 1

    @full
    @pytest.mark.parametrize("redirected", ["2> /dev/full", "2>&-"])
    def test_remarks_that_cannot_be_written_stop_nothing(
        self, redirected: str, pair: tuple[str, str], plain: Plain, tmp_path: Path
    ) -> None:
        csv = str(tmp_path / "figures.csv")
        there = in_shell(redirected, "compare", *pair, "--csv", csv)
        assert there.returncode == 0
        assert there.stdout == plain.done.stdout

    @posix
    def test_errors_without_a_place_to_say_them_are_2(self) -> None:
        for redirected in ("2>&-", "2> /dev/null", "> /dev/null 2>&-", ">&- 2>&- <&-"):
            assert in_shell(redirected, "compare", "no.mot", "none.mot").returncode == 2

    @posix
    @pytest.mark.parametrize("redirected", [">&-", "<&-", ">&- 2>&- <&-"])
    def test_files_are_whole_when_streams_are_closed(
        self, redirected: str, pair: tuple[str, str], plain: Plain, tmp_path: Path
    ) -> None:
        """A file that got the number of standard output would receive what is printed."""
        csv = tmp_path / "figures.csv"
        assert in_shell(redirected, "compare", *pair, "--csv", str(csv)).returncode == 0
        assert csv.read_bytes() == plain.csv

    @posix
    def test_a_reader_of_remarks_that_left_does_not_stop_the_work(
        self, pair: tuple[str, str], tmp_path: Path
    ) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        csv = tmp_path / "figures.csv"
        done = command("compare", *pair, "--csv", str(csv), stdout=writing, stderr=writing)
        os.close(writing)
        assert done.returncode == 0
        assert csv.stat().st_size > 0

    @pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
    def test_other_encodings_get_plain_signs(self, encoding: str, pair: tuple[str, str]) -> None:
        done = command("compare", *pair, encoding=encoding, env={"PYTHONIOENCODING": encoding})
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        assert done.stdout.startswith(f"estimate {'−' if encoding == 'utf-8' else '-'} reference")
        assert "knee_angle_r" in done.stdout

    def test_json_is_exact_in_any_encoding(
        self, pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["compare", *pair, "--json"]) == 0
        here = capsys.readouterr().out
        assert "Hüfte_λ" in here
        env = {"PYTHONIOENCODING": "cp1252"}
        there = command("compare", *pair, "--json", encoding="cp1252", env=env)
        assert json.loads(there.stdout) == json.loads(here)

    @pytest.mark.parametrize("columns", ["1", "12", "40", "0", "-3", "many", "100000"])
    def test_terminals_of_any_width(
        self,
        columns: str,
        pair: tuple[str, str],
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("COLUMNS", columns)
        assert main(["compare", *pair]) == 0
        assert "knee_angle_r" in capsys.readouterr().out


class TestPlaces:
    def test_an_output_is_refused_before_the_work(
        self,
        pair: tuple[str, str],
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(
            "kinebench.comparison.compare_pairs", lambda *_: pytest.fail("the work was begun")
        )
        for option in ("--csv", "--latex", "--report"):
            for place, reason in (
                (tmp_path / "none" / "x", "there is no folder"),
                (tmp_path, "it is a folder"),
                (Path(pair[1]), "it would replace the input of that name"),
                (tmp_path / ("x" * 300), "File name too long"),
            ):
                assert main(["compare", *pair, option, str(place)]) == 2
                said = capsys.readouterr().err
                assert reason in said
                assert len(said.splitlines()) == 1

    def test_two_outputs_in_one_file_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="twice"):
            require_writable([tmp_path / "a", tmp_path / "b" / ".." / "a"])
        require_writable([tmp_path / "a", tmp_path / "b"], [tmp_path / "c"])
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_without_permission_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "access", lambda path, mode: False)  # tests may run as root
        for ask in (
            lambda: require_folder(tmp_path / "x"),
            lambda: require_writable([tmp_path / "x"]),
        ):
            with pytest.raises(OutputError, match="no permission to write in"):
                ask()

    @pytest.mark.parametrize("words", [["demo"], ["study", "run", "s.toml"]])
    def test_studies_look_for_room_before_they_compute(
        self,
        words: list[str],
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        plan = SimpleNamespace(studies=(None,), tables=lambda out, _: out, baseline=None)
        monkeypatch.setattr("kinebench.studies.files.report_file.read_report", lambda path: plan)
        for module in ("studies.execution.cells", "reports.study.making"):
            for name in ("run_study", "stored_outcomes"):
                monkeypatch.setattr(
                    f"kinebench.{module}.{name}", lambda *_, **__: pytest.fail("begun")
                )
        (tmp_path / "file").write_text("mine")
        (tmp_path / "out" / "report.html").mkdir(parents=True)
        for out, reason in (("file", "is a file, not a folder"), ("out", "it is a folder")):
            assert main([*words, "--out", str(tmp_path / out)]) == 2
            said = capsys.readouterr().err
            assert reason in said
            assert len(said.splitlines()) == 1
        assert (tmp_path / "file").read_text() == "mine"

    @posix
    @pytest.mark.parametrize(
        "changes",
        [
            {"HOME": "MISSING", "TMPDIR": "MISSING"},
            {"HOME": "/dev/null"},
            {"HOME": "/proc/1/nothing", "XDG_CACHE_HOME": "/proc/x", "XDG_CONFIG_HOME": "/proc/x"},
        ],
        ids=["missing HOME and TMPDIR", "HOME is a file", "HOME cannot be written to"],
    )
    def test_homes_that_are_of_no_use_do_not_matter(
        self, changes: dict[str, str], pair: tuple[str, str], tmp_path: Path
    ) -> None:
        report = tmp_path / "report.html"
        # root may make folders wherever it likes: a fresh place is missing in every run
        missing = str(tmp_path / "none" / "home")
        env = {name: place.replace("MISSING", missing) for name, place in changes.items()}
        done = command("compare", *pair, "--report", str(report), env=env)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        assert report.stat().st_size > 0

    @posix
    def test_a_working_folder_that_is_gone(
        self, pair: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        csv, gone = tmp_path / "figures.csv", tmp_path / "gone"
        gone.mkdir()
        monkeypatch.chdir(gone)
        gone.rmdir()
        assert main(["compare", *pair, "--csv", str(csv)]) == 0
        assert csv.stat().st_size > 0

    def test_names_that_are_no_utf8(
        self, pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        odd = tmp_path / os.fsdecode(b"kn\xe4ie.mot")
        try:
            shutil.copy(pair[0], odd)
        except OSError:
            pytest.skip("the file system takes names in UTF-8 only")
        report, csv = tmp_path / "report.html", tmp_path / "figures.csv"
        files = ("--report", str(report), "--csv", str(csv))
        assert main(["compare", str(odd), pair[1], *files]) == 0
        assert main(["compare", str(odd), str(tmp_path / "none.mot")]) == 2
        report.read_text(encoding="utf-8")
        csv.read_text(encoding="utf-8")

    @posix
    def test_a_folder_of_results_is_written_by_one_at_a_time(self, tmp_path: Path) -> None:
        entered, order = threading.Event(), []

        def second() -> None:
            entered.wait()
            with alone_in(tmp_path) as sure:
                order.append(("second", sure))

        thread = threading.Thread(target=second)
        thread.start()
        with alone_in(tmp_path) as sure:
            entered.set()
            thread.join(0.2)
            order.append(("first", sure))
        thread.join()
        assert order == [("first", True), ("second", True)]


class TestInterpreters:
    @pytest.mark.parametrize(
        ("python", "changes"),
        [
            # settings that do not touch each other share a process
            (("-OO",), {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}),
            (("-W", "error"), {"LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.ISO-8859-1"}),
        ],
        ids=["-OO in the C locale", "-W error in unknown locales"],
    )
    def test_interpreters_set_up_otherwise_say_the_same(
        self,
        python: tuple[str, ...],
        changes: dict[str, str],
        pair: tuple[str, str],
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        assert main(["compare", *pair, "--json"]) == 0
        there = command("compare", *pair, "--json", python=python, env=changes)
        assert there.returncode == 0, there.stderr
        assert json.loads(there.stdout) == json.loads(capsys.readouterr().out)

    def test_no_file_is_read_in_the_encoding_of_the_machine(
        self, pair: tuple[str, str], tmp_path: Path
    ) -> None:
        code = (
            "import sys, warnings; from kinebench.cli.main import main;"
            "warnings.filterwarnings('error', category=EncodingWarning, module='kinebench');"
            "sys.exit(main(sys.argv[1:]))"
        )
        words = ("compare", *pair, "--report", "r.html", "--csv", "r.csv", "--latex", "r.tex")
        for given in (words, ("data", "list")):
            done = subprocess.run(
                [sys.executable, "-X", "warn_default_encoding", "-c", code, *given],
                cwd=tmp_path, check=False, capture_output=True, text=True, timeout=120,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr

    @posix
    def test_few_descriptors_suffice(self, pair: tuple[str, str], tmp_path: Path) -> None:
        import resource

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))

        report = tmp_path / "report.html"
        done = command("compare", *pair, "--report", str(report), preexec_fn=limit)
        assert done.returncode == 0, done.stderr


class TestFaultsOfOurOwn:
    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            (
                ZeroDivisionError("by\nnought"),
                "unforeseen ZeroDivisionError in test_faults.py, line",
            ),
            (MemoryError(), "not enough memory"),
            (OSError(28, "No space left on device", "/tmp/x"), "/tmp/x: No space left on device"),
            (RecursionError("too deep"), "unforeseen RecursionError"),
            (BrokenPipeError(32, "Broken pipe"), "Broken pipe"),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_are_one_line_and_2_never_1(
        self,
        fault: Exception,
        said: str,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def fail(arguments: object) -> int:
            raise fault

        monkeypatch.setattr("kinebench.cli.compare.run", fail)
        assert main(["compare", "a.mot", "b.mot"]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"kinebench compare: {said}")
        # of what was not foreseen a developer sees everything
        with pytest.raises(type(fault)):
            main(["compare", "a.mot", "b.mot", "--debug"])


class TestStudyCodes:
    @pytest.mark.parametrize(
        ("became", "code"),
        [
            (["done"], 0),
            (["done", "failed", "skipped"], 0),
            (["failed", "failed"], 1),
            (["failed", "skipped"], 1),
            (["skipped"], 3),
            ([], 3),
        ],
    )
    def test_nothing_measured_is_no_success(self, became: list[Any], code: int) -> None:
        assert study_exit_code([Outcome(i, {}, status) for i, status in enumerate(became)]) == code


# a study that says when it computes, and that drops the exception of one signal on request
_STUDY = """
import signal, sys, time, pathlib
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
from kinebench.cli import main as cli, demo
from kinebench.studies.execution import cells as execution
from kinebench.ik import fast
run_cell, swallow = execution.run_cell, sys.argv[1] == "swallow"
def announced(cell, metrics, store):
    print("computing", flush=True)
    try:
        for _ in range(200):
            time.sleep(0.05)
    except KeyboardInterrupt:
        if not swallow:
            raise
    return execution.Outcome(cell.index, cell.labels, "skipped", "never computed")
execution.run_cell = announced
sys.exit(cli.main(["demo", "--workers", "1", "--out", sys.argv[2]]))
"""


@posix
@pytest.mark.parametrize(
    ("library", "number"),
    # what ends a library that swallows ends any other: one that does not is tried once
    [
        ("plain", signal.SIGTERM),
        *(("swallow", number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)),
    ],
)
def test_a_study_that_is_asked_to_end_does(number: int, library: str, tmp_path: Path) -> None:
    """At once, and also when a library swallows the exception."""
    out, scratch = tmp_path / "out", tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", _STUDY, library, str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(scratch)},
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "computing\n"
        process.send_signal(number)
        printed, said = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 128 + number
    assert said == "kinebench demo: interrupted; no half-written file is left\n"
    assert printed == ""
    assert list(scratch.iterdir()) == []
    assert not (out / "report.html").exists()
