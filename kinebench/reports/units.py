"""Units for readers."""

from __future__ import annotations

import math

__all__ = ["readable", "readable_unit", "scale_of"]

_READABLE = {"rad": ("°", 180.0 / math.pi), "m": ("mm", 1e3), "s": ("s", 1.0), "1": ("", 1.0)}


def readable_unit(unit: str) -> str:
    """The unit in which readers see a quantity: rad as °, m as mm."""
    return _READABLE.get(unit, (unit, 1.0))[0]


def scale_of(unit: str) -> float:
    """Factor from the SI unit to the readable one."""
    return _READABLE.get(unit, (unit, 1.0))[1]


def readable(value: float, unit: str, digits: int = 2) -> str:
    """A value in its readable unit, without the unit; an em dash when it does not exist."""
    if not math.isfinite(value):
        return "—"
    return f"{value * scale_of(unit):.{digits}f}"
