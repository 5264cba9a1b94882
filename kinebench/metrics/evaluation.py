"""All waveform metrics of one pair of motions.

Metrics never align, filter or resample: both motions must have the same times, which
`kinebench.alignment.align` gives them.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Coordinate, Motion
from kinebench.core.names import columns_of
from kinebench.core.wrapping import can_wrap
from kinebench.errors import ValueRangeError, require_names
from kinebench.metrics.catalogue import CATALOGUE, Metric
from kinebench.metrics.pairs import without_wraps
from kinebench.metrics.quantities import Kind
from kinebench.metrics.results import Evaluation, Exclusion, Figure, Undefined
from kinebench.metrics.undefined import UndefinedMetricWarning
from kinebench.metrics.waveform import MINIMUM_RANGE_M, MINIMUM_RANGE_RAD

NOT_SCORED: Mapping[str, str] = MappingProxyType(
    {
        "mtp_angle_*": "no marker observes it: no marker sits on the toes body",
        "knee_angle_*_beta": "coupled: it repeats the knee angle",
    }
)
"""Name patterns of the coordinates of OpenCap's models that are not scored, and why."""


def evaluate_motion(
    reference: Motion,
    estimate: Motion,
    metrics: Iterable[str] | None = None,
    not_scored: Mapping[str, str] = NOT_SCORED,
) -> Evaluation:
    """Waveform metrics of every coordinate that both motions have.

    Parameters
    ----------
    reference, estimate : Motion
        On the same times.
    metrics : iterable of str, optional
        Names in the catalogue that apply to waveforms; all of them by default.
    not_scored : mapping of str to str
        Name patterns of coordinates to leave out, with the reason that the result repeats.

    Returns
    -------
    Evaluation
        Figures in the order of the reference's coordinates, then of the catalogue; rad, m and s.
        Angles that can wrap are compared the short way round.

    Raises
    ------
    ValueRangeError
        The times differ, a coordinate is an angle on one side and a length on the other, or
        nothing is left to score.
    NameNotFoundError
        A metric does not exist, or does not apply to waveforms.

    Warns
    -----
    KinebenchWarning
        When figures are NaN, once, with the reasons.
    """
    require_same_times(reference.times, estimate.times)
    score = MotionScore.of(reference, estimate, metrics, not_scored)
    r, e = (
        motion.values[:, columns_of(score.names, motion.names)] for motion in (reference, estimate)
    )
    values, counts, undefined = score(reference.times, r, e)
    told = {
        unit: [(metric.name, metric.unit_for(unit)) for metric in score.metrics]
        for unit in ("rad", "m")
    }
    figures = tuple(
        Figure(coordinate.name, name, value, unit, n)
        for coordinate, row, n in zip(
            score.coordinates, values.T.tolist(), counts.tolist(), strict=True
        )
        for (name, unit), value in zip(told[coordinate.unit], row, strict=True)
    )
    evaluation = Evaluation(Kind.COORDINATE, figures, score.excluded, undefined)
    evaluation.warn_of_undefined()
    return evaluation


class ScoredValues(NamedTuple):
    """What a `MotionScore` gives.

    Parameters
    ----------
    values : (n_metrics, n_coordinates)
        rad, m and s; NaN where undefined.
    counts : (n_coordinates,)
        Frames behind them.
    undefined : tuple of Undefined
        Reason of each NaN.
    """

    values: FloatArray
    counts: NDArray[np.int64]
    undefined: tuple[Undefined, ...]


@dataclass(frozen=True, slots=True, eq=False)
class MotionScore:
    """Waveform metrics over arrays: what to score is settled once, for many lags of one pair.

    Parameters
    ----------
    coordinates : tuple of Coordinate
        As the reference has them, in the order of the columns.
    wraps : (n_coordinates,) bool
        Those that are compared the short way round.
    metrics : tuple of Metric
    excluded : tuple of Exclusion
    """

    coordinates: tuple[Coordinate, ...]
    wraps: NDArray[np.bool_]
    metrics: tuple[Metric, ...]
    excluded: tuple[Exclusion, ...]

    @classmethod
    def of(
        cls,
        reference: Motion,
        estimate: Motion,
        metrics: Iterable[str] | None = None,
        not_scored: Mapping[str, str] = NOT_SCORED,
    ) -> MotionScore:
        """As `evaluate_motion` scores them; whose times they are does not matter."""
        chosen = _chosen(metrics)
        names, excluded = _scored(reference, estimate, not_scored)
        coordinates, others = (
            [motion.coordinates[column] for column in columns_of(names, motion.names)]
            for motion in (reference, estimate)
        )
        _require_same_kinds(coordinates, others)
        wraps = np.array([can_wrap(coordinate) for coordinate in coordinates])
        return cls(tuple(coordinates), wraps, chosen, excluded)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coordinates."""
        return tuple(coordinate.name for coordinate in self.coordinates)

    def __call__(
        self, times: FloatArray, reference: FloatArray, estimate: FloatArray
    ) -> ScoredValues:
        """Of columns (n_frames, n_coordinates) rad or m, at times (n_frames,) s."""
        r, e = without_wraps(reference, estimate, self.wraps)
        missing = np.isnan(r + e)
        unseen = missing.all(axis=1)  # frames without any pair need not be carried along
        if unseen.any():
            r, e, times = r[~unseen], e[~unseen], times[~unseen]
        values, undefined = _compute(self.metrics, r, e, times, self.coordinates)
        return ScoredValues(values, len(missing) - missing.sum(axis=0), undefined)


def require_same_times(reference: FloatArray, estimate: FloatArray) -> None:
    """Raise a `ValueRangeError` unless both have the same time stamps within 1 µs."""
    if len(reference) != len(estimate) or (
        len(reference) and np.abs(reference - estimate).max() > 1e-6
    ):
        raise ValueRangeError(
            f"reference ({_span(reference)}) and estimate ({_span(estimate)}) have different"
            " times; metrics never align: use kinebench.alignment.align first"
        )


def _span(times: FloatArray) -> str:
    if not len(times):
        return "no frames"
    return f"{len(times)} frames from {times[0]:g} to {times[-1]:g} s"


def _chosen(names: Iterable[str] | None) -> tuple[Metric, ...]:
    existing = {name: metric for name, metric in CATALOGUE.items() if metric.family == "waveform"}
    wanted = tuple(existing) if names is None else tuple(dict.fromkeys(names))
    require_names(wanted, existing, "metric", "the catalogue of waveform metrics")
    return tuple(existing[name] for name in wanted)


def _scored(
    reference: Motion, estimate: Motion, not_scored: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[Exclusion, ...]]:
    """Names to score, and the others with the reason."""
    excluded, scored = [], []
    in_reference, in_estimate = reference.names, estimate.names
    for name in dict.fromkeys(in_reference + in_estimate):
        reason = next(
            (why for pattern, why in not_scored.items() if fnmatchcase(name, pattern)), None
        )
        if reason is None and name not in in_estimate:
            reason = "only the reference has it"
        elif reason is None and name not in in_reference:
            reason = "only the estimate has it"
        if reason is None:
            scored.append(name)
        else:
            excluded.append(Exclusion(name, reason))
    if not scored:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in excluded[:10])
        raise ValueRangeError(f"no coordinate is left to score ({reasons or 'none given'})")
    return tuple(scored), tuple(excluded)


def _require_same_kinds(reference: Sequence[Coordinate], estimate: Sequence[Coordinate]) -> None:
    for one, other in zip(reference, estimate, strict=True):
        if one.kind != other.kind:
            raise ValueRangeError(
                f"{one.name} is {one.kind} in the reference and {other.kind} in the estimate"
            )


def _compute(
    metrics: Sequence[Metric],
    reference: FloatArray,
    estimate: FloatArray,
    times: FloatArray,
    coordinates: Sequence[Coordinate],
) -> tuple[FloatArray, tuple[Undefined, ...]]:
    """Values (n_metrics, n_coordinates), and the reason of each NaN."""
    extras: dict[str, FloatArray] = {
        "times": times,
        "minimum_range": np.array(
            [MINIMUM_RANGE_RAD if c.kind == "rotational" else MINIMUM_RANGE_M for c in coordinates]
        ),
    }
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        rows = [
            metric.function(reference, estimate, *(extras[name] for name in metric.needs))
            for metric in metrics
        ]
    undefined = []
    for warning in caught:
        if isinstance(warning.message, UndefinedMetricWarning):
            told = warning.message
            undefined += [
                Undefined(coordinates[column].name, told.metric, told.reason)
                for column in np.flatnonzero(told.columns).tolist()
            ]
        else:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    return np.array(rows), tuple(undefined)
