"""What every motion of the laboratory is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, Protocol, TypeVar, runtime_checkable

from kinebench.core.motion import Motion
from kinebench.errors import ValueRangeError, require_names
from kinebench.lab.body import Body

Numbers = tuple[tuple[str, float], ...]
"""Fields of a motion and what they are instead."""

M = TypeVar("M")


@runtime_checkable
class MotionModel(Protocol):
    """Parameters of a movement: ``motion(body, rate_hz) -> Motion`` with all coordinates."""

    def __call__(self, body: Body, rate_hz: float = 60.0) -> Motion: ...

    def __hash__(self) -> int: ...


def require_numbers(motion: Any, positive: tuple[str, ...] = ()) -> None:
    """Raise a `ValueRangeError` naming a field that is not finite, or not above 0 where it must."""
    for field in fields(motion):
        value = getattr(motion, field.name)
        if isinstance(value, int | float) and not math.isfinite(value):
            raise ValueRangeError(f"{field.name} must be finite, found {value!r}")
        if field.name in positive and not value > 0:
            raise ValueRangeError(f"{field.name} must be above 0, found {value!r}")


def repetitions_of(motion: M) -> tuple[M, ...]:
    """The motion once per repetition (or stride), each with its own numbers.

    Parameters
    ----------
    motion : dataclass
        Its class says in ``per_repetition`` which fields may differ between repetitions, and in
        ``counted_by`` which field counts them, ``repetitions`` by default; ``motion.each`` is empty
        or holds the numbers of every repetition.

    Raises
    ------
    ValueRangeError
        When ``each`` has another length.
    NameNotFoundError
        For a field that may not differ.
    """
    made: Any = motion
    count, each = count_of(motion), made.each
    if each and len(each) != count:
        raise ValueRangeError(f"each must be empty or name {count} repetitions, found {len(each)}")
    names = (name for numbers in each for name, _ in numbers)
    require_names(names, made.per_repetition, "field", "a repetition")
    if not each:
        return (motion,) * count
    bare = replace(made, each=())
    return tuple(replace(bare, **dict(numbers)) for numbers in each)


def count_of(motion: object) -> int:
    """How many repetitions (or strides) a motion has whose repetitions can differ."""
    return int(getattr(motion, getattr(motion, "counted_by", "repetitions")))


def onsets(first_s: float, lasting_s: Sequence[float]) -> list[float]:
    """When things that follow each other begin, and when the last one ends, s."""
    return [first_s + math.fsum(lasting_s[:number]) for number in range(len(lasting_s) + 1)]
