"""Tolerances that have a source, by name of the preset."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from kinebench.baselines.baseline import Kind, Tolerance

DEFAULT_PRESET = "opencap"

_OPENCAP = "limit of opencap-core's own regression tests"
_STRICT = (
    "for a pipeline without randomness: 50 times the 0.001° by which processors are allowed to"
    " differ, and below what anybody reads from a joint angle"
)
_CLINICAL = (
    "McGinley et al. 2009 (Gait & Posture 29:360): up to 2° is acceptable, above 5° may mislead a"
    " clinical reading"
)
_LENGTHS = "five times opencap-core's limits: a clinical reading is of angles"
_ERROR = "; the error against the truth may not grow by more"
_TIMING = "shared machines are half as slow again on a busy day"

# group -> (unit, largest, RMS, reason) in degrees and millimetres
_LIMITS: Mapping[str, Mapping[str, tuple[str, float, float, str]]] = {
    "opencap": {
        "angle": ("rad", 2.5, 0.5, _OPENCAP),
        "pro_sup": ("rad", 5.0, 1.0, _OPENCAP + ": markers barely see this angle"),
        "length": ("m", 2.0, 1.0, _OPENCAP),
    },
    "strict": {
        "angle": ("rad", 0.05, 0.02, _STRICT),
        "pro_sup": ("rad", 0.1, 0.05, _STRICT + "; markers barely see this angle"),
        "length": ("m", 0.05, 0.02, "as much as 0.05° moves a point of the foot"),
    },
    "clinical": {
        "angle": ("rad", 5.0, 2.0, _CLINICAL),
        "pro_sup": ("rad", 5.0, 2.0, _CLINICAL),
        "length": ("m", 10.0, 5.0, _LENGTHS),
    },
}

_SCALE = {"rad": np.pi / 180, "m": 1e-3}

PRESETS = tuple(_LIMITS)
"""Names of the presets."""


def group_of(coordinate: str, unit: str) -> str:
    """Which tolerances a coordinate has: "angle", "pro_sup" or "length"."""
    if unit == "m":
        return "length"
    return "pro_sup" if coordinate.startswith("pro_sup") else "angle"


def tolerances_of(preset: str) -> Mapping[str, Tolerance]:
    """Tolerances by name, such as "angle largest", "angle rms" and "angle error".

    Parameters
    ----------
    preset : one of PRESETS
        ``opencap`` (2 mm and 1 mm; 2.5° and 0.5°; pro_sup 5° and 1°), ``strict`` or ``clinical``
        (5° and 2°).
    """
    found: dict[str, Tolerance] = {}

    def add(name: str, limit: float, unit: str, kind: Kind, reason: str) -> None:
        found[name] = Tolerance(limit * _SCALE.get(unit, 1.0), unit, kind, reason)

    for group, (unit, largest, rms, reason) in _LIMITS[preset].items():
        add(f"{group} largest", largest, unit, "identical", reason)
        add(f"{group} rms", rms, unit, "identical", reason)
        add(f"{group} error", rms, unit, "non-inferior", reason + _ERROR)
    add("time", 0.5, "1", "timing", _TIMING)
    return MappingProxyType(found)
