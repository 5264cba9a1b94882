"""Jumps: planted feet push off, the body flies on a parabola, and planted feet land."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.core.provenance import ADDED
from kinebench.lab.body import Body
from kinebench.lab.feet import FootPath
from kinebench.lab.motions.flight import Contact, flown
from kinebench.lab.motions.motion_model import Numbers, repetitions_of, require_numbers
from kinebench.lab.paths import State, hermite, smooth_step
from kinebench.lab.posture import SIDES, Figure, Stance, frame_times

GRAVITY = 9.80665
_SHANK_SHARE = 0.36
_RISE = np.radians(25.0)
_KNEE_OFF = np.radians(34.0)
_KNEE_ON = np.radians(36.0)

_STANCE = Stance()


@dataclass(frozen=True, slots=True)
class CounterMovementJump:
    """A jump on the spot from standing, with a swing of the arms.

    Parameters
    ----------
    height_m : float
        Rise of the hips from take-off to the top.
    depth_deg : float
        Knee flexion at the bottom of the counter-movement.
    landing_deg : float
        Largest knee flexion after landing.
    down_s, recover_s : float
        From standing to the bottom; from the deepest point after landing to standing.
    pause_s : float
        Standing before, between and after jumps.
    stance : Stance
    repetitions : int
    lean_ratio : float
        Forward lean of pelvis and trunk in the crouch, over the usual 25° and 18°.
    arm_swing_deg : float
        Forward and up, while taking off.
    shift_m, drop_deg : float
        Of the pelvis in the crouch, as of `Squat`.
    each : tuple of ((str, float), ...)
        Numbers of every repetition, where they differ; empty when all are alike.
    """

    per_repetition: ClassVar[tuple[str, ...]] = (
        "height_m", "depth_deg", "landing_deg", "down_s", "recover_s", "lean_ratio",
        "arm_swing_deg", "shift_m", "drop_deg",
    )  # fmt: skip

    height_m: float = 0.25
    depth_deg: float = 90.0
    landing_deg: float = 75.0
    down_s: float = 0.65
    recover_s: float = 0.9
    pause_s: float = 0.6
    stance: Stance = _STANCE
    repetitions: int = field(default=1, metadata=ADDED)
    lean_ratio: float = field(default=1.0, metadata=ADDED)
    arm_swing_deg: float = field(default=110.0, metadata=ADDED)
    shift_m: float = field(default=0.0, metadata=ADDED)
    drop_deg: float = field(default=0.0, metadata=ADDED)
    each: tuple[Numbers, ...] = field(default=(), metadata=ADDED)

    def __post_init__(self) -> None:
        positive = ("height_m", "depth_deg", "landing_deg", "down_s", "repetitions")
        require_numbers(self, positive)
        repetitions_of(self)

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion:
        course = _Course(Figure.of(body), self.stance)
        for jump in repetitions_of(self):
            course.begin(jump)
            course.stand(self.pause_s)
            course.sink(jump.depth_deg, jump.down_s)
            course.take_off(math.sqrt(2 * GRAVITY * jump.height_m))
            course.land()
            course.absorb(jump.landing_deg)
            course.rise(jump.recover_s)
        course.stand(self.pause_s)
        return course.motion(rate_hz, "this jump")


@dataclass(frozen=True, slots=True)
class DropJump:
    """A hop off a box with both feet, and a jump at once after landing.

    Parameters
    ----------
    box_m : float
        Height of the box.
    distance_m : float
        By which the feet land in front of where they stood.
    height_m : float
        Of the jump that follows.
    landing_deg : float
        Largest knee flexion between landing and jump, and after it.
    recover_s, pause_s : float
        As of `CounterMovementJump`.
    stance : Stance
    lean_ratio, arm_swing_deg, shift_m, drop_deg : float
        As of `CounterMovementJump`.
    """

    box_m: float = 0.30
    distance_m: float = 0.35
    height_m: float = 0.22
    landing_deg: float = 80.0
    recover_s: float = 0.9
    pause_s: float = 0.6
    stance: Stance = _STANCE
    lean_ratio: float = field(default=1.0, metadata=ADDED)
    arm_swing_deg: float = field(default=110.0, metadata=ADDED)
    shift_m: float = field(default=0.0, metadata=ADDED)
    drop_deg: float = field(default=0.0, metadata=ADDED)

    def __post_init__(self) -> None:
        require_numbers(self, positive=("box_m", "height_m", "landing_deg"))

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion:
        course = _Course(Figure.of(body), self.stance, floor=self.box_m)
        course.begin(self)
        course.stand(self.pause_s)
        course.sink(45.0, 0.5)
        course.take_off(0.7, self.distance_m, drop=self.box_m)
        course.land()
        course.absorb(self.landing_deg, upwards=8.0)
        course.take_off(math.sqrt(2 * GRAVITY * self.height_m))
        course.land()
        course.absorb(self.landing_deg)
        course.rise(self.recover_s)
        course.stand(self.pause_s)
        return course.motion(rate_hz, "this drop jump")


class _Course:
    """Key states of hips, trunk and arms, and the contacts, one phase after the other."""

    def __init__(self, figure: Figure, stance: Stance, floor: float = 0.0) -> None:
        self.figure, self.stance = figure, stance
        self.time, self.floor, self.ankle_x = 0.0, floor, 0.0
        self.knots: list[float] = []
        self.x: list[State] = []
        self.y: list[State] = []
        self.crouch: list[State] = []
        self.contacts: list[Contact] = []
        self.began, self.rises = 0.0, [(0.0, (0.0, 0.0, 0.0))]
        self.jumps: list[CounterMovementJump | DropJump] = []
        self.starts: list[float] = []
        self.take_offs: list[float] = []
        self._still(np.radians(stance.knee_deg), 0.0)

    def begin(self, jump: CounterMovementJump | DropJump) -> None:
        """What follows is this jump; the time is one of standing."""
        self.jumps.append(jump)
        self.starts.append(self.time)
        self.take_offs.append(self.time)

    def _hips(self, knee: float) -> tuple[float, float]:
        """Forward of the ankles, and height, with flat feet."""
        figure, shank = self.figure, _SHANK_SHARE * knee
        forward = figure.shank * np.sin(shank) - figure.thigh * np.sin(knee - shank)
        # a deep bend leans the trunk, which puts the hips behind the feet
        hips, _ = figure.hips_over_feet(knee, forward, self.stance)
        return float(hips[0, 0]), float(hips[0, 1])

    def _raised(self, knee: float, forward: float) -> float:
        """Height of the hips with raised heels."""
        heights = []
        for side, _ in SIDES:
            foot, leg = self.figure.feet[side], self.figure.legs[side]
            path = self.figure.planted(self.stance, 1)[side]
            path = FootPath(path.ball, path.heading, np.array([_RISE]), path.tip)
            span = path.rotations(foot)[0] @ np.array(leg.ankle_to_ball)
            ankle = path.balls(foot)[0] - span
            across = np.array([forward, leg.hip[2]]) - ankle[[0, 2]]
            heights.append(ankle[1] + math.sqrt(leg.reach(knee) ** 2 - across @ across))
        return float(min(heights))

    def _add(self, x: State, y: State, crouch: State) -> None:
        self.knots.append(self.time)
        self.x.append((self.ankle_x + x[0], x[1], x[2]))
        self.y.append((self.floor + y[0], y[1], y[2]))
        self.crouch.append(crouch)

    def _still(self, knee: float, crouch: float, upwards: float = 0.0) -> None:
        x, y = self._hips(knee)
        stand_x, stand_y = self._hips(np.radians(self.stance.knee_deg))
        # towards the upright place, so that the way up and down is straight and within reach
        forwards = upwards * (stand_x - x) / (stand_y - y) if upwards else 0.0
        self._add((x, 0.0, forwards), (y, 0.0, upwards), (crouch, 0.0, 0.0))

    def stand(self, seconds: float) -> None:
        self.time += seconds
        self._still(np.radians(self.stance.knee_deg), 0.0)

    def sink(self, knee_deg: float, seconds: float) -> None:
        self.time += seconds
        self._still(np.radians(knee_deg), knee_deg / 90, upwards=6.0)

    def rise(self, seconds: float) -> None:
        self.time += seconds
        self._still(np.radians(self.stance.knee_deg), 0.0)

    def take_off(self, speed: float, distance: float = 0.0, drop: float = 0.0) -> None:
        """Push off and fly to where the feet land, `distance` ahead and `drop` lower."""
        ahead = 0.4 * distance
        top, landing = self._raised(_KNEE_OFF, ahead), self._raised(_KNEE_ON, -ahead)
        fall = speed**2 + 2 * GRAVITY * (top + drop - landing)
        flight = (speed + math.sqrt(fall)) / GRAVITY
        forward = (distance - 2 * ahead) / flight
        bottom = self.y[-1][0] - self.floor
        seconds = max(0.16, (top - bottom) / (0.55 * speed))
        self.rises += [(self.time + 0.5 * seconds, (0, 0, 0)), (self.time + seconds, (_RISE, 0, 0))]
        self.time += seconds
        self._add((ahead, forward, 0.0), (top, speed, -GRAVITY), (0.1, 0.0, 0.0))
        self.take_offs[-1] = self.time
        self._close()
        self.time += flight
        self.floor, self.ankle_x = self.floor - drop, self.ankle_x + distance
        self._add((-ahead, forward, 0.0), (landing, -math.sqrt(fall), -GRAVITY), (0.2, 0.0, 0.0))
        self.began, self.rises = self.time, [(self.time, (_RISE, 0.0, 0.0))]

    def land(self) -> None:
        """Roll from the toes onto flat feet."""
        self.rises.append((self.time + 0.1, (0.0, 0.0, 0.0)))

    def absorb(self, knee_deg: float, upwards: float = 0.0) -> None:
        """Come to rest in a bend, with an acceleration that what follows needs."""
        speed = -self.y[-1][1]
        depth = self.y[-1][0] - self.floor - self._hips(np.radians(knee_deg))[1]
        self.time += max(0.16, depth / (0.55 * speed))
        self._still(np.radians(knee_deg), knee_deg / 90, upwards)

    def _close(self) -> None:
        knots, states = zip(*self.rises, strict=True)
        self.contacts.append(
            Contact(self.began, self.time, self.ankle_x, self.floor, knots, states)
        )

    def motion(self, rate_hz: float, what: str) -> Motion:
        # the last frame may lie half an interval behind the end
        self.time += 1.0
        self.rises.append((self.time, (0.0, 0.0, 0.0)))
        self._close()
        self.time -= 1.0
        times = frame_times(self.time, rate_hz)
        q = flown(self.figure, self.stance, times, self.contacts, self._posed)
        return self.figure.finish_without_legs(times, q, what)

    def _posed(self, times: FloatArray) -> FloatArray:
        """Pelvis, trunk and arms."""
        figure, q = self.figure, self.figure.upright(len(times))
        hips = np.zeros((len(times), 3))
        hips[:, 0] = hermite(times, self.knots, self.x)
        hips[:, 1] = hermite(times, self.knots, self.y)
        crouch = hermite(times, self.knots, self.crouch)
        # which jump it is changes while standing, where the crouch is 0
        which = np.clip(np.searchsorted(self.starts, times, side="right") - 1, 0, None)
        lean, shift, drop = np.array([(j.lean_ratio, j.shift_m, j.drop_deg) for j in self.jumps]).T
        hips[:, 2] = shift[which] * crouch
        _, list_ = figure.hips_over_feet(np.radians(self.stance.knee_deg), 0.0, self.stance)
        tilt = -np.radians(25.0 * lean[which]) * crouch
        figure.set_pelvis(q, hips, tilt, list_[0] + np.radians(drop[which]) * crouch)
        figure.set(q, "lumbar_extension", -np.radians(18.0 * lean[which]) * crouch)
        arms = -40.0 * crouch
        for jump, off in zip(self.jumps, self.take_offs, strict=True):
            swing = smooth_step(times, off - 0.3, off + 0.05)
            arms += jump.arm_swing_deg * (swing - smooth_step(times, off + 0.2, off + 0.9))
        for side, _ in SIDES:
            figure.set(q, f"arm_flex_{side}", np.radians(arms))
        return q
