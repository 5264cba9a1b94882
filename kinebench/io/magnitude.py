"""A look at the extent of positions: units are declared, never guessed, but they can be wrong."""

from __future__ import annotations

import warnings

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.errors import KinebenchWarning

__all__ = ["warn_if_magnitude_suspicious"]

_WIDEST = 50.0  # m: wider than a gait laboratory
_NARROWEST = 0.02  # m: narrower than a hand


def warn_if_magnitude_suspicious(
    positions: FloatArray, unit: str, file: str, stacklevel: int = 3
) -> None:
    """Warn when the extent of positions (n_frames, n_markers, 3) m hardly fits a person.

    Nothing is changed. `unit` is the declared one, `file` the name for the message.
    """
    sample = positions[:: max(1, len(positions) // 100)]
    known = sample[np.isfinite(sample)]
    if known.size == 0:
        return
    spread = float(np.percentile(known, 99) - np.percentile(known, 1))
    if spread > _WIDEST:
        # a person among others, 1 to 4 m, is 100 to 400 cm
        found, other = f"{spread:.0f} m", "cm" if spread < 400 else "mm"
    elif 0 < spread < _NARROWEST:
        found, other = f"{spread * 1e3:.2g} mm", "m"
    else:
        return
    hint = f" (are they in {other}?)" if unit.lower() != other else ""
    warnings.warn(
        f"{file}: positions span {found} when read as {unit}{hint}; taken as declared",
        KinebenchWarning,
        stacklevel=stacklevel,
    )
