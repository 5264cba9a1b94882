"""How likely each cause is, given what a recording shows: learnt in the laboratory.

For every kind of fault a logistic model of `kinebench.diagnosis.features`, whose parameters are in
`learnt.json`, made by ``python -m benchmarks.diagnosis --learn``. Features of a side enter by
size alone, along the direction in which that kind of fault moves them (Fisher's discriminant), so
that a mirrored recording gets the mirrored answer. A probability is one among sessions of which
the share stated in the file is clean and the others have one of the faults, all alike often.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from kinebench.diagnosis.features import FEATURES

ANYTHING = "anything"
"""Name of the model that tells sessions with any fault from clean ones."""

FARTHEST = 8.0
"""Deviations from what is usual count up to so many standard deviations: beyond, nothing is
learnt that would hold elsewhere."""

FAR = 6.0
"""Spreads from what is usual that single faults reach in a few features, and no clean session."""

SIDED = tuple(name for name, feature in FEATURES.items() if feature.sided)
PLAIN = tuple(name for name, feature in FEATURES.items() if not feature.sided)


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """Parameters.

    Parameters
    ----------
    usual : mapping of str to (float, float)
        Feature to its middle and spread in clean sessions; the middle of a side's is 0.
    signatures : mapping of str to mapping of str to float
        Kind of fault to the weights of standardised features of sides.
    odds : mapping of str to mapping of str to float
        Kind of fault to weights of the inputs of `inputs_of`, and "constant".
    clean_share : float
        Of the sessions that probabilities refer to.
    strange : int
        So many features at `FAR` and beyond were found in one of a hundred sessions, with faults
        and without: a recording with more is unlike all that was learnt from.
    note : str
        Where all this comes from.
    """

    usual: Mapping[str, tuple[float, float]]
    signatures: Mapping[str, Mapping[str, float]]
    odds: Mapping[str, Mapping[str, float]]
    clean_share: float
    note: str
    strange: int = 1000

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
            "signatures": {name: short(weights) for name, weights in self.signatures.items()},
            "odds": {name: short(weights) for name, weights in self.odds.items()},
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Learnt:
        """Of what `as_json` made."""
        usual = {name: (float(a), float(b)) for name, (a, b) in content["usual"].items()}
        return cls(
            usual,
            content["signatures"],
            content["odds"],
            content["clean_share"],
            content["note"],
            content["strange"],
        )


@lru_cache(maxsize=1)
def learnt() -> Learnt:
    """The parameters that kinebench comes with."""
    text = files("kinebench.diagnosis").joinpath("learnt.json").read_text(encoding="utf-8")
    return Learnt.from_json(json.loads(text))


def inputs_of(
    signatures: Mapping[str, Mapping[str, float]], standardised: Mapping[str, float]
) -> dict[str, float]:
    """What the odds are sums of.

    Features without side with their sign, and their size ("size of …"); those of sides as sizes
    along each signature ("like …"), and these again for how quiet the recording is ("quiet like
    …"): a deviation that noise explains says less.
    """
    found = {}
    noise = (standardised["wandering, most"] + standardised["feet wander, most"]) / 2
    quiet = 2.0 / (1.0 + math.exp(noise))
    for name in PLAIN:
        found[name] = standardised[name]
        found[f"size of {name}"] = abs(standardised[name])
    for kind, weights in signatures.items():
        along = sum(weight * standardised[name] for name, weight in weights.items())
        found[f"like {kind}"] = min(abs(along), FARTHEST)
        found[f"quiet like {kind}"] = quiet * found[f"like {kind}"]
    return found


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
    inputs = inputs_of(model.signatures, model.standardised(features))
    return {
        kind: 1.0 / (1.0 + math.exp(-min(max(_log_odds(weights, inputs), -30.0), 30.0)))
        for kind, weights in model.odds.items()
    }


def _log_odds(weights: Mapping[str, float], inputs: Mapping[str, float]) -> float:
    return sum(w * (1.0 if name == "constant" else inputs[name]) for name, w in weights.items())


def lean(model: Learnt, kind: str, features: Mapping[str, float]) -> int:
    """Side of a fault: 1 where the right is low, bent, late or shaky, −1 the left, 0 unknown."""
    weights = model.signatures.get(kind)
    if not weights:
        return 0
    z = model.standardised(features)
    along = sum(weight * z[name] for name, weight in weights.items())
    return int(np.sign(along))
