"""What `kinebench why` says of public recordings: ``python -m benchmarks.diagnosis.real_sessions``

Writes `real_sessions.md` beside this file: figures only, there is no truth to hold them against.
Needs the public files: in the cache, in the mirror that KINEBENCH_MIRROR names, or from the
network.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from kinebench.core.subject import Subject
from kinebench.datasets import fetch_dataset, fetch_file
from kinebench.diagnosis.figures import FIGURES
from kinebench.diagnosis.verdict import ANGLE_CHANGE, angle_change, findings, verdict
from kinebench.diagnosis.why import Diagnosis, diagnose
from kinebench.errors import KinebenchError, KinebenchWarning
from kinebench.io.atomic import write_atomically
from kinebench.io.session import read_session
from kinebench.io.trc import read_trc
from kinebench.pipeline.plan import Plan, plan_from_markers
from kinebench.pipeline.session.plan import plan_from_session
from kinebench.pipeline.spec import PipelineSpec
from kinebench.reports.why_report import figure_title, figure_value

SESSION = "opencap-session-subject0"
SUBJECT_2 = Subject(78.2, 1.96, "subject 2")
_DEMO = "Pose2Sim/S00_Demo_Session/S00_P00_SingleParticipant"
_STANDING = f"{_DEMO}/S00_P00_T00_StaticTrial/pose-3d/S00_P00_T00_StaticTrial_0-12.trc"
_BALANCING = f"{_DEMO}/S00_P00_T01_BalancingTrial/pose-3d/S00_P00_T01_BalancingTrial_0-100.trc"

# dataset, recording, static trial, subject
FILES = (
    ("keypoints-subject2", "test_data/squats.trc", "", SUBJECT_2),
    ("keypoints-subject2", "test_data/sit_to_stand.trc", "", SUBJECT_2),
    ("keypoints-subject2", "test_data/drop_vertical_jump.trc", "", SUBJECT_2),
    (
        "labvalidation-subject3-walking1",
        "Examples/GRF_tracking_data/OC_val/walking1.trc",
        "",
        Subject(63.5, 1.69, "subject 3"),
    ),
    ("pose2sim-demo-trc", _BALANCING, "", Subject(70.0, 1.72, "demo")),
    ("pose2sim-demo-trc", _BALANCING, _STANDING, Subject(70.0, 1.72, "demo")),
)

_HEAD = """\
# What `kinebench why` says of public recordings

Made by `python -m benchmarks.diagnosis.real_sessions`. Pipelines as `kinebench run` plans them: a
session's own choices; for files without a static trial the defaults, scaled on the best standing of
the trial itself. Nobody knows the truth of these recordings: the figures say where each is decided,
and what speaks against the choices. A cause with an exclamation mark is called doubtful. Mass
and height of the Pose2Sim demo are those that its Config.toml names.
"""


def plans() -> Iterator[tuple[str, Plan]]:
    """Every dynamic trial of the session, then the single files."""
    recording = next(path for path in fetch_dataset(SESSION) if path.name == "neutral.trc")
    session = read_session(recording.parents[1])
    assert session.subject is not None
    for name in session.trials:
        if not name.lower().startswith(("neutral", "static")):
            files = session.files(name)
            plan = plan_from_session(session, files, session.subject, PipelineSpec())
            yield f"{SESSION}, {name}", plan
    for dataset, path, standing, subject in FILES:
        keypoints = read_trc(fetch_file(dataset, path))
        static = read_trc(fetch_file(dataset, standing)) if standing else None
        plan = plan_from_markers(Path(path).stem, keypoints, static, subject, PipelineSpec())
        yield f"{dataset}, {Path(path).name}{', with its static trial' if standing else ''}", plan


def section(title: str, found: Diagnosis, seconds: float) -> str:
    """Verdict and figures of a trial."""
    ranked = findings(found)
    header = ("", *map(figure_title, (*FIGURES, ANGLE_CHANGE)))
    lines = [f"| {' | '.join(header)} |", f"|---|{'---:|' * (len(header) - 1)}"]

    def row(name: str, values: object, angles: str) -> None:
        cells = [figure_value(v, f) for v, f in zip(values, FIGURES, strict=True)]  # type: ignore[call-overload]
        lines.append(f"| {' | '.join([name, *cells, angles])} |")

    row("as it is", found.as_is, "")
    for one in ranked:
        change = angle_change(found.times, found.course_parts[one.name])
        mark = " !" if one.suspect else ""
        row(f"{one.name}{mark}", found.parts[one.name], figure_value(change, ANGLE_CHANGE))
    row("all swapped", found.swapped, "")
    doubts = [f"- against {one.name}: {one.doubt}" for one in ranked if one.doubt]
    left_out = [f"- not tried: {name}: {reason}" for name, reason in found.left_out.items()]
    span = found.times[-1] - found.times[0]
    told = f"{span:.1f} s of movement, {found.n_runs} runs in {seconds:.0f} s."
    return "\n".join(
        [f"## {title}", "", " ".join(verdict(found)), "", *lines, "", *doubts, *left_out, "", told]
    )


def main() -> None:
    warnings.simplefilter("ignore", KinebenchWarning)
    parts = [_HEAD]
    for title, plan in plans():
        start = time.perf_counter()
        try:
            found = diagnose(plan.pipeline, plan.trial)
        except KinebenchError as error:
            parts.append(f"## {title}\n\nNo diagnosis: {error}")
        else:
            parts.append(section(title, found, time.perf_counter() - start))
        print(parts[-1], flush=True)
    write_atomically(Path(__file__).with_name("real_sessions.md"), "\n\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
