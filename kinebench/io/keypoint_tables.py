"""CSV tables of keypoints."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from kinebench.core.arrays import FloatArray
from kinebench.errors import FileFormatError, require_names
from kinebench.io.csv_text import split_csv
from kinebench.io.numbers import parse_block
from kinebench.io.text import read_text

_AXIS = re.compile(r"(.+)[_.]([xyzXYZ])")
TIME_NAMES = ("time", "times", "t", "timestamp", "timestamps", "time_s", "time(s)", "time[s]")
_MILLISECONDS = ("time_ms", "time(ms)", "time[ms]", "timestamp_ms")
FRAME_NAMES = (
    "frame", "frames", "frame#", "frame_number", "frame_numbers", "frame_index", "frameindex",
    "framenumber", "frame_idx", "frame_no", "frameno", "frame_id",
)  # fmt: skip
"""What files call times and frame numbers, in lower case and without blanks."""


class KeypointTable(NamedTuple):
    """Content of a CSV of keypoints.

    Parameters
    ----------
    names : tuple of str
    times : (n_rows,) s, optional
    frames : (n_rows,), optional
        Frame numbers.
    positions : (n_rows, n_names, 3)
        In the file's own unit.
    """

    names: tuple[str, ...]
    times: FloatArray | None
    frames: FloatArray | None
    positions: FloatArray


def read_keypoint_table(path: Path) -> KeypointTable:
    """Read a CSV whose header has ``<name>_x``, ``_y``, ``_z``, and ``time`` or ``frame``.

    Columns may come in any order, the latter two and the axes in any case.

    Raises
    ------
    FileFormatError
        Naming line and column.
    NameNotFoundError
        When a keypoint lacks an axis.
    """
    table = split_csv(read_text(path), path.name)
    columns = _columns(table.header, path.name)
    axes = [column for column in columns if _AXIS.fullmatch(column)]
    names = tuple(dict.fromkeys(column[:-2] for column in axes))
    wanted = [f"{name}_{axis}" for name in names for axis in "xyz"]
    require_names(wanted or ["<name>_x"], columns, "column", path.name)
    rows = [row.encode() for row in table.rows]
    values = parse_block(rows, table.header, path.name, table.first_line)
    positions = values[:, [columns.index(column) for column in wanted]]

    def column(name: str) -> FloatArray | None:
        return values[:, columns.index(name)] if name in columns else None

    shape = (len(values), len(names), 3)
    times, milliseconds = column("time"), column("time in ms")
    if milliseconds is not None:
        times = milliseconds / 1e3
    return KeypointTable(names, times, column("frame"), positions.reshape(shape))


def _columns(header: tuple[str, ...], file: str) -> list[str]:
    """Columns by the names that they have here: time, frame, <name>_x."""
    columns = []
    for number, cell in enumerate(header, 1):
        axis = _AXIS.fullmatch(cell)
        plain = cell.casefold().replace(" ", "")
        if axis:
            columns.append(f"{axis[1]}_{axis[2].lower()}")
        elif plain in TIME_NAMES:
            columns.append("time")
        elif plain in _MILLISECONDS:
            columns.append("time in ms")
        elif plain in FRAME_NAMES:
            columns.append("frame")
        else:
            raise FileFormatError(
                f"{file}, column {number}, {_shown(cell)}: expected time, frame or <name>_x, _y, _z"
            )
    if {"time", "time in ms"} <= set(columns):
        raise FileFormatError(f"{file}: two columns hold the time, in s and in ms; leave one out")
    doubled = [column for column, count in Counter(columns).items() if count > 1]
    if doubled:
        raise FileFormatError(f"{file}: column '{doubled[0]}' stands twice")
    return columns


def _shown(cell: str) -> str:
    return f"'{cell if len(cell) <= 40 else cell[:40] + '…'}'" if cell else "without a name"
