"""The two recordings of a comparison, by their type."""

from __future__ import annotations

from typing import TypeVar

from kinebench.comparison import PairResult
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion

__all__ = ["pair_of"]

Kind = TypeVar("Kind", Motion, Markers)


def pair_of(result: PairResult, kind: type[Kind]) -> tuple[Kind, Kind]:
    """Aligned reference and estimate, which are of this type."""
    reference, estimate = result.reference, result.estimate
    assert isinstance(reference, kind)
    assert isinstance(estimate, kind)
    return reference, estimate
