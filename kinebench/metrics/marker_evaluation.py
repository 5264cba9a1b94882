"""All distance metrics of one pair of marker recordings: by marker, segment, side, and whole."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.names import shared_names
from kinebench.errors import ValueRangeError, require_names
from kinebench.metrics import markers as space
from kinebench.metrics.evaluation import require_same_times
from kinebench.metrics.landmarks import segment_of, side_of
from kinebench.metrics.results import Evaluation, Exclusion, Figure, Undefined
from kinebench.metrics.undefined import UndefinedMetricWarning

__all__ = ["ALL_MARKERS", "evaluate_markers"]


ALL_MARKERS = "all markers"


def evaluate_markers(
    reference: Markers, estimate: Markers, pairs: Mapping[str, str] | None = None
) -> Evaluation:
    """Distances of every marker that both recordings have.

    Parameters
    ----------
    reference, estimate : Markers
        On the same times and in the same frame.
    pairs : mapping of str to str, optional
        Reference's name to estimate's name; by default the names that both have.

    Returns
    -------
    Evaluation
        Items: each marker by the reference's name, ``segment foot``, ``side right`` …, and
        "all markers", which also carries MPJPE and PA-MPJPE. Groups pool all their distances:
        n is the number of marker-frames.

    Raises
    ------
    ValueRangeError
        Times or frames differ, or no marker is in both.
    NameNotFoundError
        A pair names a marker that does not exist.
    """
    require_same_times(reference.times, estimate.times)
    if reference.frame != estimate.frame:
        raise ValueRangeError(
            f"the reference is in the frame '{reference.frame}' and the estimate in"
            f" '{estimate.frame}'; bring them into one before"
        )
    chosen, excluded = _pairs(reference, estimate, pairs)
    r = reference.select(chosen.keys()).positions
    e = estimate.select(chosen.values()).positions
    plain = space.marker_distances(r, e)
    moving = space.marker_distances(r, space.offset_removed(r, e))
    figures: list[Figure] = []
    undefined: list[Undefined] = []
    for item, columns in _groups(tuple(chosen)).items():
        _add_distances(item, plain[:, columns], moving[:, columns], figures, undefined)
    for metric, function in (("mpjpe", space.mpjpe), ("pa_mpjpe", space.pa_mpjpe)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", UndefinedMetricWarning)
            value = float(function(r, e))
        n = int((~np.isnan(plain)).any(axis=1).sum())
        figures.append(Figure(ALL_MARKERS, metric, value, "m", n))
        undefined += [
            Undefined(ALL_MARKERS, metric, told.message.reason)
            for told in caught
            if isinstance(told.message, UndefinedMetricWarning)
        ]
    evaluation = Evaluation("marker", tuple(figures), excluded, tuple(undefined))
    evaluation.warn_of_undefined()
    return evaluation


def _pairs(
    reference: Markers, estimate: Markers, pairs: Mapping[str, str] | None
) -> tuple[dict[str, str], tuple[Exclusion, ...]]:
    if pairs is not None:
        require_names(pairs.keys(), reference.names, "marker", "the reference")
        require_names(pairs.values(), estimate.names, "marker", "the estimate")
        chosen = dict(pairs)
    else:
        chosen = {name: name for name in shared_names(reference.names, estimate.names)}
    if not chosen:
        raise ValueRangeError(
            "no marker is in both recordings; name the pairs: the reference has"
            f" {', '.join(reference.names[:8])}, the estimate {', '.join(estimate.names[:8])}"
        )
    reason_r, reason_e = "only the reference has it", "only the estimate has it"
    if pairs is not None:
        reason_r = reason_e = "not among the pairs"
    excluded = [Exclusion(name, reason_r) for name in reference.names if name not in chosen]
    known = {*chosen.values(), *(name for name, reason in excluded if reason == reason_e)}
    excluded += [Exclusion(name, reason_e) for name in estimate.names if name not in known]
    return chosen, tuple(excluded)


def _groups(names: tuple[str, ...]) -> dict[str, list[int]]:
    """Item to columns: each marker, segments, sides, all."""
    groups: dict[str, list[int]] = {name: [column] for column, name in enumerate(names)}
    for kind, group_of in (("segment", segment_of), ("side", side_of)):
        for column, name in enumerate(names):
            groups.setdefault(f"{kind} {group_of(name)}", []).append(column)
    groups[ALL_MARKERS] = list(range(len(names)))
    return groups


def _add_distances(
    item: str,
    plain: FloatArray,
    moving: FloatArray,
    figures: list[Figure],
    undefined: list[Undefined],
) -> None:
    """Mean, RMS, max and 95th percentile of pooled distances, with and without offset."""
    for prefix, distances in (("", plain), ("offset_removed_", moving)):
        d = distances[~np.isnan(distances)]
        values = {
            "distance_mean": d.mean() if len(d) else np.nan,
            "distance_rms": np.sqrt(np.mean(d**2)) if len(d) else np.nan,
            "distance_max": d.max(initial=0.0) if len(d) else np.nan,
            "distance_p95": np.percentile(d, 95.0) if len(d) else np.nan,
        }
        for metric, value in values.items():
            figures.append(Figure(item, prefix + metric, float(value), "m", len(d)))
            if not len(d):
                undefined.append(Undefined(item, prefix + metric, space.NO_FRAME))
