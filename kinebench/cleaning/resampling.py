"""Stage that brings a recording to another rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from kinebench.core.limits import Limit, require_within
from kinebench.core.markers import Markers
from kinebench.core.notation import Syntax
from kinebench.errors import ValueRangeError
from kinebench.signals.resampling import ResampleMethod, even_times, resample

_RATE = Limit(
    0, 10_000, "Hz", "no camera or motion-capture system records people faster", positive=True
)


@dataclass(frozen=True, slots=True)
class Resample:
    """Interpolate to an even rate, from the first frame to the last that fits.

    Parameters
    ----------
    rate_hz : float
    method : {"cubic", "pchip", "linear"}

    Notes
    -----
    Gaps stay gaps. Confidence is interpolated linearly. Nothing is filtered: before going to a
    lower rate, remove what lies above half of it.

    Raises
    ------
    ValueRangeError
        A rate above 10,000 Hz; on call: more than two million frames.
    """

    title: ClassVar[str] = "resampling"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("resample", "another rate", ("rate_hz",), least=1),
    )

    limits: ClassVar[Mapping[str, Limit]] = {"rate_hz": _RATE}

    rate_hz: float
    method: ResampleMethod = "cubic"

    def __post_init__(self) -> None:
        require_within(self)
        if self.method not in ("cubic", "pchip", "linear"):
            raise ValueRangeError(
                f"resampling knows 'cubic', 'pchip' and 'linear'; found {self.method!r}"
            )

    def __call__(self, markers: Markers) -> Markers:
        times = even_times(markers.times, self.rate_hz)
        positions = resample(markers.positions, markers.times, times, self.method)
        confidence = markers.confidence
        if confidence is not None:
            confidence = np.asarray(resample(confidence, markers.times, times, "linear"))
        return replace(markers, times=times, positions=positions, confidence=confidence)
