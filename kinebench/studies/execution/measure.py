"""What a cell tells: tidy rows of one run against its reference."""

from __future__ import annotations

import math
import warnings
from typing import Any

from kinebench.alignment import GivenLag, align
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.results import PipelineRun
from kinebench.core.trial import Trial
from kinebench.errors import KinebenchWarning
from kinebench.metrics import evaluate_motion, evaluate_residuals, evaluate_side_drop
from kinebench.metrics.results import Figure
from kinebench.signals.lag import lag_by_slope

__all__ = ["LAG_REMOVED", "measured"]

LAG_REMOVED = "coordinate, lag removed"
"""Kind of the rows that forgive the whole motion one small lag."""

Row = dict[str, Any]


def measured(
    run: PipelineRun, trial: Trial, metrics: tuple[str, ...], primary: str = "rmse"
) -> list[Row]:
    """Rows with kind, item, metric, value and unit (SI).

    Against the reference motion: `metrics` of every shared coordinate, on one clock; and, as
    `LAG_REMOVED`, what the primary metric becomes when the whole motion may be early or late.
    Against the reference markers: side drop of the shared landmarks. Always: marker errors of
    inverse kinematics.
    """
    figures: list[tuple[str, Figure]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        if trial.reference_motion is not None:
            estimate = run.solution.motion
            figures += _against_motion(estimate, trial.reference_motion, metrics, primary)
        if trial.reference_markers is not None:
            figures += _against_markers(run.augmented, trial.reference_markers)
        residuals = evaluate_residuals(run.solution.marker_errors, run.solution.marker_names)
        figures += [("marker error", figure) for figure in residuals.figures]
    return [
        {
            "kind": kind,
            "item": figure.item,
            "metric": figure.metric,
            "value": figure.value if math.isfinite(figure.value) else None,
            "unit": figure.unit,
        }
        for kind, figure in figures
    ]


def _against_motion(
    estimate: Motion, reference: Motion, metrics: tuple[str, ...], primary: str
) -> list[tuple[str, Figure]]:
    aligned = align(reference, estimate)
    found = evaluate_motion(aligned.reference, aligned.estimate, metrics)
    late = align(reference, estimate, GivenLag(_lag(aligned.reference, aligned.estimate)))
    shifted = evaluate_motion(late.reference, late.estimate, (primary,))
    return [
        *(("coordinate", figure) for figure in found.figures),
        *((LAG_REMOVED, figure) for figure in shifted.figures),
    ]


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


def _against_markers(estimate: Markers, reference: Markers) -> list[tuple[str, Figure]]:
    aligned = align(reference, estimate)
    found = evaluate_side_drop(aligned.estimate, aligned.reference)
    return [("side", figure) for figure in found.figures]
