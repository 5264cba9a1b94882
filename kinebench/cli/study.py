"""``kinebench study``: plan and run factorial studies."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from kinebench.cli.progress import CellProgress
from kinebench.errors import ValueRangeError

if TYPE_CHECKING:
    from kinebench.studies.design import Study

__all__ = ["add_arguments", "run"]

_EPILOG = """\
A study is a TOML file: trials, factors with levels, and the pipeline that they vary.
A run that was stopped goes on where it was: every stage's result is kept in the store.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions of ``kinebench study``."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    plan = actions.add_parser("plan", help="show the cells without running anything")
    execute = actions.add_parser("run", help="run the cells that the store does not hold yet")
    for action in (plan, execute):
        action.add_argument("study", type=Path, metavar="STUDY.toml")
        action.add_argument("--json", action="store_true", help="print JSON")
    execute.add_argument("--out", type=Path, required=True, metavar="DIR", help="for the tables")
    execute.add_argument("--store", type=Path, metavar="DIR", help="default: DIR/store of --out")
    execute.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="processes"
    )
    execute.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, tcp://…")


def run(arguments: argparse.Namespace) -> int:
    """Plan or run."""
    from kinebench.studies.toml_study import read_study

    study = read_study(arguments.study)
    if arguments.action == "plan":
        _print_plan(study, arguments.json)
        return 0
    return _run(study, arguments)


def _print_plan(study: Study, as_json: bool) -> None:
    from kinebench.studies.plan import cells, count_cells

    if as_json:
        listed = [{**cell.labels, "seed": cell.seed} for cell in cells(study)]
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

    if arguments.workers < 1:
        raise ValueRangeError(f"--workers must be 1 or more, found {arguments.workers}")
    progress = CellProgress(count_cells(study))
    store = Store(arguments.store or arguments.out / "store")
    outcomes = run_study(
        study, store, arguments.workers, arguments.scheduler, on_outcome=progress.step
    )
    progress.end()
    write_results(arguments.out, study, outcomes)
    counts = Counter(outcome.status for outcome in outcomes)
    if arguments.json:
        print(json.dumps({"study": study.name, "outcomes": counts, "out": str(arguments.out)}))
    else:
        told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        print(f"{study.name}: {told}; tables in {arguments.out}")
    reasons = Counter(outcome.reason for outcome in outcomes if outcome.reason)
    for reason, count in reasons.most_common(5):
        print(f"{count} cells: {reason}", file=sys.stderr)
    return 0
