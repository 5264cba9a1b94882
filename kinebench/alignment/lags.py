"""Signals that tell a lag, and the error that a lag leaves."""

from __future__ import annotations

import numpy as np

from kinebench.alignment.records import Recording
from kinebench.alignment.resampling import interpolated
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.names import shared_names
from kinebench.core.wrapping import can_wrap
from kinebench.errors import AlignmentError, require_names
from kinebench.signals.lag import correlation_at
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
    one, other = reference[:, None], estimate[:, None]
    scores = np.array([correlation_at(one, other, float(lag)) for lag in lags])
    scores = np.where(np.isnan(scores), -1.0, scores)
    peak = np.zeros(len(scores), dtype=bool)
    peak[1:-1] = (scores[1:-1] >= scores[:-2]) & (scores[1:-1] >= scores[2:])
    far = np.abs(lags / rate_hz - lag_s) >= 0.1
    rivals = np.flatnonzero(peak & far & (scores >= scores.max() - 0.02))
    if not len(rivals):
        return None
    return float(lags[rivals[scores[rivals].argmax()]] / rate_hz)


def error_of_lag(
    reference: Recording,
    estimate: Recording,
    lag_s: float,
    remove_offset: bool = False,
) -> float:
    """Root mean square error that a lag leaves; infinite when less than half overlaps.

    Of motions: over the angles that both have (rad), differences wrapped where a coordinate can
    wrap. Of markers: over the markers that both have (m).

    Parameters
    ----------
    reference, estimate : Motion or Markers
    lag_s : float
    remove_offset : bool
        Take each column's mean error away first.
    """
    clock = estimate.times - lag_s
    inside = (reference.times >= clock[0]) & (reference.times <= clock[-1])
    if inside.sum() < max(2.0, 0.5 * len(inside)):
        return float("inf")
    common = reference.at_frames(np.flatnonzero(inside))
    moved = interpolated(estimate, common.times + lag_s, "linear")
    error = _errors(common, moved)
    if remove_offset:
        known = ~np.isnan(error)
        mean = np.where(known, error, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        error = error - mean
    known = ~np.isnan(error)
    if not known.any():
        return float("inf")
    return float(np.sqrt(np.mean(error[known] ** 2)))


def _errors(reference: Recording, estimate: Recording) -> FloatArray:
    """Estimate − reference (n_frames, n_columns) of what both have."""
    if isinstance(reference, Motion) and isinstance(estimate, Motion):
        known = frozenset(estimate.names)
        shared = [c for c in reference.coordinates if c.name in known]
        angles = [c for c in shared if c.kind == "rotational"] or shared
        names = [coordinate.name for coordinate in angles]
        if not names:
            raise AlignmentError("the motions have no coordinate in common: no error to minimise")
        error = estimate.select(names).values - reference.select(names).values
        wraps = np.array([can_wrap(coordinate) for coordinate in angles])
        turns = np.round(error / (2 * np.pi))
        return np.asarray(np.where(wraps, error - 2 * np.pi * turns, error))
    assert isinstance(reference, Markers)
    assert isinstance(estimate, Markers)
    markers = shared_names(reference.names, estimate.names)
    if not markers:
        raise AlignmentError("the recordings have no marker in common: no error to minimise")
    difference = estimate.select(markers).positions - reference.select(markers).positions
    return np.asarray(difference.reshape(reference.n_frames, -1))
