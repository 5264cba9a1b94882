"""Building blocks of laboratory sessions: movements, static trials, noise of one leg."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.lab import Body, StaticPose
from kinebench.lab.motions import MotionModel, SitToStand, Squat
from kinebench.lab.paths import smooth_step
from kinebench.lab.seeds import generator

__all__ = [
    "ASYMMETRIC", "LEG", "SITTING", "SQUAT", "STANDING", "BegunLate", "LateStanding", "LegTremble",
]  # fmt: skip

_UPRIGHT = StaticPose()
LEG = ("Hip", "Knee", "Ankle", "Heel", "BigToe", "SmallToe")


@dataclass(frozen=True, slots=True)
class LegTremble:
    """White noise of the keypoints of one leg.

    Parameters
    ----------
    side : {"R", "L"}
    sd_mm : float
        Per axis.
    """

    side: str
    sd_mm: float

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        positions = np.array(keypoints.positions)
        for joint in LEG:
            numbers = generator("leg tremble", *names, joint)
            column = keypoints.names.index(self.side + joint)
            noise = numbers.standard_normal((keypoints.n_frames, 3))
            positions[:, column] += self.sd_mm / 1000 * noise
        return keypoints.with_positions(positions)


@dataclass(frozen=True, slots=True)
class LateStanding:
    """A static trial that begins in one pose and ends in another.

    Parameters
    ----------
    first, then : StaticPose
    change_s : float
        When the change begins; it takes 0.6 s.
    duration_s : float
    """

    first: StaticPose
    then: StaticPose = _UPRIGHT
    change_s: float = 2.5
    duration_s: float = 5.0

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion:
        first, then = (
            replace(pose, duration_s=self.duration_s)(body, rate_hz)
            for pose in (self.first, self.then)
        )
        share = smooth_step(first.times, self.change_s, self.change_s + 0.6)[:, None]
        values = (1 - share) * first.values + share * then.values
        return Motion(first.coordinates, first.times, values)


@dataclass(frozen=True, slots=True)
class BegunLate:
    """A recording that begins in the middle of a movement.

    Parameters
    ----------
    motion : MotionModel
    start_s : float
    """

    motion: MotionModel
    start_s: float

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion:
        whole = self.motion(body, rate_hz)
        kept = whole.at_frames(np.flatnonzero(whole.times >= self.start_s - 1e-9))
        return Motion(kept.coordinates, kept.times - kept.times[0], kept.values)


SQUAT = Squat(repetitions=2)
ASYMMETRIC = Squat(repetitions=2, shift_m=0.03, drop_deg=3.0, twist_deg=4.0)
SITTING = SitToStand()
STANDING = StaticPose(duration_s=3.0)
