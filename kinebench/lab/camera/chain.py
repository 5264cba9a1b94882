"""Errors one after the other."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, Protocol, runtime_checkable

from kinebench.core.markers import Markers
from kinebench.errors import ValueRangeError

__all__ = ["CameraError", "Chain", "require_sizes"]


@runtime_checkable
class CameraError(Protocol):
    """Distorts keypoints: ``error(keypoints, *names) -> keypoints``; the names seed it."""

    def __call__(self, keypoints: Markers, *names: str) -> Markers: ...


@dataclass(frozen=True, slots=True)
class Chain:
    """Several errors, in order; an empty chain changes nothing.

    Two equal stages in a chain get different random numbers, by their place.
    """

    errors: tuple[CameraError, ...] = ()

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        for place, error in enumerate(self.errors):
            keypoints = error(keypoints, *names, f"stage {place}")
        return keypoints


def require_sizes(stage: Any, *signed: str) -> None:
    """Raise a `ValueRangeError` for numbers that are not finite, or negative where they may not."""
    for field in fields(stage):
        value = getattr(stage, field.name)
        for number in value if isinstance(value, tuple) else (value,):
            if not isinstance(number, int | float) or isinstance(number, bool):
                continue
            if not math.isfinite(number) or (number < 0 and field.name not in signed):
                kind = "finite" if field.name in signed else "finite and 0 or more"
                raise ValueRangeError(
                    f"{field.name} of {type(stage).__name__} must be {kind}, found {value!r}"
                )
