from __future__ import annotations

import contextlib

import pytest

from kinebench.cli import progress as module
from kinebench.cli.progress import counted, duration, status_line


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(module, "time", found)
    return found


def count(total: int, clock: Clock, *paces: tuple[int, float]) -> None:
    with counted(total, "cells") as step:
        for n, each_s in paces:
            for _ in range(n):
                clock.now += each_s
                step("an outcome")


def test_in_a_log_there_is_a_line_every_ten_seconds(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    count(100, clock, (50, 0.5))
    assert capsys.readouterr() == (
        "",
        "20 of 100 cells, 40 s left\n40 of 100 cells, 30 s left\n",
    )


def test_on_a_terminal_one_line_changes(
    clock: Clock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    count(6, clock, (5, 2.0))
    said = capsys.readouterr().err.split("\r\033[K")
    assert said == [
        "", "0 of 6 cells", "1 of 6 cells", "2 of 6 cells", "3 of 6 cells",
        "4 of 6 cells, 4 s left", "5 of 6 cells, 2 s left", "",
    ]  # fmt: skip


def test_compilation_before_the_first_is_no_pace(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    # 35 s until the first of 1003, then one each 2 s: 2000 s are left after four, not 2 h
    count(1003, clock, (1, 35.0), (5, 2.0))
    assert capsys.readouterr().err.splitlines() == [
        "1 of 1003 cells",
        "6 of 1003 cells, 33 min 14 s left",
    ]


def test_workers_that_are_done_at_once_tell_no_pace(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    # eight at once after 60 s: nobody knows when the next will be done
    count(100, clock, (1, 60.0), (7, 0.01))
    assert "left" not in capsys.readouterr().err


def test_a_store_that_ends_is_noticed_after_twenty(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    count(1000, clock, (900, 0.001), (20, 6.0))
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "920 of 1000 cells, 8 min 00 s left"


def test_what_the_store_held_does_not_count_for_long(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    count(1300, clock, (1000, 0.001), (200, 1.0))
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.endswith(("cells, 1 min 40 s left", "cells, 1 min 41 s left"))


def test_nothing_done_nothing_said(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    count(3, clock)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (3599.4, "59 min 59 s"),
        (3599.6, "1 h 00 min"),
        (7500, "2 h 05 min"),
    ],
)
def test_durations_are_short(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_status_line_changes_and_goes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with contextlib.suppress(ValueError), status_line() as show:
        show("one")
        show("two")
        raise ValueError("no data")
    assert capsys.readouterr().err.split("\r\033[K") == ["", "one", "two", ""]


def test_nobody_at_a_terminal_sees_no_status_line(capsys: pytest.CaptureFixture[str]) -> None:
    with status_line() as show:
        show("one")
    assert capsys.readouterr() == ("", "")
