"""The one number that stands for a pair: the mean over one part of the body."""

from __future__ import annotations

import math
from collections.abc import Sequence
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
    units = [figure.unit for figure in single]
    of, chosen = asked_items([figure.item for figure in single], units, evaluation.kind, part)
    unit = units[chosen[0]] if chosen else "1"
    return AskedMean(of or EVERYTHING, mean_of_known([single[i].value for i in chosen]), unit)


def asked_items(
    items: Sequence[str], units: Sequence[str], kind: Kind, part: str | None = None
) -> tuple[str, list[int]]:
    """The part of the body that is asked about, and which items are the mean of it.

    Parameters
    ----------
    items, units : sequences of str
        Coordinates or markers, none of them a mean over others, and the units of their figures.
    kind : Kind
    part : str, optional
        As in `asked_mean`.

    Raises
    ------
    NameNotFoundError
        Nothing of the part that is asked for is scored.
    """
    parts = [part_of(item, unit, kind) for item, unit in zip(items, units, strict=True)]
    there = [each for each in PARTS if each in parts]
    if part is not None:
        require_names([part], there, "part of the body", "what is scored")
    of = part or (there[0] if there else "")
    # toes, or coordinates that nobody knows: all that have the unit of the first
    own = [i for i, each in enumerate(parts) if each == of]
    return of, [i for i in own if units[i] == units[own[0]]]


def mean_of_known(values: Sequence[float]) -> float:
    """Mean of those that are finite; infinite when none is."""
    known = [value for value in values if math.isfinite(value)]
    return float(np.mean(known)) if known else math.inf


def _or_infinite(value: float) -> float:
    return value if math.isfinite(value) else math.inf
