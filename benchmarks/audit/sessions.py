"""Clean laboratory sessions for the audit, and how they are audited."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from kinebench.errors import KinebenchError, KinebenchWarning
from kinebench.io.session import is_static, read_session
from kinebench.io.trc import read_trc
from kinebench.lab import Population
from kinebench.lab.camera import (
    CameraError,
    Chain,
    ColouredNoise,
    WhiteNoise,
)
from kinebench.lab.camera.presets import OPENPOSE_BIAS, two_phones
from kinebench.lab.motions.gait import Gait
from kinebench.lab.motions.jumps import CounterMovementJump, DropJump
from kinebench.lab.motions.motion_model import MotionModel
from kinebench.lab.motions.sit_to_stand import SitToStand
from kinebench.lab.motions.squat import Squat
from kinebench.lab.sessions import SessionContent, write_session
from kinebench.pipeline.audit import TrialAudit, audit_trial, failed
from kinebench.pipeline.session.plan import plan_from_session
from kinebench.pipeline.spec import PipelineSpec
from kinebench.quality import Evidence, assess
from kinebench.studies.lab_session import LabSession

__all__ = [
    "FRESH",
    "MOTIONS",
    "PRESETS",
    "RATES",
    "audit_content",
    "audit_recordings",
    "base_session",
    "movement_of",
]

MOTIONS: Mapping[str, MotionModel] = {
    "squats": Squat(repetitions=2),
    "asymmetric squats": Squat(repetitions=2, shift_m=0.03, drop_deg=3.0, twist_deg=4.0),
    "walking": Gait(),
    "sit-to-stand": SitToStand(),
    "drop jump": DropJump(),
    "jump": CounterMovementJump(),
}
_CALM = Chain((ColouredNoise(sd_mm=(5.0, 3.0, 3.0), corner_hz=0.7), WhiteNoise((1.5, 1.0, 1.0))))
PRESETS: Mapping[str, CameraError] = {
    "two phones": two_phones(),
    "two phones, 12 Hz": two_phones(12.0),
    "calm": _CALM,
}
FRESH: Mapping[str, CameraError] = {
    "two phones, 8 Hz": two_phones(8.0),
    "faster wandering": Chain(
        (OPENPOSE_BIAS, ColouredNoise((6.0, 8.0, 5.0), 1.5), WhiteNoise((3.0, 2.0, 2.0)))
    ),
}
"""Cameras that were not used while limits were set."""
RATES = (60.0, 100.0, 120.0, 240.0, 30.0)


def base_session(seed: str, number: int) -> LabSession:
    """A clean session: subject, movement, camera and rate go round by their numbers.

    Seeds that begin with "development" leave out the fresh cameras.
    """
    presets = PRESETS if seed.startswith("development") else {**PRESETS, **FRESH}
    motion = list(MOTIONS)[number % len(MOTIONS)]
    preset = list(presets)[(number // 2) % len(presets)]
    return LabSession(
        Population(seed).subject(number),
        ((motion.replace(" ", "_"), MOTIONS[motion]),),
        errors=presets[preset],
        rate_hz=RATES[number % len(RATES)],
        results=False,
    )


def audit_content(content: SessionContent, options: PipelineSpec | None = None) -> TrialAudit:
    """Write a session, read it again, run its movement and audit it."""
    options = options or PipelineSpec(augmenter="lab-1", engine="fast")
    with TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        session = read_session(write_session(Path(place) / "session", content))
        trial = next(name for name in session.trials if not is_static(name))
        files = session.files(trial)
        assert session.subject is not None
        try:
            plan = plan_from_session(session, files, session.subject, options)
        except KinebenchError as error:
            static = None if files.static is None else read_trc(files.static)
            evidence = Evidence(session.subject, read_trc(files.keypoints), static)
            return failed(trial, error, evidence)
        return audit_trial(plan)


def audit_recordings(content: SessionContent) -> TrialAudit:
    """The checks of recordings alone, on positions with the five decimals of session files."""
    assert content.subject is not None
    name = movement_of(content)
    recorded = {
        key: trial.keypoints.with_positions(np.round(trial.keypoints.positions, 5))
        for key, trial in content.trials.items()
    }
    evidence = Evidence(content.subject, recorded[name], recorded.get("neutral"))
    return TrialAudit(name, assess(evidence), evidence)


def movement_of(content: SessionContent) -> str:
    """Name of the trial that is no static one."""
    return next(name for name in content.trials if not name.startswith("neutral"))
