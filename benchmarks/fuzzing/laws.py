"""What no reader may hand over without a word."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from kinebench.core import Markers, Motion, Subject
from kinebench.core.ik_tasks import IKTasks
from kinebench.events.manual import ManualEvent
from kinebench.io.sto import Table

__all__ = ["complaints"]


def complaints(value: Any) -> Iterator[str]:
    """Nonsense in what was read; every entry is one that a warning excuses."""
    for kind, law in _LAWS:
        if isinstance(value, kind):
            yield from law(value)
            return


def _markers(value: Markers) -> Iterator[str]:
    yield from _names(value.names)
    yield from _times(value.times)
    if not value.names:
        yield "no markers"
    with np.errstate(invalid="ignore"):
        if np.isinf(value.positions).any():
            yield "infinite position"
        elif (np.abs(value.positions) > 1e4).any():
            yield "position beyond 10 km"


def _motion(value: Motion) -> Iterator[str]:
    yield from _names(value.names)
    yield from _times(value.times)
    with np.errstate(invalid="ignore"):
        if (np.abs(value.values) > 1e4).any():
            yield "value beyond 1e4 rad or m"


def _table(value: Table) -> Iterator[str]:
    yield from _names(value.columns)
    yield from _times(value.times)
    if np.isinf(value.values).any():
        yield "infinite value"


def _subject(value: Subject) -> Iterator[str]:
    if not (0.3 <= value.height_m <= 2.8 and 1 <= value.mass_kg <= 700):
        yield "absurd height or mass"
    yield from _texts([value.identifier])


def _event(value: ManualEvent) -> Iterator[str]:
    yield from _texts([value.name, value.trial])
    if value.start_s < 0 or max(value.start_s, value.end_s or 0.0) > 1e6:
        yield "event at a negative time or beyond 1e6 s"


def _all(values: Iterable[Any]) -> Iterator[str]:
    for item in values:
        yield from complaints(item)


def _float(value: float) -> Iterator[str]:
    if math.isinf(value):
        yield "infinite number"


def _names(names: Iterable[str]) -> Iterator[str]:
    names = tuple(names)
    if any(count > 1 for count in Counter(names).values()):
        yield "doubled name"
    if any(not name.strip() for name in names):
        yield "empty name"
    if any(len(name) > 10_000 for name in names):
        yield "a name of more than 10,000 characters"
    yield from _texts(names)


def _texts(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
            yield "control character in a text"


def _times(times: Any) -> Iterator[str]:
    if not len(times):
        yield "no frames"
        return
    if times[0] < -60:
        yield "first time more than a minute before 0"
    if max(abs(times[0]), abs(times[-1])) > 1e7:
        yield "time beyond 1e7 s"
    if len(times) > 1:
        steps = np.diff(times)
        if steps.max() > 3600:
            yield "frame step above 1 h"
        if steps.min() < 1e-6:
            yield "frame step below 1 us"


def _tasks(tasks: IKTasks) -> Iterator[str]:
    weights = tasks.marker_weights
    yield from _names(name for name, _ in weights)
    yield from _names(task.name for task in tasks.coordinate_tasks)
    if not any(weight > 0 for _, weight in weights):
        yield "no marker with a weight"
    if any(weight > 1e12 for _, weight in weights):
        yield "weight above 1e12"
    for task in tasks.coordinate_tasks:
        if task.value is not None and not abs(task.value) < 1e4:
            yield "coordinate target beyond 1e4 or not finite"


# the first that fits: events are tuples
_LAWS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Iterator[str]]], ...] = (
    (Markers, _markers), (Motion, _motion), (Table, _table), (Subject, _subject),
    (IKTasks, _tasks), (ManualEvent, _event), ((tuple, list), _all),
    (Mapping, lambda mapping: _all(mapping.values())), (str, lambda text: _texts([text])),
    (float, _float),
)  # fmt: skip
