"""Figures of two aligned recordings, by a procedure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kinebench.alignment.records import Recording
from kinebench.comparison.procedure import Procedure
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.wrapping import can_wrap
from kinebench.errors import NotApplicableError, ValueRangeError, require_names
from kinebench.metrics import Evaluation, Exclusion, evaluate_markers, evaluate_motion
from kinebench.metrics.joint_rotation import with_rotation_removed
from kinebench.metrics.pairs import without_wraps
from kinebench.statistics import series_mean

_MARKER_HEADLINE = "distance_mean"
_TRANSLATIONS = ("pelvis_tx", "pelvis_ty", "pelvis_tz")


def headline_name(recording: Motion | Markers, how: Procedure) -> str:
    """The metric that stands for a pair: of motions or of markers."""
    return how.headline if isinstance(recording, Motion) else _MARKER_HEADLINE


def headline_values(reference: Recording, estimate: Recording, how: Procedure) -> dict[str, float]:
    """The headline metric of each item, as reported; none when too little is left to score."""
    try:
        return headline_figures(reference, estimate, how).values(headline_name(reference, how))
    except ValueRangeError:
        return {}


def headline_figures(reference: Recording, estimate: Recording, how: Procedure) -> Evaluation:
    """The headline metric of each item, as reported.

    Raises
    ------
    ValueRangeError
        Too little is left to score.
    """
    one, other = prepared(reference, estimate, how)
    return scored(one, other, how, [headline_name(one, how)])


def prepared(
    reference: Recording, estimate: Recording, how: Procedure
) -> tuple[Recording, Recording]:
    """What the procedure takes away before it scores: time outside the window, offsets."""
    if how.window_s is not None:
        reference, estimate = within(reference, *how.window_s), within(estimate, *how.window_s)
    return (
        _without_offset(reference, estimate)
        if how.remove_translation_offset
        else (
            reference,
            estimate,
        )
    )


def within(recording: Recording, start_s: float, end_s: float) -> Recording:
    """Frames from start to end, both included.

    Raises
    ------
    ValueRangeError
        Fewer than two frames are left.
    """
    times = recording.times
    slack = 0.01 * float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    inside = np.flatnonzero((times >= start_s - slack) & (times <= end_s + slack))
    if len(inside) < 2:
        span = f"{times[0]:g} to {times[-1]:g} s" if len(times) else "empty"
        raise ValueRangeError(
            f"fewer than two common frames lie between {start_s:g} and {end_s:g} s; the common"
            f" part is {span}"
        )
    return recording.at_frames(inside)


def scored(
    reference: Recording, estimate: Recording, how: Procedure, metrics: list[str] | None = None
) -> Evaluation:
    """Figures of two recordings on the same times.

    With all metrics (None) the bias of each coordinate has an interval, and angles have their RMSE
    without the constant rotation of their joint.

    Raises
    ------
    NotApplicableError
        The procedure lists coordinates of motions and these are markers.
    ValueRangeError
        Nothing is left to score.
    """
    if isinstance(reference, Markers) and isinstance(estimate, Markers):
        return _scored_markers(reference, estimate, how, metrics)
    assert isinstance(reference, Motion)
    assert isinstance(estimate, Motion)
    left_out: tuple[Exclusion, ...] = ()
    whole = reference, estimate
    if how.coordinates is not None:
        asked = set(how.coordinates)
        names = tuple(dict.fromkeys((*reference.names, *estimate.names)))
        if how.all_must_exist:
            require_names(how.coordinates, names, "coordinate", "the pair")
        left_out = tuple(Exclusion(name, "not asked for") for name in names if name not in asked)
        reference = reference.select(name for name in reference.names if name in asked)
        estimate = estimate.select(name for name in estimate.names if name in asked)
    found = evaluate_motion(reference, estimate, metrics)
    if metrics is None:
        found = _with_intervals(found, reference, estimate, how)
        found = with_rotation_removed(found, *whole, how.joints)
    return replace(found, excluded=found.excluded + left_out)


def _scored_markers(
    reference: Markers, estimate: Markers, how: Procedure, metrics: list[str] | None
) -> Evaluation:
    if how.coordinates is None:
        return evaluate_markers(reference, estimate, metrics=metrics)
    if not how.all_must_exist:
        raise NotApplicableError(
            f"the procedure {how.name} scores coordinates of motions; these are markers"
        )
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
    errors = errors_of(reference, estimate, evaluation.items)
    intervals = {}
    for item, column in zip(evaluation.items, errors.T, strict=True):
        known = column[np.isfinite(column)]
        if len(known) < 2:
            continue
        if how.bias_interval == "independent":
            # 1.96 as printed, not the quantile: published tables must come back to the last digit
            half = 1.96 * float(known.std()) / math.sqrt(len(known))
            intervals[item] = (float(known.mean()) - half, float(known.mean()) + half)
        else:
            interval = series_mean(known, reference.rate_hz).interval
            intervals[item] = (interval.low, interval.high)
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
            error = estimate.value(name) - reference.value(name)
            known = np.isfinite(error)
            if known.any():
                values[:, estimate.names.index(name)] -= error[known].mean()
    return reference, replace(estimate, values=values)
