"""Run the study files of a folder, check the baseline, render one report."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from kinebench.io.atomic import write_atomically
from kinebench.reports.blocks import Section
from kinebench.reports.html import as_html
from kinebench.reports.pdf import browser, write_pdf
from kinebench.reports.study import StudyPart, parts_of, study_document
from kinebench.reports.study.effects import effect_of
from kinebench.studies.design import Study
from kinebench.studies.execution import Outcome, run_study
from kinebench.studies.plan import count_cells
from kinebench.studies.results import write_results
from kinebench.studies.scores import scores_of
from kinebench.studies.store import Store
from kinebench.studies.toml_study import read_study

__all__ = ["StudyFolder", "run_and_render"]

ROOT = Path(__file__).resolve().parents[2]
FILES = ("laboratory.toml", "recorded.toml")
TOLERANCE_DEG = 0.01
Sections = Callable[[Sequence[StudyPart]], Sequence[Section]]


@dataclass(frozen=True, slots=True)
class StudyFolder:
    """A folder of `benchmarks/studies`: what is asked, and where the report goes.

    Parameters
    ----------
    folder, title, question : str
    sections : callable, optional
        Sections of its own, shown after the answer.
    """

    folder: str
    title: str
    question: str
    sections: Sections = lambda parts: ()


def run_and_render(study: StudyFolder) -> None:
    """What ``python -m benchmarks.studies.FOLDER.run`` does."""
    options = _options(study)
    here = ROOT / "benchmarks" / "studies" / study.folder
    store = Store(options.store or options.out / "store")
    parts: list[StudyPart] = []
    for name in FILES:
        planned = _first_subjects(read_study(here / name), options.subjects)
        outcomes = _run(planned, store, options.workers)
        write_results(options.out / planned.name, planned, outcomes)
        parts += parts_of(planned, outcomes, store)
    command = f"python -m benchmarks.studies.{study.folder}.run"
    if options.subjects is not None:
        command += f" --subjects {options.subjects}"
    document = study_document(study.title, study.question, parts, command)
    answer, *rest = document.sections
    page = replace(document, sections=(answer, *study.sections(parts), *rest))
    path = _report_folder(options) / f"{study.folder.replace('_', '-')}.html"
    write_atomically(path, as_html(page))
    print(f"tables in {options.out}, report in {path}")
    if browser() is not None:
        write_pdf(path, path.with_suffix(".pdf"))
    if options.subjects is None:
        _check_baseline(here / "baseline.json", _headlines(parts[0]), options.accept)


def _options(study: StudyFolder) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=study.question)
    parser.add_argument(
        "--subjects", type=int, metavar="N", help="only the first N virtual subjects, a try-out"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N")
    parser.add_argument("--out", type=Path, default=Path("study-results"), metavar="DIR")
    parser.add_argument("--store", type=Path, metavar="DIR", help="default: DIR/store of --out")
    parser.add_argument("--accept", action="store_true", help="make the result the baseline")
    return parser.parse_args()


def _report_folder(options: argparse.Namespace) -> Path:
    """A try-out does not replace the committed report."""
    folder: Path = ROOT / "reports" if options.subjects is None else options.out
    return folder


def _first_subjects(study: Study, n: int | None) -> Study:
    if n is None:
        return study
    virtual = [source for source in study.sources if source.evidence == "exact truth"]
    kept = list(dict.fromkeys(source.subject for source in virtual))[:n]
    others = tuple(source for source in study.sources if source.evidence != "exact truth")
    return replace(
        study, sources=(*(source for source in virtual if source.subject in kept), *others)
    )


def _run(study: Study, store: Store, workers: int) -> tuple[Outcome, ...]:
    total, start, done = count_cells(study), time.monotonic(), 0

    def told(_: object) -> None:
        nonlocal done
        done += 1
        if done % 100 == 0 or done == total:
            left = (time.monotonic() - start) / done * (total - done)
            print(f"{study.name}: {done} of {total} cells, {left:.0f} s left", file=sys.stderr)

    return run_study(study, store, workers, on_outcome=told)


def _headlines(part: StudyPart) -> dict[str, float]:
    """Change of the mean error in degrees, by factor and level."""
    scores = scores_of(part.outcomes)
    return {
        f"{factor.name}: {change.level}": round(float(np.degrees(change.contrast.mean)), 4)
        for factor in part.study.factors
        for change in effect_of(factor, scores).changes
    }


def _check_baseline(path: Path, found: dict[str, float], accept: bool) -> None:
    """Compare with the committed headline figures, or replace them."""
    if accept or not path.exists():
        content = {"unit": "degree", "tolerance": TOLERANCE_DEG, "changes": found}
        write_atomically(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
        print(f"baseline written: {len(found)} figures")
        return
    known = json.loads(path.read_text(encoding="utf-8"))["changes"]
    moved = [
        f"  {name}: {known.get(name, '—')} → {found.get(name, '—')}"
        for name in dict.fromkeys([*known, *found])
        if abs(known.get(name, np.inf) - found.get(name, -np.inf)) > TOLERANCE_DEG
    ]
    if moved:
        print("\n".join(["differs from baseline.json (--accept replaces it):", *moved]))
        raise SystemExit(1)
    print(f"all {len(found)} figures equal baseline.json within {TOLERANCE_DEG}°")
