"""How much figures vary where nothing is wrong: measured once, on clean laboratory sessions.

The numbers are in `spread.json`, made by ``python -m benchmarks.diagnosis.spread``. Errors: clean
sessions of the draw "spread", as many under every camera preset of
`benchmarks.diagnosis.planted_errors`, exact solvers (which move the side drop by less than 2 mm).
What swaps change: the `two_phones` preset (squat, asymmetric squat, sit-to-stand; subjects 1 to 30
of the population "calibration"), OpenSim's tools. Both: OpenCap's steps, augmenter v0.3 with 1 s of
warm-up. A virtual person stands straighter and moves more evenly than people do, so that the values
are lower bounds. Units: m, rad, 1, as of the figures. How often the interval of the side drop
covers the truth in other sessions: `benchmarks/diagnosis/coverage.md`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from kinebench.diagnosis.figures import Figure

ANGLE_CHANGE = Figure(
    "angle_change",
    "rad",
    "RMS change of the angles of pelvis and legs, over the fifth of a second where it is most",
    math.radians(1.0),
)
"""What a cause does to the angles over time, wherever that is; never negative."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and standard deviation over n clean sessions, in the unit of a figure."""

    mean: float
    sd: float
    n: int

    @property
    def rms(self) -> float:
        """Root mean square."""
        return math.hypot(self.mean, self.sd)

    @property
    def half_width(self) -> float:
        """Of a 95 % prediction interval for another session: Student's, n − 1 degrees."""
        from scipy.special import stdtrit

        return float(stdtrit(self.n - 1, 0.975)) * math.sqrt(1 + 1 / self.n) * self.sd


@dataclass(frozen=True, slots=True)
class Spreads:
    """All that was measured of clean sessions.

    Parameters
    ----------
    errors : mapping of str to Spread
        Figure to what it is minus the truth, at the deepest points.
    parts : mapping of str to mapping of str to Spread
        Cause, then figure, to what swapping the cause changes.
    note : str
        Where this comes from.
    """

    errors: Mapping[str, Spread]
    parts: Mapping[str, Mapping[str, Spread]]
    note: str

    @property
    def n_swapped(self) -> int:
        """Sessions that swaps were made in, the same for all."""
        return next(spread.n for figures in self.parts.values() for spread in figures.values())

    def as_json(self) -> dict[str, Any]:
        """For the file: mean, standard deviation, sessions; three digits."""
        parts = {cause: _rows(figures) for cause, figures in self.parts.items()}
        return {"note": self.note, "errors": _rows(self.errors), "parts": parts}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Spreads:
        """Of what `as_json` made."""
        parts = {cause: _spreads(rows) for cause, rows in content["parts"].items()}
        return cls(_spreads(content["errors"]), parts, content["note"])


def _rows(figures: Mapping[str, Spread]) -> dict[str, list[float]]:
    return {name: [_short(one.mean), _short(one.sd), one.n] for name, one in figures.items()}


def _short(value: float) -> float:
    return float(f"{value:.3g}")


def _spreads(rows: Mapping[str, list[Any]]) -> dict[str, Spread]:
    return {name: Spread(*row) for name, row in rows.items()}


@lru_cache(maxsize=1)
def spreads() -> Spreads:
    """What kinebench comes with."""
    text = files("kinebench.diagnosis").joinpath("spread.json").read_text(encoding="utf-8")
    return Spreads.from_json(json.loads(text))


def error_of(figure: Figure, augmenter: str) -> Spread | None:
    """A figure as it is minus the truth, at the deepest points; None where not measured."""
    return spreads().errors.get(figure.name) if augmenter == "v0.3" else None


def spread_of(cause: str, figure: Figure, augmenter: str = "v0.3") -> Spread | None:
    """What swapping a cause changes of a figure; None where not measured."""
    return spreads().parts.get(cause, {}).get(figure.name) if augmenter == "v0.3" else None


def notable(cause: str, figure: Figure) -> float:
    """The larger of what is of interest and what a swap changes in clean sessions (RMS).

    It takes evidence besides to call a cause wrong: in clean sessions that is rare.
    """
    spread = spread_of(cause, figure)
    return figure.notable if spread is None else max(figure.notable, spread.rms)
