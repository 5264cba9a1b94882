"""The lag of lowest error, where the error is the figure that a procedure reports."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kinebench.alignment import GivenLag, MinimiseLag, TimeAlignment, TimePolicy, align
from kinebench.alignment.records import Aligned, Recording
from kinebench.comparison.procedure import Procedure
from kinebench.comparison.scoring import headline_name, headline_values
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.errors import KinebenchError, KinebenchWarning
from kinebench.metrics.marker_evaluation import ALL_MARKERS

__all__ = ["LowestReportedError", "headline", "time_policy"]

_FEWEST = 0.5  # share of the best overlap below which a lag is not tried: few frames fit by chance


def headline(values: dict[str, float], recording: Motion | Markers) -> float:
    """The one number that stands for a pair: mean over angles; over lengths where none turns.

    Of markers the mean over all of them. Infinite when nothing is scored.
    """
    if ALL_MARKERS in values:
        values = {ALL_MARKERS: values[ALL_MARKERS]}
    elif isinstance(recording, Motion):
        kinds = {coordinate.name: coordinate.kind for coordinate in recording.coordinates}
        angles = {name: v for name, v in values.items() if kinds[name] == "rotational"}
        values = angles or values
    finite = [value for value in values.values() if math.isfinite(value)]
    return sum(finite) / len(finite) if finite else math.inf


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
        most = self._frames(reference, estimate)

        def loss(lag_s: float) -> float:
            return self._loss(reference, estimate, lag_s, _FEWEST * most)

        metric = headline_name(reference, self.how)
        return self.search.of(
            reference,
            estimate,
            loss,
            f"the reported error (mean {metric} of what is scored, over all that is compared)",
        )

    def _loss(
        self, reference: Recording, estimate: Recording, lag_s: float, fewest: float
    ) -> float:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", KinebenchWarning)  # told at the lag that is chosen
                time = GivenLag(lag_s, self.search.interpolation)
                aligned = align(reference, estimate, time, self.how.space)
                if self._within(aligned.reference.times) < fewest:
                    return math.inf
                values = headline_values(aligned.reference, aligned.estimate, self.how)
        except KinebenchError:
            return math.inf
        return headline(values, aligned.reference)

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


def time_policy(time: TimeAlignment, how: Procedure) -> TimePolicy:
    """The procedure's time alignment; one that minimises an error minimises the reported one."""
    return LowestReportedError(time, how) if isinstance(time, MinimiseLag) else time
