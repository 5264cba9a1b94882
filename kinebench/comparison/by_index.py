"""Alignment by sample number, as published studies did it; for replication only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from kinebench.alignment.records import Aligned, AlignmentRecord, Recording
from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.errors import AlignmentError, ValueRangeError


@dataclass(frozen=True, slots=True)
class IndexResampling:
    """Both recordings as so many points, evenly spaced by sample number; time is ignored.

    Straight lines between samples; a point beside a missing sample is missing. Right only when
    both recordings start and end at the same moments, which it does not check.

    Parameters
    ----------
    n_points : int
        2 or more.
    """

    n_points: int = 100
    policy: ClassVar[str] = "by index"

    def __post_init__(self) -> None:
        if self.n_points < 2:
            raise ValueRangeError(f"n_points must be 2 or more, found {self.n_points}")

    def __call__(self, reference: Recording, estimate: Recording) -> Aligned[Recording]:
        if not (isinstance(reference, Motion) and isinstance(estimate, Motion)):
            raise AlignmentError("resampling by index is for motions, not for markers")
        times = self._points(reference.times)
        one = replace(reference, times=times, values=self._points(reference.values))
        other = replace(estimate, times=times, values=self._points(estimate.values))
        record = AlignmentRecord(
            policy=self.policy,
            stage=self,
            lag_s=0.0,
            start_s=float(times[0]),
            end_s=float(times[-1]),
            n_frames=self.n_points,
            n_reference_frames=reference.n_frames,
            flags=("time stamps are ignored: sample numbers are taken as one clock",),
        )
        return Aligned(one, other, record)

    def _points(self, values: FloatArray) -> FloatArray:
        at = np.linspace(0.0, len(values) - 1.0, self.n_points)
        numbers = np.arange(len(values))
        if values.ndim == 1:
            return np.interp(at, numbers, values)
        columns = [np.interp(at, numbers, column) for column in values.T]
        return np.stack(columns, axis=1) if columns else np.empty((self.n_points, 0))
