"""Digests and plain descriptions of values: cache keys, and what run.json records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kinebench.core.model import Document
from kinebench.errors import ValueRangeError

__all__ = ["describe", "digest", "file_sha256"]


def describe(value: Any) -> Any:
    """A value as plain JSON types: dataclasses become mappings that name their class.

    Arrays of up to 64 numbers are spelled out; longer ones are given by shape and digest.
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
    if is_dataclass(value) and not isinstance(value, type):
        content = {field.name: describe(getattr(value, field.name)) for field in fields(value)}
        return {"kind": type(value).__name__, **content}
    raise ValueRangeError(f"cannot describe a {type(value).__name__}")


def digest(*values: Any) -> str:
    """SHA-256 over the content of values, hexadecimal; equal values have equal digests."""
    text = json.dumps([_hashable(value) for value in values], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _array_summary(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    content = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
    return {"shape": list(array.shape), "dtype": str(array.dtype), "sha256": content}


def _hashable(value: Any) -> Any:
    if isinstance(value, float):
        return ["float", value.hex()]
    if isinstance(value, np.ndarray):
        return ["array", _array_summary(value)]
    if isinstance(value, Mapping):
        return {str(key): _hashable(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_hashable(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type | Document):
        name = f"{type(value).__module__}.{type(value).__qualname__}"
        items = {field.name: _hashable(getattr(value, field.name)) for field in fields(value)}
        return [name, items]
    return describe(value)
