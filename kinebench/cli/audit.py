"""``kinebench audit``: every check of quality on a session or on files, with a traffic light."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kinebench.cli.planning import (
    add_input_arguments,
    planned,
    read_file,
    require_one_input,
    session_of,
    subject_of,
)
from kinebench.cli.progress import status_line
from kinebench.errors import KinebenchError, ValueRangeError
from kinebench.remarks import unheard

if TYPE_CHECKING:
    from kinebench.io.session import Session
    from kinebench.pipeline.audit import TrialAudit
    from kinebench.quality import Evidence


_EPILOG = """\
Red: not to be trusted; amber: to be used with care; green: no check found anything. On a session
every trial is audited, or the one that --trial names. The exit code is 1 when a trial is red,
0 when all are green or amber, 2 when the input cannot be read.

examples:
  kinebench audit OpenCapData_1234 --report audit.html
  kinebench audit --keypoints squat.trc --static neutral.trc --mass 72 --height 1.78
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The inputs and pipeline options of ``kinebench run``; the engine is the fast one."""
    add_input_arguments(parser, engine="fast")
    parser.epilog = _EPILOG
    parser.add_argument(
        "--motion", type=Path, metavar="FILE", help="a .mot made of these files elsewhere"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write a page of HTML")


def run(arguments: argparse.Namespace) -> int:
    """Audit the trials one by one, print, and give the light as exit code."""
    from kinebench.pipeline.audit import worst_of

    with status_line() as show:
        audits = audited(arguments, show)
    if arguments.report is not None:
        source = arguments.session or arguments.keypoints
        command = shlex.join(["kinebench", *sys.argv[1:]])
        write_report(arguments.report, audits, source.name, command)
    if arguments.json:
        print(json.dumps(as_json(audits), indent=2, ensure_ascii=False))
    else:
        _print(audits)
    return int(worst_of(audits) == "red")


def audited(arguments: argparse.Namespace, show: Callable[[str], None]) -> list[TrialAudit]:
    """The audits of a session's trials, or of files."""
    require_one_input(arguments)
    if arguments.motion is not None and arguments.keypoints is None:
        raise ValueRangeError("--motion: only with --keypoints; a session brings its own")
    return _files(arguments) if arguments.session is None else _session(arguments, show)


def _files(arguments: argparse.Namespace) -> list[TrialAudit]:
    from dataclasses import replace

    from kinebench.io.mot import read_motion
    from kinebench.pipeline.audit import audit_trial, failed
    from kinebench.quality import Evidence

    motion = None if arguments.motion is None else read_motion(arguments.motion)
    try:
        plan, _, remarks = planned(arguments)
    except KinebenchError as error:
        # what can be read at all is judged; else this raises again
        with unheard():
            subject = subject_of(arguments, None)
            recorded = read_file(arguments, arguments.keypoints)
            static = arguments.static and read_file(arguments, arguments.static)
        evidence = Evidence(subject, recorded, static, motion=motion)
        return [failed(arguments.keypoints.stem, error, evidence)]
    return [audit_trial(replace(plan, motion=motion), remarks)]


def _session(arguments: argparse.Namespace, show: Callable[[str], None]) -> list[TrialAudit]:
    from kinebench.io.session import is_static
    from kinebench.pipeline.audit import audit_trial, failed

    session = session_of(arguments)
    moving = [name for name in session.trials if not is_static(name)]
    names = [arguments.trial] if arguments.trial else moving or list(session.trials)
    audits = []
    for place, name in enumerate(names, start=1):
        show(f"{place} of {len(names)}: {name} …")
        one = argparse.Namespace(**{**vars(arguments), "trial": name})
        try:
            plan, _, remarks = planned(one)
        except KinebenchError as error:
            if len(names) == 1 and arguments.trial:
                session.files(name, arguments.variant)  # a wrong name is bad input
            audits.append(failed(name, error, _recorded(one, session)))
            continue
        audits.append(audit_trial(plan, remarks))
    return audits


def _recorded(arguments: argparse.Namespace, session: Session) -> Evidence | None:
    """The recording of a trial that cannot be planned, where it can be read."""
    from kinebench.io.trc import read_trc
    from kinebench.quality import Evidence

    with unheard():
        try:
            files = session.files(arguments.trial, arguments.variant)
            static = None if files.static is None else read_trc(files.static)
            subject = subject_of(arguments, session.subject)
            return Evidence(subject, read_trc(files.keypoints), static)
        except KinebenchError:
            return None


def write_report(path: Path, audits: list[TrialAudit], name: str, command: str) -> None:
    """The page of a session or file of that name, with the command that makes it again."""
    from kinebench.io.atomic import write_atomically
    from kinebench.reports.audit_report import audit_document
    from kinebench.reports.html import as_html

    write_atomically(path, as_html(audit_document(name, audits, command)))


def as_json(audits: list[TrialAudit]) -> dict[str, Any]:
    """Lights, findings and remarks of every trial."""
    from kinebench.pipeline.audit import worst_of

    return {
        "light": worst_of(audits),
        "trials": [
            {
                "trial": audit.trial,
                "light": audit.severity,
                "failure": audit.failure,
                "findings": [finding.as_dict() for finding in audit.findings],
                "notes": [
                    finding.as_dict()
                    for finding in audit.assessment.findings
                    if finding.severity == "green"
                ],
                "checked": list(audit.assessment.made),
                "not_checked": dict(audit.assessment.not_made),
                "remarks": [remark.as_dict() for remark in audit.remarks],
            }
            for audit in audits
        ],
    }


def _print(audits: list[TrialAudit]) -> None:
    """Each trial with what was found, and once at the end what was found in every one."""
    said = [_lines(audit) for audit in audits]
    common = [line for line in said[0] if all(line in one for one in said)] if said[1:] else []
    for audit, lines in zip(audits, said, strict=True):
        checked = len(audit.assessment.made)
        print(f"{audit.severity.upper():5s}  {audit.trial}: {checked} checks")
        for line in lines:
            if line not in common:
                print(line)
    if common:
        print("in every trial:")
        print("\n".join(common))


def _lines(audit: TrialAudit) -> list[str]:
    from kinebench.quality.finding import said_together

    notes = [one for one in audit.assessment.findings if one.severity == "green"]
    left = ", ".join(audit.assessment.not_made)
    return [
        *(
            f"  {one.severity:5s}  {one.check}: {text}"
            for one, text in said_together(audit.findings)
        ),
        *(f"  note   {finding.check}: {finding.text}" for finding in notes),
        *([f"  not checked: {left}"] if left else []),
        *(f"  remark: {remark.text}" for remark in audit.remarks),
    ]
