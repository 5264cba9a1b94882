"""All distance metrics of one pair of marker recordings: by marker, segment, side, and whole."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.marker_regions import segment_of, side_of
from kinebench.core.markers import Markers
from kinebench.core.names import shared_names
from kinebench.errors import ValueRangeError, require_names
from kinebench.metrics import markers as space
from kinebench.metrics.evaluation import require_same_times
from kinebench.metrics.quantities import Kind
from kinebench.metrics.results import Evaluation, Exclusion, Figure, Undefined
from kinebench.metrics.undefined import UndefinedMetricWarning

ALL_MARKERS = "all markers"
_OFFSET_REMOVED = "offset_removed_"
_DISTANCES: Mapping[str, Callable[[FloatArray], float]] = MappingProxyType(
    {
        "distance_mean": lambda d: d.mean(),
        "distance_rms": lambda d: np.sqrt(np.mean(d**2)),
        "distance_max": lambda d: d.max(),
        "distance_p95": lambda d: np.percentile(d, 95.0),
    }
)
_METRICS = (*_DISTANCES, *(_OFFSET_REMOVED + name for name in _DISTANCES), "mpjpe", "pa_mpjpe")


def evaluate_markers(
    reference: Markers,
    estimate: Markers,
    pairs: Mapping[str, str] | None = None,
    metrics: Collection[str] | None = None,
) -> Evaluation:
    """Distances of every marker that both recordings have.

    Parameters
    ----------
    reference, estimate : Markers
        On the same times and in the same frame.
    pairs : mapping of str to str, optional
        Reference's name to estimate's name; by default the names that both have.
    metrics : collection of str, optional
        Names in the catalogue that apply to markers or poses; all of them by default.

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
        A pair names a marker that does not exist, or a metric does not exist.
    """
    require_names(metrics or (), _METRICS, "metric", "the catalogue of marker metrics")
    wanted = frozenset(_METRICS if metrics is None else metrics)
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
    sets = {"": plain}
    if any(name.startswith(_OFFSET_REMOVED) for name in wanted):
        sets[_OFFSET_REMOVED] = space.marker_distances(r, space.offset_removed(r, e))
    figures: list[Figure] = []
    undefined: list[Undefined] = []
    for item, columns in _groups(tuple(chosen)).items():
        own = {prefix: distances[:, columns] for prefix, distances in sets.items()}
        _add_distances(item, own, wanted, figures, undefined)
    for metric, function in (("mpjpe", space.mpjpe), ("pa_mpjpe", space.pa_mpjpe)):
        if metric not in wanted:
            continue
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
    evaluation = Evaluation(Kind.MARKER, tuple(figures), excluded, tuple(undefined))
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
    sets: Mapping[str, FloatArray],
    wanted: frozenset[str],
    figures: list[Figure],
    undefined: list[Undefined],
) -> None:
    """Mean, RMS, max and 95th percentile of pooled distances, with and without offset."""
    for prefix, distances in sets.items():
        d = distances[~np.isnan(distances)]
        for metric, function in _DISTANCES.items():
            if prefix + metric not in wanted:
                continue
            value = float(function(d)) if len(d) else np.nan
            figures.append(Figure(item, prefix + metric, value, "m", len(d)))
            if not len(d):
                undefined.append(Undefined(item, prefix + metric, space.NO_FRAME))
