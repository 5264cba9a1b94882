"""Trials for studies from the virtual laboratory, whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from kinebench.core.provenance import digest
from kinebench.core.trial import Trial
from kinebench.errors import require_names
from kinebench.lab import (
    Recording,
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

__all__ = ["LabSource"]

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
    """

    person: VirtualSubject
    motion: MotionModel
    activity: str
    errors: CameraError
    body: str = "opencap"
    rate_hz: float = 60.0
    evidence: EvidenceKind = EvidenceKind.EXACT_TRUTH

    def __post_init__(self) -> None:
        require_names([self.body], _BODIES, "body", "the laboratory")

    @property
    def name(self) -> str:
        return self.activity

    @property
    def subject(self) -> str:
        return self.person.identifier

    def __call__(self, choices: Mapping[str, Any]) -> Trial:
        """The trial with its true motion and markers; subject and trial name the noise's seed."""
        require_choices(choices, _CHOICES, "the laboratory")
        errors = choices.get("errors", self.errors)
        rate = choices.get("rate_hz", self.rate_hz)
        static = choices.get("static", StaticPose())
        if static == "trial start":
            static = TrialStart(self.motion)

        def filmed(motion: Any, *names: str) -> Recording:
            recording = _recorded(_Filming(self.person, motion, errors, rate, names, self.body))
            keypoints = with_extra_errors(recording.keypoints, choices, self.subject, *names)
            return replace(recording, keypoints=keypoints)

        trial = filmed(self.motion, self.activity)
        standing = None if static is None else filmed(static, self.activity, "static")
        return trial.as_trial(self.name, self.activity, standing)


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
