"""Virtual sessions in which faults are planted, drawn from seeds: for learning, and for judging.

A session is a person, an activity, a camera preset and none, one or two faults, each of a size
drawn from a range. Everything follows from the name of a draw and a number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from benchmarks.diagnosis.planted_errors import (
    PRESETS,
    LateLeg,
    LowFrames,
    Shift,
    SomeRig,
    Stretch,
    WanderingLeg,
)  # fmt: skip
from benchmarks.diagnosis.sessions import LEG, BegunLate, LateStanding, LegTremble
from kinebench.cleaning import Butterworth
from kinebench.core.trial import Trial
from kinebench.diagnosis.features import Choices
from kinebench.kinematics import read_tree
from kinebench.lab import Body, StaticPose, VirtualSubject, opencap_body
from kinebench.lab.camera import CameraError, Chain, ScaleError, SideSwaps, WorldTilt
from kinebench.lab.joint_centres import at_joint_centres
from kinebench.lab.motions import CounterMovementJump, MotionModel, SitToStand, Squat
from kinebench.lab.population import PEOPLE
from kinebench.lab.recording import Recording, film
from kinebench.lab.seeds import generator

__all__ = ["FAULTS", "HIDDEN", "NAMELESS", "Session", "drawn", "pair_of"]

Draw = np.random.Generator


@dataclass(frozen=True, slots=True)
class Session:
    """What is filmed, and how it is used.

    Parameters
    ----------
    name : str
    subject : VirtualSubject
    motion, static : MotionModel
        No static trial: None.
    preset : str
    kinds : tuple of str
        What was planted: a cause, or a cause and its kind after a colon.
    what : str
        In words.
    sides : tuple of int
        Per cause: 1 where the right side is the low, bent, late or shaky one, −1 the left, 0 none.
    moving_errors, static_errors : tuple of CameraError
        Besides those of the preset.
    rate_hz : float
    window_s : (float, float), optional
    any_pose : bool
    warm_up_s : float
    cutoff_hz : float
        Of a low-pass in the pipeline; 0 for none.
    augmenter : str
    stated : (float, float)
        Factors of the stated mass and height.
    upright : MotionModel, optional
        The static pose without faults.
    resample : bool
        To the rate that the augmenter knows.
    """

    name: str
    subject: VirtualSubject
    motion: MotionModel
    static: MotionModel | None
    preset: str
    kinds: tuple[str, ...] = ()
    what: str = ""
    sides: tuple[int, ...] = ()
    moving_errors: tuple[CameraError, ...] = ()
    static_errors: tuple[CameraError, ...] = ()
    rate_hz: float = 60.0
    window_s: tuple[float, float] | None = None
    any_pose: bool = False
    warm_up_s: float = 1.0
    cutoff_hz: float = 0.0
    augmenter: str = "v0.3"
    stated: tuple[float, float] = (1.0, 1.0)
    upright: MotionModel | None = None
    resample: bool = False

    @property
    def causes(self) -> tuple[str, ...]:
        """What was planted, without kinds."""
        return tuple(kind.split(":")[0] for kind in self.kinds)

    def recorded(
        self, generic: Callable[[], Body] = opencap_body
    ) -> tuple[Recording, Recording | None]:
        """Movement and static trial of a person with this body, as the cameras saw them."""
        preset = PRESETS[self.preset]

        def filmed(motion: MotionModel, errors: tuple[CameraError, ...], part: str) -> Recording:
            centres = isinstance(preset, SomeRig)
            true = _filmed(self.subject, motion, self.rate_hz, generic, centres)
            names = self.subject.identifier, self.name, part
            return replace(true, keypoints=Chain((preset, *errors))(true.keypoints, *names))

        moving = filmed(self.motion, self.moving_errors, "trial")
        if self.static is None:
            return moving, None
        return moving, filmed(self.static, self.static_errors, "static")

    def trial(self, generic: Callable[[], Body] = opencap_body) -> Trial:
        """What the cameras saw, and what is stated."""
        moving, static = self.recorded(generic)
        trial = moving.as_trial(self.name, static=static)
        mass, height = self.stated
        known = trial.subject
        stated = replace(known, mass_kg=mass * known.mass_kg, height_m=height * known.height_m)
        return replace(trial, subject=stated)

    def without_faults(self) -> Session:
        """The same person, movement and noise without what was planted.

        A frame rate stays, and is for the pipeline to mend; so does what the person does.
        """
        return replace(
            self,
            static=self.upright,
            kinds=(),
            sides=(),
            moving_errors=(),
            static_errors=(),
            window_s=None,
            any_pose=False,
            warm_up_s=1.0,
            cutoff_hz=0.0,
            augmenter="v0.3",
            stated=(1.0, 1.0),
            resample=True,
        )

    def choices(self, trial: Trial) -> Choices:
        """As the pipeline makes them."""
        window = self.window_s
        if window is None and trial.static is None:
            window = float(trial.keypoints.times[0]), float(trial.keypoints.times[0]) + 1.0
        cleaned = None
        if self.cutoff_hz:
            cleaned = Butterworth(self.cutoff_hz)(trial.keypoints)
        return Choices(window, self.any_pose, self.warm_up_s, 60.0, cleaned)


@lru_cache(maxsize=8)
def _body(subject: VirtualSubject, generic: Callable[[], Body]) -> Body:
    return subject.body(generic())


@lru_cache(maxsize=32)
def _filmed(
    subject: VirtualSubject,
    motion: MotionModel,
    rate_hz: float,
    generic: Callable[[], Body],
    centres: bool,
) -> Recording:
    """Without camera errors: several sessions have the same person and movement."""
    if centres:
        plain = _filmed(subject, motion, rate_hz, generic, False)
        tree = read_tree(plain.model)
        return replace(plain, keypoints=at_joint_centres(plain.keypoints, tree, plain.true_motion))
    own = subject.performs(motion, ("planted",))
    return film(subject, _body(subject, generic), own, Chain(), rate_hz, ())


def _side(draw: Draw) -> tuple[str, int]:
    return ("R", 1) if draw.uniform() < 0.5 else ("L", -1)


def _word(side: str) -> str:
    return "right" if side == "R" else "left"


Fault = Callable[[Session, Draw], Session]


def _planted(
    session: Session, kind: str, what: str, side: int = 0, both: CameraError | None = None,
    **changes: Any,
) -> Session:  # fmt: skip
    """A session with one more fault; `both` happens to movement and static trial."""
    moving = (*session.moving_errors, *changes.pop("moving", ()))
    static = (*session.static_errors, *changes.pop("standing", ()))
    if both is not None:
        moving, static = (*moving, both), (*static, both)
    told = f"{session.what}, and {what}" if session.what else what
    return replace(
        session,
        kinds=(*session.kinds, kind),
        what=told,
        sides=(*session.sides, side),
        moving_errors=moving,
        static_errors=static,
        **changes,
    )


def _bent(pose: StaticPose, draw: Draw) -> tuple[StaticPose, str, str, int]:
    """A pose that is bent, its kind, what it is, and the side that is more bent."""
    kind = draw.integers(5)
    if kind in (0, 1):
        more = draw.uniform(10, 20)
        knee = pose.knee_deg
        if kind == 0:
            return (
                replace(pose, right_knee_deg=more),
                "one knee",
                f"right knee bent by {more:.0f}°",
                1,
            )
        both = replace(pose, knee_deg=knee + more, right_knee_deg=-more)
        return both, "one knee", f"left knee bent by {more:.0f}°", -1
    if kind == 2:
        more = draw.uniform(14, 28)
        return replace(pose, knee_deg=more), "both knees", f"both knees bent by {more:.0f}°", 0
    more = draw.uniform(10, 22)
    if kind == 3:
        return replace(pose, lean_deg=more), "trunk", f"trunk bent forwards by {more:.0f}°", 0
    return replace(pose, hip_deg=more), "hips", f"hips bent by {more:.0f}°, trunk upright", 0


# Of a static pose whose pelvis is tilted over straight legs: no keypoint shows it.
_TILTED = "tilted pelvis"


def _static_pose(session: Session, draw: Draw) -> Session:
    assert isinstance(session.static, StaticPose)
    pose, kind, what, side = _bent(session.static, draw)
    cause = _TILTED if kind == "hips" else f"static pose: {kind}"
    return _planted(session, cause, f"{what} throughout", side, static=pose)


def _static_window(session: Session, draw: Draw) -> Session:
    assert isinstance(session.static, StaticPose)
    straight = session.static
    pose, kind, what, side = _bent(straight, draw)
    turning = LateStanding(pose, straight, change_s=1.5, duration_s=3.6)
    changes: dict[str, Any] = {"static": turning, "window_s": (0.4, 1.4)}
    cause = _TILTED if kind == "hips" else "static window"
    return _planted(session, cause, f"{what} in the window", side, **changes)


def _no_static(session: Session, draw: Draw) -> Session:
    motion = session.motion
    if not isinstance(motion, SitToStand):
        motion = BegunLate(motion, draw.uniform(1.3, 1.9))
    return _planted(session, "no static trial", "scaled on the first second", static=None,
                    motion=motion)  # fmt: skip


def _tilt(session: Session, draw: Draw) -> Session:
    deg = float(draw.uniform(2, 5) * draw.choice([-1, 1]))
    if draw.uniform() < 0.5:
        what = f"{abs(deg):.1f}° to the {'right' if deg > 0 else 'left'}"
        return _planted(session, "tilt sideways", what, int(math.copysign(1, deg)),
                        both=WorldTilt(0.0, deg))  # fmt: skip
    deg *= 1.3
    what = f"{abs(deg):.1f}° {'backwards' if deg > 0 else 'forwards'}"
    return _planted(session, "tilt forwards", what, both=WorldTilt(deg, 0.0))


def _size(session: Session, draw: Draw) -> Session:
    factor = float(np.exp(draw.uniform(0.05, 0.12) * draw.choice([-1, 1])))
    return _planted(session, "size", f"all lengths of the movement × {factor:.2f}",
                    moving=(ScaleError(factor),))  # fmt: skip


def _size_or_height(session: Session, draw: Draw) -> Session:
    factor = float(np.exp(draw.uniform(0.10, 0.22) * draw.choice([-1, 1])))
    name = "size or height"
    if draw.uniform() < 0.5:
        return _planted(session, name, f"all lengths × {factor:.2f}", both=ScaleError(factor))
    return _planted(session, name, f"stated height × {factor:.2f}",
                    stated=(session.stated[0], factor))  # fmt: skip


def _limb(session: Session, draw: Draw) -> Session:
    side, sign = _side(draw)
    off = float(draw.uniform(0.025, 0.05) * draw.choice([-1, 1]))
    thigh = draw.uniform() < 0.5
    along, joints = (("Hip", "Knee"), LEG[1:]) if thigh else (("Knee", "Ankle"), LEG[2:])
    name = "thigh" if along[0] == "Hip" else "shank"
    kind = f"limb length: {name}"
    what = f"{_word(side)} {name} {abs(off) * 1e3:.0f} mm too {'long' if off > 0 else 'short'}"
    error = Shift(side, joints, off, along)
    return _planted(session, kind, what, sign * int(math.copysign(1, off)), both=error)


def _changing(session: Session, draw: Draw) -> Session:
    side, _ = _side(draw)
    joint = str(draw.choice(["Hip", "Knee", "Ankle"]))
    off = float(draw.uniform(0.07, 0.16) * draw.choice([-1, 1]))
    along = ("Knee", "Ankle") if joint == "Ankle" else ("Hip", "Knee")
    start = float(draw.uniform(0.5, 3.0))
    error = Shift(side, (joint,), off, along, between_s=(start, start + draw.uniform(0.4, 1.2)))
    return _planted(session, "changing lengths",
                    f"{_word(side)} {joint.lower()} off by {abs(off) * 1e3:.0f} mm for a while",
                    moving=(error,))  # fmt: skip


def _low(session: Session, draw: Draw) -> Session:
    side, sign = _side(draw)
    joint = str(draw.choice(["Hip", "Knee", "Ankle"]))
    off = float(draw.uniform(0.025, 0.05))
    name = joint.lower()
    what = f"{_word(side)} {name} {off * 1e3:.0f} mm low"
    return _planted(session, f"low keypoint: {name}", what, sign, both=Shift(side, (joint,), off))


def _sinking(session: Session, draw: Draw) -> Session:
    side, sign = _side(draw)
    joint = str(draw.choice(["Hip", "Knee"]))
    off = float(draw.uniform(0.03, 0.06))
    error = Shift(side, (joint,), off, with_depth=True)
    return _planted(session, f"sinking keypoint: {joint.lower()}",
                    f"{_word(side)} {joint.lower()} up to {off * 1e3:.0f} mm low with depth", sign,
                    moving=(error,))  # fmt: skip


def _late(session: Session, draw: Draw) -> Session:
    side, sign = _side(draw)
    late = float(draw.uniform(0.05, 0.13))
    return _planted(session, "one side late", f"{_word(side)} leg {late * 1e3:.0f} ms", sign,
                    moving=(LateLeg(side, late),))  # fmt: skip


def _wandering(session: Session, draw: Draw) -> Session:
    side, sign = _side(draw)
    size = float(draw.uniform(18, 35))
    return _planted(session, "wandering side", f"{_word(side)} leg {size:.0f} mm", sign,
                    moving=(WanderingLeg(side, size),))  # fmt: skip


def _swaps(session: Session, draw: Draw) -> Session:
    rate = float(draw.uniform(40, 90))
    return _planted(session, "side swaps", f"{rate:.0f} bursts a minute",
                    moving=(SideSwaps(rate_per_min=rate),))  # fmt: skip


def _outlier(session: Session, draw: Draw) -> Session:
    side, sign = _side(draw)
    point = str(draw.choice(["Heel", "BigToe"]))
    down, n = float(draw.uniform(0.06, 0.15)), int(draw.integers(1, 5))
    error = LowFrames(side + point, down, float(draw.uniform(0.1, 0.9)), n)
    return _planted(session, "floor outlier", f"{side}{point} {down * 1e3:.0f} mm low, {n} frames",
                    sign, moving=(error,))  # fmt: skip


def _noise(session: Session, draw: Draw) -> Session:
    side, sign = _side(draw)
    size = float(draw.uniform(10, 25))
    return _planted(session, "keypoint noise", f"{_word(side)} leg {size:.0f} mm", sign,
                    both=LegTremble(side, size))  # fmt: skip


def _start_up(session: Session, draw: Draw) -> Session:
    motion = BegunLate(session.motion, float(draw.uniform(1.0, 2.0)))
    return _planted(session, "start-up", "begins in the movement, no warm-up", motion=motion,
                    warm_up_s=0.0)  # fmt: skip


def _filter(session: Session, draw: Draw) -> Session:
    cutoff = float(draw.uniform(0.5, 1.2))
    return _planted(session, "filter", f"low-pass of {cutoff:.1f} Hz", cutoff_hz=cutoff)


def _rate(session: Session, draw: Draw) -> Session:
    rate = float(draw.choice([30.0, 100.0, 120.0]))
    return _planted(session, "frame rate", f"{rate:g} Hz", rate_hz=rate)


def _set_up(session: Session, draw: Draw) -> Session:
    return _planted(session, "scaling set-up", "any pose, on a straight one", any_pose=True)


def _mass(session: Session, draw: Draw) -> Session:
    factor = float(draw.choice([2.205, 1 / 2.205]))
    return _planted(session, "mass", f"stated mass × {factor:.2f}",
                    stated=(factor, session.stated[1]))  # fmt: skip


def _uneven(session: Session, draw: Draw) -> Session:
    side, sign = _side(draw)
    base = session.motion if isinstance(session.motion, Squat) else Squat(repetitions=2)
    motion = replace(
        base,
        shift_m=sign * float(draw.uniform(0.02, 0.05)),
        drop_deg=sign * float(draw.uniform(3.0, 6.0)),
        twist_deg=float(draw.normal(0, 3.0)),
    )
    return _planted(session, "person moves unevenly", f"sinks to the {_word(side)}", sign,
                    motion=motion)  # fmt: skip


def _legs(session: Session, draw: Draw) -> Session:
    side, sign = _side(draw)
    off = float(draw.uniform(0.018, 0.035))
    person = session.subject
    share = off / 2 / (0.49 * person.height_m)
    sizes = {
        f"{name}_{which}": getattr(person, f"{name}_{which}") + way * share
        for name in ("thigh", "shank")
        for which, way in ((("r", -sign), ("l", sign)))
    }
    what = f"{_word(side)} leg {off * 1e3:.0f} mm shorter"
    shorter = replace(person, **sizes)
    return _planted(session, "person's legs differ", what, sign, subject=shorter)


FAULTS: Mapping[str, Fault] = {
    "static pose": _static_pose,
    "static window": _static_window,
    "no static trial": _no_static,
    "tilt": _tilt,
    "size": _size,
    "size or height": _size_or_height,
    "limb length": _limb,
    "changing lengths": _changing,
    "low keypoint": _low,
    "sinking keypoint": _sinking,
    "one side late": _late,
    "wandering side": _wandering,
    "side swaps": _swaps,
    "floor outlier": _outlier,
    "keypoint noise": _noise,
    "start-up": _start_up,
    "filter": _filter,
    "frame rate": _rate,
    "scaling set-up": _set_up,
    "mass": _mass,
    "person moves unevenly": _uneven,
    "person's legs differ": _legs,
}
"""Faults that `why` has a name for. Static pose and tilt come twice as often: they have kinds."""

# Of these one at most, as they say how a model is scaled; a size that changes takes two recordings.
_SCALING = {"static pose", "static window", "no static trial", "scaling set-up"}
_NO_PAIR = {"no static trial", "size"}


def pair_of(draw: Draw) -> tuple[str, str]:
    """Two faults that a session can have together; what a person does comes first."""
    while True:
        one, other = sorted(map(str, draw.choice(list(FAULTS), 2, replace=False)), key=_place)
        if not {one, other} <= _SCALING and {one, other} != _NO_PAIR:
            return one, other


def _place(fault: str) -> tuple[bool, str]:
    return not fault.startswith("person"), fault


def _version(session: Session, draw: Draw) -> Session:
    version = str(draw.choice(["v0.0", "v0.1", "v0.2"]))
    return _planted(session, "augmenter version", version, augmenter=version)


def _depth_stretch(session: Session, draw: Draw) -> Session:
    factor = float(np.exp(draw.uniform(0.06, 0.12) * draw.choice([-1, 1])))
    return _planted(session, "stretched depth", f"× {factor:.2f}", both=Stretch(0, factor))


def _low_hips(session: Session, draw: Draw) -> Session:
    off = float(draw.uniform(0.02, 0.04))
    pair = Chain(tuple(Shift(side, ("Hip",), off) for side in "RL"))
    return _planted(session, "both hips low", f"{off * 1e3:.0f} mm", both=pair)


def _wide_arms(session: Session, draw: Draw) -> Session:
    side, sign = _side(draw)
    off = float(draw.uniform(0.04, 0.08))
    error = Shift(side, ("Shoulder", "Elbow"), off)
    return _planted(session, "low shoulder", f"{_word(side)} {off * 1e3:.0f} mm", sign, both=error)


HIDDEN: Mapping[str, Fault] = {
    "augmenter version": _version,
    "stretched depth": _depth_stretch,
    "both hips low": _low_hips,
    "low shoulder": _wide_arms,
}
"""Faults that `why` has no name for, or no evidence of."""

NAMELESS = (*HIDDEN, _TILTED)
"""What is planted and has no name; a fifth of the static poses are such."""


def _natural(draw: Draw, name: str) -> tuple[MotionModel, StaticPose]:
    """How a person moves and stands without any fault."""
    kind = draw.uniform()
    motion: MotionModel
    if kind < 0.5:
        motion = Squat(
            depth_deg=float(draw.uniform(70, 105)),
            tempo_s=float(draw.uniform(2.0, 3.4)),
            repetitions=2,
            pause_s=float(draw.uniform(0.5, 1.0)),
            shift_m=float(draw.normal(0, 0.006)),
            drop_deg=float(draw.normal(0, 0.6)),
            twist_deg=float(draw.normal(0, 1.0)),
            lean_deg=float(draw.uniform(28, 45)),
        )
    elif kind < 0.85:
        motion = SitToStand(
            rise_s=float(draw.uniform(1.2, 2.2)),
            sit_s=float(draw.uniform(1.4, 2.4)),
            pause_s=float(draw.uniform(0.6, 1.0)),
            repetitions=int(draw.integers(1, 3)),
            lean_deg=float(draw.uniform(30, 45)),
        )
    else:
        motion = CounterMovementJump(height_m=float(draw.uniform(0.12, 0.3)),
                                     depth_deg=float(draw.uniform(75, 95)))  # fmt: skip
    static = StaticPose(
        duration_s=float(draw.uniform(2.2, 3.2)),
        knee_deg=float(abs(draw.normal(2.0, 2.0))),
        right_knee_deg=0.0,
        hip_deg=float(draw.normal(0, 1.5)),
        lean_deg=float(draw.normal(0, 2.0)),
        sway_m=0.004,
        name=name,
    )
    uneven = float(draw.normal(0, 1.2))
    return motion, replace(static, right_knee_deg=max(uneven, -static.knee_deg))


def drawn(
    name: str, number: int, faults: tuple[str, ...], preset: str, person: int | None = None
) -> Session:
    """The session of that number.

    Parameters
    ----------
    name : str
        Of the draw, and of its population.
    number : int
    faults : tuple of str
        Names of `FAULTS` or `HIDDEN` that are planted.
    preset : str
    person : int, optional
        Who moves, and how; the number by default. Several sessions can be of one person.
    """
    who = number if person is None else person
    motion, static = _natural(generator("movement", name, str(who)), f"{name} {who}")
    # every third person moves and is built as a person of their own; the others as the template
    people = PEOPLE["template" if who % 3 else "varied"]
    subject = replace(people, name=name).subject(who)
    session = Session(f"{name} {number}", subject, motion, static, preset, upright=static)
    draw = generator("planted faults", name, str(number))
    for fault in faults:
        session = {**FAULTS, **HIDDEN}[fault](session, draw)
    return session
