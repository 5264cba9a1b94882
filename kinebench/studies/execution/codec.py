"""Values as bytes and back, without pickle: only known types, arrays exact."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from kinebench.core import (
    Coordinate,
    Document,
    IKSolution,
    Markers,
    Model,
    Motion,
    ScalingResult,
    StageResult,
    Subject,
    Trial,
)
from kinebench.core.value import fields_of
from kinebench.errors import KinebenchError, ValueRangeError, translated
from kinebench.io.array_files import npy_array
from kinebench.metrics.figure_table import FigureTable
from kinebench.metrics.quantities import Quantity
from kinebench.remarks import Remark

_TYPES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        Coordinate, Document, FigureTable, IKSolution, Markers, Model, Motion, Quantity,
        Remark, ScalingResult, StageResult, Subject, Trial,
    )
}  # fmt: skip


def encoded(value: Any) -> bytes:
    """A value of `core`, figures, or JSON types with such values inside, as bytes.

    Equal values give equal bytes.

    Raises
    ------
    ValueRangeError
        For a type that is not known here.
    """
    arrays: list[np.ndarray[Any, Any]] = []
    structure = json.dumps(_structure(value, arrays), sort_keys=True, separators=(",", ":"))
    out = io.BytesIO()
    head = structure.encode()
    out.write(len(head).to_bytes(8, "big"))
    out.write(head)
    for array in arrays:
        np.lib.format.write_array(out, np.ascontiguousarray(array), allow_pickle=False)
    return out.getvalue()


def decoded(data: bytes) -> Any:
    """The value of `encoded`; values are made through their constructors, so they are checked.

    Raises
    ------
    FileFormatError
        When the bytes are not such an encoding.
    """
    end = 8 + int.from_bytes(data[:8], "big")
    # numbers of JSON beyond reason, nesting, keys and constructors that do not fit
    failures = (ValueError, KeyError, IndexError, TypeError, RecursionError, OverflowError)
    with translated("a stored value cannot be read", (*failures, AttributeError, KinebenchError)):
        structure = json.loads(data[8:end])
        arrays = []
        while end < len(data):
            array, end = npy_array(data, end)
            arrays.append(array)
        return _value(structure, arrays)


def _structure(value: Any, arrays: list[np.ndarray[Any, Any]]) -> Any:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if isinstance(value, bytes):
        arrays.append(np.frombuffer(value, np.uint8))
        return {"bytes": len(arrays) - 1}
    if isinstance(value, Mapping):
        return {"map": [[str(key), _structure(item, arrays)] for key, item in value.items()]}
    if isinstance(value, tuple | list):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [_structure(item, arrays) for item in value]}
    name = type(value).__name__
    named = fields_of(value)
    if named is not None and _TYPES.get(name) is type(value):
        content = {key: _structure(item, arrays) for key, item in named.items()}
        return {"type": name, "fields": content}
    raise ValueRangeError(f"a {name} cannot be stored")


def _value(structure: Any, arrays: list[np.ndarray[Any, Any]]) -> Any:
    if isinstance(structure, str):
        # the same few names in thousands of figures
        return sys.intern(structure)
    if not isinstance(structure, dict):
        return structure
    if "array" in structure:
        return arrays[structure["array"]]
    if "bytes" in structure:
        return arrays[structure["bytes"]].tobytes()
    if "map" in structure:
        return {sys.intern(key): _value(item, arrays) for key, item in structure["map"]}
    for container in (tuple, list):
        if container.__name__ in structure:
            return container(_value(item, arrays) for item in structure[container.__name__])
    kind, named = _TYPES[structure["type"]], structure["fields"]
    if not isinstance(named, dict):
        raise TypeError(f"the fields of a {kind.__name__} are {type(named).__name__}")
    return kind(**{name: _value(item, arrays) for name, item in named.items()})
