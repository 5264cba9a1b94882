"""The lag that some coordinates ask for, as OpenCapBench chose it; for replication only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from kinebench.alignment import GivenLag
from kinebench.alignment.records import Aligned, Recording
from kinebench.alignment.resampling import Interpolation, common_frames, values_at
from kinebench.core.motion import Motion
from kinebench.errors import AlignmentError, require_names


@dataclass(frozen=True, slots=True)
class MeanOfBestLags:
    """The mean of the lags at which each of some coordinates differs least.

    Each coordinate has the whole number of the estimate's frames at which the mean absolute
    difference is lowest over what then overlaps, however short that is; the mean of the numbers
    loses its fraction. It forgives any delay of the estimate, and is no lag of lowest error when
    the coordinates disagree: both are flagged.

    Parameters
    ----------
    coordinates : tuple of str
    max_frames : int
        Largest number that is tried, either way.
    interpolation : {"cubic", "linear"}
        Of the result; the search interpolates linearly.
    """

    coordinates: tuple[str, ...]
    max_frames: int = 40
    interpolation: Interpolation = "cubic"
    policy: ClassVar[str] = "minimise"

    def __call__(self, reference: Recording, estimate: Recording) -> Aligned[Recording]:
        if not (isinstance(reference, Motion) and isinstance(estimate, Motion)):
            raise AlignmentError("lags of coordinates are for motions, not for markers")
        for motion, which in ((reference, "the reference"), (estimate, "the estimate")):
            require_names(self.coordinates, motion.names, "coordinate", which)
        best = [self._best(reference, estimate, name) for name in self.coordinates]
        frames = int(sum(best) / len(best))  # towards zero
        found = GivenLag(frames / estimate.rate_hz, self.interpolation)(reference, estimate)
        each = ", ".join(f"{name} {n:+d}" for name, n in zip(self.coordinates, best, strict=True))
        flags = [
            f"the lag minimises the difference of {each} (frames of the estimate), in the mean"
        ]
        if self.max_frames in map(abs, best):
            flags.append(
                f"a lag of {self.max_frames} frames is the largest that was tried: the true one may"
                " lie beyond, and the figures are not to be used"
            )
        if max(best) - min(best) > 1:
            flags.append("the coordinates ask for different lags")
        record = replace(found.record, policy=self.policy, stage=self, flags=tuple(flags))
        return Aligned(found.reference, found.estimate, record)

    def _best(self, reference: Motion, estimate: Motion, name: str) -> int:
        """Frames by which the estimate is late by one coordinate."""
        one, curve = reference.select([name]), values_at(estimate.select([name]), "linear")
        losses, frames_at = {}, common_frames(one, estimate)
        for frames in range(-self.max_frames, self.max_frames + 1):
            lag_s = frames / estimate.rate_hz
            inside = frames_at(lag_s)
            if inside.start < inside.stop:
                loss = np.abs(curve(one.times[inside] + lag_s) - one.values[inside])
                if np.isfinite(loss).any():
                    losses[frames] = float(np.nanmean(loss))
        if not losses:
            raise AlignmentError(
                f"{name} has no frame in common within ±{self.max_frames} frames of the estimate"
            )
        # of equal lags the smallest
        return min(losses, key=lambda frames: (losses[frames], abs(frames), frames))
