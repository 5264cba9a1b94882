"""`Movement`: how people differ in what they do; `Performance`: what one of them does."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from kinebench.core.motion import Motion
from kinebench.errors import ValueRangeError
from kinebench.lab.body import Body
from kinebench.lab.motions.motion_model import MotionModel, count_of
from kinebench.lab.motions.own_way import OwnWay
from kinebench.lab.seeds import generator
from kinebench.lab.variability import POSTURE, SPREADS, WANDER, Spread

_LIMIT = 2.5
# what is tried where the body cannot do the drawn movement: share of the deviations, and more bend
# of the knees that stand nearly straight, deg
_TRIES = ((1.0, 0.0), (1.0, 3.0), *((share, 3.0) for share in (0.8, 0.6, 0.4, 0.2)),
          (0.0, 0.0), (0.0, 3.0), (0.0, 6.0))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Movement:
    """Factors on the published spreads of `kinebench.lab.variability`; all 0 is the template.

    Parameters
    ----------
    between : float
        On what differs between people.
    within : float
        On what differs between repetitions and trials of a person, and on wandering.
    asymmetry : float
        Besides, on everything that makes right and left differ.
    """

    between: float = 1.0
    within: float = 1.0
    asymmetry: float = 1.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            # three times the published spread is no healthy adult's
            if not (isinstance(value, int | float) and 0 <= value <= 3):
                raise ValueRangeError(f"{field.name} must be 0 to 3, found {value!r}")


@dataclass(frozen=True, slots=True)
class Performance:
    """A person does a trial: the template with numbers of their own, repetition by repetition.

    Numbers come from the names alone: the same person does the same trial in the same way, whoever
    else is drawn, and their traits are the same in all trials. Where the body cannot do it (a
    joint's range, a leg's length), the person first stands with knees bent by 3° more, and then
    moves more like the template, until it can.

    Parameters
    ----------
    template : MotionModel
        Of a kind in `SPREADS`, or any other: it then gets posture and wandering alone.
    movement : Movement
    person : str
        Identifier of the subject.
    names : tuple of str
        Of the trial.
    """

    template: MotionModel
    movement: Movement
    person: str
    names: tuple[str, ...] = ()

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion:
        return self.performed(body, rate_hz)[0]

    def performed(self, body: Body, rate_hz: float = 60.0) -> tuple[Motion, float]:
        """The motion, and the share of the drawn deviations that the body can do."""
        for share, bend_deg in _TRIES[:-1]:
            try:
                return self.drawn(share, bend_deg)(body, rate_hz), share
            except ValueRangeError:
                continue
        # when not even this can be done, the caller is told
        share, bend_deg = _TRIES[-1]
        return self.drawn(share, bend_deg)(body, rate_hz), share

    def drawn(self, share: float = 1.0, bend_deg: float = 0.0) -> OwnWay:
        """The motion with its numbers, every deviation multiplied by a share, knees bent more."""
        spreads = SPREADS.get(type(self.template).__name__, {})
        movement = _scaled(self.movement, share)
        motion = _with_numbers(self.template, spreads, self._whole(spreads, movement))
        motion = _bent(motion, bend_deg)
        if _per_repetition(motion):
            each = tuple(
                tuple(self._repetition(motion, spreads, movement, number))
                for number in range(count_of(motion))
            )
            if any(each):
                motion = replace(motion, each=each)  # type: ignore[type-var]
        if movement.within > 0 and hasattr(motion, "sway_m") and hasattr(motion, "name"):
            name = " ".join((motion.name, self.person, *self.names))
            motion = replace(motion, name=name)  # type: ignore[type-var]
        name = " ".join((self.person, *self.names))
        return OwnWay(motion, tuple(self._posture(movement)), tuple(self._wander(movement)), name)

    def _whole(
        self, spreads: Mapping[str, Spread], movement: Movement
    ) -> Iterator[tuple[str, float]]:
        """Deviations of the trial: the person's, and chance where no repetition has its own."""
        own = _per_repetition(self.template)
        for name, spread in spreads.items():
            change = self._trait(name, spread, movement)
            if name not in own:
                change += self._chance(name, spread, movement, "trial")
            yield name, change

    def _repetition(
        self, motion: Any, spreads: Mapping[str, Spread], movement: Movement, number: int
    ) -> Iterator[tuple[str, float]]:
        for name in _per_repetition(motion):
            spread = spreads.get(name)
            if spread is None:
                continue
            change = self._chance(name, spread, movement, f"repetition {number}")
            if change != 0:
                value = getattr(motion, name)
                yield name, _clipped(value + change, spread, value)

    def _posture(self, movement: Movement) -> Iterator[tuple[str, float]]:
        for name, spread in POSTURE.items():
            change = self._trait(name, spread, movement)
            change += self._chance(name, spread, movement, "trial")
            change = _clipped(change, spread, 0.0)
            if change == 0:
                continue
            stem, _, right = name.partition(" ")
            if not right and stem.startswith(("pelvis", "lumbar")):
                yield stem, change
            else:
                yield f"{stem}_r", change / (2 if right else 1)
                yield f"{stem}_l", -change / 2 if right else change

    def _wander(self, movement: Movement) -> Iterator[tuple[str, float]]:
        # strides differ already, and a shift of the hips would straighten legs that are nearly so
        walks = type(self.template).__name__ == "Gait"
        for name, spread in WANDER.items():
            size = spread.within * movement.within * _side(spread, movement)
            if size > 0 and not (walks and name.startswith("hips")):
                yield name, size

    def _trait(self, name: str, spread: Spread, movement: Movement) -> float:
        """Of the person, in all trials of the kind; posture is the same in all kinds."""
        kind = "" if name in POSTURE else type(self.template).__name__
        number = _normal("trait", self.person, kind, name)
        if spread.shared is not None:
            trait, loading = spread.shared
            common = _normal("shared trait", self.person, trait)
            number = loading * common + math.sqrt(1 - loading**2) * number
        return spread.between * movement.between * _side(spread, movement) * number

    def _chance(self, name: str, spread: Spread, movement: Movement, what: str) -> float:
        number = _normal("chance", self.person, *self.names, what, name)
        return spread.within * movement.within * _side(spread, movement) * number


def _scaled(movement: Movement, share: float) -> Movement:
    return replace(movement, between=movement.between * share, within=movement.within * share)


def _side(spread: Spread, movement: Movement) -> float:
    return movement.asymmetry if spread.sided else 1.0


def _normal(*names: object) -> float:
    return float(np.clip(generator(*names).standard_normal(), -_LIMIT, _LIMIT))


def _clipped(value: float, spread: Spread, start: float) -> float:
    """Within what is possible, which what one starts from always counts as."""
    return min(max(value, min(spread.least, start)), max(spread.most, start))


def _with_numbers(
    motion: MotionModel, spreads: Mapping[str, Spread], changes: Iterator[tuple[str, float]]
) -> MotionModel:
    """The motion with fields, or fields of its stance, changed by so much."""
    own: dict[str, Any] = {}
    stance: dict[str, Any] = {}
    for name, change in changes:
        if change == 0:
            continue
        owner, _, field = name.rpartition(".")
        holder = getattr(motion, owner) if owner else motion
        start = getattr(holder, field)
        value = _clipped(start + change, spreads[name], start)
        (stance if owner else own)[field] = value
    if stance:
        own["stance"] = replace(motion.stance, **stance)  # type: ignore[attr-defined]
    return replace(motion, **own) if own else motion  # type: ignore[type-var]


def _bent(motion: MotionModel, degrees: float) -> MotionModel:
    """Knees that are nearly straight, standing or in the middle of a step, bent by so much more."""
    if degrees == 0:
        return motion
    changed: Any = motion
    if hasattr(motion, "stance"):
        stance = replace(motion.stance, knee_deg=motion.stance.knee_deg + degrees)
        changed = replace(changed, stance=stance)
    if hasattr(motion, "straightest_knee_deg"):
        changed = replace(changed, straightest_knee_deg=motion.straightest_knee_deg + degrees)
    return changed  # type: ignore[no-any-return]


def _per_repetition(motion: Any) -> tuple[str, ...]:
    return tuple(getattr(motion, "per_repetition", ()))
