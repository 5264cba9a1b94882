"""``kinebench demo``: the main job on embedded defaults, without data and network."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from kinebench.cli.arguments import one_or_more
from kinebench.cli.progress import counted

_CAMERA = "two-phones"

_EPILOG = """\
Virtual subjects, whose true joint angles are known, are filmed by virtual phones and go through
the full pipeline, with good and bad static poses, filters and augmenters. Published augmenter
versions join in when their files are at hand.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kinebench demo``."""
    parser.epilog = _EPILOG
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("demo"),
        metavar="DIR",
        help="folder of tables and report; default: demo",
    )
    parser.add_argument(
        "--subjects",
        type=one_or_more,
        default=4,
        metavar="N",
        help="number of virtual people; default: 4",
    )
    parser.add_argument(
        "--body",
        choices=("auto", "opencap", "lab"),
        default="auto",
        help="opencap: LaiUhlrich2022; lab: the laboratory's own; auto (default): opencap when its"
        " files are at hand",
    )
    parser.add_argument(
        "--camera",
        default=_CAMERA,
        metavar="ERRORS",
        help="camera errors as in study files: rig, plausible:3, rig:3:60+lowpass:12, none;"
        f" default: {_CAMERA}",
    )
    parser.add_argument(
        "--people",
        choices=("template", "moving", "shaped", "varied"),
        default="template",
        help="template (default): all perform one movement; moving: each moves in a way of their"
        " own; shaped: each is built in a way of their own; varied: both",
    )
    parser.add_argument(
        "--workers",
        type=one_or_more,
        default=os.cpu_count() or 1,
        metavar="N",
        help="number of processes; default: one per core",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the study, write tables and report, say where they are."""
    from kinebench.cli.study import study_exit_code
    from kinebench.io.atomic import require_folder, require_writable, write_atomically
    from kinebench.lab.camera.catalogue import parse_camera
    from kinebench.reports.html import as_html
    from kinebench.reports.study import parts_of, study_document
    from kinebench.studies.analysis.results import TABLES, counts_in_words, write_results
    from kinebench.studies.demo import demonstration
    from kinebench.studies.execution.cells import run_study
    from kinebench.studies.execution.store import Store
    from kinebench.studies.plan import count_cells

    require_folder(arguments.out)
    if arguments.out.is_dir():
        require_writable([arguments.out / name for name in (*TABLES, "report.html")])
    demo = demonstration(
        arguments.subjects, arguments.body, parse_camera(arguments.camera), arguments.people
    )
    store = Store(arguments.out / "store")
    with counted(count_cells(demo.study), "cells") as step:
        outcomes = run_study(demo.study, store, arguments.workers, on_outcome=step)
    store.warn_if_mixed()
    write_results(arguments.out, demo.study, outcomes, store.environments())
    command = f"kinebench demo --subjects {arguments.subjects} --body {demo.body}"
    if arguments.camera != _CAMERA:
        command += f" --camera {arguments.camera}"
    if arguments.people != "template":
        command += f" --people {arguments.people}"
    report = arguments.out / "report.html"
    parts = parts_of(demo.study, outcomes, store)
    document = study_document("Demonstration", demo.study.question, parts, command)
    write_atomically(report, as_html(document))
    print(f"{count_cells(demo.study)} pipeline runs: {counts_in_words(outcomes)}")
    models = {"lab": "the laboratory's own", "opencap": "OpenCap's LaiUhlrich2022"}
    print(f"body: {models[demo.body]}")
    if demo.left_out:
        print(
            f"left out: augmenter {', '.join(demo.left_out)}, whose files are not here;"
            " 'kinebench data fetch opencap-core' gets them"
        )
    print(f"report: {report.resolve()}")
    return study_exit_code(outcomes)
