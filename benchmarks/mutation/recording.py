"""A pytest plugin: which test executes which lines of the package.

    KINEBENCH_LINES=FOLDER python -m pytest -p benchmarks.mutation.recording …

Needs `coverage`. Each test is a context of coverage's; a fixture that several tests share is one of
its own, because only the first of them sets it up. `tests.*.json` in the folder hold what each test
took and which shared fixtures it asks for, `lines.*` the lines.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coverage
import pytest

FOLDER = Path(os.environ["KINEBENCH_LINES"])
PACKAGE = Path(__file__).resolve().parents[2] / "kinebench"
FIXTURE = "fixture "


class Recorder:
    """Switches coverage's context with the tests of one process."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tests: dict[str, dict[str, Any]] = {}
        self.fixture_seconds: dict[str, float] = {}
        self.context = ""
        self.coverage = coverage.Coverage(
            data_file=str(FOLDER / f"lines.{name}"),
            include=[f"{PACKAGE}/*"],
            config_file=False,
            messages=False,
        )
        self.coverage.start()

    def switch(self, context: str) -> str:
        """Attribute what follows to a context; the one before is returned."""
        before, self.context = self.context, context
        self.coverage.switch_context(context)
        return before

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.switch(item.nodeid)
        start = time.perf_counter()
        result = yield
        known = self.tests.setdefault(item.nodeid, {})
        known["seconds"] = time.perf_counter() - start
        known["fixtures"] = _shared_fixtures(item)
        self.switch("")
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        if fixturedef.scope == "function":
            return (yield)
        name = _name(fixturedef)
        before, start = self.switch(name), time.perf_counter()
        try:
            return (yield)
        finally:
            self.fixture_seconds[name] = time.perf_counter() - start
            self.switch(before)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.tests.setdefault(report.nodeid, {})["outcome"] = report.outcome

    def pytest_sessionfinish(self) -> None:
        self.coverage.stop()
        self.coverage.save()
        facts = {"tests": self.tests, "fixture_seconds": self.fixture_seconds}
        (FOLDER / f"tests.{self.name}.json").write_text(json.dumps(facts), encoding="utf-8")


def _name(fixture: Any) -> str:
    return f"{FIXTURE}{fixture.baseid} {fixture.argname}"


def _shared_fixtures(item: pytest.Item) -> list[str]:
    known = getattr(item, "_fixtureinfo", None)
    definitions = known.name2fixturedefs.values() if known else ()
    return [_name(d[-1]) for d in definitions if d and d[-1].scope != "function"]


def pytest_configure(config: pytest.Config) -> None:
    """Record in each process that runs tests: xdist's workers, or the only one."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker or not getattr(config.option, "numprocesses", None):
        FOLDER.mkdir(parents=True, exist_ok=True)
        config.pluginmanager.register(Recorder(worker or "main"))
