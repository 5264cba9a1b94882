"""Sessions of the plan on the laboratory's own body and augmenter, which need no public files."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

ROOT = str(Path(__file__).parents[3])


@pytest.fixture(scope="module")
def planted() -> Any:
    sys.path.insert(0, ROOT)
    try:
        yield importlib.import_module("benchmarks.diagnosis.planted")
    finally:
        sys.path.remove(ROOT)


def judged(planted: Any, number: int) -> Any:
    """On a window of its own, short: `lab-1` trembles along with a leg."""
    session = (*planted.PLAN, *planted.CONTROLS)[number - 1]
    assert session.number == number
    return planted.judge(replace(session, window_s=(1.0, 2.0)), own=True)


@pytest.mark.parametrize("number", [1, 5, 9])
def test_the_planted_cause_comes_first(planted: Any, number: int) -> None:
    found = judged(planted, number)
    assert found.right, found.row()
    assert found.found[0].name == found.session.cause
    assert sum(one.suspect for one in found.found) == 1


def test_nothing_stands_out_where_nothing_was_planted(planted: Any) -> None:
    found = judged(planted, 21)
    assert found.right, found.row()
    assert not any(one.doubt for one in found.found if one.name != "solvers")


def test_the_plan_is_twenty_sessions_of_different_subjects(planted: Any) -> None:
    assert [session.number for session in planted.PLAN] == list(range(1, 21))
    assert all(session.cause for session in planted.PLAN)
    assert not any(session.cause for session in planted.CONTROLS)
    assert len({session.number for session in (*planted.PLAN, *planted.CONTROLS)}) == 25
