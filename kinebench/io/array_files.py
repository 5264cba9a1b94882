"""NPY and NPZ: arrays of numbers and texts, looked at before memory is taken for them.

numpy's own reader believes a header: one of 80 bytes may ask for a terabyte. Here the size must be
there, and only plain kinds of numbers and texts are read.
"""

from __future__ import annotations

import ast
import math
import re
import struct
import warnings
import zipfile
import zlib
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinebench.errors import FileFormatError, translated

ZIP_FAILURES = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError,
    RuntimeError, ValueError, IndexError, OverflowError,
)  # fmt: skip
"""How `zipfile` fails on damaged, encrypted or foreign archives."""

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 10_000  # bytes, as numpy has it
_PLAIN = re.compile(r"[<>|=]?([biufUS])(\d{1,6})")
_NUMERIC_BYTES = {"b": (1,), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8, 16)}


class ObjectArrayError(FileFormatError):
    """The array would have to be unpickled, which can run anything."""


def object_array(name: str) -> ObjectArrayError:
    """The error of an array of this name, with the cure."""
    kind = "text: names.astype(str)" if name == "names" else f"numbers: {name}.astype(float)"
    return ObjectArrayError(
        f"array '{name}' holds Python objects, which are not read; save it as {kind}"
    )


def expansion_limit(packed_bytes: int) -> int:
    """Bytes that a compressed file of recordings may become; a bomb becomes a thousandfold.

    Tables of numbers shrink to a third up to a tenth, long constant columns to a hundredth.
    """
    return 50_000_000 + 100 * packed_bytes


def npy_array(data: bytes | memoryview, at: int = 0) -> tuple[NDArray[Any], int]:
    """The array that begins at a byte of `data`, read-only, and the byte where it ends.

    Raises
    ------
    FileFormatError
        For anything but the NPY format with numbers or texts, or when bytes are missing.
    """
    view = memoryview(data)
    if bytes(view[at : at + 6]) != _MAGIC or len(view) < at + 10:
        raise FileFormatError("no NPY content")
    wide = view[at + 6] > 1
    start = at + (12 if wide else 10)
    length = int.from_bytes(view[at + 8 : start], "little")
    if length > _LONGEST_HEADER or start + length > len(view):
        raise FileFormatError(f"its NPY header of {length} bytes is not all there")
    dtype, fortran, shape = _header(bytes(view[start : start + length]))
    begin, count = start + length, math.prod(shape)
    end = begin + count * dtype.itemsize
    if end > len(view):
        raise FileFormatError(
            f"its header announces {shape} numbers, {end - begin} bytes; {len(view) - begin} follow"
        )
    array: NDArray[Any] = np.frombuffer(view[begin:end], dtype)
    _require_text(array)
    return array.reshape(shape, order="F" if fortran else "C"), end


def npz_arrays(data: bytes) -> dict[str, NDArray[Any]]:
    """All arrays of an NPZ archive, by name.

    Raises
    ------
    FileFormatError
        When the archive is damaged, or its content is larger than its size makes plausible.
    """
    found: dict[str, NDArray[Any]] = {}
    left = expansion_limit(len(data))
    with (
        translated("it is no sound NPZ archive", ZIP_FAILURES),
        zipfile.ZipFile(BytesIO(data)) as zipped,
    ):
        for member in zipped.infolist():
            with zipped.open(member) as file:
                content = file.read(left + 1)
            left -= len(content)
            if left < 0:
                raise FileFormatError(
                    f"its content is above {expansion_limit(len(data)) / 1e6:.0f} MB, more than"
                    " its size makes plausible"
                )
            name = member.filename.removesuffix(".npy")
            if name in found:
                raise FileFormatError(f"it has the array '{name}' twice")
            try:
                found[name], _ = npy_array(content)
            except ObjectArrayError as error:
                raise object_array(name) from error
    return found


def _header(text: bytes) -> tuple[np.dtype[Any], bool, tuple[int, ...]]:
    with (
        translated(
            "its NPY header is damaged",
            (ValueError, SyntaxError, TypeError, MemoryError, RecursionError),
        ),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # of escapes that Python does not know
        header = ast.literal_eval(text.decode("latin-1").strip())
    if not isinstance(header, dict) or set(header) != {"descr", "fortran_order", "shape"}:
        raise FileFormatError("its NPY header lacks descr, fortran_order or shape")
    kind, fortran, shape = header["descr"], header["fortran_order"], header["shape"]
    if kind == "|O":
        raise ObjectArrayError("holds Python objects, which are not read")
    plain = _PLAIN.fullmatch(kind) if isinstance(kind, str) else None
    if plain is None or int(plain[2]) not in _NUMERIC_BYTES.get(plain[1], (int(plain[2]),)):
        raise FileFormatError(f"it holds neither numbers nor texts, but {str(kind)[:60]}")
    if not isinstance(fortran, bool) or not (
        isinstance(shape, tuple)
        and len(shape) <= 8
        and all(type(n) is int and 0 <= n < 2**40 for n in shape)
    ):
        raise FileFormatError(f"its NPY header has the shape {str(shape)[:60]}")
    with translated("its NPY header is damaged", (TypeError, ValueError)):
        return np.dtype(kind), fortran, shape


def _require_text(array: NDArray[Any]) -> None:
    """Characters that exist: numpy would end in a SystemError later."""
    if array.dtype.kind == "U":
        codes = np.frombuffer(array.astype(array.dtype.newbyteorder("=")).tobytes(), np.uint32)
        sound = not ((codes > 0x10FFFF) | ((codes >= 0xD800) & (codes < 0xE000))).any()
    else:
        sound = True
    if not sound:
        raise FileFormatError("it holds texts with characters that do not exist")
