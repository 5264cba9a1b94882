"""Kinds of arguments that several commands take."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from types import MappingProxyType

# how many kilograms and metres; pounds, inches and feet are so by definition
MASS_UNITS: Mapping[str, float] = MappingProxyType(
    {"kg": 1.0, "g": 1e-3, "lb": 0.45359237, "lbs": 0.45359237}
)
LENGTH_UNITS: Mapping[str, float] = MappingProxyType(
    {"m": 1.0, "cm": 1e-2, "mm": 1e-3, "in": 0.0254, "ft": 0.3048}
)
MASS_HELP = "body mass: 72, 72kg or 159lb; default: the session's"
HEIGHT_HELP = "body height: 1.78, 178cm or 70in; default: the session's"
# by hand: to ask the catalogues imports NumPy, and a help is waited for
ENGINE_HELP = "scaling and inverse kinematics: opensim or fast"
AUGMENTER_HELP = "v0.0, v0.1, v0.2, v0.3, lab-1, or none"

_NUMBER = re.compile(r"([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?)\s*(\D*)", re.IGNORECASE)


def one_or_more(text: str) -> int:
    """A count, for the `type` of an argument.

    Raises
    ------
    argparse.ArgumentTypeError
        When the text is no whole number, or one below 1.
    """
    try:
        count = int(text)
    except ValueError:
        count = 0
    if count < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number, 1 or more, found '{text}'")
    return count


def kilograms(text: str) -> float:
    """A mass with or without its unit, in kg: ``72``, ``72 kg``, ``72,5kg``, ``159lb``."""
    return _in_unit(text, MASS_UNITS, "a mass", "72kg")


def metres(text: str) -> float:
    """A height with or without its unit, in m: ``1.78``, ``1,78 m``, ``178cm``, ``70in``."""
    return _in_unit(text, LENGTH_UNITS, "a height", "178cm")


def _in_unit(text: str, units: Mapping[str, float], what: str, example: str) -> float:
    """Without a unit the first of them is meant; whether it is plausible is judged elsewhere."""
    found = _NUMBER.fullmatch(text.strip())
    first, valid = next(iter(units)), ", ".join(units)
    if found is None:
        raise argparse.ArgumentTypeError(
            f"must be {what}, a number in {first} or with its unit ({valid}) such as {example};"
            f" found '{text}'"
        )
    unit = found[2].strip().lower()
    if unit and unit not in units:
        raise argparse.ArgumentTypeError(
            f"'{found[2].strip()}' is no unit of {what}; valid are {valid}, such as {example}"
        )
    return float(found[1].replace(",", ".")) * units[unit or first]
