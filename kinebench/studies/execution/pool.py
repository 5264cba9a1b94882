"""Batches of cells in processes of this machine."""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from kinebench.errors import KinebenchError
from kinebench.io import interrupts

Task = TypeVar("Task")
Shared = TypeVar("Shared")
Place = TypeVar("Place")
Result = TypeVar("Result")

# enough to keep a worker busy, few enough that a large study need not be held in memory
_WAITING_PER_WORKER = 4


def run_in_processes(
    run: Callable[[Task, Shared, Place], Result],
    batches: Iterable[Task],
    shared: Shared,
    store: Place,
    workers: int,
) -> Iterator[Result]:
    """Results of ``run(batch, shared, store)``, as they come.

    Parameters
    ----------
    run : callable
        A function of a module: processes find it by its name.
    batches : iterable
        Pieces of work; what a few of them hold is in memory.
    shared, store
        What all of them need, and where results go.
    workers : int
        Processes.

    Raises
    ------
    KinebenchError
        When a process is ended from outside; what was done is in the store.
    """
    # fork would copy OpenSim's and numba's threads in an unknown state
    context = multiprocessing.get_context("spawn")
    todo = iter(batches)
    others = set(multiprocessing.active_children())
    pending: set[Future[Result]] = set()

    def submit(n: int) -> None:
        for batch in itertools.islice(todo, n):
            pending.add(pool.submit(_run_or_end, run, batch, shared, store))

    with ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare) as pool:
        try:
            with _children_deaf_to_ctrl_c():
                submit(_WAITING_PER_WORKER * workers)
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                submit(len(done))
                for future in done:
                    yield future.result()
        except BrokenProcessPool as error:
            raise KinebenchError(
                "a worker process was ended from outside, perhaps for want of memory; run the same"
                " again: it goes on where this run stopped"
            ) from error
        finally:
            if pending:
                # interrupted: by themselves workers would finish the batches in their hands
                for worker in set(multiprocessing.active_children()) - others:
                    worker.terminate()


@contextlib.contextmanager
def _children_deaf_to_ctrl_c() -> Iterator[None]:
    """Let processes that are started within the block leave Ctrl-C to this one, which ends them.

    A terminal sends it to all; a worker that has just been started would answer with a traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _run_or_end(
    run: Callable[[Task, Shared, Place], Result], batch: Task, shared: Shared, store: Place
) -> Result:
    """Run a batch; a worker that is asked to end cleans up and does, and takes no further batch."""
    try:
        with interrupts.listening():
            return run(batch, shared, store)
    except KeyboardInterrupt as error:
        os._exit(interrupts.exit_code(error))


def _prepare() -> None:
    """Let a worker end when the study is killed: by itself it would wait for work for ever."""
    threading.Thread(target=_outlast_parent, daemon=True).start()


def _outlast_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
