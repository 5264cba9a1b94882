"""`Finding`: something about a recording or its result that a person should know, with numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.signals.runs import runs

__all__ = ["Assessment", "Finding", "Severity", "graded", "spans_of", "worst"]

Severity = Literal["green", "amber", "red"]
_ORDER: tuple[Severity, ...] = ("green", "amber", "red")
Spans = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    Parameters
    ----------
    check : str
        Name of the check.
    severity : {"amber", "red"}
        Amber: to be used with care. Red: not to be trusted.
    message : str
        What was found, in one sentence with its numbers.
    where : tuple of str
        Markers, segments or coordinates; empty for the whole recording.
    spans_s : tuple of (float, float)
        When, s; empty for the whole recording.
    measured, limit : float
        In `unit`; what was found, and what would still have been fine.
    unit : str
    advice : str
        Likely cause, and what to do.
    recording : {"movement", "static"}
    """

    check: str
    severity: Severity
    message: str
    where: tuple[str, ...] = ()
    spans_s: Spans = ()
    measured: float = float("nan")
    limit: float = float("nan")
    unit: str = ""
    advice: str = ""
    recording: str = "movement"

    def of(self, recording: str) -> Finding:
        """The same in another recording."""
        return replace(self, recording=recording)

    @property
    def text(self) -> str:
        """Message and advice in one line."""
        place = "static trial: " if self.recording == "static" else ""
        return f"{place}{self.message}" + (f"; {self.advice}" if self.advice else "")

    def as_dict(self) -> dict[str, Any]:
        """For JSON; numbers that are not known become None."""

        def number(value: float) -> float | None:
            return round(float(value), 6) if np.isfinite(value) else None

        return {
            "check": self.check,
            "severity": self.severity,
            "recording": self.recording,
            "message": self.message,
            "where": list(self.where),
            "spans_s": [[round(start, 4), round(end, 4)] for start, end in self.spans_s],
            "measured": number(self.measured),
            "limit": number(self.limit),
            "unit": self.unit,
            "advice": self.advice,
        }


@dataclass(frozen=True, slots=True)
class Assessment:
    """All findings of a trial, worst first, and which checks were made.

    Parameters
    ----------
    findings : tuple of Finding
    made : tuple of str
        Names of the checks that could be made.
    not_made : mapping of str to str
        Name to what was lacking.
    """

    findings: tuple[Finding, ...]
    made: tuple[str, ...]
    not_made: Mapping[str, str]

    @property
    def severity(self) -> Severity:
        """The worst of all findings."""
        return worst(finding.severity for finding in self.findings)

    def severity_of(self, check: str) -> Severity:
        """The worst of one check."""
        return worst(one.severity for one in self.findings if one.check == check)

    def flags(self, times: FloatArray) -> NDArray[np.int64]:
        """(n_frames,) 0, 1, 2: the worst that findings on the movement say of each frame.

        Findings without a place in time count for every frame.
        """
        found: NDArray[np.int64] = np.zeros(len(times), dtype=np.int64)
        for finding in self.findings:
            if finding.recording != "movement":
                continue
            inside = (
                np.ones(len(times), bool) if not finding.spans_s else np.zeros(len(times), bool)
            )
            for start, end in finding.spans_s:
                inside |= (times >= start - 1e-9) & (times <= end + 1e-9)
            found[inside] = np.maximum(found[inside], _ORDER.index(finding.severity))
        return found


def worst(severities: Iterable[Severity]) -> Severity:
    """The worst of several; green of none."""
    return max(severities, key=_ORDER.index, default="green")


def graded(value: float, amber: float, red: float) -> Severity:
    """Green up to the amber limit, amber up to the red one; what is not known is green."""
    if value > red:
        return "red"
    return "amber" if value > amber else "green"


def spans_of(mask: NDArray[np.bool_], times: FloatArray) -> Spans:
    """First and last time of each run of True."""
    return tuple((float(times[start]), float(times[stop - 1])) for start, stop in runs(mask))
