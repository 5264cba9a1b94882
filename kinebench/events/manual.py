"""Events that a person wrote into a CSV file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

from kinebench.errors import FileFormatError, has_control_characters
from kinebench.io.csv_text import split_csv
from kinebench.io.text import read_text

_LATEST_S = 86_400.0  # a day: what lies beyond is no time in seconds
COLUMNS = ("name", "start_s", "end_s", "trial")


class ManualEvent(NamedTuple):
    """A moment or an interval that somebody named.

    Parameters
    ----------
    name : str
        "squat 1", "heel strike right", …
    start_s : float
    end_s : float or None
        None for a moment.
    trial : str
        Empty when the file has no such column.
    """

    name: str
    start_s: float
    end_s: float | None
    trial: str


def read_events(path: Path | str) -> tuple[ManualEvent, ...]:
    """Read events, in the file's order.

    The first line names the columns: ``name`` and ``start_s`` must be there, ``end_s`` and
    ``trial`` may be. An empty ``end_s`` is a moment. Empty lines and lines that start with # are
    skipped.

    Raises
    ------
    FileFormatError
        Naming file, line and field.
    """
    path = Path(path)
    text = read_text(path)
    told = ["" if line.lstrip().startswith("#") else line for line in text.split("\n")]
    if not any(line.strip() for line in told):
        raise FileFormatError(f"{path.name} is empty; its first line must name the columns")
    table = split_csv("\n".join(told), path.name)
    header = _header(path, table.first_line - 1, list(table.header))
    events = []
    for number, line in enumerate(table.rows, table.first_line):
        if not line.strip():
            continue
        row = line.split("\t")
        if len(row) != len(header):
            raise FileFormatError(
                f"{path.name}, line {number}: {len(header)} fields expected, found {len(row)}"
            )
        fields = dict(zip(header, (cell.strip() for cell in row), strict=True))
        events.append(_event(path, number, fields))
    if not events:
        raise FileFormatError(f"{path.name} lists no event below its line of columns")
    return tuple(events)


def _header(path: Path, number: int, row: list[str]) -> list[str]:
    header = [cell.strip() for cell in row]
    missing = [name for name in ("name", "start_s") if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    if missing or unknown or len(set(header)) != len(header):
        raise FileFormatError(
            f"{path.name}, line {number}: columns must be name, start_s and optionally end_s,"
            f" trial, each once; found {', '.join(header)}"
        )
    return header


def _event(path: Path, number: int, fields: dict[str, str]) -> ManualEvent:
    if not fields["name"]:
        raise FileFormatError(f"{path.name}, line {number}, field name: empty")
    for field in ("name", "trial"):
        if has_control_characters(fields.get(field, "")):
            raise FileFormatError(
                f"{path.name}, line {number}, field {field}: {fields[field]!a} holds a control"
                " character"
            )
    start = _seconds(path, number, "start_s", fields["start_s"])
    end = None
    if fields.get("end_s"):
        end = _seconds(path, number, "end_s", fields["end_s"])
        if not end > start:
            raise FileFormatError(
                f"{path.name}, line {number}, field end_s: {end:g} s does not come after"
                f" start_s, {start:g} s"
            )
    return ManualEvent(fields["name"], start, end, fields.get("trial", ""))


def _seconds(path: Path, number: int, field: str, cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not abs(value) <= _LATEST_S:
        raise FileFormatError(
            f"{path.name}, line {number}, field {field}: seconds expected, found {cell!r}"
        )
    return value
