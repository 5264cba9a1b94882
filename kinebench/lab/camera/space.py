"""Errors of the cameras' calibration: tilt, scale and height of the world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kinebench.core.limits import Limit, require_within
from kinebench.core.markers import Markers
from kinebench.core.notation import Syntax
from kinebench.geometry.rotations import rotation_from_axis_angles
from kinebench.lab.camera.chain import DISTANCE

_ANGLE = Limit(-180, 180, "degrees", "more than half a turn is a slip of the unit")
_FACTOR = Limit(0, 10, reason="ten times the size is a slip of the unit", positive=True)


@dataclass(frozen=True, slots=True)
class WorldTilt:
    """The room appears turned about its origin.

    Parameters
    ----------
    forward_deg : float
        About z, the axis to the right: positive lifts what is in front.
    sideways_deg : float
        About x, the axis forward: positive lowers what is on the right.
    """

    title: ClassVar[str] = "a tilted world"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("tilt", "the whole world leans", ("forward_deg", "sideways_deg"), least=2),
    )

    limits: ClassVar[Mapping[str, Limit]] = {"forward_deg": _ANGLE, "sideways_deg": _ANGLE}

    forward_deg: float = 0.0
    sideways_deg: float = 0.0

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        R = rotation_from_axis_angles({"z": self.forward_deg, "x": self.sideways_deg})
        return keypoints.with_positions(keypoints.positions @ R.T)


@dataclass(frozen=True, slots=True)
class ScaleError:
    """All lengths are multiplied: the checkerboard was measured wrongly."""

    title: ClassVar[str] = "a wrong scale"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("scale", "everything larger", ("factor",), least=1),
    )

    limits: ClassVar[Mapping[str, Limit]] = {"factor": _FACTOR}

    factor: float = 1.0

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        return keypoints.with_positions(self.factor * keypoints.positions)


@dataclass(frozen=True, slots=True)
class VerticalOffset:
    """Everything appears higher (or lower, when negative) by a constant."""

    title: ClassVar[str] = "a wrong height"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("raise", "everything higher", ("offset_mm",), least=1),
    )

    limits: ClassVar[Mapping[str, Limit]] = {"offset_mm": DISTANCE}

    offset_mm: float = 0.0

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, keypoints: Markers, *names: str) -> Markers:
        shift = np.array([0.0, self.offset_mm / 1000, 0.0])
        return keypoints.with_positions(keypoints.positions + shift)
