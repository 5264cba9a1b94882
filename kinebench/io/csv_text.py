"""CSV as spreadsheets save it: commas, semicolons or tabs, quotes, decimal commas."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import NamedTuple

from kinebench.errors import FileFormatError

_DELIMITERS = ",;\t"
_DECIMAL_COMMA = re.compile(r"(?<![^\t\n])(\s*[+-]?\d*),(\d+(?:[eE][+-]?\d+)?\s*)(?![^\t\n])")


class CsvText(NamedTuple):
    """A table whose cells are separated by tabs.

    Parameters
    ----------
    header : tuple of str
        Cells of the first line.
    rows : list of str
        The lines below it; numbers have decimal points.
    first_line : int
        Number of the first of the rows in the file, from 1.
    """

    header: tuple[str, ...]
    rows: list[str]
    first_line: int


def split_csv(text: str, file: str) -> CsvText:
    """Split a CSV by the separator that its first line shows.

    That is the commonest of comma, semicolon and tab there, or what a line ``sep=;`` of Excel's
    says. Where it is no comma, a comma between digits is a decimal point. Lines at the end that
    hold nothing but separators are left out.

    Raises
    ------
    FileFormatError
        When there is no first line, or a quote that nothing closes.
    """
    lines = text.split("\n")
    while lines and not lines[-1].strip(_DELIMITERS + ' "'):
        lines.pop()
    first = 0
    while first < len(lines) and not lines[first].strip():
        first += 1
    if first == len(lines):
        raise FileFormatError(f"cannot read {file}: it is empty")
    stated = re.fullmatch(r"sep=(.)", lines[first].strip('" '), re.IGNORECASE)
    first += stated is not None
    if first == len(lines):
        raise FileFormatError(f"cannot read {file}: nothing follows its line '{lines[-1]}'")
    delimiter = stated[1] if stated else _delimiter(lines[first])
    if delimiter not in lines[first]:
        raise FileFormatError(
            f"{file}: no comma, semicolon or tab separates the columns of its first line,"
            f" '{lines[first][:40]}'"
        )
    if any('"' in line for line in lines):
        lines = _unquoted(lines, delimiter, file)
    else:
        lines = [line.replace(delimiter, "\t") for line in lines]
    rows = lines[first + 1 :]
    if delimiter != ",":
        rows = _DECIMAL_COMMA.sub(r"\1.\2", "\n".join(rows)).split("\n") if rows else []
    return CsvText(tuple(cell.strip() for cell in lines[first].split("\t")), rows, first + 2)


def _delimiter(header: str) -> str:
    bare = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=bare.count)


def _unquoted(lines: Sequence[str], delimiter: str, file: str) -> list[str]:
    """Lines with tabs between their cells; a line break or tab within quotes is refused."""
    try:
        rows = [next(csv.reader([line], delimiter=delimiter, strict=True), []) for line in lines]
    except csv.Error as error:
        raise FileFormatError(f"cannot read {file}: {error}") from error
    return ["\t".join(cell.replace("\t", " ") for cell in row) for row in rows]
