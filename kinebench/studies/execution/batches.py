"""Cells in batches: what one task of a pool or a cluster computes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kinebench.studies.design import Study, TrialSource
from kinebench.studies.plan import Cell, cells, count_cells

MOST = 32
"""Cells of the largest batch: some seconds of work, against milliseconds of handing it over."""

_BATCHES_PER_WORKER = 8


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive cells of one trial.

    What all batches share, the `recipe`, is megabytes of models and set-ups; a batch itself is
    kilobytes, so that a scheduler can hold many.

    Parameters
    ----------
    source : TrialSource
    first : int
        Place in the plan of the trial's first cell.
    start, stop : int
        Which cells of the trial.
    """

    source: TrialSource
    first: int
    start: int
    stop: int


def recipe(study: Study) -> Study:
    """The study without its trials."""
    return replace(study, sources=())


def batch_size(study: Study, workers: int) -> int:
    """Cells per batch: few enough that all workers stay busy to the end, `MOST` at most."""
    return max(1, min(MOST, count_cells(study) // (_BATCHES_PER_WORKER * max(1, workers))))


def batches(study: Study, size: int) -> Iterator[Batch]:
    """All cells of a study in the order of the plan; one trial per batch, made one by one."""
    if not study.sources:
        return
    n_cells = count_cells(study) // len(study.sources)
    for number, source in enumerate(study.sources):
        for start in range(0, n_cells, size):
            yield Batch(source, number * n_cells, start, min(start + size, n_cells))


def cells_of(batch: Batch, shared: Study) -> Iterator[Cell]:
    """The cells of a batch, equal to those of the whole study's plan.

    Parameters
    ----------
    batch : Batch
    shared : Study
        The `recipe`.
    """
    alone = replace(shared, sources=(batch.source,))
    for cell in itertools.islice(cells(alone), batch.start, batch.stop):
        yield replace(cell, index=batch.first + cell.index)
