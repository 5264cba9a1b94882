"""A study's results: tables equal byte for byte in one environment, and a manifest naming it."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kinebench.core.environment import environment
from kinebench.core.provenance import describe
from kinebench.errors import KinebenchError, one_line, printable
from kinebench.io.atomic import alone_in, write_atomically
from kinebench.io.csv_cells import csv_text, unguarded
from kinebench.io.interrupts import held
from kinebench.metrics.figure_table import COLUMNS, DTYPES, FigureTable
from kinebench.remarks import tell
from kinebench.studies.design import LABELS, Study
from kinebench.studies.execution.cells import Outcome, Status

if TYPE_CHECKING:
    import pandas as pd


TABLES = ("results.csv", "outcomes.csv", "manifest.json")
"""What `write_results` leaves in a folder."""

PARQUET = "results.parquet"
"""The results again, for those who ask for it."""


def result_table(study: Study, outcomes: Sequence[Outcome]) -> str:
    """CSV with one row per cell and figure; numbers with all digits."""
    return csv_text([*_label_columns(study), *COLUMNS], _csv_rows(outcomes))


def _csv_rows(outcomes: Sequence[Outcome]) -> Iterator[list[str]]:
    for outcome in outcomes:
        labels = list(outcome.labels.values())
        columns = {name: column.tolist() for name, column in outcome.figures.columns().items()}
        # what is undefined is empty, as spreadsheets have it
        columns["value"] = ["" if math.isnan(one) else repr(one) for one in columns["value"]]
        for row in zip(*columns.values(), strict=True):
            yield [*labels, *row]


def tidy_table(study: Study, outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """One row per cell and figure, as results.csv has them.

    Returns
    -------
    pandas.DataFrame
        Subject, trial, activity and level of each factor; kind and item of the figure; its metric,
        a row of `kinebench.metrics.CATALOGUE`, which has title and better direction; value, SI,
        NaN where it is not defined; unit.
    """
    import pandas as pd

    counts = [len(outcome.figures) for outcome in outcomes]
    found: dict[str, Any] = {}
    for place, name in enumerate(_label_columns(study)):
        texts = [list(outcome.labels.values())[place] for outcome in outcomes]
        found[name] = np.repeat(np.array(texts, dtype=object), counts)
    tables = [outcome.figures.columns() for outcome in outcomes] or [FigureTable().columns()]
    for name in COLUMNS:
        found[name] = np.concatenate([table[name] for table in tables])
    return pd.DataFrame(found).astype(dict.fromkeys(found, "str") | DTYPES)


def parquet_content(study: Study, outcomes: Sequence[Outcome]) -> bytes:
    """The `tidy_table` as a Parquet file."""
    require_parquet()
    content = tidy_table(study, outcomes).to_parquet(None, engine="pyarrow", index=False)
    return bytes(content)


def require_parquet() -> None:
    """Raise a `KinebenchError` unless pyarrow is installed."""
    try:
        import_module("pyarrow")
    except ImportError as error:
        raise KinebenchError(
            "Parquet needs the extra 'parquet': pip install 'kinebench[parquet]'"
        ) from error


def outcome_table(study: Study, outcomes: Sequence[Outcome]) -> str:
    """CSV with one row per cell: what became of it, and why."""
    rows = [[*outcome.labels.values(), outcome.status, outcome.reason] for outcome in outcomes]
    return csv_text(_outcome_columns(study), rows)


def outcome_counts(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """How many cells became what, in the order of the words."""
    return dict(sorted(Counter(outcome.status for outcome in outcomes).items()))


def counts_in_words(outcomes: Iterable[Outcome]) -> str:
    """``22 done, 2 failed``; ``none`` without cells."""
    counts = outcome_counts(outcomes).items()
    return ", ".join(f"{count} {status}" for status, count in counts) or "none"


def manifest(
    study: Study,
    outcomes: Sequence[Outcome],
    computed_with: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """What was asked, and what computed it; nothing that changes from run to run.

    Parameters
    ----------
    study : Study
    outcomes : sequence of Outcome
    computed_with : sequence of mapping
        Environments of the store: figures are equal in bytes to those of another run where both
        have the same single one.
    """
    return {
        "study": study.name,
        "question": study.question,
        "base": describe(study.base),
        "factors": describe(study.factors),
        "trials": describe(study.sources),
        "metrics": list(study.metrics),
        "primary": study.judged.name,
        "outcomes": outcome_counts(outcomes),
        "versions": environment(),
        "computed_with": [dict(one) for one in computed_with],
    }


def write_results(
    folder: Path,
    study: Study,
    outcomes: Sequence[Outcome],
    computed_with: Sequence[Mapping[str, str]] = (),
    parquet: bool = False,
) -> None:
    """Write results.csv, outcomes.csv and manifest.json, each whole or not at all.

    With `parquet` also results.parquet, the `tidy_table`. Without, one of an earlier run goes: it
    would be that of other results.
    """
    about = manifest(study, outcomes, computed_with)
    text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
    contents = result_table(study, outcomes), outcome_table(study, outcomes), text
    columns = parquet_content(study, outcomes) if parquet else None
    folder.mkdir(parents=True, exist_ok=True)
    with alone_in(folder), held():
        for name, content in zip(TABLES, contents, strict=True):
            write_atomically(folder / name, content)
        if columns is None:
            (folder / PARQUET).unlink(missing_ok=True)
        else:
            write_atomically(folder / PARQUET, columns)


def with_reasons(outcomes: Sequence[Outcome], study: Study, folder: Path) -> tuple[Outcome, ...]:
    """Outcomes, with what the last run's outcomes.csv tells of those that were not run.

    The store keeps no failures, so that they are tried again; a report has to name them.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Of the store.
    study : Study
    folder : Path
        Where `write_results` wrote; nothing is changed when the table of this study is not there.
    """
    path = folder / "outcomes.csv"
    columns, lines = _outcome_columns(study), _outcome_lines(path) if path.exists() else []
    known: dict[tuple[str, ...], tuple[Status, str]] = {}
    for line in lines[1:] if lines[:1] == [columns] else []:
        if len(line) != len(columns):
            tell(
                "line left out",
                f"{path}: a line has {len(line)} cells, not {len(columns)}; it is left out",
            )
        elif line[-2] in ("failed", "skipped"):
            status: Status = "failed" if line[-2] == "failed" else "skipped"
            known[tuple(line[:-2])] = status, printable(line[-1])
    return tuple(_with_reason(outcome, known) for outcome in outcomes)


def _outcome_lines(path: Path) -> list[list[str]]:
    """Cells of the lines; none, with a warning, where it is no CSV: only reasons are lost."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [[unguarded(cell) for cell in line] for line in csv.reader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        tell(
            "unknown reasons",
            f"{path} cannot be read, so reasons of failures are not known: {one_line(error)}",
        )
        return []


def _with_reason(outcome: Outcome, known: dict[tuple[str, ...], tuple[Status, str]]) -> Outcome:
    labels = tuple(outcome.labels.values())
    if outcome.status != "not run" or labels not in known:
        return outcome
    status, reason = known[labels]
    return replace(outcome, status=status, reason=reason)


def _label_columns(study: Study) -> list[str]:
    return [*LABELS, *(factor.name for factor in study.factors)]


def _outcome_columns(study: Study) -> list[str]:
    return [*_label_columns(study), "status", "reason"]
