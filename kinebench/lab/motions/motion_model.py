"""What every motion of the laboratory is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, Protocol, TypeVar, runtime_checkable

from kinebench.core.motion import Motion
from kinebench.errors import ValueRangeError, require_names
from kinebench.lab.body import Body

__all__ = ["MotionModel", "Numbers", "onsets", "repetitions_of", "require_numbers"]

Numbers = tuple[tuple[str, float], ...]
"""Fields of a motion and what they are instead."""

M = TypeVar("M")


@runtime_checkable
class MotionModel(Protocol):
    """Parameters of a movement: ``motion(body, rate_hz) -> Motion`` with all coordinates."""

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion: ...


def require_numbers(motion: Any, positive: tuple[str, ...] = ()) -> None:
    """Raise a `ValueRangeError` naming a field that is not finite, or not above 0 where it must."""
    for field in fields(motion):
        value = getattr(motion, field.name)
        if isinstance(value, int | float) and not math.isfinite(value):
            raise ValueRangeError(f"{field.name} must be finite, found {value!r}")
        if field.name in positive and not value > 0:
            raise ValueRangeError(f"{field.name} must be above 0, found {value!r}")


def repetitions_of(motion: M, count: int, allowed: tuple[str, ...]) -> tuple[M, ...]:
    """The motion once per repetition, each with its own numbers (``motion.each``).

    Parameters
    ----------
    motion : dataclass
        With a field ``each``: empty, or the numbers of every repetition.
    count : int
        Of its repetitions.
    allowed : tuple of str
        Fields that may differ between repetitions.

    Raises
    ------
    ValueRangeError
        When ``each`` has another length.
    NameNotFoundError
        For a field that is not allowed.
    """
    each: tuple[Numbers, ...] = motion.each  # type: ignore[attr-defined]
    if each and len(each) != count:
        raise ValueRangeError(f"each must be empty or name {count} repetitions, found {len(each)}")
    require_names((n for numbers in each for n, _ in numbers), allowed, "field", "a repetition")
    bare: M = replace(motion, each=()) if each else motion  # type: ignore[type-var]
    return tuple(replace(bare, **dict(n)) for n in each) if each else (bare,) * count  # type: ignore[type-var]


def onsets(first_s: float, lasting_s: Sequence[float]) -> list[float]:
    """When things that follow each other begin, and when the last one ends, s."""
    return [first_s + math.fsum(lasting_s[:number]) for number in range(len(lasting_s) + 1)]
