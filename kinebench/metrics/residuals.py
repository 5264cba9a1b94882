"""Marker errors of inverse kinematics, over the markers that are present.

OpenSim's own RMS counts missing markers in the denominator (opensim-core#2058), so figures are
recomputed from distances: model marker to measured marker, NaN where the marker was missing.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from kinebench.core.arrays import FloatArray
from kinebench.errors import ValueRangeError
from kinebench.metrics.quantities import Kind
from kinebench.metrics.results import Evaluation, Figure, Undefined
from kinebench.metrics.undefined import UndefinedMetricWarning, nan_where

NO_MARKER = "no marker is present"


def residual_rms(distances: ArrayLike) -> FloatArray:
    """√(Σd²/n), m, over all markers and frames that are present.

    Parameters
    ----------
    distances : (n_frames, n_markers) m
    """
    d = _distances(distances)
    present = ~np.isnan(d)
    n = present.sum()
    value = np.sqrt(
        np.where(present, d, 0.0).ravel() @ np.where(present, d, 0.0).ravel() / max(n, 1)
    )
    return nan_where(value, n == 0, "residual_rms", NO_MARKER)


def residual_max(distances: ArrayLike) -> FloatArray:
    """Largest distance, m, of any marker in any frame.

    Parameters
    ----------
    distances : (n_frames, n_markers) m
    """
    d = _distances(distances)
    present = ~np.isnan(d)
    value = np.where(present, d, -np.inf).max(initial=0.0)
    return nan_where(value, not present.any(), "residual_max", NO_MARKER)


def evaluate_residuals(distances: ArrayLike, names: Sequence[str]) -> Evaluation:
    """RMS and maximum of each marker and of all markers together.

    Parameters
    ----------
    distances : (n_frames, n_markers) m
        For example `IKSolution.marker_errors`.
    names : (n_markers,)

    Returns
    -------
    Evaluation
        Items are the markers, and "all markers".
    """
    d = _distances(distances)
    if len(names) != d.shape[1]:
        raise ValueRangeError(f"{d.shape[1]} columns of distances need as many names: {len(names)}")
    groups = {name: d[:, [column]] for column, name in enumerate(names)} | {"all markers": d}
    figures, undefined = [], []
    for item, values in groups.items():
        n = int((~np.isnan(values)).sum())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UndefinedMetricWarning)
            pair = (
                ("residual_rms", float(residual_rms(values))),
                ("residual_max", float(residual_max(values))),
            )
        figures += [Figure(item, metric, value, "m", n) for metric, value in pair]
        undefined += [] if n else [Undefined(item, metric, NO_MARKER) for metric, _ in pair]
    evaluation = Evaluation(Kind.MARKER_ERROR, tuple(figures), (), tuple(undefined))
    evaluation.warn_of_undefined()
    return evaluation


def _distances(values: ArrayLike) -> FloatArray:
    d = np.asarray(values, dtype=np.float64)
    if d.ndim != 2:
        raise ValueRangeError(f"distances must have shape (n_frames, n_markers), found {d.shape}")
    if np.isinf(d).any() or (d < 0).any():
        raise ValueRangeError("a distance is negative or infinite")
    return d
