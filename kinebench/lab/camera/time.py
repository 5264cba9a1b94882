"""Errors of the cameras' clocks, and the filter of image coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.limits import Limit, require_within
from kinebench.core.markers import Markers
from kinebench.core.notation import Syntax
from kinebench.lab.seeds import generator
from kinebench.signals.butterworth import butterworth
from kinebench.signals.resampling import require_frames

_RATE = Limit(0, 10_000, "Hz", "no camera records people faster", positive=True)
_CUTOFF = Limit(0.01, 5_000, "Hz", "what people do lies between slow sway and impacts")
_LAG = Limit(-60_000, 60_000, "ms", "a minute is longer than a movement")
_JITTER = Limit(0, 60_000, "ms", "a minute is longer than a movement")


def sampled(keypoints: Markers, at: FloatArray) -> FloatArray:
    """Positions at other times: cubic between frames, missing where a neighbour is missing."""
    from scipy.interpolate import CubicSpline

    inside = np.clip(at, keypoints.times[0], keypoints.times[-1])
    positions = np.full((len(at), len(keypoints.names), 3), np.nan)
    for column in range(len(keypoints.names)):
        known = ~keypoints.missing[:, column]
        if known.sum() < 2:
            continue
        spline = CubicSpline(keypoints.times[known], keypoints.positions[known, column])
        present = np.interp(inside, keypoints.times, known.astype(float)) > 1 - 1e-9
        positions[present, column] = spline(inside[present])
    return positions


@dataclass(frozen=True, slots=True)
class FrameRateChange:
    """Filmed at another rate: positions at the instants of that rate's frames."""

    title: ClassVar[str] = "another frame rate"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("frame-rate", "filmed at another rate", ("rate_hz",), least=1),
    )

    limits: ClassVar[Mapping[str, Limit]] = {"rate_hz": _RATE}

    rate_hz: float = 30.0

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        start, end = keypoints.times[0], keypoints.times[-1]
        count = require_frames((end - start) * self.rate_hz + 1e-6) + 1
        times = start + np.arange(count) / self.rate_hz
        return Markers(keypoints.names, times, sampled(keypoints, times), frame=keypoints.frame)


@dataclass(frozen=True, slots=True)
class TimeJitter:
    """Frames are exposed early or late, but stamped as if they were not."""

    title: ClassVar[str] = "uneven frames"
    syntax: ClassVar[tuple[Syntax, ...]] = (Syntax("jitter", "uneven frames", ("sd_ms",), least=1),)

    limits: ClassVar[Mapping[str, Limit]] = {"sd_ms": _JITTER}

    sd_ms: float = 2.0

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        late = generator("time jitter", *names).standard_normal(keypoints.n_frames)
        at = keypoints.times + self.sd_ms / 1000 * late
        return keypoints.with_positions(sampled(keypoints, at))


@dataclass(frozen=True, slots=True)
class Lag:
    """Everything is seen later than it happens (earlier, when negative), by a constant.

    The first frames, which would show what was before the recording, repeat its first pose.
    """

    title: ClassVar[str] = "a lag"
    syntax: ClassVar[tuple[Syntax, ...]] = (Syntax("lag", "late by so much", ("lag_ms",), least=1),)

    limits: ClassVar[Mapping[str, Limit]] = {"lag_ms": _LAG}

    lag_ms: float = 0.0

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        at = keypoints.times - self.lag_ms / 1000
        return keypoints.with_positions(sampled(keypoints, at))


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """The detector's low-pass filter: OpenCap smooths image coordinates of gait at 12 Hz.

    A Butterworth filter run forwards and backwards, of fourth order in all.
    """

    title: ClassVar[str] = "a filter of image coordinates"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("lowpass", "the filter before triangulation", ("cutoff_hz",), least=1),
    )

    limits: ClassVar[Mapping[str, Limit]] = {"cutoff_hz": _CUTOFF}

    cutoff_hz: float = 12.0

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        return keypoints.with_positions(
            butterworth(keypoints.positions, keypoints.rate_hz, self.cutoff_hz, short_runs="keep")
        )
