"""The headline figures of a cell: errors of the angles of legs, pelvis and trunk, and of sides."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from kinebench.studies import measure
from kinebench.studies.execution import Outcome

__all__ = [
    "AS_IS",
    "LAG_REMOVED",
    "LEG_ANGLES",
    "OFFSET_REMOVED",
    "Measure",
    "Score",
    "score_of",
    "scores_of",
]

LEG_ANGLES = (
    "pelvis_tilt", "pelvis_list", "pelvis_rotation", "hip_flexion", "hip_adduction",
    "hip_rotation", "knee_angle", "ankle_angle", "subtalar_angle", "lumbar_extension",
    "lumbar_bending", "lumbar_rotation",
)  # fmt: skip
"""Angles that headline figures average, each once: left and right are averaged first."""


class Measure(NamedTuple):
    """Which rows of the results make an error: their kind and metric."""

    kind: str
    metric: str
    title: str


AS_IS = Measure("coordinate", "rmse", "as recorded")
OFFSET_REMOVED = Measure("coordinate", "offset_removed_rmse", "constant offset removed")
LAG_REMOVED = Measure(measure.LAG_REMOVED, "rmse", "one lag removed")


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one cell that the report needs.

    Parameters
    ----------
    labels : mapping of str to str
    angles : mapping of Measure to mapping of str to float
        Angle without side to its error, mean over its sides, rad.
    drops : mapping of str to float
        Landmark to side drop, m.
    list_bias : float
        Of ``pelvis_list``, rad; NaN when there is none.
    """

    labels: Mapping[str, str]
    angles: Mapping[Measure, Mapping[str, float]]
    drops: Mapping[str, float] = field(default_factory=dict)
    list_bias: float = math.nan

    def error(self, measure: Measure = AS_IS) -> float:
        """Mean over the angles, rad; NaN when the cell has none."""
        values = self.angles.get(measure)
        return float(np.mean(list(values.values()))) if values else math.nan


_MEASURES = {(m.kind, m.metric): m for m in (AS_IS, OFFSET_REMOVED, LAG_REMOVED)}


def scores_of(outcomes: Iterable[Outcome]) -> tuple[Score, ...]:
    """One score per cell that is done."""
    return tuple(
        score_of(outcome.labels, outcome.rows) for outcome in outcomes if outcome.status == "done"
    )


def score_of(labels: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> Score:
    """The score of one cell, from its rows of the results."""
    angles: dict[Measure, dict[str, list[float]]] = {}
    drops: dict[str, float] = {}
    list_bias = math.nan
    for row in rows:
        if row["value"] is None:
            continue
        kind, item, metric, value = row["kind"], row["item"], row["metric"], float(row["value"])
        measure = _MEASURES.get((kind, metric))
        if measure is not None:
            stem = item.removesuffix("_r").removesuffix("_l")
            if stem in LEG_ANGLES:
                angles.setdefault(measure, {}).setdefault(stem, []).append(value)
        elif (kind, metric) == ("side", "side_drop"):
            drops[item] = value
        elif (kind, item, metric) == ("coordinate", "pelvis_list", "bias"):
            list_bias = value
    means = {
        measure: {stem: float(np.mean(values)) for stem, values in found.items()}
        for measure, found in angles.items()
    }
    return Score(labels, means, drops, list_bias)
