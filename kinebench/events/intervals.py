"""Intervals of a movement, and where a signal is above a level."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError


class Repetition(NamedTuple):
    """One repetition: it starts at rest, turns at the extreme, and ends at rest again; s."""

    start_s: float
    turn_s: float
    end_s: float


class Cycle(NamedTuple):
    """One gait cycle of a foot: heel strike, toe-off if seen, next heel strike; s."""

    start_s: float
    toe_off_s: float | None
    end_s: float


class Contact(NamedTuple):
    """Time with ground contact, s.

    An end that the recording cuts off is not an event: then `starts_inside` or `ends_inside` is
    False.
    """

    start_s: float
    end_s: float
    starts_inside: bool
    ends_inside: bool


class Flight(NamedTuple):
    """Time between take-off and landing, s."""

    take_off_s: float
    landing_s: float

    @property
    def height_m(self) -> float:
        """Rise of the centre of mass from the time of flight, g t²/8, m.

        Assumes that the body lands as it took off (Linthorne 2001, Am J Phys 69:1198, eq. 5).
        """
        return 9.80665 * (self.landing_s - self.take_off_s) ** 2 / 8.0


def signal_on_times(signal: ArrayLike, times: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Signal and times (n_frames,) each, frames without a value left out.

    Raises
    ------
    ValueRangeError
        Shapes differ, or fewer than three frames have a value.
    """
    y, t = np.asarray(signal, dtype=np.float64), np.asarray(times, dtype=np.float64)
    if y.ndim != 1 or y.shape != t.shape:
        raise ValueRangeError(
            f"signal and times must have one shape (n_frames,), found {y.shape} and {t.shape}"
        )
    known = np.isfinite(y)
    if known.sum() < 3:
        raise ValueRangeError(f"events need three frames or more, found {int(known.sum())}")
    return y[known], t[known]


def above_with_hysteresis(signal: FloatArray, on: float, off: float) -> list[tuple[int, int]]:
    """First and last index of each run that rises above `on` and has not yet fallen below `off`.

    Parameters
    ----------
    signal : (n_frames,)
    on, off : float
        off ≤ on; what lies between changes nothing.
    """
    if not off <= on:
        raise ValueRangeError(f"the release level must not exceed the onset: {off:g} > {on:g}")
    mark = np.where(signal > on, 1, np.where(signal < off, 0, -1))
    decided = np.where(mark >= 0, np.arange(len(mark)), -1)
    last = np.maximum.accumulate(decided)
    state = np.where(last >= 0, mark[np.maximum(last, 0)] == 1, False)
    padded = np.concatenate([[False], state, [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]
