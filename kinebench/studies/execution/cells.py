"""Running a plan: in this process, in several, or on a Dask cluster, with equal results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from kinebench.core.motion import Motion
from kinebench.core.provenance import digest
from kinebench.core.results import PipelineRun
from kinebench.core.trial import Trial
from kinebench.errors import KinebenchError, NotApplicableError
from kinebench.io import interrupts
from kinebench.io.atomic import OutputError
from kinebench.metrics.figure_table import FigureTable
from kinebench.pipeline.memo import STAGE_VERSIONS, Memo
from kinebench.pipeline.pipeline import Pipeline
from kinebench.pipeline.under_test import content_of, remembered_motion
from kinebench.remarks import reason_of, tell
from kinebench.studies.design import Study
from kinebench.studies.execution.batches import Batch, batch_size, batches, cells_of, recipe
from kinebench.studies.execution.measure import measured
from kinebench.studies.execution.pool import run_in_processes
from kinebench.studies.execution.store import Store
from kinebench.studies.plan import Cell, cells

Status = Literal["done", "skipped", "failed", "not run"]

# To be raised when what is measured changes.
_MEASURE_VERSION = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a cell.

    Parameters
    ----------
    index : int
        Of the cell.
    labels : mapping
        Subject, trial, activity and level labels.
    status : {"done", "skipped", "failed", "not run"}
    reason : str
        Of a cell that is not done.
    figures : FigureTable
        Of a cell that is done; empty of another.
    """

    index: int
    labels: dict[str, str]
    status: Status
    reason: str = ""
    figures: FigureTable = field(default_factory=FigureTable)


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
    outcomes: list[Outcome] = []
    for batch in _results(study, store, workers, scheduler):
        outcomes += batch
        interrupts.check()
        for outcome in batch:
            if on_outcome is not None:
                on_outcome(outcome)
    return tuple(sorted(outcomes, key=lambda outcome: outcome.index))


def run_cell(cell: Cell, study: Study, store: Store) -> Outcome:
    """Run one cell; failures are told, and never stored."""
    if cell.inapplicable:
        return Outcome(cell.index, cell.labels, "skipped", cell.inapplicable)
    key = cell_key(cell, study)
    figures = _kept(key, store)
    if figures is None:
        try:
            trial = cell.source(dict(cell.choices))
            figures = measured(run_of(cell, trial, store), trial, study.metrics, study.judged.name)
        except NotApplicableError as reason:
            return Outcome(cell.index, cell.labels, "skipped", reason_of(reason))
        except OutputError:
            raise
        except KinebenchError as error:
            return Outcome(cell.index, cell.labels, "failed", reason_of(error))
        store.put(key, figures)
    return Outcome(cell.index, cell.labels, "done", "", figures)


def run_of(cell: Cell, trial: Trial, memo: Memo) -> PipelineRun | Motion:
    """The run of a cell's pipeline; the motion alone of one that is not ours."""
    if isinstance(cell.pipeline, Pipeline):
        return cell.pipeline(trial, memo=memo)
    return remembered_motion(cell.pipeline, trial, memo)


def _kept(key: str, store: Store) -> FigureTable | None:
    """The figures under a key; what is in a form of earlier versions counts as absent."""
    found = store.get(key)
    if found is None or isinstance(found, FigureTable):
        return found
    tell(
        "stale results",
        f"figures in {store.folder} are not used: they are in the form of an earlier version;"
        " 'kinebench study run' makes them anew from the results of the stages",
    )
    return None


def cell_key(cell: Cell, study: Study) -> str:
    """Key under which the store holds a cell's figures."""
    return digest(
        "cell",
        _MEASURE_VERSION,
        dict(STAGE_VERSIONS),
        cell.source,
        dict(cell.choices),
        cell.pipeline if isinstance(cell.pipeline, Pipeline) else content_of(cell.pipeline),
        study.metrics,
        study.judged.name,
    )


def stored_outcomes(study: Study, store: Store) -> tuple[Outcome, ...]:
    """What the store holds of a study, computing nothing: cells that it lacks are "not run"."""
    return tuple(_stored(cell, study, store) for cell in cells(study))


def _stored(cell: Cell, study: Study, store: Store) -> Outcome:
    if cell.inapplicable:
        return Outcome(cell.index, cell.labels, "skipped", cell.inapplicable)
    figures = _kept(cell_key(cell, study), store)
    if figures is None:
        return Outcome(cell.index, cell.labels, "not run")
    return Outcome(cell.index, cell.labels, "done", "", figures)


def _results(
    study: Study, store: Store, workers: int, scheduler: str | None
) -> Iterator[list[Outcome]]:
    shared = recipe(study)
    if scheduler is not None:
        from kinebench.studies.execution.cluster import cluster, n_threads, run_on_cluster

        # workers stand in folders of their own
        there = replace(store, folder=store.folder.resolve())
        with cluster(scheduler) as client:
            todo = batches(study, batch_size(study, n_threads(client)))
            yield from run_on_cluster(client, _run_batch, todo, shared, there)
    elif workers > 1:
        todo = batches(study, batch_size(study, workers))
        yield from run_in_processes(_run_batch, todo, shared, store, workers)
    else:
        for cell in cells(study):
            yield [run_cell(cell, study, store)]


def _run_batch(batch: Batch, shared: Study, store: Store) -> list[Outcome]:
    return [run_cell(cell, shared, store) for cell in cells_of(batch, shared)]
