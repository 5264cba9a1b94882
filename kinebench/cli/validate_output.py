"""What ``kinebench validate`` writes and prints."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kinebench.cli.output import terminal_width

if TYPE_CHECKING:
    from kinebench.comparison import Comparison
    from kinebench.validation import ManyValidations, TrialValidation


def write_found(arguments: argparse.Namespace, found: ManyValidations) -> None:
    """Report, table, and the folder with everything."""
    from kinebench.io.atomic import write_atomically
    from kinebench.reports import comparison_tables, tables
    from kinebench.reports.html import as_html
    from kinebench.reports.over_subjects import subject_rows
    from kinebench.reports.validation_methods import methods_of_many
    from kinebench.reports.validation_report import validation_document

    texts: dict[Path, str] = {}
    if arguments.report is not None or arguments.out is not None:
        page = as_html(validation_document(found.trials, found.comparison))
        if arguments.report is not None:
            texts[arguments.report] = page
    rows = (*comparison_tables.tidy_rows(found.comparison), *subject_rows(found.comparison))
    table = tables.as_csv(rows)
    if arguments.csv is not None:
        texts[arguments.csv] = table
    if arguments.out is not None:
        out = arguments.out
        texts[out / "report.html"], texts[out / "figures.csv"] = page, table
        texts[out / "methods.txt"] = methods_of_many(found.trials, found.comparison) + "\n"
        content = json.dumps(_content(found), indent=2, ensure_ascii=False)
        texts[out / "validation.json"] = content + "\n"
        for one in found.trials:
            texts.update(_motions(one, _folder(one, out, len(found.trials))))
    for path, text in texts.items():
        if arguments.out is not None and path.is_relative_to(arguments.out):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text)


def _folder(trial: TrialValidation, out: Path, n_trials: int) -> Path:
    from kinebench.core.names import safe_name

    if n_trials == 1:
        return out
    names = (trial.pair.subject, *trial.pair.trial.split("/"))
    return out.joinpath(*map(safe_name, names))


def _motions(trial: TrialValidation, folder: Path) -> Iterator[tuple[Path, str]]:
    """What was compared, as it was compared; and the mocap's own motion and model."""
    from kinebench.core.markers import Markers
    from kinebench.io.mot import motion_text
    from kinebench.io.trc import trc_text

    for name, side in (("reference", trial.pair.reference), ("video", trial.pair.estimate)):
        if isinstance(side, Markers):
            yield folder / f"{name}.trc", trc_text(side, f"{name}.trc")
        else:
            yield folder / f"{name}.mot", motion_text(side)
    if trial.run is not None:
        yield folder / "mocap.mot", motion_text(trial.run.motion)
        yield folder / "mocap_scaled.osim", trial.run.scaling.model.xml.decode()


def _content(found: ManyValidations) -> dict[str, Any]:
    from kinebench.reports.validation_json import validation_json, validations_json

    if _is_one(found):
        return validation_json(found.trials[0])
    return validations_json(found.trials, found.comparison)


def _is_one(found: ManyValidations) -> bool:
    """Whether one trial is all that there was."""
    return len(found.trials) == 1 and not found.comparison.excluded


def print_found(arguments: argparse.Namespace, found: ManyValidations) -> None:
    """The three kinds of error, both sides, what was found on the way, and the methods."""
    from kinebench.cli.compare_output import print_sides
    from kinebench.reports.comparison_remarks import comparison_title, kind_title, kinds_remarks
    from kinebench.reports.comparison_tables import kinds_table
    from kinebench.reports.tables import as_text
    from kinebench.reports.validation_methods import methods_of_many
    from kinebench.reports.validation_report import found_table, steps_told, trial_remarks

    if arguments.json:
        print(json.dumps(_content(found), indent=2, ensure_ascii=False, allow_nan=False))
        return
    width = terminal_width()
    print(f"video − mocap: {comparison_title(found.comparison)}\n")
    for kind, part in found.comparison.by_kind.items():
        if kind:
            print(f"{kind_title(kind, part)}\n")
        print(as_text(kinds_table(part.pairs), width))
        print()
        print_sides(part, width)
    if len(found.trials) > 1:
        print(f"{as_text(found_table(found.trials), width)}\n")
    steps = steps_told(found.trials[0].validation) if len(found.trials) == 1 else []
    said = (*kinds_remarks(found.comparison), *trial_remarks(found.trials))
    for line in (*said, *steps, *_excluded(found.comparison)):
        print(textwrap.fill(line, max(width, 40), subsequent_indent="  ", break_long_words=False))
    print()
    methods = f"methods: {methods_of_many(found.trials, found.comparison)}"
    print(textwrap.fill(methods, max(width, 40), break_long_words=False))


def _excluded(comparison: Comparison) -> list[str]:
    """What is not scored, by reason, and what was told on the way."""
    from kinebench.reports.comparison_remarks import told_notes

    by_reason: dict[str, dict[str, None]] = {}
    for pair in comparison.pairs:
        for item, reason in (*pair.evaluation.excluded, *pair.excluded):
            by_reason.setdefault(reason, {})[item] = None
    lines = [f"not scored: {', '.join(items)}: {why}" for why, items in by_reason.items()]
    lines += [f"left out: {item}: {reason}" for item, reason in comparison.excluded]
    return lines + told_notes(comparison)
