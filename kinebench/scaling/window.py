"""Static windows: the part of a static trial on which a model is scaled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.marker_sets import ANATOMICAL_MARKERS
from kinebench.core.markers import Markers
from kinebench.errors import ScalingError, ValueRangeError, require_names
from kinebench.posture.stillness import movement_of_windows


@dataclass(frozen=True, slots=True)
class GivenWindow:
    """A time range chosen by a person or by a session's own set-up, s."""

    start_s: float
    end_s: float

    def __post_init__(self) -> None:
        if not self.start_s <= self.end_s:
            raise ValueRangeError(
                f"a window must not end before it starts: {self.start_s:g} to {self.end_s:g} s"
            )

    def __call__(self, static: Markers) -> tuple[float, float]:
        """The window itself, once some frame of the static trial lies in it."""
        static.between(self.start_s, self.end_s)
        return self.start_s, self.end_s


@dataclass(frozen=True, slots=True)
class StaticWindow:
    """The first window in which every marker stands still, by OpenCap's rule.

    A window of `longest_s` is sought in which each marker moves less than `threshold_m` peak to
    peak per axis; if there is none, it is shortened in steps of `step_s` down to `shortest_s`; if
    there is still none, the threshold is raised in steps of 1 mm up to `largest_threshold_m`.

    Parameters
    ----------
    markers : tuple of str
        Those that must stand still; the ones that the trial lacks are left out.
    relative_to : str, optional
        Marker whose movement is subtracted, so that sway of the whole body is allowed. OpenCap
        subtracts midHip today and did not in 2022.
    threshold_m, largest_threshold_m, longest_s, shortest_s, step_s : float
        OpenCap today: 3 mm (raised to 15 mm), 1 s, 0.1 s, 0.1 s. In 2022: 5 mm, 1 s, 0.3 s,
        0.1 s.

    Notes
    -----
    Source: opencap-core, commit d5a5258, ``getScaleTimeRange`` and its caller.
    """

    markers: tuple[str, ...] = ANATOMICAL_MARKERS
    relative_to: str | None = "midHip"
    threshold_m: float = 0.003
    largest_threshold_m: float = 0.015
    longest_s: float = 1.0
    shortest_s: float = 0.1
    step_s: float = 0.1

    def __call__(self, static: Markers) -> tuple[float, float]:
        """Start and end of the window, s.

        Raises
        ------
        ScalingError
            When the subject never stands still, with the smallest movement that was found.
        """
        paths = self._paths(static)
        rate = static.rate_hz
        threshold = self.threshold_m
        while threshold <= self.largest_threshold_m + 1e-9:
            for n_frames in self._lengths(rate):
                still = np.flatnonzero(movement_of_windows(paths, n_frames) < threshold)
                if still.size:
                    first = int(still[0])
                    return float(static.times[first]), float(static.times[first + n_frames - 1])
            threshold += 0.001
        shortest = min(self._lengths(rate))
        least = movement_of_windows(paths, shortest).min(initial=np.inf)
        raise ScalingError(
            f"no static window: the subject should stand still for {self.shortest_s:g} s or more"
            f" with every marker moving less than {self.largest_threshold_m * 1e3:g} mm;"
            f" the stillest such window moves {least * 1e3:.1f} mm."
            " Record a static trial, or give the window yourself"
        )

    def _lengths(self, rate_hz: float) -> list[int]:
        """Window lengths in frames, longest first."""
        lengths = []
        n_frames = int(self.longest_s * rate_hz + 1)
        while round((n_frames - 1) / rate_hz, 2) >= self.shortest_s and n_frames > 1:
            lengths.append(n_frames)
            n_frames -= max(1, int(self.step_s * rate_hz))
        return lengths or [2]

    def _paths(self, static: Markers) -> FloatArray:
        """(n_frames, n_paths) m, the trajectories that must be still."""
        there = [name for name in self.markers if name in static.names]
        if not there:
            require_names(self.markers[:1], static.names, "marker", "the static trial")
        paths = static.select(there).positions
        if self.relative_to is not None and self.relative_to in static.names:
            paths = paths - static.position(self.relative_to)[:, None]
        return np.asarray(paths.reshape(static.n_frames, -1))


OPENCAP_STATIC_WINDOW = StaticWindow()
"""OpenCap's rule as it is today."""

PAST_RULES = (
    OPENCAP_STATIC_WINDOW,
    StaticWindow(threshold_m=0.007, largest_threshold_m=0.007),
    StaticWindow(threshold_m=0.005, shortest_s=0.3),
    StaticWindow(relative_to=None, threshold_m=0.007, largest_threshold_m=0.007),
    StaticWindow(relative_to=None, threshold_m=0.005, shortest_s=0.3),
)
"""Rules that OpenCap has used, today's first, that of 2022 last.

Where OpenCap gave up, these raise the threshold: a window that is found then is tried for its
scale factors like the others.
"""
