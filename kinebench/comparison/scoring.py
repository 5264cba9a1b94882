"""Figures of two aligned recordings, by a procedure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kinebench.alignment.records import Recording
from kinebench.comparison.procedure import Procedure
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.wrapping import can_wrap
from kinebench.errors import ValueRangeError, require_names
from kinebench.metrics import Evaluation, Exclusion, evaluate_markers, evaluate_motion
from kinebench.metrics.evaluation import MotionScore
from kinebench.metrics.joint_rotation import with_rotation_removed
from kinebench.metrics.pairs import without_wraps
from kinebench.signals.runs import columns_by_pattern
from kinebench.statistics import series_means

_MARKER_HEADLINE = "distance_mean"
_TRANSLATIONS = ("pelvis_tx", "pelvis_ty", "pelvis_tz")


def headline_name(recording: Motion | Markers, how: Procedure) -> str:
    """The metric that stands for a pair: of motions or of markers."""
    return how.headline if isinstance(recording, Motion) else _MARKER_HEADLINE


def headline_values(reference: Recording, estimate: Recording, how: Procedure) -> dict[str, float]:
    """The headline metric of each item, as reported; none when too little is left to score."""
    try:
        if isinstance(reference, Motion) and isinstance(estimate, Motion):
            score = MotionHeadline.of(reference, estimate, how)
            one, other = (motion.select(score.names) for motion in (reference, estimate))
            values = score(one.times, one.values, other.values).tolist()
            return dict(zip(score.names, values, strict=True))
        one, other = prepared(reference, estimate, how)
        return scored(one, other, how, [_MARKER_HEADLINE]).values(_MARKER_HEADLINE)
    except ValueRangeError:
        return {}


@dataclass(frozen=True, slots=True)
class MotionHeadline:
    """The headline metric of two motions on arrays, settled once: cheap enough for every lag.

    Parameters
    ----------
    score : MotionScore
    how : Procedure
    """

    score: MotionScore
    how: Procedure

    @classmethod
    def of(cls, reference: Motion, estimate: Motion, how: Procedure) -> MotionHeadline:
        """Of the coordinates that the procedure asks for.

        Raises
        ------
        ValueRangeError
            Nothing is left to score.
        """
        one, other, _ = _asked(reference, estimate, how)
        return cls(MotionScore.of(one, other, [how.headline]), how)

    @property
    def names(self) -> tuple[str, ...]:
        """Columns that are scored."""
        return self.score.names

    @property
    def units(self) -> tuple[str, ...]:
        """Of their figures."""
        (metric,) = self.score.metrics
        return tuple(metric.unit_for(each.unit) for each in self.score.coordinates)

    def __call__(
        self, times: FloatArray, reference: FloatArray, estimate: FloatArray
    ) -> FloatArray:
        """Values (n_coordinates,) of columns (n_frames, n_coordinates) rad or m; NaN: undefined.

        Raises
        ------
        ValueRangeError
            Fewer than two frames are within the procedure's window.
        """
        if self.how.window_s is not None:
            inside = frames_within(times, *self.how.window_s)
            times, reference, estimate = times[inside], reference[inside], estimate[inside]
        if self.how.remove_translation_offset:
            estimate = estimate.copy()
            for column, name in enumerate(self.names):
                if name in _TRANSLATIONS:
                    estimate[:, column] = _centred(reference[:, column], estimate[:, column])
        found: FloatArray = self.score(times, reference, estimate).values[0]
        return found


def prepared(
    reference: Recording, estimate: Recording, how: Procedure
) -> tuple[Recording, Recording]:
    """What the procedure takes away before it scores: time outside the window, offsets."""
    if how.window_s is not None:
        reference, estimate = within(reference, *how.window_s), within(estimate, *how.window_s)
    if how.remove_translation_offset:
        return _without_offset(reference, estimate)
    return reference, estimate


def within(recording: Recording, start_s: float, end_s: float) -> Recording:
    """Frames from start to end, both included.

    Raises
    ------
    ValueRangeError
        Fewer than two frames are left.
    """
    return recording.at_frames(frames_within(recording.times, start_s, end_s))


def frames_within(times: FloatArray, start_s: float, end_s: float) -> NDArray[np.intp]:
    """Indices of the frames that `within` keeps."""
    slack = 0.01 * float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    inside = np.flatnonzero((times >= start_s - slack) & (times <= end_s + slack))
    if len(inside) < 2:
        span = f"{times[0]:g} to {times[-1]:g} s" if len(times) else "empty"
        raise ValueRangeError(
            f"fewer than two common frames lie between {start_s:g} and {end_s:g} s; the common"
            f" part is {span}"
        )
    return inside


def scored(
    reference: Recording, estimate: Recording, how: Procedure, metrics: list[str] | None = None
) -> Evaluation:
    """Figures of two recordings on the same times.

    With all metrics (None) the bias of each coordinate has an interval, and angles have their RMSE
    without the constant rotation of their joint.

    Raises
    ------
    ValueRangeError
        Nothing is left to score.
    """
    if isinstance(reference, Markers) and isinstance(estimate, Markers):
        return _scored_markers(reference, estimate, how, metrics)
    assert isinstance(reference, Motion)
    assert isinstance(estimate, Motion)
    one, other, left_out = _asked(reference, estimate, how)
    found = evaluate_motion(one, other, metrics)
    if metrics is None:
        found = _with_intervals(found, one, other, how)
        found = with_rotation_removed(found, reference, estimate, how.joints)
    return replace(found, excluded=found.excluded + left_out)


def _asked(
    reference: Motion, estimate: Motion, how: Procedure
) -> tuple[Motion, Motion, tuple[Exclusion, ...]]:
    """Both with the coordinates that the procedure lists, and the others with the reason."""
    if how.coordinates is None:
        return reference, estimate, ()
    asked = set(how.coordinates)
    names = tuple(dict.fromkeys((*reference.names, *estimate.names)))
    if how.all_must_exist:
        require_names(how.coordinates, names, "coordinate", "the pair")
    return (
        reference.select(name for name in reference.names if name in asked),
        estimate.select(name for name in estimate.names if name in asked),
        tuple(Exclusion(name, "not asked for") for name in names if name not in asked),
    )


def _scored_markers(
    reference: Markers, estimate: Markers, how: Procedure, metrics: list[str] | None
) -> Evaluation:
    if how.coordinates is None:
        return evaluate_markers(reference, estimate, metrics=metrics)
    require_names(how.coordinates, reference.names, "marker", "the pair")
    chosen = reference.select(how.coordinates), estimate.select(how.coordinates)
    return evaluate_markers(*chosen, metrics=metrics)


def errors_of(reference: Motion, estimate: Motion, names: Sequence[str]) -> FloatArray:
    """Errors (n_frames, n_names) rad or m, taken the short way round; NaN where not known."""
    one, other = reference.select(names), estimate.select(names)
    wraps = np.array([can_wrap(coordinate) for coordinate in one.coordinates])
    r, e = without_wraps(one.values, other.values, wraps)
    return e - r


def _with_intervals(
    evaluation: Evaluation, reference: Motion, estimate: Motion, how: Procedure
) -> Evaluation:
    items = evaluation.items
    errors = errors_of(reference, estimate, items)
    intervals: dict[str, tuple[float, float]] = {}
    missing = ~np.isfinite(errors)
    for columns in columns_by_pattern(missing):
        known = errors[~missing[:, columns[0]]][:, columns]
        if len(known) < 2:
            continue
        if how.bias_interval == "independent":
            # 1.96 as printed, not the quantile: published tables must come back to the last digit
            means, halves = known.mean(axis=0), 1.96 * known.std(axis=0) / math.sqrt(len(known))
            limits = list(zip((means - halves).tolist(), (means + halves).tolist(), strict=True))
        else:
            found = [mean.interval for mean in series_means(known, reference.rate_hz)]
            limits = [(interval.low, interval.high) for interval in found]
        intervals |= zip([items[column] for column in columns], limits, strict=True)
    figures = tuple(
        figure._replace(interval=intervals.get(figure.item)) if figure.metric == "bias" else figure
        for figure in evaluation.figures
    )
    return replace(evaluation, figures=figures)


def _without_offset(reference: Recording, estimate: Recording) -> tuple[Recording, Recording]:
    if not isinstance(reference, Motion) or not isinstance(estimate, Motion):
        return reference, estimate
    values = estimate.values.copy()
    for name in _TRANSLATIONS:
        if name in reference.names and name in estimate.names:
            column = estimate.names.index(name)
            values[:, column] = _centred(reference.value(name), estimate.values[:, column])
    return reference, replace(estimate, values=values)


def _centred(reference: FloatArray, estimate: FloatArray) -> FloatArray:
    """The estimate (n_frames,) less its mean error."""
    error = estimate - reference
    known = np.isfinite(error)
    return estimate - error[known].mean() if known.any() else estimate
