"""C3D: the binary format of motion-capture systems; written through ezc3d."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kinebench.core.markers import Markers
from kinebench.core.sampling import is_uniform
from kinebench.errors import FileFormatError, ValueRangeError, one_line, translated
from kinebench.io.atomic import atomic_path
from kinebench.io.c3d_format import parse_c3d
from kinebench.io.first_look import warn_if_implausible
from kinebench.io.sentinels import without_sentinels
from kinebench.io.units import METRES, UNIT_WORDS

# between one frame a day and a bullet camera: outside, the number is damaged
_SLOWEST_HZ, _FASTEST_HZ = 1e-5, 1e6
_LONG = 65535  # frames: the header cannot count them


def read_c3d(path: Path | str) -> Markers:
    """Read the points of a C3D file, in the file's own axes and the unit that it declares.

    A point is missing where its residual is negative, or where `without_sentinels` says so.
    Labels before a colon (the subject's name) are dropped when the names stay unique.

    Raises
    ------
    FileFormatError
        When the file cannot be read, or declares no unit or rate.
    """
    path = Path(path)
    with translated(f"cannot read {path.name}", (OSError, FileFormatError)):
        content = parse_c3d(path.read_bytes())
    parameters = content.parameters.get("POINT", {})
    rate = _rate(parameters, path.name)
    unit = _unit(parameters, path.name)
    gone = content.invalid | np.isnan(content.positions).any(axis=2)
    seen = np.where(gone[..., None], np.nan, content.positions)
    labels = _labels(parameters, seen.shape[1], path.name)
    scale = METRES[unit]
    positions = without_sentinels(seen, scale, labels, path.name) * scale
    times = (content.first_frame + np.arange(len(positions))) / rate
    try:
        markers = Markers(labels, times, positions)
    except ValueRangeError as error:
        raise FileFormatError(f"{path.name}: {error}") from error
    warn_if_implausible(markers, unit, path.name)
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
    if markers.n_frames >= _LONG:
        content.add_parameter("POINT", "LONG_FRAMES", [float(markers.n_frames)])
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


def _rate(parameters: Mapping[str, tuple[Any, ...]], file: str) -> float:
    stated = next(iter(parameters.get("RATE", ())), 0.0)
    if isinstance(stated, str) or not _SLOWEST_HZ <= stated <= _FASTEST_HZ:
        raise FileFormatError(f"{file}, POINT:RATE must be above 0 Hz, found {one_line(stated)}")
    return float(stated)


def _unit(parameters: Mapping[str, tuple[Any, ...]], file: str) -> str:
    units = [str(unit).strip().lower() for unit in parameters.get("UNITS", ())]
    if not units or units[0] not in METRES:
        found = units[0] if units else "none"
        raise FileFormatError(f"{file}, POINT:UNITS: '{found}' is not one of {UNIT_WORDS}")
    return units[0]


def _labels(parameters: Mapping[str, tuple[Any, ...]], n_points: int, file: str) -> tuple[str, ...]:
    # a parameter holds 255 labels at most; the next ones are in LABELS2, LABELS3, …
    groups = sorted((key for key in parameters if key.startswith("LABELS")), key=_ordinal)
    labels = [str(label).strip() for key in groups for label in parameters[key]]
    if len(labels) < n_points:
        raise FileFormatError(f"{file}, POINT:LABELS: {n_points} points but {len(labels)} labels")
    short = [label.rsplit(":", 1)[-1] for label in labels[:n_points]]
    return tuple(short if len(set(short)) == len(short) else labels[:n_points])


def _ordinal(key: str) -> int:
    number = key.removeprefix("LABELS")
    return int(number) if number.isdecimal() else 1
