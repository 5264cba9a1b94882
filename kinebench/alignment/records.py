"""What alignment did, as values that the result carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.geometry.registration import RigidTransform

Recording = TypeVar("Recording", Motion, Markers)


@dataclass(frozen=True, slots=True)
class SpatialRecord:
    """How the estimate was moved in space.

    Parameters
    ----------
    stage : object
        The spatial alignment, with its parameters.
    markers : tuple of str
        Markers that were registered.
    transform : RigidTransform
        From the estimate's frame to the reference's; `rms` is the residual, m.
    n_points : int
        Marker-frames that counted.
    """

    stage: Any
    markers: tuple[str, ...]
    transform: RigidTransform
    n_points: int


@dataclass(frozen=True, slots=True)
class AlignmentRecord:
    """How two recordings came onto one clock and into one frame.

    Parameters
    ----------
    policy : str
        "none", "given", "signal" or "minimise".
    stage : object
        The time alignment, with its parameters.
    lag_s : float
        By how much the estimate's clock was late: ``estimate(t + lag)`` belongs to
        ``reference(t)``.
    start_s, end_s : float
        Range of the common frames, on the reference's clock.
    n_frames, n_reference_frames : int
        Frames that are common, and frames of the reference.
    signal : str, optional
        The signal that told the lag; do not score it.
    correlation : float, optional
        Of that signal, at the lag.
    flags : tuple of str
        What a reader must know.
    spatial : SpatialRecord, optional
    """

    policy: str
    stage: Any
    lag_s: float
    start_s: float
    end_s: float
    n_frames: int
    n_reference_frames: int
    signal: str | None = None
    correlation: float | None = None
    flags: tuple[str, ...] = ()
    spatial: SpatialRecord | None = None


@dataclass(frozen=True, slots=True)
class Aligned(Generic[Recording]):
    """Two recordings on the reference's times, and how they came there.

    Parameters
    ----------
    reference, estimate : Motion or Markers
        Equal times.
    record : AlignmentRecord
    """

    reference: Recording
    estimate: Recording
    record: AlignmentRecord
