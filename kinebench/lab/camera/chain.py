"""Errors one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from kinebench.core.limits import LONGEST_S, Limit
from kinebench.core.markers import Markers
from kinebench.core.notation import Syntax

_FAR = "an error of more than 10 m would put the person outside of any room"
DISTANCE = Limit(-10_000, 10_000, "mm", _FAR)
"""Of an offset."""
SPREAD = Limit(0, 10_000, "mm", _FAR)
"""Of the spread of an error of position."""
SHARE = Limit(0, 1)
"""Of a probability, or a share of frames."""
TIME = Limit(0, LONGEST_S, "s", "nobody records for longer than a day")
"""Of a duration, or of a moment in a recording."""


@runtime_checkable
class CameraError(Protocol):
    """Distorts keypoints: ``error(keypoints, *names) -> keypoints``; the names seed it."""

    def __call__(self, keypoints: Markers, *names: str) -> Markers: ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Chain:
    """Several errors, in order; an empty chain changes nothing.

    Two equal stages in a chain get different random numbers, by their place.
    """

    title: ClassVar[str] = "several camera errors"
    syntax: ClassVar[tuple[Syntax, ...]] = (Syntax("none", "what was there"),)

    errors: tuple[CameraError, ...] = ()

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        for place, error in enumerate(self.errors):
            keypoints = error(keypoints, *names, f"stage {place}")
        return keypoints
