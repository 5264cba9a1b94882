"""The lag of lowest error, where the error is the figure that a procedure reports."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from kinebench.alignment import MinimiseLag, TimeAlignment, TimePolicy
from kinebench.alignment.records import Aligned, Recording
from kinebench.alignment.resampling import common_frames, interpolator
from kinebench.comparison.asked import AskedMean, asked_mean
from kinebench.comparison.best_lags import MeanOfBestLags
from kinebench.comparison.procedure import Procedure
from kinebench.comparison.scoring import headline_figures, headline_name
from kinebench.core.markers import Markers
from kinebench.errors import AlignmentError, ValueRangeError
from kinebench.remarks import unheard

_FEWEST = 0.5  # share of the best overlap below which a lag is not tried: few frames fit by chance


@dataclass(frozen=True, slots=True)
class LowestReportedError:
    """`MinimiseLag` on the headline of a procedure, computed as it is reported.

    Parameters
    ----------
    search : MinimiseLag
        Where to search.
    how : Procedure
        What is scored: coordinates, window, metric, space.
    """

    search: MinimiseLag
    how: Procedure
    policy: ClassVar[str] = MinimiseLag.policy

    def __call__(self, reference: Recording, estimate: Recording) -> Aligned[Recording]:
        fewest = _FEWEST * self._frames(reference, estimate)
        curves = interpolator(estimate, self.search.interpolation)

        def loss(lag_s: float) -> float:
            common = reference.at_frames(common_frames(reference, estimate, lag_s))
            if self._within(common.times) < max(2.0, fewest):
                return math.inf
            moved = replace(curves(common.times + lag_s), times=common.times)
            try:
                return self._reported(common, moved).value
            except (ValueRangeError, AlignmentError):  # too little is left at this lag
                return math.inf

        found = self.search.of(reference, estimate, loss, "the reported error")
        of = self._reported(found.reference, found.estimate).of
        metric = headline_name(reference, self.how)
        first, *others = found.record.flags
        flags = (f"{first}: mean {metric} of {of}, over all that is compared", *others)
        return replace(found, record=replace(found.record, flags=flags))

    def _reported(self, reference: Recording, estimate: Recording) -> AskedMean:
        with unheard():  # told at the lag that is chosen
            if self.how.space is not None:
                assert isinstance(reference, Markers)
                assert isinstance(estimate, Markers)
                estimate, _ = self.how.space(reference, estimate)
            figures = headline_figures(reference, estimate, self.how)
        return asked_mean(figures, headline_name(reference, self.how), self.how.group)

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
