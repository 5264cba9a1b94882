"""The lag of lowest error, where the error is the figure that a procedure reports."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from kinebench.alignment import MinimiseLag, TimeAlignment, TimePolicy
from kinebench.alignment.records import Aligned, Recording
from kinebench.alignment.resampling import common_frames, interpolator, values_at
from kinebench.comparison.asked import AskedMean, asked_items, asked_mean, mean_of_known
from kinebench.comparison.best_lags import MeanOfBestLags
from kinebench.comparison.procedure import Procedure
from kinebench.comparison.scoring import (
    MotionHeadline,
    headline_name,
    prepared,
    scored,
)
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.errors import AlignmentError, ValueRangeError
from kinebench.metrics import Kind
from kinebench.remarks import unheard

_Error = Callable[[slice, float], float]  # of frames of the reference, and a lag, s

_FEWEST = 0.5  # share of the best overlap below which a lag is not tried: few frames fit by chance


@dataclass(frozen=True, slots=True)
class LowestReportedError:
    """`MinimiseLag` on the headline of a procedure, computed as it is reported.

    The one number that stands for a pair is that of `kinebench.comparison.asked.asked_mean`.

    Parameters
    ----------
    search : MinimiseLag
        Where to search.
    how : Procedure
        What is scored: coordinates, window, metric, space, part of the body.
    """

    search: MinimiseLag
    how: Procedure
    policy: ClassVar[str] = MinimiseLag.policy

    def __call__(self, reference: Recording, estimate: Recording) -> Aligned[Recording]:
        loss = self.loss(reference, estimate)
        found = self.search.of(reference, estimate, loss, "the reported error")
        metric = headline_name(reference, self.how)
        of = self._reported(found.reference, found.estimate).of
        first, *others = found.record.flags
        flags = (f"{first}: mean {metric} of {of}, over all that is compared", *others)
        return replace(found, record=replace(found.record, flags=flags))

    def loss(self, reference: Recording, estimate: Recording) -> Callable[[float], float]:
        """Of a lag, s: the figure that is reported at it; infinite where there is none."""
        fewest = max(2.0, _FEWEST * self._frames(reference, estimate))
        frames_at = common_frames(reference, estimate)
        if isinstance(reference, Motion) and isinstance(estimate, Motion):
            error = self._of_motions(reference, estimate)
        else:
            error = self._of_markers(reference, estimate)

        def loss(lag_s: float) -> float:
            frames = frames_at(lag_s)
            if self._within(reference.times[frames]) < fewest:
                return math.inf
            try:
                return error(frames, lag_s)
            except (ValueRangeError, AlignmentError):  # too little is left at this lag
                return math.inf

        return loss

    def _of_motions(self, reference: Motion, estimate: Motion) -> _Error:
        """On arrays: what is scored is the same at every lag."""
        score = MotionHeadline.of(reference, estimate, self.how)
        one, other = reference.select(score.names), estimate.select(score.names)
        curve = values_at(other, self.search.interpolation)
        _, chosen = asked_items(score.names, score.units, Kind.COORDINATE, self.how.group)

        def error(frames: slice, lag_s: float) -> float:
            times = one.times[frames]
            values = score(times, one.values[frames], curve(times + lag_s))
            return mean_of_known(values[chosen].tolist())

        return error

    def _of_markers(self, reference: Recording, estimate: Recording) -> _Error:
        curves = interpolator(estimate, self.search.interpolation)

        def error(frames: slice, lag_s: float) -> float:
            common = reference.at_frames(np.arange(reference.n_frames)[frames])
            moved = replace(curves(common.times + lag_s), times=common.times)
            return self._reported(common, moved).value

        return error

    def _reported(self, reference: Recording, estimate: Recording) -> AskedMean:
        with unheard():  # told at the lag that is chosen
            if self.how.space is not None:
                assert isinstance(reference, Markers)
                assert isinstance(estimate, Markers)
                estimate, _ = self.how.space(reference, estimate)
            metric = headline_name(reference, self.how)
            figures = scored(*prepared(reference, estimate, self.how), self.how, [metric])
        return asked_mean(figures, metric, self.how.group)

    def _frames(self, reference: Recording, estimate: Recording) -> int:
        """Most frames within the window that any lag makes common."""
        reach = self.search.max_lag_s
        start, end = float(estimate.times[0]) - reach, float(estimate.times[-1]) + reach
        inside = reference.times[(reference.times >= start) & (reference.times <= end)]
        spanned = (float(np.ptp(estimate.times)) * reference.rate_hz) + 1.0
        return int(min(self._within(inside), spanned))

    def _within(self, times: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> int:
        if self.how.window_s is None:
            return len(times)
        return int(((times >= self.how.window_s[0]) & (times <= self.how.window_s[1])).sum())


def time_policy(time: TimeAlignment | MeanOfBestLags, how: Procedure) -> TimePolicy:
    """The procedure's time alignment; one that minimises an error minimises the reported one."""
    return LowestReportedError(time, how) if isinstance(time, MinimiseLag) else time
