"""How far an estimate is from a reference.

Error = estimate − reference, always. Metrics never align, filter or resample; what they take is on
one clock already. SI units and radians throughout.
"""

from kinebench.metrics.attribution import Attribution, shapley
from kinebench.metrics.catalogue import CATALOGUE, Metric, metrics_of
from kinebench.metrics.evaluation import NOT_SCORED, evaluate_motion
from kinebench.metrics.figure_table import FigureTable
from kinebench.metrics.marker_evaluation import evaluate_markers
from kinebench.metrics.quantities import Alignment, FigureRow, Kind, Quantity
from kinebench.metrics.residuals import evaluate_residuals
from kinebench.metrics.results import Evaluation, Exclusion, Figure, Undefined
from kinebench.metrics.side_evaluation import (
    evaluate_feet,
    evaluate_side_drop,
    evaluate_side_motion,
)
from kinebench.metrics.undefined import UndefinedMetricWarning

__all__ = [
    "CATALOGUE",
    "NOT_SCORED",
    "Alignment",
    "Attribution",
    "Evaluation",
    "Exclusion",
    "Figure",
    "FigureRow",
    "FigureTable",
    "Kind",
    "Metric",
    "Quantity",
    "Undefined",
    "UndefinedMetricWarning",
    "evaluate_feet",
    "evaluate_markers",
    "evaluate_motion",
    "evaluate_residuals",
    "evaluate_side_drop",
    "evaluate_side_motion",
    "metrics_of",
    "shapley",
]
