"""Units of length as files of markers declare them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

METRES: Mapping[str, float] = MappingProxyType(
    {
        spelling: metres
        for spellings, metres in (
            (("m", "meter", "meters", "metre", "metres"), 1.0),
            (("cm", "centimeter", "centimeters", "centimetre", "centimetres"), 1e-2),
            (("mm", "millimeter", "millimeters", "millimetre", "millimetres"), 1e-3),
        )
        for spelling in spellings
    }
)
"""Metres per unit, by its name in lower case."""

UNIT_WORDS = "m, cm, mm"
