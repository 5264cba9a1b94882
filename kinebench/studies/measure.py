"""What a cell tells: tidy rows of one run against its reference."""

from __future__ import annotations

import math
import warnings
from typing import Any

from kinebench.alignment import align
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.trial import Trial
from kinebench.errors import KinebenchWarning
from kinebench.metrics import evaluate_motion, evaluate_residuals, evaluate_side_drop
from kinebench.metrics.results import Figure
from kinebench.studies.staged import StagedRun

__all__ = ["measured"]

Row = dict[str, Any]


def measured(run: StagedRun, trial: Trial, metrics: tuple[str, ...]) -> list[Row]:
    """Rows with kind, item, metric, value and unit (SI).

    Against the reference motion: `metrics` of every shared coordinate. Against the reference
    markers: side drop of the shared landmarks. Always: marker errors of inverse kinematics. One
    clock is taken for granted: sources give references on the trial's own clock.
    """
    figures: list[tuple[str, Figure]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        if trial.reference_motion is not None:
            figures += _against_motion(run.solution.motion, trial.reference_motion, metrics)
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
    estimate: Motion, reference: Motion, metrics: tuple[str, ...]
) -> list[tuple[str, Figure]]:
    aligned = align(reference, estimate)
    found = evaluate_motion(aligned.reference, aligned.estimate, metrics)
    return [("coordinate", figure) for figure in found.figures]


def _against_markers(estimate: Markers, reference: Markers) -> list[tuple[str, Figure]]:
    aligned = align(reference, estimate)
    found = evaluate_side_drop(aligned.estimate, aligned.reference)
    return [("side", figure) for figure in found.figures]
