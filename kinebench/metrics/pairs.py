"""Pairs of waveforms: what every waveform metric takes, and sums that leave gaps out.

Conventions
-----------
- ``(reference, estimate)`` in that order; error = estimate − reference.
- Arrays are (n_frames,) or (n_frames, n_coordinates) on the *same* frames; results have the shape
  of the trailing axes.
- Frames in which either side is NaN are left out, column by column ("pairwise complete"); the
  number of frames that count is the figure's n.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.core.arrays import FloatArray
from kinebench.core.wrapping import unwrapped
from kinebench.errors import ValueRangeError


class Pair(NamedTuple):
    """Two waveforms with the same gaps.

    Parameters
    ----------
    reference, estimate : (n_frames, ...)
        NaN in both where either is missing.
    n : (...) int
        Frames that count.
    present : (n_frames, ...) bool, optional
        What counts; None when everything does.
    """

    reference: FloatArray
    estimate: FloatArray
    n: NDArray[np.int64]
    present: NDArray[np.bool_] | None

    @property
    def error(self) -> FloatArray:
        """(n_frames, ...), estimate − reference."""
        return self.estimate - self.reference

    def total(self, values: FloatArray) -> FloatArray:
        """Sum over the frames that count."""
        if self.present is not None:
            values = np.where(self.present, values, 0.0)
        return np.asarray(values.sum(axis=0))

    def mean(self, values: FloatArray) -> FloatArray:
        """Mean over the frames that count; NaN where none does."""
        return self.total(values) / np.where(self.n > 0, self.n, np.nan)

    def centred(self, values: FloatArray) -> FloatArray:
        """Values minus their mean."""
        return values - self.mean(values)


def paired(reference: ArrayLike, estimate: ArrayLike) -> Pair:
    """Check two waveforms and give them the same gaps.

    Parameters
    ----------
    reference, estimate : (n_frames,) or (n_frames, n_coordinates)

    Raises
    ------
    ValueRangeError
        Shapes differ, are not one- or two-dimensional, or a value is infinite or no number.
    """
    r, e = _numbers(reference, "reference"), _numbers(estimate, "estimate")
    if r.shape != e.shape:
        raise ValueRangeError(
            f"reference and estimate must have one shape, found {r.shape} and {e.shape};"
            " metrics never align or resample: do that before, with kinebench.alignment"
        )
    if r.ndim not in (1, 2):
        raise ValueRangeError(
            f"waveforms must have shape (n_frames,) or (n_frames, n_coordinates), found {r.shape}"
        )
    if len(r) == 0:  # a frame that does not count lets every reduction work
        r = e = np.full((1, *r.shape[1:]), np.nan)
    missing = np.isnan(r) | np.isnan(e)
    if not missing.any():
        return Pair(r, e, np.full(r.shape[1:], len(r)), None)
    present = ~missing
    return Pair(
        np.where(present, r, np.nan),
        np.where(present, e, np.nan),
        np.asarray(present.sum(axis=0)),
        present,
    )


def _numbers(values: ArrayLike, what: str) -> FloatArray:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueRangeError(f"the {what} must be numbers: {error}") from error
    if np.isinf(array).any():
        raise ValueRangeError(f"the {what} holds an infinite value; missing values are NaN")
    return array


def wrapped_difference(reference: ArrayLike, estimate: ArrayLike) -> FloatArray:
    """estimate − reference of angles (rad), taken the short way round: in (−π, π]."""
    difference = np.asarray(estimate, dtype=np.float64) - np.asarray(reference, dtype=np.float64)
    turns = np.ceil((difference - np.pi) / (2 * np.pi))
    return np.asarray(difference - 2 * np.pi * turns)


def without_wraps(
    reference: FloatArray, estimate: FloatArray, can_wrap: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Angles made comparable where a coordinate can wrap.

    The reference is unwrapped over time, across gaps too, and the estimate becomes reference plus
    the wrapped difference. Then every metric, those that look at waveforms one by one included,
    sees curves without jumps.

    Parameters
    ----------
    reference, estimate : (n_frames, n_coordinates) rad
    can_wrap : (n_coordinates,) bool

    Returns
    -------
    reference, estimate : (n_frames, n_coordinates) rad
        Columns that cannot wrap are untouched. Where the reference of one that can is missing,
        its estimate is NaN too: it could not be placed.
    """
    if not can_wrap.any():
        return reference, estimate
    columns = np.flatnonzero(can_wrap)
    angles = unwrapped(reference[:, columns])
    r, e = reference.copy(), estimate.copy()
    r[:, columns] = angles
    e[:, columns] = angles + wrapped_difference(angles, estimate[:, columns])
    return r, e
