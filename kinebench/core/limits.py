"""Ranges of parameters: what a stage can be asked for, and why not for more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kinebench.errors import ValueRangeError

LONGEST_S = 86_400.0
"""Longest time span that a parameter may name, s: a day, more than anybody records."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The range of a number.

    Parameters
    ----------
    least, most : float
    unit : str
    reason : str
        Why there is nothing sensible beyond `most`, or below a `least` that is not 0.
    positive : bool
        Whether `least` itself lies outside.
    """

    least: float
    most: float
    unit: str = ""
    reason: str = ""
    positive: bool = False

    def __contains__(self, value: float) -> bool:
        # NaN and infinity are never inside
        return (self.least < value if self.positive else self.least <= value) and value <= self.most

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        if self.positive:
            return f"above {self.least:g} and at most {self.most:g}{unit}"
        return f"{self.least:g} to {self.most:g}{unit}"


def require_limit(value: float, limit: Limit, what: str) -> None:
    """Raise a `ValueRangeError` for a number outside its range.

    The reason is given where it explains: above the range, or below one that does not start at 0.
    """
    if value in limit:
        return
    beyond = value > limit.most or (value < limit.least and limit.least != 0)
    because = f": {limit.reason}" if beyond and limit.reason else ""
    raise ValueRangeError(f"{what} must be {limit}, found {value:g}{because}")


def require_within(stage: Any) -> None:
    """Check fields of a stage by the ``limits`` of its class, which are by field.

    None passes, and of a sequence every number is checked.

    Raises
    ------
    ValueRangeError
        Naming field and stage.
    """
    for name, limit in type(stage).limits.items():
        for value in _numbers(getattr(stage, name)):
            require_limit(value, limit, f"{name} of {type(stage).__name__}")


def _numbers(value: Any) -> list[float]:
    if value is None:
        return []
    if isinstance(value, tuple | list):
        return [number for item in value for number in _numbers(item)]
    return [value]
