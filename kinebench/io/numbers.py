"""Reading rectangular blocks of numbers quickly, and naming the cell at fault."""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.errors import FileFormatError
from kinebench.io.text import decoded as decoded_text
from kinebench.io.text import is_wide

ROWS_AT_ONCE = 1000
"""Of text that is written piece by piece: a megabyte or two."""

_LONG = 500_000  # numbers
_LINES_AT_ONCE = 20_000  # memory: of a long recording a part after the other
_PLAIN = b"0123456789+-.eE\t\n"
_OF_WORDS = b"naifty"  # of nan and infinity
_MISSING = re.compile(
    rb"(?<![^\t\n])(?:"
    rb"[+-]?(?:nan(?:\([^)\t\n]*\))?|nan[qs]|[qs]nan)"  # C, and other C libraries
    rb"|[+-]?1[.,]?#(?:qnan|snan|nan|ind)\d*"  # Microsoft's C before 2015
    rb"|#?n/?a|<na>|#n/a n/a|null|none)(?![^\t\n])",  # spreadsheets and tables
    re.IGNORECASE,
)
_INFINITE = re.compile(rb"(?<![^\t\n])([+-]?)1\.?#inf\d*(?![^\t\n])", re.IGNORECASE)
_EMPTY_CELLS = (
    (b"\t\t", b"\tnan\t"),
    (b"\t\t", b"\tnan\t"),
    (b"\t\n", b"\tnan\n"),
    (b"\n\t", b"\nnan\t"),
)


def read_text_lines(path: Path) -> list[bytes]:
    """Lines of a text file without their ends (LF, CRLF or CR), byte-order mark removed."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror or error}") from error
    if is_wide(data):
        data = decoded_text(data, path.name).encode("utf-8")
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data.split(b"\n")


def decoded(text: bytes) -> str:
    """Text in UTF-8, or, as older programs of Windows write it, in Latin-1."""
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def parse_block(
    lines: Sequence[bytes], columns: Sequence[str], file: str, first_line: int
) -> FloatArray:
    """Numbers (n_lines, n_columns) of tab- or blank-separated lines.

    A cell is NaN when it is empty or holds a word for "no number": ``nan`` in any of the spellings
    of C libraries, ``NA``, ``null``, ``none``. Infinite numbers are refused.

    A line is taken as tab-separated when its tabs give the right number of cells, trailing tabs
    apart; otherwise runs of white space count as one separator.

    Parameters
    ----------
    lines : sequence of bytes
    columns : sequence of str
        Names of the columns, for messages.
    file : str
        Name of the file, for messages.
    first_line : int
        Number of the first line in the file, from 1.

    Raises
    ------
    FileFormatError
        Naming line and field.
    """
    width = len(columns)
    if not lines:
        raise FileFormatError(f"{file} has no rows of numbers")
    values = np.empty((len(lines), width))
    is_long = width * len(lines) > _LONG
    for start in range(0, len(lines), _LINES_AT_ONCE):
        first = first_line + start
        rows = [
            _tab_separated(line, width, file, first + index)
            for index, line in enumerate(lines[start : start + _LINES_AT_ONCE])
        ]
        text = _plain(b"\n".join(rows))
        try:
            _require_plain(text)
            found = _numbers(text, is_long)
        except ValueError:
            found = np.empty(0)
        if found.size != width * len(rows) or np.isinf(found).any():
            raise _first_fault(text.split(b"\n"), columns, file, first)
        values[start : start + len(rows)] = found.reshape(len(rows), width)
    return values


def _plain(text: bytes) -> bytes:
    """The text with ``nan`` for each word that means "no number"."""
    if not text.translate(None, _PLAIN):
        return text
    return _INFINITE.sub(rb"\1inf", _MISSING.sub(b"nan", text))


def _require_plain(text: bytes) -> None:
    """Raise a `ValueError` for letters that no number has: NumPy takes ``nan(`` for a number."""
    if text.translate(None, _PLAIN + _OF_WORDS + _OF_WORDS.upper()):
        raise ValueError("letters of no number")


def _numbers(text: bytes, is_long: bool) -> FloatArray:
    """All numbers of tab-separated text; an empty cell is NaN.

    pandas reads six times as fast, but takes 0.35 s to import: worth it for long recordings.
    """
    if is_long:
        import pandas as pd

        frame = pd.read_csv(
            io.BytesIO(text),
            sep="\t",
            header=None,
            dtype=np.float64,
            engine="c",
            quoting=csv.QUOTE_NONE,
            keep_default_na=False,
            na_values=["", "nan"],
        )
        return np.asarray(frame.to_numpy(), dtype=np.float64)
    text = b"\n" + text + b"\n"
    for empty, filled in _EMPTY_CELLS:
        text = text.replace(empty, filled)
    with warnings.catch_warnings():
        # unmatched text is a DeprecationWarning in some NumPy versions, a ValueError in others
        warnings.simplefilter("error", DeprecationWarning)
        try:
            return np.fromstring(text.decode("latin-1"), dtype=np.float64, sep=" ")
        except DeprecationWarning as error:
            raise ValueError(str(error)) from error


def _tab_separated(line: bytes, width: int, file: str, number: int) -> bytes:
    """The line with single tabs between exactly `width` cells, none of them padded."""
    if line.count(b"\t") == width - 1 and width > 1 and b" " not in line:
        return line
    cells = line.split(b"\t")
    surplus = len(cells) - width
    if surplus >= 0 and len(cells) > 1 and not b"".join(cells[width:]).strip():
        if b" " in line:
            cells = [cell.strip() for cell in cells]
        return b"\t".join(cells[:width])
    filled = line.split()
    if len(filled) == width:
        return b"\t".join(filled)
    have = len(line.rstrip().split(b"\t")) if len(cells) > 1 else len(filled)
    raise FileFormatError(f"{file}, line {number}: expected {width} fields, found {have}")


def _first_fault(
    rows: Sequence[bytes], columns: Sequence[str], file: str, first_line: int
) -> FileFormatError:
    for index, row in enumerate(rows):
        for column, cell in zip(columns, row.split(b"\t"), strict=True):
            fault = _fault(cell)
            if fault:
                return FileFormatError(
                    f"{file}, line {first_line + index}, field '{column}':"
                    f" '{decoded(cell[:40])}' is {fault}"
                )
    return FileFormatError(f"{file}: the numbers from line {first_line} on cannot be read")


def _fault(cell: bytes) -> str:
    """What is wrong with a cell; empty when it holds a number or nothing."""
    try:
        value = float(cell or b"nan")
    except ValueError:
        comma = re.fullmatch(rb"[+-]?\d*,\d+(e[+-]?\d+)?", cell, re.IGNORECASE)
        return "not a number" + (" (a decimal comma? write a point)" if comma else "")
    if math.isinf(value):
        return "infinite"
    return "not a number" if b"_" in cell or b" " in cell else ""
