"""``kinebench validate``: mocap against video."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kinebench.cli.arguments import ENGINE_HELP
from kinebench.cli.planning import add_subject_arguments
from kinebench.errors import ValueRangeError

if TYPE_CHECKING:
    from kinebench.validation import ManyValidations, Stated


_EPILOG = """\
Unlike compare, which takes files as aligned, validate finds names, axes, units, clock and frame of
two laboratories, tells them, and refuses what is doubtful. Error is video − mocap.

examples:
  kinebench validate walking1.mot walking1_video.mot --report walk.html
  kinebench validate squats1.c3d OpenCapData_1234.zip --static-mocap static1.c3d \\
      --map plug-in-gait --axes z-up --mass 72 --height 1.78 --report squats.html
  kinebench validate squats1.trc squats1.mot --static-mocap static1.trc --mass 72 --height 1.78
  kinebench validate mocap/ downloads/ --report all.html --out validated
  kinebench validate mocap/ downloads/ --static-mocap static1.trc --report all.html
  kinebench validate --preset opencap-2023 LabValidation_withoutVideos --report opencap.html
  kinebench validate --preset falisse-2025 LabValidation_withoutVideos my_motions/ --csv v03.csv

Of folders every trial is taken that both sides have: mocap/SUBJECT/TRIAL.mot (.trc, .c3d) beside
sessions (folders or archives) called SUBJECT or of that subjectID, or beside files of the same
relative paths, as 'kinebench run --all' leaves them. A static trial or scaled model named without
its folder is looked for beside each trial. All trials are on one page; one that fails is left out
with its reason.

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
        "mocap",
        type=Path,
        help=".c3d, .trc, .mot or .sto, or a folder of them; with --preset the study's data",
    )
    parser.add_argument(
        "video",
        nargs="?",
        type=Path,
        help="an OpenCap session (folder, .zip or a public one's name), a Pose2Sim project, or a"
        " .mot, .sto, .trc; beside a folder of mocap a session, or a folder of sessions or files;"
        " with --preset a folder with motions of your own, instead of the study's",
    )
    parser.add_argument(
        "--preset",
        metavar="STUDY",
        help="repeat a published study on its data: opencap-2023, falisse-2025 or opencapbench",
    )
    _add_mocap_arguments(parser.add_argument_group("mocap"))
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
    _add_score_arguments(parser.add_argument_group("alignment and score"))
    _add_output_arguments(parser.add_argument_group("output"))


def _add_mocap_arguments(mocap: argparse._ArgumentGroup) -> None:
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
        help=f"{ENGINE_HELP}; default: opensim",
    )


def _add_score_arguments(how: argparse._ArgumentGroup) -> None:
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
    how.add_argument(
        "--pool",
        action="store_true",
        help="average over unlike trials, such as squats and walks; default: each kind apart, by"
        " the trials' names",
    )


def _add_output_arguments(output: argparse._ArgumentGroup) -> None:
    output.add_argument("--report", type=Path, metavar="FILE", help="write an HTML report")
    output.add_argument("--csv", type=Path, metavar="FILE", help="write all figures, ° and mm")
    output.add_argument("--json", action="store_true", help="print JSON, SI units and radians")
    output.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write here what was compared, aligned (reference.mot, video.mot), the mocap's own"
        " motion and model, figures.csv, report, methods and JSON; of several trials the motions in"
        " SUBJECT/TRIAL",
    )


def run(arguments: argparse.Namespace) -> int:
    """Read both sides, validate, and print or write what was asked for."""
    from kinebench.cli.validate_output import print_found, write_found
    from kinebench.cli.validate_published import run_preset
    from kinebench.io.atomic import require_folder, require_writable

    if arguments.preset is not None:
        return run_preset(arguments)
    if arguments.video is None:
        raise ValueRangeError("name the video beside the mocap, or a study with --preset")
    outputs = [path for path in (arguments.report, arguments.csv) if path is not None]
    files = (arguments.mocap, arguments.static_mocap, arguments.scaled_model, arguments.video)
    inputs = [path for path in files if path is not None and path.is_file()]
    require_writable(outputs, inputs)
    if arguments.out is not None:
        require_folder(arguments.out)
    found = validated(arguments)
    write_found(arguments, found)
    print_found(arguments, found)
    return 0


def validated(arguments: argparse.Namespace) -> ManyValidations:
    """One trial of two files, or all that two folders share."""
    from kinebench.cli.planning import session_place
    from kinebench.cli.progress import status_line
    from kinebench.validation import (
        ManyValidations,
        find_trials,
        validate_files,
        validate_many,
    )

    stated = _stated(arguments)
    video = session_place(arguments.video)
    if not arguments.mocap.is_dir():
        one = validate_files(arguments.mocap, video, stated)
        return ManyValidations((one,), one.validation.comparison)
    if arguments.trial is not None:
        raise ValueRangeError("--trial is of one mocap file; of a folder every trial is taken")
    trials = find_trials(arguments.mocap, video, stated)
    with status_line() as show:
        return validate_many(trials, show)


def _stated(arguments: argparse.Namespace) -> Stated:
    from kinebench.comparison import Procedure
    from kinebench.validation import Stated

    how = Procedure(events=arguments.events, pool_kinds=arguments.pool)
    if arguments.window is not None:
        how = replace(how, window_s=tuple(arguments.window))
    if arguments.coordinates is not None:
        how = replace(how, coordinates=tuple(arguments.coordinates.split(",")))
    return Stated(
        static_mocap=arguments.static_mocap,
        scaled_model=arguments.scaled_model,
        marker_map=arguments.map,
        axes=arguments.axes,
        video_axes=arguments.video_axes,
        body=arguments.body,
        engine=arguments.engine,
        trial=arguments.trial,
        variant=arguments.variant,
        mass_kg=arguments.mass,
        height_m=arguments.height,
        sure=arguments.sure,
        lag_s=arguments.lag,
        frame=arguments.frame,
        how=how,
    )
