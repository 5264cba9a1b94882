"""`Value`: behaviour that all immutable array-holding values share; and their fields by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from kinebench.core.arrays import equal_values


def fields_of(value: Any) -> dict[str, Any] | None:
    """Fields of a dataclass's instance by name; None of anything else."""
    if not is_dataclass(value) or isinstance(value, type):
        return None
    return {field.name: getattr(value, field.name) for field in fields(value)}


class Value:
    """Base of frozen dataclasses that hold arrays.

    Gives equality by content, and pickling through the constructor: the default reconstruction
    would bring arrays back writeable.
    """

    __slots__ = ()

    def _items(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        # a read-only mapping cannot be pickled; the constructor makes it read-only again
        plain = (dict(item) if isinstance(item, Mapping) else item for item in self._items())
        return type(self), tuple(plain)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        assert isinstance(other, Value)
        return all(map(equal_values, self._items(), other._items()))

    __hash__ = None  # type: ignore[assignment]
