"""Learning how likely each cause is: signatures of sides, and logistic models with few inputs."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.diagnosis.planted_errors import LEARNING_PRESETS
from benchmarks.diagnosis.planting import FAULTS, HIDDEN, Session, drawn
from kinebench.core.arrays import FloatArray
from kinebench.diagnosis.features import FEATURES, measured
from kinebench.diagnosis.suspicion import ANYTHING, SIDED, Learnt, inputs_of, probabilities
from kinebench.errors import KinebenchError
from kinebench.lab.seeds import generator

__all__ = ["Example", "Planned", "examples_of", "film", "learn", "learning_plan"]

N_LEARNING = 3600
# Sessions of one person: filming the movement takes longer than everything else.
_OF_ONE = 20

# Too few to learn from.
_FEWEST = 8
_RIDGE = 0.05
_NEVER = 1e-6
# Standard deviations of a person's forward lean, and of heels against toes; 0.9 m above the ankles.
_LEAN_DEG, _HEELS_MM, _HIPS_MM_PER_DEG = 2.0, 8.0, 15.0
# Of the L1 penalty, per example, times the root of a kind's share: less where a kind is rare.
_PENALTY = 6e-3


@dataclass(frozen=True, slots=True)
class Example:
    """A session whose faults are known.

    Parameters
    ----------
    preset : str
    kinds : tuple of str
        Of the faults; none in a clean session.
    sides : tuple of int
        Of each: 1 right, −1 left, 0 none.
    what : str
    features : dict of str to float
    """

    preset: str
    kinds: tuple[str, ...]
    sides: tuple[int, ...]
    what: str
    features: dict[str, float]


@dataclass(frozen=True, slots=True)
class Planned:
    """A session that is to be filmed.

    Parameters
    ----------
    name : str
        Of the draw.
    number, person : int
    preset : str
    faults : tuple of str
    """

    name: str
    number: int
    person: int
    preset: str
    faults: tuple[str, ...]

    def session(self) -> Session:
        """As drawn."""
        return drawn(self.name, self.number, self.faults, self.preset, self.person)


def learning_plan() -> tuple[Planned, ...]:
    """Three in ten are clean, one in ten has two faults, one in twenty a fault without a name."""
    plan = []
    names = [*FAULTS, "static pose", "static pose", "static window", "tilt", "low keypoint"]
    for number in range(1, N_LEARNING + 1):
        numbers = generator("learning plan", str(number))
        kind, faults = numbers.uniform(), ()
        if kind > 0.9:
            faults = tuple(map(str, numbers.choice(list(FAULTS), 2, replace=False)))
        elif kind > 0.85:
            faults = (str(numbers.choice(list(HIDDEN))),)
        elif kind > 0.3:
            faults = (str(numbers.choice(names)),)
        preset = str(numbers.choice(list(LEARNING_PRESETS)))
        plan.append(Planned("learning", number, 1 + number // _OF_ONE, preset, faults))
    return tuple(plan)


def film(planned: Planned) -> Example:
    """What a planned session shows."""
    session = planned.session()
    trial = session.trial()
    features = measured(trial, session.choices(trial))
    return Example(planned.preset, session.kinds, session.sides, session.what, features)


def examples_of(
    plan: Sequence[Planned], on_done: Callable[[int, int], None] = lambda done, total: None
) -> list[Example]:
    """Film a plan. A fault that a movement cannot have (a jump on a chair) leaves a session out."""
    examples = []
    for done, planned in enumerate(plan, start=1):
        try:
            examples.append(film(planned))
        except KinebenchError as error:
            print(f"{planned} left out: {error}", file=sys.stderr)
        on_done(done, len(plan))
    return examples


def learn(
    examples: Sequence[Example], hidden: Sequence[str], note: str = "", halves: bool = True
) -> Learnt:
    """Parameters from sessions; faults that are `hidden` only teach what is no other fault.

    Parameters
    ----------
    examples : sequence of Example
        Sessions of one person next to each other.
    hidden : sequence of str
    note : str
    halves : bool
        Each half of the sessions judges the other, and log odds are stretched and shifted, all
        alike, to what comes true there: models say too much on what they have not seen.
    """
    model = _fitted(examples, hidden, note)
    if not halves:
        return model
    middle = len(examples) // 2
    said, true = [], []
    for here, there in ((slice(0, middle), slice(middle, None)),
                        (slice(middle, None), slice(0, middle))):  # fmt: skip
        half = _fitted(examples[here], hidden, note)
        for one in examples[there]:
            for kind, chance in probabilities(one.features, half).items():
                said.append(chance)
                true.append(bool(one.kinds) if kind == ANYTHING else kind in one.kinds)
    chances = np.clip(said, 1e-9, 1 - 1e-9)
    shift, stretch = _logistic(np.log(chances / (1 - chances))[:, None], np.array(true), 0.0)
    odds = {}
    for kind, weights in model.odds.items():
        stretched = {name: float(stretch[0]) * weight for name, weight in weights.items()}
        odds[kind] = {**stretched, "constant": stretched["constant"] + shift}
    return replace(model, odds=odds)


def _fitted(examples: Sequence[Example], hidden: Sequence[str], note: str) -> Learnt:
    examples = [_leaning(one, number) for number, one in enumerate(examples)]
    clean = [one for one in examples if not one.kinds]
    usual = _usual(examples)
    share = round(len(clean) / len(examples), 3)
    model = Learnt(usual, {}, {}, share, note)
    standardised = [model.standardised(one.features) for one in examples]
    kinds = sorted({kind for one in examples for kind in one.kinds} - set(hidden))
    kinds = [kind for kind in kinds if sum(kind in one.kinds for one in examples) >= _FEWEST]
    z = np.array([[row[name] for name in SIDED] for row in standardised])
    signatures = _signatures(examples, kinds, z)
    rows = [inputs_of(signatures, row) for row in standardised]
    names = tuple(rows[0])
    x = np.array([[row[name] for name in names] for row in rows])
    odds = {}
    weights_of = _equal_presets(examples)
    for kind in (*kinds, ANYTHING):
        here = np.array([bool(one.kinds) if kind == ANYTHING else kind in one.kinds
                         for one in examples])  # fmt: skip
        constant, weights = _logistic(x, here, _PENALTY * float(np.sqrt(here.mean())), weights_of)
        odds[kind] = {"constant": constant, **dict(zip(names, weights.tolist(), strict=True))}
    counts = [len(model.far(one.features)) for one in examples]
    return Learnt(usual, signatures, odds, share, note, int(np.percentile(counts, 99.0)))


def _equal_presets(examples: Sequence[Example]) -> FloatArray:
    """Weights (n,) that give every camera preset the same say, of mean 1."""
    counts = Counter(one.preset for one in examples)
    weights = np.array([1.0 / counts[one.preset] for one in examples])
    return np.asarray(weights / weights.mean())


def _leaning(example: Example, number: int) -> Example:
    """With the forward lean of people and detectors, which virtual people hardly have.

    Somebody who faces one way shows a lean only as far as standing is upright (3 cm over 1 m, 1.7°)
    and the heights of heels and toes are known (1 cm over a foot, 3°): see
    `kinebench.cleaning.Level`. The two weigh about alike there: 2° in all.
    """
    numbers = generator("lean of a person", str(number))
    lean, heels = (numbers.standard_normal(2) * (_LEAN_DEG, _HEELS_MM)).tolist()
    shifts = {
        "tilt forwards": lean,
        "tilt forwards, movement": lean,
        "trunk forwards": lean,
        "static hips": lean * _HIPS_MM_PER_DEG,
        "heel over toes": heels,
    }
    moved = {name: example.features[name] + shift for name, shift in shifts.items()}
    return replace(example, features={**example.features, **moved})


def _usual(examples: Sequence[Example]) -> dict[str, tuple[float, float]]:
    """Middle, and a quarter of the range of 95 %, of clean sessions.

    What never varies in them is held against its spread in all sessions.
    """
    found = {}
    for name in FEATURES:
        every = np.array([one.features[name] for one in examples])
        clean = np.array([not one.kinds for one in examples]) & np.isfinite(every)
        values = every[clean]
        if FEATURES[name].sided:
            values = np.concatenate([values, -values])
        low, middle, high = np.percentile(values, (2.5, 50.0, 97.5)) if len(values) else (0, 0, 0)
        spread = float(high - low) / 4
        if spread <= _NEVER:
            spread = max(float(np.nanstd(every)) / 2, _NEVER)
        found[name] = (0.0 if FEATURES[name].sided else float(middle), spread)
    return found


def _signatures(
    examples: Sequence[Example], kinds: Sequence[str], z: FloatArray
) -> dict[str, dict[str, float]]:
    """Fisher's direction of each kind that has a side, right side foremost."""
    clean = np.array([not one.kinds for one in examples])
    within = z[clean].T @ z[clean] / clean.sum()
    found = {}
    for kind in kinds:
        chosen = [
            (row, one.sides[one.kinds.index(kind)])
            for row, one in zip(z, examples, strict=True)
            if kind in one.kinds and one.sides[one.kinds.index(kind)] and len(one.kinds) == 1
        ]
        if len(chosen) < _FEWEST:
            continue
        aligned = np.array([row * side for row, side in chosen])
        middle = aligned.mean(axis=0)
        own = (aligned - middle).T @ (aligned - middle) / len(aligned)
        spread = (within + own) / 2 + _RIDGE * np.eye(len(SIDED))
        direction = np.linalg.solve(spread, middle)
        direction /= np.sqrt(direction @ within @ direction)
        direction[np.abs(direction) < 0.05 * np.abs(direction).max()] = 0.0
        found[kind] = dict(zip(SIDED, direction.tolist(), strict=True))
    return found


def _logistic(
    x: FloatArray, here: NDArray[np.bool_], penalty: float, weights: FloatArray | None = None
) -> tuple[float, FloatArray]:
    """Constant and weights of an L1-penalised logistic model (FISTA)."""
    n, k = x.shape
    y = here.astype(np.float64)
    of = np.ones(n) if weights is None else weights
    padded = np.concatenate([np.ones((n, 1)), x], axis=1)
    step = 4.0 * n / np.linalg.norm(padded * np.sqrt(of)[:, None], 2) ** 2
    w = np.zeros(k + 1)
    share = float(np.average(y, weights=of))
    w[0] = np.log(share / (1 - share))
    at, momentum = w.copy(), 1.0
    for _ in range(3000):
        p = 1.0 / (1.0 + np.exp(-np.clip(padded @ at, -30, 30)))
        new = at - step * (padded.T @ (of * (p - y)) / n)
        new[1:] = np.sign(new[1:]) * np.maximum(np.abs(new[1:]) - step * penalty, 0.0)
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        at = new + (momentum - 1) / following * (new - w)
        if np.abs(new - w).max() < 1e-4:
            w = new
            break
        w, momentum = new, following
    return float(w[0]), w[1:]
