"""What `kinebench why` says of public recordings.

``python -m benchmarks.diagnosis.real_sessions``

Writes `real_sessions.md` beside this file; there is no truth to hold it against.
Needs the public files: in the cache, in the mirror that KINEBENCH_MIRROR names, or from the
network.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from kinebench.core.subject import Subject
from kinebench.datasets import fetch_dataset, fetch_file
from kinebench.diagnosis.faults import faults_of
from kinebench.diagnosis.features import measured
from kinebench.diagnosis.verdict import WRONG_SOMEHOW
from kinebench.diagnosis.why import choices_of
from kinebench.errors import KinebenchError, KinebenchWarning, listed
from kinebench.io.atomic import write_atomically
from kinebench.io.session import read_session
from kinebench.io.trc import read_trc
from kinebench.pipeline.engines import with_engine
from kinebench.pipeline.plan import Plan, plan_from_markers
from kinebench.pipeline.session.plan import plan_from_session
from kinebench.pipeline.spec import PipelineSpec

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

Made by `python -m benchmarks.diagnosis.real_sessions`, but for the last column, which is a person's
reading. Pipelines as `kinebench run` plans them: a session's own choices; for files without a
static trial the defaults, scaled on the best standing of the trial itself. The truth of these
recordings is not known. Causes were learnt on virtual squats, rises and jumps; walking and balance
are none of these. The swaps of each recording, which nothing here hangs on, are printed by
`kinebench why` itself.

| recording | said | probabilities of 10 % and more | what it rests on | read by a person |
|---|---|---|---|---|
"""

READ: Mapping[str, str] = {
    f"{SESSION}, Asym_0": (
        "Stands: an asymmetric squat was asked for, and the hips do move 20 cm sideways. Changing"
        " lengths (a thigh of 0.41 m appears 0.31 m long in a stretch) are there as well and not"
        " told: rigs let thighs shorten with depth."
    ),
    f"{SESSION}, Squats_0": (
        "Misses: the thighs appear a quarter shorter at depth than standing, which virtual rigs do"
        " by 13 % at most; what was learnt gives it less than 10 %."
    ),
    "keypoints-subject2, squats.trc": (
        "Stands: the file begins in the movement, and the default has no warm-up; the effect is"
        " small (1.7° where it is most)."
    ),
    "keypoints-subject2, sit_to_stand.trc": (
        "Stands: the recording begins while rising; that the model is scaled on a bent pose, for"
        " want of a static trial, is called a wrong window, which comes to the same."
    ),
    "keypoints-subject2, drop_vertical_jump.trc": (
        "Start-up stands. Tilt forwards does not: heels off the floor and the box that is jumped"
        " from are taken for a lean."
    ),
    "labvalidation-subject3-walking1, walking1.trc": (
        "Both stand: 100 frames per second, no warm-up, walking from the first frame on. That it is"
        " scaled on a stride is not said: standing is never seen."
    ),
    f"pose2sim-demo-trc, {Path(_BALANCING).name}": (
        "Right to say nothing: balance on one leg is unlike all that was learnt from."
    ),
    f"pose2sim-demo-trc, {Path(_BALANCING).name}, with its static trial": (
        "Nobody stands still in the static trial; the message says what to do."
    ),
}
"""Of each recording, by its title: whether what is said stands."""


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


def row(title: str, plan: Plan) -> str:
    """What is said of a recording, without swaps."""
    trial = replace(plan.trial, static_markers=None)
    run = with_engine(plan.pipeline, "fast", keep_foreign=True)(trial)
    choices = choices_of(plan.pipeline, run.scaling.window_s, run.keypoints)
    faults, anything, strange = faults_of(measured(trial, choices))
    likely = [fault for fault in faults if fault.likely]
    if strange:
        said = f"cannot be told: unlike what was learnt ({listed(strange, 3)})"
    elif likely:
        said = f"**{likely[0].name}**" + "".join(f", {one.name}" for one in likely[1:])
    else:
        said = "cannot be told" if anything >= WRONG_SOMEHOW else "no fault is shown"
    chances = [fault for fault in faults if fault.probability >= 0.1]
    told = ", ".join(f"{one.name} {one.probability:.0%}" for one in chances) or "none"
    shown = "; ".join(one.shown for one in likely) if likely and not strange else "—"
    return f"| {title} | {said} | {told} | {shown} | {READ.get(title, '')} |"


def main() -> None:
    """Judge every recording, and write the page."""
    warnings.simplefilter("ignore", KinebenchWarning)
    rows = []
    for title, plan in plans():
        try:
            rows.append(row(title, plan))
        except KinebenchError as error:
            rows.append(f"| {title} | no diagnosis: {error} | | | {READ.get(title, '')} |")
        print(rows[-1], flush=True)
    write_atomically(Path(__file__).with_name("real_sessions.md"), _HEAD + "\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
