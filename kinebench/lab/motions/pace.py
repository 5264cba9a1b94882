"""When strides begin, and how far they reach: all alike, or each its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.core.value import Value
from kinebench.lab.motions.motion_model import onsets


class Pace(Protocol):
    """Strides of both feet; those of the left begin half a stride later (``half`` is 0 or 0.5)."""

    def duration_s(self, strides: int) -> float: ...

    def phase(self, times: FloatArray) -> FloatArray:
        """Rad; 0 at strikes of the right heel."""
        ...

    def way(self, times: FloatArray) -> FloatArray:
        """Of the hips, m."""
        ...

    def stances(self, times: FloatArray, half: float) -> tuple[FloatArray, FloatArray]:
        """Number of the strike before, and share of the stride gone since."""
        ...

    def start(self, half: float) -> float:
        """Where the ankle of the first stance is, m."""
        ...

    def gone(self, number: FloatArray, half: float) -> FloatArray:
        """From the first stance to that of a number, m."""
        ...

    def length(self, number: FloatArray, half: float) -> FloatArray:
        """Of the stride that follows, m."""
        ...

    def outwards(self, strides: FloatArray) -> FloatArray:
        """By which a foot stands further out than the mean step width says, m."""
        ...


@dataclass(frozen=True, slots=True)
class SteadyPace:
    """Strides that are all alike.

    Parameters
    ----------
    stride_s, speed_m_s : float
    over : float
        Share of the stride at which the hip is over the ankle.
    """

    stride_s: float
    speed_m_s: float
    over: float

    def duration_s(self, strides: int) -> float:
        return strides * self.stride_s

    def phase(self, times: FloatArray) -> FloatArray:
        return np.asarray(2 * np.pi * times / self.stride_s)

    def way(self, times: FloatArray) -> FloatArray:
        return np.asarray(self.speed_m_s * times)

    def stances(self, times: FloatArray, half: float) -> tuple[FloatArray, FloatArray]:
        since = times - half * self.stride_s
        number = np.floor(since / self.stride_s)
        return number, (since - number * self.stride_s) / self.stride_s

    def start(self, half: float) -> float:
        return self.speed_m_s * (half * self.stride_s + self.over * self.stride_s)

    def gone(self, number: FloatArray, half: float) -> FloatArray:
        return np.asarray(number * (self.speed_m_s * self.stride_s))

    def length(self, number: FloatArray, half: float) -> FloatArray:
        return np.full(len(number), self.speed_m_s * self.stride_s)

    def outwards(self, strides: FloatArray) -> FloatArray:
        return np.zeros(len(strides))


@dataclass(frozen=True, slots=True, eq=False)
class VaryingPace(Value):
    """Strides that differ: smooth courses of time and way over the number of strides.

    Parameters
    ----------
    knots : (n,)
        Numbers of strides, some before the start and after the end.
    time_s, way_m, wider_m : (n,)
        When and where the hips then are, and by how much the steps are wider than their mean.
    over : float
        Share of the stride at which the hip is over the ankle.
    """

    knots: FloatArray
    time_s: FloatArray
    way_m: FloatArray
    wider_m: FloatArray
    over: float

    @classmethod
    def of(
        cls,
        seconds: Sequence[float],
        lengths: Sequence[float],
        wider: Sequence[float],
        over: float,
    ) -> VaryingPace:
        """From duration, length (m) and widening (m) of every stride."""
        # feet that stand at the start and at the end have left and will land outside
        around = [[one[0]] * 2 + list(one) + [one[-1]] * 2 for one in (seconds, lengths)]
        times, ways = (np.array(onsets(0.0, one)) for one in around)
        knots = np.arange(len(times), dtype=np.float64) - 2.0
        widths = np.array([wider[0]] * 2 + list(wider) + [wider[-1]] * 3)
        return cls(knots, times - times[2], ways - ways[2], widths, over)

    def _at(self, strides: ArrayLike, values: FloatArray) -> FloatArray:
        from scipy.interpolate import CubicSpline

        where = np.asarray(strides, dtype=np.float64)
        return np.asarray(CubicSpline(self.knots, values)(where))

    def _strides(self, times: FloatArray) -> FloatArray:
        """Strides gone at a time: Newton's method on a course that is nearly straight."""
        from scipy.interpolate import CubicSpline

        course = CubicSpline(self.knots, self.time_s)
        gone = np.interp(times, self.time_s, self.knots)
        for _ in range(20):
            gone -= (course(gone) - times) / course(gone, 1)
        return np.asarray(gone)

    def duration_s(self, strides: int) -> float:
        return float(self._at(strides, self.time_s))

    def phase(self, times: FloatArray) -> FloatArray:
        return np.asarray(2 * np.pi * self._strides(times))

    def way(self, times: FloatArray) -> FloatArray:
        return self._at(self._strides(times), self.way_m)

    def stances(self, times: FloatArray, half: float) -> tuple[FloatArray, FloatArray]:
        since = self._strides(times) - half
        number = np.floor(since)
        return number, since - number

    def start(self, half: float) -> float:
        return float(self._at(half + self.over, self.way_m))

    def gone(self, number: FloatArray, half: float) -> FloatArray:
        return np.asarray(self._at(number + half + self.over, self.way_m) - self.start(half))

    def length(self, number: FloatArray, half: float) -> FloatArray:
        return np.asarray(self.gone(number + 1, half) - self.gone(number, half))

    def outwards(self, strides: FloatArray) -> FloatArray:
        # half of the width on each side
        return np.asarray(np.interp(strides, self.knots, self.wider_m) / 2)
