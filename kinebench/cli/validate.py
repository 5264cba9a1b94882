"""``kinebench validate``: mocap against video."""

from __future__ import annotations

import argparse
import json
import math
import shutil
import textwrap
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kinebench.cli.planning import add_subject_arguments
from kinebench.errors import ValueRangeError

if TYPE_CHECKING:
    from kinebench.core.markers import Markers
    from kinebench.core.model import Model
    from kinebench.core.motion import Motion
    from kinebench.core.results import PipelineRun
    from kinebench.core.subject import Subject
    from kinebench.remarks import Remark
    from kinebench.validation import Validation
    from kinebench.validation.sources import Video


_EPILOG = """\
Unlike compare, which takes files as aligned, validate finds names, axes, units, clock and frame of
two laboratories, tells them, and refuses what is doubtful. Error is video − mocap.

examples:
  kinebench validate walking1.mot walking1_video.mot --report walk.html
  kinebench validate squats1.c3d OpenCapData_1234.zip --static-mocap static1.c3d \\
      --map plug-in-gait --axes z-up --mass 72 --height 1.78 --report squats.html
  kinebench validate squats1.trc squats1.mot --static-mocap static1.trc --mass 72 --height 1.78
  kinebench validate --preset opencap-2023 LabValidation_withoutVideos --report opencap.html
  kinebench validate --preset falisse-2025 LabValidation_withoutVideos my_motions/ --csv v03.csv

With --preset a study is repeated on a copy of its data: the authors' procedure, kinebench's own on
the same trials, and the published figures beside them; 'kinebench data show simtk-labvalidation'
tells how to get the copy, 'kinebench data index' what of it is there.

A map of one's own is a TOML file: [markers], then lines such as "r.ASIS" = ["RASI", "RASIS"].
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kinebench validate``."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "mocap", type=Path, help=".c3d, .trc, .mot or .sto; with --preset the study's data"
    )
    parser.add_argument(
        "video",
        nargs="?",
        type=Path,
        help="an OpenCap session (folder or .zip), a Pose2Sim project, or a .mot, .sto, .trc; with"
        " --preset a folder with motions of your own, instead of the study's",
    )
    parser.add_argument(
        "--preset",
        metavar="STUDY",
        help="repeat a published study on its data: opencap-2023, falisse-2025 or opencapbench",
    )
    mocap = parser.add_argument_group("mocap")
    mocap.add_argument("--static-mocap", type=Path, metavar="FILE", help="to scale the model on")
    mocap.add_argument("--scaled-model", type=Path, metavar="OSIM", help="instead of scaling")
    mocap.add_argument(
        "--map",
        metavar="NAME",
        help="of marker names: cast-ior, helen-hayes, opencap, plug-in-gait, or a .toml of one's"
        " own; default: the names are OpenCap's",
    )
    mocap.add_argument(
        "--axes",
        metavar="AXES",
        help="y-up, z-up, x-up, or where forward, up and right lie, such as +x+z-y, in any case;"
        " default: y-up",
    )
    mocap.add_argument(
        "--body",
        default="opencap",
        choices=("opencap", "lab"),
        help="whose generic model: opencap (LaiUhlrich2022) or lab, which needs no files; default:"
        " opencap",
    )
    mocap.add_argument(
        "--engine",
        default="opensim",
        metavar="NAME",
        help="scaling and inverse kinematics: opensim or fast; default: opensim",
    )
    video = parser.add_argument_group("video")
    video.add_argument("--trial", metavar="NAME", help="of the session or project")
    video.add_argument("--variant", metavar="V", help="detector and cameras, where several exist")
    video.add_argument(
        "--video-axes", metavar="AXES", help="of video markers, as --axes; default: y-up"
    )
    subject = parser.add_argument_group("subject (a session brings its own)")
    add_subject_arguments(subject)
    subject.add_argument(
        "--sure",
        action="store_true",
        help="mass and height are as stated, though unlikely for a person",
    )
    how = parser.add_argument_group("alignment and score")
    how.add_argument(
        "--lag",
        type=float,
        metavar="S",
        help="seconds by which the video is late; default: found from the movement",
    )
    how.add_argument(
        "--frame",
        default="estimate",
        choices=("estimate", "same"),
        help="estimate: yaw and translation are found (default); same: the frames are one",
    )
    how.add_argument(
        "--window",
        type=float,
        nargs=2,
        metavar=("START", "END"),
        help="score this part only, s on the mocap's clock; default: all",
    )
    how.add_argument(
        "--events",
        metavar="KIND",
        help="score repetitions one by one: squat, sts, gait or jump; default: none",
    )
    how.add_argument("--coordinates", metavar="A,B", help="score these only")
    output = parser.add_argument_group("output")
    output.add_argument("--report", type=Path, metavar="FILE", help="write an HTML report")
    output.add_argument("--csv", type=Path, metavar="FILE", help="write all figures, ° and mm")
    output.add_argument("--json", action="store_true", help="print JSON, SI units and radians")
    output.add_argument(
        "--out", type=Path, metavar="DIR", help="write motions, model, report and methods here"
    )


def run(arguments: argparse.Namespace) -> int:
    """Read both sides, validate, and print or write what was asked for."""
    from kinebench.cli.validate_published import run_preset
    from kinebench.io.atomic import require_writable
    from kinebench.remarks import collected_remarks

    if arguments.preset is not None:
        return run_preset(arguments)
    if arguments.video is None:
        raise ValueRangeError("name the video beside the mocap, or a study with --preset")

    outputs = [path for path in (arguments.report, arguments.csv) if path is not None]
    files = (arguments.mocap, arguments.static_mocap, arguments.scaled_model, arguments.video)
    inputs = [path for path in files if path is not None and not path.is_dir()]
    require_writable(outputs, inputs)
    with collected_remarks() as told:
        job = _job(arguments)
        validation = _validation(arguments, job)
    job.remarks = (*told, *validation.remarks)
    _write(arguments, job, validation)
    if arguments.json:
        print(json.dumps(_as_json(job, validation), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        _print(job, validation)
    return 0


@dataclass
class _Job:
    """Both sides as read, and what was told of them on the way."""

    video: Video
    reference: Motion | Markers
    estimate: Motion | Markers
    mocap_model: Model | None = None
    run: PipelineRun | None = None
    remarks: tuple[Remark, ...] = ()
    prepared: list[str] = field(default_factory=list)


def _job(arguments: argparse.Namespace) -> _Job:
    from kinebench.core.markers import Markers
    from kinebench.io.keypoint_files import axes_of
    from kinebench.remarks import tell
    from kinebench.validation.conventions import require_metres, require_upright
    from kinebench.validation.marker_maps import matched
    from kinebench.validation.sources import read_recording, read_video

    if arguments.mass is not None and arguments.height is not None:
        _person(arguments, None)
    axes = axes_of(arguments.axes or "y-up")
    video_axes = axes_of(arguments.video_axes or "y-up")
    mocap = read_recording(arguments.mocap, axes)
    video = read_video(
        arguments.video, arguments.trial, arguments.variant, video_axes, arguments.mocap.stem
    )
    job = _Job(video, mocap, video.recording)
    tell("video", f"video: {video.kind}, {video.path.name}", severity="note")
    subject = _person(arguments, video.subject, asked=_solves(arguments))
    if not isinstance(mocap, Markers):
        _refuse_useless(arguments)
        return job
    require_metres(mocap, subject, "the mocap")
    mocap = _named(arguments, mocap, "mocap")
    if _solves(arguments):
        _solve(arguments, mocap, subject, axes, job)
    elif isinstance(video.recording, Markers):
        require_metres(video.recording, subject, "the video")
        job.reference, job.estimate, told = matched(mocap, video.recording)
        if told:
            tell("markers matched", f"markers matched: {', '.join(told)}", severity="note")
        require_upright(mocap, "the mocap", "--axes", arguments.axes is not None)
        stated = arguments.video_axes is not None
        require_upright(video.recording, "the video", "--video-axes", stated)
    else:
        _refuse_unsolved(arguments)
    return job


def _refuse_unsolved(arguments: argparse.Namespace) -> None:
    raise ValueRangeError(
        f"{arguments.mocap.name} is markers and the video a motion: give --static-mocap FILE, to"
        " scale a model and solve inverse kinematics, or --scaled-model FILE"
    )


def _refuse_useless(arguments: argparse.Namespace) -> None:
    given = [
        f"--{name.replace('_', '-')}"
        for name in ("static_mocap", "scaled_model", "map", "axes")
        if getattr(arguments, name) is not None
    ]
    if given:
        raise ValueRangeError(
            f"{' and '.join(given)}: only with markers, and {arguments.mocap.name} is a motion"
        )


def _solves(arguments: argparse.Namespace) -> bool:
    return arguments.static_mocap is not None or arguments.scaled_model is not None


def _person(
    arguments: argparse.Namespace, known: Subject | None, asked: bool = True
) -> Subject | None:
    """The subject, refused where no such person is; None where nothing is known and asked."""
    from kinebench.core.subject import Subject
    from kinebench.validation.conventions import require_person

    mass, height = arguments.mass, arguments.height
    if known is not None:
        mass = known.mass_kg if mass is None else mass
        height = known.height_m if height is None else height
    if mass is None or height is None:
        if not asked:
            return None
        raise ValueRangeError("--mass and --height are needed: scaling uses them")
    require_person(mass, height, arguments.sure)
    return Subject(mass, height, known.identifier if known else "subject")


def _named(arguments: argparse.Namespace, markers: Markers, which: str) -> Markers:
    from kinebench.remarks import tell
    from kinebench.validation.marker_maps import marker_map, renamed

    if arguments.map is None:
        return markers
    chosen = marker_map(arguments.map)
    found, left_out = renamed(markers, chosen)
    known = f"{which}: map {chosen.name} knows {len(found.names)} of {len(markers.names)} markers"
    out = f"; left out: {', '.join(left_out)}" if left_out else ""
    tell("marker names", known + out, severity="note", where=left_out)
    return found


def _solve(
    arguments: argparse.Namespace, mocap: Markers, subject: Subject | None, axes: str, job: _Job
) -> None:
    """Static trial, scaling and inverse kinematics of the mocap."""
    from kinebench.io.keypoint_files import read_markers
    from kinebench.io.models import read_model
    from kinebench.remarks import tell
    from kinebench.validation.conventions import require_metres, require_upright
    from kinebench.validation.mocap import mocap_spec, require_tracked, solved

    assert subject is not None
    spec = mocap_spec(arguments.body, arguments.engine)
    model = None if arguments.scaled_model is None else read_model(arguments.scaled_model)
    recordings = {"the mocap": mocap}
    static = None
    if arguments.static_mocap is not None:
        read = read_markers(arguments.static_mocap, axes=axes)
        require_metres(read, subject, "the static mocap trial")
        static = _named(arguments, read, "static mocap")
        recordings["the static mocap trial"] = static
    # unknown names hide a wrong posture: names first
    known, *_ = [require_tracked(each, which, spec, model) for which, each in recordings.items()]
    for which, each in recordings.items():
        require_upright(each, which, "--axes", arguments.axes is not None)
    job.run = solved(arguments.mocap.stem, mocap, static, subject, spec, model)
    job.reference, job.mocap_model = job.run.motion, job.run.scaling.model
    error = job.run.solution.rms_errors.mean() * 1e3
    said = f"mocap: {known}; marker error of inverse kinematics {error:.1f} mm RMS"
    tell("mocap solved", said, severity="note")
    scaled = "was given" if model is not None else "was scaled on the static trial"
    job.prepared.append(
        f"The mocap's motion is inverse kinematics of {len(known.known)} markers"
        f" ({arguments.engine}; root mean square marker error {error:.1f} mm) with model"
        f" {job.mocap_model.name}, which {scaled}."
    )


def _validation(arguments: argparse.Namespace, job: _Job) -> Validation:
    from kinebench.comparison import Procedure
    from kinebench.core.motion import Motion
    from kinebench.kinematics import read_tree
    from kinebench.remarks import tell
    from kinebench.validation import LAI_RAJAGOPAL, joint_frames, validate_recordings

    how = Procedure(events=arguments.events)
    if arguments.window is not None:
        how = replace(how, window_s=tuple(arguments.window))
    if arguments.coordinates is not None:
        how = replace(how, coordinates=tuple(arguments.coordinates.split(",")))
    joints = LAI_RAJAGOPAL
    if isinstance(job.reference, Motion):
        model = job.mocap_model or job.video.model
        if model is not None:
            joints = joint_frames(read_tree(model))
        else:
            assumed = "joint axes: those of LaiUhlrich2022 and Rajagopal2016 are assumed"
            tell("joint axes", assumed, severity="note")
    subject = job.video.subject.identifier if job.video.subject else "subject"
    return validate_recordings(
        job.reference,
        job.estimate,
        how,
        lag_s=arguments.lag,
        frame=arguments.frame,
        joints=joints,
        models=(job.mocap_model, job.video.model),
        subject=subject,
        trial=arguments.mocap.stem,
    )


def _write(arguments: argparse.Namespace, job: _Job, validation: Validation) -> None:
    from kinebench.io.atomic import require_folder, write_atomically
    from kinebench.io.sto import motion_text
    from kinebench.reports import comparison_tables, tables
    from kinebench.reports.html import as_html
    from kinebench.reports.validation_report import methods_text, validation_document

    texts: dict[Path, str] = {}
    if arguments.report is not None or arguments.out is not None:
        named = {
            "mocap": arguments.mocap, "static mocap": arguments.static_mocap,
            "scaled model": arguments.scaled_model,
            # what was unpacked is gone by now: an archive is named itself
            "video": arguments.video if arguments.video.is_file() else job.video.path,
        }  # fmt: skip
        files = [(role, path) for role, path in named.items() if path is not None]
        page = as_html(validation_document(validation, job.remarks, job.prepared, files=files))
        if arguments.report is not None:
            texts[arguments.report] = page
    table = tables.as_csv(comparison_tables.tidy_rows(validation.comparison))
    if arguments.csv is not None:
        texts[arguments.csv] = table
    if arguments.out is not None:
        out = arguments.out
        require_folder(out)
        out.mkdir(parents=True, exist_ok=True)
        texts[out / "report.html"], texts[out / "figures.csv"] = page, table
        texts[out / "methods.txt"] = methods_text(validation, job.prepared) + "\n"
        if job.run is not None:
            texts[out / "mocap.mot"] = motion_text(job.run.motion)
            texts[out / "mocap_scaled.osim"] = job.run.scaling.model.xml.decode()
        content = _as_json(job, validation)
        texts[out / "validation.json"] = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    for path, text in texts.items():
        write_atomically(path, text)


def _as_json(job: _Job, validation: Validation) -> dict[str, Any]:
    from kinebench.comparison.error_kinds import error_kinds
    from kinebench.reports.comparison_json import as_json

    clock, frame = validation.clock, validation.frame
    return {
        "remarks": [remark.as_dict() for remark in job.remarks],
        "clock": {
            "lag_s": clock.lag_s,
            "given": clock.given,
            "confidence": clock.confidence,
            "searched_s": list(clock.searched_s),
            "rival_s": clock.rival_s,
            "drift_s": clock.drift_s,
            "wander_s": clock.wander_s,
            "signals": [
                {
                    "name": s.name,
                    "lag_s": s.lag_s,
                    "correlation": s.correlation,
                    "best_lag_s": s.best_lag_s,
                }
                for s in clock.signals
            ],
        },
        "frame": None
        if frame is None
        else {
            "yaw_rad": frame.yaw_rad,
            "translation_m": frame.transform.t.tolist(),
            "part_s": list(frame.part_s),
            "rms_m": frame.transform.rms,
            "rest_rms_m": frame.rest_rms_m if math.isfinite(frame.rest_rms_m) else None,
        },
        "errors": [
            {
                "item": row.item,
                "unit": row.unit,
                "rmse": _number(row.raw),
                "without_offset": _number(row.without_offset),
                "without_rotation": _number(row.without_rotation),
            }
            for row in error_kinds(validation.comparison.pairs[0].evaluation)
        ],
        "joint_rotations_rad": dict(validation.joint_rotations),
        "comparison": as_json(validation.comparison, None),
    }


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _print(job: _Job, validation: Validation) -> None:
    from kinebench.remarks import each_once
    from kinebench.reports.tables import as_text
    from kinebench.reports.validation_report import error_table, methods_text, steps_told

    width = shutil.get_terminal_size((120, 24)).columns
    print(f"video − mocap: {validation.comparison.pairs[0].trial}\n")
    print(as_text(error_table(validation.comparison.pairs[0]), width))
    print()
    lines = (f"{remark.severity}: {remark.text}" for remark in each_once(job.remarks))
    for line in (*lines, *steps_told(validation), *_excluded(validation)):
        print(textwrap.fill(line, max(width, 40), subsequent_indent="  ", break_long_words=False))
    print()
    methods = methods_text(validation, job.prepared)
    print(textwrap.fill(f"methods: {methods}", max(width, 40), break_long_words=False))


def _excluded(validation: Validation) -> list[str]:
    """What is not scored, by reason."""
    pair = validation.comparison.pairs[0]
    by_reason: dict[str, list[str]] = {}
    for item, reason in (*pair.evaluation.excluded, *pair.excluded):
        by_reason.setdefault(reason, []).append(item)
    lines = [f"not scored: {', '.join(items)}: {why}" for why, items in by_reason.items()]
    return lines + [f"note: {text}" for text in pair.remarks]
