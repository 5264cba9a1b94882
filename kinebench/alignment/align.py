"""Alignment in one call, and how much it matters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import ClassVar, Generic, Protocol, TypeVar

import numpy as np

from kinebench.alignment.records import Aligned, AlignmentRecord, Recording
from kinebench.alignment.resampling import Interpolation, at_lags
from kinebench.alignment.spatial import SpatialAlignment
from kinebench.alignment.temporal import NoAlignment
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.errors import AlignmentError, KinebenchError

Result = TypeVar("Result")

_SHIFTS_S = (0.1,)


class TimePolicy(Protocol):
    """A time alignment: those of this package, or one that an upper layer binds to its score."""

    policy: ClassVar[str]

    def __call__(self, reference: Recording, estimate: Recording) -> Aligned[Recording]: ...


def align(
    reference: Recording,
    estimate: Recording,
    time: TimePolicy | None = None,
    space: SpatialAlignment | None = None,
) -> Aligned[Recording]:
    """Bring an estimate onto the reference's times and, if asked, into its frame.

    Parameters
    ----------
    reference, estimate : Motion or Markers
        Two of one kind.
    time : TimePolicy, optional
        `NoAlignment` by default: one clock.
    space : SpatialAlignment, optional
        For markers; none by default.

    Raises
    ------
    AlignmentError
        The recordings are of two kinds, do not overlap, cannot be registered, or are motions and
        a spatial alignment is asked for.
    """
    if type(reference) is not type(estimate):
        raise AlignmentError(
            f"a {type(estimate).__name__} cannot be aligned to a {type(reference).__name__}"
        )
    stage: TimePolicy = NoAlignment() if time is None else time
    aligned = stage(reference, estimate)
    if space is None:
        return aligned
    if isinstance(aligned.reference, Motion):
        raise AlignmentError(
            "motions cannot be aligned in space: their pelvis angles belong to a model;"
            " align the markers before inverse kinematics"
        )
    assert isinstance(aligned.estimate, Markers)
    moved, spatial = space(aligned.reference, aligned.estimate)
    return Aligned(aligned.reference, moved, replace(aligned.record, spatial=spatial))


@dataclass(frozen=True, slots=True)
class Shifted(Generic[Result]):
    """What comes out when the lag is another.

    Parameters
    ----------
    label : str
        "lag", "−1 frame", "+0.1 s", …
    shift_s : float
        Added to the lag.
    n_frames : int
        Common frames at that lag.
    result : object
        What `measure` gave.
    """

    label: str
    shift_s: float
    n_frames: int
    result: Result


def sensitivity(
    reference: Recording,
    estimate: Recording,
    measure: Callable[[Recording, Recording], Result],
    lag_s: float = 0.0,
    shifts_s: Iterable[float] = _SHIFTS_S,
    interpolation: Interpolation = "cubic",
) -> tuple[Shifted[Result], ...]:
    """Every figure at the lag, ± 1 frame and ± 0.1 s beside it.

    Parameters
    ----------
    reference, estimate : Motion or Markers
        As recorded, not yet aligned.
    measure : callable
        ``measure(reference, estimate)`` on aligned recordings: one figure, an array, or a whole
        `Evaluation`.
    lag_s : float
        The lag that is used: `AlignmentRecord.lag_s`.
    shifts_s : iterable of float
        Shifts, s, that are tried both ways besides one frame of the reference.
    interpolation : {"cubic", "linear"}
        As in the alignment whose sensitivity is asked for.

    Returns
    -------
    tuple of Shifted
        The lag itself first, then by size of the shift. Each lag has its own overlap.
    """
    frame = float(np.median(np.diff(reference.times)))
    asked = [(frame, "1 frame")] + [(float(shift), f"{shift:g} s") for shift in shifts_s]
    tried = [(0.0, "lag")]
    for size, label in asked:
        tried += [(-size, f"−{label}"), (size, f"+{label}")]
    results = []
    at_lag = at_lags(reference, estimate, interpolation)
    for shift, label in tried:
        common, moved = at_lag(lag_s + shift)
        results.append(Shifted(label, shift, common.n_frames, measure(common, moved)))
    return tuple(results)


@dataclass(frozen=True, slots=True)
class PolicyResult(Generic[Result]):
    """What a policy gives: a record and a result, or the reason why not."""

    record: AlignmentRecord | None
    result: Result | None
    reason: str | None = None


def compare_policies(
    reference: Recording,
    estimate: Recording,
    measure: Callable[[Recording, Recording], Result],
    policies: Iterable[TimePolicy],
    space: SpatialAlignment | None = None,
) -> Mapping[str, PolicyResult[Result]]:
    """What each policy would give, by its name; one that fails gives its reason.

    Parameters
    ----------
    reference, estimate : Motion or Markers
    measure : callable
        ``measure(reference, estimate)`` on aligned recordings.
    policies : iterable of TimePolicy
    space : SpatialAlignment, optional
        The same for all.
    """
    results: dict[str, PolicyResult[Result]] = {}
    for policy in policies:
        try:
            aligned = align(reference, estimate, policy, space)
        except KinebenchError as error:
            results[policy.policy] = PolicyResult(None, None, str(error))
            continue
        outcome = measure(aligned.reference, aligned.estimate)
        results[policy.policy] = PolicyResult(aligned.record, outcome)
    return MappingProxyType(results)
