"""Batches of cells in processes of this machine."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from kinebench.errors import KinebenchError
from kinebench.studies.batches import Batch
from kinebench.studies.design import Study
from kinebench.studies.store import Store

__all__ = ["run_in_processes"]

Result = TypeVar("Result")

# enough to keep a worker busy, few enough that a large study need not be held in memory
_WAITING_PER_WORKER = 4


def run_in_processes(
    run: Callable[[Batch, Study, Store], Result],
    batches: Iterable[Batch],
    shared: Study,
    store: Store,
    workers: int,
) -> Iterator[Result]:
    """Results of ``run(batch, shared, store)``, as they come.

    Raises
    ------
    KinebenchError
        When a process is ended from outside; what was done is in the store.
    """
    # fork would copy OpenSim's and numba's threads in an unknown state
    context = multiprocessing.get_context("spawn")
    todo = iter(batches)
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent) as pool:
        pending = {
            pool.submit(run, batch, shared, store)
            for batch in itertools.islice(todo, _WAITING_PER_WORKER * workers)
        }
        try:
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for batch in itertools.islice(todo, len(done)):
                    pending.add(pool.submit(run, batch, shared, store))
                for future in done:
                    yield future.result()
        except BrokenProcessPool as error:
            raise KinebenchError(
                "a worker process was ended from outside, perhaps for want of memory; run the same"
                " again: it goes on where this run stopped"
            ) from error
        finally:
            for future in pending:
                future.cancel()


def _end_with_parent() -> None:
    """Let a worker end when the study is killed: by itself it would wait for work for ever."""
    threading.Thread(target=_outlast_parent, daemon=True).start()


def _outlast_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
