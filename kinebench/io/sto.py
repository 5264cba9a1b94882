"""MOT and STO: OpenSim's tables over time, coordinates among them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kinebench.core.arrays import FloatArray, frozen_mapping, read_only, strictly_increasing
from kinebench.core.motion import Coordinate, Kind, Motion
from kinebench.core.value import Value
from kinebench.errors import FileFormatError, KinebenchWarning, ValueRangeError
from kinebench.io.atomic import write_atomically
from kinebench.io.numbers import decoded, parse_block, read_text_lines
from kinebench.io.plausible import implausible_times

__all__ = ["Table", "motion_text", "read_motion", "read_table", "table_text", "write_motion"]

_NOTE = """
Units are S.I. units (second, meters, Newtons, ...)
If the header above contains a line with 'inDegrees', this indicates whether rotational values \
are in degrees (yes) or radians (no).
"""


_SIMM_FIELDS = ("datacolumns", "datarows")
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
        fault = _wrong_count(header, count, what, path.name)
        if fault and strict:
            raise FileFormatError(fault)
        if fault:
            warnings.warn(fault, KinebenchWarning, stacklevel=2)
    block = parse_block(rows, columns, path.name, first + 2)
    try:
        table = Table(name, tuple(columns[1:]), block[:, 0], block[:, 1:], header)
    except ValueRangeError as error:
        raise FileFormatError(f"{path.name}: {error} (row 1 is line {first + 2})") from error
    for remark in implausible_times(table.times):
        warnings.warn(f"{path.name}: {remark}", KinebenchWarning, stacklevel=2)
    return table


def read_motion(path: Path | str) -> Motion:
    """Read the coordinates of a MOT or STO file.

    Angles are converted when the header says ``inDegrees=yes``; translations never are. Where it
    says nothing, angles are in radians, but in degrees in a file of SIMM's (``datacolumns`` instead
    of ``nColumns``), as OpenSim takes them. A coordinate is translational when its name ends in
    _tx, _ty or _tz. Columns of states, ``/jointset/<joint>/<coordinate>/value``, become
    coordinates; speeds and other states are left out.

    Returns
    -------
    Motion
        In rad and m.

    Raises
    ------
    FileFormatError
        As `read_table`, and when there are no coordinates, two of one name, or no telling whether
        angles are in degrees.
    """
    path = Path(path)
    table = read_table(path)
    in_degrees = _in_degrees(table.header, path.name)
    kept = [(index, name) for index, name in enumerate(map(_coordinate, table.columns)) if name]
    if not kept:
        raise FileFormatError(
            f"{path.name} has no coordinates; its columns are: {', '.join(table.columns[:20])}"
        )
    coordinates = tuple(Coordinate(name, _kind(name)) for _, name in kept)
    values = table.values[:, [index for index, _ in kept]]
    angular = np.array([coordinate.kind == "rotational" for coordinate in coordinates], dtype=bool)
    if in_degrees:
        values = np.where(angular, np.radians(values), values)
    elif angular.any() and np.nanmax(np.abs(values[:, angular]), initial=0.0) > 8 * math.pi:
        largest = np.nanmax(np.abs(values[:, angular]))
        warnings.warn(
            f"{path.name}: angles reach {largest:.0f} rad (are they in degrees?); taken as"
            " declared",
            KinebenchWarning,
            stacklevel=2,
        )
    try:
        return Motion(coordinates, table.times, values)
    except ValueRangeError as error:
        raise FileFormatError(f"{path.name}: {error}") from error


def write_motion(path: Path | str, motion: Motion, name: str = "Coordinates") -> None:
    """Write coordinates as MOT, angles in degrees, whole or not at all."""
    write_atomically(path, motion_text(motion, name))


def motion_text(motion: Motion, name: str = "Coordinates") -> str:
    """Content of the file that `write_motion` writes."""
    angular = np.array([coordinate.kind == "rotational" for coordinate in motion.coordinates])
    values = np.where(angular, np.degrees(motion.values), motion.values)
    return table_text(Table(name, motion.names, motion.times, values, {"inDegrees": "yes"}), _NOTE)


def table_text(table: Table, note: str = "") -> str:
    """Content of a MOT or STO file, values with 8 decimals."""
    in_degrees = table.header.get("inDegrees", "no")
    head = (
        f"{table.name}\nversion=1\nnRows={len(table.times)}\nnColumns={len(table.columns) + 1}\n"
        f"inDegrees={in_degrees}\n{note + chr(10) if note else ''}endheader\n"
    )
    pattern = "\t".join(["%16.8f"] * (len(table.columns) + 1))
    for text in (table.name, *table.columns):
        if text != text.strip() or any(character in text for character in "\t\n\r\0"):
            raise ValueRangeError(f"{text!r} cannot stand in a MOT or STO file")
    if len(table.times) > 1 and np.diff(table.times).min() < 2e-8:
        raise ValueRangeError("times closer than 2e-8 s cannot stand in a MOT or STO file")
    rows = zip(table.times.tolist(), table.values.tolist(), strict=True)
    body = [pattern % (time, *values) for time, values in rows]
    return head + "\n".join(["\t".join(["time", *table.columns]), *body]) + "\n"


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
        if key:
            header[key] = value
    raise FileFormatError(f"{file}: no line 'endheader'; a MOT or STO file has one")


def _field(line: str) -> tuple[str, str]:
    """Key and value of ``key=value``, or of SIMM's ``datacolumns 3``; else twice nothing."""
    key, equals, value = (part.strip() for part in line.partition("="))
    if equals and " " not in key:
        return key, value
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


def _wrong_count(header: Mapping[str, str], found: int, what: str, file: str) -> str:
    for key, stated in header.items():
        # files of version 3 may do without
        if key.lower() in _COUNTS[what] and not (stated.isdecimal() and int(stated) == found):
            return f"{file}, header field '{key}': states {stated}, found {found} {what}"
    return ""


def _in_degrees(header: Mapping[str, str], file: str) -> bool:
    stated = header.get("inDegrees")
    if stated is None:
        misspelt = next((key for key in header if key.lower() == "indegrees"), None)
        if misspelt is not None:
            raise FileFormatError(
                f"{file}, header field '{misspelt}': OpenSim knows only the spelling 'inDegrees'"
            )
        return any(key.lower() == "datacolumns" for key in header)
    if stated.lower() not in ("yes", "no"):
        raise FileFormatError(
            f"{file}, header field 'inDegrees': must be yes or no, found '{stated}'"
        )
    return stated.lower() == "yes"


def _coordinate(column: str) -> str | None:
    """Name of the coordinate whose value the column holds, if it holds one."""
    parts = column.strip("/").split("/")
    if len(parts) == 1:
        return column
    return parts[-2] if parts[-1] == "value" else None


def _kind(name: str) -> Kind:
    return "translational" if name.endswith(("_tx", "_ty", "_tz")) else "rotational"
