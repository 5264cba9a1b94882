"""``kinebench study list``, ``plan`` and ``new``: study files without running them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kinebench.errors import KinebenchError

if TYPE_CHECKING:
    from kinebench.studies.report_plan import ReportPlan


_OWN = Path("benchmarks") / "studies"
_FOUND_A_FAULT = 1


def list_studies(arguments: argparse.Namespace) -> int:
    """Studies on stdout, files that are none on stderr."""
    from kinebench.studies.files.report_file import read_report

    found, faults = [], []
    for path in _study_files(arguments.folders):
        try:
            found.append((path, read_report(path)))
        except KinebenchError as error:
            faults.append(str(error) if path.name in str(error) else f"{path}: {error}")
    if arguments.json:
        rows = [
            {"file": str(path), "name": _name(plan), "question": plan.question, "cells": n}
            for path, plan in found
            for n in [_n_cells(plan)]
        ]
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        for path, plan in found:
            print(f"{_name(plan)}  ({_n_cells(plan)} cells)  {path}\n  {plan.question}")
    for fault in faults:
        print(f"not a valid study: {' '.join(fault.split())}", file=sys.stderr)
    return _FOUND_A_FAULT if faults else 0


def _study_files(folders: Sequence[Path]) -> Iterator[Path]:
    """Study files of folders and folders with an index, of the project's own when none is given."""
    from kinebench.studies.files.report_file import INDEX, is_index

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
        whole: set[Path] = set()
        files = sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".toml")
        for path in files:
            try:
                if path.name == INDEX and is_index(path):
                    whole.add(path.parent)
            except KinebenchError:
                continue  # read again below, where the fault is named
        yield from sorted({path.parent if path.parent in whole else path for path in files})


def _name(plan: ReportPlan) -> str:
    return plan.title if len(plan.studies) > 1 else plan.studies[0].name


def _n_cells(plan: ReportPlan) -> int:
    from kinebench.studies.plan import count_cells

    return sum(map(count_cells, plan.studies))


def print_plan(plan: ReportPlan, as_json: bool) -> None:
    """Cells of each study, running nothing."""
    from kinebench.studies.plan import cells, count_cells

    if as_json:
        told = [
            {"study": study.name, "cells": [cell.labels for cell in cells(study)]}
            for study in plan.studies
        ]
        whole = told[0] if len(told) == 1 else {"report": plan.title, "parts": told}
        print(json.dumps(whole, indent=2, ensure_ascii=False))
        return
    for study in plan.studies:
        print(f"{study.name}: {study.question}")
        print(f"  trials   {len(study.sources)}")
        print(f"  judged   by {study.judged.name}")
        for factor in study.factors:
            levels = ", ".join(level.label for level in factor.levels)
            print(f"  factor   {factor.name} ({factor.path}): {levels}")
        print(f"  cells    {count_cells(study)}")


def new_study(arguments: argparse.Namespace) -> int:
    """Write a commented study file that runs as it is."""
    from kinebench.errors import ValueRangeError
    from kinebench.io.atomic import require_writable, write_atomically
    from kinebench.studies.files.template import study_template

    path: Path = arguments.file
    if path.suffix.lower() != ".toml":
        raise ValueRangeError(f"a study file ends with .toml, found '{path.name}'")
    if path.exists():
        raise ValueRangeError(f"{path} is there already, and is not overwritten")
    require_writable([path])
    write_atomically(path, study_template(path.stem))
    print(f"{path}: 'kinebench study run {path} --out {path.stem}' runs it")
    return 0
