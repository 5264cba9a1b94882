"""TRC: OpenSim's table of marker trajectories."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.sampling import sampling_rate
from kinebench.errors import FileFormatError, ValueRangeError
from kinebench.io.atomic import write_atomically
from kinebench.io.first_look import warn_if_implausible
from kinebench.io.frame_numbers import warn_if_frames_disagree
from kinebench.io.numbers import ROWS_AT_ONCE, decoded, parse_block, read_text_lines
from kinebench.io.sentinels import without_sentinels
from kinebench.io.units import METRES, UNIT_WORDS
from kinebench.remarks import tell

Unit = Literal["m", "mm"]


def read_trc(path: Path | str) -> Markers:
    """Read a TRC file.

    Accepts LF, CRLF and CR, tabs repeated in the header, trailing tabs, blank cells (missing
    markers, as `without_sentinels` finds them too), with or without the blank line under the
    header, UTF-8, UTF-16 or Latin-1. The unit is the one that the file declares.

    Returns
    -------
    Markers
        In m, in the file's own axes, called ``"ground"``.

    Raises
    ------
    FileFormatError
        Naming line and field: header counts that disagree, unknown unit, cells that are no
        numbers, doubled names, times that do not increase.
    """
    path = Path(path)
    lines = read_text_lines(path)
    header = _header(lines, path.name)
    rate = _data_rate(header, path.name)
    names = _names(lines, header, path.name)
    first = 5
    while first < len(lines) and not lines[first].strip():
        first += 1
    rows = lines[first:]
    while rows and not rows[-1].strip():
        rows.pop()
    _check_count(header, "NumFrames", len(rows), "rows of data", path.name)
    columns = ["Frame#", "Time", *(f"{axis} of {name}" for name in names for axis in "XYZ")]
    block = parse_block(rows, columns, path.name, first + 1)
    scale = METRES[header["Units"].lower()]
    cells = block[:, 2:].reshape(len(rows), len(names), 3)
    positions = without_sentinels(cells, scale, names, path.name)
    if scale != 1.0:
        positions = positions * scale
    try:
        markers = Markers(names, block[:, 1], positions)
    except ValueRangeError as error:
        raise FileFormatError(f"{path.name}: {error} (frame 1 is line {first + 1})") from error
    _warn_if_suspicious(markers, rate, header, path.name)
    warn_if_frames_disagree(block[:, 0], block[:, 1], path.name)
    return markers


def write_trc(path: Path | str, markers: Markers, unit: Unit = "m", decimals: int = 8) -> None:
    """Write markers as TRC, whole or not at all; missing markers become blank cells.

    Parameters
    ----------
    path : path
    markers : Markers
    unit : {"m", "mm"}
    decimals : int
        Of the positions in that unit; times get 8.
    """
    write_atomically(path, trc_text(markers, Path(path).name, unit, decimals))


def trc_text(markers: Markers, name: str, unit: Unit = "m", decimals: int = 8) -> str:
    """Content of the TRC file that `write_trc` writes."""
    return "".join(trc_pieces(markers, name, unit, decimals))


def trc_pieces(markers: Markers, name: str, unit: Unit = "m", decimals: int = 8) -> Iterator[str]:
    """The content of `trc_text` piece by piece: of a long recording not all stands in memory."""
    if unit not in ("m", "mm"):
        raise ValueRangeError(f"unit must be 'm' or 'mm', found {unit!r}")
    if not (markers.names and markers.n_frames):
        raise ValueRangeError(
            f"{name}: a TRC file needs markers and frames, found {len(markers.names)} and"
            f" {markers.n_frames}"
        )
    for marker in markers.names:
        if marker != marker.strip():
            raise ValueRangeError(f"marker name {marker!r} cannot stand in a TRC file")
    if markers.n_frames > 1 and np.diff(markers.times).min() < 2e-8:
        raise ValueRangeError("times closer than 2e-8 s cannot stand in a TRC file")
    rate = f"{_stated_rate(markers):.10g}"
    counts = f"{markers.n_frames}\t{len(markers.names)}\t{unit}"
    head = [
        f"PathFileType\t4\t(X/Y/Z)\t{name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits"
        "\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{counts}\t{rate}\t1\t{markers.n_frames}",
        "Frame#\tTime\t" + "\t\t\t".join(markers.names) + "\t\t",
        "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(markers.names) + 1)),
        "",
    ]
    yield "\n".join(head) + "\n"
    for start in range(0, markers.n_frames, ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        positions = markers.positions[part] * (1.0 if unit == "m" else 1e3)
        yield _rows(start, markers.times[part], positions, decimals)


def _stated_rate(markers: Markers) -> float:
    """The rate of the times as they are written, so that reading and writing again changes nothing.

    A single frame has no rate: 1 Hz stands for it.
    """
    if markers.n_frames < 2:
        return 1.0
    return sampling_rate(np.array([float(f"{time:.8f}") for time in markers.times]))


def _rows(before: int, times: FloatArray, positions: FloatArray, decimals: int) -> str:
    """Lines of some frames, of which others come before."""
    flat = positions.reshape(len(times), -1)
    pattern = "%d\t%.8f\t" + "\t".join([f"%.{decimals}f"] * flat.shape[1]) + "\n"
    frames = zip(times.tolist(), flat.tolist(), strict=True)
    rows = [pattern % (n, time, *values) for n, (time, values) in enumerate(frames, before + 1)]
    text = "".join(rows)
    return text.replace("nan", "") if np.isnan(flat).any() else text


def _header(lines: list[bytes], file: str) -> dict[str, str]:
    if not lines[0].lstrip().startswith(b"PathFileType"):
        start = decoded(lines[0][:40])
        raise FileFormatError(
            f"{file}, line 1: a TRC file starts with 'PathFileType', found '{start}'"
        )
    if len(lines) < 6:
        raise FileFormatError(f"{file}: ends after line {len(lines)}, before any row of data")
    keys = decoded(lines[1]).split()
    cells = _header_cells(decoded(lines[2]), len(keys))
    if len(cells) != len(keys):
        raise FileFormatError(
            f"{file}, line 3: expected {len(keys)} header values, as line 2 has names,"
            f" found {len(cells)}"
        )
    header = dict(zip(keys, cells, strict=True))
    for key in ("DataRate", "NumFrames", "NumMarkers", "Units"):
        if key not in header:
            raise FileFormatError(f"{file}, line 2: header field '{key}' is missing")
        if not header[key]:
            raise FileFormatError(f"{file}, line 3, field '{key}': is blank")
    if header["Units"].lower() not in METRES:
        raise FileFormatError(
            f"{file}, line 3, field 'Units': '{header['Units']}' is not one of {UNIT_WORDS}"
        )
    return header


def _header_cells(line: str, expected: int) -> list[str]:
    """Cells between single tabs when that gives the expected number, else all that are filled."""
    cells = [cell.strip() for cell in line.split("\t")]
    while len(cells) > expected and not cells[-1]:
        cells.pop()
    return cells if len(cells) == expected else line.split()


def _names(lines: list[bytes], header: dict[str, str], file: str) -> tuple[str, ...]:
    cells = [cell.strip() for cell in decoded(lines[3]).split("\t")]
    names = tuple(cell for cell in cells if cell)
    if names[:1] != ("Frame#",) or names[1:2] != ("Time",):
        raise FileFormatError(
            f"{file}, line 4: expected 'Frame#' and 'Time', found '{' '.join(names[:2])}'"
        )
    _check_count(header, "NumMarkers", len(names) - 2, "marker names", file)
    return names[2:]


def _check_count(header: dict[str, str], field: str, found: int, what: str, file: str) -> None:
    if _number(header, field, file) != found:
        raise FileFormatError(
            f"{file}, line 3, field '{field}': the header states {header[field]},"
            f" found {found} {what}"
        )


def _number(header: dict[str, str], field: str, file: str) -> float:
    try:
        return float(header[field])
    except ValueError as error:
        raise FileFormatError(
            f"{file}, line 3, field '{field}': '{header[field]}' is not a number"
        ) from error


def _warn_if_suspicious(markers: Markers, rate: float, header: dict[str, str], file: str) -> None:
    if markers.n_frames > 1 and abs(markers.rate_hz / rate - 1) > 0.01:
        tell(
            "stated rate",
            f"the header states DataRate {rate:g} Hz, the time column has"
            f" {markers.rate_hz:g} Hz; the time column counts",
            file=file,
        )
    warn_if_implausible(markers, header["Units"], file)


def _data_rate(header: dict[str, str], file: str) -> float:
    rate = _number(header, "DataRate", file)
    if not 0 < rate < math.inf:
        raise FileFormatError(
            f"{file}, line 3, field 'DataRate': must be above 0, found '{header['DataRate']}'"
        )
    return rate
