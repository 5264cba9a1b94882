"""What `kinebench why` concludes: likely faults first, then what a figure merely hangs on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.diagnosis.figures import FIGURES, Figure
from kinebench.diagnosis.why import SOLVERS, Diagnosis

__all__ = ["ANGLE_CHANGE", "Finding", "findings", "verdict"]

ANGLE_CHANGE = Figure(
    "angle_change",
    "rad",
    "RMS change of the angles of pelvis and legs, over the fifth of a second where it is most",
    math.radians(1.0),
)
"""What a cause does to the angles over time, wherever that is; never negative."""

_SPAN_S = 0.2
_SOLVER_DOUBT = "OpenSim's tools stopped short of the optimum of their own cost"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said of a cause.

    Parameters
    ----------
    name, now, instead, doubt : str
        As of a `Cause`.
    figure : Figure
        The one that it changes most, for its notable size.
    part : float
        What it changes there, SI units.
    size : float
        |part| over the figure's notable size.
    """

    name: str
    now: str
    instead: str
    doubt: str
    figure: Figure
    part: float
    size: float

    @property
    def suspect(self) -> bool:
        """Whether it changes a figure notably, and something speaks against it."""
        return bool(self.doubt) and self.size >= 1.0


def findings(diagnosis: Diagnosis) -> tuple[Finding, ...]:
    """One per cause: suspects first, each group by size."""
    found = [
        _finding(
            diagnosis,
            (SOLVERS, "OpenSim's scaling and inverse kinematics", "solved to the optimum"),
            _SOLVER_DOUBT,
        ),
        *(
            _finding(diagnosis, (cause.name, cause.now, cause.instead), cause.doubt)
            for cause in diagnosis.causes
        ),
    ]
    return tuple(sorted(found, key=lambda one: (not one.suspect, -one.size)))


def _finding(diagnosis: Diagnosis, words: tuple[str, str, str], doubt: str) -> Finding:
    name = words[0]
    change = angle_change(diagnosis.times, diagnosis.course_parts[name])
    figures = (*FIGURES, ANGLE_CHANGE)
    parts = np.append(diagnosis.parts[name], change)
    sizes = np.nan_to_num(np.abs(parts) / [figure.notable for figure in figures])
    worst = int(np.argmax(sizes))
    return Finding(*words, doubt, figures[worst], float(parts[worst]), float(sizes[worst]))


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


def verdict(diagnosis: Diagnosis) -> tuple[str, str]:
    """Two sentences with numbers: what is seen, and what probably makes it."""
    return _seen(diagnosis), _made_by(diagnosis, findings(diagnosis))


def _seen(diagnosis: Diagnosis) -> str:
    drop_mm = diagnosis.as_is[0] * 1e3
    if not math.isfinite(drop_mm):
        return f"{diagnosis.trial}: the model has no hip joint centres to compare."
    side = "right" if drop_mm < 0 else "left"
    after = f", {_signed(diagnosis.swapped[0], FIGURES[0])} with everything swapped"
    where = "at the deepest points" if diagnosis.deep_spans_s else "over the whole trial"
    return (
        f"{diagnosis.trial}: {where} the {side} hip is {abs(drop_mm):.1f} mm below"
        f" the other (right − left {_signed(diagnosis.as_is[0], FIGURES[0])}{after})."
    )


def _made_by(diagnosis: Diagnosis, found: tuple[Finding, ...]) -> str:
    suspects = [one for one in found if one.suspect]
    if suspects:
        first, *others = suspects
        more = f" Then: {', '.join(one.name for one in others)}." if others else ""
        return (
            f"Most doubtful: {first.name} ({first.doubt}); {first.instead} instead of"
            f" {first.now} changes {_changes(diagnosis, first)}.{more}"
        )
    largest = max(found, key=lambda one: one.size)
    if largest.size < 1.0:
        return "Nothing stands out: no cause that was tried changes a figure notably."
    return (
        "Nothing stands out: the recording speaks against none of the choices that matter; the"
        f" {largest.name} matters most ({largest.instead} instead of {largest.now} changes"
        f" {_changes(diagnosis, largest)})."
    )


def _changes(diagnosis: Diagnosis, finding: Finding) -> str:
    """The side drop, and the figure that changes most."""
    drop = diagnosis.parts[finding.name][0]
    told = [f"the side drop by {_signed(drop, FIGURES[0])}"] if np.isfinite(drop) else []
    if finding.figure is ANGLE_CHANGE:
        told.append(f"the angles by {math.degrees(finding.part):.1f}° where it is most")
    elif finding.figure is not FIGURES[0]:
        name = finding.figure.name.replace("_", " ")
        told.append(f"the {name} by {_signed(finding.part, finding.figure)}")
    return " and ".join(told)


def _signed(value: float, figure: Figure) -> str:
    unit, scale = {"m": (" mm", 1e3), "rad": ("°", 180 / math.pi), "1": (" %", 100.0)}[figure.unit]
    return f"{value * scale:+.1f}{unit}".replace("-", "−")
