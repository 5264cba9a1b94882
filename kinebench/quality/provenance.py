"""Where a session's markers come from."""

from __future__ import annotations

from kinebench.augmentation.catalogue import PUBLISHED
from kinebench.quality.evidence import Evidence
from kinebench.quality.finding import Finding

__all__ = ["UNKNOWN", "augmenter_version"]

UNKNOWN = "unknown"
"""No known version gives the markers."""


def augmenter_version(evidence: Evidence) -> tuple[Finding, ...] | None:
    """The version that made the markers against the stated one and the newest."""
    stated, found = evidence.augmenter_stated, evidence.augmenter_found
    if not found:
        return None
    if found == UNKNOWN:
        return (
            Finding(
                "augmenter version",
                "amber",
                "no known augmenter version gives the markers that the session holds",
                advice="mass, height or recording differ from those it was made with",
            ),
        )
    if stated and stated != found:
        return (
            Finding(
                "augmenter version",
                "amber",
                f"the session states augmenter {stated}, its markers were made by {found}",
                advice="results of the two differ by 7 to 16 mm: name one with --augmenter",
            ),
        )
    if found in PUBLISHED[:-1]:
        return (
            Finding(
                "augmenter version",
                "green",
                f"the markers were made by {found}; {PUBLISHED[-1]} is the newest",
            ),
        )
    return ()
