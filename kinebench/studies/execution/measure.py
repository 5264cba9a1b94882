"""What a cell tells: a tidy table of one run against its reference."""

from __future__ import annotations

from collections.abc import Iterator

from kinebench.alignment import GivenLag, align
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.results import PipelineRun
from kinebench.core.trial import Trial
from kinebench.metrics import evaluate_motion, evaluate_residuals, evaluate_side_drop
from kinebench.metrics.figure_table import FigureTable
from kinebench.metrics.quantities import Alignment, FigureRow
from kinebench.remarks import unheard
from kinebench.signals.lag import lag_by_slope

__all__ = ["measured"]


def measured(
    run: PipelineRun, trial: Trial, metrics: tuple[str, ...], primary: str = "rmse"
) -> FigureTable:
    """All figures of a run, SI.

    Against the reference motion: `metrics` of every shared coordinate, on one clock; and, with
    `Alignment.LAG_REMOVED`, what the primary metric becomes when the whole motion may be early or
    late. Against the reference markers: side drop of the shared landmarks. Always: marker errors
    of inverse kinematics.
    """
    rows: list[FigureRow] = []
    with unheard():
        if trial.reference_motion is not None:
            estimate = run.solution.motion
            rows += _against_motion(estimate, trial.reference_motion, metrics, primary)
        if trial.reference_markers is not None:
            rows += _against_markers(run.augmented, trial.reference_markers)
        rows += evaluate_residuals(run.solution.marker_errors, run.solution.marker_names).tidy()
    return FigureTable.of(rows)


def _against_motion(
    estimate: Motion, reference: Motion, metrics: tuple[str, ...], primary: str
) -> Iterator[FigureRow]:
    aligned = align(reference, estimate)
    yield from evaluate_motion(aligned.reference, aligned.estimate, metrics).tidy()
    late = align(reference, estimate, GivenLag(_lag(aligned.reference, aligned.estimate)))
    shifted = evaluate_motion(late.reference, late.estimate, (primary,))
    yield from shifted.tidy(Alignment.LAG_REMOVED)


def _lag(reference: Motion, estimate: Motion) -> float:
    """The one small lag that explains most of the differences of the angles."""
    angles = [
        coordinate.name
        for coordinate in reference.coordinates
        if coordinate.kind == "rotational" and coordinate.name in estimate.names
    ]
    if not angles or reference.n_frames < 2:
        return 0.0
    values = reference.select(angles).values, estimate.select(angles).values
    return lag_by_slope(*values, reference.rate_hz)


def _against_markers(estimate: Markers, reference: Markers) -> Iterator[FigureRow]:
    aligned = align(reference, estimate)
    return evaluate_side_drop(aligned.estimate, aligned.reference).tidy()
