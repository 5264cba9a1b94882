"""Coordinates by the part of the body that they move, so that means are over like things."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

TRANSLATIONS = "translations"

_STEMS = {
    "legs": ("hip_", "knee_", "ankle_", "subtalar_"),
    "pelvis": ("pelvis_",),
    "trunk": ("lumbar_", "back_", "thorax_", "neck_", "head_", "torso_"),
    "arms": ("arm_", "shoulder_", "elbow_", "pro_sup", "wrist_", "clav", "scap"),
}
"""Beginnings of names in the models of the field. Toes (mtp_) belong to no group: no marker of
OpenCap's sits on them, so that a method's figure there says what its model assumes."""

BODY_GROUPS = (*_STEMS, TRANSLATIONS)
"""Groups of coordinates whose means are told: of angles, and of all translations."""


def group_of(coordinate: str, unit: str) -> str:
    """The group of a coordinate, one of `BODY_GROUPS`, or "" for one in none.

    Parameters
    ----------
    coordinate : str
    unit : str
        "rad" or "m", of the coordinate's figures.
    """
    if unit == "m":
        return TRANSLATIONS
    # knee_angle_r_beta turns the patella: it says again what the knee says
    if unit != "rad" or coordinate.endswith("_beta"):
        return ""
    return next((group for group, stems in _STEMS.items() if coordinate.startswith(stems)), "")


def group_means(values: Mapping[str, float], units: Mapping[str, str]) -> dict[str, float]:
    """Mean over the coordinates of each group that has any, in the order of `BODY_GROUPS`.

    Parameters
    ----------
    values : mapping of str to float
        A figure by coordinate, rad or m; NaN is left out.
    units : mapping of str to str
        Its unit by coordinate.
    """
    found: dict[str, list[float]] = {group: [] for group in BODY_GROUPS}
    for name, value in values.items():
        group = group_of(name, units[name])
        if group and np.isfinite(value):
            found[group].append(value)
    return {group: float(np.mean(own)) for group, own in found.items() if own}


def without_side(name: str) -> str:
    """Name of a coordinate of both sides: "knee_angle" of "knee_angle_r"."""
    return name[:-2] if name.endswith(("_r", "_l")) else name
