"""``kinebench study``: list, plan, run and report factorial studies."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kinebench.cli.arguments import one_or_more
from kinebench.cli.progress import CellProgress
from kinebench.errors import KinebenchError

if TYPE_CHECKING:
    from kinebench.studies.design import Study
    from kinebench.studies.execution import Outcome
    from kinebench.studies.store import Store

__all__ = ["add_arguments", "run", "study_exit_code"]

_EPILOG = """\
A study is a TOML file: trials, factors with levels, and the pipeline that they vary.
A run that was stopped goes on where it was: every stage's result is kept in the store.
"""
_OWN = Path("benchmarks") / "studies"
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
    plan = actions.add_parser("plan", help="show the cells without running anything")
    execute = actions.add_parser("run", help="run the cells that the store does not hold yet")
    report = actions.add_parser(
        "report", help="render the report of what the store holds, running nothing"
    )
    for action in (plan, execute, report):
        action.add_argument("study", type=Path, metavar="STUDY.toml")
    for action in (listing, plan, execute, report):
        action.add_argument("--json", action="store_true", help="print JSON")
    for action in (execute, report):
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
            "--pdf",
            action="store_true",
            help="write report.pdf too, by an installed Chromium, Chrome or Edge",
        )
    execute.add_argument(
        "--workers",
        type=one_or_more,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes on this machine; default: one per core",
    )
    execute.add_argument(
        "--scheduler", metavar="ADDRESS", help="run on a Dask cluster instead: tcp://HOST:PORT"
    )


def run(arguments: argparse.Namespace) -> int:
    """List, plan, run or report."""
    if arguments.action == "list":
        return _list(arguments)
    from kinebench.studies.toml_study import read_study

    study = read_study(arguments.study)
    if arguments.action == "plan":
        _print_plan(study, arguments.json)
        return 0
    return _run(study, arguments) if arguments.action == "run" else _report(study, arguments)


def _list(arguments: argparse.Namespace) -> int:
    """Studies on stdout, files that are none on stderr."""
    from kinebench.studies.plan import count_cells
    from kinebench.studies.toml_study import read_study

    found, faults = [], []
    for path in _study_files(arguments.folders):
        try:
            study = read_study(path)
        except KinebenchError as error:
            faults.append(str(error) if path.name in str(error) else f"{path}: {error}")
            continue
        found.append((path, study, count_cells(study)))
    if arguments.json:
        rows = [
            {"file": str(path), "name": study.name, "question": study.question, "cells": count}
            for path, study, count in found
        ]
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        for path, study, count in found:
            print(f"{study.name}  ({count} cells)  {path}\n  {study.question}")
    for fault in faults:
        print(f"no study: {' '.join(fault.split())}", file=sys.stderr)
    return _FOUND_A_FAULT if faults else 0


def _study_files(folders: Sequence[Path]) -> Iterator[Path]:
    """TOML files of folders, of the project's own studies when none is given."""
    if not folders:
        import kinebench

        folders = [Path(kinebench.__file__).resolve().parents[1] / _OWN]
        if not folders[0].is_dir():
            raise KinebenchError(
                "the project's studies come with a checkout, and this is an installed package;"
                " name a folder: kinebench study list FOLDER"
            )
    for folder in folders:
        if not folder.is_dir():
            raise KinebenchError(f"{folder} is no folder")
        yield from sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".toml")


def _print_plan(study: Study, as_json: bool) -> None:
    from kinebench.studies.plan import cells, count_cells

    if as_json:
        listed = [cell.labels for cell in cells(study)]
        print(json.dumps({"study": study.name, "cells": listed}, indent=2, ensure_ascii=False))
        return
    print(f"{study.name}: {study.question}")
    print(f"  trials   {len(study.sources)}")
    for factor in study.factors:
        print(
            f"  factor   {factor.name} ({factor.path}): {', '.join(x.label for x in factor.levels)}"
        )
    print(f"  cells    {count_cells(study)}")


def _run(study: Study, arguments: argparse.Namespace) -> int:
    from kinebench.studies.execution import run_study
    from kinebench.studies.plan import count_cells
    from kinebench.studies.results import write_results
    from kinebench.studies.store import Store

    _require_room(arguments)
    progress = CellProgress(count_cells(study))
    store = Store(_store_folder(arguments))
    outcomes = run_study(
        study, store, arguments.workers, arguments.scheduler, on_outcome=progress.step
    )
    progress.end()
    store.warn_if_mixed()
    write_results(arguments.out, study, outcomes, store.environments())
    _render(study, outcomes, store, arguments)
    _print_outcomes(study, outcomes, arguments, f"tables and {_REPORT} in {arguments.out}")
    return study_exit_code(outcomes)


def _report(study: Study, arguments: argparse.Namespace) -> int:
    from kinebench.studies.execution import stored_outcomes
    from kinebench.studies.results import with_reasons
    from kinebench.studies.store import Store

    _require_room(arguments)
    store = Store(_store_folder(arguments))
    outcomes = with_reasons(stored_outcomes(study, store), study, arguments.out)
    store.warn_if_mixed()
    lacking = sum(outcome.status == "not run" for outcome in outcomes)
    if not any(outcome.status == "done" for outcome in outcomes):
        raise KinebenchError(
            f"the store {store.folder} holds no cell of {study.name} as it is now;"
            f" '{_command(arguments)}' runs it"
        )
    arguments.out.mkdir(parents=True, exist_ok=True)
    _render(study, outcomes, store, arguments)
    _print_outcomes(study, outcomes, arguments, str(arguments.out / _REPORT))
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


def _require_room(arguments: argparse.Namespace) -> None:
    """Before hours of work."""
    from kinebench.io.atomic import require_folder, require_writable
    from kinebench.studies.results import TABLES

    require_folder(arguments.out)
    require_folder(_store_folder(arguments))
    if arguments.out.is_dir():
        pages = [_REPORT, "report.pdf"] if arguments.pdf else [_REPORT]
        require_writable([arguments.out / name for name in (*TABLES, *pages)], [arguments.study])


def _store_folder(arguments: argparse.Namespace) -> Path:
    folder: Path = arguments.store or arguments.out / "store"
    return folder


def _command(arguments: argparse.Namespace) -> str:
    """What runs the rest, as the user would type it."""
    store = f" --store {arguments.store}" if arguments.store else ""
    return f"kinebench study run {arguments.study} --out {arguments.out}{store}"


def _render(
    study: Study, outcomes: Sequence[Outcome], store: Store, arguments: argparse.Namespace
) -> None:
    """Write the report; of the command it tells the file's name, not where somebody keeps it.

    The page is there before it is printed: without a browser nothing is lost.
    """
    from kinebench.io.atomic import write_atomically
    from kinebench.reports.html import as_html
    from kinebench.reports.study import parts_of, study_document

    command = f"kinebench study run {arguments.study.name} --out DIR"
    parts = parts_of(study, outcomes, store)
    document = study_document(study.name, study.question, parts, command)
    page = arguments.out / _REPORT
    write_atomically(page, as_html(document))
    if arguments.pdf:
        from kinebench.reports.pdf import write_pdf

        write_pdf(page, page.with_suffix(".pdf"))


def _print_outcomes(
    study: Study, outcomes: Sequence[Outcome], arguments: argparse.Namespace, where: str
) -> None:
    from kinebench.studies.results import counts_in_words, outcome_counts

    if arguments.json:
        counts = outcome_counts(outcomes)
        print(json.dumps({"study": study.name, "outcomes": counts, "out": str(arguments.out)}))
    else:
        print(f"{study.name}: {counts_in_words(outcomes)}; {where}")
    reasons = Counter(outcome.reason for outcome in outcomes if outcome.reason)
    for reason, count in reasons.most_common(5):
        print(f"{count} cells: {reason}", file=sys.stderr)
