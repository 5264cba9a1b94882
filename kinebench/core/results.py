"""What the stages of the pipeline give back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray, read_only
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.subject import Subject
from kinebench.core.value import Value

__all__ = ["IKSolution", "PipelineRun", "ScalingResult"]


def _frozen(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(mapping))


@dataclass(frozen=True, slots=True, eq=False)
class ScalingResult(Value):
    """A scaled model and what scaling it told.

    Parameters
    ----------
    model : Model
        Scaled, markers placed.
    body_scale_factors : mapping of str to (float, float, float)
        Per body, along its x, y, z.
    window_s : (float, float)
        Time range of the static trial that was used.
    static_pose : Motion
        The one-frame pose found by the marker placer.
    marker_names, marker_errors : tuple of str and (n_markers,) m
        Distance of each model marker, in the static pose and before it was moved, from the
        measured one.
    """

    model: Model
    body_scale_factors: Mapping[str, tuple[float, float, float]]
    window_s: tuple[float, float]
    static_pose: Motion
    marker_names: tuple[str, ...]
    marker_errors: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "body_scale_factors", _frozen(self.body_scale_factors))
        errors = read_only(self.marker_errors, (len(self.marker_names),), "marker_errors")
        object.__setattr__(self, "marker_errors", errors)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        kind, (model, factors, *rest) = Value.__reduce__(self)
        return kind, (model, dict(factors), *rest)


@dataclass(frozen=True, slots=True, eq=False)
class IKSolution(Value):
    """Inverse kinematics of a trial.

    Parameters
    ----------
    motion : Motion
    marker_names : tuple of str
        The markers that were tracked.
    marker_errors : (n_frames, n_markers) m
        Distance model marker to measured marker; NaN where the marker was missing.
    converged : (n_frames,) bool
    iterations : (n_frames,) int
        -1 where the engine does not tell.
    """

    motion: Motion
    marker_names: tuple[str, ...]
    marker_errors: FloatArray
    converged: NDArray[np.bool_]
    iterations: NDArray[np.int64]

    def __post_init__(self) -> None:
        shape = (self.motion.n_frames, len(self.marker_names))
        errors = read_only(self.marker_errors, shape, "marker_errors")
        object.__setattr__(self, "marker_errors", errors)
        for name, kind in (("converged", np.bool_), ("iterations", np.int64)):
            array: NDArray[Any] = np.array(getattr(self, name), dtype=kind)
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def rms_errors(self) -> FloatArray:
        """(n_frames,) m: RMS over the markers present; NaN in a frame without any."""
        present = ~np.isnan(self.marker_errors)
        squares = np.where(present, self.marker_errors, 0.0) ** 2
        counts = present.sum(axis=1)
        with np.errstate(invalid="ignore"):
            return np.asarray(np.sqrt(squares.sum(axis=1) / np.where(counts, counts, np.nan)))


@dataclass(frozen=True, slots=True, eq=False)
class PipelineRun(Value):
    """Everything that one run of the pipeline produced.

    Parameters
    ----------
    subject : Subject
    keypoints : Markers
        Cleaned keypoints.
    augmented : Markers
        What was tracked, in the ground frame, keypoints included.
    scaling : ScalingResult
    solution : IKSolution
    records : mapping
        Per stage: its parameters as resolved on this trial.
    warnings : tuple of str
    durations_s : mapping of str to float
        Wall-clock seconds per stage; never part of a comparison.
    """

    subject: Subject
    keypoints: Markers
    augmented: Markers
    scaling: ScalingResult
    solution: IKSolution
    records: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    durations_s: Mapping[str, float] = field(default_factory=dict)

    @property
    def motion(self) -> Motion:
        return self.solution.motion
