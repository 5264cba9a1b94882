"""Missing markers that a file spells as numbers: 0 0 0, −1 −1 −1, 9999 9999 9999."""

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
_SHOWN = 3  # groups of markers that a message spells out


def without_sentinels(
    positions: FloatArray, unit_m: float, names: Sequence[str], file: str
) -> FloatArray:
    """Positions with NaN where a marker's three cells hold one number that stands for "missing".

    Detectors and recording systems write a marker that was not seen as 0 0 0, as -1 -1 -1, as nines
    (9999, -9999.99), or as a number beyond reach (-16512 mm, 1e10). All three cells must be equal:
    a cell that is zero beside others that are not is a position. Any other whole number counts when
    a marker holds it in several frames, but not in all, of a file whose positions have fractions.

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
    known = (value == 0) | (value == -1) | (np.abs(value) * unit_m > _FAR_M) | _nines(value)
    found = known | _repeated(value, positions)
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


def _nines(value: FloatArray) -> _Flags:
    """Where a number is written with nines alone, three or more: 999, -9999.99."""
    candidates = {
        float(number)
        for number in np.unique(value[np.isfinite(value)])
        # single precision, as C3D has it, keeps seven digits
        if len(digits := f"{abs(number):.7g}".replace(".", "")) > 2 and set(digits) == {"9"}
    }
    return np.isin(value, sorted(candidates)) if candidates else np.zeros(value.shape, bool)


def _repeated(value: FloatArray, positions: FloatArray) -> _Flags:
    """Where a marker holds one whole number in several frames, but not in all."""
    flags = np.zeros(value.shape, bool)
    known = positions[np.isfinite(positions)]
    if np.mean(known != np.round(known)) < 0.5:
        return flags  # a file of whole numbers: a position may be one too
    for column, held in enumerate(value.T):
        numbers, counts = np.unique(held[held == np.round(held)], return_counts=True)
        flags[:, column] = np.isin(held, numbers[(counts > 1) & (counts < len(held))])
    return flags


def _warn(found: _Flags, number: float, names: Sequence[str], file: str) -> None:
    together: dict[str, list[str]] = {}
    for index in np.flatnonzero(found.any(axis=0)).tolist():
        together.setdefault(_frames(found[:, index]), []).append(names[index])
    texts = [
        f"{listed(markers, 5)} in {frames}" for frames, markers in list(together.items())[:_SHOWN]
    ]
    rest = len(together) - _SHOWN
    more = f"; and in other frames of other markers ({rest} more groups)" if rest > 0 else ""
    cell = f"{number:.10g}"
    tell(
        "missing as numbers",
        f"{cell} {cell} {cell} is taken as missing: {'; '.join(texts)}{more}",
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
