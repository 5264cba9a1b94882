"""Progress on standard error: what is under way; of many, how many are done and the time left."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

_EVERY_S = 10.0
_WINDOW_S = 120.0
_LAST = 20  # of what is done: the pace when a store has nothing more, or when cells grow
_FEWEST, _SHORTEST_S = (
    3,
    5.0,
)  # of what is done after the first, and in how long: less tells nothing


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

    At a terminal a line that changes; in a log a line each 10 s. The time left comes from the pace
    of the last two minutes and of the last 20, whichever is slower: what a store held went by
    quickly. It counts from the first that is done, before which code may be compiled, and is left
    out until there is something to tell it from.

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
    done = 0
    done_s: deque[float] = deque()  # when each was done, as far back as the pace is taken

    with status_line() as show:
        show(f"0 of {total} {unit}")

        def step(*_: object) -> None:
            nonlocal told_s, done
            now, done = time.monotonic(), done + 1
            done_s.append(now)
            while len(done_s) > _LAST + 1 and done_s[1] < now - _WINDOW_S:
                done_s.popleft()
            each_s = _pace(done_s)
            left = "" if each_s is None else f", {duration(each_s * (total - done))} left"
            line = f"{done} of {total} {unit}{left}"
            show(line)
            if not at_terminal and now - told_s >= _EVERY_S:
                told_s = now
                print(line, file=sys.stderr, flush=True)

        yield step


def _pace(done_s: Sequence[float]) -> float | None:
    """Seconds for each, or None where too little is done to tell."""
    n = len(done_s) - 1
    if n < _FEWEST or done_s[-1] - done_s[0] < _SHORTEST_S:
        return None
    last = min(n, _LAST)
    return max((done_s[-1] - done_s[0]) / n, (done_s[-1] - done_s[-1 - last]) / last)


def duration(seconds: float) -> str:
    """Rounded: "45 s", "3 min 20 s", "2 h 05 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"
