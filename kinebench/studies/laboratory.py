"""Trials for studies from the virtual laboratory, whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

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

__all__ = ["LabSource"]

_BODIES = {"lab": generic_body, "opencap": opencap_body}
_CHOICES = ("static", "errors", "rate_hz")


@dataclass(frozen=True, slots=True)
class LabSource:
    """A virtual subject in motion.

    Data factors: ``data.static`` (a static pose, ``"trial start"`` for the first second of the
    trial, or None for no static trial), ``data.errors`` (camera errors), ``data.rate_hz``. Noise
    depends on subject and activity only, so that levels are compared under the same noise.

    Parameters
    ----------
    person : VirtualSubject
    motion : MotionModel
    activity : str
    errors : CameraError
    body : {"opencap", "lab"}
        LaiUhlrich2022, when its files are at hand, or the laboratory's own.
    rate_hz : float
    """

    person: VirtualSubject
    motion: MotionModel
    activity: str
    errors: CameraError
    body: str = "opencap"
    rate_hz: float = 60.0

    def __post_init__(self) -> None:
        require_names([self.body], _BODIES, "body", "the laboratory")

    @property
    def name(self) -> str:
        return self.activity

    @property
    def subject(self) -> str:
        return self.person.identifier

    def __call__(self, choices: Mapping[str, Any], seed: int) -> Trial:
        """The trial with its true motion and markers; `seed` is not used: names seed the noise."""
        require_names(choices, _CHOICES, "data factor", "the laboratory")
        errors = choices.get("errors", self.errors)
        rate = choices.get("rate_hz", self.rate_hz)
        static = choices.get("static", StaticPose())
        if static == "trial start":
            static = TrialStart(self.motion)

        def filmed(motion: Any, *names: str) -> Recording:
            return _recorded(self.person, motion, errors, rate, names, self.body)

        trial = filmed(self.motion, self.activity)
        standing = None if static is None else filmed(static, self.activity, "static")
        return trial.as_trial(self.name, self.activity, standing)


@lru_cache(maxsize=64)
def _recorded(
    person: VirtualSubject,
    motion: Any,
    errors: Any,
    rate_hz: float,
    names: tuple[str, ...],
    body: str,
) -> Recording:
    """Kept, as the cells of a trial ask for the same recordings again and again."""
    return record(person, motion, errors, rate_hz, names, _BODIES[body]())
