"""The bytes of a C3D file, every length looked at before it is followed.

Libraries for this format believe what parameter sections say of their own lengths, and write beyond
their memory when one is damaged: of single changed bytes in a file one in twenty ended the process.
So points and parameters are read here, by the description of the format:
M. Motion Lab Systems, The C3D File Format User Guide, 2021 (https://www.c3d.org/HTML/).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.errors import FileFormatError, one_line

_BLOCK = 512
_MAGIC = 80
_FULL = (
    65535  # the largest number of a 16-bit field: longer recordings state their length elsewhere
)
_PROCESSORS: dict[int, Literal["intel", "dec", "mips"]] = {84: "intel", 85: "dec", 86: "mips"}
_TEXT, _BYTE, _INTEGER, _FLOAT = -1, 1, 2, 4
_SIZES = {_TEXT: 1, _BYTE: 1, _INTEGER: 2, _FLOAT: 4}

Parameters = Mapping[str, Mapping[str, tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class C3DPoints:
    """Points of a C3D file.

    Parameters
    ----------
    parameters : mapping of str to mapping of str to tuple
        Group to parameter to values: texts without trailing blanks, or numbers.
    first_frame : int
        Number of the first frame, from 0.
    positions : (n_frames, n_points, 3)
        In the file's unit and axes.
    invalid : (n_frames, n_points) bool
        Where the residual is negative: the point was not seen.
    """

    parameters: Parameters
    first_frame: int
    positions: FloatArray
    invalid: NDArray[np.bool_]


def parse_c3d(data: bytes) -> C3DPoints:
    """Points and parameters from the content of a file.

    Raises
    ------
    FileFormatError
        Without the file's name: what is no C3D, damaged, cut off, or contradicts itself.
    """
    if len(data) < 10 or data[1] != _MAGIC or data[0] < 2:
        raise FileFormatError(f"it is no C3D file: its second byte is not {_MAGIC}")
    section = (data[0] - 1) * _BLOCK
    if len(data) < section + 4 or len(data) < section + max(data[section + 2], 1) * _BLOCK:
        raise FileFormatError(f"it ends after {len(data)} bytes, amid its parameters")
    processor = _PROCESSORS.get(data[section + 3])
    if processor is None:
        raise FileFormatError(f"its processor type {data[section + 3]} is none of 84, 85, 86")
    numbers = _Numbers(processor)
    end = section + max(data[section + 2], 1) * _BLOCK
    parameters = _parameters(data[section + 4 : end], numbers)
    return _points(data, numbers, parameters, end)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """How a processor writes numbers: Intel least byte first, MIPS last, DEC in its own floats."""

    processor: Literal["intel", "dec", "mips"]

    @property
    def order(self) -> Literal["<", ">"]:
        return ">" if self.processor == "mips" else "<"

    def unsigned(self, data: bytes) -> int:
        return int.from_bytes(data, "big" if self.processor == "mips" else "little")

    def integers(self, data: bytes) -> NDArray[np.int16]:
        return np.frombuffer(data, f"{self.order}i2")

    def floats(self, data: bytes) -> NDArray[np.float32]:
        if self.processor != "dec":
            return np.frombuffer(data, f"{self.order}f4")
        # DEC's words are swapped, and its exponent is larger by two
        words = np.frombuffer(data, "<u2").reshape(-1, 2)[:, ::-1]
        values = np.ascontiguousarray(words).view("<f4").ravel()
        return np.asarray(values / 4, dtype=np.float32)


def _parameters(section: bytes, numbers: _Numbers) -> Parameters:
    groups: dict[int, str] = {}
    found: list[tuple[int, str, tuple[Any, ...]]] = []
    for number, name, content in _entries(section, numbers):
        if number < 0:
            groups[-number] = name
        else:
            found.append((number, name, _values(content, numbers, name)))
    named: dict[str, dict[str, tuple[Any, ...]]] = {name: {} for name in groups.values()}
    for number, name, values in found:
        if number not in groups:
            raise FileFormatError(f"its parameter {name} is of a group {number} that is not there")
        named[groups[number]].setdefault(name, values)
    return named


def _entries(section: bytes, numbers: _Numbers) -> Iterator[tuple[int, str, bytes]]:
    """Number of the group (negative: a group itself), name, and content of each entry."""
    at = 0
    while at + 2 <= len(section) and section[at]:
        length = abs(int.from_bytes(section[at : at + 1], "big", signed=True))
        number = int.from_bytes(section[at + 1 : at + 2], "big", signed=True)
        start = at + 2 + length
        name = section[at + 2 : start].decode("latin-1").strip().upper()
        following = numbers.unsigned(section[start : start + 2])
        last = following == 0
        end = len(section) if last else start + following
        if start + 2 > end or end > len(section) or number == 0 or not name.isprintable():
            raise FileFormatError(f"its parameters are damaged at byte {at} of their section")
        yield number, name, section[start + 2 : end]
        if last:
            return
        at = end


def _values(content: bytes, numbers: _Numbers, name: str) -> tuple[Any, ...]:
    """Values of a parameter: kind, dimensions, then the numbers, the first index running first."""
    kind = int.from_bytes(content[:1], "big", signed=True)
    n_dimensions = content[1] if len(content) > 1 else 255
    shape = tuple(content[2 : 2 + n_dimensions])
    if kind not in _SIZES or len(shape) != n_dimensions or n_dimensions > 7:
        raise FileFormatError(f"its parameter {name} is damaged: kind {kind}, shape {shape[:7]}")
    count = math.prod(shape)
    data = content[2 + n_dimensions : 2 + n_dimensions + count * _SIZES[kind]]
    if len(data) != count * _SIZES[kind]:
        raise FileFormatError(f"its parameter {name} announces {count} values, more than there are")
    if kind == _TEXT:
        width = shape[0] if shape else 1
        return tuple(
            data[i : i + width].rstrip(b" \0").decode("utf-8", "replace")
            for i in range(0, count, max(width, 1))
        )
    if kind == _BYTE:
        return tuple(data)
    return tuple((numbers.integers if kind == _INTEGER else numbers.floats)(data).tolist())


def _points(data: bytes, numbers: _Numbers, parameters: Parameters, after: int) -> C3DPoints:
    n_points, n_analog, first, last = (numbers.unsigned(data[at : at + 2]) for at in (2, 4, 6, 8))
    scale = float(numbers.floats(data[12:16])[0])
    start = (numbers.unsigned(data[16:18]) - 1) * _BLOCK
    _require_agreement(parameters, n_points, scale, start)
    if n_points == 0 or last < first:
        raise FileFormatError(f"it holds no points: {n_points} points, frames {first} to {last}")
    if start < after:
        raise FileFormatError("its points begin amid its parameters")
    width = 4 if scale < 0 else 2
    frame_bytes = (4 * n_points + n_analog) * width
    there = max(len(data) - start, 0) // frame_bytes
    n_frames = last - first + 1
    if last == _FULL:
        n_frames = _long_count(parameters) or there - _padding(data, frame_bytes)
    if there < n_frames:
        raise FileFormatError(f"it is cut off: its header states {n_frames} frames, found {there}")
    raw = data[start : start + n_frames * frame_bytes]
    words = (numbers.floats if scale < 0 else numbers.integers)(raw)
    points = words.reshape(n_frames, -1)[:, : 4 * n_points].reshape(n_frames, n_points, 4)
    with np.errstate(invalid="ignore"):  # some kinds of NaN are complained of
        positions = points[..., :3].astype(np.float64)
    if scale > 0:
        positions *= scale
    return C3DPoints(parameters, max(first - 1, 0), positions, points[..., 3] < 0)


def _require_agreement(parameters: Parameters, n_points: int, scale: float, start: int) -> None:
    """Header and parameters state these twice; where they differ, one of them is damaged."""
    if not (math.isfinite(scale) and scale):
        raise FileFormatError(f"its header states the scale {scale:g}")
    point = parameters.get("POINT", {})
    stated = {"USED": n_points, "DATA_START": start // _BLOCK + 1}
    for name, value in stated.items():
        found = next(iter(point.get(name, ())), value)
        # a count above 32767 looks negative
        if _whole(found) % 65536 != value:
            raise FileFormatError(f"POINT:{name} is {one_line(found)}, its header states {value}")
    sign = next(iter(point.get("SCALE", ())), scale)
    if isinstance(sign, str) or (sign < 0) != (scale < 0):
        raise FileFormatError(f"POINT:SCALE is {one_line(sign)}, its header states {scale:g}")


def _long_count(parameters: Parameters) -> int:
    """Number of frames of a recording that is too long for the header; 0 where none is stated."""
    trial, point = parameters.get("TRIAL", {}), parameters.get("POINT", {})
    ends = [trial.get(f"ACTUAL_{end}_FIELD", ()) for end in ("START", "END")]
    if all(len(end) == 2 for end in ends):
        begin, end = (_whole(low) % 65536 + 65536 * (_whole(high) % 65536) for low, high in ends)
        return max(end - begin + 1, 1)
    for name in ("LONG_FRAMES", "FRAMES"):
        count = _whole(next(iter(point.get(name, ())), 0))
        if count >= _FULL:
            return count
    return 0


def _padding(data: bytes, frame_bytes: int) -> int:
    """Whole frames of zeros at the end: files are filled up to a multiple of 512 bytes."""
    zeros = len(data) - len(data.rstrip(b"\0"))
    return min(zeros, _BLOCK) // frame_bytes


def _whole(value: Any) -> int:
    """A number as a whole one; -1 for what is none."""
    return int(value) if not isinstance(value, str) and math.isfinite(value) else -1
