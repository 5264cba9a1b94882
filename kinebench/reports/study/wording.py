"""Numbers in sentences, all from the results."""

from __future__ import annotations

import math

from kinebench.reports.units import digits_of, readable, readable_interval, readable_unit
from kinebench.statistics import Contrast, Interval
from kinebench.studies.analysis.scores import Measure


def with_unit(value: float, unit: str = "rad", digits: int = 2) -> str:
    """``1.23°``, ``4.5 mm``."""
    shown = readable_unit(unit)
    space = "" if shown in ("°", "") else " "
    return f"{readable(value, unit, digits)}{space}{shown}"


def signed(value: float, unit: str = "rad", digits: int = 2) -> str:
    """With a plus where it is above zero."""
    text = with_unit(value, unit, digits)
    return f"+{text}" if 0 < value < math.inf else text


def signed_estimate(value: float, interval: Interval, unit: str = "rad", digits: int = 2) -> str:
    """``+1.23° [0.90, 1.55]``; the value alone without an interval."""
    return f"{signed(value, unit, digits)} {readable_interval(interval, unit, digits)}".strip()


def change_in_words(contrast: Contrast, unit: str = "rad", equivalent: bool = False) -> str:
    """``+1.23° [0.90, 1.55]``, and the p-value where chance could have made it.

    A change that is shown to be too small to matter is called equivalent, whether or not chance
    could have made it.
    """
    told = signed_estimate(contrast.mean, contrast.interval, unit, digits_of(unit))
    if not math.isfinite(contrast.interval.low):
        return f"{told} (one subject, no interval)"
    if equivalent:
        return f"{told} (equivalent)"
    if contrast.p_adjusted < 0.05:
        return told
    return f"{told} (n.s., adjusted p = {contrast.p_adjusted:.2g})"


def of_what(measure: Measure) -> str:
    """``mean error (RMSE of legs, pelvis and trunk)``: what the numbers of a report are."""
    where = "legs, pelvis and trunk"
    if measure.higher_is_better:
        return f"{measure.noun} of {where}"
    return f"{measure.noun} ({measure.label} of {where})"


def counted(n: int, noun: str) -> str:
    """``1 subject``, ``3 subjects``."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def joined(items: list[str]) -> str:
    """``a, b and c``."""
    *before, last = items or [""]
    return f"{', '.join(before)} and {last}" if before else last
