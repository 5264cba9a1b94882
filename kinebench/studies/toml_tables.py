"""Reading tables of a study file strictly: keys that exist, values of the right kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kinebench.errors import FileFormatError, require_names

__all__ = ["Table", "items_of", "require_keys", "value_of"]

Table = Mapping[str, Any]

_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false",
          list: "a list", dict: "a table"}  # fmt: skip


def require_keys(
    table: Table, known: Iterable[str], where: str, needed: Iterable[str] = ()
) -> None:
    """Raise a `NameNotFoundError` for a key that is not known, or is needed and missing."""
    require_names(table, known, "key", where)
    require_names(needed, table, "key", where)


def value_of(table: Table, key: str, kind: type, where: str, default: Any = None) -> Any:
    """The value at a key, of a kind; the default when the key is missing.

    Raises
    ------
    FileFormatError
        When the value is of another kind; whole numbers count as numbers.
    """
    if key not in table:
        return default
    value = table[key]
    number = kind is float and isinstance(value, int) and not isinstance(value, bool)
    if number or (isinstance(value, kind) and isinstance(value, bool) == (kind is bool)):
        return float(value) if number else value
    raise FileFormatError(f"{where}: {key} must be {_WORDS[kind]}, found {value!r}")


def items_of(content: Table, key: str) -> list[tuple[Table, str]]:
    """Tables of an array of tables, each with what errors call it."""
    tables = value_of(content, key, list, "the study", [])
    found = []
    for number, table in enumerate(tables, start=1):
        where = f"[[{key}]] number {number}"
        if not isinstance(table, Mapping):
            raise FileFormatError(f"{where}: must be a table, found {table!r}")
        found.append((table, where))
    return found
