"""Run a study with progress, write its tables, render its report."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from kinebench.io.atomic import write_atomically
from kinebench.reports.html import as_html
from kinebench.reports.study import StudyPart, study_document
from kinebench.studies.design import Study
from kinebench.studies.execution import run_study
from kinebench.studies.plan import count_cells
from kinebench.studies.results import write_results
from kinebench.studies.store import Store

__all__ = ["arguments", "run_and_render"]

ROOT = Path(__file__).resolve().parents[2]


def arguments(purpose: str, n_subjects: int) -> argparse.Namespace:
    """Options that all study scripts share."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("--subjects", type=int, default=n_subjects, metavar="N")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N")
    parser.add_argument("--out", type=Path, default=Path("study-results"), metavar="DIR")
    return parser.parse_args()


def run_and_render(study: Study, options: argparse.Namespace, report: str, module: str) -> None:
    """Tables into ``--out``, the report into ``reports/`` of the checkout."""
    total, start = count_cells(study), time.monotonic()
    done = 0

    def told(_: object) -> None:
        nonlocal done
        done += 1
        if done % 50 == 0 or done == total:
            passed = time.monotonic() - start
            left = passed / done * (total - done)
            print(f"{done} of {total} cells, {left:.0f} s left", file=sys.stderr, flush=True)

    folder = options.out / study.name
    outcomes = run_study(study, Store(options.out / "store"), options.workers, on_outcome=told)
    write_results(folder, study, outcomes)
    command = f"python -m {module} --subjects {options.subjects}"
    path = ROOT / "reports" / report
    parts = [StudyPart("Virtual subjects", study, outcomes)]
    write_atomically(path, as_html(study_document(study.name, study.question, parts, command)))
    print(f"tables in {folder}, report in {path}")
