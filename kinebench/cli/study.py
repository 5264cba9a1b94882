"""``kinebench study``: list, plan, run and report factorial studies."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kinebench.cli.arguments import one_or_more
from kinebench.cli.progress import counted
from kinebench.errors import KinebenchError

if TYPE_CHECKING:
    from kinebench.reports.study.making import RanStudy
    from kinebench.reports.study.parts import StudyPart
    from kinebench.studies.execution.cells import Outcome
    from kinebench.studies.report_plan import ReportPlan


_EPILOG = """\
A study is a TOML file: trials, factors with levels, and the pipeline that they vary. The files of
a folder are the parts of one report. A run that was stopped goes on where it was: every stage's
result is kept in the store.

examples:
  kinebench study new filters.toml                 a commented file that runs as it is
  kinebench study plan filters.toml                its cells, running nothing
  kinebench study run filters.toml --out filters   tables and report.html in the folder filters
  kinebench study run FOLDER --out DIR --subjects 1   a try-out of a folder of studies

a file in short:
  name = "filters"
  question = "Which filter?"
  [base]
  engine = "fast"
  body = "lab"
  augmenter = "lab-1"
  [laboratory]
  subjects = 2
  activities = ["one squat"]
  [[factors]]
  name = "filter"
  path = "clean"
  levels = ["none", "butterworth:6"]

one's own recordings instead of, or beside, [laboratory] ('study new' shows every key):
  [[trials]]                        # each trial against the session's own result
  session = "OpenCapData_1"
  [[trials]]                        # keypoints and the motion that they are held against
  file = "squat.trc"
  static = "neutral.trc"
  reference = "squat_mocap.mot"
  mass_kg = 70.0
  height_m = 1.75

motions of several methods against one reference, nothing to run ('examples/studies' in the
repository has both whole):
  name = "two methods"
  question = "Which is nearer to mocap?"
  pairs = "pairs.csv"               # reference, estimate, subject, trial, method

exit codes: 0 measured; 1 every cell of a study failed, or a figure differs from the baseline;
2 bad input; 3 nothing could be measured
"""
_REPORT = "report.html"
_FOUND_A_FAULT = 1
_MEASURED_NOTHING = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions of ``kinebench study``."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="the studies that there are")
    listing.add_argument(
        "folders",
        nargs="*",
        type=Path,
        metavar="FOLDER",
        help="searched for .toml files, below too; default: the project's own studies",
    )
    new = actions.add_parser("new", help="write a commented study file to start from")
    new.add_argument("file", type=Path, metavar="FILE.toml", help="that is not there yet")
    plan = actions.add_parser("plan", help="show the cells without running anything")
    execute = actions.add_parser("run", help="run the cells that the store does not hold yet")
    report = actions.add_parser(
        "report", help="render the report of what the store holds, running nothing"
    )
    for action in (plan, execute, report):
        action.add_argument(
            "study",
            type=Path,
            metavar="STUDY",
            help="a .toml file, or a folder whose .toml files are the parts of one report",
        )
        action.add_argument(
            "--subjects",
            type=one_or_more,
            metavar="N",
            help="only the first N virtual subjects, a number: a try-out, held against no baseline;"
            " default: all",
        )
    for action in (listing, plan, execute, report):
        action.add_argument("--json", action="store_true", help="print JSON")
    for action in (execute, report):
        _add_places(action)
    _add_execution(execute)


def _add_places(action: argparse.ArgumentParser) -> None:
    action.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder of tables and report"
    )
    action.add_argument(
        "--store",
        type=Path,
        metavar="DIR",
        help="folder of what is computed already; default: store in the folder of --out",
    )
    action.add_argument(
        "--report", type=Path, metavar="FILE", help=f"the page; default: {_REPORT} in --out"
    )
    action.add_argument(
        "--pdf",
        action="store_true",
        help="print the page as PDF too, by an installed Chromium, Chrome or Edge; half as large"
        " with the extra kinebench[pdf]",
    )


def _add_execution(execute: argparse.ArgumentParser) -> None:
    execute.add_argument(
        "--workers",
        type=one_or_more,
        default=os.cpu_count() or 1,
        metavar="N",
        help="number of processes on this machine; default: one per core",
    )
    execute.add_argument(
        "--scheduler", metavar="ADDRESS", help="run on a Dask cluster instead: tcp://HOST:PORT"
    )
    execute.add_argument(
        "--parquet",
        action="store_true",
        help="write results.parquet too; needs the extra 'parquet'",
    )
    execute.add_argument(
        "--accept", action="store_true", help="make the headline figures the study's baseline"
    )


def run(arguments: argparse.Namespace) -> int:
    """List, start, plan, run or report."""
    from kinebench.cli.study_files import list_studies, new_study, print_plan

    if arguments.action in ("list", "new"):
        return list_studies(arguments) if arguments.action == "list" else new_study(arguments)
    plan = plan_of(arguments)
    if arguments.action == "plan":
        print_plan(plan, arguments.json)
        return 0
    return _run(plan, arguments) if arguments.action == "run" else _report(plan, arguments)


def plan_of(arguments: argparse.Namespace) -> ReportPlan:
    """The study of a file or folder, with as many of its subjects as are asked for."""
    from kinebench.studies.files.report_file import read_report
    from kinebench.studies.report_plan import with_first_subjects

    plan = read_report(arguments.study)
    if arguments.subjects is not None:
        plan = with_first_subjects(plan, arguments.subjects)
    return plan


def executed(
    plan: ReportPlan, arguments: argparse.Namespace
) -> tuple[tuple[RanStudy, ...], tuple[StudyPart, ...]]:
    """Run what the store does not hold yet; write tables and page; give what became of it."""
    from kinebench.reports.study.making import parts_of_report, run_report
    from kinebench.studies.analysis.results import require_parquet
    from kinebench.studies.execution.store import Store
    from kinebench.studies.plan import count_cells

    if arguments.parquet:
        require_parquet()
    _require_room(plan, arguments)
    _require_baseline(plan, arguments)
    store = Store(_store_folder(arguments))
    with counted(sum(map(count_cells, plan.studies)), "cells") as step:
        how = (arguments.workers, arguments.scheduler, step, arguments.parquet)
        ran = run_report(plan, arguments.out, store, *how)
    store.warn_if_mixed()
    parts = parts_of_report(ran, store)
    _render(plan, parts, arguments)
    return ran, parts


def _run(plan: ReportPlan, arguments: argparse.Namespace) -> int:
    ran, parts = executed(plan, arguments)
    _print_outcomes(
        plan, ran, arguments, f"tables and {page_of(arguments).name} in {arguments.out}"
    )
    code = _exit_code(ran)
    return code or _held_against_baseline(plan, parts, arguments)


def _report(plan: ReportPlan, arguments: argparse.Namespace) -> int:
    from kinebench.reports.study.making import parts_of_report, stored_report
    from kinebench.studies.execution.store import Store

    _require_room(plan, arguments)
    store = Store(_store_folder(arguments))
    ran = stored_report(plan, arguments.out, store)
    store.warn_if_mixed()
    outcomes = [outcome for one in ran for outcome in one.outcomes]
    lacking = sum(outcome.status == "not run" for outcome in outcomes)
    if not any(outcome.status == "done" for outcome in outcomes):
        raise KinebenchError(
            f"the store {store.folder} holds no cell of {_name(plan)} as it is now;"
            f" '{_command(arguments)}' runs it"
        )
    arguments.out.mkdir(parents=True, exist_ok=True)
    _render(plan, parts_of_report(ran, store), arguments)
    _print_outcomes(plan, ran, arguments, str(page_of(arguments)))
    if lacking:
        print(f"{lacking} cells are not run: '{_command(arguments)}' runs them", file=sys.stderr)
    return 0


def study_exit_code(outcomes: Sequence[Outcome]) -> int:
    """0 when something was measured, 1 when every cell that could be run failed, 3 when none could.

    Cells that do not apply, and a study without trials, measure nothing and are no failure.
    """
    became = {outcome.status for outcome in outcomes}
    if "done" in became:
        return 0
    return _FOUND_A_FAULT if "failed" in became else _MEASURED_NOTHING


def _exit_code(ran: Sequence[RanStudy]) -> int:
    """A study of which nothing is left is no success, whatever came of the others."""
    codes = {study_exit_code(one.outcomes) for one in ran}
    return next((code for code in (_FOUND_A_FAULT, _MEASURED_NOTHING) if code in codes), 0)


def _require_baseline(plan: ReportPlan, arguments: argparse.Namespace) -> None:
    """Before hours of work."""
    from kinebench.io.atomic import require_writable
    from kinebench.reports.study.baseline import read_baseline

    if arguments.accept:
        if plan.baseline is None:
            why = "a try-out has none" if arguments.subjects else "the study names none"
            raise KinebenchError(f"--accept writes the baseline, and {why}")
        require_writable([plan.baseline])
    elif plan.baseline is not None:
        if not plan.baseline.is_file():
            raise KinebenchError(f"baseline {plan.baseline} is not there; --accept writes it")
        read_baseline(plan.baseline)


def _held_against_baseline(
    plan: ReportPlan, parts: Sequence[StudyPart], arguments: argparse.Namespace
) -> int:
    """The headline figures of the first part against the accepted ones; 1 when some moved."""
    from kinebench.reports.study.baseline import headlines, moved, read_baseline, write_baseline

    if plan.baseline is None:
        return 0
    found = headlines(parts[0])
    n, name = len(found.changes), plan.baseline.name
    if arguments.accept:
        write_baseline(plan.baseline, found)
        print(f"{name} written: {n} figures", file=sys.stderr)
        return 0
    known = read_baseline(plan.baseline)
    lines = moved(known, found)
    if lines:
        print(f"{len(lines)} figures differ from {name} (--accept replaces it):", file=sys.stderr)
        print("\n".join(f"  {line}" for line in lines), file=sys.stderr)
        return _FOUND_A_FAULT
    print(f"all {n} figures equal {name} within {known.tolerance:g}", file=sys.stderr)
    return 0


def _require_room(plan: ReportPlan, arguments: argparse.Namespace) -> None:
    """Before hours of work."""
    from kinebench.io.atomic import require_folder, require_writable
    from kinebench.studies.analysis.results import PARQUET, TABLES
    from kinebench.studies.files.report_file import study_files

    folders = [plan.tables(arguments.out, study) for study in plan.studies]
    for folder in (arguments.out, _store_folder(arguments), *folders):
        require_folder(folder)
    page = page_of(arguments)
    pages = [page, page.with_suffix(".pdf")] if arguments.pdf else [page]
    names = (*TABLES, PARQUET) if getattr(arguments, "parquet", False) else TABLES
    tables = [folder / name for folder in folders for name in names]
    there = [path for path in (*tables, *pages) if path.parent.is_dir()]
    if arguments.report is not None and not page.parent.is_dir():
        raise KinebenchError(f"cannot write {page}: there is no folder {page.parent}")
    study: Path = arguments.study
    require_writable(there, study_files(study) if study.is_dir() else [study])


def page_of(arguments: argparse.Namespace) -> Path:
    """Where the report is written."""
    page: Path = arguments.report or arguments.out / _REPORT
    return page


def _store_folder(arguments: argparse.Namespace) -> Path:
    folder: Path = arguments.store or arguments.out / "store"
    return folder


def _name(plan: ReportPlan) -> str:
    return plan.title if len(plan.studies) > 1 else plan.studies[0].name


def _options(arguments: argparse.Namespace) -> str:
    return "" if arguments.subjects is None else f" --subjects {arguments.subjects}"


def _command(arguments: argparse.Namespace) -> str:
    """What runs the rest, as the user would type it."""
    store = f" --store {arguments.store}" if arguments.store else ""
    told = f"kinebench study run {arguments.study} --out {arguments.out}{store}"
    return told + _options(arguments)


def _render(plan: ReportPlan, parts: Sequence[StudyPart], arguments: argparse.Namespace) -> None:
    """Write the report; of the command it names the file, not where the user keeps it.

    The page is there before it is printed: without a browser nothing is lost.
    """
    from kinebench.reports.study import write_page

    study = arguments.study.resolve().name
    page = page_of(arguments)
    write_page(plan, parts, page, f"kinebench study run {study} --out DIR{_options(arguments)}")
    if arguments.pdf:
        from kinebench.reports.pdf import write_pdf

        write_pdf(page, page.with_suffix(".pdf"))


def _print_outcomes(
    plan: ReportPlan, ran: Sequence[RanStudy], arguments: argparse.Namespace, where: str
) -> None:
    from kinebench.studies.analysis.results import counts_in_words, outcome_counts

    outcomes = [outcome for one in ran for outcome in one.outcomes]
    name = _name(plan)
    if arguments.json:
        counts = outcome_counts(outcomes)
        print(json.dumps({"study": name, "outcomes": counts, "out": str(arguments.out)}))
    else:
        print(f"{name}: {counts_in_words(outcomes)}; {where}")
    reasons = Counter(outcome.reason for outcome in outcomes if outcome.reason)
    for reason, count in reasons.most_common(5):
        print(f"{count} cells: {reason}", file=sys.stderr)
