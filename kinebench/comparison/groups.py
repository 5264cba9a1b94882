"""Group figures: repetition → trial → subject → group, or the pooling that is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from kinebench.comparison.procedure import Procedure
from kinebench.comparison.results import GroupRow, PairResult
from kinebench.core.body_groups import BODY_GROUPS, TRANSLATIONS, group_of
from kinebench.metrics import CATALOGUE, Kind
from kinebench.metrics.joint_rotation import ROTATION_REMOVED
from kinebench.statistics import Observations, group_figure

ALL_ANGLES, ALL_TRANSLATIONS = "all angles", "all translations"
_OF_MARKERS = ("distance_mean", "offset_removed_distance_mean", "distance_p95", "mpjpe")


class _Value(NamedTuple):
    item: str
    value: float
    unit: str
    subject: str
    trial: str

    @property
    def coordinate(self) -> str:
        return self.item[:-2] if self.side else self.item

    @property
    def side(self) -> str:
        # only what ends in _r or _l has a side here: r_knee and L_knee are two markers
        return self.item[-1] if self.item.endswith(("_r", "_l")) else ""


def group_rows_of(results: Sequence[PairResult], how: Procedure) -> tuple[GroupRow, ...]:
    """Group figures of each item, of each part of the body, then of all angles and translations.

    Degrees and metres are never averaged together. A mean over all angles is what some studies
    print; it is ruled by the coordinates that are hardest to see, such as forearm rotation.

    Of trials with repetitions the repetitions count; other trials count as one repetition.

    Warns
    -----
    KinebenchWarning
        Fewer than 20 subjects.
    """
    of_markers = any(result.evaluation.kind is Kind.MARKER for result in results)
    extremes = ("rom_error", "peak_error", "peak_timing_error")
    of_motions = ("bias", how.headline, "offset_removed_rmse", ROTATION_REMOVED, *extremes)
    rows = []
    for metric in _OF_MARKERS if of_markers else dict.fromkeys(of_motions):
        values = list(_values(results, metric))
        for item in dict.fromkeys(value.item for value in values):
            own = [value for value in values if value.item == item]
            rows.append(_row(item, metric, own, how.pooling))
        if not of_markers and CATALOGUE[metric].unit.startswith("coordinate"):
            rows += _of_body(values, metric, how.pooling)
            for item, coordinates in ((ALL_ANGLES, "rad"), (ALL_TRANSLATIONS, "m")):
                unit = CATALOGUE[metric].unit_for(coordinates)
                own = [value for value in values if value.unit == unit]
                if own:
                    rows.append(_row(item, metric, own, how.pooling))
    return tuple(rows)


def _of_body(values: Sequence[_Value], metric: str, pooling: str) -> Iterator[GroupRow]:
    """Means over the angles of each part of the body; the translations follow by themselves."""
    members: dict[str, list[_Value]] = {group: [] for group in BODY_GROUPS}
    for value in values:
        group = group_of(value.item, "m" if value.unit == "m" else "rad")
        if group != TRANSLATIONS and group:
            members[group].append(value)
    yield from (_row(group, metric, own, pooling) for group, own in members.items() if own)


def _values(results: Sequence[PairResult], metric: str) -> Iterator[_Value]:
    for result in results:
        parts = [part.evaluation for part in result.repetitions] or [result.evaluation]
        for evaluation in parts:
            for figure in evaluation.figures:
                if figure.metric == metric and np.isfinite(figure.value):
                    yield _Value(
                        figure.item, figure.value, figure.unit, result.subject, result.trial
                    )


def _row(item: str, metric: str, values: Sequence[_Value], pooling: str) -> GroupRow:
    observations = Observations(
        np.array([value.value for value in values]),
        tuple(value.subject for value in values),
        tuple(value.trial for value in values),
        tuple(value.coordinate for value in values),
        tuple(value.side for value in values),
    )
    figure = group_figure(observations, pooling=pooling)
    return GroupRow(item, metric, values[0].unit, figure)
