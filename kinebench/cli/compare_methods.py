"""``kinebench compare REFERENCE A B C``: several methods, ranked."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kinebench.cli.output import terminal_width
from kinebench.errors import ValueRangeError

if TYPE_CHECKING:
    from kinebench.alignment.joint_frames import JointFrame
    from kinebench.comparison import FoundPairs, MethodComparison, Procedure
    from kinebench.core.model import Model
    from kinebench.core.motion import Kind


class SaidOfModels(NamedTuple):
    """What ``--model`` says.

    Parameters
    ----------
    models : mapping of str to Model
        By subject; empty without the option, and for one file beside several subjects.
    kinds : mapping of str to {"rotational", "translational"}, optional
        Of its coordinates.
    joints : tuple of JointFrame, optional
        Its joints of three angles.
    """

    models: Mapping[str, Model]
    kinds: Mapping[str, Kind] | None = None
    joints: tuple[JointFrame, ...] | None = None


def said_of_models(arguments: argparse.Namespace, found: Mapping[str, FoundPairs]) -> SaidOfModels:
    """Read the models; a report needs one of every subject."""
    from kinebench.alignment.joint_frames import joint_frames
    from kinebench.comparison import model_kinds
    from kinebench.comparison.joint_centres import models_of
    from kinebench.io.models import read_model
    from kinebench.kinematics import read_tree

    path = arguments.model
    if path is None:
        return SaidOfModels({})
    pairs = [pair for one in found.values() for pair in one.pairs]
    of_markers = next((p.reference.name for p in pairs if p.reference.suffix.lower() == ".trc"), "")
    if of_markers:
        raise ValueRangeError(f"--model moves by coordinates, and {of_markers} holds markers")
    subjects = list(dict.fromkeys(pair.subject for pair in pairs))
    if path.is_dir() or len(subjects) == 1 or arguments.report is not None:
        models: Mapping[str, Model] = models_of(path, subjects)
        first = models[subjects[0]]
    else:
        models, first = {}, read_model(path)
    return SaidOfModels(models, model_kinds(first), joint_frames(read_tree(first)))


def run_methods(
    arguments: argparse.Namespace,
    found: Mapping[str, FoundPairs],
    how: Procedure,
    margin_rad: float | None,
    said: SaidOfModels,
) -> int:
    """Compare the methods, and print or write what was asked for."""
    from kinebench.comparison import compare_methods
    from kinebench.io.atomic import require_writable, write_atomically
    from kinebench.reports import method_report, tables
    from kinebench.reports.html import as_html

    files = files_of(found)
    outputs = (arguments.csv, arguments.latex, arguments.report, arguments.ranking)
    require_writable([path for path in outputs if path is not None], [path for _, path in files])
    comparison = compare_methods(found, how, matches(arguments.match), said.kinds)
    if arguments.csv is not None:
        rows = method_report.tidy_method_rows(comparison, margin_rad)
        write_atomically(arguments.csv, tables.as_csv(rows))
    if arguments.ranking is not None:
        write_atomically(arguments.ranking, tables.as_csv(method_report.ranking_rows(comparison)))
    if arguments.latex is not None:
        table = method_report.scores_table(
            comparison, (*comparison.groups, *comparison.coordinates)
        )
        write_atomically(
            arguments.latex, tables.as_latex(table, method_report.methods_in_words(comparison))
        )
    if arguments.report is not None:
        document = method_report.methods_document(comparison, files, margin_rad, said.models)
        write_atomically(arguments.report, as_html(document))
    if arguments.json:
        content = method_report.methods_as_json(comparison, margin_rad)
        print(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        _print(comparison, margin_rad)
    return 0


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


def _print(comparison: MethodComparison, margin_rad: float | None) -> None:
    from kinebench.comparison.side_differences import side_differences
    from kinebench.reports import method_report
    from kinebench.reports.methods_text import methods_compared
    from kinebench.reports.sides_over_subjects import sides_in_words
    from kinebench.reports.tables import as_text

    width = terminal_width()
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
        method_report.kinds_table(comparison),
    ):
        print()
        print(as_text(table, width))
    print()
    for name, own in comparison.methods.items():
        for line in sides_in_words(side_differences(own)):
            fill(f"{name}: {line}")
    for left_out in comparison.excluded:
        fill(f"left out: {left_out.item}: {left_out.reason}")
    shared = method_report.shared_methods(comparison)
    print()
    fill(f"methods: {methods_compared(shared, comparison.group, margin_rad)}")
