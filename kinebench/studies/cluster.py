"""Batches of cells on a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kinebench.errors import KinebenchError

__all__ = ["run_batches"]


def run_batches(
    scheduler: str,
    run: Callable[..., Any],
    batches: Sequence[Any],
    *shared: Any,
) -> Iterator[Any]:
    """Results of ``run(batch, *shared)``, as they come.

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
        client: Any = distributed.Client(scheduler, timeout=10)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise KinebenchError(f"no Dask scheduler answers at {scheduler}: {error}") from error
    with client:
        futures = [client.submit(run, batch, *shared, pure=False) for batch in batches]
        completed: Any = distributed.as_completed(futures)  # type: ignore[no-untyped-call]
        for future in completed:
            yield future.result()
