"""Virtual sessions on which error bars are learnt and judged: people, movements, poses, cameras.

Everybody moves and stands in their own way; spreads are plain choices around what the laboratory's
templates do, not measured ones. Nothing is drawn again because of what came out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.diagnosis.planted_errors import LateLeg, Shift, WanderingLeg
from kinebench.core.markers import Markers
from kinebench.errors import KinebenchError
from kinebench.lab import Body, Population, Recording, StaticPose, VirtualSubject, record
from kinebench.lab.camera import (
    CameraError,
    Chain,
    ColouredNoise,
    ScaleError,
    WhiteNoise,
    WorldTilt,
)
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.camera.rig_presets import plausible_preset
from kinebench.lab.motions import (
    CounterMovementJump,
    DropJump,
    Gait,
    MotionModel,
    SitToStand,
    Squat,
)
from kinebench.lab.posture import Stance
from kinebench.lab.seeds import generator

__all__ = [
    "ACTIVITIES",
    "FAULTS",
    "HELD_OUT",
    "PRESETS",
    "RIGGED",
    "RIGS",
    "SPOILED",
    "TAUGHT",
    "Session",
    "fewer",
    "filmed",
]

Draw = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class OwnBias:
    """A detector's keypoints are off by something else for every person, always the same.

    Parameters
    ----------
    sd_mm : float
        Per axis of the room and keypoint; the two phones' bias is one vector for everybody.
    """

    sd_mm: float

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        numbers = [generator("own bias", names[0], name).standard_normal(3)
                   for name in keypoints.names]  # fmt: skip
        return keypoints.with_positions(keypoints.positions + self.sd_mm / 1e3 * np.array(numbers))


@dataclass(frozen=True, slots=True)
class OwnCalibration:
    """The room is a little tilted and has a little another size, in each session another.

    Parameters
    ----------
    tilt_deg : float
        Standard deviation about each horizontal axis.
    scale : float
        Standard deviation of the factor.
    """

    tilt_deg: float
    scale: float

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        a, b, c = generator("own calibration", names[0]).standard_normal(3)
        tilted = WorldTilt(self.tilt_deg * a, self.tilt_deg * b)(keypoints)
        return ScaleError(1 + self.scale * c)(tilted)


PRESETS: dict[str, CameraError] = {
    "two phones": two_phones(),
    # 8 mm: what keypoints of subjects 2 and 3 differ by; 0.7° and 1 %: a checkerboard on the floor
    "varied": Chain((*two_phones().errors, OwnBias(8.0), OwnCalibration(0.7, 0.01))),
    "quiet": Chain((ColouredNoise((5.0, 3.0, 3.0), 0.7), WhiteNoise((1.5, 1.0, 1.0)))),
}

RIGS = "plausible rigs"
"""Two phones, triangulation and a detector, of which each person gets others."""

FAULTS: dict[str, CameraError] = {
    f"two phones, {what}": Chain((*two_phones().errors, error))
    for what, error in (
        ("tilted by 3° sideways", WorldTilt(0, 3)),
        ("all lengths × 1.06", ScaleError(1.06)),
        ("right leg 80 ms late", LateLeg("R", 0.08)),
        ("right hip 25 mm low", Shift("R", ("Hip",), 0.025)),
        ("right leg wanders by 25 mm", WanderingLeg("R", 25.0)),
    )
}
"""What is wrong with some recordings, and with none that taught anything."""


def _squat(draw: Draw) -> MotionModel:
    return Squat(
        depth_deg=draw(92, 11), tempo_s=draw(2.6, 0.3), repetitions=2, shift_m=draw(0, 0.012),
        drop_deg=draw(0, 1.5), twist_deg=draw(0, 2), lean_deg=draw(38, 6), arms_deg=draw(60, 25),
        butt_wink_deg=abs(draw(7, 3)), stance=Stance(toe_out_deg=draw(12, 4)),
    )  # fmt: skip


def _sit_to_stand(draw: Draw) -> MotionModel:
    return SitToStand(
        seat_height_m=draw(0.54, 0.015), rise_s=draw(1.6, 0.2), sit_s=draw(1.8, 0.2),
        lean_deg=draw(40, 6), feet_back_deg=draw(12, 3), repetitions=1,
    )  # fmt: skip


def _jump(draw: Draw) -> MotionModel:
    return CounterMovementJump(
        height_m=draw(0.25, 0.04), depth_deg=draw(88, 8), landing_deg=draw(75, 6)
    )


def _drop_jump(draw: Draw) -> MotionModel:
    return DropJump(height_m=draw(0.22, 0.03), landing_deg=draw(78, 5))


def _walking(draw: Draw) -> MotionModel:
    return Gait(
        speed_m_s=draw(1.2, 0.08), cadence_per_min=draw(112, 5), step_width_m=draw(0.11, 0.015),
        lean_deg=draw(3, 2), arm_swing_deg=draw(20, 6), strides=3,
    )  # fmt: skip


ACTIVITIES: dict[str, tuple[Callable[[Draw], MotionModel], MotionModel]] = {
    "squat": (_squat, Squat(repetitions=2)),
    "sit-to-stand": (_sit_to_stand, SitToStand(repetitions=1)),
    "jump": (_jump, CounterMovementJump()),
    "drop jump": (_drop_jump, DropJump()),
    "walking": (_walking, Gait()),
}
"""How each is drawn, and the template for a body that cannot do what was drawn."""


def _standing(draw: Draw) -> StaticPose:
    """Nobody stands as the model does: knees a little bent, a lean, arms a little away."""
    return StaticPose(
        duration_s=3.0, knee_deg=min(abs(draw(0, 4)), 10.0),
        right_knee_deg=float(np.clip(draw(0, 2), -3, 4)), hip_deg=draw(0, 3), lean_deg=draw(2, 3),
        apart_deg=abs(draw(2, 2)), arm_deg=abs(draw(8, 5)), elbow_deg=abs(draw(8, 5)),
        sway_m=0.003,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Session:
    """One person's static pose and movement before one kind of cameras.

    Parameters
    ----------
    population : str
    number : int
    activity : one of ACTIVITIES
    preset : RIGS, or one of PRESETS or FAULTS
    """

    population: str
    number: int
    activity: str
    preset: str

    def __str__(self) -> str:
        return f"{self.population} {self.number} {self.activity} {self.preset}"

    @property
    def subject(self) -> VirtualSubject:
        """Who moves, drawn from the population."""
        return Population(self.population).subject(self.number)

    @property
    def name(self) -> str:
        """Activity and number."""
        return f"{self.activity} {self.number}"


def filmed(
    session: Session, body: Body, errors: CameraError | None = None
) -> tuple[Recording, Recording]:
    """The movement, and the static trial."""
    drawn, template = ACTIVITIES[session.activity]
    chosen = _cameras(session) if errors is None else errors
    subject = session.subject

    def draw_of(what: str) -> Draw:
        random = generator(what, subject.identifier, session.activity)
        return lambda mean, sd: float(mean + sd * np.clip(random.standard_normal(), -2.5, 2.5))

    def shot(motion: MotionModel, part: str) -> Recording:
        return record(subject, motion, chosen, 60.0, (session.activity, part), body)

    try:
        moving = shot(drawn(draw_of("movement")), "trial")
    except KinebenchError:  # a body that cannot reach that far
        moving = shot(template, "trial")
    try:
        static = shot(_standing(draw_of("pose")), "static")
    except KinebenchError:
        static = shot(StaticPose(duration_s=3.0, sway_m=0.003), "static")
    return moving, static


def _cameras(session: Session) -> CameraError:
    if session.preset == RIGS:
        return plausible_preset(session.number)
    return (PRESETS | FAULTS)[session.preset]


def _sessions(population: str, numbers: range, presets: tuple[str, ...]) -> Iterator[Session]:
    """Everybody does everything, each time before other cameras."""
    for number in numbers:
        for place, activity in enumerate(ACTIVITIES):
            yield Session(population, number, activity, presets[(number + place) % len(presets)])


_KNOWN = ("two phones", "varied")  # presets to learn on
TAUGHT = (
    *_sessions("error bars, learning", range(1, 41), _KNOWN),
    *(
        Session("error bars, learning", number, "walking", _KNOWN[number % 2])
        for number in range(41, 81)
    ),
    *_sessions("error bars, learning", range(101, 111), (RIGS,)),
)
"""What is learnt on; walking more often, because it is learnt apart."""

# the first six people were looked at before translations got a rule of their own
HELD_OUT = tuple(_sessions("error bars, held out", range(7, 25), tuple(PRESETS)))
"""What is judged: other people, and cameras that nothing was learnt on."""

RIGGED = tuple(_sessions("error bars, rigs", range(1, 9), (RIGS,)))
"""Other people before other rigs than those that taught: `kinebench.lab.camera.rig_presets`."""

SPOILED = tuple(
    Session("error bars, faults", number, "squat", fault)
    for number in range(1, 7)
    for fault in FAULTS
)


def fewer(sessions: tuple[Session, ...], people: int) -> tuple[Session, ...]:
    """Those of the first people, and of as many of those who only walk."""
    return tuple(
        session
        for session in sessions
        if session.number <= people or 40 < session.number <= 40 + 2 * people
    )
