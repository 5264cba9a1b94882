"""The headline figures of a cell: errors of the angles of legs, pelvis and trunk, and of sides."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from kinebench.core.body_groups import without_side
from kinebench.metrics.catalogue import CATALOGUE, Metric
from kinebench.metrics.figure_table import FigureTable
from kinebench.metrics.quantities import Alignment, Kind
from kinebench.studies.execution.cells import Outcome

LEG_ANGLES = (
    "pelvis_tilt", "pelvis_list", "pelvis_rotation", "hip_flexion", "hip_adduction",
    "hip_rotation", "knee_angle", "ankle_angle", "subtalar_angle", "lumbar_extension",
    "lumbar_bending", "lumbar_rotation",
)  # fmt: skip
"""Angles that headline figures average, each once: left and right are averaged first."""

_LEG_ANGLES = frozenset(LEG_ANGLES)


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric of the angles, and what it forgives.

    Parameters
    ----------
    metric : str
        Of the catalogue of metrics.
    alignment : Alignment
        What is taken out beyond what the metric itself takes out.
    """

    metric: str
    alignment: Alignment = Alignment.NONE

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
        """Whether a larger score is a better one."""
        return self.row.higher_is_better

    @property
    def label(self) -> str:
        """The metric as it is judged: ``RMSE``, ``|bias|``, ``|LFM slope − 1|``."""
        return self.row.label

    @property
    def noun(self) -> str:
        """What its mean over the angles is called: an error, unless higher is better."""
        return f"mean {self.label}" if self.higher_is_better else "mean error"

    def errors(self, figures: FigureTable) -> dict[str, float]:
        """Angle without side to its error as it is judged, mean over its sides, SI."""
        sides: dict[str, list[float]] = {}
        found = figures.by_item(Kind.COORDINATE, self.metric, self.alignment)
        for item, value in found.items():
            stem = without_side(item)
            if stem in _LEG_ANGLES:
                sides.setdefault(stem, []).append(self.row.judged(value))
        return {stem: sum(values) / len(values) for stem, values in sides.items()}

    def error(self, figures: FigureTable) -> float:
        """Mean over the angles, SI; NaN when there are none."""
        values = self.errors(figures).values()
        return sum(values) / len(values) if values else math.nan


def measures_of(metric: str) -> tuple[Measure, ...]:
    """A metric as recorded, without offset, and without lag.

    Without offset only where the catalogue has such a metric.
    """
    return tuple(
        Measure(metric, alignment)
        for alignment in Alignment
        if alignment is not Alignment.OFFSET_REMOVED or CATALOGUE[metric].without_offset
    )


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


def scores_of(
    outcomes: Iterable[Outcome], metric: str = "rmse", others: Iterable[str] = ()
) -> tuple[Score, ...]:
    """One score per cell that is done, judged by a metric; its angles also by others."""
    names = tuple(others)
    return tuple(
        score_of(outcome.labels, outcome.figures, metric, names)
        for outcome in outcomes
        if outcome.status == "done"
    )


def score_of(
    labels: Mapping[str, str],
    figures: FigureTable,
    metric: str = "rmse",
    others: Iterable[str] = (),
) -> Score:
    """The score of one cell, from its figures."""
    measures = measures_of(metric)
    wanted = dict.fromkeys((*measures, *map(Measure, others)))
    angles = {measure: found for measure in wanted if (found := measure.errors(figures))}
    return Score(
        labels,
        angles,
        figures.by_item(Kind.LANDMARK, "side_drop"),
        figures.value(Kind.COORDINATE, "pelvis_list", "bias"),
        measures[0],
    )
