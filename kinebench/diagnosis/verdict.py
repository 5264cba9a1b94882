"""What `kinebench why` concludes: faults that are shown, then what a figure merely hangs on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.diagnosis.faults import LIKELY, Fault
from kinebench.diagnosis.figures import FIGURES, Figure
from kinebench.diagnosis.spread import ANGLE_CHANGE as ANGLE_CHANGE
from kinebench.diagnosis.spread import error_of, notable, spread_of
from kinebench.diagnosis.suspicion import learnt
from kinebench.diagnosis.swaps import Cause
from kinebench.diagnosis.why import SOLVERS, Diagnosis
from kinebench.errors import listed

_SPAN_S = 0.2
_SOLVER_SHOWN = "OpenSim's tools stopped short of the optimum of their own cost"
_SOLVER_ADVICE = "solve to the optimum (--engine fast)"
# A figure of the legs' jitter is not one of where a side is.
_SIDE_FIGURES = tuple(figure for figure in FIGURES if figure.name != "jitter")
# Less likely causes are listed as possible, or not at all.
_POSSIBLE = 0.15
_CANDIDATE = 0.1
# Of the sessions that probabilities refer to, seven in ten have a fault: no news.
WRONG_SOMEHOW = 0.85
"""From this probability on, that anything is wrong is said even where no cause is named."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said of a cause.

    Parameters
    ----------
    name : str
    probability : float
        That it is wrong; NaN for a choice that nothing is known against.
    shown : str
        What speaks for that, in words with numbers.
    advice : str
        What to do about it.
    swap : str
        Name of the swap that does without it, in `Diagnosis.parts`; empty for none.
    now, instead : str
        As of a `Cause`.
    figure : Figure, optional
        The one that the swap changes most, for its notable size; None without swap.
    part : float
        What it changes there, SI units.
    size : float
        |part| over what is notable there.
    suspect : bool
        Whether it is called likely wrong.
    run_advice : bool
        Whether it is a setting of the run that could be better and does not move the drop by what
        is notable: advice, and no fault of the recording.
    """

    name: str
    probability: float
    shown: str
    advice: str
    swap: str = ""
    now: str = ""
    instead: str = ""
    figure: Figure | None = None
    part: float = math.nan
    size: float = math.nan
    suspect: bool = False
    run_advice: bool = False

    @property
    def weight(self) -> float:
        """What suspects are ranked by: probability times size, which counts from a half to one.

        What was measured, and not learnt, has no probability, and comes after what has one.
        """
        if math.isnan(self.probability):
            return 0.5 * LIKELY
        size = 1.0 if math.isnan(self.size) else min(max(self.size, 0.5), 1.0)
        return self.probability * size


def findings(diagnosis: Diagnosis) -> tuple[Finding, ...]:
    """Suspects first, by probability and size; then what is possible; then sensitivities."""
    swaps = {cause.name: cause for cause in diagnosis.causes}
    found = [_solvers(diagnosis)]
    for fault in diagnosis.faults:
        likely = fault.likely and not diagnosis.strange
        if fault.measured and (likely or fault.probability >= _POSSIBLE):
            words = fault.words
            plain = Finding(fault.title, fault.probability, fault.shown, words.advice)
            apart = words.run_setting and not _moves_drop(diagnosis, words.swap)
            told = replace(plain, suspect=likely and not apart, run_advice=likely and apart)
            cause = swaps.pop(words.swap, None)
            found.append(told if cause is None else _with_swap(diagnosis, told, cause))
    for cause in swaps.values():
        found.append(_with_swap(diagnosis, Finding(cause.name, math.nan, "", ""), cause))
    return tuple(sorted(found, key=_order))


def _order(one: Finding) -> tuple[int, float]:
    if one.suspect:
        return 0, -one.weight
    if math.isnan(one.probability):
        return 3, -one.size
    return 1 if one.run_advice else 2, -one.probability


def _moves_drop(diagnosis: Diagnosis, swap: str) -> bool:
    if swap not in diagnosis.parts:
        return False
    part = abs(float(diagnosis.parts[swap][0]))
    return part >= notable(swap, FIGURES[0])


def _with_swap(diagnosis: Diagnosis, finding: Finding, cause: Cause) -> Finding:
    figure, part, size = _largest(diagnosis, cause.name, (*FIGURES, ANGLE_CHANGE))
    return replace(
        finding,
        swap=cause.name,
        now=cause.now,
        instead=cause.instead,
        figure=figure,
        part=part,
        size=size,
    )


def _solvers(diagnosis: Diagnosis) -> Finding:
    """A sensitivity like others, unless it moves a side figure by more than its noise."""
    figure, part, size = _largest(diagnosis, SOLVERS, _SIDE_FIGURES)
    suspect = size >= 1.0
    if not suspect:
        figure, part, size = _largest(diagnosis, SOLVERS, (*FIGURES, ANGLE_CHANGE))
    return Finding(
        SOLVERS,
        math.nan,
        _SOLVER_SHOWN if suspect else "",
        _SOLVER_ADVICE,
        SOLVERS,
        "OpenSim's scaling and inverse kinematics",
        "solved to the optimum",
        figure,
        part,
        size,
        suspect,
    )


def _largest(
    diagnosis: Diagnosis, name: str, figures: Sequence[Figure]
) -> tuple[Figure, float, float]:
    """The figure that a cause changes most for what is notable, the change, and its size."""
    parts = {
        figure.name: float(value)
        for figure, value in zip(FIGURES, diagnosis.parts[name], strict=True)
    }
    parts[ANGLE_CHANGE.name] = angle_change(diagnosis.times, diagnosis.course_parts[name])
    sizes = [
        float(np.nan_to_num(abs(parts[figure.name]))) / notable(name, figure) for figure in figures
    ]
    worst = int(np.argmax(sizes))
    return figures[worst], parts[figures[worst].name], sizes[worst]


def angle_change(times: FloatArray, course_part: FloatArray) -> float:
    """RMS of the angles' part (n_frames, n_courses) over its worst fifth of a second, rad."""
    angles = course_part[:, 1:]
    angles = angles[:, np.isfinite(angles).all(axis=0)]
    if angles.size == 0:
        return 0.0
    squares = (angles**2).mean(axis=1)
    n = len(squares)
    if n > 1:
        n = min(n, max(1, round(_SPAN_S * (n - 1) / (times[-1] - times[0]))))
    sums = np.concatenate([[0.0], np.cumsum(squares)])
    return float(np.sqrt(((sums[n:] - sums[:-n]) / n).max()))


def verdict(diagnosis: Diagnosis) -> tuple[str, ...]:
    """What is wrong and what to do about it, what is seen, and how far it can be taken.

    The last is known where the augmenter runs that it was measured with.
    """
    found = findings(diagnosis)
    after = () if diagnosis.unjudged else _after(diagnosis)
    lead = (_answer(diagnosis, found), *_run_advice(found), *after, *_depends(diagnosis, found))
    bias = (_own_bias(),) if diagnosis.augmenter == "v0.3" else ()
    return " ".join(lead), _seen(diagnosis), *bias


def _after(diagnosis: Diagnosis) -> tuple[str, ...]:
    if not diagnosis.corrections:
        return ()
    named = listed(diagnosis.corrections, 4)
    return (
        f"The recording is judged after its corrections: {named}; they hide what they correct.",
    )


def _run_advice(found: tuple[Finding, ...]) -> tuple[str, ...]:
    advice = [
        f"{one.advice} ({one.name}, {percent(one.probability)}: {one.shown.split('; ')[0]})"
        for one in found
        if one.run_advice
    ]
    return (f"Advice on the run: {'; '.join(advice)}.",) if advice else ()


def _depends(diagnosis: Diagnosis, found: tuple[Finding, ...]) -> tuple[str, ...]:
    """Which swap moves the side drop most, and whether it does so in clean sessions too."""
    drop = FIGURES[0]
    swaps = [one for one in found if one.swap]
    sizes = [float(np.nan_to_num(abs(diagnosis.parts[one.swap][0]))) for one in swaps]
    if not sizes or max(sizes) < drop.notable or not math.isfinite(diagnosis.as_is[0]):
        return ()
    most = swaps[int(np.argmax(sizes))]
    part = float(diagnosis.parts[most.swap][0])
    spread = spread_of(most.swap, drop, diagnosis.augmenter)
    if spread is None:
        usual = "and how much it usually does was not measured"
    else:
        low, high = (signed(spread.mean + s * spread.half_width, drop) for s in (-1, 1))
        inside = abs(part - spread.mean) <= spread.half_width
        usual = (
            f"which is {'ordinary' if inside else 'unusual'}: in 95 % of clean sessions it is"
            f" {low} to {high}"
        )
    return (
        f"The drop of {abs(diagnosis.as_is[0]) * 1e3:.1f} mm depends most on: {most.name}"
        f" ({most.now} → {most.instead}: {signed(part, drop)}), {usual}.",
    )


def _answer(diagnosis: Diagnosis, found: tuple[Finding, ...]) -> str:
    if diagnosis.unjudged:
        return (
            f"Not judged: {diagnosis.unjudged}. The measured drop and what swaps change of it hold."
        )
    suspects = [one for one in found if one.suspect]
    if suspects:
        first, *others = suspects
        more = f" Also: {listed([one.name for one in others], 4)}." if others else ""
        shown = first.shown.split("; ")[0]
        return (
            f"Most likely wrong{_bracketed(first.probability)}: {first.name}: {shown}. To do:"
            f" {first.advice}.{more}"
        )
    if diagnosis.strange:
        return (
            "What is wrong cannot be told from this recording: it is unlike the squats, rises and"
            " jumps of two feet that causes were learnt on"
            f" ({listed(diagnosis.strange, 3)}). To do: read the figures below without a verdict."
        )
    if diagnosis.anything >= WRONG_SOMEHOW:
        return _undecided(diagnosis)
    if _beyond_noise(diagnosis):
        return (
            "The cause cannot be told from this recording: the side drop is larger than noise"
            " explains, and no check and no swap shows a fault; it may be the person. To do:"
            " record again, with the cameras elsewhere."
        )
    before = 1.0 - learnt().clean_share
    if diagnosis.anything >= before:
        return _perhaps(diagnosis, percent(before))
    about = " about the recording" if any(one.run_advice for one in found) else ""
    return (
        "No fault is shown by this recording, which makes one less likely:"
        f" {percent(diagnosis.anything)}, where {percent(before)} of the sessions learnt from had"
        f" one. To do: nothing{about}; see below what cannot be told."
    )


def _candidates(diagnosis: Diagnosis) -> list[Fault]:
    """The likeliest causes that are not named as wrong."""
    return [
        one
        for one in diagnosis.faults
        if one.measured and not one.words.run_setting and one.probability >= _CANDIDATE
    ]


def _perhaps(diagnosis: Diagnosis, before: str) -> str:
    """Where the recording makes a fault no less likely than it is before one looks."""
    start = (
        f"Something may be wrong ({percent(diagnosis.anything)}; of the sessions learnt from"
        f" {before} had a fault), but no single cause stands out"
    )
    for one in _candidates(diagnosis)[:1]:
        return (
            f"{start} (most likely: {one.title}, {percent(one.probability)}). To tell:"
            f" {one.words.apart}."
        )
    return f"{start}. To tell: record again, with the cameras elsewhere, and compare."


def _undecided(diagnosis: Diagnosis) -> str:
    """The likeliest causes of what cannot be told, and what would tell."""
    start = f"Something is likely wrong{_bracketed(diagnosis.anything)}, and what cannot be told"
    candidates = _candidates(diagnosis)[:2]
    if not candidates:
        return (
            f"{start} from this recording: none of the causes that kinebench knows stands out. To"
            " do: record again, with the cameras elsewhere."
        )
    names = " or ".join(f"{one.title}{_bracketed(one.probability)}" for one in candidates)
    apart = list(dict.fromkeys(one.words.apart for one in candidates))
    return f"{start} from this recording: {names}. To tell: {'; '.join(apart)}."


def percent(probability: float) -> str:
    """A probability in words: never 0 or 100 %, which nothing is."""
    share = round(100 * probability)
    if share < 1:
        return "<1 %"
    return f"{share} %" if share < 100 else ">99 %"


def _bracketed(probability: float) -> str:
    return "" if math.isnan(probability) else f" ({percent(probability)})"


def _beyond_noise(diagnosis: Diagnosis) -> bool:
    interval = drop_interval(diagnosis)
    return interval is not None and not interval[0] <= 0.0 <= interval[1]


def drop_interval(diagnosis: Diagnosis) -> tuple[float, float] | None:
    """95 % interval of the true side drop, m: as wrong as in clean sessions; None where unknown."""
    error = error_of(FIGURES[0], diagnosis.augmenter) if diagnosis.deep_spans_s else None
    if error is None or not math.isfinite(diagnosis.as_is[0]):
        return None
    middle = float(diagnosis.as_is[0]) - error.mean
    return middle - error.half_width, middle + error.half_width


def _seen(diagnosis: Diagnosis) -> str:
    drop_mm = diagnosis.as_is[0] * 1e3
    if not math.isfinite(drop_mm):
        return f"{diagnosis.trial}: the model has no hip joint centres to compare."
    side = "right" if drop_mm < 0 else "left"
    where = "at the deepest points" if diagnosis.deep_spans_s else "over the whole trial"
    interval = drop_interval(diagnosis)
    if interval is None:
        sure = f"no interval: {_no_interval(diagnosis)}"
    else:
        low, high = (signed(limit, FIGURES[0]) for limit in interval)
        sure = f"95 % interval of the true drop {low} to {high}"
        if not _beyond_noise(diagnosis):
            sure += ", so that it cannot be told from 0"
    return (
        f"{diagnosis.trial}: {where} the {side} hip is {abs(drop_mm):.1f} mm below"
        f" the other (right − left {signed(diagnosis.as_is[0], FIGURES[0])}; {sure})."
    )


def _no_interval(diagnosis: Diagnosis) -> str:
    if not diagnosis.augmenter:
        return "noise was not measured for such markers"
    if diagnosis.augmenter != "v0.3":
        return f"noise was not measured with augmenter {diagnosis.augmenter}"
    return "noise was measured at the deepest points alone"


def _own_bias() -> str:
    """What augmenter and noise do at depth where nothing is wrong."""
    error = error_of(FIGURES[0], "v0.3")
    assert error is not None
    swap = spread_of("augmenter version", FIGURES[0])
    assert swap is not None
    return (
        f"In {error.n} clean virtual sessions under all sorts of cameras the printed drop at depth"
        f" was wrong by {signed(error.mean, FIGURES[0])} in the mean, SD"
        f" {error.sd * 1e3:.1f} mm, with augmenter v0.3; v0.2 in its place adds"
        f" {signed(swap.mean, FIGURES[0])} there, where nothing is wrong: the"
        " augmenter's own left and right. Real recordings vary more."
    )


def part_text(name: str, value: float, figure: Figure, augmenter: str = "v0.3") -> str:
    """A cause's part with the noise of such a part, or without interval where it is not known."""
    if not math.isfinite(value):
        return "—"
    spread = spread_of(name, figure, augmenter)
    if spread is None:
        return f"{signed(value, figure)} (no interval)"
    width = signed(spread.half_width, figure).lstrip("+")
    number = signed(value, figure)
    return f"{number} ± {width}"


def signed(value: float, figure: Figure) -> str:
    """A value with sign and unit."""
    unit, scale = {"m": (" mm", 1e3), "rad": ("°", 180 / math.pi), "1": (" %", 100.0)}[figure.unit]
    return f"{value * scale:+.1f}{unit}".replace("-", "−")
