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
from kinebench.studies.design import METRICS, Factor, Study, TrialSource
from kinebench.studies.files.levels import factor_from
from kinebench.studies.files.trials import datasets_named, sources_of
from kinebench.studies.sources.pairs import paired_study

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
    "pairs",
)
_BESIDE_PAIRS = ("laboratory", "trials", "factors", "base")
_NO_DATA = PipelineSpec(body="lab", augmenter="lab-1", engine="fast")
"""The pipeline of a study that runs none."""


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
    of_pairs = "pairs" in content
    needed = ("name", *(() if question else ("question",)), *(() if of_pairs else ("factors",)))
    require_keys(content, _KEYS, "a study", needed)
    if of_pairs:
        base, sources, factors = _of_pairs(content, folder)
    else:
        base = PipelineSpec.from_table(table_of(content, "base", "the study"), "[base]")
        sources = sources_of(content, base.body, folder)
        factors = tuple(
            factor_from(table, where, base, folder) for table, where in items_of(content, "factors")
        )
    return Study(
        value_of(content, "name", str, "the study"),
        value_of(content, "question", str, "the study", question),
        base.build(),
        factors,
        sources,
        texts_of(content, "metrics", "the study") if "metrics" in content else METRICS,
        value_of(content, "primary", str, "the study", ""),
        datasets_named(content),
        value_of(content, "margin", float, "the study") if "margin" in content else None,
    )


def _of_pairs(
    content: Table, folder: Path
) -> tuple[PipelineSpec, tuple[TrialSource, ...], tuple[Factor, ...]]:
    """What a list of pairs gives: trials, and its methods as the one factor; nothing is run."""
    others = [key for key in _BESIDE_PAIRS if key in content]
    if others:
        raise FileFormatError(
            f"pairs = … lists motions that are there already: {', '.join(others)} has no use"
            " beside it"
        )
    sources, factor = paired_study(folder / value_of(content, "pairs", str, "the study"))
    return _NO_DATA, sources, (factor,)
