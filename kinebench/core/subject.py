"""`Subject`: the person in a trial."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain
from numbers import Real

from kinebench.core.plausible import PLAUSIBLE
from kinebench.errors import ValueRangeError
from kinebench.remarks import tell

_HEIGHT_M, _INDEX = PLAUSIBLE["height"], PLAUSIBLE["body-mass index"]
_ANY_HEIGHT_M = PLAUSIBLE["height of anybody"]
_ANY_INDEX = PLAUSIBLE["body-mass index of anybody"]

LENGTHS = {"cm": 1e-2, "mm": 1e-3, "inches": 0.0254, "feet": 0.3048}
MASSES = {"lb": 0.45359237, "g": 1e-3, "stone": 6.35029318, "newtons": 1 / 9.81}
"""What people give instead of metres and kilograms, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A person.

    Parameters
    ----------
    mass_kg, height_m : float
        Above 0; values that no adult or child has are warned about.
    identifier : str
    sex : str, optional
        As the session states it.
    """

    mass_kg: float
    height_m: float
    identifier: str = "subject"
    sex: str | None = None

    def __post_init__(self) -> None:
        for name, unit in (("mass_kg", "kg"), ("height_m", "m")):
            value = getattr(self, name)
            number = isinstance(value, Real) and not isinstance(value, bool)
            if not (number and math.isfinite(value) and value > 0):
                raise ValueRangeError(f"{name} must be a number above 0 {unit}, found {value!r}")
            object.__setattr__(self, name, float(value))
        doubt = implausible(self.mass_kg, self.height_m)
        if doubt:
            tell("mass" if self.height_m in _HEIGHT_M else "height", doubt)


def require_possible(mass_kg: float, height_m: float) -> None:
    """Raise a `ValueRangeError` for a mass and height that no person has had.

    Between what is doubtful, which `Subject` warns of, and what is impossible lie rare people. What
    is no number above 0 is left to `Subject`.
    """
    if not (0 < mass_kg < math.inf and 0 < height_m < math.inf):
        return
    if not (height_m in _ANY_HEIGHT_M and mass_kg / height_m**2 in _ANY_INDEX):
        raise ValueRangeError(implausible(mass_kg, height_m))


def implausible(mass_kg: float, height_m: float) -> str:
    """What is doubtful about a mass and a height, with the likely cure; empty when nothing is."""
    index = mass_kg / height_m / height_m  # a square of 1e200 would overflow
    if height_m not in _HEIGHT_M:
        return (
            f"a height of {height_m:g} m is not plausible{_cure(mass_kg, height_m)}: expected"
            f" {_HEIGHT_M.low:g} to {_HEIGHT_M.high:g} m"
        )
    if index not in _INDEX:
        return (
            f"a mass of {mass_kg:g} kg at a height of {height_m:g} m is not plausible"
            f"{_cure(mass_kg, height_m)}: body-mass index {index:.0f} kg/m²"
        )
    return ""


def _cure(mass: float, height: float) -> str:
    """Units in which the numbers would be a person's, the fewest changes first."""
    if _is_person(height, mass):
        return " (mass and height exchanged?)"
    if height in _HEIGHT_M:
        fitting = (
            unit for unit, kilograms in MASSES.items() if _is_person(mass * kilograms, height)
        )
    else:
        fitting = (unit for unit, metres in LENGTHS.items() if _is_person(mass, height * metres))
    both = (
        f"{height_unit}, and the mass in {mass_unit}"
        for mass_unit, kilograms in MASSES.items()
        for height_unit, metres in LENGTHS.items()
        if _is_person(mass * kilograms, height * metres)
    )
    units = next(chain(fitting, both), None)
    return f" (in {units}?)" if units else ""


def _is_person(mass_kg: float, height_m: float) -> bool:
    return height_m in _HEIGHT_M and 12 <= mass_kg / height_m**2 <= 40
