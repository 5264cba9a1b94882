"""How likely each cause is, given what a recording shows: learnt in the laboratory.

For every kind of fault a logistic model of `kinebench.diagnosis.features`, whose parameters are in
`learnt.json`, made by ``python -m benchmarks.diagnosis --learn``. Of a fault that has a side, the
model gives the odds that it is on the right; those of the left are what it says of the mirrored
recording, and the odds of either are their sum. So a mirrored recording gets the mirrored answer,
and everything counts that a fault of the right side does *not* move. A probability is one among
sessions of which the share stated in the file is clean and the others have one of the faults.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from kinebench.diagnosis.features import FEATURES

ANYTHING = "anything"
"""Name of the model that tells sessions with any fault from clean ones."""

FARTHEST = 8.0
"""Deviations from what is usual count up to so many standard deviations: beyond, nothing is
learnt that would hold elsewhere."""

FAR = 6.0
"""Spreads from what is usual that single faults reach in a few features, and no clean session."""


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """Parameters.

    Parameters
    ----------
    usual : mapping of str to (float, float)
        Feature to its middle and spread in clean sessions; the middle of a side's is 0.
    odds : mapping of str to mapping of str to float
        Kind of fault to weights of the inputs of `inputs_of`, and "constant".
    sided : tuple of str
        Kinds of which the weights give the odds on the right side.
    clean_share : float
        Of the sessions that probabilities refer to.
    strange : int
        So many features at `FAR` and beyond were found in one of a hundred sessions, with faults
        and without: a recording with more is unlike all that was learnt from.
    note : str
        Where all this comes from.
    likely : mapping of str to float
        Cause to the probability from which on it is called likely wrong; at least
        `kinebench.diagnosis.faults.LIKELY`, which those have that are not named.
    """

    usual: Mapping[str, tuple[float, float]]
    odds: Mapping[str, Mapping[str, float]]
    sided: tuple[str, ...]
    clean_share: float
    note: str
    strange: int = sys.maxsize
    likely: Mapping[str, float] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of fault that it knows."""
        return tuple(name for name in self.odds if name != ANYTHING)

    def standardised(self, features: Mapping[str, float]) -> dict[str, float]:
        """Deviations from what is usual, in its spread; 0 where nothing is known."""
        found = {}
        for name, (middle, spread) in self.usual.items():
            value = features.get(name, math.nan)
            off = (value - middle) / spread if math.isfinite(value) else 0.0
            found[name] = min(max(off, -FARTHEST), FARTHEST)
        return found

    def far(self, features: Mapping[str, float]) -> tuple[str, ...]:
        """Features at `FAR` spreads and beyond, the farthest first."""
        z = self.standardised(features)
        return tuple(
            name for name in sorted(z, key=lambda one: -abs(z[one])) if abs(z[name]) >= FAR
        )

    def as_json(self) -> dict[str, Any]:
        """For the file, rounded to what matters."""

        def short(weights: Mapping[str, float]) -> dict[str, float]:
            return {name: float(f"{value:.3g}") for name, value in weights.items() if value}

        return {
            "note": self.note,
            "clean_share": self.clean_share,
            "strange": self.strange,
            "usual": {k: [float(f"{x:.4g}") for x in v] for k, v in self.usual.items()},
            "sided": list(self.sided),
            "likely": dict(self.likely),
            "odds": {name: short(weights) for name, weights in self.odds.items()},
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Learnt:
        """Of what `as_json` made."""
        usual = {name: (float(a), float(b)) for name, (a, b) in content["usual"].items()}
        return cls(
            usual,
            content["odds"],
            tuple(content["sided"]),
            content["clean_share"],
            content["note"],
            content["strange"],
            content["likely"],
        )


@lru_cache(maxsize=1)
def learnt() -> Learnt:
    """The parameters that kinebench comes with."""
    text = files("kinebench.diagnosis").joinpath("learnt.json").read_text(encoding="utf-8")
    return Learnt.from_json(json.loads(text))


def mirrored(standardised: Mapping[str, float]) -> dict[str, float]:
    """Deviations of the recording as a mirror shows it."""
    return {name: -value if FEATURES[name].sided else value for name, value in standardised.items()}


def inputs_of(standardised: Mapping[str, float]) -> dict[str, float]:
    """What the odds are sums of: every deviation with its sign, and its size ("size of …")."""
    sizes = {f"size of {name}": abs(value) for name, value in standardised.items()}
    return {**standardised, **sizes}


def probabilities(features: Mapping[str, float], model: Learnt | None = None) -> dict[str, float]:
    """Probability of each kind of fault, and of `ANYTHING`.

    Parameters
    ----------
    features : mapping of str to float
        Of `kinebench.diagnosis.features.measured`.
    model : Learnt, optional
        The parameters that kinebench comes with by default.
    """
    model = learnt() if model is None else model
    right = model.standardised(features)
    here, there = inputs_of(right), inputs_of(mirrored(right))
    found = {}
    for kind, weights in model.odds.items():
        odds = math.exp(_log_odds(weights, here))
        if kind in model.sided:
            odds += math.exp(_log_odds(weights, there))
        found[kind] = odds / (1.0 + odds)
    return found


def _log_odds(weights: Mapping[str, float], inputs: Mapping[str, float]) -> float:
    found = sum(w * (1.0 if name == "constant" else inputs[name]) for name, w in weights.items())
    return min(max(found, -30.0), 30.0)
