"""The colour of an error: magma, perceptually uniform and readable for colour-blind people.

No error has nearly the colour of the ground, and a large one stands out from it: the scale runs
from pale to dark on a light page and from dark to pale on a dark one.
"""

from __future__ import annotations

import numpy as np

LEVELS = 32

# magma of Smith and van der Walt, at seventeen equal steps
_MAGMA = (
    "000004", "0a0822", "1d1147", "36106b", "51127c", "6a1c81", "832681", "9c2e7f", "b73779",
    "d0416f", "e75263", "f56b5c", "fc8961", "fea772", "fec488", "fde2a3", "fcfdbf",
)  # fmt: skip


def _scale(start: float, end: float) -> tuple[str, ...]:
    anchors = np.array([[int(text[i : i + 2], 16) for i in (0, 2, 4)] for text in _MAGMA])
    places = np.linspace(start, end, LEVELS) * (len(_MAGMA) - 1)
    channels = [np.interp(places, np.arange(len(_MAGMA)), anchors[:, c]) for c in range(3)]
    rows = np.rint(np.stack(channels, axis=1)).astype(int)
    return tuple("#" + "".join(f"{value:02x}" for value in row) for row in rows)


LIGHT = _scale(0.97, 0.22)
"""Colours on a light ground, from no error to the scale's end."""

DARK = _scale(0.2, 0.98)
"""The same on a dark ground."""


def level_of(error: float, top: float) -> int:
    """Index of an error's colour; −1 where there is no error to tell."""
    if not np.isfinite(error):
        return -1
    return int(min(max(error / top, 0.0), 1.0) * (LEVELS - 1) + 0.5)


def colour_rules(colours: tuple[str, ...]) -> str:
    """CSS that gives the classes e0, e1, … of a player's still picture their colours."""
    return " ".join(f".player .e{i}{{fill:{c}}}" for i, c in enumerate(colours))
