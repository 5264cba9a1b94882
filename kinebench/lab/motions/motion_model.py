"""What every motion of the laboratory is."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any, Protocol, runtime_checkable

from kinebench.core.motion import Motion
from kinebench.errors import ValueRangeError
from kinebench.lab.body import Body

__all__ = ["MotionModel", "require_numbers"]


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
