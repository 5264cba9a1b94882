"""Three kinds of one error: as it is, without what is constant, without a joint's rotation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from kinebench.comparison.asked import PARTS, is_summary, part_of
from kinebench.comparison.results import PairResult
from kinebench.metrics import Evaluation, Kind
from kinebench.metrics.joint_rotation import ROTATION_REMOVED

OF_MOTIONS = ("rmse", "offset_removed_rmse", ROTATION_REMOVED)
_OF_MARKERS = ("distance_rms", "offset_removed_distance_rms")


class ErrorKinds(NamedTuple):
    """Root mean square errors of a coordinate, a marker's distance, or a mean of them, rad or m.

    Parameters
    ----------
    item : str
    unit : {"rad", "m"}
    raw : float
        As aligned.
    without_offset : float
        Without the constant difference of this item.
    without_rotation : float, optional
        Without one constant rotation of the joint's frame; of an angle that is no part of a joint
        of three the same as `without_offset`, None of markers and translations.
    """

    item: str
    unit: str
    raw: float
    without_offset: float
    without_rotation: float | None


def error_kinds(evaluation: Evaluation) -> tuple[ErrorKinds, ...]:
    """The three kinds of every item of an evaluation that has every metric."""
    names = _OF_MARKERS if evaluation.kind is Kind.MARKER else OF_MOTIONS
    units = {each.item: each.unit for each in evaluation.figures if each.metric == names[0]}
    raw, free, *turned = (
        evaluation.values(name) if name in evaluation.metrics else {} for name in names
    )
    rotated = turned[0] if turned else {}
    return tuple(
        ErrorKinds(item, units[item], raw[item], free[item], rotated.get(item)) for item in raw
    )


def item_error_kinds(pairs: Sequence[PairResult]) -> list[ErrorKinds]:
    """The three kinds of every item: repetitions averaged per trial, trials per subject."""
    found: dict[tuple[str, str], dict[str, dict[str, list[ErrorKinds]]]] = {}
    for pair in pairs:
        for evaluation in [part.evaluation for part in pair.repetitions] or [pair.evaluation]:
            for row in error_kinds(evaluation):
                subject = found.setdefault((row.item, row.unit), {}).setdefault(pair.subject, {})
                subject.setdefault(pair.trial, []).append(row)
    return [
        _mean_row(
            item,
            unit,
            [
                _mean_row(item, unit, [_mean_row(item, unit, own) for own in trials.values()])
                for trials in subjects.values()
            ],
        )
        for (item, unit), subjects in found.items()
    ]


def mean_error_kinds(pairs: Sequence[PairResult]) -> list[ErrorKinds]:
    """Means over each part of the body; of markers over each of its parts too."""
    kind = pairs[0].evaluation.kind
    rows = [row for row in item_error_kinds(pairs) if not is_summary(row.item)]
    members: dict[str, list[ErrorKinds]] = {}
    for row in rows:
        members.setdefault(part_of(row.item, row.unit, kind), []).append(row)
    return [
        _mean_row(part, members[part][0].unit, members[part]) for part in PARTS if part in members
    ]


def _mean_row(item: str, unit: str, rows: Sequence[ErrorKinds]) -> ErrorKinds:
    turned = [row.without_rotation for row in rows if row.without_rotation is not None]
    return ErrorKinds(
        item,
        unit,
        _mean([row.raw for row in rows]),
        _mean([row.without_offset for row in rows]),
        _mean(turned) if turned else None,
    )


def _mean(values: Sequence[float]) -> float:
    """Mean of what is known; NaN of nothing."""
    known = [value for value in values if math.isfinite(value)]
    return sum(known) / len(known) if known else math.nan
