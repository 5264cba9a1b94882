"""Is this recording one of a person, and is the result to be trusted? Typed findings, no exit."""

from kinebench.quality.catalogue import CHECKS, assess, assess_recording
from kinebench.quality.evidence import Evidence
from kinebench.quality.finding import Assessment, Finding, Severity

__all__ = ["CHECKS", "Assessment", "Evidence", "Finding", "Severity", "assess", "assess_recording"]
