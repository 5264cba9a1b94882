"""Runs of present or missing frames, and kernels that are applied to each of them.

NaN policy of all filters: the columns of a signal are filtered run by run, a run being a stretch
of frames without NaN. Gaps stay gaps and nothing is carried across them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinebench.errors import CleaningError, ValueRangeError

FloatArray = NDArray[np.float64]
ShortRuns = Literal["raise", "keep"]


def runs(mask: ArrayLike) -> list[tuple[int, int]]:
    """Half-open index ranges (start, stop) of the runs of True in `mask` (n_frames,)."""
    flags = np.concatenate([[False], np.asarray(mask, dtype=bool), [False]])
    edges = np.flatnonzero(flags[1:] != flags[:-1])
    return [(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


def as_columns(values: ArrayLike) -> FloatArray:
    """Copy of values (n_frames, ...) as (n_frames, n_columns).

    Raises
    ------
    ValueRangeError
        Without frames, or with infinite values.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 or array.shape[0] == 0:
        raise ValueRangeError(f"a signal needs one frame or more, found shape {array.shape}")
    if np.isinf(array).any():
        raise ValueRangeError("a signal must not be infinite; missing values are NaN")
    return array.reshape(array.shape[0], -1).copy()


def columns_by_pattern(missing: NDArray[np.bool_]) -> Iterator[NDArray[np.intp]]:
    """Groups of columns of `missing` (n_frames, n_columns) that miss the same frames."""
    groups: dict[bytes, list[int]] = {}
    for column in range(missing.shape[1]):
        groups.setdefault(missing[:, column].tobytes(), []).append(column)
    for columns in groups.values():
        yield np.array(columns, dtype=np.intp)


def filter_runs(
    values: ArrayLike,
    kernel: Callable[[FloatArray, NDArray[np.intp]], FloatArray],
    shortest: int,
    short_runs: ShortRuns = "raise",
    what: str = "this filter",
) -> FloatArray:
    """Apply `kernel` to each run of frames without NaN.

    Parameters
    ----------
    values : (n_frames, ...)
    kernel : callable
        ``kernel(segment (n, k), columns (k,)) -> (n, k)`` for columns that share a run.
    shortest : int
        Fewest frames of a run that the kernel can take.
    short_runs : {"raise", "keep"}
        What to do with a shorter run: raise, or leave its values as they are.
    what : str
        Name of the filter for the error message.

    Returns
    -------
    (n_frames, ...)
        NaN where `values` are NaN; a column without any value stays NaN.

    Raises
    ------
    CleaningError
        For a run that is too short, unless `short_runs` is "keep".
    """
    columns = as_columns(values)
    filtered = columns.copy()
    missing = np.isnan(columns)
    for group in columns_by_pattern(missing):
        for start, stop in runs(~missing[:, group[0]]):
            if stop - start >= shortest:
                segment = columns[start:stop, group]
                filtered[start:stop, group] = kernel(segment, group)
            elif short_runs == "raise":
                raise CleaningError(
                    f"{what} needs {shortest} frames in a row, but frames {start + 1} to {stop}"
                    f" are a run of {stop - start} between gaps or ends: fill the gaps first,"
                    ' take a longer trial, or leave short runs as they are (short_runs="keep")'
                )
    return filtered.reshape(np.shape(values))


def long_run_mask(values: ArrayLike, shortest: int) -> NDArray[np.bool_]:
    """True, shape of `values`, in runs of `shortest` or more frames without NaN."""
    columns = as_columns(values)
    inside = np.zeros(columns.shape, dtype=bool)
    for column in range(columns.shape[1]):
        for start, stop in runs(~np.isnan(columns[:, column])):
            inside[start:stop, column] = stop - start >= shortest
    return inside.reshape(np.shape(values))


def require_rate(rate_hz: float) -> float:
    """`rate_hz` if it is finite and above 0, or a `ValueRangeError`."""
    if not (np.isfinite(rate_hz) and rate_hz > 0):
        raise ValueRangeError(f"a sampling rate must be above 0 Hz, found {rate_hz:g}")
    return float(rate_hz)
