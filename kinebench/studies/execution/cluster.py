"""Batches of cells on a Dask cluster."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from kinebench.errors import KinebenchError
from kinebench.remarks import tell
from kinebench.studies.design import Study
from kinebench.studies.execution.batches import Batch
from kinebench.studies.execution.store import Store

Result = TypeVar("Result")

CONNECT_S = 10.0
"""How long a scheduler may take to answer."""

# batches that the scheduler knows at a time: kilobytes each, and enough for hundreds of workers
_WAITING = 1000


@contextmanager
def cluster(address: str) -> Iterator[Any]:
    """A client of the Dask scheduler at an address.

    Raises
    ------
    KinebenchError
        When Dask is not installed or the scheduler does not answer.
    """
    try:
        import distributed
    except ImportError as error:
        raise KinebenchError(
            "a cluster needs the extra 'cluster': pip install 'kinebench[cluster]'"
        ) from error
    try:
        client: Any = distributed.Client(address, timeout=CONNECT_S)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise KinebenchError(
            f"no Dask scheduler answers at {address} within {CONNECT_S:g} s; 'dask scheduler'"
            " starts one and shows its address, such as tcp://127.0.0.1:8786"
        ) from error
    with client:
        _remark(client, address)
        yield client


def run_on_cluster(
    client: Any,
    run: Callable[[Batch, Study, Store], Result],
    batches: Iterator[Batch],
    shared: Study,
    store: Store,
) -> Iterator[Result]:
    """Results of ``run(batch, shared, store)``, as they come.

    A batch whose worker dies is given to another one.

    Raises
    ------
    KinebenchError
        When the scheduler goes away, or a batch has cost several workers their life.
    """
    import distributed

    # the recipe is a task's result: workers fetch it once, and a lost one is made again
    common = client.submit(_same, shared, pure=False)

    def submitted(n: int) -> list[Any]:
        return [
            client.submit(run, batch, common, store, pure=False)
            for batch in itertools.islice(batches, n)
        ]

    completed: Any = distributed.as_completed(submitted(_WAITING))  # type: ignore[no-untyped-call]
    try:
        for future in completed:
            yield future.result()
            # a kept future would keep its result on the cluster
            future.release()
            for another in submitted(1):
                completed.add(another)
    except distributed.KilledWorker as error:
        raise KinebenchError(
            "a batch has ended several workers, one after the other, perhaps for want of memory;"
            " with more memory per worker the same command goes on where this run stopped"
        ) from error
    except distributed.CancelledError as error:
        raise KinebenchError(
            "the Dask scheduler went away; the same command goes on where this run stopped"
        ) from error


def n_threads(client: Any) -> int:
    """Batches that the cluster can run at a time, as it is now."""
    return sum(client.nthreads().values())


def _same(value: Study) -> Study:
    return value


def _remark(client: Any, address: str) -> None:
    """Warn of a cluster that is empty, or set up in a way that does not pay."""
    threads = client.nthreads().values()
    if not threads:
        message = f"the Dask scheduler at {address} has no workers yet: the study waits for one"
    elif max(threads) > 1:
        message = (
            "the cluster's workers have several threads; OpenSim and the augmenter gain nothing"
            " from them: start one worker per core, with --nthreads 1"
        )
    else:
        return
    tell("cluster", message)
