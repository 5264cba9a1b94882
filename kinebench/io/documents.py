"""TOML, JSON and YAML: read within limits, as plain values, with typed access to tables."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from kinebench.errors import FileFormatError, printable, require_names, translated
from kinebench.io import text

Table = Mapping[str, Any]

_DEEPEST = 40  # levels: our own documents have 5, a Keras model 12
_LONGEST_TEXT = 4000  # characters: a page
_LARGEST_INTEGER = 2**63  # what a table of numbers, or another program, can hold
_LARGEST_BYTES = 64_000_000  # a card of 400,000 files
_LARGEST_YAML_BYTES = 200_000  # read at 0.1 MB/s; a session's metadata have 5 kB

_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false",
          list: "a list", dict: "a table"}  # fmt: skip


def read_text(path: Path) -> str:
    """Text of a document in any encoding that `kinebench.io.text` knows, without its mark.

    Raises
    ------
    FileFormatError
        When the file cannot be read, is no text, or is larger than 64 MB.
    """
    with translated(f"cannot read {path.name}", (OSError,)):
        size = path.stat().st_size
    if size > _LARGEST_BYTES:
        raise FileFormatError(
            f"{path.name} has {size / 1e6:.0f} MB, more than {_LARGEST_BYTES / 1e6:.0f} MB"
        )
    return text.read_text(path)


def parse_toml(content: str, where: str) -> dict[str, Any]:
    """The table of a TOML document; `where` names it in errors.

    Raises
    ------
    FileFormatError
        When it is no TOML, or holds numbers, texts or nesting beyond reason.
    """
    return _plain(lambda: tomllib.loads(content), where, (ValueError, RecursionError))


def parse_json(content: str, where: str) -> dict[str, Any]:
    """The object of a JSON document, as `parse_toml`."""
    return _plain(lambda: json.loads(content), where, (ValueError, RecursionError))


def parse_yaml(text: str, where: str) -> dict[str, Any]:
    """The mapping of a YAML document, as `parse_toml`.

    Dates stay texts. Aliases are refused: a few lines of them stand for millions of values.
    """
    import yaml

    if len(text) > _LARGEST_YAML_BYTES:
        raise FileFormatError(
            f"{where} has {len(text)} characters of YAML, at most {_LARGEST_YAML_BYTES} are read"
        )

    class Loader(yaml.SafeLoader):
        """SafeLoader without dates, aliases and keys that stand twice, of which the last wins."""

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            """A mapping whose keys are all different."""
            keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
            twice = next((key for key in keys if keys.count(key) > 1), None)
            if twice is not None:
                raise yaml.YAMLError(f"'{twice}' stands twice; which of the two is meant?")
            return super().construct_mapping(node, deep)

        def compose_node(self, parent: Any, index: Any) -> Any:
            """A node, unless it is an alias."""
            if self.check_event(yaml.AliasEvent):
                raise yaml.YAMLError("aliases (*name) are not read; write the values out")
            return super().compose_node(parent, index)

    Loader.yaml_implicit_resolvers = {
        start: [(tag, rule) for tag, rule in rules if not tag.endswith(":timestamp")]
        for start, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    # explicit tags on values that they do not fit: !!int x, !!bool x, !!timestamp x
    failures = (
        yaml.YAMLError, ValueError, RecursionError, OverflowError, KeyError, IndexError,
        AttributeError,
    )  # fmt: skip
    return _plain(lambda: yaml.load(text, Loader), where, failures)


def _plain(
    parse: Callable[[], Any], where: str, failures: tuple[type[Exception], ...]
) -> dict[str, Any]:
    with translated(f"cannot read {where}", failures):
        content = parse()
    if not isinstance(content, dict):
        raise FileFormatError(f"{where} must hold keys with values")
    _require_plain(content, where)
    return content


def _require_plain(value: Any, where: str, depth: int = 0) -> None:
    """Texts, numbers and what contains them; nothing that later steps could choke on."""
    if depth > _DEEPEST:
        raise FileFormatError(f"{where} is nested more than {_DEEPEST} levels deep")
    if isinstance(value, dict):
        for key, item in value.items():
            _require_plain(key, where, depth + 1)
            _require_plain(item, where, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _require_plain(item, where, depth + 1)
    else:
        _require_plain_leaf(value, where)


def _require_plain_leaf(value: Any, where: str) -> None:
    if isinstance(value, str):
        if printable(value) != value:
            raise FileFormatError(f"{where}: a text has a control character: {value[:60]!r}")
        if len(value) > _LONGEST_TEXT:
            raise FileFormatError(f"{where}: a text has {len(value)} characters: '{value[:40]}…'")
    elif isinstance(value, int):
        if abs(value) >= _LARGEST_INTEGER:
            raise FileFormatError(
                f"{where}: a whole number of {value.bit_length()} bits is too large"
            )
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise FileFormatError(f"{where}: a number is {value}; it must be finite")
    elif value is not None:
        raise FileFormatError(f"{where}: a {type(value).__name__} is neither text nor number")


def require_keys(
    table: Table, known: Iterable[str], where: str, needed: Iterable[str] = ()
) -> None:
    """Raise a `NameNotFoundError` for a key that is not known, or is needed and missing."""
    require_names(map(str, table), known, "key", where)
    require_names(needed, map(str, table), "key", where)


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
    raise FileFormatError(f"{where}: {key} must be {_WORDS[kind]}, found {_shown(value)}")


def table_of(table: Table, key: str, where: str) -> Table:
    """The table at a key; an empty one when the key is missing."""
    found: Table = value_of(table, key, dict, where, {})
    return found


def texts_of(table: Table, key: str, where: str) -> tuple[str, ...]:
    """The list of texts at a key; an empty one when the key is missing."""
    items = value_of(table, key, list, where, [])
    for item in items:
        if not isinstance(item, str):
            raise FileFormatError(f"{where}: {key} must be a list of texts, found {_shown(item)}")
    return tuple(items)


def items_of(content: Table, key: str, where: str = "the study") -> list[tuple[Table, str]]:
    """Tables of an array of tables, each with what errors call it."""
    found = []
    for number, table in enumerate(value_of(content, key, list, where, []), start=1):
        place = f"[[{key}]] number {number}"
        if not isinstance(table, Mapping):
            raise FileFormatError(f"{place}: must be a table, found {_shown(table)}")
        found.append((table, place))
    return found


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:80] + "…"
