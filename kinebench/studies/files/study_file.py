"""Studies as TOML: strict, with errors that name table and key."""

from __future__ import annotations

from pathlib import Path

from kinebench.errors import FileFormatError, KinebenchError
from kinebench.io.documents import (
    Table,
    items_of,
    parse_toml,
    read_text,
    require_keys,
    table_of,
    texts_of,
    value_of,
)
from kinebench.pipeline.spec import PipelineSpec
from kinebench.studies.design import METRICS, Study
from kinebench.studies.files.levels import factor_from
from kinebench.studies.files.trials import datasets_named, sources_of

HEAD_KEYS = ("title", "sections", "baseline")
"""Keys about the report, of `kinebench.studies.files.report_file`."""

_KEYS = (
    *HEAD_KEYS,
    "name",
    "question",
    "metrics",
    "primary",
    "margin",
    "base",
    "laboratory",
    "trials",
    "factors",
)


def read_study(path: Path | str) -> Study:
    """Read a study from a TOML file.

    Raises
    ------
    FileFormatError
        When the file is no TOML, or a key is missing, unknown, or of the wrong kind.
    """
    path = Path(path)
    content = parse_toml(read_text(path), path.name)
    try:
        return study_from(content, folder=path.parent)
    except KinebenchError as error:
        raise FileFormatError(f"{path.name}: {error}") from error


def study_from(content: Table, question: str | None = None, folder: Path = Path()) -> Study:
    """A study from the content of its TOML file.

    Parameters
    ----------
    content : mapping
    question : str, optional
        Of the report that the study is a part of; the file need not repeat it.
    folder : Path
        Of the file: paths in it are relative to it.
    """
    needed = ("name", "factors") if question else ("name", "question", "factors")
    require_keys(content, _KEYS, "a study", needed)
    base = PipelineSpec.from_table(table_of(content, "base", "the study"), "[base]")
    return Study(
        value_of(content, "name", str, "the study"),
        value_of(content, "question", str, "the study", question),
        base.build(),
        tuple(
            factor_from(table, where, base, folder) for table, where in items_of(content, "factors")
        ),
        sources_of(content, base.body, folder),
        texts_of(content, "metrics", "the study") if "metrics" in content else METRICS,
        value_of(content, "primary", str, "the study", ""),
        datasets_named(content),
        value_of(content, "margin", float, "the study") if "margin" in content else None,
    )
