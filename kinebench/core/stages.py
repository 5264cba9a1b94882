"""The stages of the pipeline, as protocols.

A stage is a frozen dataclass: its fields are its parameters and its call maps values to values.
So one object is the configuration, the level of a study's factor, the cache key and the caption.

::

    keypoints -> Cleaner -> Augmenter -> [GroundOffset] -> Scaler (static trial) -> Model
                                                        -> InverseKinematics     -> IKSolution
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.results import IKSolution, ScalingResult
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial


def title_of(stage: object) -> str:
    """What a stage says it is, to be read after "by"; else the name of its class.

    A stage's class may have a ``title`` ("a Kalman smoother"); a ``citation``, the works to cite
    where it is used; a ``syntax`` when it can be written as text, see `kinebench.core.notation`;
    and ``limits`` of its fields, see `kinebench.core.limits`.
    """
    return str(getattr(stage, "title", type(stage).__name__))


@runtime_checkable
class Cleaner(Protocol):
    """Repairs or smooths markers: ``cleaner(markers) -> markers``."""

    def __call__(self, markers: Markers) -> Markers: ...


@runtime_checkable
class AdaptiveCleaner(Cleaner, Protocol):
    """A cleaner whose parameters depend on the recording.

    ``resolve`` finds them and returns a cleaner with fixed parameters, which is what a run records;
    ``cleaner(markers)`` equals ``cleaner.resolve(markers)(markers)``.
    """

    def resolve(self, markers: Markers) -> Cleaner: ...


@runtime_checkable
class TrialCleaner(Cleaner, Protocol):
    """A cleaner that needs more of a trial than the recording that it is called with.

    ``in_trial`` takes what it needs, such as lengths in the static trial, and returns a cleaner
    that holds it as parameters: a value like any other, which calls, keys and records go by.
    """

    def in_trial(self, trial: Trial) -> Cleaner: ...


def in_trial(cleaners: Iterable[Cleaner], trial: Trial) -> tuple[Cleaner, ...]:
    """The cleaners for a trial; most are the same for all."""
    return tuple(
        cleaner.in_trial(trial) if isinstance(cleaner, TrialCleaner) else cleaner
        for cleaner in cleaners
    )


@runtime_checkable
class Augmenter(Protocol):
    """Predicts anatomical markers from video keypoints.

    ``needs`` are the keypoints it reads and ``gives`` the markers it returns, both in order.
    """

    @property
    def needs(self) -> tuple[str, ...]: ...

    @property
    def gives(self) -> tuple[str, ...]: ...

    def __call__(self, keypoints: Markers, subject: Subject) -> Markers: ...


@runtime_checkable
class StartsUp(Protocol):
    """An augmenter whose first markers are biased: no static window should lie there."""

    @property
    def start_up_s(self) -> float:
        """How long after the beginning, s; 0 with a warm-up."""
        ...


@runtime_checkable
class GroundOffset(Protocol):
    """Puts a trial on the floor.

    ``resolve`` finds the offset that augmented markers ask for, without the keypoints, and returns
    what moves both by it: a frozen value ``markers -> markers``.
    """

    def resolve(self, augmented: Markers) -> Cleaner: ...


@runtime_checkable
class Scaler(Protocol):
    """Scales a generic model to a static trial and places its markers."""

    def __call__(self, generic: Model, static: Markers, subject: Subject) -> ScalingResult: ...


@runtime_checkable
class InverseKinematics(Protocol):
    """Finds the coordinates that bring model markers closest to measured ones.

    Per frame, with weights w, model markers p(q), measured markers m and coordinate tasks c::

        minimise  Σ w_i |p_i(q) − m_i|² + Σ w_j (q_j − c_j)²   within the coordinates' ranges
    """

    def __call__(self, model: Model, markers: Markers) -> IKSolution: ...
