"""``kinebench compare REFERENCE A B C``: several methods, ranked."""

from __future__ import annotations

import argparse
import json
import shutil
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kinebench.errors import ValueRangeError

if TYPE_CHECKING:
    from kinebench.comparison import FoundPairs, MethodComparison, Procedure


def run_methods(
    arguments: argparse.Namespace,
    found: Mapping[str, FoundPairs],
    how: Procedure,
    margin_rad: float | None,
) -> int:
    """Compare the methods, and print or write what was asked for."""
    from kinebench.comparison import compare_methods, model_kinds
    from kinebench.io.atomic import require_writable, write_atomically
    from kinebench.io.models import read_model
    from kinebench.reports import method_report, tables
    from kinebench.reports.html import as_html

    if arguments.model is not None and arguments.report is not None:
        require_one_subject(found.values())
    model = None if arguments.model is None else read_model(arguments.model)
    kinds = None if model is None else model_kinds(model)
    files = files_of(found)
    outputs = (arguments.csv, arguments.latex, arguments.report)
    require_writable([path for path in outputs if path is not None], [path for _, path in files])
    comparison = compare_methods(found, how, matches(arguments.match), kinds)
    if arguments.csv is not None:
        write_atomically(arguments.csv, tables.as_csv(method_report.tidy_method_rows(comparison)))
    if arguments.latex is not None:
        table = method_report.scores_table(
            comparison, (*comparison.groups, *comparison.coordinates)
        )
        write_atomically(
            arguments.latex, tables.as_latex(table, method_report.methods_in_words(comparison))
        )
    if arguments.report is not None:
        document = method_report.methods_document(comparison, files, margin_rad, model)
        write_atomically(arguments.report, as_html(document))
    if arguments.json:
        content = method_report.methods_as_json(comparison)
        print(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        _print(comparison)
    return 0


def require_one_subject(found: Iterable[FoundPairs]) -> None:
    """Refuse a report with one model of several subjects, before anything is written."""
    subjects = sorted({pair.subject for one in found for pair in one.pairs})
    if len(subjects) > 1:
        raise ValueRangeError(
            f"a report with --model is of the one subject whose model it is, found {len(subjects)}:"
            f" {', '.join(subjects[:4])}{', …' if len(subjects) > 4 else ''}"
        )


def files_of(found: Mapping[str, FoundPairs]) -> list[tuple[str, Path]]:
    """What is compared, with its part in it; each file once."""
    files: dict[tuple[str, Path], None] = {}
    for name, one in found.items():
        for pair in one.pairs:
            files["reference", pair.reference] = None
            files[name or "estimate", pair.estimate] = None
            if pair.event_markers is not None:
                files["event markers", pair.event_markers] = None
    return list(files)


def matches(texts: Sequence[str]) -> dict[str, str]:
    """Names of the reference's markers and of the estimate's, as ``--match`` pairs them."""
    pairs = {}
    for text in texts:
        reference, equals, estimate = text.partition("=")
        if not (reference and equals and estimate):
            raise ValueRangeError(f"--match wants REFERENCE=ESTIMATE, found '{text}'")
        pairs[reference] = estimate
    return pairs


def _print(comparison: MethodComparison) -> None:
    from kinebench.reports import method_report
    from kinebench.reports.tables import as_text

    width = shutil.get_terminal_size((120, 24)).columns
    units = {one.item: one.unit for one in comparison.groups}

    def fill(text: str) -> None:
        print(textwrap.fill(text, max(width, 40), break_long_words=False))

    fill(method_report.methods_in_words(comparison))
    n, trials = len(comparison.subjects), len(comparison.trials)
    fill(f"{n} subjects, {trials} trials that every method has; 95 % intervals over subjects")
    for table in (
        method_report.ranking_table(comparison),
        method_report.difference_table(comparison.headline, units),
        method_report.scores_table(comparison, comparison.groups),
        method_report.scores_table(comparison, comparison.coordinates),
    ):
        print()
        print(as_text(table, width))
    print()
    for left_out in comparison.excluded:
        fill(f"left out: {left_out.item}: {left_out.reason}")
