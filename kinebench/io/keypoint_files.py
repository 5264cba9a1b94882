"""Keypoints and markers from any supported file, with axes and unit declared by caller or file."""

from __future__ import annotations

import math
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.keypoints import KEYPOINT_SETS
from kinebench.core.markers import Markers
from kinebench.core.names import columns_of
from kinebench.errors import FileFormatError, KinebenchWarning, ValueRangeError, require_names
from kinebench.io.c3d import read_c3d
from kinebench.io.magnitude import warn_if_magnitude_suspicious
from kinebench.io.trc import read_trc

__all__ = ["ARRAY_ENDINGS", "UNITS", "read_array", "read_markers"]

ARRAY_ENDINGS = (".npy", ".npz", ".csv")
"""Files that do not declare their unit."""

UNITS = {"m": 1.0, "cm": 1e-2, "mm": 1e-3}
"""Metres per unit."""


def read_markers(
    path: Path | str,
    unit: str | None = None,
    rate_hz: float | None = None,
    keypoint_set: str | None = None,
    axes: str = "+x+y+z",
) -> Markers:
    """Read TRC, C3D, NPY, NPZ or CSV by the file's ending.

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
        Where OpenSim's forward, up and right axes lie in the file: ``+x-y-z`` reads forward from
        x, up from −y and right from −z.

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
    else:
        raise FileFormatError(
            f"{path.name}: no reader for '{ending}'; valid are .trc, .c3d, .npy, .npz, .csv"
        )
    return markers.with_positions(_turned(markers.positions, axes))


def read_array(
    path: Path, unit: str | None, rate_hz: float | None, keypoint_set: str | None
) -> Markers:
    """Read keypoints from NPY, NPZ or CSV.

    NPY holds (n_frames, n_keypoints, 3), or (3, n_keypoints, n_frames) as OpenCap's triangulation
    gives it; when both fit, the former is taken, with a warning. NPZ holds ``positions`` of those
    shapes and may hold ``names``, ``times`` and ``confidence``. CSV has a header with ``time`` and
    ``<name>_x``, ``<name>_y``, ``<name>_z``; a column ``frame`` may be there too. Pickled content
    is refused.
    """
    if unit is None:
        raise ValueRangeError(f"{path.name} does not declare its unit: name m, cm or mm")
    require_names([unit], UNITS, "unit", path.name)
    if path.suffix.lower() == ".csv":
        names, times, positions, confidence = _read_csv(path)
    else:
        names, times, positions, confidence = _read_numpy(path, keypoint_set)
    if times is not None and rate_hz is not None:
        raise ValueRangeError(f"{path.name} has times itself; leave the sampling rate out")
    if times is None:
        if rate_hz is None or not 0 < rate_hz < math.inf:
            raise ValueRangeError(
                f"{path.name} has no times: a sampling rate above 0 Hz is needed, found {rate_hz}"
            )
        times = np.arange(len(positions)) / rate_hz
    try:
        markers = Markers(tuple(names), times, positions * UNITS[unit], confidence)
    except ValueRangeError as error:
        raise FileFormatError(f"{path.name}: {error}") from error
    warn_if_magnitude_suspicious(markers.positions, unit, path.name)
    return markers


_Content = tuple[Sequence[str], FloatArray | None, FloatArray, FloatArray | None]


def _read_numpy(path: Path, keypoint_set: str | None) -> _Content:
    content = _arrays(path)
    if "positions" not in content:
        raise FileFormatError(
            f"{path.name} has no array 'positions'; it has: {', '.join(content) or 'none'}"
        )
    try:
        positions = np.asarray(content["positions"]).astype(np.float64, casting="same_kind")
    except TypeError as error:
        raise FileFormatError(f"{path.name}: positions are no numbers: {error}") from error
    if "names" in content and keypoint_set is not None:
        raise ValueRangeError(f"{path.name} has names itself; leave the keypoint set out")
    names: list[str]
    if "names" in content:
        names = np.ravel(content["names"]).astype(str).tolist()
    else:
        names = list(_set_names(path, keypoint_set))
    positions = _frames_first(path, positions, len(names))
    return names, content.get("times"), positions, content.get("confidence")


def _arrays(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            loaded: Any = np.load(file, allow_pickle=False)
            return {"positions": loaded} if isinstance(loaded, np.ndarray) else dict(loaded)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise FileFormatError(f"cannot read {path.name}: {error}") from error


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
                warnings.warn(
                    f"{path.name}: {positions.shape} is taken as 3 frames of {n_names} keypoints",
                    KinebenchWarning,
                    stacklevel=5,
                )
            return positions
        if positions.shape[0] == 3:
            return np.asarray(positions.transpose(2, 1, 0))
    raise FileFormatError(
        f"{path.name}: expected (n_frames, {n_names}, 3) or (3, {n_names}, n_frames),"
        f" found {positions.shape}"
    )


def _read_csv(path: Path) -> _Content:
    import pandas as pd

    try:
        table = pd.read_csv(path)
        values = table.to_numpy(dtype=np.float64)
    except (OSError, ValueError) as error:
        raise FileFormatError(f"cannot read {path.name}: {error}") from error
    columns = [str(column) for column in table.columns]
    axes = [column for column in columns if column.endswith(("_x", "_y", "_z"))]
    names = list(dict.fromkeys(column[:-2] for column in axes))
    wanted = [f"{name}_{axis}" for name in names for axis in "xyz"]
    require_names(wanted or ["<name>_x"], columns, "column", path.name)
    for column in columns:
        if column not in wanted and column not in ("time", "frame"):
            raise FileFormatError(
                f"{path.name}, column '{column}': expected time, frame or <name>_x, _y, _z"
            )
    positions = values[:, columns_of(wanted, columns)]
    times = values[:, columns.index("time")] if "time" in columns else None
    return names, times, positions.reshape(len(values), len(names), 3), None


def _turned(positions: FloatArray, axes: str) -> FloatArray:
    if axes == "+x+y+z":
        return positions
    signs, letters = axes[0::2], axes[1::2]
    if len(axes) != 6 or set(signs) - set("+-") or sorted(letters) != ["x", "y", "z"]:
        raise ValueRangeError(
            f"axes must name forward, up and right such as '+x+y+z', found '{axes}'"
        )
    turn = np.zeros((3, 3))
    for row, (sign, letter) in enumerate(zip(signs, letters, strict=True)):
        turn[row, "xyz".index(letter)] = 1.0 if sign == "+" else -1.0
    if np.linalg.det(turn) < 0:
        raise ValueRangeError(
            f"axes '{axes}' mirror the body: left would become right; turn one sign"
        )
    return np.asarray(positions @ turn.T)
