"""The side-sinking family on recordings: heights, feet and coordinates of right and left."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.marker_regions import bilateral_pairs, foot_points, landmark_pairs
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.names import shared_names
from kinebench.core.wrapping import can_wrap
from kinebench.errors import ValueRangeError, require_names
from kinebench.metrics.evaluation import require_same_times
from kinebench.metrics.ground import (
    floor_contact,
    ground_height,
    stances,
)
from kinebench.metrics.pairs import paired, without_wraps
from kinebench.metrics.quantities import Kind
from kinebench.metrics.results import Evaluation, Exclusion, Figure, Undefined
from kinebench.metrics.sides import (
    error_at_events,
    right_minus_left,
    side_error_difference,
)
from kinebench.metrics.undefined import UndefinedMetricWarning
from kinebench.metrics.waveform import NO_FRAME, bias
from kinebench.posture.rests import foot_at_rest
from kinebench.statistics import series_mean

Pairs = Mapping[str, tuple[str, str]]


def evaluate_side_drop(
    estimate: Markers,
    reference: Markers | None = None,
    window_s: tuple[float, float] | None = None,
    pairs: Pairs | None = None,
    reference_pairs: Pairs | None = None,
) -> Evaluation:
    """Right minus left heights of hips, knees, ankles and heels, and how far the estimate's drop.

    Parameters
    ----------
    estimate : Markers
    reference : Markers, optional
        On the same times. Without one the estimate's own right − left is all there is.
    window_s : (float, float), optional
        Only these times; the whole recording by default.
    pairs, reference_pairs : mapping of landmark to (right, left), optional
        Marker names; found by `core.marker_regions.landmark_pairs` by default.

    Returns
    -------
    Evaluation
        Per landmark ``right_minus_left`` of the estimate and, with a reference, ``side_drop``
        (estimate minus reference), m, each the mean with its 95 % interval for autocorrelated
        frames.

    Raises
    ------
    ValueRangeError
        The times differ, or no landmark is there.
    """
    pairs = landmark_pairs(estimate.names) if pairs is None else pairs
    if not pairs:
        raise ValueRangeError("the estimate has no hips, knees, ankles or heels of both sides")
    if reference is not None:
        require_same_times(reference.times, estimate.times)
    if reference is not None and reference_pairs is None:
        reference_pairs = landmark_pairs(reference.names)
    rate_hz = estimate.rate_hz if estimate.n_frames > 1 else math.nan
    figures: list[Figure] = []
    undefined: list[Undefined] = []
    excluded = []
    for landmark, names in pairs.items():
        difference = _height_difference(estimate, names, window_s)
        _add_mean(landmark, "right_minus_left", difference, rate_hz, figures, undefined)
        if reference is None:
            continue
        if landmark not in (reference_pairs or {}):
            excluded.append(Exclusion(landmark, "the reference lacks it"))
            continue
        own = _height_difference(reference, (reference_pairs or {})[landmark], window_s)
        _add_mean(landmark, "side_drop", difference - own, rate_hz, figures, undefined)
    evaluation = Evaluation(Kind.LANDMARK, tuple(figures), tuple(excluded), tuple(undefined))
    evaluation.warn_of_undefined()
    return evaluation


def evaluate_feet(
    markers: Markers,
    points: tuple[Iterable[str], Iterable[str]] | None = None,
    sole_heights: Mapping[str, float] | None = None,
) -> Evaluation:
    """Ground height of each foot and stance, and how far the soles are off the ground.

    Parameters
    ----------
    markers : Markers
    points : (names, names), optional
        Heel, toe and metatarsal of the right and of the left foot; found by
        `core.marker_regions.foot_points` by default.
    sole_heights : mapping of str to float, optional
        Height, m, of each of these points above the sole: where it is in a standing reference or
        model. Without them penetration and floating cannot be told.

    Returns
    -------
    Evaluation
        ``floor_contact.penetration_m`` and its companions of "right" and "left", if sole heights
        are given; ``ground_height``, m, of "right", "left", "right − left", and of each stance,
        "right 0.52–1.13 s".
    """
    right, left = foot_points(markers.names) if points is None else map(tuple, points)
    if sole_heights is not None:
        require_names([*right, *left], sole_heights, "point", "the table of sole heights")
    (on_right, *rows_right), (on_left, *rows_left) = (
        _foot(side, markers.select(names), sole_heights)
        for side, names in (("right", right), ("left", left))
    )
    between = Figure(
        "right − left",
        "ground_height",
        on_right.value - on_left.value,
        "m",
        min(on_right.n, on_left.n),
    )
    figures = (on_right, on_left, between, *rows_right, *rows_left)
    undefined = tuple(
        Undefined(figure.item, figure.metric, "a foot that is never at rest")
        for figure in figures
        if np.isnan(figure.value)
    )
    evaluation = Evaluation(Kind.FOOT, figures, (), undefined)
    evaluation.warn_of_undefined()
    return evaluation


def _foot(side: str, foot: Markers, sole_heights: Mapping[str, float] | None) -> list[Figure]:
    """Ground height of one foot first, then floor contact, then each stance."""
    rest = foot_at_rest(foot.positions, foot.times)
    n, heights = int(rest.sum()), foot.positions[..., 1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        figures = [Figure(side, "ground_height", float(ground_height(heights, rest)), "m", n)]
        if sole_heights is not None:
            above_sole = np.array([sole_heights[name] for name in foot.names])
            contact = floor_contact(heights - above_sole, foot.times, rest)
            figures += [
                Figure(side, f"floor_contact.{part}", value, part[-1], n)
                for part, value in contact._asdict().items()
            ]
    for start, end, low in stances(foot.positions, foot.times, rest):
        n = int(((foot.times >= start) & (foot.times <= end)).sum())
        figures.append(Figure(f"{side} {start:.2f}–{end:.2f} s", "ground_height", low, "m", n))
    return figures


def evaluate_side_motion(
    reference: Motion, estimate: Motion, deepest_s: Iterable[float] = ()
) -> Evaluation:
    """Pelvis list and the right-minus-left bias of every bilateral coordinate.

    Parameters
    ----------
    reference, estimate : Motion
        On the same times.
    deepest_s : iterable of float
        Times, s, of the deepest point of each repetition.

    Returns
    -------
    Evaluation
        ``pelvis_list_bias``, ``pelvis_list_at_depth`` per repetition ("pelvis_list at 2.41 s"),
        and ``side_error_difference`` per bilateral coordinate ("knee_angle").
    """
    require_same_times(reference.times, estimate.times)
    common = list(shared_names(reference.names, estimate.names))
    figures: list[Figure] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UndefinedMetricWarning)
        if "pelvis_list" in common:
            r, e = reference.value("pelvis_list"), estimate.value("pelvis_list")
            n = int((~np.isnan(e - r)).sum())
            figures.append(Figure("pelvis_list", "pelvis_list_bias", float(bias(r, e)), "rad", n))
            events = np.array(list(deepest_s), dtype=np.float64)
            errors = error_at_events(r, e, reference.times, events) if len(events) else events
            figures += [
                Figure(f"pelvis_list at {at:.2f} s", "pelvis_list_at_depth", error, "rad", 1)
                for at, error in zip(events.tolist(), errors.tolist(), strict=True)
            ]
        figures += _side_differences(reference, estimate, common)
    undefined = tuple(
        Undefined(figure.item, figure.metric, NO_FRAME)
        for figure in figures
        if np.isnan(figure.value)
    )
    for told in caught:
        if not isinstance(told.message, UndefinedMetricWarning):
            warnings.warn_explicit(told.message, told.category, told.filename, told.lineno)
    evaluation = Evaluation(Kind.COORDINATE, tuple(figures), (), undefined)
    evaluation.warn_of_undefined()
    return evaluation


def _side_differences(reference: Motion, estimate: Motion, common: list[str]) -> list[Figure]:
    """Bias of the right minus bias of the left, per bilateral coordinate."""
    pairs = bilateral_pairs(common)
    names = [name for pair in pairs.values() for name in pair]
    if not names:
        return []
    coordinates = reference.select(names).coordinates
    wraps = np.array([can_wrap(coordinate) for coordinate in coordinates])
    r, e = without_wraps(reference.select(names).values, estimate.select(names).values, wraps)
    shape = (reference.n_frames, len(pairs), 2)
    values = side_error_difference(r.reshape(shape), e.reshape(shape))
    counts = paired(r, e).n.reshape(len(pairs), 2).min(axis=1)
    units = [c.unit for c in coordinates[::2]]
    return [
        Figure(stem, "side_error_difference", value, unit, n)
        for stem, value, unit, n in zip(pairs, values.tolist(), units, counts.tolist(), strict=True)
    ]


def _height_difference(
    markers: Markers, names: tuple[str, str], window_s: tuple[float, float] | None
) -> FloatArray:
    inside = markers.select(names)
    if window_s is not None:
        inside = inside.between(*window_s)
    return right_minus_left(inside.positions[..., 1])


def _add_mean(
    item: str,
    metric: str,
    series: FloatArray,
    rate_hz: float,
    figures: list[Figure],
    undefined: list[Undefined],
) -> None:
    known = series[~np.isnan(series)]
    value = float(known.mean()) if len(known) else float("nan")
    interval = (math.nan, math.nan)
    if len(known) > 1:
        found = series_mean(known, rate_hz).interval
        interval = (found.low, found.high)
    figures.append(Figure(item, metric, value, "m", len(known), interval))
    if not len(known):
        undefined.append(Undefined(item, metric, NO_FRAME))
