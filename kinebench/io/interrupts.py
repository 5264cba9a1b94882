"""Ctrl-C and requests to end: heard everywhere, held back where files move, never lost."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

# a hang-up ends what a closed terminal had started; Windows has none
_ASKED_TO_END = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Interrupted(KeyboardInterrupt):
    """A signal asks this process to end.

    Parameters
    ----------
    number : int
        Of the signal; a shell shows 128 more than it.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def exit_code(error: KeyboardInterrupt) -> int:
    """As a shell shows a process that a signal ended: 128 more than the signal's number."""
    return 128 + int(getattr(error, "number", signal.SIGINT))


# numbers of signals whose exception nobody has answered yet
_unanswered: list[int] = []


@contextlib.contextmanager
def listening() -> Iterator[None]:
    """Turn the signals that ask to end into `Interrupted` within the block.

    So that scratch files go and half a result is never left, whoever asks: by itself Python does
    this for Ctrl-C alone. Signals that the parent had this process ignore stay ignored. Outside
    the main thread, where signals cannot be heard, nothing changes.
    """
    _unanswered.clear()
    with _handled_by(_raise):
        yield


def check() -> None:
    """Raise `Interrupted` if a signal came and its exception went astray.

    Python drops exceptions in callbacks and finalisers, and libraries catch some. Whatever loops
    over pieces of work calls this between two.
    """
    if _unanswered:
        raise Interrupted(_unanswered.pop())


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Hold signals back until the block is done; for steps that belong together."""
    came: list[int] = []
    with _handled_by(lambda number, frame: came.append(number)) as before:
        yield
    for number in dict.fromkeys(came):
        handler = before[number]
        if callable(handler):
            # at once: a raised signal may take effect in whatever comes next
            handler(number, None)
        else:
            signal.raise_signal(number)


@contextlib.contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], Any]) -> Iterator[dict[int, Any]]:
    """Another handler for the signals that are not ignored; gives those that were there before."""
    if threading.current_thread() is not threading.main_thread():
        yield {}
        return
    before: dict[int, Any] = {number: signal.getsignal(number) for number in _ASKED_TO_END}
    # None: not set from Python, so it could not be set back
    before = {n: old for n, old in before.items() if old not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, handler)
    try:
        yield before
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _raise(number: int, frame: FrameType | None) -> None:
    _unanswered.append(number)
    raise Interrupted(number)
