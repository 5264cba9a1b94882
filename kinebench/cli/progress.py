"""Progress on standard error: what is under way; of a study, cells done and time left."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kinebench.studies.execution.cells import Outcome


_EVERY_S = 10.0
_WINDOW_S = 120.0


@contextmanager
def status_line() -> Iterator[Callable[[str], None]]:
    """Shows what is under way in one line that changes, at a terminal only; it is gone at the end.

    Yields
    ------
    callable
        Of the text that the line shows from now on.
    """
    at_terminal = sys.stderr.isatty()

    def show(text: str) -> None:
        if at_terminal:
            # back to the start, and the rest of the line cleared
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        show("")


class CellProgress:
    """Cells done and time left on stderr: one line that changes on a terminal, else one each 10 s.

    The time left comes from the last two minutes: what the store held went by quickly.

    Parameters
    ----------
    total : int
        Cells in the plan.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._terminal = sys.stderr.isatty()
        now = time.monotonic()
        self._told_s = now
        self._course = deque([(now, 0)])

    def step(self, outcome: Outcome) -> None:
        """Count an outcome."""
        self._done += 1
        now = time.monotonic()
        self._course.append((now, self._done))
        while self._course[1][0] < now - _WINDOW_S:
            self._course.popleft()
        if self._terminal:
            print(f"\r{self._line(now)}   ", end="", file=sys.stderr, flush=True)
        elif now - self._told_s >= _EVERY_S:
            self._told_s = now
            print(self._line(now), file=sys.stderr, flush=True)

    def end(self) -> None:
        """End the line."""
        if self._terminal and self._done:
            print(file=sys.stderr)

    def _line(self, now: float) -> str:
        since, before = self._course[0]
        left_s = (now - since) / (self._done - before) * (self._total - self._done)
        return f"{self._done} of {self._total} cells, {duration(left_s)} left"


def duration(seconds: float) -> str:
    """Rounded: "45 s", "3 min 20 s", "2 h 05 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"
