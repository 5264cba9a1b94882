"""The one number that stands for a pair: the mean over one part of the body."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from kinebench.core.body_groups import BODY_GROUPS, group_of
from kinebench.core.marker_regions import segment_of
from kinebench.errors import require_names
from kinebench.metrics import Evaluation, Kind
from kinebench.metrics.marker_evaluation import ALL_MARKERS

PARTS = (*BODY_GROUPS, "head", "other")
"""Parts of the body that can be asked about; the last two have markers alone."""

EVERYTHING = "everything scored"
_OF_SEGMENT = {"foot": "legs", "shank": "legs", "thigh": "legs", "arm": "arms"}
_SUMMARIES = ("all ", "segment ", "side ")


class AskedMean(NamedTuple):
    """A figure of a part of the body.

    Parameters
    ----------
    of : str
        The part, "all markers", or, where nothing belongs to a part, "everything scored".
    value : float
        rad, m, or as the metric has it; infinite where nothing is known.
    unit : str
    """

    of: str
    value: float
    unit: str


def part_of(item: str, unit: str, kind: Kind) -> str:
    """Which of `PARTS` a coordinate or a marker belongs to; empty for none."""
    if kind is not Kind.MARKER:
        return group_of(item, unit)
    segment = segment_of(item)
    return _OF_SEGMENT.get(segment, segment)


def is_summary(item: str) -> bool:
    """Whether an item of markers is a mean over others."""
    return item.startswith(_SUMMARIES)


def asked_mean(evaluation: Evaluation, metric: str, part: str | None = None) -> AskedMean:
    """The mean of a metric over the part of the body that is asked about.

    Parameters
    ----------
    evaluation : Evaluation
    metric : str
    part : str, optional
        One of `PARTS`; by default, of markers, all of them together, and of coordinates the first
        part that is scored, in that order.

    Raises
    ------
    NameNotFoundError
        Nothing of the part that is asked for is scored.
    """
    own = [figure for figure in evaluation.figures if figure.metric == metric]
    if part is None:
        every = next((figure for figure in own if figure.item == ALL_MARKERS), None)
        if every is not None:
            return AskedMean(ALL_MARKERS, _or_infinite(every.value), every.unit)
    single = [figure for figure in own if not is_summary(figure.item)]
    parts = [part_of(figure.item, figure.unit, evaluation.kind) for figure in single]
    there = [each for each in PARTS if each in parts]
    if part is not None:
        require_names([part], there, "part of the body", "what is scored")
    of = part or (there[0] if there else "")
    # toes, or coordinates that nobody knows: all that have the unit of the first
    unit = next((f.unit for f, own in zip(single, parts, strict=True) if own == of), "1")
    values = [
        figure.value
        for figure, own in zip(single, parts, strict=True)
        if own == of and figure.unit == unit and math.isfinite(figure.value)
    ]
    return AskedMean(of or EVERYTHING, float(np.mean(values)) if values else math.inf, unit)


def _or_infinite(value: float) -> float:
    return value if math.isfinite(value) else math.inf
