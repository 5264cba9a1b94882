"""Progress on standard error: what is under way; of many, how many are done and the time left."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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


@contextmanager
def counted(total: int, unit: str) -> Iterator[Callable[..., None]]:
    """Tells how many of many are done and the time left, on standard error.

    At a terminal a line that changes; in a log a line each 10 s. The time left comes from the last
    two minutes: what a store held went by quickly.

    Parameters
    ----------
    total : int
    unit : str
        What is counted, in the plural: "cells".

    Yields
    ------
    callable
        To be called as each is done, with whatever arguments.
    """
    at_terminal = sys.stderr.isatty()
    told_s = time.monotonic()
    course = deque([(told_s, 0)])

    with status_line() as show:

        def step(*_: object) -> None:
            nonlocal told_s
            now, done = time.monotonic(), course[-1][1] + 1
            course.append((now, done))
            while course[1][0] < now - _WINDOW_S:
                course.popleft()
            since, before = course[0]
            left_s = (now - since) / (done - before) * (total - done)
            line = f"{done} of {total} {unit}, {duration(left_s)} left"
            show(line)
            if not at_terminal and now - told_s >= _EVERY_S:
                told_s = now
                print(line, file=sys.stderr, flush=True)

        yield step


def duration(seconds: float) -> str:
    """Rounded: "45 s", "3 min 20 s", "2 h 05 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"
