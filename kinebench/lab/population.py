"""Populations of virtual subjects.

Sources
-------
[1] Gordon et al. (2014) ANSUR II: stature 1.756 ± 0.069 m (men), 1.629 ± 0.064 m (women).
[2] Knutson GA (2005) Anatomic and functional leg-length inequality. Chiropr Osteopat 13: 11 (mean
    magnitude 5.2 mm: a normal distribution of 6.5 mm).
[3] Della Croce U, Leardini A, Chiari L, Cappozzo A (2005) Human movement analysis using
    stereophotogrammetry 4. Gait Posture 21: 226–237 (palpation: 6 to 21 mm between examiners over
    all landmarks; the default is at the careful end).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import get_args

import numpy as np

from kinebench.core.provenance import ADDED
from kinebench.errors import ValueRangeError
from kinebench.lab.anatomy import Anatomy
from kinebench.lab.anthropometry import Sex
from kinebench.lab.body import generic_body
from kinebench.lab.dimensions import Dimensions, mean_dimensions
from kinebench.lab.movement import Movement
from kinebench.lab.seeds import generator
from kinebench.lab.subjects import RATIOS, VirtualSubject

_STATURE_M: dict[Sex, tuple[float, float]] = {"male": (1.756, 0.069), "female": (1.629, 0.064)}
_LIMIT = 2.5
_NO_NUMBERS = ("name", "movement", "anatomy")

# which length makes the ratio of a segment between the sexes
_LENGTH = {"pelvis": "hip_z", "trunk": "trunk", "foot": "foot_length"}


@dataclass(frozen=True, slots=True)
class Population:
    """Where virtual subjects come from; all spreads are standard deviations, cut at 2.5 of them.

    Parameters
    ----------
    name : str
        Part of every seed.
    women : float
        Share, 0 to 1.
    bmi, bmi_spread : float
        Median body-mass index, kg/m², and spread of its logarithm.
    pelvis_spread, trunk_spread, leg_spread, foot_spread, arm_spread : float
        Of a segment's length at equal height, as a fraction of it.
    leg_difference_m : float
        Of the difference right leg minus left leg.
    marker_spread_m, cluster_spread_m : float
        Of a marker's place, per axis of its body: anatomical markers, and those on thigh and shank.
    movement : Movement, optional
        How people differ in what they do; without, all perform the motion as it is written.
    anatomy : Anatomy, optional
        How people differ from a generic model scaled segment by segment; without, they do not.

    Raises
    ------
    ValueRangeError
        For a share outside 0 to 1, or a negative spread.
    """

    name: str = "adults"
    women: float = 0.5
    bmi: float = 24.0
    bmi_spread: float = 0.12
    pelvis_spread: float = 0.05
    trunk_spread: float = 0.025
    leg_spread: float = 0.025
    foot_spread: float = 0.035
    arm_spread: float = 0.03
    leg_difference_m: float = 0.0065
    marker_spread_m: float = 0.005
    cluster_spread_m: float = 0.010
    movement: Movement | None = field(default=None, metadata=ADDED)
    anatomy: Anatomy | None = field(default=None, metadata=ADDED)

    def __post_init__(self) -> None:
        if not 0 <= self.women <= 1:
            raise ValueRangeError(f"women must lie between 0 and 1, found {self.women!r}")
        for name in (f.name for f in fields(self) if f.name not in _NO_NUMBERS):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ValueRangeError(f"{name} must be 0 or more, found {value!r}")

    def subject(self, number: int) -> VirtualSubject:
        """The subject of that number; the same whoever else is drawn."""
        identifier = f"{self.name}-{number}"
        sexes = get_args(Sex)
        sex: Sex = sexes[int(self._uniform(identifier, "sex") < self.women)]
        mean, spread = _STATURE_M[sex]
        height = mean + spread * self._normal(identifier, "height")
        bmi = self.bmi * math.exp(self.bmi_spread * self._normal(identifier, "bmi"))
        return VirtualSubject(
            identifier,
            sex,
            round(height, 3),
            round(bmi * height**2, 1),
            **self._ratios(identifier, sex, height),
            marker_shifts=self._shifts(identifier),
            movement=self.movement,
            build=None if self.anatomy is None else self.anatomy.build(identifier),
        )

    def subjects(self, count: int) -> tuple[VirtualSubject, ...]:
        """The first `count` subjects."""
        return tuple(self.subject(number) for number in range(1, count + 1))

    def _ratios(self, identifier: str, sex: Sex, height: float) -> dict[str, float]:
        own, both = mean_dimensions(height, sex), mean_dimensions(height)
        spreads = {
            "pelvis": self.pelvis_spread, "trunk": self.trunk_spread, "thigh": self.leg_spread,
            "shank": self.leg_spread, "foot": self.foot_spread, "upper_arm": self.arm_spread,
            "forearm": self.arm_spread,
        }  # fmt: skip
        ratios = {
            name: _length(own, name)
            / _length(both, name)
            * (1 + spread * self._normal(identifier, name))
            for name, spread in spreads.items()
        }
        difference = self.leg_difference_m * self._normal(identifier, "leg difference")
        leg = both.thigh + both.shank
        # half of the difference on each side, thigh and shank alike
        for side, sign in (("r", 1), ("l", -1)):
            for name in ("thigh", "shank"):
                ratios[f"{name}_{side}"] = ratios[name] + sign * difference / 2 / leg
        return {name: ratios[name] for name in RATIOS}

    def _shifts(self, identifier: str) -> tuple[tuple[str, tuple[float, float, float]], ...]:
        shifts = []
        for marker in generic_body().marker_names:
            on_limb = "_thigh" in marker or "_sh1" in marker or "_sh2" in marker or "_sh3" in marker
            spread = self.cluster_spread_m if on_limb else self.marker_spread_m
            numbers = generator("marker", identifier, marker).standard_normal(3)
            x, y, z = (float(v) for v in spread * np.clip(numbers, -_LIMIT, _LIMIT))
            if spread > 0:
                shifts.append((marker, (x, y, z)))
        return tuple(shifts)

    def _normal(self, identifier: str, quantity: str) -> float:
        number = generator("subject", identifier, quantity).standard_normal()
        return float(np.clip(number, -_LIMIT, _LIMIT))

    def _uniform(self, identifier: str, quantity: str) -> float:
        return float(generator("subject", identifier, quantity).uniform())


PEOPLE: Mapping[str, Population] = MappingProxyType(
    {
        "template": Population(),
        "moving": Population(movement=Movement()),
        "shaped": Population(anatomy=Anatomy()),
        "varied": Population(movement=Movement(), anatomy=Anatomy()),
    }
)
"""The same people as they can be had: all performing one template on a body that is the scaled
model; moving as themselves; built as themselves; and both."""


def _length(d: Dimensions, segment: str) -> float:
    if segment == "trunk":
        return d.shoulder_height - d.hip_height
    return float(getattr(d, _LENGTH.get(segment, segment)))
