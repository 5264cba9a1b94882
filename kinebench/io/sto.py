"""MOT and STO: OpenSim's tables over time, coordinates among them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kinebench.core.arrays import FloatArray, read_only, strictly_increasing
from kinebench.core.motion import Coordinate, Kind, Motion
from kinebench.core.value import Value
from kinebench.errors import FileFormatError, KinebenchWarning, ValueRangeError
from kinebench.io.atomic import write_atomically
from kinebench.io.numbers import parse_block, read_text_lines

__all__ = ["Table", "motion_text", "read_motion", "read_table", "table_text", "write_motion"]

_NOTE = """
Units are S.I. units (second, meters, Newtons, ...)
If the header above contains a line with 'inDegrees', this indicates whether rotational values \
are in degrees (yes) or radians (no).
"""


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
    columns = lines[first].decode("utf-8", "replace").split()
    if not columns or columns[0].lower() != "time":
        start = columns[0] if columns else "nothing"
        raise FileFormatError(
            f"{path.name}, line {first + 1}: the first column must be 'time', found '{start}'"
        )
    rows = lines[first + 1 :]
    while rows and not rows[-1].strip():
        rows.pop()
    found = {"nColumns": (len(columns), "columns"), "nRows": (len(rows), "rows of data")}
    for key, (count, what) in found.items():
        fault = _wrong_count(header, key, count, what, path.name)
        if fault and strict:
            raise FileFormatError(fault)
        if fault:
            warnings.warn(fault, KinebenchWarning, stacklevel=2)
    block = parse_block(rows, columns, path.name, first + 2)
    try:
        return Table(name, tuple(columns[1:]), block[:, 0], block[:, 1:], header)
    except ValueRangeError as error:
        raise FileFormatError(f"{path.name}: {error} (row 1 is line {first + 2})") from error


def read_motion(path: Path | str) -> Motion:
    """Read the coordinates of a MOT or STO file.

    Angles are converted when the header says ``inDegrees=yes`` (absent means radians, as OpenSim
    takes it); translations never are. A coordinate is translational when its name ends in _tx, _ty
    or _tz. Columns of states, ``/jointset/<joint>/<coordinate>/value``, become coordinates; speeds
    and other states are left out.

    Returns
    -------
    Motion
        In rad and m.
    """
    path = Path(path)
    table = read_table(path)
    kept = [(index, name) for index, name in enumerate(map(_coordinate, table.columns)) if name]
    coordinates = tuple(Coordinate(name, _kind(name)) for _, name in kept)
    values = table.values[:, [index for index, _ in kept]]
    angular = np.array([coordinate.kind == "rotational" for coordinate in coordinates], dtype=bool)
    in_degrees = table.header.get("inDegrees", "no").lower()
    if in_degrees not in ("yes", "no"):
        raise FileFormatError(f"{path.name}: inDegrees must be yes or no, found '{in_degrees}'")
    if in_degrees == "yes":
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
    rows = zip(table.times.tolist(), table.values.tolist(), strict=True)
    body = [pattern % (time, *values) for time, values in rows]
    return head + "\n".join(["\t".join(["time", *table.columns]), *body]) + "\n"


def _header(lines: list[bytes], file: str) -> tuple[str, dict[str, str], int]:
    """Name, key=value lines, and the index of the line with the column names."""
    header: dict[str, str] = {}
    name = lines[0].decode("utf-8", "replace").strip()
    if "=" in name:
        name = "" if not name.startswith("name") else name.split("=", 1)[1].strip()
    for number, line in enumerate(lines):
        text = line.decode("utf-8", "replace").strip()
        if text.lower() == "endheader":
            if number + 1 >= len(lines):
                raise FileFormatError(f"{file}: nothing follows 'endheader'")
            return name, header, number + 1
        key, equals, value = text.partition("=")
        if equals and " " not in key.strip():
            header[key.strip()] = value.strip()
    raise FileFormatError(f"{file}: no line 'endheader'; a MOT or STO file has one")


def _wrong_count(header: dict[str, str], key: str, found: int, what: str, file: str) -> str:
    spelt = next((name for name in header if name.lower() == key.lower()), None)
    # version 3 files may do without
    if spelt is None or header[spelt] == str(found):
        return ""
    return f"{file}, header field '{spelt}': states {header[spelt]}, found {found} {what}"


def _coordinate(column: str) -> str | None:
    if not column.startswith("/"):
        return column
    parts = column.strip("/").split("/")
    return parts[-2] if parts[0] == "jointset" and parts[-1] == "value" else None


def _kind(name: str) -> Kind:
    return "translational" if name.endswith(("_tx", "_ty", "_tz")) else "rotational"
