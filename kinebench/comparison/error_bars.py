"""Which differences lie within the error bars that the estimate itself states."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kinebench.comparison.results import PairResult
from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.core.names import shared_names
from kinebench.core.wrapping import can_wrap
from kinebench.io.mot import read_motion
from kinebench.metrics.pairs import without_wraps
from kinebench.uncertainty.marker_errors import NORMAL_95

_ENDING = "_se.sto"


def standard_error_beside(path: Path) -> Motion | None:
    """The standard errors that lie beside a motion: kinematics_se.sto for kinematics.mot.

    None when there is no such file, or nothing is known in it.
    """
    beside = path.with_name(path.stem + _ENDING)
    if not beside.is_file():
        return None
    found = read_motion(beside)
    return found if np.isfinite(found.values).any() else None


def standard_error_at(standard_error: Motion, estimate: Motion, lag_s: float) -> Motion:
    """Standard errors of an aligned estimate's coordinates, NaN where none are stated.

    Parameters
    ----------
    standard_error : Motion
        On the clock that the estimate had.
    estimate : Motion
    lag_s : float
        By which the estimate was late.
    """
    values = np.full(estimate.values.shape, np.nan)
    times = estimate.times + lag_s
    for name in shared_names(estimate.names, standard_error.names):
        values[:, estimate.names.index(name)] = np.interp(
            times, standard_error.times, standard_error.value(name), np.nan, np.nan
        )
    return Motion(estimate.coordinates, estimate.times, values)


def share_within_band(pair: PairResult) -> dict[str, float]:
    """Per scored coordinate: the share of frames whose error lies within the 95 % band.

    Of the frames that have a band; coordinates without are left out.
    """
    bars, one, other = pair.standard_error, pair.reference, pair.estimate
    if bars is None or not (isinstance(one, Motion) and isinstance(other, Motion)):
        return {}
    names = shared_names(pair.evaluation.items, shared_names(bars.names, one.names))
    one, other, bars = one.select(names), other.select(names), bars.select(names)
    wraps = np.array([can_wrap(coordinate) for coordinate in one.coordinates])
    true, found = without_wraps(one.values, other.values, wraps)
    errors: FloatArray = np.abs(found - true)
    known = np.isfinite(errors) & np.isfinite(bars.values)
    within = known & (errors <= NORMAL_95 * np.nan_to_num(bars.values))
    counts = known.sum(axis=0)
    return {
        name: float(within[:, column].sum() / counts[column])
        for column, name in enumerate(names)
        if counts[column]
    }
