"""Is the error of the right side another than that of the left, over subjects?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from kinebench.comparison.results import Comparison, PairResult
from kinebench.core.arrays import FloatArray, read_only
from kinebench.core.marker_regions import bilateral_pairs, landmark_pairs
from kinebench.core.markers import Markers
from kinebench.core.value import Value
from kinebench.remarks import unheard
from kinebench.statistics import holm
from kinebench.statistics.contrasts import Contrast, paired_contrast

FEWEST_SUBJECTS = 2
"""Of one subject a difference has no interval: see the trial's own figures of right and left."""


@dataclass(frozen=True, slots=True, eq=False)
class SideDifference(Value):
    """An error of the right side beside that of the left, over subjects.

    Parameters
    ----------
    item : str
        What both sides have: "knee_angle", of markers "knee".
    metric : str
        "bias" or the headline metric; of markers also "side_drop", the error of the height.
    unit : str
        "rad", "m" or "1".
    values : (n_subjects, 2)
        Right and left: repetitions averaged per trial, trials per subject.
    n_trials : int
        Trials in which both sides have the figure.
    contrast : Contrast
        Right minus left, paired over subjects; p is adjusted after Holm for the items of the
        metric.
    """

    item: str
    metric: str
    unit: str
    values: FloatArray
    n_trials: int
    contrast: Contrast

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", read_only(self.values, self.values.shape, "values"))


class _Sides(NamedTuple):
    """A figure of both sides in one trial."""

    subject: str
    item: str
    metric: str
    unit: str
    right: float
    left: float


def side_differences(comparison: Comparison) -> list[SideDifference]:
    """Differences between the sides that `FEWEST_SUBJECTS` subjects have; else nothing.

    A trial counts where both of its sides do, so that differences are paired. Of gait cycles the
    right side's figures are of the right cycles, the left side's of the left ones.

    Raises
    ------
    ValueRangeError
        The trials are of several kinds, and the procedure does not pool them: take each of
        `Comparison.by_kind`.
    """
    comparison.require_poolable()
    metrics = dict.fromkeys(("bias", *map(comparison.headline_of, comparison.pairs)))
    trials: dict[tuple[str, str], list[_Sides]] = {}
    for pair in comparison.pairs:
        for found in (*_figures(pair, metrics), *_height_errors(pair)):
            trials.setdefault((found.metric, found.item), []).append(found)
    rows = [row for own in trials.values() if (row := _over_subjects(own)) is not None]
    return list(_adjusted(rows))


def _figures(pair: PairResult, metrics: Iterable[str]) -> Iterator[_Sides]:
    units = {(figure.metric, figure.item): figure.unit for figure in pair.evaluation.figures}
    # an evaluation of markers has no bias
    for metric in (name for name in metrics if name in pair.evaluation.metrics):
        values = pair.mean_values(metric)
        for item, (right, left) in bilateral_pairs(values).items():
            # groups such as "side right" are no pair of names: they have no side of their own
            unit = units[metric, right]
            yield _Sides(pair.subject, item, metric, unit, values[right], values[left])


def _height_errors(pair: PairResult) -> Iterator[_Sides]:
    """Mean error of the height of each landmark, over the frames in which both sides are known."""
    one, other = pair.reference, pair.estimate
    if not (isinstance(one, Markers) and isinstance(other, Markers)):
        return
    of_reference = landmark_pairs(one.names)
    for landmark, names in landmark_pairs(other.names).items():
        if landmark not in of_reference:
            continue
        heights = other.select(names).positions[..., 1]
        error = heights - one.select(of_reference[landmark]).positions[..., 1]
        known = error[np.isfinite(error).all(axis=1)]
        if len(known):
            yield _Sides(pair.subject, landmark, "side_drop", "m", *known.mean(axis=0).tolist())


def _over_subjects(trials: Sequence[_Sides]) -> SideDifference | None:
    by_subject: dict[str, list[tuple[float, float]]] = {}
    for one in trials:
        by_subject.setdefault(one.subject, []).append((one.right, one.left))
    if len(by_subject) < FEWEST_SUBJECTS:
        return None
    values = np.array([np.mean(own, axis=0) for own in by_subject.values()])
    first = trials[0]
    with unheard():  # of two subjects there is no effect size, which shows
        contrast = paired_contrast(values[:, 1], values[:, 0], name="right - left")
    return SideDifference(first.item, first.metric, first.unit, values, len(trials), contrast)


def _adjusted(rows: Sequence[SideDifference]) -> Iterator[SideDifference]:
    """Rows with p after Holm, for the items of each metric together."""
    for metric in dict.fromkeys(row.metric for row in rows):
        own = [row for row in rows if row.metric == metric]
        adjusted = holm([row.contrast.p for row in own]).tolist()
        for row, p in zip(own, adjusted, strict=True):
            yield replace(row, contrast=replace(row.contrast, p_adjusted=p))
