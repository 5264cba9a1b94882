"""Immutable values and stage protocols: the vocabulary of everything else."""

from kinebench.core.markers import Markers
from kinebench.core.model import Document, Model
from kinebench.core.motion import Coordinate, Motion
from kinebench.core.results import IKSolution, PipelineRun, ScalingResult, StageResult
from kinebench.core.stages import (
    AdaptiveCleaner,
    Augmenter,
    Cleaner,
    GroundOffset,
    InverseKinematics,
    Scaler,
    TrialCleaner,
)
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial

__all__ = [
    "AdaptiveCleaner",
    "Augmenter",
    "Cleaner",
    "Coordinate",
    "Document",
    "GroundOffset",
    "IKSolution",
    "InverseKinematics",
    "Markers",
    "Model",
    "Motion",
    "PipelineRun",
    "Scaler",
    "ScalingResult",
    "StageResult",
    "Subject",
    "Trial",
    "TrialCleaner",
]
