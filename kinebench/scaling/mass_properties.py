"""Masses and moments of inertia of scaled bodies, by OpenSim's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray

_SIGNIFICANT = 2.0**-45.5  # SimTK::SignificantReal, ε^(7/8)


@dataclass(frozen=True, slots=True)
class MassProperties:
    """Mass and inertia of a body about its mass centre.

    Parameters
    ----------
    mass_kg : float
    inertia : tuple of six floats
        Ixx, Iyy, Izz, Ixy, Ixz, Iyz, kg m².
    """

    mass_kg: float
    inertia: tuple[float, ...]

    def scaled(self, factors: tuple[float, float, float], with_volume: bool) -> MassProperties:
        """After scaling along x, y, z; the mass goes with the volume, or stays.

        Equal factors scale the inertia exactly. Otherwise the body is taken as a solid cylinder
        about the axis of its smallest moment of inertia.

        Notes
        -----
        Source: OpenSim, ``Body::scaleInertialProperties``.
        """
        volume = abs(factors[0] * factors[1] * factors[2]) if with_volume else 1.0
        mass = self.mass_kg * volume
        moments = np.array(self.inertia)
        if mass <= np.finfo(float).eps:
            return MassProperties(mass, (0.0,) * 6)
        if _equal(factors[0], factors[1]) and _equal(factors[1], factors[2]):
            return MassProperties(mass, tuple(moments * volume * factors[0] ** 2))
        x, y, z = factors
        products = moments[3:] * volume * np.array([x * y, x * z, y * z])
        return MassProperties(mass, (*self._cylinder(mass, factors), *products))

    def times(self, factor: float) -> MassProperties:
        """With another density."""
        return MassProperties(
            self.mass_kg * factor, tuple(moment * factor for moment in self.inertia)
        )

    def _cylinder(self, mass: float, factors: tuple[float, float, float]) -> FloatArray:
        moments = np.array(self.inertia[:3])
        axis = int(np.argmin(moments))
        across = [index for index in range(3) if index != axis]
        radius_squared = max(2 * moments[axis] / self.mass_kg, 0.0)
        # the lower of the other two axes tells the length, even where they differ
        lengthwise = moments[across[0]] / self.mass_kg - radius_squared / 4
        length_squared = max(12 * lengthwise, 0.0) * factors[axis] ** 2
        radius_squared *= factors[across[0]] * factors[across[1]]
        scaled = np.full(3, mass * (length_squared / 12 + radius_squared / 4))
        scaled[axis] = mass * radius_squared / 2
        return scaled


def scaled_mass_properties(
    generic: Mapping[str, MassProperties],
    factors: Mapping[str, tuple[float, float, float]],
    total_kg: float,
    preserve_distribution: bool,
) -> dict[str, MassProperties]:
    """Bodies scaled, and their density then changed by one factor to give the total mass.

    Parameters
    ----------
    generic : mapping of str to MassProperties
    factors : mapping of str to (float, float, float)
    total_kg : float
        0 or less keeps the masses that scaling gives.
    preserve_distribution : bool
        Whether each body keeps its share of the mass, whatever volume scaling gives it.

    Notes
    -----
    Source: OpenSim, ``Model::scale``.
    """
    scaled = {
        name: body.scaled(factors[name], not preserve_distribution)
        for name, body in generic.items()
    }
    found = sum(body.mass_kg for body in scaled.values())
    if total_kg > 0 and found > 0:
        return {name: body.times(total_kg / found) for name, body in scaled.items()}
    return scaled


def _equal(a: float, b: float) -> bool:
    return abs(a - b) <= max(abs(a), abs(b), 1.0) * _SIGNIFICANT
