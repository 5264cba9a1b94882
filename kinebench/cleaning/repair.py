"""Stages that repair: gaps and outliers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kinebench.cleaning.columns import WINDOW, frames_of, require_values
from kinebench.core.limits import LONGEST_S, Limit, require_within
from kinebench.core.markers import Markers
from kinebench.core.notation import Syntax
from kinebench.core.references import Reference
from kinebench.errors import ValueRangeError
from kinebench.signals.gaps import FillMethod, fill_gaps
from kinebench.signals.outliers import hampel_outliers

_HAMPEL = Reference(
    "Hampel FR (1974). The influence curve and its role in robust estimation. Journal of"
    " the American Statistical Association 69(346): 383–393.",
    "10.1080/01621459.1974.10482962",
)

_GAP = Limit(0, LONGEST_S, "s", "nobody records for longer than a day", positive=True)
_SIGMAS = Limit(0, 1_000, reason="nothing would be an outlier", positive=True)
_DEVIATION = Limit(0, 10, "m", "nothing would be an outlier")


@dataclass(frozen=True, slots=True)
class FillGaps:
    """Interpolate missing markers over time.

    Parameters
    ----------
    method : {"linear", "cubic"}
        Linear as in the OpenPose-to-OpenSim tutorial; cubic through all frames present.
    longest_s : float, optional
        Longest gap that is filled, s; longer ones stay whole.
    ends : bool
        Whether gaps at the ends of the recording hold the nearest position; they stay otherwise.

    Notes
    -----
    Confidence is kept: what was filled has the confidence that it had while missing.

    Raises
    ------
    CleaningError
        On call, for markers without any position.
    """

    title: ClassVar[str] = "gap filling"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("fill-linear", "fill gaps by lines", ("longest_s",)),
        Syntax(
            "fill-cubic", "fill gaps by a cubic spline", ("longest_s",), fixed={"method": "cubic"}
        ),
        Syntax(
            "fill-ends",
            "fill gaps by lines, and hold the first and last known position at the ends",
            fixed={"ends": True},
        ),
    )

    limits: ClassVar[Mapping[str, Limit]] = {"longest_s": _GAP}

    method: FillMethod = "linear"
    longest_s: float | None = None
    ends: bool = False

    def __post_init__(self) -> None:
        if self.method not in ("linear", "cubic"):
            raise ValueRangeError(f"gaps can be filled 'linear' or 'cubic', found {self.method!r}")
        require_within(self)

    def __call__(self, markers: Markers) -> Markers:
        if not markers.missing.any():
            return markers
        require_values(markers, "gap filling")
        longest = None
        if self.longest_s is not None:
            # half a frame absorbs the rounding of time stamps
            longest = int(self.longest_s * markers.rate_hz + 0.5)
        filled = fill_gaps(markers.positions, self.method, longest, self.ends, markers.times)
        return markers.with_positions(filled)


@dataclass(frozen=True, slots=True)
class RemoveOutliers:
    """Make positions missing that do not fit to their neighbours in time (Hampel identifier).

    A marker is dropped from a frame when one of its axes departs from the median of the window by
    more than `n_sigmas` robust standard deviations and by more than `smallest_m`.

    Parameters
    ----------
    window_s : float
        Whole window, s.
    n_sigmas : float
    smallest_m : float
        Deviation that always passes, m: where someone stands still, the robust deviation is
        nearly nothing and any small movement would look like an outlier.
    """

    title: ClassVar[str] = "a Hampel identifier of outliers"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("outliers", "Hampel identifier", ("window_s", "n_sigmas")),
    )
    citation: ClassVar[tuple[Reference, ...]] = (_HAMPEL,)

    limits: ClassVar[Mapping[str, Limit]] = {
        "window_s": WINDOW,
        "n_sigmas": _SIGMAS,
        "smallest_m": _DEVIATION,
    }

    window_s: float = 0.35
    n_sigmas: float = 5.0
    smallest_m: float = 0.02

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, markers: Markers) -> Markers:
        if markers.n_frames < 2:
            return markers
        half = max(1, frames_of(self.window_s, markers.rate_hz) // 2)
        marked = hampel_outliers(markers.positions, half, self.n_sigmas, self.smallest_m)
        outlier = marked.any(axis=2, keepdims=True)
        return markers.with_positions(np.where(outlier, np.nan, markers.positions))
