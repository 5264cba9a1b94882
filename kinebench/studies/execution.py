"""Running a plan: in this process, in several, or on a Dask cluster, with equal results."""

from __future__ import annotations

import itertools
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

from kinebench.core.provenance import digest
from kinebench.errors import KinebenchError, NotApplicableError
from kinebench.io.atomic import OutputError
from kinebench.studies.design import Study
from kinebench.studies.measure import measured
from kinebench.studies.plan import Cell, cells
from kinebench.studies.staged import STAGE_VERSIONS, run_stages
from kinebench.studies.store import Store

__all__ = ["Outcome", "run_cell", "run_study"]

Status = Literal["done", "skipped", "failed"]

# To be raised when what is measured changes.
_MEASURE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a cell.

    Parameters
    ----------
    index : int
        Of the cell.
    labels : mapping
        Subject, trial, activity and level labels.
    status : {"done", "skipped", "failed"}
    reason : str
        Of a cell that is not done.
    rows : tuple of mapping
        Figures of a cell that is done.
    """

    index: int
    labels: dict[str, str]
    status: Status
    reason: str = ""
    rows: tuple[dict[str, Any], ...] = field(default=())


def run_study(
    study: Study,
    store: Store,
    workers: int = 1,
    scheduler: str | None = None,
    on_outcome: Callable[[Outcome], None] | None = None,
) -> tuple[Outcome, ...]:
    """Run all cells; what the store holds is not computed again.

    Parameters
    ----------
    study : Study
    store : Store
    workers : int
        Processes on this machine.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers share the store's folder.
    on_outcome : callable, optional
        Told each outcome as it comes.

    Returns
    -------
    tuple of Outcome
        In the order of the plan, whatever the order of the work.

    Raises
    ------
    OutputError
        When the store cannot be written to; what is in it stays.
    """
    batches = _batches(study)
    if scheduler is not None:
        from kinebench.studies.cluster import run_batches

        results = run_batches(scheduler, _run_batch, batches, study.metrics, store)
    elif workers > 1:
        results = _in_processes(batches, study.metrics, store, workers)
    else:
        results = (_run_batch(batch, study.metrics, store) for batch in batches)
    outcomes: list[Outcome] = []
    for batch in results:
        outcomes += batch
        for outcome in batch:
            if on_outcome is not None:
                on_outcome(outcome)
    return tuple(sorted(outcomes, key=lambda outcome: outcome.index))


def run_cell(cell: Cell, metrics: tuple[str, ...], store: Store) -> Outcome:
    """Run one cell; failures are told, and never stored."""
    key = digest(
        "cell",
        _MEASURE_VERSION,
        STAGE_VERSIONS,
        cell.source,
        dict(cell.choices),
        cell.seed,
        cell.pipeline,
        metrics,
    )
    rows = store.get(key)
    if rows is None:
        try:
            trial = cell.source(dict(cell.choices), cell.seed)
            trial_key = digest(cell.source, dict(cell.choices), cell.seed)
            run = run_stages(cell.pipeline, trial, trial_key, store)
            rows = measured(run, trial, metrics)
        except NotApplicableError as reason:
            return Outcome(cell.index, cell.labels, "skipped", " ".join(str(reason).split()))
        except OutputError:
            raise
        except KinebenchError as error:
            return Outcome(cell.index, cell.labels, "failed", " ".join(str(error).split()))
        store.put(key, rows)
    return Outcome(cell.index, cell.labels, "done", "", tuple(rows))


def _batches(study: Study) -> list[tuple[Cell, ...]]:
    """Cells that share a recording stay together: their first stages are the same."""
    grouped = itertools.groupby(
        cells(study), key=lambda cell: (cell.source.subject, cell.source.name)
    )
    return [tuple(batch) for _, batch in grouped]


def _run_batch(batch: Sequence[Cell], metrics: tuple[str, ...], store: Store) -> list[Outcome]:
    return [run_cell(cell, metrics, store) for cell in batch]


def _in_processes(
    batches: Iterable[Sequence[Cell]], metrics: tuple[str, ...], store: Store, workers: int
) -> Iterator[list[Outcome]]:
    # fork would copy OpenSim's and numba's threads in an unknown state
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        futures = [pool.submit(_run_batch, batch, metrics, store) for batch in batches]
        try:
            for future in futures:
                yield future.result()
        finally:
            for future in futures:
                future.cancel()
