"""Masses and lengths that people state with or without a unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from kinebench.errors import ValueRangeError

# how many kilograms and metres; pounds, inches and feet are so by definition
MASS_UNITS: Mapping[str, float] = MappingProxyType(
    {"kg": 1.0, "g": 1e-3, "lb": 0.45359237, "lbs": 0.45359237}
)
LENGTH_UNITS: Mapping[str, float] = MappingProxyType(
    {"m": 1.0, "cm": 1e-2, "mm": 1e-3, "in": 0.0254, "ft": 0.3048}
)

_NUMBER = re.compile(r"([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?)\s*(\D*)", re.IGNORECASE)


def kilograms(text: str) -> float:
    """A mass with or without its unit, in kg: ``72``, ``72 kg``, ``72,5kg``, ``159lb``.

    Raises
    ------
    ValueRangeError
        It is no number with one of `MASS_UNITS`.
    """
    return _in_unit(text, MASS_UNITS, "a mass", "72kg")


def metres(text: str) -> float:
    """A height with or without its unit, in m: ``1.78``, ``1,78 m``, ``178cm``, ``70in``.

    Raises
    ------
    ValueRangeError
        It is no number with one of `LENGTH_UNITS`.
    """
    return _in_unit(text, LENGTH_UNITS, "a height", "178cm")


def _in_unit(text: str, units: Mapping[str, float], what: str, example: str) -> float:
    """Without a unit the first of them is meant; whether it is plausible is judged elsewhere."""
    found = _NUMBER.fullmatch(text.strip())
    first, valid = next(iter(units)), ", ".join(units)
    if found is None:
        raise ValueRangeError(
            f"must be {what}, a number in {first} or with its unit ({valid}) such as {example};"
            f" found '{text}'"
        )
    unit = found[2].strip().lower()
    if unit and unit not in units:
        raise ValueRangeError(
            f"'{found[2].strip()}' is no unit of {what}; valid are {valid}, such as {example}"
        )
    return float(found[1].replace(",", ".")) * units[unit or first]
