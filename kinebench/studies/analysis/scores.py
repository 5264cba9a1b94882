"""The headline figures of a cell: errors of the angles of legs, pelvis and trunk, and of sides."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kinebench.metrics.catalogue import CATALOGUE, Metric
from kinebench.studies.execution import measure
from kinebench.studies.execution.cells import Outcome

__all__ = [
    "AS_IS",
    "LAG_REMOVED",
    "LEG_ANGLES",
    "OFFSET_REMOVED",
    "Measure",
    "Score",
    "measures_of",
    "score_of",
    "scores_of",
]

LEG_ANGLES = (
    "pelvis_tilt", "pelvis_list", "pelvis_rotation", "hip_flexion", "hip_adduction",
    "hip_rotation", "knee_angle", "ankle_angle", "subtalar_angle", "lumbar_extension",
    "lumbar_bending", "lumbar_rotation",
)  # fmt: skip
"""Angles that headline figures average, each once: left and right are averaged first."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Which rows of the results make an error, and how their values are judged.

    Parameters
    ----------
    metric : str
        Of the catalogue of metrics.
    kind : str
        Of the rows.
    title : str
        How it differs from the others of a report: "as recorded".
    """

    metric: str
    kind: str = "coordinate"
    title: str = "as recorded"

    @property
    def row(self) -> Metric:
        """The metric in the catalogue."""
        return CATALOGUE[self.metric]

    @property
    def unit(self) -> str:
        """SI unit of the value for an angle."""
        return self.row.unit_for("rad")

    @property
    def higher_is_better(self) -> bool:
        return self.row.better == "higher"

    @property
    def label(self) -> str:
        """The metric as it is judged: ``RMSE``, ``|bias|``, ``|LFM slope − 1|``."""
        title, better = self.row.title, self.row.better
        return {"zero": f"|{title}|", "one": f"|{title} − 1|"}.get(better, title)

    @property
    def noun(self) -> str:
        """What its mean over the angles is called: an error, unless higher is better."""
        return f"mean {self.label}" if self.higher_is_better else "mean error"

    def judged(self, value: float) -> float:
        """A signed metric is judged by its size, one that should be 1 by its distance from it.

        Signs must not cancel: a bias of +5° on the left and −5° on the right is no 0°.
        """
        return abs(value - (self.row.perfect or 0.0)) if self.row.better in _SIGNED else value


_SIGNED = ("zero", "one")


def measures_of(metric: str) -> tuple[Measure, ...]:
    """A metric as recorded; what is left of it without offset, where the catalogue has that; and
    without lag."""
    without_offset = f"offset_removed_{metric}"
    offset = (
        (Measure(without_offset, title="constant offset removed"),)
        if without_offset in CATALOGUE
        else ()
    )
    lag = Measure(metric, measure.LAG_REMOVED, "one lag removed")
    return (Measure(metric), *offset, lag)


AS_IS, OFFSET_REMOVED, LAG_REMOVED = measures_of("rmse")


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one cell that the report needs.

    Parameters
    ----------
    labels : mapping of str to str
    angles : mapping of Measure to mapping of str to float
        Angle without side to its error, mean over its sides, SI.
    drops : mapping of str to float
        Landmark to side drop, m.
    list_bias : float
        Of ``pelvis_list``, rad; NaN when there is none.
    primary : Measure
        What the study is judged by.
    """

    labels: Mapping[str, str]
    angles: Mapping[Measure, Mapping[str, float]]
    drops: Mapping[str, float] = field(default_factory=dict)
    list_bias: float = math.nan
    primary: Measure = AS_IS

    def error(self, measure: Measure | None = None) -> float:
        """Mean over the angles, SI, of the primary measure or another; NaN when there are none."""
        values = self.angles.get(measure or self.primary)
        return float(np.mean(list(values.values()))) if values else math.nan

    def badness(self) -> float:
        """The primary measure, turned so that more is worse."""
        return -self.error() if self.primary.higher_is_better else self.error()


def scores_of(outcomes: Iterable[Outcome], metric: str = "rmse") -> tuple[Score, ...]:
    """One score per cell that is done, judged by a metric."""
    return tuple(
        score_of(outcome.labels, outcome.rows, metric)
        for outcome in outcomes
        if outcome.status == "done"
    )


def score_of(
    labels: Mapping[str, str], rows: Iterable[Mapping[str, Any]], metric: str = "rmse"
) -> Score:
    """The score of one cell, from its rows of the results."""
    measures = {(m.kind, m.metric): m for m in measures_of(metric)}
    angles: dict[Measure, dict[str, list[float]]] = {}
    drops: dict[str, float] = {}
    list_bias = math.nan
    for row in rows:
        if row["value"] is None:
            continue
        kind, item, name, value = row["kind"], row["item"], row["metric"], float(row["value"])
        measure = measures.get((kind, name))
        if measure is not None:
            stem = item.removesuffix("_r").removesuffix("_l")
            if stem in LEG_ANGLES:
                errors = angles.setdefault(measure, {}).setdefault(stem, [])
                errors.append(measure.judged(value))
        elif (kind, name) == ("side", "side_drop"):
            drops[item] = value
        if (kind, item, name) == ("coordinate", "pelvis_list", "bias"):
            list_bias = value
    means = {
        measure: {stem: float(np.mean(values)) for stem, values in found.items()}
        for measure, found in angles.items()
    }
    return Score(labels, means, drops, list_bias, measures_of(metric)[0])
