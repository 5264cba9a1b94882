"""Spatial alignment of markers: explicit, recorded with its residual.

``stage(reference, estimate) -> (estimate in the reference's frame, record)``; both on one clock.
Forgiving a rotation hides a tilted reconstruction: report `metrics.tilt` beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kinebench.alignment.records import SpatialRecord
from kinebench.core.markers import Markers
from kinebench.core.names import shared_names
from kinebench.errors import AlignmentError, ValueRangeError, require_names
from kinebench.geometry.registration import register_rigid, register_vertical


@dataclass(frozen=True, slots=True)
class RigidAlignment:
    """One rotation and translation for the whole recording (Kabsch 1978).

    Parameters
    ----------
    markers : tuple of str, optional
        Markers to register, over all frames; those that both recordings have by default.
    """

    markers: tuple[str, ...] | None = None

    def __call__(self, reference: Markers, estimate: Markers) -> tuple[Markers, SpatialRecord]:
        return _register(self, reference, estimate)


@dataclass(frozen=True, slots=True)
class VerticalAxisAlignment:
    """One turn about the vertical and one translation: both frames keep their own vertical.

    Parameters
    ----------
    markers : tuple of str, optional
        Markers to register, over all frames; those that both recordings have by default.
    """

    markers: tuple[str, ...] | None = None

    def __call__(self, reference: Markers, estimate: Markers) -> tuple[Markers, SpatialRecord]:
        return _register(self, reference, estimate)


SpatialAlignment = RigidAlignment | VerticalAxisAlignment


def _register(
    stage: SpatialAlignment, reference: Markers, estimate: Markers
) -> tuple[Markers, SpatialRecord]:
    if not np.array_equal(reference.times, estimate.times):
        raise AlignmentError("spatial alignment needs both recordings on the same times")
    shared = shared_names(reference.names, estimate.names)
    names = shared if stage.markers is None else stage.markers
    require_names(names, reference.names, "marker", "the reference")
    require_names(names, estimate.names, "marker", "the estimate")
    if not names:
        raise AlignmentError("the recordings have no marker in common to register")
    source, target = estimate.select(names).positions, reference.select(names).positions
    register = register_rigid if isinstance(stage, RigidAlignment) else register_vertical
    try:
        transform = register(source, target)
    except ValueRangeError as error:
        raise AlignmentError(f"spatial alignment on {', '.join(names)} failed: {error}") from error
    n_points = int((~np.isnan(source[..., 0]) & ~np.isnan(target[..., 0])).sum())
    moved = replace(estimate, positions=transform.apply(estimate.positions), frame=reference.frame)
    return moved, SpatialRecord(stage, names, transform, n_points)
