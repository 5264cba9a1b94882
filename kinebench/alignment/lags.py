"""Signals that tell a lag, and the error that a lag leaves."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kinebench.alignment.records import Recording
from kinebench.alignment.resampling import values_at
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.names import shared_names
from kinebench.core.wrapping import can_wrap
from kinebench.errors import AlignmentError, require_names
from kinebench.signals.lag import correlations
from kinebench.signals.resampling import even_times, resample

MARKER_SPEED = "mean marker speed"


def lag_signals(
    reference: Recording, estimate: Recording, signal: str | None, rate_hz: float
) -> tuple[FloatArray, FloatArray, str]:
    """The signal of both recordings on one even clock that spans both.

    Parameters
    ----------
    reference, estimate : Motion or Markers
    signal : str, optional
        A coordinate, or a marker whose height is taken; by default ``pelvis_ty`` of motions and
        the mean speed of the markers that both recordings have (of all, when they share none).
    rate_hz : float

    Returns
    -------
    reference, estimate : (n_frames,)
        NaN where the recording has nothing.
    name : str
    """
    name, courses = _courses(reference, estimate, signal)
    start = min(reference.times[0], estimate.times[0])
    end = max(reference.times[-1], estimate.times[-1])
    clock = even_times(np.array([start, end]), rate_hz)
    one = resample(courses[0], reference.times, clock)
    other = resample(courses[1], estimate.times, clock)
    return one, other, name


def _courses(
    reference: Recording, estimate: Recording, signal: str | None
) -> tuple[str, tuple[FloatArray, FloatArray]]:
    if isinstance(reference, Motion) and isinstance(estimate, Motion):
        name = "pelvis_ty" if signal is None else signal
        for motion, where in ((reference, "the reference"), (estimate, "the estimate")):
            require_names([name], motion.names, "coordinate", where)
        return name, (reference.value(name), estimate.value(name))
    assert isinstance(reference, Markers)
    assert isinstance(estimate, Markers)
    if signal is not None:
        for markers, where in ((reference, "the reference"), (estimate, "the estimate")):
            require_names([signal], markers.names, "marker", where)
        heights = reference.position(signal)[:, 1], estimate.position(signal)[:, 1]
        return f"height of {signal}", heights
    shared = shared_names(reference.names, estimate.names)
    if shared:
        reference, estimate = reference.select(shared), estimate.select(shared)
    return MARKER_SPEED, (_mean_speed(reference), _mean_speed(estimate))


def _mean_speed(markers: Markers) -> FloatArray:
    """Mean over markers of the speed, (n_frames,) m/s; NaN where none is known."""
    velocity = np.gradient(markers.positions, markers.times, axis=0)
    speed = np.linalg.norm(velocity, axis=2)
    known = ~np.isnan(speed)
    count = known.sum(axis=1)
    total = np.where(known, speed, 0.0).sum(axis=1)
    return np.asarray(total / np.where(count > 0, count, np.nan))


def rival_lag(
    reference: FloatArray, estimate: FloatArray, rate_hz: float, max_lag_s: float, lag_s: float
) -> float | None:
    """Another lag, s, that correlates nearly as well (within 0.02), as in periodic movement.

    Looks at local maxima that lie 0.1 s or more from `lag_s`.
    """
    reach = int(np.floor(max_lag_s * rate_hz + 1e-9))
    lags = np.arange(-reach, reach + 1)
    scores = correlations(reference[:, None], estimate[:, None], lags)
    scores = np.where(np.isnan(scores), -1.0, scores)
    peak = np.zeros(len(scores), dtype=bool)
    peak[1:-1] = (scores[1:-1] >= scores[:-2]) & (scores[1:-1] >= scores[2:])
    far = np.abs(lags / rate_hz - lag_s) >= 0.1
    rivals = np.flatnonzero(peak & far & (scores >= scores.max() - 0.02))
    if not len(rivals):
        return None
    return float(lags[rivals[scores[rivals].argmax()]] / rate_hz)


class CurvesAtLag(NamedTuple):
    """How well the angles of two motions follow one another at a lag, and at their own best one.

    Parameters
    ----------
    correlation, best_correlation : float
        −1 to 1, over all angles that cannot wrap, pooled.
    best_lag_s : float
    """

    correlation: float
    best_correlation: float
    best_lag_s: float


def curves_at_lag(
    reference: Recording, estimate: Recording, rate_hz: float, max_lag_s: float, lag_s: float
) -> CurvesAtLag | None:
    """Whether the angles confirm a lag that a signal told; None of markers, or without an angle.

    Parameters
    ----------
    reference, estimate : Motion or Markers
    rate_hz, max_lag_s : float
        Of the search for the best lag.
    lag_s : float
        The lag that is doubted.
    """
    if not (isinstance(reference, Motion) and isinstance(estimate, Motion)):
        return None
    names = [
        c.name
        for c in reference.coordinates
        if c.kind == "rotational" and not can_wrap(c) and c.name in estimate.names
    ]
    if not names:
        return None
    start = min(reference.times[0], estimate.times[0])
    end = max(reference.times[-1], estimate.times[-1])
    clock = even_times(np.array([start, end]), rate_hz)
    one, other = (
        resample(motion.select(names).values, motion.times, clock)
        for motion in (reference, estimate)
    )
    reach = int(np.floor(max_lag_s * rate_hz + 1e-9))
    lags = np.arange(-reach, reach + 1)
    scores = correlations(one, other, lags)
    if not np.isfinite(scores).any():
        return None
    best = int(np.nanargmax(scores))
    at = float(np.interp(lag_s, lags / rate_hz, scores))
    return CurvesAtLag(at, float(scores[best]), float(lags[best] / rate_hz))


def error_of_lag(
    reference: Recording, estimate: Recording, remove_offset: bool = False
) -> Callable[[float], float]:
    """Root mean square error that a lag, s, leaves; infinite when less than half overlaps.

    Of motions: over the angles that both have (rad), differences wrapped where a coordinate can
    wrap. Of markers: over the markers that both have (m).

    Parameters
    ----------
    reference, estimate : Motion or Markers
    remove_offset : bool
        Take each column's mean error away first.
    """
    names, wraps = _compared(reference, estimate)
    one, other = reference.select(names), estimate.select(names)
    curve = values_at(other, "linear")
    values = one.values if isinstance(one, Motion) else one.positions

    def error_at(lag_s: float) -> float:
        clock = other.times - lag_s
        inside = (one.times >= clock[0]) & (one.times <= clock[-1])
        if inside.sum() < max(2.0, 0.5 * len(inside)):
            return math.inf
        error = curve(one.times[inside] + lag_s) - values[inside]
        error = error.reshape(len(error), -1)
        error[:, wraps] -= 2 * np.pi * np.round(error[:, wraps] / (2 * np.pi))
        known = ~np.isnan(error)
        if remove_offset:
            mean = np.where(known, error, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
            error = error - mean
        return float(np.sqrt(np.mean(error[known] ** 2))) if known.any() else math.inf

    return error_at


def _compared(reference: Recording, estimate: Recording) -> tuple[list[str], NDArray[np.intp]]:
    """Names of what both have, and the columns of their values that can wrap."""
    if isinstance(reference, Motion) and isinstance(estimate, Motion):
        known = frozenset(estimate.names)
        shared = [c for c in reference.coordinates if c.name in known]
        angles = [c for c in shared if c.kind == "rotational"] or shared
        names = [coordinate.name for coordinate in angles]
        if not names:
            raise AlignmentError("the motions have no coordinate in common: no error to minimise")
        return names, np.flatnonzero([can_wrap(coordinate) for coordinate in angles])
    markers = shared_names(reference.names, estimate.names)
    if not markers:
        raise AlignmentError("the recordings have no marker in common: no error to minimise")
    return list(markers), np.empty(0, dtype=np.intp)
