"""What the stages of the pipeline give back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray, frozen_mapping, read_only
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.subject import Subject
from kinebench.core.value import Value
from kinebench.errors import ValueRangeError
from kinebench.remarks import Remark


@dataclass(frozen=True, slots=True, eq=False, repr=False)
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
        object.__setattr__(self, "body_scale_factors", frozen_mapping(self.body_scale_factors))
        object.__setattr__(self, "marker_names", tuple(self.marker_names))
        errors = read_only(self.marker_errors, (len(self.marker_names),), "marker_errors")
        object.__setattr__(self, "marker_errors", errors)

    def __repr__(self) -> str:
        start, end = self.window_s
        where = f"scaled on {start:.4g} to {end:.4g} s" if end == end else "scaled before"
        return f"<ScalingResult: {self.model!r}, {where}{_rms_in_words(self.marker_errors)}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
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
    observed : (n_frames, n_coordinates) bool, optional
        Whether markers or tasks determine the coordinate in the frame; where not, its value is
        held from before (at first: the default). None where the engine does not tell.
    rival_deg : (n_frames,) deg, optional
        Largest difference of an observed angle between the solution and another pose that fits
        the frame's markers as well, to half a millimetre of weighted RMS; of angles that say the
        same rotation the nearest count. NaN where none is known: everywhere when the engine does
        not look for others.
    rival_values : (n_frames, n_coordinates) rad or m, optional
        That other pose; NaN where none is known. None when the engine does not look for others.
    """

    motion: Motion
    marker_names: tuple[str, ...]
    marker_errors: FloatArray
    converged: NDArray[np.bool_]
    iterations: NDArray[np.int64]
    observed: NDArray[np.bool_] | None = None
    rival_deg: FloatArray = field(default_factory=lambda: np.empty(0))
    rival_values: FloatArray | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "marker_names", tuple(self.marker_names))
        shape = (self.motion.n_frames, len(self.marker_names))
        errors = read_only(self.marker_errors, shape, "marker_errors")
        object.__setattr__(self, "marker_errors", errors)
        for name, kind in (("converged", np.bool_), ("iterations", np.int64)):
            array: NDArray[Any] = np.array(getattr(self, name), dtype=kind)
            if array.shape != shape[:1]:
                raise ValueRangeError(f"{name} must have shape {shape[:1]}, found {array.shape}")
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        rival = self.rival_deg if np.size(self.rival_deg) else np.full(shape[:1], np.nan)
        object.__setattr__(self, "rival_deg", read_only(rival, shape[:1], "rival_deg"))
        if self.rival_values is not None:
            wanted = self.motion.values.shape
            values = read_only(self.rival_values, wanted, "rival_values")
            object.__setattr__(self, "rival_values", values)
        if self.observed is not None:
            wanted = self.motion.values.shape
            observed = np.array(self.observed, dtype=np.bool_)
            if observed.shape != wanted:
                raise ValueRangeError(f"observed must have shape {wanted}, found {observed.shape}")
            observed.flags.writeable = False
            object.__setattr__(self, "observed", observed)

    def __repr__(self) -> str:
        return f"<IKSolution: {self.motion!r}{_rms_in_words(self.marker_errors)}>"

    def _repr_html_(self) -> str:
        return self.motion._repr_html_()

    @property
    def held(self) -> tuple[str, ...]:
        """Coordinates that nothing determines in any frame; empty if the engine does not tell."""
        if self.observed is None:
            return ()
        seen = np.any(self.observed, axis=0).tolist()
        return tuple(name for name, was in zip(self.motion.names, seen, strict=True) if not was)

    @property
    def rms_errors(self) -> FloatArray:
        """(n_frames,) m: RMS over the markers present; NaN in a frame without any."""
        present = ~np.isnan(self.marker_errors)
        squares = np.where(present, self.marker_errors, 0.0) ** 2
        counts = present.sum(axis=1)
        with np.errstate(invalid="ignore"):
            return np.asarray(np.sqrt(squares.sum(axis=1) / np.where(counts, counts, np.nan)))


@dataclass(frozen=True, slots=True, eq=False)
class StageResult(Value):
    """What one stage gave, and what there is to say about it.

    Parameters
    ----------
    value : Markers, ScalingResult or IKSolution
    record : JSON types, optional
        Parameters as resolved on this recording, or how good its input was.
    remarks : tuple of Remark
        What a person should know.
    """

    value: Any
    record: Any = None
    remarks: tuple[Remark, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "remarks", tuple(self.remarks))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
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
    remarks : tuple of Remark
        What a person should know, in the order of the stages.
    durations_s : mapping of str to float
        Wall-clock seconds per stage; never part of a comparison.
    """

    subject: Subject
    keypoints: Markers
    augmented: Markers
    scaling: ScalingResult
    solution: IKSolution
    records: Mapping[str, Any] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    durations_s: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "remarks", tuple(self.remarks))
        for name in ("records", "durations_s"):
            object.__setattr__(self, name, frozen_mapping(getattr(self, name)))

    def __repr__(self) -> str:
        errors = _rms_in_words(self.solution.marker_errors)
        return f"<PipelineRun: {self.motion!r} of {self.scaling.model!r}{errors}>"

    def _repr_html_(self) -> str:
        return self.motion._repr_html_()

    @property
    def motion(self) -> Motion:
        """Motion that inverse kinematics found."""
        return self.solution.motion


def _rms_in_words(errors: FloatArray) -> str:
    """Root mean square of marker errors (m), told in mm."""
    known = errors[np.isfinite(errors)]
    return f", marker error {np.sqrt(np.mean(known**2)) * 1e3:.1f} mm RMS" if known.size else ""
