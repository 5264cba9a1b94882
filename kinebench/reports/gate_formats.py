"""What a gate found, for programs: JSON and JUnit XML."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

from kinebench.baselines.baseline import Baseline
from kinebench.baselines.judging import Finding, Outcome, Verdict
from kinebench.remarks import Remark
from kinebench.reports.gate_words import headline, sentence
from kinebench.reports.units import readable_unit, scale_of


def as_json(verdict: Verdict, baseline: Baseline, remarks: Iterable[Remark] = ()) -> str:
    """Everything, in degrees, millimetres and seconds; null where there is no number."""
    content = {
        "gate": verdict.gate,
        "failed": bool(verdict.failures),
        "summary": headline(verdict),
        "not_compared": verdict.not_compared,
        "baseline": {
            "date": baseline.date,
            "accepted_by": baseline.accepted_by,
            "reason": baseline.reason,
        },
        "changed": [
            {"what": name, "then": then, "now": now} for name, then, now in verdict.changed
        ],
        "findings": [_plain(finding) for finding in verdict.findings],
        "remarks": [remark.as_dict() for remark in remarks],
    }
    return json.dumps(content, indent=1, ensure_ascii=False)


def as_junit(verdict: Verdict) -> str:
    """One test case per figure, in one suite per trial."""
    root = ElementTree.Element("testsuites", name=f"kinebench {verdict.gate}")
    suites: dict[str, list[Finding]] = {}
    for finding in verdict.findings:
        suites.setdefault(finding.key.trial, []).append(finding)
    for trial, findings in suites.items():
        failed = sum(finding.outcome.fails for finding in findings)
        new = sum(finding.outcome is Outcome.NEW for finding in findings)
        suite = ElementTree.SubElement(
            root, "testsuite", name=trial, tests=str(len(findings)), failures=str(failed),
            errors="0", skipped=str(new),
        )  # fmt: skip
        for finding in findings:
            case = ElementTree.SubElement(
                suite, "testcase", classname=trial,
                name=f"{finding.key.item} {finding.key.quantity}",
            )  # fmt: skip
            if finding.outcome.fails:
                told = sentence(finding)
                ElementTree.SubElement(case, "failure", message=told).text = told
            elif finding.outcome is Outcome.NEW:
                ElementTree.SubElement(case, "skipped", message=sentence(finding))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode", xml_declaration=True)
    return text.replace("encoding='us-ascii'", "encoding='utf-8'") + "\n"


def _plain(finding: Finding) -> dict[str, Any]:
    scale = scale_of(finding.unit)

    def number(value: float) -> float | None:
        return value * scale if math.isfinite(value) else None

    told: dict[str, Any] = {
        "trial": finding.key.trial,
        "item": finding.key.item,
        "quantity": finding.key.quantity,
        "outcome": finding.outcome.value,
        "failed": finding.outcome.fails,
        "unit": readable_unit(finding.unit) or "1",
        "expected": number(finding.expected),
        "obtained": number(finding.obtained),
        "change": number(finding.change),
        "limit": number(finding.limit),
        "decided_by": finding.decided_by,
        "note": finding.note,
    }
    stretch = finding.stretch
    if stretch is not None:
        told |= {
            "from_s": stretch.start_s,
            "to_s": stretch.end_s,
            "peak_s": stretch.peak_s,
            "share_beyond": stretch.share,
            "mean_change": number(stretch.mean),
            "mean_change_interval": [number(stretch.interval.low), number(stretch.interval.high)],
            "one_way": stretch.is_one_way,
        }
    return told
