"""What `kinebench audit` says of public recordings.

``python -m benchmarks.audit.real_sessions``

Writes `real_sessions.md` beside this file. Needs the public files: in the cache, in the mirror that
KINEBENCH_MIRROR names, or from the network. No limit was set on these recordings.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.diagnosis.real_sessions import plans
from kinebench.core.subject import Subject
from kinebench.datasets import fetch_file
from kinebench.errors import KinebenchWarning
from kinebench.io.atomic import write_atomically
from kinebench.io.trc import read_trc
from kinebench.pipeline.audit import TrialAudit, audit_trial
from kinebench.pipeline.engines import with_engine
from kinebench.pipeline.plan import Plan, plan_from_markers
from kinebench.pipeline.spec import PipelineSpec

_HEAD = """\
# What `kinebench audit` says of public recordings

Made by `python -m benchmarks.audit.real_sessions`; no limit was set on them. What was seen when
each verdict was looked at stands in `README.md`.

| recording | light | checks | findings |
|---|---|---:|---|
"""
_KNOWN = Subject(78.2, 1.96, "subject 2")
_MORE = (
    ("augmenter-known-answers-v0.1", "test/calf_raise_fast.trc", _KNOWN),
    ("augmenter-known-answers-v0.1", "test/drop_jump.trc", _KNOWN),
)
_OPTICAL, _OPTICAL_FOLDER = "labvalidation-subject4-mocap", "data/grf/Subject4/MarkerData"


def more_plans() -> Iterator[tuple[str, Plan]]:
    """Those of `kinebench why`, and recordings that only the augmenter's tests use."""
    yield from plans()
    for dataset, path, subject in _MORE:
        keypoints = read_trc(fetch_file(dataset, path))
        plan = plan_from_markers(Path(path).stem, keypoints, None, subject, PipelineSpec())
        yield f"{dataset}, {Path(path).name}", plan
    # mass and height are not published; nothing that is checked here depends on them
    somebody, options = Subject(75.0, 1.75, "subject 4"), PipelineSpec(track="mocap")
    static = read_trc(fetch_file(_OPTICAL, f"{_OPTICAL_FOLDER}/static1.trc"))
    for name in ("walking1", "DJ2", "squats1", "squatsAsym1", "STS1"):
        markers = read_trc(fetch_file(_OPTICAL, f"{_OPTICAL_FOLDER}/{name}.trc"))
        yield f"{_OPTICAL}, {name}", plan_from_markers(name, markers, static, somebody, options)


def row(title: str, audit: TrialAudit) -> str:
    """A line of the table."""
    said = "<br>".join(f"{one.severity}: {one.check}: {one.text}" for one in audit.findings)
    return f"| {title} | {audit.severity} | {len(audit.assessment.made)} | {said or '—'} |"


def main() -> None:
    """Audit all of them."""
    rows = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        for title, plan in more_plans():
            fast = replace(plan, pipeline=with_engine(plan.pipeline, "fast", keep_foreign=True))
            rows.append(row(title, audit_trial(fast)))
            print(rows[-1], flush=True)
    text = _HEAD + "\n".join(rows) + "\n"
    write_atomically(Path(__file__).with_name("real_sessions.md"), text)


if __name__ == "__main__":
    main()
