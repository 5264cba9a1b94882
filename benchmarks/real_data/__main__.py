"""Every public recording that can be held against something. Writes reports/real-data.md.

    KINEBENCH_MIRROR=FOLDER python -m benchmarks.real_data [--engine NAME] [--out FILE.md]

Each trial stands by itself: one to five people, each with another reference, give no mean.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.uncertainty.sized_model import sized
from kinebench.alignment import VerticalAxisAlignment
from kinebench.cli.planning import session_place
from kinebench.comparison import PairResult, Procedure, compare_recordings
from kinebench.comparison.error_kinds import OF_MOTIONS
from kinebench.core.body_groups import BODY_GROUPS, TRANSLATIONS, group_means, group_of
from kinebench.core.environment import library_versions
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.subject import Subject
from kinebench.datasets.catalogue import find_card
from kinebench.datasets.loaders import load
from kinebench.errors import KinebenchError
from kinebench.ik.fast import FastIK
from kinebench.io.atomic import write_atomically
from kinebench.io.models import read_model
from kinebench.io.mot import read_motion
from kinebench.io.session import read_session
from kinebench.metrics import Evaluation
from kinebench.osim.edits import body_scale_factors
from kinebench.pipeline.opencap import opencap_setup
from kinebench.pipeline.plan import plan_from_markers
from kinebench.pipeline.session.plan import plan_from_session
from kinebench.pipeline.spec import PipelineSpec
from kinebench.remarks import reason_of, unheard
from kinebench.validation import validate_recordings
from kinebench.validation.marker_maps import matched
from kinebench.validation.mocap import mocap_spec, solved

DEFAULT = Path(__file__).resolve().parents[2] / "reports" / "real-data.md"
_SESSION = "opencap-session-subject0"
_SUBJECT4 = "labvalidation-subject4-mocap"
_ANYBODY = Subject(70.0, 1.75)  # not published; without a constraint on mass it turns no angle
_PREAMBLE = """# Real recordings

Made by `python -m benchmarks.real_data`, engine {engine}. Every public recording at hand that can
be held against something, each trial by itself: people, references and movements are too few and
too unlike for a mean over them. RMSE in degrees, mean over the coordinates of a part of the body,
toes left out; pelvis translations in mm; in brackets without the constant offset of each
coordinate and, of angles, without one constant rotation of each joint's frame; *largest*: the angle
with the largest RMSE. *n* is the number of people.
"""
_LIMITS = """
## What this does not show

- Five people, one in each section, each with another reference: intervals over people cannot be
  given, and nothing here says how another person's angles would come out.
- References differ. A session's own `.mot` is OpenCap's own result: agreement with it is not
  accuracy. The expert's motions are of the same optical markers on a model that was adjusted by
  hand: differences are of scaling, marker placement and weights.
- Subject 3 has no static trial with optical markers: they sit where the generic model has them, at
  the video model's sizes, clusters left out. A thigh or shank is then held by one lateral marker,
  so that rotations about its length and constant offsets are the reference's fault as much as the
  video's; look at the figures without offset.
- Subjects 2 and 3 walk one pass of 1.6 and 1.3 s; subject 4's mass and height are not published;
  subject 5 has no static trial, and the expert's weights are not published. The arms of subject 5's
  published motion are raised to the limit of the joint (`arm_flex` 180°, `arm_add` −165°), where
  the markers here are met to 6 to 44 mm with the arms low: another minimum, no error of angles.
- Subject 2's published optical motion and video motion were made by older versions of OpenCap's
  code; no keypoints of the trial are public, so that nothing of it was computed here.
- Where recordings of one person appear twice, they are not independent.
- Pose2Sim beside OpenCap's configuration is in [pose2sim.md](pose2sim.md): three laboratory trials
  of one virtual person, where the truth is known, and two squats of the session of section 1,
  against OpenCap's own result.
"""
_INPUTS = {
    _SESSION: (".trc", ".mot", ".osim", ".yaml"),
    "labvalidation-subject2-walking1": (".mot",),
    "labvalidation-subject3-walking1": ("walking1.mot", ".trc", ".osim", ".yaml"),
    _SUBJECT4: ("_ik.mot", ".trc", "manually_scaled.osim"),
    "labvalidation-subject5-dj1": (".mot", ".trc", ".osim"),
}
"""Data sets, and how the names of the files end that were read of them."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A trial, by itself: figures of each part of the body, or what is told instead."""

    what: str
    n_frames: int
    cells: Mapping[str, str]
    largest: str
    note: str = ""


def _cells(evaluation: Evaluation) -> dict[str, str]:
    """RMSE and, in brackets, without offset and without joint rotation, of each part."""
    units = {f.item: f.unit for f in evaluation.figures if f.metric == "rmse"}
    raw, *others = (group_means(evaluation.values(metric), units) for metric in OF_MOTIONS)
    scales = {group: 1e3 if group == TRANSLATIONS else float(np.degrees(1)) for group in raw}
    digits = {group: 0 if group == TRANSLATIONS else 2 for group in raw}

    def shown(group: str, value: float) -> str:
        return f"{value * scales[group]:.{digits[group]}f}"

    return {
        group: f"{shown(group, raw[group])}"
        f" ({'; '.join(shown(group, kind[group]) for kind in others if group in kind)})"
        for group in raw
    }


def _largest(evaluation: Evaluation) -> str:
    """The angle with the largest RMSE, toes left out."""
    angles = {
        figure.item: float(np.degrees(figure.value))
        for figure in evaluation.figures
        if figure.metric == "rmse" and group_of(figure.item, figure.unit) in BODY_GROUPS[:-1]
    }
    name = max(angles, key=lambda item: angles[item])
    return f"{name} {angles[name]:.1f}"


def _compared(what: str, reference: Motion, estimate: Motion, note: str = "") -> _Row:
    pair = compare_recordings(reference, estimate, Procedure(), other_policies=False)
    return _row(what, pair, note)


def _row(what: str, pair: PairResult, note: str) -> _Row:
    found = pair.evaluation
    return _Row(what, pair.alignment.n_frames, _cells(found), _largest(found), note)


def _session_trials(engine: str) -> Iterator[_Row]:
    session = read_session(session_place(Path(_SESSION)))
    assert session.subject is not None
    for name in ("Squats_0", "Asym_0"):
        files = session.files(name, None)
        assert files.motion is not None
        plan = plan_from_session(session, files, session.subject, PipelineSpec(engine=engine))
        run, own = plan.pipeline(plan.trial), read_motion(files.motion)
        yield _compared(f"{name}, scaled here", own, run.motion)
        assert files.scaled_model is not None
        spec = PipelineSpec(engine=engine, augmenter="v0.1")
        kept = plan_from_markers(
            name, plan.trial.keypoints, None, session.subject, spec, read_model(files.scaled_model)
        )
        motion = kept.pipeline(kept.trial).motion
        yield _compared(f"{name}, on the session's scaled model", own, motion)


def _subject2(_: str) -> Iterator[_Row]:
    sample = load("labvalidation-subject2-walking1", "walking1")
    found = validate_recordings(sample.motions["reference"], sample.motions["video"])
    (pair,) = found.comparison.pairs
    lag, told = found.clock.lag_s, "; ".join(one.code for one in found.remarks) or "no doubt"
    note = f"lag {lag * 1e3:+.0f} ms, wanders by {(found.clock.wander_s or 0) * 1e3:.0f} ms; {told}"
    yield _row("walking1, published motions", pair, note)


def _subject3(engine: str) -> Iterator[_Row]:
    sample = load("labvalidation-subject3-walking1", "walking1")
    scaled = sample.models["scaled"]
    spec = PipelineSpec(track="stored", engine=engine)
    stored = sample.markers["augmented_offset_removed"]
    plan = plan_from_markers("walking1", stored, None, Subject(63.5, 1.69), spec, scaled)
    augmented = plan.pipeline(plan.trial).motion
    files = opencap_setup("mocap")
    model = sized(body_scale_factors(scaled, files.generic), "mocap")
    optical = FastIK(_anatomical(files.ik))(model, sample.markers["mocap"]).motion
    yield _compared("augmented markers against optical ones, one scaled model", optical, augmented)
    own = sample.motions["video"]
    yield _compared("OpenCap's own motion against optical markers", optical, own)
    yield _compared("augmented markers here against OpenCap's own motion", own, augmented)


def _anatomical(tasks: IKTasks) -> IKTasks:
    """Without the clusters, whose places on the scaled model nobody measured."""
    clusters = ("thigh", "_sh", "shank", "humerus", "forearm")
    kept = ((n, w) for n, w in tasks.marker_weights if not any(part in n for part in clusters))
    return IKTasks(tuple(kept))


def _subject4(engine: str) -> Iterator[_Row]:
    for name in ("squats1", "squatsAsym1", "STS1", "DJ2", "walking1"):
        sample = load(_SUBJECT4, name)
        spec = mocap_spec("opencap", engine)
        markers, static = sample.markers["mocap"], sample.markers["mocap_static"]
        run = solved(name, markers, static, _ANYBODY, spec)
        error = run.solution.rms_errors.mean() * 1e3
        note = f"marker error {error:.1f} mm"
        yield _compared(name, sample.motions["reference"], run.motion, note)


def _subject5(engine: str) -> Iterator[_Row]:
    sample = load("labvalidation-subject5-dj1", "DJ1")
    spec = mocap_spec("opencap", engine)
    run = solved("DJ1", sample.markers["mocap"], None, _ANYBODY, spec, sample.models["scaled"])
    error = run.solution.rms_errors.mean() * 1e3
    note = f"on the expert's model; marker error {error:.1f} mm"
    yield _compared("DJ1", sample.motions["reference"], run.motion, note)


_SECTIONS: tuple[tuple[str, Callable[[str], Iterator[_Row]]], ...] = (
    ("1. An OpenCap session run again, against its own `.mot` (n = 1)", _session_trials),
    ("2. Subject 2, walking: video against optical motion (n = 1)", _subject2),
    ("3. Subject 3, walking: augmented markers against optical ones (n = 1)", _subject3),
    ("4. Subject 4: static, scaling and inverse kinematics against an expert's (n = 1)", _subject4),
    ("5. Subject 5, drop jump: inverse kinematics against an expert's (n = 1)", _subject5),
)


def _table(rows: Callable[[], Iterator[_Row]]) -> Iterator[str]:
    yield "| trial | frames | " + " | ".join(BODY_GROUPS) + " | largest | |"
    yield "|---|---|" + "---|" * len(BODY_GROUPS) + "---|---|"
    try:
        for row in rows():
            cells = " | ".join(row.cells.get(group, "—") for group in BODY_GROUPS)
            yield f"| {row.what} | {row.n_frames} | {cells} | {row.largest} | {row.note} |"
    except KinebenchError as error:
        yield "| *not measured* |" + " |" * (2 + len(BODY_GROUPS)) + f" {reason_of(error)} |"


def _markers() -> Iterator[str]:
    """Subject 3's markers and keypoints, in mm, after a turn about the vertical and a shift."""
    sample = load("labvalidation-subject3-walking1", "walking1")
    optical = sample.markers["mocap"]
    how = Procedure(space=VerticalAxisAlignment())
    one, other, _ = matched(optical, sample.markers["augmented"])
    keypoints = sample.markers["keypoints"]
    centres = _centres(optical)
    pairs = (
        ("augmented markers", one, other),
        ("keypoints against hip centres, elbows, wrists", centres, keypoints.select(centres.names)),
    )
    yield "| points | n | mean | without offset | largest mean | |"
    yield "|---|---|---|---|---|---|"
    for what, reference, estimate in pairs:
        pair = compare_recordings(reference, estimate, how, other_policies=False)
        mean, free = (
            {n: v * 1e3 for n, v in pair.evaluation.values(m).items() if n in reference.names}
            for m in ("distance_mean", "offset_removed_distance_mean")
        )
        worst = max(mean, key=lambda name: mean[name])
        yield (
            f"| {what} | {len(mean)} | {np.mean(list(mean.values())):.1f} mm |"
            f" {np.mean(list(free.values())):.1f} mm | {mean[worst]:.0f} mm | {worst} |"
        )


def _centres(optical: Markers) -> Markers:
    """Hip centres of the file, and elbows and wrists midway between their two markers.

    Knees and ankles have no inner marker in this trial.
    """
    ends = {"Hip": ("HJC",), "Elbow": ("elbow_med", "elbow_lat"),
            "Wrist": ("wrist_radius", "wrist_ulna")}  # fmt: skip
    found = {
        f"{side}{joint}": optical.select(f"{side}_{name}" for name in names).positions.mean(axis=1)
        for joint, names in ends.items()
        for side in "RL"
    }
    return Markers(tuple(found), optical.times, np.stack(list(found.values()), axis=1))


def _inputs() -> Iterator[str]:
    """Versions, and every file that was read with the digest that it was held against."""
    yield "## Inputs and versions\n"
    found = ", ".join(f"{name} {version}" for name, version in library_versions().items())
    yield f"Computed with {found}. Every file had the SHA-256 of its card when it was read.\n"
    yield "| data set | repository and commit | file | SHA-256 |\n|---|---|---|---|"
    for name, endings in _INPUTS.items():
        for source in find_card(name).sources:
            *_, owner, repository, commit = (source.address or "").rstrip("/").split("/")
            for file in source.files:
                if file.path.endswith(endings):
                    at = f"{owner}/{repository} {commit[:12]}"
                    yield f"| {name} | {at} | {Path(file.path).name} | `{file.sha256}` |"


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", default="fast", choices=("fast", "opensim"))
    parser.add_argument("--out", type=Path, default=DEFAULT)
    arguments = parser.parse_args()
    lines = [_PREAMBLE.format(engine=arguments.engine)]
    with unheard():
        for title, rows in _SECTIONS:
            print(title, file=sys.stderr)
            lines += [f"## {title}\n", *_table(partial(rows, arguments.engine)), ""]
            if rows is _subject3:
                lines += [*_markers(), ""]
    text = "\n".join(lines).rstrip() + "\n" + _LIMITS + "\n" + "\n".join(_inputs()) + "\n"
    print(text)
    write_atomically(arguments.out, text)


if __name__ == "__main__":
    main()
