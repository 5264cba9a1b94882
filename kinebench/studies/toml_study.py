"""Studies as TOML: strict, with errors that name table and key."""

from __future__ import annotations

import tomllib
from pathlib import Path

from kinebench.errors import FileFormatError, KinebenchError, require_names
from kinebench.io.text import read_text
from kinebench.metrics import CATALOGUE
from kinebench.pipeline.spec import PipelineSpec
from kinebench.studies.design import Study
from kinebench.studies.toml_levels import factor_from
from kinebench.studies.toml_tables import Table, items_of, require_keys, value_of
from kinebench.studies.toml_trials import datasets_named, sources_of

__all__ = ["read_study", "study_from"]

_KEYS = ("name", "question", "metrics", "base", "laboratory", "trials", "factors")


def read_study(path: Path | str) -> Study:
    """Read a study from a TOML file.

    Raises
    ------
    FileFormatError
        When the file is no TOML, or a key is missing, unknown, or of the wrong kind.
    """
    path = Path(path)
    try:
        content = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise FileFormatError(f"cannot read {path}: {error}") from error
    try:
        return study_from(content)
    except KinebenchError as error:
        raise FileFormatError(f"{path.name}: {error}") from error


def study_from(content: Table) -> Study:
    """A study from the content of its TOML file."""
    require_keys(content, _KEYS, "a study", ("name", "question", "factors"))
    base = PipelineSpec.from_table(value_of(content, "base", dict, "the study", {}), "[base]")
    metrics = value_of(content, "metrics", list, "the study")
    require_names(map(str, metrics or ()), CATALOGUE, "metric", "the study")
    return Study(
        value_of(content, "name", str, "the study"),
        value_of(content, "question", str, "the study"),
        base.build(),
        tuple(
            factor_from(table, where, base.body) for table, where in items_of(content, "factors")
        ),
        sources_of(content, base.body),
        **({} if metrics is None else {"metrics": tuple(metrics)}),
        datasets=datasets_named(content),
    )
