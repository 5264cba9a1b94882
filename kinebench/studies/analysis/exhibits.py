"""Cells of a study to look at: the worst, the median and the best, with their motions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.results import PipelineRun
from kinebench.core.trial import Trial
from kinebench.errors import ValueRangeError
from kinebench.pipeline.memo import Memo
from kinebench.studies.analysis.scores import score_of
from kinebench.studies.design import Study
from kinebench.studies.execution.cells import Outcome, run_of
from kinebench.studies.plan import Cell, cells


@dataclass(frozen=True, slots=True, eq=False)
class Exhibit:
    """A cell with its motions.

    Parameters
    ----------
    role : str
        "worst", "second worst" …, "median", "best".
    labels : dict of str to str
        Of the cell.
    reference, estimate : Motion
        As they are, each on its own times.
    model : Model
        Scaled, as the estimate was solved with; of a pipeline that is not ours, as the study's own
        pipeline scales it.
    mean_error : float
        By which it was chosen, SI; of the study's primary metric.
    """

    role: str
    labels: dict[str, str]
    reference: Motion
    estimate: Motion
    model: Model
    mean_error: float


def exhibits_of(
    study: Study, outcomes: Sequence[Outcome], store: Memo, n: int = 1
) -> tuple[Exhibit, ...]:
    """The worst cell of each of the n worst trials, the median cell, and the best.

    Cells are ordered by the study's primary metric, mean over their leg, pelvis and trunk
    angles. What the store holds is not computed again.

    Parameters
    ----------
    study : Study
    outcomes : sequence of Outcome
    store : Memo
    n : int
        How many of the worst.

    Returns
    -------
    tuple of Exhibit
        Worst first; fewer when there are fewer cells, none when no cell has a reference motion.
    """
    if n < 1:
        raise ValueRangeError(f"n must be 1 or more, found {n}")
    chosen = _chosen(outcomes, n, study.judged.name)
    # by labels: the outcomes may be those of some trials only
    wanted = {tuple(outcome.labels.items()) for _, _, outcome in chosen}
    planned = {
        labels: cell for cell in cells(study) if (labels := tuple(cell.labels.items())) in wanted
    }
    found = (
        _exhibit(role, error, planned[tuple(outcome.labels.items())], study, store)
        for role, error, outcome in chosen
    )
    return tuple(exhibit for exhibit in found if exhibit is not None)


def _chosen(outcomes: Sequence[Outcome], n: int, metric: str) -> list[tuple[str, float, Outcome]]:
    scores = ((score_of(outcome.labels, outcome.figures, metric), outcome) for outcome in outcomes)
    scored = [pair for pair in scores if math.isfinite(pair[0].error())]
    # equal errors keep the order of the plan
    scored.sort(key=lambda pair: (-pair[0].badness(), pair[1].index))
    if not scored:
        return []
    ordered = [(score.error(), outcome) for score, outcome in scored]
    worst: dict[tuple[str, str], tuple[float, Outcome]] = {}
    for error, outcome in ordered:
        worst.setdefault((outcome.labels["subject"], outcome.labels["trial"]), (error, outcome))
    names = ("worst", "second worst", "third worst")
    taken = [
        (names[k] if k < len(names) else f"{k + 1}th worst", *pair)
        for k, pair in enumerate(list(worst.values())[:n])
    ]
    for role, pair in (("median", ordered[len(ordered) // 2]), ("best", ordered[-1])):
        if pair[1].index not in {outcome.index for _, _, outcome in taken}:
            taken.append((role, *pair))
    return taken


def _exhibit(role: str, error: float, cell: Cell, study: Study, store: Memo) -> Exhibit | None:
    trial = cell.source(dict(cell.choices))
    if trial.reference_motion is None:
        return None
    run = run_of(cell, trial, store)
    motion = run if isinstance(run, Motion) else run.solution.motion
    model = _model(run, trial, study, store)
    return Exhibit(role, cell.labels, trial.reference_motion, motion, model, error)


def _model(run: PipelineRun | Motion, trial: Trial, study: Study, store: Memo) -> Model:
    """What the estimate was solved with; else as our own pipeline scales it, where it can."""
    if isinstance(run, PipelineRun):
        return run.scaling.model
    if not np.isfinite(trial.keypoints.positions).any():
        return study.base.generic  # motions are all there is: nobody's size is known
    return study.base(trial, memo=store).scaling.model
