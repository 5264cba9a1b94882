"""Units and numbers for readers."""

from __future__ import annotations

import math

from kinebench.statistics import Interval

_DEGREES = 180.0 / math.pi
_READABLE = {
    "rad": ("°", _DEGREES), "rad/s": ("°/s", _DEGREES), "rad/s²": ("°/s²", _DEGREES),
    "m": ("mm", 1e3), "m/s": ("mm/s", 1e3), "m/s²": ("m/s²", 1.0), "s": ("s", 1.0), "1": ("", 1.0),
}  # fmt: skip
_DIGITS = {"rad": 2, "m": 2, "rad/s": 1, "m/s": 1, "rad/s²": 0, "m/s²": 2}


def readable_unit(unit: str) -> str:
    """The unit in which readers see a quantity: rad as °, m as mm."""
    return _READABLE.get(unit, (unit, 1.0))[0]


def scale_of(unit: str) -> float:
    """Factor from the SI unit to the readable one."""
    return _READABLE.get(unit, (unit, 1.0))[1]


def digits_of(unit: str) -> int:
    """Digits that tell two results apart: hundredths of ° and mm, thousandths of pure numbers."""
    return _DIGITS.get(unit, 3)


def headed(what: str, unit: str) -> str:
    """``error, °``: a column's head; without comma for a pure number."""
    shown = readable_unit(unit)
    return f"{what}, {shown}" if shown else what


def bracketed(what: str, unit: str) -> str:
    """``error (°)``: an axis; without brackets for a pure number."""
    shown = readable_unit(unit)
    return f"{what} ({shown})" if shown else what


def readable(value: float, unit: str, digits: int = 2) -> str:
    """A value in its readable unit, without the unit; an em dash when it does not exist.

    The minus is the typographic one, and nothing is minus zero.
    """
    if not math.isfinite(value):
        return "—"
    text = f"{value * scale_of(unit):.{digits}f}"
    if text.startswith("-"):
        text = text[1:] if float(text) == 0 else f"−{text[1:]}"
    return text


def readable_interval(interval: Interval | tuple[float, float], unit: str, digits: int = 2) -> str:
    """``[low, high]`` in the readable unit, or nothing when it does not exist."""
    low, high = (interval.low, interval.high) if isinstance(interval, Interval) else interval
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    return f"[{readable(low, unit, digits)}, {readable(high, unit, digits)}]"


def readable_estimate(
    value: float, interval: Interval | tuple[float, float], unit: str, digits: int = 2
) -> str:
    """``value [low, high]`` in the readable unit; the value alone without an interval."""
    return f"{readable(value, unit, digits)} {readable_interval(interval, unit, digits)}".strip()


def triple_of(
    value: float, interval: Interval | tuple[float, float], unit: str
) -> tuple[float, float, float]:
    """Value, low and high as numbers in the readable unit, for figures."""
    low, high = (interval.low, interval.high) if isinstance(interval, Interval) else interval
    scale = scale_of(unit)
    return value * scale, low * scale, high * scale


def label_of(name: str) -> str:
    """A coordinate's name for readers: ``hip_flexion_r`` becomes "hip flexion, right"."""
    side = {"_r": ", right", "_l": ", left"}.get(name[-2:], "")
    return (name[:-2] if side else name).replace("_", " ") + side
