"""`Finding`: what a check says of a recording or its result, graded and with numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.remarks import Remark, each_once
from kinebench.remarks import Spans as Spans
from kinebench.signals.runs import runs

Severity = Literal["green", "amber", "red"]
_ORDER: tuple[Severity, ...] = ("green", "amber", "red")


@dataclass(frozen=True, slots=True)
class Finding(Remark):
    """What a check found: a remark of the check's name, graded, with the figure that was judged.

    Parameters
    ----------
    code : str
        Name of the check.
    severity : {"green", "amber", "red"}
        Amber: to be used with care. Red: not to be trusted. Green: a note.
    message, where, spans_s, advice
        As those of `Remark`.
    recording : {"movement", "static"}
    measured, limit : float
        In `unit`; what was found, and what would still have been fine.
    unit : str
    """

    severity: Severity
    recording: str = "movement"
    measured: float = float("nan")
    limit: float = float("nan")
    unit: str = ""

    def of(self, recording: str) -> Finding:
        """The same in another recording."""
        return replace(self, recording=recording)

    @property
    def check(self) -> str:
        """Name of the check."""
        return self.code

    @property
    def place(self) -> str:
        """The static trial, where it was found there."""
        return "static trial: " if self.recording == "static" else ""

    def says(self, remark: Remark) -> bool:
        """Whether this is the remark's fact: of its kind, its recording and all its places."""
        return (
            self.code == remark.code
            and remark.recording in ("", self.recording)
            and set(remark.where) <= set(self.where)
        )

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

    def besides(self, remarks: Iterable[Remark]) -> tuple[Remark, ...]:
        """The remarks whose facts no finding says: each fact is said once."""
        return tuple(
            remark
            for remark in each_once(remarks)
            if not any(one.severity != "green" and one.says(remark) for one in self.findings)
        )

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


def said_together(findings: Iterable[Finding]) -> tuple[tuple[Finding, str], ...]:
    """The first of each group and one line for all of it: equal check, light, recording, advice.

    What several coordinates or segments have in common is said once.
    """
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for one in findings:
        groups.setdefault((one.check, one.severity, one.recording, one.advice), []).append(one)
    return tuple(
        (first, replace(first, message="; ".join(each.message for each in group)).text)
        for group in groups.values()
        for first in group[:1]
    )


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
