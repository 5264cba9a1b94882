"""C3D: the binary format of motion-capture systems, through ezc3d."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any, Literal

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.sampling import is_uniform
from kinebench.errors import FileFormatError, ValueRangeError
from kinebench.io.atomic import atomic_path
from kinebench.io.magnitude import warn_if_magnitude_suspicious
from kinebench.io.sentinels import without_sentinels

__all__ = ["read_c3d", "write_c3d"]

_BLOCK = 512
_MAGIC = 80
_BIG_ENDIAN = 86
_FULL = 65535
_METRES = {"m": 1.0, "cm": 1e-2, "mm": 1e-3}


def read_c3d(path: Path | str) -> Markers:
    """Read the points of a C3D file, in the file's own axes and the unit that it declares.

    A point is missing where its residual is negative, or where `without_sentinels` says so.
    Labels before a colon (the subject's name) are dropped when the names stay unique.

    Raises
    ------
    FileFormatError
        When the file cannot be read, or declares no unit or rate.
    """
    import ezc3d

    path = Path(path)
    stated = _stated_frames(path)
    try:
        content: Any = ezc3d.c3d(str(path))
    except (OSError, RuntimeError, ValueError) as error:
        raise FileFormatError(f"cannot read {path.name}: {error}") from error
    parameters = content["parameters"].get("POINT", {})
    points: FloatArray = np.asarray(content["data"]["points"], dtype=np.float64)
    if points.shape[2] == 0 or points.shape[1] == 0:
        raise FileFormatError(f"{path.name} holds no points")
    if points.shape[2] < stated:
        raise FileFormatError(
            f"{path.name} is cut off: its header states {stated} frames, found {points.shape[2]}"
        )
    rate = float(next(iter(np.ravel(parameters.get("RATE", {}).get("value", []))), 0.0))
    if not rate > 0:
        raise FileFormatError(f"{path.name}, POINT:RATE must be above 0 Hz, found {rate:g}")
    unit = _unit(parameters, path.name)
    positions = points[:3].transpose(2, 1, 0)
    residuals = np.asarray(content["data"]["meta_points"]["residuals"])[0].T
    gone = (residuals < 0) | ~np.isfinite(positions).all(axis=2)
    labels = _labels(parameters, positions.shape[1], path.name)
    scale = _METRES[unit]
    seen = np.where(gone[..., None], np.nan, positions)
    positions = without_sentinels(seen, scale, labels, path.name) * scale
    first = int(content["header"]["points"]["first_frame"])
    times = (first + np.arange(len(positions))) / rate
    try:
        markers = Markers(labels, times, positions)
    except ValueRangeError as error:
        raise FileFormatError(f"{path.name}: {error}") from error
    warn_if_magnitude_suspicious(positions, unit, path.name)
    return markers


def write_c3d(path: Path | str, markers: Markers) -> None:
    """Write markers as C3D in mm, single precision, whole or not at all; times start at 0.

    Raises
    ------
    ValueRangeError
        When the frame intervals are not equal: the format knows a rate, no times.
    """
    import ezc3d

    if not is_uniform(markers.times):
        raise ValueRangeError("a C3D file needs equal frame intervals; resample first")
    if not markers.names:
        raise ValueRangeError("a C3D file needs markers, found none")
    content: Any = ezc3d.c3d()
    content["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    content["parameters"]["POINT"]["RATE"]["value"] = [markers.rate_hz]
    content["parameters"]["POINT"]["LABELS"]["value"] = list(markers.names)
    points = np.ones((4, len(markers.names), markers.n_frames))
    points[:3] = markers.positions.transpose(2, 1, 0) * 1e3
    residuals = np.where(markers.missing.T, -1.0, 0.0)[None]
    points[:3][:, residuals[0] < 0] = 0.0
    content["data"]["points"] = points
    content["data"]["meta_points"]["residuals"] = residuals
    with atomic_path(path) as scratch:
        # ezc3d appends the ending, and does not tell when the disk is full
        named = scratch.with_name(scratch.name + ".c3d")
        try:
            content.write(str(named))
            if named.stat().st_size < points.size * 4:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            named.replace(scratch)
        finally:
            named.unlink(missing_ok=True)


def _stated_frames(path: Path) -> int:
    """Number of frames by the file's header, which ezc3d corrects to what it finds.

    Refuses files that end before their parameters do: ezc3d would end the process. Header and
    parameters begin with where they lie, counted in blocks of 512 bytes from 1.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            header = file.read(10)
            known = len(header) == 10 and header[1] == _MAGIC
            block = header[0] - 1 if known else 0
            file.seek(max(block, 0) * _BLOCK)
            parameters = file.read(4)
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror or error}") from error
    if block < 1:
        raise FileFormatError(f"{path.name} is no C3D file: its second byte is not {_MAGIC}")
    if len(parameters) < 4 or size < (block + max(parameters[2], 1)) * _BLOCK:
        raise FileFormatError(f"{path.name} ends after {size} bytes, amid its parameters")
    order: Literal["big", "little"] = "big" if parameters[3] == _BIG_ENDIAN else "little"
    first, last = (int.from_bytes(header[at : at + 2], order) for at in (6, 8))
    # the field is full at 65535: longer recordings state their length elsewhere
    return last - first + 1 if last < _FULL else 0


def _unit(parameters: Any, file: str) -> str:
    units = [str(unit).strip().lower() for unit in parameters.get("UNITS", {}).get("value", [])]
    if not units or units[0] not in _METRES:
        found = units[0] if units else "none"
        raise FileFormatError(f"{file}, POINT:UNITS: '{found}' is not one of m, cm, mm")
    return units[0]


def _labels(parameters: Any, n_points: int, file: str) -> tuple[str, ...]:
    # a parameter holds 255 labels at most; the next ones are in LABELS2, LABELS3, …
    groups = sorted((key for key in parameters if key.startswith("LABELS")), key=_ordinal)
    labels = [str(label).strip() for key in groups for label in parameters[key]["value"]]
    if len(labels) < n_points:
        raise FileFormatError(f"{file}, POINT:LABELS: {n_points} points but {len(labels)} labels")
    short = [label.rsplit(":", 1)[-1] for label in labels[:n_points]]
    return tuple(short if len(set(short)) == len(short) else labels[:n_points])


def _ordinal(key: str) -> int:
    number = key.removeprefix("LABELS")
    return int(number) if number.isdecimal() else 1
