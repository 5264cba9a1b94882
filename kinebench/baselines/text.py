"""Baselines as TOML that git shows line by line: one figure, or one course, a line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from kinebench.baselines.baseline import Baseline, Course, Expected, Key, Origin, Tolerance
from kinebench.errors import FileFormatError
from kinebench.io.documents import (
    Table,
    parse_toml,
    read_text,
    require_keys,
    table_of,
    value_of,
)

_FORMAT = 1

_NAN = "missing"
_HEAD = ("format", "gate", "date", "accepted_by", "reason", "repeats", "k", "command", "seed",
         "machine")  # fmt: skip
_TABLES = ("versions", "parameters", "inputs", "tolerances", "figures", "courses")

# SI unit -> (unit in the file, factor, decimals): what is written is far finer than any tolerance
_UNITS = {
    "rad": ("deg", 180 / math.pi, 4),
    "m": ("mm", 1e3, 4),
    "s": ("s", 1.0, 4),
    "1": ("1", 1.0, 4),
}
_SI = {shown: (unit, 1 / factor) for unit, (shown, factor, _) in _UNITS.items()}


def baseline_text(baseline: Baseline) -> str:
    """The document; `parse_baseline` reads it back, rounded to 0.0001° and 0.0001 mm."""
    return "\n".join([*_head(baseline), *_tolerances(baseline), *_rows(baseline), ""])


def read_baseline(path: Path) -> Baseline:
    """The baseline of a file.

    Raises
    ------
    FileFormatError, NameNotFoundError, ValueRangeError
        Naming the table and the key.
    """
    return parse_baseline(read_text(path), path.name)


def parse_baseline(content: str, where: str) -> Baseline:
    """The baseline of a document that errors call `where`."""
    document = parse_toml(content, where)
    if document.get("format") != _FORMAT:
        raise FileFormatError(
            f"{where} must have format = {_FORMAT}, found {document.get('format')!r}"
        )
    require_keys(document, (*_HEAD, *_TABLES), where, _HEAD)
    read = {key: value_of(document, key, str, where) for key in _HEAD[1:5]}
    plain = {name: _texts(document, name, where) for name in ("versions", "parameters", "inputs")}
    origin = Origin(
        value_of(document, "command", str, where),
        value_of(document, "seed", int, where),
        machine=value_of(document, "machine", str, where),
        **plain,
    )
    tolerances = table_of(document, "tolerances", where)
    return Baseline(
        read["gate"],
        origin,
        read["date"],
        read["accepted_by"],
        read["reason"],
        value_of(document, "repeats", int, where),
        {name: _read_tolerance(tolerances, name) for name in tolerances},
        dict(_read_figures(table_of(document, "figures", where))),
        dict(_read_courses(table_of(document, "courses", where))),
        value_of(document, "k", float, where),
    )


def _head(baseline: Baseline) -> Iterator[str]:
    origin = baseline.origin
    yield "# A baseline of kinebench: changed by `kinebench baseline accept`, not by hand;"
    yield "# tolerances and their reasons may be edited, and are kept when it is accepted anew."
    values = (_FORMAT, baseline.gate, baseline.date, baseline.accepted_by, baseline.reason,
              baseline.repeats, baseline.k, origin.command, origin.seed,
              origin.machine)  # fmt: skip
    for key, value in zip(_HEAD, values, strict=True):
        yield f"{key} = {_toml(value)}"
    for name in ("versions", "parameters", "inputs"):
        yield f"\n[{name}]"
        yield from (f"{_toml(k)} = {_toml(v)}" for k, v in sorted(getattr(origin, name).items()))


def _tolerances(baseline: Baseline) -> Iterator[str]:
    yield "\n[tolerances]"
    for name, tolerance in baseline.tolerances.items():
        unit, limit = _shown(tolerance.limit, tolerance.unit)
        yield (
            f"{_toml(name)} = {{ limit = {limit}, unit = {_toml(unit)},"
            f" kind = {_toml(tolerance.kind)}, reason = {_toml(tolerance.reason)} }}"
        )


def _rows(baseline: Baseline) -> Iterator[str]:
    for trial, keys in groupby(baseline.figures, lambda key: key.trial):
        yield f"\n[figures.{_toml(trial)}]"
        for key in keys:
            figure = baseline.figures[key]
            unit, value = _shown(figure.value, figure.unit)
            yield (
                f"{_toml(f'{key.item} {key.quantity}')} = {{ value = {value},"
                f" unit = {_toml(unit)}, spread = {_shown(figure.spread, figure.unit)[1]},"
                f" tolerance = {_toml(figure.tolerance)} }}"
            )
    for trial, places in groupby(baseline.courses, lambda place: place[0]):
        courses = {item: baseline.courses[trial, item] for _, item in places}
        times = next(iter(courses.values())).times.tolist()
        yield f"\n[courses.{_toml(trial)}]"
        yield f"times = [{', '.join(f'{time:.7g}' for time in times)}]"
        yield f"\n[courses.{_toml(trial)}.coordinates]"
        yield from (_course_row(item, course) for item, course in courses.items())


def _course_row(item: str, course: Course) -> str:
    unit, spread = _shown(course.spread, course.unit)
    values = ", ".join(_shown(value, course.unit)[1] for value in course.values.tolist())
    return (
        f"{_toml(item)} = {{ unit = {_toml(unit)}, spread = {spread},"
        f" largest = {_toml(course.largest)}, rms = {_toml(course.rms)},"
        f" values = [{values}] }}"
    )


def _toml(value: Any) -> str:
    # JSON's texts and numbers are TOML's too
    return json.dumps(value, ensure_ascii=False)


def _shown(value: float, unit: str) -> tuple[str, str]:
    shown, factor, decimals = _UNITS[unit]
    if math.isnan(value):
        return shown, _toml(_NAN)
    text = f"{value * factor:.{decimals}f}".rstrip("0")
    text = text + "0" if text.endswith(".") else text
    return shown, "0.0" if float(text) == 0 else text


def _si(table: Table, key: str, where: str) -> tuple[float, str]:
    shown = value_of(table, "unit", str, where)
    if shown not in _SI:
        raise FileFormatError(f"{where}: unit must be one of {', '.join(_SI)}, found {shown!r}")
    unit, factor = _SI[shown]
    return value_of(table, key, float, where) * factor, unit


def _texts(document: Table, name: str, where: str) -> Mapping[str, str]:
    table = table_of(document, name, where)
    return {key: value_of(table, key, str, f"[{name}]") for key in table}


def _read_tolerance(tolerances: Table, name: str) -> Tolerance:
    where = f"tolerance '{name}'"
    table = table_of(tolerances, name, "[tolerances]")
    keys = [field.name for field in fields(Tolerance)]
    require_keys(table, keys, where, keys)
    limit, unit = _si(table, "limit", where)
    kind = value_of(table, "kind", str, where)
    return Tolerance(limit, unit, kind, value_of(table, "reason", str, where))


def _read_figures(trials: Table) -> Iterator[tuple[Key, Expected]]:
    keys = ("value", "unit", "spread", "tolerance")
    for trial in trials:
        figures = table_of(trials, trial, "[figures]")
        for name in figures:
            where = f"figure '{trial} / {name}'"
            table = table_of(figures, name, where)
            require_keys(table, keys, where, keys)
            item, space, quantity = name.rpartition(" ")
            if not space:
                raise FileFormatError(f"{where} must be named by an item and a quantity")
            value, unit = _si(table, "value", where)
            spread, _ = _si(table, "spread", where)
            yield (
                Key(trial, item, quantity),
                Expected(value, spread, unit, value_of(table, "tolerance", str, where)),
            )


def _read_courses(trials: Table) -> Iterator[tuple[tuple[str, str], Course]]:
    keys = ("unit", "spread", "largest", "rms", "values")
    for trial in trials:
        place = f"[courses.{trial}]"
        courses = table_of(trials, trial, "[courses]")
        require_keys(courses, ("times", "coordinates"), place, ("times", "coordinates"))
        times = _numbers(courses, "times", place)
        coordinates = table_of(courses, "coordinates", place)
        for item in coordinates:
            where = f"course '{trial} / {item}'"
            table = table_of(coordinates, item, where)
            require_keys(table, keys, where, keys)
            spread, unit = _si(table, "spread", where)
            values = np.array(_numbers(table, "values", where)) * _SI[table["unit"]][1]
            if len(times) != len(values):
                raise FileFormatError(
                    f"{where}: {len(times)} times and {len(values)} values; both must be as many"
                )
            largest, rms = (value_of(table, key, str, where) for key in ("largest", "rms"))
            yield (trial, item), Course(np.array(times), values, spread, unit, largest, rms)


def _numbers(table: Table, key: str, where: str) -> list[float]:
    numbers = []
    for value in value_of(table, key, list, where):
        if value == _NAN and key == "values":
            numbers.append(math.nan)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            raise FileFormatError(f"{where}: {key} must be numbers, found {value!r}")
        else:
            numbers.append(float(value))
    return numbers
