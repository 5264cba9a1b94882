"""Run tests on a mutant: a process forked from one in which slow libraries are imported already."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shutil
import signal
import sys
import time
import traceback
import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.mutation.import_map import ImportMap
from benchmarks.mutation.line_map import LineMap
from benchmarks.mutation.mutants import Mutant

# imported once, before the fork; none of them imports kinebench
LIBRARIES = (
    "numpy", "scipy.signal", "scipy.optimize", "scipy.stats", "scipy.interpolate",
    "scipy.spatial.transform", "pandas", "matplotlib.pyplot", "opensim", "numba",
    "numba.core.caching", "hypothesis", "hypothesis.extra.numpy", "h5py", "yaml", "ezc3d",
    "pooch", "requests", "pytest",
)  # fmt: skip
NEAR_FILES = 6  # test files of the first stage
# by imports: whole files, whose time is not known, so that a mutant is never caught by it
MOST_FILES, FILES_AT_ONCE, FILES_S = 8, 4, 10.0
PASSED, NO_TESTS = 0, 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant.

    Attributes
    ----------
    outcome : str
        ``caught``, ``survived`` or ``not executed``: no test runs anything of its module.
    by : str
        The test that failed first; ``time`` or ``crash`` where none could.
    tests : int
        How many were run.
    """

    outcome: str
    by: str
    tests: int
    seconds: float


class Workshop:
    """A copy of the repository in which modules are changed and tests are run.

    Parameters
    ----------
    tree : Path
        The copy; it lies where no mirror is found beside it.
    scratch : Path
        Folder for the tests' own files and their output.
    lines : LineMap or ImportMap
        Which tests a mutant meets.
    longest_s : float
        Tests of one stage, as they were timed; what comes after is left out.
    """

    def __init__(
        self, tree: Path, scratch: Path, lines: LineMap | ImportMap, longest_s: float
    ) -> None:
        self.tree, self.scratch, self.lines, self.longest_s = tree, scratch, lines, longest_s
        self.changes = 0
        if "kinebench" in sys.modules:
            raise RuntimeError("kinebench is imported already: mutants of it would not be seen")
        scratch.mkdir(parents=True, exist_ok=True)
        os.chdir(tree)
        here = str(Path(__file__).resolve().parents[2])
        sys.path[:] = [str(tree), *(p for p in sys.path if p not in ("", here))]
        os.environ["PYTHONPATH"] = str(tree)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            os.environ["MPLBACKEND"] = "Agg"
            for name in LIBRARIES:
                importlib.import_module(name)

    def judge(self, mutant: Mutant) -> Verdict:
        """Nearest tests first; then all that execute the line; then all of the module."""
        start, ran = time.perf_counter(), 0
        source = (self.tree / mutant.path).read_bytes()
        self._write(mutant.path, mutant.applied(source))
        try:
            done: set[str] = set()
            for tests in self._stages(mutant):
                fresh = [name for name in tests if name not in done]
                if not fresh:
                    continue
                done.update(fresh)
                caught, by, count = self._run(fresh)
                ran += count
                if caught:
                    return Verdict("caught", by, ran, time.perf_counter() - start)
        finally:
            self._write(mutant.path, source)
        outcome = "survived" if ran else "not executed"
        return Verdict(outcome, "", ran, time.perf_counter() - start)

    def _stages(self, mutant: Mutant) -> list[list[str]]:
        if isinstance(self.lines, ImportMap):
            files = self.lines.files(mutant)[:MOST_FILES]
            return [files[i : i + FILES_AT_ONCE] for i in range(0, len(files), FILES_AT_ONCE)]
        lines = self.lines
        reaching = self._by_distance(lines.reaching(mutant), lines, mutant)
        module = self._by_distance(lines.of_module(mutant.path), lines, mutant)
        stages = [_first(reaching, NEAR_FILES), _flat(reaching), _first(module, NEAR_FILES)]
        return [self._affordable(names, lines) for names in [*stages, _flat(module)]]

    def _by_distance(
        self, tests: frozenset[str], lines: LineMap, mutant: Mutant
    ) -> list[list[str]]:
        """Tests by file: those of the package, then cheap ones, first."""
        files: dict[str, list[str]] = defaultdict(list)
        for name in sorted(tests):
            files[name.split("::")[0]].append(name)
        home = "/".join(("tests/unit", *mutant.path.split("/")[1:-1]))

        def cost(names: Sequence[str]) -> tuple[bool, float]:
            return not names[0].startswith(home), sum(lines.seconds[n] for n in names)

        return sorted(files.values(), key=cost)

    def _affordable(self, names: Sequence[str], lines: LineMap) -> list[str]:
        total = 0.0
        kept: list[str] = []
        for name in names:
            total += lines.seconds[name]
            if total > self.longest_s and kept:
                break
            kept.append(name)
        return kept

    def _write(self, path: str, content: bytes) -> None:
        """With a time of its own, so that no compiled module of before is taken for it."""
        self.changes += 1
        (self.tree / path).write_bytes(content)
        stamp = time.time() + 10 * self.changes
        os.utime(self.tree / path, (stamp, stamp))

    def _run(self, tests: Sequence[str]) -> tuple[bool, str, int]:
        """Whether a test fails, which, and how many were run."""
        lines = self.lines
        timed = isinstance(lines, LineMap)
        expected = sum(lines.seconds[n] for n in tests) if isinstance(lines, LineMap) else FILES_S
        answer = self.scratch / "answer.json"
        answer.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            _tests_in_child(tests, answer, self.scratch)
        limit = time.monotonic() + 60.0 + 6.0 * expected  # other work may run beside
        while True:
            pid, _status = os.waitpid(child, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > limit:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return timed, "time" if timed else "", len(tests)
            time.sleep(0.02)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child, signal.SIGKILL)  # what the tests left running
        if not answer.exists():
            return True, "crash", len(tests)
        told = json.loads(answer.read_text(encoding="utf-8"))
        caught = told["code"] not in (PASSED, NO_TESTS)
        return caught, told["failed"] or ("import" if caught else ""), told["ran"]


def _tests_in_child(tests: Sequence[str], answer: Path, scratch: Path) -> None:
    """Never returns: the process ends here."""
    os.setsid()
    with (scratch / "output.txt").open("w") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    import pytest

    plugin = _Chosen(tests)
    shutil.rmtree(scratch / "temporary", ignore_errors=True)
    options = [
        "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
        "-W", "ignore:Module already imported", f"--basetemp={scratch / 'temporary'}",
    ]  # fmt: skip
    files = list(dict.fromkeys(name.split("::")[0] for name in tests))
    code = 3
    try:
        code = int(pytest.main([*options, *files], plugins=[plugin]))
    except BaseException:  # the parent reads it there
        traceback.print_exc()
    finally:
        told = {"code": code, "failed": plugin.failed, "ran": plugin.ran}
        answer.write_text(json.dumps(told), encoding="utf-8")
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


class _Chosen:
    """Keep the chosen tests; note the first that fails."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.order = {name: i for i, name in enumerate(tests)}
        self.failed, self.ran = "", 0

    def pytest_collection_modifyitems(self, items: list[Any], config: Any) -> None:
        items[:] = [
            item
            for item in items
            if item.nodeid in self.order or item.nodeid.split("::")[0] in self.order
        ]

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.ran += report.when == "call"
        if report.failed and not self.failed:
            self.failed = report.nodeid


def _flat(files: Sequence[Sequence[str]]) -> list[str]:
    return [name for names in files for name in names]


def _first(files: Sequence[Sequence[str]], count: int) -> list[str]:
    return _flat(files[:count])
