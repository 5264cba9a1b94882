"""MOT and STO: OpenSim's tables over time; coordinates among them: `kinebench.io.mot`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kinebench.core.arrays import FloatArray, frozen_mapping, read_only, strictly_increasing
from kinebench.core.value import Value
from kinebench.errors import (
    FileFormatError,
    ValueRangeError,
    has_control_characters,
)
from kinebench.io.first_look import implausible_times
from kinebench.io.numbers import ROWS_AT_ONCE, decoded, parse_block, read_text_lines
from kinebench.remarks import tell

_SIMM_FIELDS = ("datacolumns", "datarows")
IN_WORDS = "Angles are in"  # a line of older files, "Angles are in degrees."
_DIGITS = 10  # no file has more rows or versions than ten digits can count
_DECISIVE = ("indegrees", "version", IN_WORDS.lower())
_COUNTS = {"columns": ("ncolumns", "datacolumns"), "rows of data": ("nrows", "datarows")}


@dataclass(frozen=True, slots=True, eq=False)
class Table(Value):
    """Columns over time, as the file has them.

    Parameters
    ----------
    name : str
        First line of the file.
    columns : tuple of str
        Without ``time``.
    times : (n_rows,) s
    values : (n_rows, n_columns)
        In the file's own units.
    header : mapping
        The ``key=value`` lines.
    """

    name: str
    columns: tuple[str, ...]
    times: FloatArray
    values: FloatArray
    header: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "times", strictly_increasing(self.times, "times"))
        shape = (len(self.times), len(self.columns))
        object.__setattr__(self, "values", read_only(self.values, shape, "values"))
        object.__setattr__(self, "columns", tuple(self.columns))
        object.__setattr__(self, "header", frozen_mapping(self.header))


def read_table(path: Path | str, strict: bool = True) -> Table:
    """Read any MOT or STO file, of either header generation.

    Parameters
    ----------
    path : path
    strict : bool
        False turns a wrong ``nRows`` or ``nColumns`` into a warning: some force files have one.

    Raises
    ------
    FileFormatError
        Naming line and field: no ``endheader``, ``nRows`` or ``nColumns`` that disagree with what
        is there, cells that are no numbers, times that do not increase.
    """
    path = Path(path)
    lines = read_text_lines(path)
    name, header, first = _header(lines, path.name)
    columns = _columns(decoded(lines[first]))
    if not columns or columns[0].lower() != "time":
        start = columns[0] if columns else "nothing"
        raise FileFormatError(
            f"{path.name}, line {first + 1}: the first column must be 'time', found '{start}'"
        )
    rows = lines[first + 1 :]
    while rows and not rows[-1].strip():
        rows.pop()
    counts = {"columns": len(columns), "rows of data": len(rows)}
    for what, count in counts.items():
        fault = _wrong_count(header, count, what)
        if fault and strict:
            raise FileFormatError(f"{path.name}, {fault}")
        if fault:
            tell("stated size", fault, file=path.name)
    _require_printable(columns, path.name, first + 1)
    block = parse_block(rows, columns, path.name, first + 2)
    infinite = np.argwhere(np.isinf(block))
    if len(infinite):
        row, column = infinite[0]
        raise FileFormatError(
            f"{path.name}, line {first + 2 + row}, field '{columns[column]}': infinite"
        )
    try:
        table = Table(name, tuple(columns[1:]), block[:, 0], block[:, 1:], header)
    except ValueRangeError as error:
        raise FileFormatError(f"{path.name}: {error} (row 1 is line {first + 2})") from error
    for doubt in implausible_times(table.times):
        tell("times", doubt, file=path.name)
    return table


def table_text(table: Table, note: str = "") -> str:
    """Content of a MOT or STO file, values with 8 decimals."""
    return "".join(table_pieces(table, note))


def table_pieces(table: Table, note: str = "") -> Iterator[str]:
    """The content of `table_text` piece by piece: of a long table not all stands in memory."""
    in_degrees = table.header.get("inDegrees", "no")
    head = (
        f"{table.name}\nversion=1\nnRows={len(table.times)}\nnColumns={len(table.columns) + 1}\n"
        f"inDegrees={in_degrees}\n{note + chr(10) if note else ''}endheader\n"
    )
    pattern = "\t".join(["%16.8f"] * (len(table.columns) + 1)) + "\n"
    for text in (table.name, *table.columns):
        if text != text.strip() or has_control_characters(text):
            raise ValueRangeError(f"{text!r} cannot stand in a MOT or STO file")
    if len(table.times) > 1 and np.diff(table.times).min() < 2e-8:
        raise ValueRangeError("times closer than 2e-8 s cannot stand in a MOT or STO file")
    yield head + "\t".join(["time", *table.columns]) + "\n"
    for start in range(0, len(table.times), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        rows = zip(table.times[part].tolist(), table.values[part].tolist(), strict=True)
        yield "".join([pattern % (time, *values) for time, values in rows])


def _header(lines: list[bytes], file: str) -> tuple[str, dict[str, str], int]:
    """Name, fields, and the index of the line with the column names."""
    header: dict[str, str] = {}
    for number, line in enumerate(lines):
        text = decoded(line).strip()
        if text.lower() == "endheader":
            following = range(number + 1, len(lines))
            first = next((index for index in following if lines[index].strip()), None)
            if first is None:
                raise FileFormatError(f"{file}: nothing follows 'endheader'")
            name = "" if number == 0 else _table_name(decoded(lines[0]).strip())
            return name, header, first
        key, value = _field(text)
        if header.get(key, value).lower() != value.lower() and key.lower() in _DECISIVE:
            raise FileFormatError(
                f"{file}, line {number + 1}, header field '{key}': stands twice, as"
                f" '{header[key]}' and as '{value}'"
            )
        if key:
            header[key] = value
    raise FileFormatError(f"{file}: no line 'endheader'; a MOT or STO file has one")


def _field(line: str) -> tuple[str, str]:
    """Key and value of ``key=value``, or of SIMM's ``datacolumns 3``; else twice nothing."""
    key, equals, value = (part.strip() for part in line.partition("="))
    if equals and " " not in key:
        return key, value
    in_words = re.fullmatch(r"angles are in (degrees|radians)\.?", line, re.IGNORECASE)
    if in_words:
        return IN_WORDS, in_words.group(1).lower()
    words = line.split()
    if len(words) == 2 and words[0].lower() in _SIMM_FIELDS:
        return words[0], words[1]
    return "", ""


def _table_name(line: str) -> str:
    key, value = _field(line)
    if key:
        return value if key == "name" else ""
    return line.removeprefix("name ").strip()


def _columns(line: str) -> list[str]:
    if "\t" not in line:
        return line.split()
    return [cell.strip() for cell in line.split("\t") if cell.strip()]


def _require_printable(columns: list[str], file: str, line: int) -> None:
    """Control characters in a name would reach terminals, tables and pages."""
    for number, column in enumerate(columns, start=1):
        if has_control_characters(column):
            raise FileFormatError(
                f"{file}, line {line}: the name of column {number}, {column!a}, holds a control"
                " character"
            )


def _wrong_count(header: Mapping[str, str], found: int, what: str) -> str:
    for key, stated in header.items():
        # files of version 3 may do without
        if key.lower() not in _COUNTS[what]:
            continue
        digits = len(stated) <= _DIGITS and stated.isdecimal()
        if not (digits and int(stated) == found):
            shown = stated if len(stated) <= 2 * _DIGITS else f"{stated[: 2 * _DIGITS]}…"
            return f"header field '{key}': states {shown}, found {found} {what}"
    return ""


def version_of(header: Mapping[str, str]) -> int:
    """Of the file's header; 0 when it has none that is a number."""
    stated = header.get("version", "")
    return int(stated) if stated.isdecimal() and len(stated) < _DIGITS else 0
