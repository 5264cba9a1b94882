"""Learning how likely each cause is: logistic models with few inputs, on sessions and mirrors."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.diagnosis.planted_errors import LEARNING_PRESETS
from benchmarks.diagnosis.planting import FAULTS, HIDDEN, Session, drawn, pair_of
from kinebench.core.arrays import FloatArray
from kinebench.diagnosis.faults import LIKELY, of_causes
from kinebench.diagnosis.features import FEATURES, measured
from kinebench.diagnosis.suspicion import ANYTHING, Learnt, inputs_of, mirrored, probabilities
from kinebench.errors import KinebenchError
from kinebench.lab import Body, opencap_body
from kinebench.lab.seeds import generator

__all__ = [
    "Example", "Planned", "examples_of", "film", "fitted", "held_out", "learn", "learning_plan",
]  # fmt: skip

N_LEARNING = 3000
# Sessions of one person: filming a movement takes long, and one person has one rig and one bias.
_OF_ONE = 8
# How often each preset is drawn: more where errors are less alike from person to person.
_SHARES = {
    "two phones": 2, "quiet": 1, "no error": 1, "white noise": 1, "person's bias": 2, "rig": 3,
    "plausible rigs": 4,
}  # fmt: skip
# Drawn twice as often as the others: with kinds of their own, or alike to others.
_TWICE = (
    "static pose", "static window", "tilt", "low keypoint", "limb length",
    "person moves unevenly", "person's legs differ",
)  # fmt: skip

# Too few to learn from.
_FEWEST = 8
_NEVER = 1e-6
_STEPS, _CLOSE = 2000, 1e-4
_NEWTON, _FARTHEST = 50, 0.2
# People whom the others judge.
_FOLDS = 5
# The side of the foot with a low frame is in no feature.
_SIDE_NOT_SEEN = ("floor outlier",)
# Standard deviations of a person's forward lean, and of heels against toes; 0.9 m above the ankles.
_LEAN_DEG, _HEELS_MM, _HIPS_MM_PER_DEG = 2.0, 8.0, 15.0
# Share of a preset's clean sessions that one cause may accuse: with some five causes that clean
# sessions resemble at all, that makes less than 5 % in all.
_ACCUSED, _SURE, _STEP = 0.012, 0.95, 1e-3
# Of the L1 penalty, per example, times the root of a kind's share: less where a kind is rare.
_PENALTY = 6e-3


@dataclass(frozen=True, slots=True)
class Example:
    """A session whose faults are known.

    Parameters
    ----------
    person, number : int
    preset : str
    kinds : tuple of str
        Of the faults; none in a clean session.
    sides : tuple of int
        Of each: 1 right, −1 left, 0 none.
    what : str
    features : dict of str to float
    """

    person: int
    number: int
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


def learning_plan(count: int = N_LEARNING) -> tuple[Planned, ...]:
    """Three in ten are clean, fourteen in a hundred have two faults, six one without a name."""
    plan = []
    names = [*FAULTS, *_TWICE]
    shares = np.array([_SHARES[preset] for preset in LEARNING_PRESETS], dtype=np.float64)
    for number in range(1, count + 1):
        numbers = generator("learning plan", str(number))
        kind = numbers.uniform()
        faults: tuple[str, ...] = ()
        if kind > 0.86:
            faults = pair_of(numbers)
        elif kind > 0.8:
            faults = (str(numbers.choice(list(HIDDEN))),)
        elif kind > 0.3:
            faults = (str(numbers.choice(names)),)
        preset = str(numbers.choice(list(LEARNING_PRESETS), p=shares / shares.sum()))
        plan.append(Planned("learning", number, 1 + number // _OF_ONE, preset, faults))
    return tuple(plan)


def film(planned: Planned, generic: Callable[[], Body] = opencap_body) -> Example:
    """What a planned session of a person with this body shows."""
    session = planned.session()
    trial = session.trial(generic)
    features = measured(trial, session.choices(trial))
    return example_of(planned, session, features)


def example_of(planned: Planned, session: Session, features: dict[str, float]) -> Example:
    """A session that was filmed and measured."""
    return Example(planned.person, planned.number, planned.preset, session.kinds, session.sides,
                   session.what, features)  # fmt: skip


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


def learn(examples: Sequence[Example], hidden: Sequence[str], note: str = "") -> Learnt:
    """Parameters from sessions; faults that are `hidden` only teach what is no other fault.

    Log odds are stretched and shifted, all alike, to what comes true of people that were not learnt
    from: models say too much on what they have not seen.

    Parameters
    ----------
    examples : sequence of Example
    hidden : sequence of str
    note : str
    """
    model = fitted(examples, hidden, note)
    held = held_out(examples, hidden)
    stretch, shift = _stretch(held)
    odds = {}
    for kind, weights in model.odds.items():
        stretched = {name: stretch * weight for name, weight in weights.items()}
        odds[kind] = {**stretched, "constant": stretched["constant"] + shift}
    said = [
        (one, {kind: _stretched(chance, stretch, shift) for kind, chance in chances.items()})
        for one, chances in held
    ]
    return replace(model, odds=odds, likely=thresholds(said))


def _stretched(chance: float, stretch: float, shift: float) -> float:
    chance = min(max(chance, _NEVER), 1 - _NEVER)
    return 1 / (1 + math.exp(-shift - stretch * math.log(chance / (1 - chance))))


def thresholds(held: Sequence[tuple[Example, Mapping[str, float]]]) -> dict[str, float]:
    """Cause to the probability from which on it is accused, where that is above `LIKELY`.

    Of the clean sessions of each camera preset, at most `_ACCUSED` are accused of a cause; at the
    most, `_SURE` is asked for.
    """
    found: dict[str, float] = {}
    clean: dict[str, list[dict[str, float]]] = {}
    for one, chances in held:
        if not one.kinds:
            named = {kind: chance for kind, chance in chances.items() if kind != ANYTHING}
            clean.setdefault(one.preset, []).append(of_causes(named))
    for rows in clean.values():
        for cause in sorted({cause for row in rows for cause in row}):
            ranked = sorted((row.get(cause, 0.0) for row in rows), reverse=True)
            least = ranked[int(_ACCUSED * len(ranked))] + _STEP
            if least > found.get(cause, LIKELY):
                found[cause] = round(min(least, _SURE), 3)
    return dict(sorted(found.items()))


def held_out(
    examples: Sequence[Example], hidden: Sequence[str]
) -> list[tuple[Example, dict[str, float]]]:
    """Every session with the probabilities that other people's sessions teach."""
    found = []
    for part in range(_FOLDS):
        taught = [one for one in examples if one.person % _FOLDS != part]
        asked = [one for one in examples if one.person % _FOLDS == part]
        if taught and asked:
            model = fitted(taught, hidden)
            found += [(one, probabilities(one.features, model)) for one in asked]
    return found


def _stretch(held: Sequence[tuple[Example, Mapping[str, float]]]) -> tuple[float, float]:
    said, true = [], []
    for one, chances in held:
        for kind, chance in chances.items():
            said.append(chance)
            true.append(bool(one.kinds) if kind == ANYTHING else kind in one.kinds)
    if not any(true) or all(true):
        return 1.0, 0.0
    inside = np.clip(said, 1e-9, 1 - 1e-9)
    x = np.log(inside / (1 - inside))
    design = np.stack([x, np.ones_like(x)], axis=1)
    w = np.array([1.0, 0.0])
    for _ in range(_NEWTON):
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ w, -30, 30)))
        hessian = (design * (p * (1 - p))[:, None]).T @ design + np.eye(2)
        # from a stretch of 1 on, which holds it where sessions are told apart without a mistake
        step = np.linalg.solve(hessian, design.T @ (p - np.array(true)) + w - [1.0, 0.0])
        w = w - np.clip(step, -_FARTHEST, _FARTHEST)
    return float(w[0]), float(w[1])


def fitted(examples: Sequence[Example], hidden: Sequence[str], note: str = "") -> Learnt:
    """Parameters as they come out of the fit.

    Parameters
    ----------
    examples, hidden, note
        As of `learn`.
    """
    examples = [_leaning(one) for one in examples]
    usual = _usual(examples)
    share = round(sum(not one.kinds for one in examples) / len(examples), 3)
    counts = Counter(kind for one in examples for kind in one.kinds if kind not in hidden)
    kinds = (*sorted(kind for kind, n in counts.items() if n >= _FEWEST), ANYTHING)
    sided = tuple(kind for kind in kinds if _has_side(kind, examples))
    empty = Learnt(usual, {}, sided, share, note)
    names = tuple(inputs_of(dict.fromkeys(FEATURES, 0.0)))
    x, y = _table(empty, examples, kinds, names)
    penalty = _PENALTY * np.sqrt(y.mean(axis=0)) * np.ones((len(names), 1))
    for row, name in enumerate(names):
        if name in FEATURES and FEATURES[name].sided:
            penalty[row, [kind not in sided for kind in kinds]] = np.inf
    weights = _logistic(x, y, penalty)
    odds = {
        kind: {"constant": float(column[0]), **dict(zip(names, column[1:].tolist(), strict=True))}
        for kind, column in zip(kinds, weights.T, strict=True)
    }
    far = [len(empty.far(one.features)) for one in examples]
    return replace(empty, odds=odds, strange=int(np.percentile(far, 99.0)))


def _has_side(kind: str, examples: Sequence[Example]) -> bool:
    sides = [one.sides[one.kinds.index(kind)] for one in examples if kind in one.kinds]
    return bool(sides) and all(sides) and kind not in _SIDE_NOT_SEEN


def _table(
    model: Learnt, examples: Sequence[Example], kinds: Sequence[str], names: Sequence[str]
) -> tuple[FloatArray, FloatArray]:
    """Inputs and what is there, of every session and of its mirror image."""
    x, y = [], []
    for one in examples:
        z = model.standardised(one.features)
        sides = dict(zip(one.kinds, one.sides, strict=True))
        for way, seen in ((1, z), (-1, mirrored(z))):
            inputs = inputs_of(seen)
            x.append([inputs[name] for name in names])
            there = [bool(one.kinds) if kind == ANYTHING else kind in sides for kind in kinds]
            y.append([
                here and (kind not in model.sided or sides[kind] == way)
                for kind, here in zip(kinds, there, strict=True)
            ])  # fmt: skip
    return np.array(x), np.array(y, dtype=np.float64)


def _leaning(example: Example) -> Example:
    """With the forward lean of people and detectors, which virtual people hardly have.

    Somebody who faces one way shows a lean only as far as standing is upright (3 cm over 1 m, 1.7°)
    and the heights of heels and toes are known (1 cm over a foot, 3°): see
    `kinebench.cleaning.Level`. The two weigh about alike there: 2° in all.
    """
    numbers = generator("lean of a person", example.person, example.number)
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


def _logistic(x: FloatArray, y: FloatArray, penalty: FloatArray) -> FloatArray:
    """Constants and weights (n_inputs + 1, n_kinds) of L1-penalised logistic models (FISTA).

    Parameters
    ----------
    x : (n, n_inputs)
    y : (n, n_kinds)
        0 or 1.
    penalty : (n_inputs, n_kinds)
        Infinite for weights that stay 0.
    """
    n = len(x)
    padded = np.concatenate([np.ones((n, 1)), x], axis=1)
    step = 4.0 * n / float(np.linalg.eigvalsh(padded.T @ padded)[-1])
    share = np.clip(y.mean(axis=0), _NEVER, 1 - _NEVER)
    w = np.zeros((x.shape[1] + 1, y.shape[1]))
    w[0] = np.log(share / (1 - share))
    at, momentum = w, 1.0
    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(padded @ at, -30, 30)))
        new = at - step * (padded.T @ (p - y) / n)
        new[1:] = np.sign(new[1:]) * np.maximum(np.abs(new[1:]) - step * penalty, 0.0)
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        at = new + (momentum - 1) / following * (new - w)
        done = np.abs(new - w).max() < _CLOSE
        w, momentum = new, following
        if done:
            break
    return w
