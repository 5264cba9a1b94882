"""Keypoints and markers from any supported file, with axes and unit declared by caller or file."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.keypoints import KEYPOINT_SETS
from kinebench.core.markers import Markers
from kinebench.errors import (
    FileFormatError,
    ValueRangeError,
    listed,
    one_line,
    require_names,
    translated,
)
from kinebench.io.array_files import ObjectArrayError, npy_array, npz_arrays, object_array
from kinebench.io.c3d import read_c3d
from kinebench.io.first_look import warn_if_implausible
from kinebench.io.frame_numbers import frame_order, warn_if_frames_disagree
from kinebench.io.keypoint_tables import FRAME_NAMES, TIME_NAMES, read_keypoint_table
from kinebench.io.sentinels import without_sentinels
from kinebench.io.text import archive_kind, decoded
from kinebench.io.trc import read_trc
from kinebench.remarks import tell

_TABLE_ENDINGS = (".csv", ".tsv", ".txt")
ARRAY_ENDINGS = (".npy", ".npz", *_TABLE_ENDINGS)
"""Files that do not declare their unit."""

NAMED_AXES = {"y-up": "+x+y+z", "z-up": "+x+z-y", "x-up": "+y+x-z"}
"""Short names for the axes of a file, by what points up."""

UNITS = {"m": 1.0, "cm": 1e-2, "mm": 1e-3}
"""Metres per unit."""


def read_markers(
    path: Path | str,
    unit: str | None = None,
    rate_hz: float | None = None,
    keypoint_set: str | None = None,
    axes: str = "+x+y+z",
) -> Markers:
    """Read TRC, C3D, NPY, NPZ or CSV (also as TSV or TXT) by the file's ending.

    TRC and C3D declare unit, rate and names themselves; for arrays the caller must.

    Parameters
    ----------
    path : path
    unit : {"m", "cm", "mm"}, optional
        Required for arrays.
    rate_hz : float, optional
        Required for arrays without times.
    keypoint_set : str, optional
        A key of `KEYPOINT_SETS`; required for arrays without names.
    axes : str
        Where OpenSim's forward, up and right axes lie in the file, see `axes_of`: ``+x-y-z`` reads
        forward from x, up from −y and right from −z; ``z-up`` is short for ``+x+z-y``.

    Raises
    ------
    FileFormatError
        For an unknown ending or a file that does not follow its format.
    ValueRangeError
        When unit, rate or names are needed and not declared, or declared twice.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending in (".trc", ".c3d"):
        declared = {"unit": unit, "rate": rate_hz, "keypoint set": keypoint_set}
        for what, value in declared.items():
            if value is not None:
                raise ValueRangeError(f"{path.name} declares its {what} itself; leave it out")
        markers = read_trc(path) if ending == ".trc" else read_c3d(path)
    elif ending in ARRAY_ENDINGS:
        markers = read_array(path, unit, rate_hz, keypoint_set)
    elif path.is_dir():
        raise FileFormatError(
            f"{path} is a folder: name a recording; a session is named without --keypoints"
        )
    else:
        raise FileFormatError(_no_reader(path))
    return markers.with_positions(_turned(markers.positions, axes))


def _no_reader(path: Path) -> str:
    kind = ""
    if path.is_file():
        with path.open("rb") as file:
            kind = archive_kind(file.read(512))
    if kind:
        return f"{path.name} is a {kind} archive: unpack it, and name the recording in it"
    valid = ", ".join((".trc", ".c3d", *ARRAY_ENDINGS))
    return f"{path.name}: no reader for '{path.suffix.lower()}'; valid are {valid}"


def read_array(
    path: Path, unit: str | None, rate_hz: float | None, keypoint_set: str | None
) -> Markers:
    """Read keypoints from NPY, NPZ or CSV.

    NPY holds (n_frames, n_keypoints, 3), or (3, n_keypoints, n_frames) as OpenCap's triangulation
    gives it; when both fit, the former is taken, with a warning. NPZ holds ``positions`` of those
    shapes and may hold ``names``, ``times``, ``frames`` and ``confidence``, of which 0 is missing,
    and instead of times ``rate``; a ``unit`` there must be the one declared. CSV has a header with
    ``<name>_x``, ``<name>_y``, ``<name>_z``, and ``time`` or ``frame`` or both; its separator may
    be a comma, a semicolon or a tab. Without times, frame numbers ÷ rate are the times; rows out of
    their order are sorted, with a warning. Pickled content is refused.
    """
    if unit is None:
        raise ValueRangeError(f"{path.name} does not declare its unit: name m, cm or mm")
    require_names([unit], UNITS, "unit", path.name)
    if path.suffix.lower() in _TABLE_ENDINGS:
        content: _Content = (*read_keypoint_table(path), None)
    else:
        arrays = _arrays(path)
        rate_hz = _stated(path, arrays, unit, rate_hz)
        content = _read_numpy(path, arrays, keypoint_set)
    names, times, frames, positions, confidence = content
    if times is not None and rate_hz is not None:
        raise ValueRangeError(f"{path.name} has times itself; leave the sampling rate out")
    if times is None:
        if rate_hz is None or not 0 < rate_hz < math.inf:
            raise ValueRangeError(
                f"{path.name} has no times: a sampling rate above 0 Hz is needed, found {rate_hz}"
            )
        order = np.arange(len(positions)) if frames is None else frame_order(frames, path.name)
        times = (order if frames is None else frames[order]) / rate_hz
        positions = positions[order]
        confidence = None if confidence is None else confidence[order]
    elif frames is not None:
        warn_if_frames_disagree(frames, times, path.name)
    positions = without_sentinels(positions, UNITS[unit], names, path.name)
    try:
        markers = Markers(tuple(names), times, positions * UNITS[unit], confidence)
    except ValueRangeError as error:
        raise FileFormatError(f"{path.name}: {error}") from error
    warn_if_implausible(markers, unit, path.name)
    return markers


_ARRAYS = ("positions", "names", "times", "frames", "confidence")
_RATES = ("rate", "rate_hz", "fps", "sampling_rate", "frame_rate")
_UNIT_NAMES = ("unit", "units")

_Content = tuple[Sequence[str], FloatArray | None, FloatArray | None, FloatArray, FloatArray | None]


def _read_numpy(path: Path, content: Mapping[str, Any], keypoint_set: str | None) -> _Content:
    if "positions" not in content:
        raise FileFormatError(
            f"{path.name} has no array 'positions'; it has: {', '.join(content) or 'none'}"
        )
    try:
        positions = np.asarray(content["positions"]).astype(np.float64, casting="same_kind")
    except TypeError as error:
        raise FileFormatError(
            f"{path.name}: positions are no numbers: {one_line(error)}"
        ) from error
    if "names" in content and keypoint_set is not None:
        raise ValueRangeError(f"{path.name} has names itself; leave the keypoint set out")
    names: list[str]
    if "names" in content:
        names = _texts(path, content["names"])
    else:
        names = list(_set_names(path, keypoint_set))
    positions = _frames_first(path, positions, len(names))
    unread = [name for name in content if name not in (*_ARRAYS, *_RATES, *_UNIT_NAMES)]
    if unread:
        tell(
            "arrays not read",
            f"arrays {', '.join(unread)} are not read; known are {', '.join(_ARRAYS)}",
            file=path.name,
        )
    numbers = [_numbers(path, content, name) for name in ("times", "frames", "confidence")]
    times, frames, confidence = numbers
    return names, times, frames, _seen(path, names, positions, confidence), confidence


def _seen(
    path: Path, names: Sequence[str], positions: FloatArray, confidence: FloatArray | None
) -> FloatArray:
    """Positions without those of confidence 0, which detectors give what they did not see."""
    if confidence is None or confidence.shape != positions.shape[:2] or not confidence.any():
        return positions
    unseen = (confidence == 0) & np.isfinite(positions).all(axis=2)
    if unseen.any():
        where = [name for name, column in zip(names, unseen.T, strict=True) if column.any()]
        tell(
            "confidence of 0",
            f"{int(unseen.sum())} positions of confidence 0 are taken as missing, of"
            f" {listed(where, 5)}",
            where=where,
            file=path.name,
        )
    return np.where(unseen[..., None], np.nan, positions)


def _stated(
    path: Path, content: Mapping[str, Any], unit: str, rate_hz: float | None
) -> float | None:
    """The rate, where the archive states it; a unit or rate that contradicts the caller's fails."""
    for name in _UNIT_NAMES:
        own = str(np.ravel(content[name])[0]).strip().lower() if _has(content, name) else unit
        if own in UNITS and own != unit:
            raise ValueRangeError(f"{path.name} states its unit, '{own}', but {unit} was declared")
    for name in _RATES:
        stated = _numbers(path, content, name) if _has(content, name) else None
        if stated is None or len(stated) != 1 or "times" in content:
            continue
        if rate_hz is not None and abs(float(stated[0]) / rate_hz - 1) > 1e-3:
            raise ValueRangeError(
                f"{path.name} states its rate, {stated[0]:g} Hz, but {rate_hz:g} Hz was declared"
            )
        return float(stated[0])
    return rate_hz


def _has(content: Mapping[str, Any], name: str) -> bool:
    return name in content and np.size(content[name]) > 0


def _known_names(path: Path, content: Mapping[str, Any]) -> dict[str, Any]:
    """Arrays by the names that they have here: ``time`` is ``times``."""
    found: dict[str, Any] = {}
    for name, array in content.items():
        plain = name.casefold()
        plain = "times" if plain in TIME_NAMES else "frames" if plain in FRAME_NAMES else name
        if plain in found:
            raise FileFormatError(f"{path.name} has two arrays of {plain}; leave one out")
        found[plain] = array
    return found


def _arrays(path: Path) -> dict[str, Any]:
    with translated(f"cannot read {path.name}", (OSError,)):
        data = path.read_bytes()
    try:
        # by content: NPZ is a ZIP archive, which begins so
        if data[:2] != b"PK":
            return {"positions": npy_array(data)[0]}
        content = npz_arrays(data)
    except ObjectArrayError as error:
        named = error if "array '" in str(error) else object_array("positions")
        raise FileFormatError(f"{path.name}: {named}") from error
    except FileFormatError as error:
        raise FileFormatError(f"cannot read {path.name}: {error}") from error
    return _known_names(path, content)


def _texts(path: Path, array: Any) -> list[str]:
    """Names from an array of text, or of bytes as HDF5 and MATLAB give it."""
    flat = np.ravel(array)
    if flat.dtype.kind == "S":
        return [decoded(name, path.name).strip() for name in flat.tolist()]
    if flat.dtype.kind != "U":
        raise FileFormatError(f"{path.name}: names must be text, found {flat.dtype}")
    # MATLAB pads names to one length
    return [str(name).strip() for name in flat]


def _numbers(path: Path, content: Mapping[str, Any], name: str) -> FloatArray | None:
    if name not in content:
        return None
    array = np.asarray(content[name])
    if array.dtype.kind not in "iuf":
        raise FileFormatError(f"{path.name}: {name} must be numbers, found {array.dtype}")
    array = array.astype(np.float64)
    # MATLAB knows no vectors, only columns and rows
    return array if name == "confidence" else array.ravel()


def _set_names(path: Path, keypoint_set: str | None) -> tuple[str, ...]:
    if keypoint_set is None:
        raise ValueRangeError(
            f"{path.name} has no names: name its keypoint set, one of {', '.join(KEYPOINT_SETS)}"
        )
    require_names([keypoint_set], KEYPOINT_SETS, "keypoint set", "kinebench")
    return KEYPOINT_SETS[keypoint_set]


def _frames_first(path: Path, positions: FloatArray, n_names: int) -> FloatArray:
    """(n_frames, n_names, 3), from that or from (3, n_names, n_frames)."""
    if positions.ndim == 3 and positions.shape[1] == n_names:
        if positions.shape[2] == 3:
            if positions.shape[0] == 3:
                tell(
                    "array order",
                    f"{positions.shape} is taken as 3 frames of {n_names} keypoints",
                    file=path.name,
                )
            return positions
        if positions.shape[0] == 3:
            return np.asarray(positions.transpose(2, 1, 0))
    raise FileFormatError(
        f"{path.name}: expected (n_frames, {n_names}, 3) or (3, {n_names}, n_frames),"
        f" found {positions.shape}"
    )


def _turned(positions: FloatArray, axes: str) -> FloatArray:
    return positions if axes_of(axes) == "+x+y+z" else np.asarray(positions @ turn_of(axes).T)


def axes_of(text: str) -> str:
    """Where forward, up and right lie in a file, as signs and letters: ``+x+z-y``.

    Parameters
    ----------
    text : str
        That itself, or ``y-up``, ``z-up``, ``x-up``, in any case: ``Zup`` is ``z-up``.

    Raises
    ------
    ValueRangeError
        The text names no three axes.
    """
    plain = re.sub(r"[ _]", "-", text.strip().lower())
    named = NAMED_AXES.get(re.sub(r"^([xyz])up$", r"\1-up", plain), plain)
    if len(named) != 6 or set(named[0::2]) - set("+-") or sorted(named[1::2]) != ["x", "y", "z"]:
        raise ValueRangeError(
            f"axes must name forward, up and right such as '+x+z-y', or be one of"
            f" {', '.join(NAMED_AXES)}; found '{text}'"
        )
    return named


def turn_of(axes: str) -> FloatArray:
    """Rotation (3, 3) from a file's axes to OpenSim's: forward, up and right lie as `axes` says.

    Raises
    ------
    ValueRangeError
        The text names no three axes, or a mirror.
    """
    named = axes_of(axes)
    signs, letters = named[0::2], named[1::2]
    turn = np.zeros((3, 3))
    for row, (sign, letter) in enumerate(zip(signs, letters, strict=True)):
        turn[row, "xyz".index(letter)] = 1.0 if sign == "+" else -1.0
    if np.linalg.det(turn) < 0:
        raise ValueRangeError(
            f"axes '{axes}' mirror the body: left would become right; turn one sign"
        )
    return turn
