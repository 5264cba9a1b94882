"""Reading rectangular blocks of numbers quickly, and naming the cell at fault."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.errors import FileFormatError

__all__ = ["parse_block", "read_text_lines"]

_LONG = 500_000  # numbers


def read_text_lines(path: Path) -> list[bytes]:
    """Lines of a text file without their ends (LF, CRLF or CR), byte-order mark removed."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror or error}") from error
    if b"\0" in data:
        raise FileFormatError(f"{path.name} is no text file: it contains zero bytes")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data.split(b"\n")


def parse_block(
    lines: Sequence[bytes], columns: Sequence[str], file: str, first_line: int
) -> FloatArray:
    """Numbers (n_lines, n_columns) of tab- or blank-separated lines; an empty cell is NaN.

    A line is taken as tab-separated when its tabs give the right number of cells (one trailing tab
    is allowed); otherwise runs of white space count as one separator.

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
    rows = [
        _tab_separated(line, width, file, first_line + index) for index, line in enumerate(lines)
    ]
    try:
        values = _numbers(b"\n".join(rows), width)
    except ValueError:
        values = np.empty(0)
    if values.size != width * len(rows):
        raise _first_fault(rows, columns, file, first_line)
    return values.reshape(len(rows), width)


def _numbers(text: bytes, width: int) -> FloatArray:
    """All numbers of tab-separated text; an empty cell is NaN.

    pandas reads six times as fast, but takes 0.35 s to import: worth it for long recordings.
    """
    if width * text.count(b"\n") > _LONG:
        import pandas as pd

        frame = pd.read_csv(io.BytesIO(text), sep="\t", header=None, dtype=np.float64, engine="c")
        return np.asarray(frame.to_numpy(), dtype=np.float64)
    if b"\t\t" in text or b"\t\n" in text or text.endswith(b"\t"):
        text = text.replace(b"\t\t", b"\tnan\t").replace(b"\t\t", b"\tnan\t")
        text = (text + b"\n").replace(b"\t\n", b"\tnan\n")
    with warnings.catch_warnings():
        # unmatched text is a DeprecationWarning in some NumPy versions, a ValueError in others
        warnings.simplefilter("error", DeprecationWarning)
        try:
            return np.fromstring(text.decode("latin-1"), dtype=np.float64, sep=" ")
        except DeprecationWarning as error:
            raise ValueError(str(error)) from error


def _tab_separated(line: bytes, width: int, file: str, number: int) -> bytes:
    found = line.count(b"\t") + 1
    if found == width and width > 1:
        return line
    if found == width + 1 and line.endswith(b"\t"):
        return line[:-1]
    cells = line.split()
    if len(cells) == width:
        return b"\t".join(cells)
    have = found - 1 if line.endswith(b"\t") else found
    if found == 1:
        have = len(cells)
    raise FileFormatError(f"{file}, line {number}: expected {width} fields, found {have}")


def _first_fault(
    rows: Sequence[bytes], columns: Sequence[str], file: str, first_line: int
) -> FileFormatError:
    for index, row in enumerate(rows):
        for column, cell in zip(columns, row.split(b"\t"), strict=True):
            try:
                float(cell or b"nan")
            except ValueError:
                shown = cell.decode("latin-1")
                return FileFormatError(
                    f"{file}, line {first_line + index}, field '{column}':"
                    f" '{shown}' is not a number"
                )
    return FileFormatError(f"{file}: the numbers from line {first_line} on cannot be read")
