"""Headline figures of a study held against those that were accepted before."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kinebench.errors import FileFormatError
from kinebench.io.atomic import write_atomically
from kinebench.io.documents import parse_json, read_text, table_of, value_of
from kinebench.reports.study.effects import effects_of
from kinebench.reports.study.parts import StudyPart
from kinebench.reports.units import scale_of
from kinebench.studies.analysis.scores import measures_of, scores_of

_UNITS = {"rad": "degree", "m": "mm"}

# A hundredth of a degree: what other processors and library versions move stays far below it.
_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Baseline:
    """Accepted changes of the primary metric, in the unit of the report.

    Parameters
    ----------
    changes : mapping of str to float
        ``factor: level, activity`` to the change against the factor's first level there.
    tolerance : float
    metric : str
    """

    changes: Mapping[str, float]
    tolerance: float = _TOLERANCE
    metric: str = "rmse"


def headlines(part: StudyPart) -> Baseline:
    """Changes of a part; those that are not known are left out."""
    measure = measures_of(part.study.judged.name)[0]
    scores = scores_of(part.outcomes, measure.metric)
    scale = scale_of(measure.unit)
    changes = {
        f"{effect.factor}: {change.level}, {effect.activity}": round(
            float(change.contrast.mean * scale), 4
        )
        for effect in effects_of(part.study.factors, scores)
        for change in effect.changes
        if math.isfinite(change.contrast.mean)
    }
    return Baseline(changes, metric=measure.metric)


def read_baseline(path: Path) -> Baseline:
    """Read what `write_baseline` wrote.

    Raises
    ------
    FileFormatError
        When it is no such file.
    """
    content, where = parse_json(read_text(path), path.name), path.name
    changes = table_of(content, "changes", where)
    if not changes:
        raise FileFormatError(f"{where} holds no 'changes'; --accept writes it anew")
    return Baseline(
        {name: value_of(changes, name, float, where) for name in changes},
        value_of(content, "tolerance", float, where, _TOLERANCE),
        value_of(content, "metric", str, where, "rmse"),
    )


def write_baseline(path: Path, found: Baseline) -> None:
    """Make figures the accepted ones."""
    unit = measures_of(found.metric)[0].unit
    content = {
        "metric": found.metric,
        "unit": _UNITS.get(unit, unit),
        "tolerance": found.tolerance,
        "changes": dict(found.changes),
    }
    write_atomically(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def moved(known: Baseline, found: Baseline) -> tuple[str, ...]:
    """Lines of the figures that differ by more than the tolerance, or are in one only."""
    if known.metric != found.metric:
        return (f"metric: {known.metric} → {found.metric}",)
    # four digits are kept, so two figures at the tolerance may seem a rounding farther apart
    allowed = known.tolerance + 1e-9
    return tuple(
        f"{name}: {known.changes.get(name, '—')} → {found.changes.get(name, '—')}"
        for name in dict.fromkeys([*known.changes, *found.changes])
        if not abs(known.changes.get(name, math.nan) - found.changes.get(name, math.nan)) <= allowed
    )
