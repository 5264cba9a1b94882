"""Rows that can be compared: complete over some columns, then one per subject."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from kinebench.core.arrays import FloatArray

Key = tuple[str, ...]
"""What the cells of a row have in common, the subject first."""

Row = TypeVar("Row", bound=Key)
Column = TypeVar("Column", bound=Hashable)


def key_of(labels: Mapping[str, str], *varied: str) -> Key:
    """Labels of a cell but for those of the factors that are varied along a row."""
    return (labels["subject"], *(text for name, text in labels.items() if name not in varied))


def complete_rows(
    cells: Iterable[tuple[Key, Column, float]], columns: Sequence[Column]
) -> dict[Key, tuple[float, ...]]:
    """Per key the values in the order of the columns; keys that lack a finite one are left out.

    Parameters
    ----------
    cells : iterable of (key, column, value)
    columns : sequence
        Without repetition.
    """
    found: dict[Key, dict[Column, float]] = {}
    for key, column, value in cells:
        if math.isfinite(value):
            found.setdefault(key, {})[column] = value
    return {
        key: tuple(row[column] for column in columns)
        for key, row in found.items()
        if all(column in row for column in columns)
    }


def subject_means(rows: Mapping[Row, Sequence[float]]) -> FloatArray:
    """Mean row of each subject (n_subjects, n_columns), subjects in the order of their names."""
    by_subject: dict[str, list[Sequence[float]]] = {}
    for (subject, *_), row in rows.items():
        by_subject.setdefault(subject, []).append(row)
    return np.array([np.mean(by_subject[name], axis=0) for name in sorted(by_subject)])
