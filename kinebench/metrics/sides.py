"""Does one side sink: differences between right and left.

Conventions
-----------
- Heights are Y of the ground frame, m. "Right − left" throughout, so a *negative* side drop means
  that the estimate's right side is lower, against its left, than the reference's.
- ``(reference, estimate)`` arrays hold both sides in the last axis: (n_frames, ..., 2), right
  first. Frames in which any of the four values is missing are left out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.metrics.pairs import paired
from kinebench.metrics.undefined import nan_where
from kinebench.metrics.waveform import NO_FRAME


def right_minus_left(values: ArrayLike) -> FloatArray:
    """Right minus left, (n_frames, ...), of values (n_frames, ..., 2).

    Raises
    ------
    ValueRangeError
        The last axis does not hold two sides.
    """
    both = np.asarray(values, dtype=np.float64)
    if both.ndim < 2 or both.shape[-1] != 2:
        raise ValueRangeError(
            f"values of both sides need shape (n_frames, ..., 2), right first; found {both.shape}"
        )
    return np.asarray(both[..., 0] - both[..., 1])


def side_drop(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Mean over the frames of (right − left height), estimate minus reference, m.

    Parameters
    ----------
    reference, estimate : (n_frames, n_landmarks, 2) m
        Heights of hip joint centres, knees, ankles, heels, within one window.

    Returns
    -------
    (n_landmarks,) m
    """
    pair = paired(right_minus_left(reference), right_minus_left(estimate))
    return nan_where(pair.mean(pair.error), pair.n == 0, "side_drop", NO_FRAME)


def side_error_difference(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """Bias of the right side minus bias of the left, per bilateral coordinate.

    Each side's bias is over the frames in which that side is known.

    Parameters
    ----------
    reference, estimate : (n_frames, n_pairs, 2) rad
        Of a coordinate whose sign is anatomical on both sides, as in OpenSim's models.

    Returns
    -------
    (n_pairs,) rad
    """
    for values in (reference, estimate):
        right_minus_left(values)  # checks the shape
    r, e = np.asarray(reference, dtype=np.float64), np.asarray(estimate, dtype=np.float64)
    right, left = paired(r[..., 0], e[..., 0]), paired(r[..., 1], e[..., 1])
    values = right.mean(right.error) - left.mean(left.error)
    none = (right.n == 0) | (left.n == 0)
    return nan_where(values, none, "side_error_difference", NO_FRAME)


def error_at_events(
    reference: ArrayLike, estimate: ArrayLike, times: ArrayLike, event_times: ArrayLike
) -> FloatArray:
    """Error at given moments, by linear interpolation: pelvis list at the deepest points.

    Parameters
    ----------
    reference, estimate : (n_frames,)
    times : (n_frames,) s
    event_times : (n_events,) s
        Within the times.

    Returns
    -------
    (n_events,)
        NaN where a neighbouring frame is missing.

    Raises
    ------
    ValueRangeError
        An event lies outside the times.
    """
    pair = paired(reference, estimate)
    stamps = np.asarray(times, dtype=np.float64)
    events = np.atleast_1d(np.asarray(event_times, dtype=np.float64))
    if stamps.shape != pair.error.shape:
        raise ValueRangeError(f"times {stamps.shape} do not fit values {pair.error.shape}")
    outside = ~((events >= stamps[0]) & (events <= stamps[-1]))
    if outside.any():
        raise ValueRangeError(
            f"the event at {events[outside][0]:g} s lies outside the recording,"
            f" {stamps[0]:g} to {stamps[-1]:g} s"
        )
    values = np.interp(events, stamps, pair.error)
    reason = "a frame beside the event is missing"
    return nan_where(values, np.isnan(values), "pelvis_list_at_depth", reason)


class LegLengths(NamedTuple):
    """Right over left length, %: above 100 the right leg is longer."""

    femur: float
    tibia: float
    total: float


def leg_length_ratio(right: ArrayLike, left: ArrayLike) -> LegLengths:
    """Right/left ratio of femur, tibia and their sum, %, of a scaled model.

    Parameters
    ----------
    right, left : (3, 3) m
        Centres of hip, knee and ankle, in that order, in any pose: lengths are distances.

    Raises
    ------
    ValueRangeError
        Other shapes, values that are not finite, or a length of zero.
    """
    lengths = []
    for side, centres in (("right", right), ("left", left)):
        points = np.asarray(centres, dtype=np.float64)
        if points.shape != (3, 3) or not np.isfinite(points).all():
            raise ValueRangeError(
                f"the {side} leg needs finite centres of hip, knee and ankle (3, 3),"
                f" found shape {points.shape}"
            )
        femur, tibia = np.linalg.norm(np.diff(points, axis=0), axis=1)
        lengths.append(np.array([femur, tibia, femur + tibia]))
    if min(lengths[0].min(), lengths[1].min()) <= 0:
        raise ValueRangeError("a leg segment has no length: two joint centres coincide")
    return LegLengths(*(100.0 * lengths[0] / lengths[1]).tolist())
