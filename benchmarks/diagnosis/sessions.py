"""Laboratory sessions, each with one thing wrong that is known: the plan, stated beforehand.

Every session has its own virtual subject (its number in the plan), and noise that depends on names
alone. Nothing is drawn again because of what came out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.trial import Trial
from kinebench.ik.fast import FastIK
from kinebench.ik.opensim_engine import OpenSimIK
from kinebench.lab import (
    Body,
    Population,
    StaticPose,
    generic_body,
    ik_tasks,
    opencap_body,
    record,
    scaling_setup,
)
from kinebench.lab.camera import (
    CameraError,
    Chain,
    ColouredNoise,
    WhiteNoise,
    WorldTilt,
)
from kinebench.lab.motions import MotionModel, SitToStand, Squat
from kinebench.lab.paths import smooth_step
from kinebench.lab.seeds import generator
from kinebench.pipeline.opencap import opencap_setup
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.window import GivenWindow, StaticWindow

__all__ = ["CONTROLS", "PLAN", "PlantedSession"]

CAMERAS = Chain(
    (
        ColouredNoise(sd_mm=(5.0, 3.0, 3.0), corner_hz=0.7),
        WhiteNoise(sd_mm=(1.5, 1.0, 1.0)),
    )
)
"""What every session has: slow wandering of every keypoint, and tremble.

The bias of the detector is in LaiUhlrich2022 already, whose keypoints are where OpenPose sees them.
"""

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


@dataclass(frozen=True, slots=True)
class PlantedSession:
    """A subject, a movement, and what is wrong.

    Parameters
    ----------
    number : int
        Of the virtual subject.
    cause : str
        The name that `kinebench why` has for it; empty when nothing is wrong.
    what : str
        In words.
    motion, static : MotionModel
    errors : tuple of CameraError
        After those of every session.
    rate_hz : float
    augmenter : str
    any_pose : bool
        OpenCap's set-up for any static pose, by ScaleTool.
    warm_up_s : float
        Of the augmenter.
    window_s : (float, float), optional
        Static window; OpenCap's rule looks for one otherwise.
    """

    number: int
    cause: str
    what: str
    motion: MotionModel = SQUAT
    static: MotionModel = STANDING
    errors: tuple[CameraError, ...] = ()
    rate_hz: float = 60.0
    augmenter: str = "v0.3"
    any_pose: bool = False
    warm_up_s: float = 1.0
    window_s: tuple[float, float] | None = None

    @property
    def name(self) -> str:
        return f"session {self.number}"

    def trial(self, generic: Callable[[], Body] = opencap_body) -> Trial:
        """What the cameras saw."""
        person = Population("planted").subject(self.number)
        errors = Chain((*CAMERAS.errors, *self.errors))
        moving, standing = (
            record(person, motion, errors, self.rate_hz, (self.name, part), generic())
            for motion, part in ((self.motion, "trial"), (self.static, "static"))
        )
        return moving.as_trial(self.name, static=standing)

    def _window(self) -> StaticWindow | GivenWindow:
        return StaticWindow() if self.window_s is None else GivenWindow(*self.window_s)

    def pipeline(self) -> Pipeline:
        """OpenCap's steps by OpenSim's tools, but for the augmenter's warm-up."""
        setup = opencap_setup("augmented", "any_pose" if self.any_pose else "upright")
        return Pipeline(
            setup.generic,
            LSTMAugmenter(self.augmenter, warm_up_s=self.warm_up_s),
            OpenSimScaler(setup.scaling, setup.marker_set, self._window()),
            OpenSimIK(setup.ik),
        )

    def own_pipeline(self) -> Pipeline:
        """The laboratory's body, augmenter and set-ups, which need no files of OpenCap."""
        return Pipeline(
            generic_body().model,
            LSTMAugmenter("lab-1", warm_up_s=self.warm_up_s),
            FastScaler(scaling_setup(), window=self._window()),
            FastIK(ik_tasks()),
        )


def _bent(
    knee_deg: float = 0.0, right_knee_deg: float = 0.0, lean_deg: float = 0.0
) -> LateStanding:
    return LateStanding(
        StaticPose(knee_deg=knee_deg, right_knee_deg=right_knee_deg, lean_deg=lean_deg)
    )


def _plan() -> tuple[PlantedSession, ...]:
    """Twenty sessions, one planted cause each."""
    window, tilt, noise = "static window", "camera tilt", "keypoint noise"
    start, timing, version = "augmenter start-up", "augmenter timing", "augmenter version"
    right, left = (LegTremble("R", 15),), (LegTremble("L", 15),)
    window_s = (1.0, 2.0)
    return (
        PlantedSession(1, window, "on a right knee bent by 20°", SQUAT,
                       _bent(right_knee_deg=20), window_s=window_s),
        PlantedSession(2, window, "on a left knee bent by 15°", SITTING,
                       _bent(knee_deg=15, right_knee_deg=-15), window_s=window_s),
        PlantedSession(3, window, "on both knees bent by 25°", ASYMMETRIC,
                       _bent(knee_deg=25), window_s=window_s),
        PlantedSession(4, window, "on a right knee bent by 15°, the trunk leaning by 15°", SQUAT,
                       _bent(right_knee_deg=15, lean_deg=15), window_s=window_s),
        PlantedSession(5, tilt, "3° to the right", SQUAT, errors=(WorldTilt(0, 3),)),
        PlantedSession(6, tilt, "3° to the left", SITTING, errors=(WorldTilt(0, -3),)),
        PlantedSession(7, tilt, "2.5° to the right", ASYMMETRIC, errors=(WorldTilt(0, 2.5),)),
        PlantedSession(8, tilt, "2.5° to the left, 2° backwards", SQUAT,
                       errors=(WorldTilt(2, -2.5),)),
        PlantedSession(9, noise, "right leg, white, 15 mm", SQUAT, errors=right),
        PlantedSession(10, noise, "left leg, white, 15 mm", SITTING, errors=left),
        PlantedSession(11, noise, "right leg, white, 25 mm", ASYMMETRIC,
                       errors=(LegTremble("R", 25),)),
        PlantedSession(12, start, "the recording begins at the bottom", BegunLate(SQUAT, 1.9),
                       warm_up_s=0.0),
        PlantedSession(13, start, "the recording begins while rising", BegunLate(SITTING, 1.2),
                       warm_up_s=0.0),
        PlantedSession(14, timing, "120 frames per second", SQUAT, rate_hz=120.0),
        PlantedSession(15, timing, "100 frames per second", SITTING, rate_hz=100.0),
        PlantedSession(16, version, "v0.0", SQUAT, augmenter="v0.0"),
        PlantedSession(17, version, "v0.1", SITTING, augmenter="v0.1"),
        PlantedSession(18, version, "v0.1", ASYMMETRIC, augmenter="v0.1"),
        PlantedSession(19, "solvers", "ScaleTool with the any-pose set-up", SQUAT, any_pose=True),
        PlantedSession(20, "solvers", "ScaleTool with the any-pose set-up", ASYMMETRIC,
                       any_pose=True),
    )  # fmt: skip


PLAN = _plan()

_MOTIONS: tuple[MotionModel, ...] = (SQUAT, SITTING, ASYMMETRIC, SQUAT, SITTING)
CONTROLS = tuple(
    PlantedSession(number, "", "nothing", motion)
    for number, motion in enumerate(_MOTIONS, start=len(PLAN) + 1)
)
"""Sessions in which nothing is wrong but what every session has."""
