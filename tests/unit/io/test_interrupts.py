"""Requests to end are heard once, held back where asked, and never lost."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

import pytest

from kinebench.io.interrupts import Interrupted, check, held, listening

NUMBERS = [signal.SIGINT, signal.SIGTERM]


@pytest.fixture(autouse=True)
def _handlers_as_before() -> Iterator[None]:
    """Whoever runs the tests may have SIGINT ignored; here it is Python's own."""
    before = {number: signal.getsignal(number) for number in NUMBERS}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def send(number: int, steps: list[int] | None = None) -> None:
    """Raise a signal and give Python, which takes it between instructions, time to do so."""
    signal.raise_signal(number)
    for step in range(1000):
        if steps is not None:
            steps.append(step)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_becomes_an_exception_that_names_it(number: int) -> None:
    before = signal.getsignal(number)
    with pytest.raises(Interrupted) as caught, listening():
        send(number)
    assert caught.value.number == number
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("number", NUMBERS)
def test_what_a_library_swallows_is_raised_at_the_next_check(number: int) -> None:
    with listening():
        check()
        with contextlib.suppress(BaseException):
            send(number)
        with pytest.raises(Interrupted):
            check()
        check()


@pytest.mark.parametrize("number", NUMBERS)
def test_a_held_signal_comes_when_the_block_is_done(number: int) -> None:
    done: list[int] = []
    with listening(), pytest.raises(Interrupted), held():
        send(number, done)
    assert len(done) == 1000


def test_a_failure_in_a_held_block_is_not_hidden() -> None:
    def fail() -> None:
        send(signal.SIGINT)
        raise ZeroDivisionError

    with listening(), pytest.raises(ZeroDivisionError), held():
        fail()


def test_ignored_signals_stay_ignored() -> None:
    """As after nohup, and in the background of a shell script."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with listening(), held():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        signal.raise_signal(signal.SIGINT)
    check()


def test_another_thread_neither_fails_nor_listens() -> None:
    before, seen = signal.getsignal(signal.SIGTERM), []

    def work() -> None:
        with listening(), held():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
