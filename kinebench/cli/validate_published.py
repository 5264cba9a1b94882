"""``kinebench validate --preset``: a published study on a copy of its data set."""

from __future__ import annotations

import argparse
import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from kinebench.cli.output import terminal_width
from kinebench.cli.progress import status_line
from kinebench.errors import DatasetError, ValueRangeError

if TYPE_CHECKING:
    from kinebench.literature import Replication, Study

_OTHERS = (
    "static_mocap", "scaled_model", "map", "axes", "trial", "video_axes", "mass", "height", "lag",
    "window", "events", "coordinates", "out",
)  # fmt: skip


def run_preset(arguments: argparse.Namespace) -> int:
    """Repeat the study, and print or write what was asked for."""
    from kinebench.io.atomic import require_writable, write_atomically
    from kinebench.literature import pairs_of_copy, replicate, study
    from kinebench.reports import tables
    from kinebench.reports.html import as_html
    from kinebench.reports.replication_report import (
        replication_document,
        replication_json,
        replication_rows,
    )

    of = study(arguments.preset)
    _refuse_others(arguments)
    outputs = [path for path in (arguments.report, arguments.csv) if path is not None]
    require_writable(outputs, [])
    trials = pairs_of_copy(of, _copy(arguments.mocap, of), arguments.variant, arguments.video)
    with status_line() as show:
        found = replicate(of, trials, show)
    if arguments.report is not None:
        write_atomically(arguments.report, as_html(replication_document(found)))
    if arguments.csv is not None:
        write_atomically(arguments.csv, tables.as_csv(replication_rows(found)))
    if arguments.json:
        content = replication_json(found)
        print(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        _print(found)
    return 0


def _refuse_others(arguments: argparse.Namespace) -> None:
    given = [
        f"--{name.replace('_', '-')}" for name in _OTHERS if getattr(arguments, name) is not None
    ]
    if given:
        raise ValueRangeError(
            f"{' and '.join(given)}: not with --preset, which repeats what a study did"
        )
    if arguments.variant is not None and arguments.video is not None:
        raise ValueRangeError(
            "--variant chooses among the copy's own motions: leave out the folder"
        )


def _copy(named: Path, of: Study) -> Path:
    """The folder, or where the copy lies that was added under the data set's name."""
    from kinebench.datasets.catalogue import find_card

    if named.exists() or str(named) != of.dataset:
        return named
    folders = [source.folder for source in find_card(of.dataset).sources if source.folder]
    if not folders:
        raise DatasetError(
            f"no copy of {of.dataset} was added: 'kinebench data show {of.dataset}' tells how to"
            " get it; name its folder"
        )
    return folders[0]


def _print(found: Replication) -> None:
    from kinebench.reports.replication_report import (
        READ,
        comparability,
        coordinate_table,
        notes,
        said,
        step_table,
        summary_table,
    )
    from kinebench.reports.tables import as_text

    width = terminal_width()
    print(f"{said(found)}\n")
    for table in (summary_table(found), coordinate_table(found)):
        print(f"{as_text(table, width)}\n")
    print(f"{textwrap.fill(READ, max(width, 40))}\n")
    print(f"from the default to the authors' procedure\n\n{as_text(step_table(found), width)}\n")
    for line in (*comparability(found), *notes(found)):
        print(textwrap.fill(line, max(width, 40), subsequent_indent="  ", break_long_words=False))
