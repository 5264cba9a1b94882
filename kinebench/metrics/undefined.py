"""Figures that legal input leaves undefined: NaN, with the reason in a warning.

A metric never guesses: where its denominator vanishes or no frame is complete, the value is NaN and
an `UndefinedMetricWarning` carries which columns and why, so that a caller who evaluates a whole
motion can put the reason beside the cell.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.errors import KinebenchWarning


class UndefinedMetricWarning(KinebenchWarning):
    """A metric is NaN for a stated reason.

    Parameters
    ----------
    metric : str
        Name in the catalogue.
    columns : (n_columns,) bool
        Where it is undefined.
    reason : str
    """

    def __init__(self, metric: str, columns: NDArray[np.bool_], reason: str) -> None:
        self.metric = metric
        self.columns = np.atleast_1d(columns)
        self.reason = reason
        super().__init__(metric, columns, reason)

    def __str__(self) -> str:
        count = f"{int(self.columns.sum())} of {self.columns.size} columns"
        where = "" if self.columns.size == 1 else f" in {count}"
        return f"{self.metric} is NaN{where}: {self.reason}"


def nan_where(
    values: Any, undefined: Any, metric: str, reason: str, *, stacklevel: int = 3
) -> FloatArray:
    """`values` with NaN where `undefined`, and a warning where that changed something.

    Values that are NaN already keep the reason that was given for them.

    Parameters
    ----------
    values, undefined : array_like of one shape
    metric, reason : str
        For the warning.

    Returns
    -------
    ndarray
        Same shape as `values`; a NumPy scalar for shape ().
    """
    values = np.asarray(values, dtype=np.float64)
    undefined = np.broadcast_to(np.asarray(undefined, dtype=bool), values.shape)
    if undefined.any():
        warnings.warn(UndefinedMetricWarning(metric, undefined, reason), stacklevel=stacklevel)
        values = np.where(undefined, np.nan, values)
    return np.asarray(values)[()]
