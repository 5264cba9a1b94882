"""What is missing and a file spells as numbers: 0 0 0, −1 −1 −1, 9999 9999 9999."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.errors import listed
from kinebench.remarks import tell
from kinebench.signals.runs import runs

_Flags = NDArray[np.bool_]

_FAR_M = 5.0
"""Nobody is so far along all three axes, and to the last digit equally far: one of them is up."""
_TINY_M = 1e-6
"""No marker stays within a micrometre of the origin: such a place is a zero that was rounded."""
_SHOWN = 3  # groups of markers that a message spells out

_NO_ANGLE, _NO_VALUE = 900.0, 1e4
"""A whole file's units are unknown here: beyond the first only nines stand for missing (degrees of
two and a half turns), beyond the second every number that stands there twice."""
_JUMP_DEG, _JUMP_M, _JUMP_HZ = 20.0, 0.05, 50.0
"""From exact zeros to the next value, at so many frames per second or more: 1000 °/s, which only a
sprinter's knee reaches, and 2.5 m/s. In fewer frames a second the same speed goes farther."""
_OF_ALL = 0.25  # of these, where all coordinates are zero at once
_PADDING = 5  # so many frames of zeros at an end of a file fill it up


def without_sentinels(
    positions: FloatArray, unit_m: float, names: Sequence[str], file: str
) -> FloatArray:
    """Positions with NaN where a marker's three cells hold one number that stands for "missing".

    Detectors and recording systems write a marker that was not seen as 0 0 0, as -1 -1 -1, as nines
    (9999, -9999.99), or as a number beyond reach (-16512 mm, 1e10). All three cells must be equal:
    a cell that is zero beside others that are not is a position. Any other number counts when a
    marker holds it in several frames, but not in all, of a file whose positions have fractions.

    Parameters
    ----------
    positions : (n_frames, n_markers, 3)
        As the file has them, in its own unit and axes.
    unit_m : float
        Metres per unit.
    names : sequence of str
    file : str
        For the warning.

    Warns
    -----
    KinebenchWarning
        Naming markers and frames, the latter counted from 1.
    """
    value = positions[..., 0]
    equal = (value == positions[..., 1]) & (value == positions[..., 2])
    if not equal.any():
        return positions
    value = np.where(equal, value, np.nan)
    size_m = np.abs(value) * unit_m
    known = (size_m < _TINY_M) | (value == -1) | (size_m > _FAR_M) | _nines(value)
    found = known | _repeated(value, positions, unit_m)
    if not found.any():
        return positions
    numbers = np.unique(value[found])
    for number in numbers[:_SHOWN]:
        _warn(found & (value == number), float(number), names, file)
    if len(numbers) > _SHOWN:
        rest = found & ~np.isin(value, numbers[:_SHOWN])
        tell(
            "missing as numbers",
            f"{len(numbers) - _SHOWN} more numbers that fill all three cells are taken as"
            f" missing, of {rest.sum()} positions",
            file=file,
        )
    return np.where(found[..., None], np.nan, positions)


def without_motion_sentinels(
    values: FloatArray, names: Sequence[str], jumps: FloatArray, file: str
) -> FloatArray:
    """Values (n_frames, n_columns) of coordinates with NaN where a number stands for "missing".

    Nines (999 and more), numbers beyond reason that stand in several cells, and zeros to which the
    course jumps: in all columns at once, or in one column for two frames and more between values.

    Parameters
    ----------
    values : (n_frames, n_columns)
        As the file has them.
    names : sequence of str
    jumps : (n_columns,)
        What is a jump in each column: see `motion_jumps`.
    file : str
        For the warning.

    Warns
    -----
    KinebenchWarning
        Naming columns and frames, the latter counted from 1.
    """
    large = np.abs(values) > _NO_ANGLE
    found = np.zeros(values.shape, bool)
    if large.any():
        beyond = np.where(np.abs(values) > _NO_VALUE, values, np.nan)
        numbers, counts = np.unique(beyond[np.isfinite(beyond)], return_counts=True)
        found = (large & _nines(values)) | np.isin(values, numbers[counts > 1])
    found |= _zeros_between(np.where(found, np.nan, values), jumps)
    if not found.any():
        return values
    for number in np.unique(values[found])[:_SHOWN]:
        _warn(found & (values == number), float(number), names, file, cells=1)
    return np.where(found, np.nan, values)


def motion_jumps(times: FloatArray, angular: _Flags, in_degrees: bool) -> FloatArray:
    """What is a jump from frame to frame in one column, in the file's units.

    Parameters
    ----------
    times : (n_frames,) s
    angular : (n_columns,)
        Whether it is an angle.
    in_degrees : bool
    """
    frames = max(1.0, _JUMP_HZ * float(np.median(np.diff(times)))) if len(times) > 1 else 1.0
    angle = _JUMP_DEG if in_degrees else np.radians(_JUMP_DEG)
    return frames * np.where(angular, angle, _JUMP_M)


def _zeros_between(values: FloatArray, jumps: FloatArray) -> _Flags:
    zero = values == 0
    found = np.zeros(zero.shape, bool)
    steps = np.nan_to_num(np.abs(np.diff(values, axis=0)) / jumps)
    # zeros throughout, as of a locked joint, are no zeros between values
    moving = ~(zero | np.isnan(values)).all(axis=0)
    if moving.sum() > 2:
        whole = zero[:, moving].all(axis=1)
        largest = np.max(steps[:, moving], axis=1)
        for start, stop in runs(whole):
            edges = _edges(largest, start, stop)
            between = len(edges) == 2 or (edges and stop - start >= _PADDING)
            if between and max(edges) > _OF_ALL:
                found[start:stop, moving] = True
    for column in np.flatnonzero(moving).tolist():
        for start, stop in runs(zero[:, column]):
            edges = _edges(steps[:, column], start, stop)
            if stop - start > 1 and len(edges) == 2 and min(edges) > 1:
                found[start:stop, column] = True
    return found


def _edges(steps: FloatArray, start: int, stop: int) -> list[float]:
    """Steps (n_frames - 1,) into a run of frames and out of it, as far as it has ends."""
    return [float(steps[at]) for at in (start - 1, stop - 1) if 0 <= at < len(steps)]


def _nines(value: FloatArray) -> _Flags:
    """Where a number is written with nines alone, three or more: 999, -9999.99."""
    candidates = {
        float(number)
        for number in np.unique(value[np.isfinite(value)])
        # single precision, as C3D has it, keeps seven digits
        if len(digits := f"{abs(number):.7g}".replace(".", "")) > 2 and set(digits) == {"9"}
    }
    return np.isin(value, sorted(candidates)) if candidates else np.zeros(value.shape, bool)


def _repeated(value: FloatArray, positions: FloatArray, unit_m: float) -> _Flags:
    """Where a marker holds one number in several frames, but not in all.

    In a file that tells centimetres apart, all three cells of a marker are equal by chance once in
    thousands of markers; in a coarser one whole numbers alone count.
    """
    flags = np.zeros(value.shape, bool)
    known = positions[np.isfinite(positions)]
    if np.mean(known != np.round(known)) < 0.5:
        return flags  # a file of whole numbers: a position may be one too
    centimetres = known * unit_m * 100
    fine = np.mean(np.abs(centimetres - np.round(centimetres)) > 1e-6) > 0.5
    for column, held in enumerate(value.T):
        candidates = np.isfinite(held) if fine else held == np.round(held)
        numbers, counts = np.unique(held[candidates], return_counts=True)
        flags[:, column] = np.isin(held, numbers[(counts > 1) & (counts < len(held))])
    return flags


def _warn(found: _Flags, number: float, names: Sequence[str], file: str, cells: int = 3) -> None:
    together: dict[str, list[str]] = {}
    for index in np.flatnonzero(found.any(axis=0)).tolist():
        together.setdefault(_frames(found[:, index]), []).append(names[index])
    texts = [
        f"{listed(markers, 5)} in {frames}" for frames, markers in list(together.items())[:_SHOWN]
    ]
    rest = len(together) - _SHOWN
    more = f"; and in other frames of other markers ({rest} more groups)" if rest > 0 else ""
    written = " ".join([f"{number:.10g}"] * cells)
    tell(
        "missing as numbers",
        f"{written} is taken as missing: {'; '.join(texts)}{more}",
        where=[name for name, column in zip(names, found.T, strict=True) if column.any()],
        file=file,
    )


def _frames(flags: _Flags) -> str:
    if flags.all():
        return f"all {len(flags)} frames"
    spans = [
        f"{start + 1}" if stop - start == 1 else f"{start + 1} to {stop}"
        for start, stop in runs(flags)
    ]
    frames = "frame" if flags.sum() == 1 else "frames"
    return f"{frames} {listed(spans, _SHOWN, 'more stretches')}"
