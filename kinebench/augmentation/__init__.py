"""Stages that predict anatomical markers from keypoints."""

from kinebench.augmentation.augmenter import (
    START_UP_S,
    LSTMAugmenter,
    NoAugmentation,
    tracked_markers,
)
from kinebench.augmentation.catalogue import VERSIONS, AugmenterVersion
from kinebench.augmentation.floor import FloorOffset, VerticalShift
from kinebench.augmentation.weights import read_version, write_version

__all__ = [
    "START_UP_S",
    "VERSIONS",
    "AugmenterVersion",
    "FloorOffset",
    "LSTMAugmenter",
    "NoAugmentation",
    "VerticalShift",
    "read_version",
    "tracked_markers",
    "write_version",
]
