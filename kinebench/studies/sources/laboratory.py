"""Trials for studies from the virtual laboratory, whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from kinebench.core.provenance import ADDED, digest
from kinebench.core.trial import Trial
from kinebench.errors import require_names
from kinebench.lab import (
    Recording,
    SoftTissue,
    StaticPose,
    TrialStart,
    VirtualSubject,
    generic_body,
    opencap_body,
    record,
)
from kinebench.lab.camera.chain import CameraError
from kinebench.lab.motions.motion_model import MotionModel
from kinebench.studies.evidence import EvidenceKind
from kinebench.studies.sources.faults import require_choices, with_extra_errors

_BODIES = {"lab": generic_body, "opencap": opencap_body}
_CHOICES = ("static", "errors", "rate_hz")


@dataclass(frozen=True, slots=True)
class LabSource:
    """A virtual subject in motion.

    Data factors: ``data.static`` (a static pose, ``"trial start"`` for the first second of the
    trial, or None for no static trial), ``data.errors`` (camera errors), ``data.rate_hz``, and
    ``data.extra.<name>`` (one more camera error, or None). Noise depends on subject and activity
    only, so that levels are compared under the same noise.

    Parameters
    ----------
    person : VirtualSubject
    motion : MotionModel
    activity : str
    errors : CameraError
    body : {"opencap", "lab"}
        LaiUhlrich2022, when its files are at hand, or the laboratory's own.
    rate_hz : float
    evidence : EvidenceKind
        What the reference is.
    number : int
        Of the trial: a person with a `movement` does another one differently.
    noise : int
        Seed of the camera's errors: the same trial, truth and all, recorded again.
    tissue : SoftTissue, optional
        What carries the reference markers; without, they are on the bones.
    """

    person: VirtualSubject
    motion: MotionModel
    activity: str
    errors: CameraError
    body: str = "opencap"
    rate_hz: float = 60.0
    evidence: EvidenceKind = EvidenceKind.EXACT_TRUTH
    number: int = field(default=1, metadata=ADDED)
    noise: int = field(default=0, metadata=ADDED)
    tissue: SoftTissue | None = field(default=None, metadata=ADDED)

    def __post_init__(self) -> None:
        require_names([self.body], _BODIES, "body", "the laboratory")

    @property
    def name(self) -> str:
        """Activity, number of the trial from the second on, and noise from the first seed on."""
        return " ".join((self.activity, *self._trial, *self._noise))

    @property
    def _trial(self) -> tuple[str, ...]:
        return () if self.number == 1 else (f"trial {self.number}",)

    @property
    def _noise(self) -> tuple[str, ...]:
        return () if self.noise == 0 else (f"noise {self.noise}",)

    @property
    def subject(self) -> str:
        return self.person.identifier

    def __call__(self, choices: Mapping[str, Any]) -> Trial:
        """The trial with its true motion and markers.

        Subject, activity, trial and noise seed what is random.
        """
        require_choices(choices, _CHOICES, "the laboratory")
        errors = choices.get("errors", self.errors)
        rate = choices.get("rate_hz", self.rate_hz)
        static = choices.get("static", StaticPose())
        seeds = (self.activity, *self._trial)
        motion = self.person.performs(self.motion, seeds)
        if static == "trial start":
            static = TrialStart(motion)
        elif static is not None:
            static = self.person.performs(static, (*seeds, "static"))

        def filmed(motion: Any, *names: str) -> Recording:
            seen = (*seeds, *self._noise, *names)
            recording = _recorded(_Filming(self.person, motion, errors, rate, seen, self.body))
            keypoints = with_extra_errors(recording.keypoints, choices, self.subject, *seen)
            return replace(recording, keypoints=keypoints)

        trial = filmed(motion)
        standing = None if static is None else filmed(static, "static")
        found = trial.as_trial(self.name, self.activity, standing)
        if self.tissue is None:
            return found
        return replace(found, reference_markers=trial.optical_markers(self.tissue, *seeds))


@dataclass(frozen=True, slots=True, eq=False)
class _Filming:
    """Arguments of `record`, compared by content: motions may hold arrays."""

    person: VirtualSubject
    motion: Any
    errors: CameraError
    rate_hz: float
    names: tuple[str, ...]
    body: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Filming) and digest(self) == digest(other)

    def __hash__(self) -> int:
        return hash(digest(self))


@lru_cache(maxsize=64)
def _recorded(wanted: _Filming) -> Recording:
    """Kept, as the cells of a trial ask for the same recordings again and again."""
    body = _BODIES[wanted.body]()
    return record(wanted.person, wanted.motion, wanted.errors, wanted.rate_hz, wanted.names, body)
