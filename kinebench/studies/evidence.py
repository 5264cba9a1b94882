"""What a trial's reference is worth."""

from __future__ import annotations

from enum import StrEnum


class EvidenceKind(StrEnum):
    """What a study's figures are measured against; results of unlike kinds are never averaged."""

    EXACT_TRUTH = "exact truth"
    """Joint angles that were put into the laboratory."""

    MOCAP_DRIVEN = "mocap-driven"
    """Movement measured by optical markers and played in the laboratory: keypoints are virtual."""

    REAL_KEYPOINTS = "real keypoints"
    """Recordings, held against what comes with them."""
