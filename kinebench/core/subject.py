"""`Subject`: the person in a trial."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from numbers import Real

from kinebench.errors import KinebenchWarning, ValueRangeError

__all__ = ["Subject"]

_HEAVIEST = 44.0
"""Body-mass index, kg/m². A mass in lb taken as kg has 2.2 times the true one: above 44 from 20."""


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
        if not 0.5 <= self.height_m <= 2.6:
            hint = " (in cm?)" if 50 <= self.height_m <= 260 else ""
            _warn(f"a height of {self.height_m:g} m is not plausible{hint}: expected 0.5 to 2.6 m")
        elif not 8 <= self.mass_kg / self.height_m**2 <= _HEAVIEST:
            hint = " (in lb or g?)" if self.mass_kg / self.height_m**2 > _HEAVIEST else ""
            _warn(
                f"a mass of {self.mass_kg:g} kg at a height of {self.height_m:g} m is not"
                f" plausible{hint}: body-mass index {self.mass_kg / self.height_m**2:.0f} kg/m²"
            )


def _warn(message: str) -> None:
    warnings.warn(message, KinebenchWarning, stacklevel=4)
