"""Three kinds of one error: as it is, without what is constant, without a joint's rotation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kinebench.core.body_groups import BODY_GROUPS, group_of
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


def group_error_kinds(rows: Sequence[ErrorKinds]) -> Iterator[ErrorKinds]:
    """Means over each part of the body that has several coordinates; unlike ones are apart."""
    for group in BODY_GROUPS:
        own = [row for row in rows if group_of(row.item, row.unit) == group]
        if len(own) > 1:
            turned = [row.without_rotation for row in own if row.without_rotation is not None]
            yield ErrorKinds(
                group,
                own[0].unit,
                _mean(row.raw for row in own),
                _mean(row.without_offset for row in own),
                _mean(turned) if turned else None,
            )


def _mean(values: Iterable[float]) -> float:
    """Mean of what is known; NaN of nothing."""
    known = [value for value in values if value == value]
    return sum(known) / len(known) if known else float("nan")
