"""What `kinebench why` concludes: faults that are shown, then what a figure merely hangs on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.diagnosis.causes import Cause
from kinebench.diagnosis.evidence import NOTHING, Indication
from kinebench.diagnosis.figures import FIGURES, Figure
from kinebench.diagnosis.spread import ANGLE_CHANGE, N_SESSIONS, error_of, notable, spread_of
from kinebench.diagnosis.why import SOLVERS, Diagnosis

__all__ = [
    "ANGLE_CHANGE",
    "Finding",
    "angle_change",
    "drop_interval",
    "findings",
    "part_text",
    "signed",
    "verdict",
]


_SPAN_S = 0.2
_SOLVER_DOUBT = "OpenSim's tools stopped short of the optimum of their own cost"
# A figure of the legs' unrest is not one of where a side is.
_SIDE_FIGURES = tuple(figure for figure in FIGURES if figure.name != "unrest")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said of a cause.

    Parameters
    ----------
    name, now, instead : str
        As of a `Cause`; `now` and `instead` are empty for a fault that no swap undoes.
    doubt : Indication
        What the recording shows against it.
    advice : str
        What to do about it.
    figure : Figure, optional
        The one that it changes most, for its notable size; None for a fault.
    part : float
        What it changes there, SI units.
    size : float
        |part| over what is notable there.
    """

    name: str
    now: str
    instead: str
    doubt: Indication
    advice: str
    figure: Figure | None
    part: float
    size: float

    @property
    def suspect(self) -> bool:
        """Whether the recording shows it to be wrong, and a swap, if there is one, matters."""
        return bool(self.doubt) and (self.figure is None or self.size >= 1.0)


def findings(diagnosis: Diagnosis) -> tuple[Finding, ...]:
    """Suspects first, the strongest evidence first; then what figures hang on, by size."""
    found = [
        _solvers(diagnosis),
        *(_finding(diagnosis, cause) for cause in diagnosis.causes),
        *(
            Finding(fault.name, "", "", fault.shown, fault.advice, None, math.nan, 0.0)
            for fault in diagnosis.faults
        ),
    ]
    return tuple(sorted(found, key=_order))


def _order(one: Finding) -> tuple[bool, float]:
    return not one.suspect, -(one.doubt.strength if one.suspect else one.size)


def _finding(diagnosis: Diagnosis, cause: Cause) -> Finding:
    figure, part, size = _largest(diagnosis, cause.name, (*FIGURES, ANGLE_CHANGE))
    words = cause.name, cause.now, cause.instead, cause.doubt, cause.advice
    return Finding(*words, figure, part, size)


def _solvers(diagnosis: Diagnosis) -> Finding:
    """A sensitivity like others, unless it moves a side figure by more than its noise."""
    figure, part, size = _largest(diagnosis, SOLVERS, _SIDE_FIGURES)
    doubt = Indication(_SOLVER_DOUBT, size) if size >= 1.0 else NOTHING
    if not doubt:
        figure, part, size = _largest(diagnosis, SOLVERS, (*FIGURES, ANGLE_CHANGE))
    words = SOLVERS, "OpenSim's scaling and inverse kinematics", "solved to the optimum"
    return Finding(*words, doubt, "use the exact solvers (--engine fast)", figure, part, size)


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
    return float(np.sqrt(max(0.0, ((sums[n:] - sums[:-n]) / n).max())))


def verdict(diagnosis: Diagnosis) -> tuple[str, ...]:
    """What is wrong and what to do about it, what is seen, and how far it can be taken."""
    found = findings(diagnosis)
    return _answer(diagnosis, found), _seen(diagnosis), _own_bias(diagnosis)


def _answer(diagnosis: Diagnosis, found: tuple[Finding, ...]) -> str:
    suspects = [one for one in found if one.suspect]
    if suspects:
        first, *others = suspects
        more = f" Also: {', '.join(one.name for one in others)}." if others else ""
        return f"Most likely wrong: {first.name} ({first.doubt.text}). To do: {first.advice}.{more}"
    if _beyond_noise(diagnosis):
        return (
            "The cause cannot be told from this recording: the side drop is larger than noise"
            " explains, and no check and no swap shows a fault; it may be the person. To do:"
            " record again, with the cameras elsewhere."
        )
    return "No fault is shown by this recording. To do: nothing; see below what cannot be told."


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
        sure = "no interval: noise is known at the deepest points, with augmenter v0.3"
    else:
        low, high = (signed(limit, FIGURES[0]) for limit in interval)
        sure = f"95 % interval of the true drop {low} to {high}"
        if not _beyond_noise(diagnosis):
            sure += ", so that it cannot be told from 0"
    return (
        f"{diagnosis.trial}: {where} the {side} hip is {abs(drop_mm):.1f} mm below"
        f" the other (right − left {signed(diagnosis.as_is[0], FIGURES[0])}; {sure})."
    )


def _own_bias(diagnosis: Diagnosis) -> str:
    """What augmenter and noise do at depth where nothing is wrong."""
    error = error_of(FIGURES[0], "v0.3")
    assert error is not None
    swap = spread_of("augmenter version", FIGURES[0])
    assert swap is not None
    return (
        f"In {N_SESSIONS} clean virtual sessions of two phones the printed drop at depth was wrong"
        f" by {signed(error.mean, FIGURES[0])} in the mean, SD {error.sd * 1e3:.1f} mm, with"
        f" augmenter v0.3; v0.2 in its place adds {signed(swap.mean, FIGURES[0])} there, where"
        " nothing is wrong: the augmenter's own left and right."
    )


def part_text(name: str, value: float, figure: Figure) -> str:
    """A cause's part with the noise of such a part, or without interval where it is not known."""
    if not math.isfinite(value):
        return "—"
    spread = spread_of(name, figure)
    if spread is None:
        return f"{signed(value, figure)} (no interval)"
    width = signed(spread.half_width, figure).lstrip("+")
    number = signed(value, figure)
    return f"{number} ± {width}"


def signed(value: float, figure: Figure) -> str:
    """A value with sign and unit."""
    unit, scale = {"m": (" mm", 1e3), "rad": ("°", 180 / math.pi), "1": (" %", 100.0)}[figure.unit]
    return f"{value * scale:+.1f}{unit}".replace("-", "−")
