"""What differs between two baselines, in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kinebench.baselines.baseline import Baseline, Course
from kinebench.baselines.judging import changes_of_origin, difference
from kinebench.reports.units import readable, readable_unit

_SAME = 1e-6  # rad, m and s: below the last digit that a baseline's text holds


def differences(before: Baseline, after: Baseline) -> list[str]:
    """Lines, the largest changes of courses and figures first, then what else differs."""
    sized = sorted(_sized(before, after), key=lambda pair: -pair[0])
    return [*(line for _, line in sized), *_others(before, after)]


def _sized(before: Baseline, after: Baseline) -> Iterator[tuple[float, str]]:
    for key in dict.fromkeys([*before.figures, *after.figures]):
        one, other = before.figures.get(key), after.figures.get(key)
        if one is None or other is None:
            yield np.inf, f"{key}: {'new' if one is None else 'gone'}"
        elif one.unit != other.unit or abs(one.value - other.value) > _SAME:
            values = f"{_shown(one.value, one.unit)} → {_shown(other.value, other.unit)}"
            yield abs(one.value - other.value), f"{key}: {values}"
    for place in dict.fromkeys([*before.courses, *after.courses]):
        name = " / ".join(place)
        then, now = before.courses.get(place), after.courses.get(place)
        if then is None or now is None:
            yield np.inf, f"{name}: course {'new' if then is None else 'gone'}"
        else:
            yield from _course(name, then, now)


def _course(name: str, then: Course, now: Course) -> Iterator[tuple[float, str]]:
    if len(then.times) != len(now.times) or np.abs(then.times - now.times).max() > _SAME:
        yield np.inf, f"{name}: the course has other times"
        return
    change = difference(then, now.values)
    gaps = int((np.isnan(then.values) != np.isnan(now.values)).sum())
    if gaps:
        yield np.inf, f"{name}: {gaps} moments have a value in one of the two alone"
    known = np.nan_to_num(change)
    peak = int(np.abs(known).argmax())
    if abs(known[peak]) > _SAME:
        size = _shown(float(known[peak]), then.unit)
        yield abs(float(known[peak])), f"{name}: course by up to {size}, at {then.times[peak]:g} s"


def _others(before: Baseline, after: Baseline) -> Iterator[str]:
    for name in dict.fromkeys([*before.tolerances, *after.tolerances]):
        one, other = before.tolerances.get(name), after.tolerances.get(name)
        if one is None or other is None:
            yield f"tolerance {name}: {'new' if one is None else 'gone'}"
        elif (one.kind, one.unit, one.reason) != (other.kind, other.unit, other.reason) or abs(
            one.limit - other.limit
        ) > _SAME:
            limits = f"{_shown(one.limit, one.unit)} → {_shown(other.limit, other.unit)}"
            yield f"tolerance {name}: {limits} ({other.kind}: {other.reason})"
    for what, then, now in changes_of_origin(before.origin, after.origin):
        yield f"{what}: {then} → {now}"
    if before.k != after.k:
        yield f"k: {before.k:g} → {after.k:g}"


def _shown(value: float, unit: str) -> str:
    return f"{readable(value, unit, 3)} {readable_unit(unit)}".strip()
