"""Walking through the values that a study is made of: which stages, which datasets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from kinebench.augmentation.catalogue import AugmenterVersion, version
from kinebench.core.model import Document
from kinebench.core.value import Value
from kinebench.datasets import Card, find_card
from kinebench.errors import DatasetError
from kinebench.studies.design import Study


def inner_values(value: Any) -> Iterator[Any]:
    """A value and all values in it; recordings and documents are not opened."""
    yield value
    if isinstance(value, Document | Value):
        return
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from inner_values(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from inner_values(item)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for item in value:
            yield from inner_values(item)


def values_of(study: Study) -> Iterator[Any]:
    """All values of the base pipeline and of the levels."""
    yield from inner_values(study.base)
    for factor in study.factors:
        for level in factor.levels:
            yield from inner_values(level.value)


def levels_of(study: Study, path: str) -> list[Any]:
    """What stands at a path of the pipeline: its levels, or the base's value when it is fixed."""
    value: Any = study.base
    for name in path.split("."):
        value = getattr(value, name, None)
    found = [] if value is None else [value]
    for factor in study.factors:
        if factor.path == path:
            found = [level.value for level in factor.levels]
    return found


def augmenters_of(study: Study) -> list[AugmenterVersion]:
    """The augmenters that a study uses, of the catalogue or one's own."""
    rows = (getattr(value, "row", None) for value in values_of(study))
    found = [row for row in rows if isinstance(row, AugmenterVersion)]
    for level in levels_of(study, "augment.version"):
        # a level that does without an augmenter is a change of several fields
        if isinstance(level, str | AugmenterVersion):
            found.append(version(level) if isinstance(level, str) else level)
    return list({row.name: row for row in found}.values())


def cards_of(study: Study) -> list[Card]:
    """Cards of the datasets that are in the catalogue."""
    found = []
    for name in study.datasets:
        try:
            found.append(find_card(name))
        except DatasetError:
            continue
    return found
