"""How often is `kinebench why` right, and how often does it accuse a clean session?

Sessions of the draw "judged-3": other people, movements, seeds and sizes than those that
`learnt.json` was learnt from, under the same camera presets and under ones that it has not seen.
"""

from __future__ import annotations

import itertools
import math
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from benchmarks.diagnosis.learning import Planned
from benchmarks.diagnosis.planted_errors import LEARNING_PRESETS, PRESETS
from benchmarks.diagnosis.planting import FAULTS, HIDDEN, Session, pair_of
from kinebench.core.trial import Trial
from kinebench.diagnosis.faults import LIKELY, faults_of
from kinebench.diagnosis.features import measured
from kinebench.diagnosis.figures import courses_of, deepest_frames, figures_of
from kinebench.diagnosis.suspicion import learnt
from kinebench.diagnosis.verdict import WRONG_SOMEHOW, angle_change
from kinebench.errors import KinebenchError
from kinebench.lab.seeds import generator
from kinebench.pipeline.pipeline import Pipeline

__all__ = [
    "DRAW",
    "Judged",
    "Observed",
    "judge",
    "judged_sessions",
    "observe",
    "page",
    "plan",
    "wilson",
]

# Of a planted fault, beyond which it should be found.
_EFFECT_DEG, _EFFECT_MM = 2.0, 10.0
DRAW = "judged-3"
"""Of sessions, people, seeds and sizes; earlier ones, "judged" and "judged-2", were looked at."""
_PER_PRESET = 30
# Sessions of one person; neighbours in the plan have other presets.
_OF_ONE = 9
_PER_FAULT = 10
_PAIRS, _PER_HIDDEN = 40, 10
_TURNED = ("person moves unevenly", "person's legs differ")
OWN_NAMES = tuple(sorted({"tilt sideways", "tilt forwards", *FAULTS} - {"tilt"}))


@dataclass(frozen=True, slots=True)
class Judged:
    """A session, and what was said of it.

    Parameters
    ----------
    preset : str
    number : int
    causes : tuple of str
        What was planted; none in a clean session.
    what : str
    effect_deg, effect_mm : float
        Of the planted fault on angles and on the side drop; NaN where not measured.
    probabilities : dict of str to float
        By cause, likeliest first.
    anything : float
    strange : bool
        Whether it is unlike all that was learnt from.
    likely : tuple of str
        What was called likely wrong, the likeliest first.
    """

    preset: str
    number: int
    causes: tuple[str, ...]
    what: str
    effect_deg: float
    effect_mm: float
    probabilities: dict[str, float]
    anything: float
    strange: bool = False
    likely: tuple[str, ...] = ()

    @property
    def accused(self) -> tuple[str, ...]:
        """What was called likely wrong, the likeliest first."""
        if self.strange:
            return ()
        return self.likely

    @property
    def said(self) -> str:
        """The first accused, "cannot be told", or "nothing"."""
        if self.accused:
            return self.accused[0]
        return "cannot be told" if self.strange or self.anything >= WRONG_SOMEHOW else "nothing"

    @property
    def doubted(self) -> bool:
        """Whether it is said that something may be wrong, without a cause that stands out."""
        return self.said == "nothing" and self.anything >= 1.0 - learnt().clean_share

    @property
    def matters(self) -> bool:
        """Whether the planted fault's effect is worth finding."""
        return self.effect_deg > _EFFECT_DEG or self.effect_mm > _EFFECT_MM

    @property
    def nameable(self) -> bool:
        """Whether `why` has names for what was planted."""
        return all(cause in OWN_NAMES for cause in self.causes)


def plan() -> tuple[Planned, ...]:
    """Clean sessions per preset, every fault, pairs of faults, and faults without a name."""
    faults: list[tuple[str, ...]] = []
    presets = tuple(PRESETS)
    for name in FAULTS:
        twice = 2 if name in ("static pose", "tilt", "low keypoint") else 1
        faults += [(name,)] * (twice * _PER_FAULT)
    for number in range(_PAIRS):
        faults.append(pair_of(generator(f"{DRAW} pair", str(number))))
    faults += [(name,) for name in HIDDEN for _ in range(_PER_HIDDEN)]
    wanted: list[tuple[tuple[str, ...], str]] = [
        ((), preset) for _ in range(_PER_PRESET) for preset in presets
    ]
    wanted += [(one, presets[n % len(presets)]) for n, one in enumerate(faults)]
    # in a drawn order, so that every person has sessions of all sorts
    order = generator(f"order of {DRAW} sessions").permutation(len(wanted)).tolist()
    return tuple(
        Planned(DRAW, number, 1 + number // _OF_ONE, wanted[at][1], wanted[at][0])
        for number, at in enumerate(order, start=1)
    )


@dataclass(frozen=True, slots=True)
class Observed:
    """A session that was filmed, and is to be judged.

    Parameters
    ----------
    planned : Planned
    causes : tuple of str
    what : str
    features : dict of str to float
    effect_deg, effect_mm : float
        As of `Judged`.
    """

    planned: Planned
    causes: tuple[str, ...]
    what: str
    features: dict[str, float]
    effect_deg: float
    effect_mm: float


def observe(planned: Planned, run: Callable[[Session, Trial], Pipeline] | None) -> Observed:
    """Film a session, and measure what its fault does.

    Parameters
    ----------
    planned : Planned
    run : callable, optional
        The pipeline for a session; without it effects are not measured.
    """
    session = planned.session()
    trial = session.trial()
    features = measured(trial, session.choices(trial))
    effect = (math.nan, math.nan)
    if len(session.causes) == 1 and run is not None:
        effect = _effect(session, trial, run)
    return Observed(planned, session.causes, session.what, features, *effect)


def judge(seen: Observed) -> Judged:
    """Say what is wrong."""
    faults, anything, strange = faults_of(seen.features)
    chances = {fault.name: fault.probability for fault in faults}
    planned = seen.planned
    return Judged(
        planned.preset,
        planned.number,
        seen.causes,
        seen.what,
        seen.effect_deg,
        seen.effect_mm,
        chances,
        anything,
        bool(strange),
        tuple(fault.name for fault in faults if fault.likely),
    )


def _effect(
    session: Session, trial: Trial, run: Callable[[Session, Trial], Pipeline]
) -> tuple[float, float]:
    """Change of angles, deg, and of the side drop, mm, when the fault is taken away."""
    if any(cause in _TURNED for cause in session.causes):
        return math.inf, math.inf  # what the person does is all there
    whole = session.without_faults()
    found = []
    for one, filmed in ((session, trial), (whole, whole.trial())):
        result = run(one, filmed)(filmed)
        frames = deepest_frames(result.augmented)
        model, motion = result.scaling.model, result.solution.motion
        drop = figures_of(model, motion, result.augmented, frames)[0]
        found.append((motion.times, courses_of(model, motion), drop))
    (times, courses, drop), (_, others, other) = found
    n = min(len(courses), len(others))
    part = courses[:n] - others[:n]
    part[:, 1:] -= 2 * np.pi * np.round(part[:, 1:] / (2 * np.pi))
    return math.degrees(angle_change(times[:n], part)), 1e3 * abs(drop - other)


def judged_sessions(on_done: Callable[[int, int], None]) -> list[Judged]:
    """The whole plan; a fault that a movement cannot have leaves a session out."""
    from benchmarks.diagnosis.effects import pipeline_of

    found, wanted = [], plan()
    for done, planned in enumerate(wanted, start=1):
        with suppress(KinebenchError):
            found.append(judge(observe(planned, pipeline_of)))
        on_done(done, len(wanted))
    return found


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share."""
    if n == 0:
        return 0.0, 1.0
    share, z2 = hits / n, 1.96**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = 1.96 / (1 + z2 / n) * (share * (1 - share) / n + z2 / (4 * n * n)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def _share(hits: Sequence[bool]) -> str:
    low, high = wilson(sum(hits), len(hits))
    if not hits:
        return "—"
    share = 100 * sum(hits) / len(hits)
    return f"{sum(hits)} of {len(hits)}, {share:.0f} % [{100 * low:.0f}, {100 * high:.0f}]"


def page(judged: Sequence[Judged]) -> str:
    """Rates, calibration, confusion, and every session."""
    wanted = len(plan())
    told = textwrap.fill(
        f"Sessions judged: {len(judged)} of {wanted} planned, in a drawn order. {_missed(judged)}",
        100,
    )
    sections = (_rates(judged), _of_presets(judged), _calibration(judged), _confusion(judged),
                _every(judged))  # fmt: skip
    return "\n\n".join([_HEAD, told, *("\n".join(lines) for lines in sections)]) + "\n"


def _single(judged: Sequence[Judged]) -> list[Judged]:
    return [one for one in judged if len(one.causes) == 1 and one.nameable]


def _first(one: Judged) -> bool:
    return one.said == one.causes[0]


@dataclass(frozen=True, slots=True)
class _Rate:
    """How often something was so, and how often it should be."""

    title: str
    hits: Sequence[bool]
    least: float = 0.0
    most: float = 1.0

    @property
    def wanted(self) -> str:
        if self.least > 0.0:
            return f"at least {100 * self.least:.0f} % wanted"
        return f"at most {100 * self.most:.0f} % wanted" if self.most < 1.0 else ""

    @property
    def missed(self) -> bool:
        return bool(self.hits) and not self.least <= float(np.mean(self.hits)) <= self.most


_MOST_ACCUSED = 0.05


def _rates_of(judged: Sequence[Judged]) -> tuple[_Rate, ...]:
    single = _single(judged)
    matter = [one for one in single if one.matters]
    rest = [one for one in single if not one.matters]
    pairs = [one for one in judged if len(one.causes) == 2]
    hidden = [one for one in judged if len(one.causes) == 1 and not one.nameable]
    clean = [one for one in judged if not one.causes]
    quiet = [one for one in single if not one.accused]
    wrong = [bool(set(one.accused) - set(one.causes)) for one in single]
    both = [set(one.causes) <= set(one.accused) for one in pairs]
    either = [bool(set(one.causes) & set(one.accused)) for one in pairs]
    return (
        _Rate("planted cause first, where it moves angles by more than 2° or the side drop by more"
              " than 10 mm", [_first(one) for one in matter], least=0.85),
        _Rate("planted cause first, smaller effects", [_first(one) for one in rest]),
        _Rate("… of all of them, something else accused besides or instead", wrong),
        _Rate("… of all of them, 'cannot be told'", _untold(single)),
        _Rate("… of those without an accusation, 'something may be wrong'",
              [one.doubted for one in quiet]),
        _Rate("two causes: both named", both, least=0.7),
        _Rate("two causes: at least one named", either),
        _Rate("causes without a name: another one blamed",
              [bool(one.accused) for one in hidden], most=0.1),
        _Rate("causes without a name: 'cannot be told'", _untold(hidden)),
        _Rate("**clean sessions accused**", [bool(one.accused) for one in clean],
              most=_MOST_ACCUSED),
        _Rate("clean sessions of which something 'cannot be told'", _untold(clean)),
        _Rate("clean sessions of which 'something may be wrong'",
              [one.doubted for one in clean]),
    )  # fmt: skip


def _untold(judged: Sequence[Judged]) -> list[bool]:
    return [one.said == "cannot be told" for one in judged]


def _rates(judged: Sequence[Judged]) -> Iterator[str]:
    yield "| | share [95 % interval] |"
    yield "|---|---|"
    for rate in _rates_of(judged):
        wanted = f" ({rate.wanted})" if rate.wanted else ""
        yield f"| {rate.title}{wanted} | {_share(rate.hits)} |"


def _missed(judged: Sequence[Judged]) -> str:
    """Which bars the sessions miss, and what so few of a preset cannot show."""
    accused = {
        preset: [bool(one.accused) for one in judged if one.preset == preset and not one.causes]
        for preset in PRESETS
    }
    presets = [
        _Rate(f"clean sessions accused, {preset}", hits, most=_MOST_ACCUSED)
        for preset, hits in accused.items()
    ]
    bars = [rate for rate in (*_rates_of(judged), *presets) if rate.missed]
    told = "; ".join(
        f"{rate.title.strip('*')} ({_share(rate.hits)}; {rate.wanted})" for rate in bars
    )
    fewest = min(len(hits) for hits in accused.values())
    highest = wilson(0, fewest)[1]
    few = (
        f" {fewest} clean sessions of a preset cannot show that its rate is below"
        f" {100 * _MOST_ACCUSED:.0f} %: of none accused the interval still goes to"
        f" {100 * highest:.0f} %."
        if highest > _MOST_ACCUSED
        else ""
    )
    return (f"Missed: {told}." if bars else "No bar is missed.") + few


def _of_presets(judged: Sequence[Judged]) -> Iterator[str]:
    yield "## By camera preset\n"
    yield "| preset | clean accused | planted first, effect > 2° or 10 mm |"
    yield "|---|---|---|"
    for preset in PRESETS:
        here = [one for one in judged if one.preset == preset]
        clean = [bool(one.accused) for one in here if not one.causes]
        first = [_first(one) for one in _single(here) if one.matters]
        new = "" if preset in LEARNING_PRESETS else " (not learnt from)"
        yield f"| {preset}{new} | {_share(clean)} | {_share(first)} |"


def _calibration(judged: Sequence[Judged]) -> Iterator[str]:
    yield "## Are probabilities what they say?\n"
    yield "Causes of all sessions whose faults have names, by the probability that was given.\n"
    yield "| said | causes | said in the mean | true |"
    yield "|---|---|---|---|"
    known = [one for one in judged if one.nameable]
    pairs = [(chance, name in one.causes) for one in known
             for name, chance in one.probabilities.items()]  # fmt: skip
    edges = (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 1.01)
    for low, high in itertools.pairwise(edges):
        inside = [(chance, true) for chance, true in pairs if low <= chance < high]
        said = 100 * float(np.mean([chance for chance, _ in inside])) if inside else math.nan
        true = _share([true for _, true in inside])
        span = f"{100 * low:.0f} to {min(100 * high, 100):.0f} %"
        yield f"| {span} | {len(inside)} | {said:.1f} % | {true} |"


def _confusion(judged: Sequence[Judged]) -> Iterator[str]:
    yield "## Confusion\n"
    yield "Sessions with one fault, or none; columns: what was said first.\n"
    rows = [one for one in judged if len(one.causes) <= 1]
    planted = sorted({one.causes[0] for one in rows if one.causes}, key=_place)
    said = [*OWN_NAMES, "cannot be told", "nothing"]
    numbers = {name: str(n) for n, name in enumerate(said, start=1)}
    numbers |= {"cannot be told": "?", "nothing": "–"}
    yield f"| planted | n | {' | '.join(numbers[name] for name in said)} |"
    yield f"|---|---:|{'---:|' * len(said)}"
    for cause in (*planted, ""):
        group = [one for one in rows if (one.causes or ("",))[0] == cause]
        counts = Counter(one.said for one in group)
        cells = [str(counts[name]) if counts[name] else "" for name in said]
        label = f"{numbers[cause]} {cause}" if cause in numbers else cause or "(clean)"
        yield f"| {label} | {len(group)} | {' | '.join(cells)} |"


def _place(cause: str) -> tuple[bool, str]:
    return cause not in OWN_NAMES, cause


def _every(judged: Sequence[Judged]) -> Iterator[str]:
    yield "## Every session with a fault\n"
    yield "| preset | number | planted | what | angles, ° | side drop, mm | called likely wrong |"
    yield "|---|---:|---|---|---:|---:|---|"
    for one in judged:
        if not one.causes:
            continue
        chances = [f"{name} {100 * one.probabilities[name]:.0f} %" for name in one.accused]
        said = ", ".join(chances) or one.said
        effect = [f"{value:.1f}" if math.isfinite(value) else "person" if value > 0 else "—"
                  for value in (one.effect_deg, one.effect_mm)]  # fmt: skip
        yield (
            f"| {one.preset} | {one.number} | {', '.join(one.causes)} | {one.what} |"
            f" {' | '.join(effect)} | {said} |"
        )


_HEAD = f"""\
# How often `kinebench why` is right, and how often it accuses a clean session

Made by `python -m benchmarks.diagnosis --judge`. Virtual sessions of the draw "{DRAW}": people,
movements, seeds and sizes of faults that `kinebench/diagnosis/learnt.json` was not learnt from;
judged once, nothing drawn again because of a result. A cause is accused from a probability of
{100 * LIKELY:.0f} % on, or from a higher one that clean learning sessions ask for. What a fault
does is the difference to the same session without it
(exact solvers, augmenter v0.3, the same noise): of angles the RMS over pelvis and legs in the worst
fifth of a second, of the side drop the difference at the deepest points. Virtual people, and faults
that were planned together with `why`: real recordings have others. In brackets
95 % intervals (Wilson)."""
