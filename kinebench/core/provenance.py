"""Digests and plain descriptions of values: cache keys, and what run.json records."""

from __future__ import annotations

import hashlib
import json
import math
import sys
import weakref
from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from kinebench.core.model import Document
from kinebench.core.value import fields_of
from kinebench.errors import ValueRangeError

ADDED = {"added": True}
"""Metadata of a dataclass' field that came later: at its default it is left out of the digest, so
that values without it keep the digests under which results of theirs are stored."""


def describe(value: Any) -> Any:
    """A value as plain JSON types: dataclasses become mappings that name their class.

    Arrays of up to 64 numbers are spelled out; longer ones are given by shape and digest. A path
    is given by its name alone, so that no record tells where somebody keeps their files.

    Raises
    ------
    ValueRangeError
        For what has no plain description, such as a function.
    """
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Document):
        return {"document": value.name, "sha256": value.digest}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist() if value.size <= 64 else _array_summary(value)
    if isinstance(value, Path):
        return value.name
    if isinstance(value, Mapping):
        return {str(key): describe(item) for key, item in value.items()}
    if isinstance(value, tuple | list | frozenset):
        items = sorted(value) if isinstance(value, frozenset) else value
        return [describe(item) for item in items]
    named = fields_of(value)
    if named is not None:
        return {"kind": type(value).__name__, **{key: describe(named[key]) for key in named}}
    raise ValueRangeError(f"cannot describe a {type(value).__name__}")


def without_nan(value: Any) -> Any:
    """Plain JSON types with null for numbers that JSON has not: NaN and infinity."""
    if isinstance(value, Mapping):
        return {str(key): without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def digest(*values: Any) -> str:
    """SHA-256 over the content of values, hexadecimal; equal values have equal digests.

    Of a path the name counts, not the place: a value that means a file's content holds its
    checksum beside the path.
    """
    text = json.dumps([_hashable(value) for value in values])
    return hashlib.sha256(text.encode()).hexdigest()


def changed_on(path: Path) -> str:
    """The day on which a file was changed last, in UTC: 2026-11-28."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _array_summary(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Shape, type and digest; computed once of a read-only array, as long as it lives."""
    if array.flags.writeable or array.base is not None:
        return _summary_of(array)
    key = id(array)
    if key not in _SUMMARIES:
        _SUMMARIES[key] = _summary_of(array)
        weakref.finalize(array, _SUMMARIES.pop, key, None).atexit = False
    return dict(_SUMMARIES[key])


_SUMMARIES: dict[int, dict[str, Any]] = {}


def _summary_of(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    if array.dtype.hasobject:
        raise ValueRangeError(f"cannot describe an array of {array.dtype}")
    if array.dtype.kind == "f":
        # -0.0 equals 0.0, and NaN has many bit patterns
        array = np.where(np.isnan(array), np.nan, array + 0.0).astype(array.dtype)
    content = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
    return {"shape": list(array.shape), "dtype": array.dtype.str, "sha256": content}


# asked for tens of thousands of times in a study, so by class alone
_AS_THEY_ARE = frozenset((str, int, bool, type(None)))


@cache
def _class_name(kind: type) -> str:
    """Module and name; of another package's class also a digest of the module's source.

    Kinebench's own stages have versions of their own; of others nothing else says that a stage
    computes something new, and results of old code would be taken for those of the new.
    """
    name = f"{kind.__module__}.{kind.__qualname__}"
    if kind.__module__.partition(".")[0] == "kinebench":
        return name
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    return name if file is None else f"{name} {file_sha256(Path(file))}"


def _hashable(value: Any) -> Any:
    """JSON in which every container and number is tagged, so that no two values look alike."""
    kind: type = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if isinstance(value, float):
        return ["float", (value + 0.0).hex()]
    if isinstance(value, tuple | list):
        return ["sequence", [_hashable(item) for item in value]]
    named = _fields(kind)
    if named is not None:
        if isinstance(value, Document):
            return ["value", _class_name(kind), [value.name, value.digest]]
        items = [
            [field.name, _hashable(getattr(value, field.name))]
            for field in named
            if not ("added" in field.metadata and getattr(value, field.name) == field.default)
        ]
        return ["value", _class_name(kind), items]
    if isinstance(value, np.generic):
        return _hashable(value.item())
    if isinstance(value, np.ndarray):
        return ["array", _array_summary(value)]
    if isinstance(value, Path):
        return ["path", value.name]
    if isinstance(value, Mapping):
        pairs = [[_hashable(key), _hashable(item)] for key, item in value.items()]
        return ["mapping", sorted(pairs, key=json.dumps)]
    if isinstance(value, frozenset):
        return ["set", sorted(map(_hashable, value), key=json.dumps)]
    return describe(value)


@cache
def _fields(kind: type) -> tuple[Field[Any], ...] | None:
    """Of a dataclass; None of another class, and of one that is a container first."""
    if not is_dataclass(kind) or issubclass(kind, np.generic | np.ndarray | Path | Mapping):
        return None
    return fields(kind)
