"""Where a session's markers come from."""

from __future__ import annotations

from kinebench.augmentation.catalogue import PUBLISHED
from kinebench.quality.evidence import Evidence
from kinebench.quality.finding import Finding


def augmenter_version(evidence: Evidence) -> tuple[Finding, ...] | None:
    """The version that made the markers against the stated one and the newest."""
    origin = evidence.origin
    stated, found = origin.augmenter_stated, origin.augmenter_found
    # of a session that states no version known here, a search without success says nothing
    if found is None and stated not in origin.augmenter_excluded:
        return None
    if found is None:
        return (
            Finding(
                "augmenter version",
                "amber",
                f"augmenter {stated}, which the session states, does not give its markers, nor does"
                " any other version that could be tried",
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
