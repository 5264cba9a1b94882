"""Sessions of the benchmark on the laboratory's own body and augmenter: no public files needed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kinebench.diagnosis.verdict import Finding, findings
from kinebench.diagnosis.why import diagnose
from kinebench.lab import StaticPose, generic_body

ROOT = str(Path(__file__).parents[3])


@pytest.fixture(scope="module")
def benchmark() -> Iterator[dict[str, ModuleType]]:
    sys.path.insert(0, ROOT)
    try:
        names = ("sessions", "confusion")
        yield {name: importlib.import_module(f"benchmarks.diagnosis.{name}") for name in names}
    finally:
        sys.path.remove(ROOT)


def found(session: Any) -> tuple[Finding, ...]:
    """On a window of its own, short: `lab-1` trembles along with a leg."""
    session = replace(session, window_s=(1.0, 2.0))
    return findings(diagnose(session.own_pipeline(), session.trial(generic_body)))


@pytest.mark.parametrize("number", [1, 5, 9])
def test_the_planted_cause_comes_first(benchmark: dict[str, ModuleType], number: int) -> None:
    session = benchmark["sessions"].PLAN[number - 1]
    suspects = [one.name for one in found(session) if one.suspect]
    assert suspects[:1] == [session.cause]


def test_a_knee_bent_throughout_is_named_without_a_swap(benchmark: dict[str, ModuleType]) -> None:
    session = benchmark["sessions"].CONTROLS[0]
    bent = replace(session, static=StaticPose(duration_s=3.0, right_knee_deg=15))
    first = found(bent)[0]
    assert (first.name, first.figure) == ("static pose", None)
    assert "right knee" in first.doubt.text


def test_nothing_is_accused_where_nothing_was_planted(benchmark: dict[str, ModuleType]) -> None:
    assert not any(one.suspect for one in found(benchmark["sessions"].CONTROLS[0]))


def test_subjects_that_set_limits_do_not_test_them(benchmark: dict[str, ModuleType]) -> None:
    text = Path(benchmark["confusion"].__file__).read_text(encoding="utf-8")
    assert 'Population("confusion")' in text
    assert 'Population("calibration")' not in text


def test_an_interval_of_a_share_is_wilsons(benchmark: dict[str, ModuleType]) -> None:
    low, high = benchmark["confusion"].wilson(0, 24)
    assert low == pytest.approx(0.0, abs=1e-12)
    assert high == pytest.approx(0.138, abs=1e-3)


def test_rates_count_what_was_asked(benchmark: dict[str, ModuleType]) -> None:
    confusion = benchmark["confusion"]
    rows = [
        confusion.Judged("quiet", 1, "static pose", True, "x", ("static pose",)),
        confusion.Judged("quiet", 2, "static pose", True, "x", ("size", "static pose")),
        confusion.Judged("two phones", 3, "size", False, "x", ("unequal sides",)),
        confusion.Judged("two phones", 4, "", True, "nothing", ()),
        confusion.Judged("two phones", 5, "", True, "nothing", ("size",)),
    ]
    text = confusion.page(rows)
    lines = {line.split(" |")[0]: line for line in text.splitlines() if line.startswith("| ")}
    assert "1 of 2, 50 %" in lines["| planted cause first"]
    assert "2 of 2, 100 %" in lines["| planted cause named"]
    assert "1 of 2, 50 %" in lines["| **clean sessions accused**"]
    assert "1 of 1, 100 %" in lines["| causes that cannot be named: another one blamed"]
